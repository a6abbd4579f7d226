"""Look of the operations page."""

# ruff: noqa: E501 (one rule a line reads best)

from viewer.pages.markup import STYLESHEET

STYLE = (
    STYLESHEET
    + """
:host { display: block; flex-shrink: 0 !important; --line: rgba(128, 128, 128, 0.28); --alarm: light-dark(#B3261E, #FF9A90); --warning: light-dark(#9A5B00, #F0B35B); --good: light-dark(#2E7D32, #81C784); --on: light-dark(#FFFFFF, #121212); font-size: 0.9rem; line-height: 1.4; }
a { color: inherit; text-decoration-color: rgba(128, 128, 128, 0.6); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
a:focus-visible, button:focus-visible, select:focus-visible { outline: 2px solid #006BFF; outline-offset: 2px; border-radius: 4px; }
h2 { font-size: 1.12rem; font-weight: 500; margin: 28px 0 10px; display: flex; align-items: baseline; gap: 12px; flex-wrap: wrap; }
h2 small { font-weight: 400; font-size: 0.84rem; opacity: 0.72; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px; margin: 6px 0 4px; }
.tile { border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; display: flex; flex-direction: column; gap: 2px; border-top: 4px solid var(--line); }
.tile.good { border-top-color: var(--good); } .tile.warning { border-top-color: var(--warning); } .tile.alarm { border-top-color: var(--alarm); }
.tile span { font-size: 0.84rem; opacity: 0.78; }
.tile b { font-size: 1.5rem; font-weight: 500; line-height: 1.25; font-variant-numeric: tabular-nums; }
ul.alerts { list-style: none; margin: 0; padding: 0; display: grid; gap: 10px; }
.alert { display: grid; grid-template-columns: 112px 1fr auto; gap: 4px 18px; align-items: center; border: 1px solid var(--line); border-left: 6px solid var(--warning); border-radius: 10px; padding: 12px 18px; }
.alert.alarm { border-left-color: var(--alarm); background: color-mix(in srgb, var(--alarm) 6%, transparent); }
.alert.answered { background: none; }
.alert a { font-size: 1.02rem; font-weight: 500; }
.alert p { margin: 2px 0 0; }
.alert .reason strong { font-size: 1.16rem; font-weight: 600; font-variant-numeric: tabular-nums; margin-right: 2px; }
.alert .about { font-size: 0.82rem; opacity: 0.75; }
.severity { display: inline-flex; align-items: center; gap: 6px; font-weight: 500; color: var(--warning); white-space: nowrap; }
.severity.alarm { color: var(--alarm); }
.severity svg { width: 20px; height: 20px; fill: currentColor; flex: none; }
.seen { font-size: 0.84rem; opacity: 0.8; display: block; max-width: 220px; text-align: right; }
button { font: inherit; font-size: 0.86rem; padding: 5px 14px; border-radius: 8px; border: 1px solid light-dark(#7FA5C0, #5B86A6); color: inherit; background: none; cursor: pointer; white-space: nowrap; }
button:hover { background: rgba(31, 95, 139, 0.1); }
button[aria-busy=true] { opacity: 0.5; cursor: progress; }
button.plain { border: 0; padding: 0; text-decoration: underline; text-underline-offset: 3px; }
select { font: inherit; font-size: 0.86rem; padding: 4px 8px; border-radius: 8px; border: 1px solid var(--line); background: Canvas; color: CanvasText; }
.filters { display: flex; gap: 16px; flex-wrap: wrap; margin: 0 0 8px; }
.filters label { display: flex; gap: 8px; align-items: center; font-size: 0.86rem; }
.calm { border: 1px dashed var(--line); border-radius: 10px; padding: 14px 18px; margin: 0; }
.calm p { margin: 0; } .calm .good { color: var(--good); font-weight: 600; }
code { font-family: "Roboto Mono", ui-monospace, monospace; font-size: 0.86em; padding: 2px 6px; border-radius: 5px; background: rgba(128, 128, 128, 0.16); user-select: all; }
.scroll { overflow-x: auto; }
table.wide { font-variant-numeric: tabular-nums; }
table.wide th { text-align: left; font-weight: 400; opacity: 0.72; font-size: 0.82rem; padding: 4px 14px 6px 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: bottom; }
table.wide td { padding: 9px 14px 9px 0; vertical-align: top; border-bottom: 1px solid rgba(128, 128, 128, 0.14); }
table.wide td:last-child, table.wide th:last-child { padding-right: 0; }
table.wide thead td { border-bottom: 1px solid var(--line); }
table.wide small { display: block; font-size: 0.8rem; opacity: 0.75; }
table.wide b { font-weight: 500; }
table.wide .number, table.wide th.number { text-align: right; padding-right: 26px; }
table.wide .do { text-align: right; }
table.wide .told { overflow-wrap: anywhere; max-width: 260px; }
table.wide p { margin: 4px 0 0; max-width: 62ch; }
.wrong { color: var(--alarm); } small.wrong { opacity: 1; }
.standing { display: inline-flex; align-items: center; gap: 7px; font-weight: 500; white-space: nowrap; }
.standing i { font-style: normal; font-size: 0.8rem; width: 20px; height: 20px; border-radius: 50%; display: inline-grid; place-items: center; background: rgba(128, 128, 128, 0.22); }
.standing.ok i { background: var(--good); color: var(--on); } .standing.failing i { background: var(--alarm); color: var(--on); }
.standing.late i { background: var(--warning); color: var(--on); }
.standing.failing { color: var(--alarm); } .standing.late { color: var(--warning); }
p.told { border-left: 6px solid var(--warning); border-radius: 10px; padding: 10px 18px; margin: 12px 0 4px; background: rgba(128, 128, 128, 0.1); }
p.told.success { border-left-color: var(--good); } p.told.error { border-left-color: var(--alarm); }
.halt { border-left: 6px solid var(--alarm); border-radius: 10px; padding: 10px 18px; margin: 0 0 12px; background: color-mix(in srgb, var(--alarm) 8%, transparent); }
@media (max-width: 720px) { h2 { margin-top: 20px; } .tiles { grid-template-columns: 1fr 1fr; gap: 10px; } .tile { padding: 10px 12px; } .tile b { font-size: 1.15rem; } .alert { grid-template-columns: 1fr; } .seen { text-align: left; max-width: none; } }
@media (prefers-contrast: more) { :host { --line: currentColor; } .about, small { opacity: 1 !important; } }
"""
)
