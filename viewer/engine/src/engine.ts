/** The engine: a district, a camera, hands and notes; draws when something changed, and only then. */

import { FogExp2, Scene, Vector3 } from "three";
import { Controls } from "./controls";
import { District } from "./district";
import { Drawing, Frames } from "./frames";
import { Highlights } from "./highlights";
import { Hud } from "./hud";
import { Labels } from "./labels";
import { Picking } from "./picking";
import { Picture } from "./picture";
import { Pointing } from "./pointing";
import { HORIZON, makeSky, makeTable } from "./sky";
import { SUN, Sunlight } from "./sun";
import { say } from "./texts";
import type { Language, Picked, Position, Quality, State, View } from "./types";
import { overview, rounded } from "./view";
import { FIELD_OF_VIEW, ViewCamera } from "./view_camera";

export interface EngineEvents {
  view(view: View): void;
  picked(picked: Picked | null): void;
  state(state: State): void;
  quality(quality: Quality): void;
}

/** Pause after a movement before the view is reported [ms]. */
const REPORT = 350;

/** Pause after the page has given the map another size before the map is at rest: panels slide, and fonts arrive [ms]. */
const LAYOUT = 600;

/** Frames of movements slower than this are too slow for "beautiful"; faster than that can afford it [ms]. */
const SLOW = 45;
const QUICK = 19;

export class Engine {
  readonly highlights: Highlights;
  private readonly scene = new Scene();
  private readonly sun = new Sunlight();
  private readonly frames = new Frames((seconds) => this.frame(seconds));
  private readonly drawing = new Drawing();
  private readonly view: ViewCamera;
  private readonly pointing: Pointing;
  private readonly controls: Controls;
  private readonly hud: Hud;
  private readonly labels: Labels;
  private readonly observer = new ResizeObserver(() => this.resize());
  private readonly waiting: (() => void)[] = [];
  private homeView: View;
  private shadowsStale = true;
  private steady = 0;
  private pace = 0;
  private picks = 0;
  private said = "";
  private error = "";
  private reportTimer = 0;
  private sized = 0;
  private reported: View | null = null;
  /** Whether the engine may choose the quality by itself. */
  adapts = true;

  private constructor(
    private readonly host: HTMLElement,
    private readonly picture: Picture,
    readonly district: District,
    private language: Language,
    private readonly events: EngineEvents,
  ) {
    const { origin, extent, heights } = district.scene;
    const { renderer } = picture;
    const canvas = renderer.domElement;
    this.homeView = overview(extent, heights[0], host.clientWidth / Math.max(1, host.clientHeight), FIELD_OF_VIEW);
    this.view = new ViewCamera(this.homeView, origin, (x, y) => district.terrain.heightAt(x, y));
    this.view.maxDistance = this.homeView.distance * 3;
    this.highlights = new Highlights(district);
    this.scene.fog = new FogExp2(HORIZON, 1e-5);
    const reach = Math.max(extent[2] - extent[0], extent[3] - extent[1]) * 5;
    const [, , lowest] = this.view.local(0, 0, heights[0]);
    this.scene.add(makeSky(SUN), makeTable(lowest - 6, reach), this.sun.group, district.group, this.highlights.group);
    this.pointing = new Pointing(canvas, this.view, district, new Picking(renderer, this.scene));
    this.hud = new Hud(language, {
      zoom: (factor) => this.controls.zoom(factor),
      home: () => this.fly(this.homeView),
      north: () => this.fly({ ...this.view.goal, azimuth: 0 }),
      quality: (quality) => {
        this.adapts = false;
        this.setQuality(quality);
        events.quality(quality);
      },
    });
    this.labels = new Labels(this.hud.labels);
    this.hud.labels.after(district.stations.canvas);
    this.controls = new Controls(canvas, this.view, {
      click: (x, y) => void this.pick(x, y),
      groundUnder: (x, y) => district.terrain.hit(this.pointing.ray(x, y)),
      moved: () => this.frames.request(),
      home: () => this.fly(this.homeView),
    });
    canvas.addEventListener("pointermove", ({ offsetX, offsetY, buttons }) => {
      const named = buttons ? null : this.pointing.hover(offsetX, offsetY, this.language);
      this.hud.name(named);
      canvas.style.cursor = named ? "pointer" : "";
    });
    canvas.addEventListener("pointerleave", () => this.hud.name(null));
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    this.watchContext(canvas);
    this.hud.root.prepend(canvas);
    host.replaceChildren(this.hud.root);
    this.observer.observe(host);
    this.setQuality("fast");
    this.resize();
    this.setLanguage(language);
  }

  static async open(host: HTMLElement, url: string, language: Language, events: EngineEvents): Promise<Engine> {
    const picture = new Picture();
    let engine: Engine | null = null;
    const district = await District.open(new URL(url, document.baseURI), picture.anisotropy, picture.software ? 0.5 : 1, language, {
      changed: () => engine?.frames.request(),
      shadows: () => engine?.outdated(),
      ground: () => engine?.outdated(),
    });
    engine = new Engine(host, picture, district, language, events);
    return engine;
  }

  // What the page says.

  setLanguage(language: Language): void {
    this.language = language;
    this.hud.translate(language);
    this.district.stations.take(this.district.scene.stations?.url ?? "", language);
    this.picture.renderer.domElement.setAttribute("aria-label", say("map", language));
    this.describe();
  }

  setHome(view: Partial<View>): void {
    this.homeView = { ...this.homeView, ...view };
  }

  setQuality(quality: Quality): void {
    this.picture.choose(quality);
    this.sun.resolution(quality === "beautiful" ? 4096 : 2048);
    this.hud.quality(quality);
    this.outdated();
  }

  async refresh(revision: number): Promise<void> {
    try {
      await this.district.refresh(revision);
      this.error = "";
    } catch (error) {
      this.error = say("noScene", this.language) + String(error instanceof Error ? error.message : error);
    }
    this.describe();
  }

  /** Is at a view at once; what is missing keeps its value. */
  jump(view: Partial<View>): void {
    this.view.jump({ ...this.view.goal, ...view });
    this.frames.request();
  }

  /** Travels to a view, or is there at once for those who want no motion. */
  fly(view: Partial<View>): void {
    const goal = { ...this.view.goal, ...view };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still || this.picture.software) this.view.jump(goal);
    else this.view.fly(goal, 1.1);
    this.frames.request();
  }

  changed(): void {
    this.frames.request();
  }

  /** What casts shadows or carries highlights is another. */
  outdated(): void {
    this.shadowsStale = true;
    this.highlights.outdated();
    this.frames.request();
  }

  dispose(): void {
    clearTimeout(this.reportTimer);
    this.frames.stop();
    this.observer.disconnect();
    this.controls.dispose();
    this.district.dispose();
    this.picture.dispose();
  }

  // For tests, and for whoever drives the map from outside.

  /** Point of the page [CSS px] at which a position is drawn. */
  project([east, north, height]: Position): [number, number] {
    this.view.place();
    const box = this.picture.renderer.domElement.getBoundingClientRect();
    const at = new Vector3(...this.view.local(east, north, height)).project(this.view.camera);
    return [box.left + ((at.x + 1) / 2) * box.width, box.top + ((1 - at.y) / 2) * box.height];
  }

  /** Resolves when nothing is loading, moving, waiting to be drawn or finding its place on the page. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.frames.request();
    });
  }

  // Inside.

  private describe(): void {
    const { municipalities, attribution, heights } = this.district.scene;
    this.labels.set(municipalities, this.language, ({ centre: [x = 0, y = 0, z] }) => {
      const [lx, ly, lz] = this.view.local(x, y, z ?? heights[0]);
      return new Vector3(lx, ly, this.district.terrain.heightAt(lx, ly) ?? lz);
    });
    this.hud.attribute(attribution);
    this.frames.request();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.host;
    this.sized = performance.now();
    this.hud.name(null);
    this.picture.resize(this.view.camera, clientWidth, clientHeight);
    this.district.resize(clientWidth, clientHeight);
    this.highlights.resize(clientWidth, clientHeight);
    this.shadowsStale = true;
    this.frames.request();
  }

  private async pick(x: number, y: number): Promise<void> {
    this.picks += 1;
    try {
      const cluster = this.pointing.cluster(x, y);
      if (cluster) this.fly({ ...cluster, distance: Math.max(150, Math.min(this.view.goal.distance * 0.4, cluster.distance)) });
      else this.events.picked(await this.pointing.pick(x, y));
    } finally {
      this.picks -= 1;
      this.frames.request();
    }
  }

  private frame(seconds: number): boolean {
    const { view, district, picture } = this;
    const moving = view.step(seconds);
    const [x, y] = view.local(view.now.east, view.now.north, view.now.height);
    district.update(view.camera, picture.renderer, view.now.distance, { x, y });
    this.highlights.update(view.camera);
    this.haze();
    const ground = view.local(view.now.east, view.now.north, view.now.height)[2];
    if (this.sun.fit(view.camera, ground, view.now.distance) || this.shadowsStale) {
      picture.renderer.shadowMap.needsUpdate = true;
      this.shadowsStale = false;
    }
    const loading = district.loading;
    const settled = !moving && !loading;
    // The careful picture is drawn once, when all has come to rest.
    if (moving || settled || this.drawing.due(this.frames.interval)) {
      picture.draw(this.scene, view.camera, settled, view.now.distance);
    }
    const { clientWidth, clientHeight } = this.host;
    this.labels.update(view.camera, clientWidth, clientHeight, view.now.distance);
    this.hud.update(view.now.azimuth, (2 * view.now.distance * Math.tan((FIELD_OF_VIEW * Math.PI) / 360)) / clientHeight);
    this.tell(loading);
    this.report(moving);
    if (moving) this.adapt(this.frames.interval);
    const placed = clientWidth > 0 && performance.now() - this.sized > LAYOUT;
    if (settled && !this.picks && this.waiting.length) {
      if (placed) this.waiting.splice(0).forEach((resolve) => resolve());
      else window.setTimeout(() => this.frames.request(), LAYOUT);
    }
    return moving || loading;
  }

  /** Haze as thick as the view is wide: the model in the middle is clear, the horizon soft. */
  private haze(): void {
    const fog = this.scene.fog as FogExp2;
    fog.density = 0.55 / Math.max(9000, this.view.now.distance * 3.4);
    this.district.hatch(this.view.now.distance);
  }

  private tell(loading: boolean): void {
    const { failed } = this.district;
    const error = this.error || (failed.length ? say("noTiles", this.language) + failed.join(", ") : "");
    const state: State = { loading, tiles: this.district.tiles, error };
    const said = JSON.stringify(state);
    if (said === this.said) return;
    this.said = said;
    this.hud.loading(loading);
    this.events.state(state);
  }

  private report(moving: boolean): void {
    clearTimeout(this.reportTimer);
    if (moving) return;
    this.reportTimer = window.setTimeout(() => {
      const view = rounded(this.view.goal);
      if (JSON.stringify(view) === JSON.stringify(this.reported)) return;
      this.reported = view;
      this.events.view(view);
    }, REPORT);
  }

  /** Chooses the quality by the pace of movements, until somebody has chosen one. */
  private adapt(interval: number): void {
    if (!this.adapts || !interval || interval > 1000) return;
    this.pace = this.pace ? this.pace * 0.9 + interval * 0.1 : interval;
    const { quality, software } = this.picture;
    const better = quality === "fast" && !software && this.pace < QUICK && ++this.steady > 40;
    const worse = quality === "beautiful" && this.pace > SLOW;
    if (!better && !worse) return;
    this.steady = 0;
    this.pace = 0;
    this.setQuality(better ? "beautiful" : "fast");
    this.events.quality(this.picture.quality);
  }

  private watchContext(canvas: HTMLCanvasElement): void {
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.frames.stop();
      this.hud.tell(say("lost", this.language));
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.hud.tell(null);
      this.outdated();
    });
  }
}
