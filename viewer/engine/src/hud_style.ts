/** Style sheet of what lies over the map. */

export const STYLE = /* css */ `
.twin-map { position: absolute; inset: 0; overflow: hidden; background: #d9dfe2; font: 14px/1.35 system-ui, sans-serif; }
.twin-map canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; touch-action: none; outline: none; cursor: grab; }
.twin-map canvas:active { cursor: grabbing; }
.twin-map canvas:focus-visible { box-shadow: inset 0 0 0 3px #006bff; }
.twin-map .labels { position: absolute; inset: 0; pointer-events: none; overflow: hidden; }
.twin-map .stations { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; cursor: inherit; touch-action: auto; }
.twin-map .label { position: absolute; left: 0; top: 0; visibility: hidden; white-space: nowrap; text-align: center;
  font-weight: 600; letter-spacing: .02em; color: #22303a; text-shadow: 0 0 3px #fff, 0 0 6px #fff, 0 0 9px #fff; }
.twin-map .label.empty { color: #55616a; font-weight: 500; }
.twin-map .label small { display: block; font-size: 12px; font-style: italic; }
.twin-map .named { position: absolute; left: 0; top: 0; max-width: 22em; padding: 3px 10px; border-radius: 8px; pointer-events: none;
  background: rgba(34,48,58,.92); color: #fff; font-size: 13px; white-space: pre; overflow: hidden; text-overflow: ellipsis; }
.twin-map .named[hidden] { display: none; }
.twin-map .tools { position: absolute; right: 16px; bottom: 40px; display: flex; flex-direction: column; border-radius: 12px;
  overflow: hidden; background: rgba(255,255,255,.92); box-shadow: 0 1px 2px rgba(30,40,50,.25), 0 6px 18px rgba(30,40,50,.16); }
.twin-map button { width: 44px; height: 44px; padding: 10px; border: 0; background: none; color: #2a3740; cursor: pointer; }
.twin-map button + button { border-top: 1px solid rgba(40,55,65,.12); }
.twin-map button:hover { background: #eef3f6; }
.twin-map button:focus-visible { outline: 3px solid #006bff; outline-offset: -3px; }
.twin-map button[aria-pressed="true"] { color: #0057d1; background: #e3eeff; }
.twin-map button[aria-pressed="true"] svg { fill: currentColor; }
.twin-map button svg { width: 24px; height: 24px; display: block; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; }
.twin-map .scale { position: absolute; left: 16px; bottom: 14px; box-sizing: border-box; padding: 0 0 3px; text-align: center;
  font-size: 12px; color: #22303a; border: 2px solid #22303a; border-top: 0; text-shadow: 0 0 3px #fff, 0 0 5px #fff; }
.twin-map .sources { position: absolute; right: 16px; bottom: 10px; max-width: 60%; padding: 1px 8px; border-radius: 6px;
  font-size: 12px; color: #2a3740; background: rgba(255,255,255,.75); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.twin-map .sources:empty { display: none; }
.twin-map .progress { position: absolute; left: 50%; top: 14px; transform: translateX(-50%); padding: 4px 14px; border-radius: 14px;
  background: rgba(255,255,255,.9); color: #2a3740; opacity: 0; pointer-events: none; }
.twin-map .progress.on { opacity: 1; transition: opacity .3s .25s; }
.twin-map .message { position: absolute; left: 50%; top: 45%; transform: translate(-50%,-50%); max-width: 34em; padding: 18px 24px;
  border-radius: 12px; background: #fff; color: #22303a; box-shadow: 0 8px 30px rgba(30,40,50,.25); }
.twin-map .message[hidden] { display: none; }
@media (prefers-reduced-motion: reduce) { .twin-map * { transition: none !important; } }
`;
