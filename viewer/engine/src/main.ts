/** What Panel calls: binds the properties of `DistrictMap` to an engine in the component's element. */

import { Engine, type EngineEvents } from "./engine";
import { STYLE } from "./hud_style";
import { say } from "./texts";
import type { Language, Picked, Quality, Selection, State, View } from "./types";

/** The properties of `viewer.engine.component.DistrictMap`, as Panel hands them over. */
interface Model {
  scene_url: string;
  layers: Record<string, boolean>;
  theme: string;
  scenario: string;
  revision: number;
  selection: Selection | null;
  marker: number[] | null;
  outline: number[][][];
  charted: Record<string, string>;
  view: Partial<View>;
  home: Partial<View>;
  quality: Quality;
  quality_adapts: boolean;
  picked: Picked | null;
  state: State;
  language: Language;
  on(property: keyof Model | `lifecycle:${string}`, act: () => void): void;
}

/** What tests drive the map through. */
interface TestHooks {
  engine: Engine;
  project: Engine["project"];
  idle: Engine["idle"];
}

export function render({ model }: { model: Model }): HTMLElement {
  const host = document.createElement("div");
  host.style.cssText = "position:relative;width:100%;height:100%;min-height:240px";
  if (!document.createElement("canvas").getContext("webgl2")) {
    explain(host, say("noWebGL", model.language), model);
    return host;
  }
  let engine: Engine | null = null;
  let gone = false;
  model.on("lifecycle:remove", () => {
    gone = true;
    engine?.dispose();
  });
  const open = async (): Promise<void> => {
    engine?.dispose();
    engine = null;
    try {
      const opened = await Engine.open(host, model.scene_url, model.language, speak(model));
      if (gone) opened.dispose();
      else bind(model, (engine = opened), host);
    } catch (error) {
      explain(host, say("noScene", model.language) + (error instanceof Error ? error.message : String(error)), model);
    }
  };
  model.on("scene_url", () => void open());
  listen(model, () => engine);
  void open();
  return host;
}

/** View that the engine itself reported last: Panel sends it back, and it must not move the camera. */
const echoes = new WeakMap<Model, string>();

function speak(model: Model): EngineEvents {
  return {
    view: (view: View) => {
      echoes.set(model, JSON.stringify(view));
      model.view = view;
    },
    picked: (picked: Picked | null) => (model.picked = picked),
    state: (state: State) => (model.state = state),
    quality: (quality: Quality) => (model.quality = quality),
  };
}

/** Tells a new engine all properties. */
function bind(model: Model, engine: Engine, host: HTMLElement): void {
  engine.adapts = model.quality_adapts && model.quality === "fast";
  engine.setQuality(model.quality);
  engine.setHome(model.home ?? {});
  engine.jump({ ...model.home, ...model.view });
  engine.district.show(model.layers ?? {});
  engine.district.colour(model.theme, model.scenario);
  engine.highlights.select(model.selection);
  engine.highlights.surround(model.outline ?? []);
  engine.highlights.mark(model.marker);
  engine.district.stations.ring(model.charted ?? {});
  engine.changed();
  const hooks: TestHooks = {
    engine,
    project: (position) => engine.project(position),
    idle: () => engine.idle(),
  };
  Object.assign(host, { __twin: hooks });
  Object.assign(window, { __twin: hooks });
}

/** Passes on what the page changes. */
function listen(model: Model, engine: () => Engine | null): void {
  const on = (property: keyof Model, act: (engine: Engine) => void): void =>
    model.on(property, () => {
      const live = engine();
      if (!live) return;
      act(live);
      live.changed();
    });
  on("layers", (live) => live.district.show(model.layers ?? {}));
  for (const property of ["theme", "scenario"] as const) {
    on(property, (live) => live.district.colour(model.theme, model.scenario));
  }
  on("revision", (live) => void live.refresh(model.revision));
  on("selection", (live) => live.highlights.select(model.selection));
  on("outline", (live) => live.highlights.surround(model.outline ?? []));
  on("marker", (live) => live.highlights.mark(model.marker));
  on("charted", (live) => live.district.stations.ring(model.charted ?? {}));
  on("home", (live) => live.setHome(model.home ?? {}));
  on("language", (live) => live.setLanguage(model.language));
  on("quality", (live) => live.setQuality(model.quality));
  on("view", (live) => {
    if (JSON.stringify(model.view) !== echoes.get(model)) live.fly(model.view ?? {});
  });
}

/** Says in words why there is no map. */
function explain(host: HTMLElement, text: string, model: Model): void {
  const style = document.createElement("style");
  style.textContent = STYLE;
  const root = document.createElement("div");
  root.className = "twin-map";
  const message = document.createElement("div");
  message.className = "message";
  message.setAttribute("role", "alert");
  message.textContent = text;
  root.append(style, message);
  host.replaceChildren(root);
  model.state = { loading: false, tiles: 0, error: text };
}
