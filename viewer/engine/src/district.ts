/** Everything of the district that is fetched and drawn: tiles, colours, drapes, borders, a scenario's new buildings. */

import {
  Group,
  LineBasicMaterial,
  LineSegments,
  Material,
  Mesh,
  Object3D,
  PerspectiveCamera,
  Points,
  WebGLRenderer,
} from "three";
import { emptyRings, readBorders } from "./borders";
import { Buildings } from "./buildings";
import { Colours } from "./colours";
import { Drape } from "./drape";
import { Ground } from "./ground";
import { Imagery } from "./imagery";
import { GroundLine } from "./lines";
import { Pins } from "./pins";
import { Pipes } from "./pipes";
import { ScenarioBuildings } from "./scenario";
import { Stations } from "./stations";
import { Terrain } from "./terrain";
import { Tilesets } from "./tilesets";
import { Trees } from "./trees";
import { readScene, type Language, type SceneDescription, type TilesetEntry } from "./types";

export interface DistrictEvents {
  /** Something is to be drawn again. */
  changed(): void;
  /** Something that casts a shadow came, went or changed. */
  shadows(): void;
  /** The ground has another shape. */
  ground(): void;
}

/** Name under which the page switches the view under the ground. */
const UNDERGROUND = "underground";

/** Layer of the orthophotos, and those that say in colours what they show. */
const PHOTO_LAYER = "orthophoto";
const LAND = new Set(["land_use", "land_cover"]);

export class District {
  readonly group = new Group();
  readonly terrain: Terrain;
  readonly buildings: Buildings;
  readonly trees: Trees;
  readonly pins = new Pins();
  readonly pipes = new Pipes();
  readonly stations: Stations;
  private readonly colours: Colours;
  private readonly drapes: Drape;
  private readonly ground: Ground;
  private readonly imagery: Imagery;
  private readonly tilesets: Tilesets;
  private readonly scenario: ScenarioBuildings;
  private readonly borders = new GroundLine({ colour: "#4a3f63", width: 2.2, opacity: 0.8, lift: 0.004 });
  private readonly parcels = parcelMaterial();
  private readonly base: string;
  private layers: Record<string, boolean> = {};
  private asked = { theme: "", scenario: "" };
  private revision = 0;
  private pending = 0;
  private bordered = false;

  private constructor(
    private readonly url: URL,
    public scene: SceneDescription,
    anisotropy: number,
    detail: number,
    language: Language,
    private readonly events: DistrictEvents,
  ) {
    const { origin } = scene;
    this.base = new URL(".", url).href;
    this.stations = new Stations(this.base, origin, scene.stations?.url ?? "", language, () => this.events.changed());
    this.terrain = new Terrain();
    this.trees = new Trees(detail, () => this.events.shadows());
    this.pins.dress(scene.looks);
    this.colours = new Colours(this.base, () => this.events.shadows());
    this.buildings = new Buildings(this.colours);
    this.scenario = new ScenarioBuildings(this.base, origin, this.colours, () => this.events.shadows());
    this.drapes = new Drape(this.base, anisotropy, () => this.events.changed());
    this.imagery = new Imagery(this.base, origin, () => this.events.changed());
    this.imagery.take(scene.imagery);
    this.ground = new Ground(scene, this.terrain, this.drapes, this.imagery.uniforms);
    this.tilesets = new Tilesets(url.href, origin, this, () => this.events.changed());
    this.group.add(this.tilesets.group, this.scenario.object, this.borders.object);
    this.tilesets.take(scene.tilesets);
    void this.loadBorders();
  }

  /** Opens a scene; `detail` below 1 draws trees coarser. */
  static async open(
    url: URL,
    anisotropy: number,
    detail: number,
    language: Language,
    events: DistrictEvents,
  ): Promise<District> {
    return new District(url, await fetchScene(url), anisotropy, detail, language, events);
  }

  get loading(): boolean {
    const { colours, drapes, imagery, scenario, stations, tilesets } = this;
    const pending = colours.pending + drapes.pending + imagery.pending + scenario.pending + stations.pending;
    return this.pending + pending > 0 || tilesets.loading;
  }

  /** Number of tiles that are drawn. */
  get tiles(): number {
    return this.tilesets.visible;
  }

  /** Tilesets that could not be fetched. */
  get failed(): string[] {
    return this.tilesets.failed;
  }

  show(layers: Record<string, boolean>): void {
    this.layers = layers;
    const under = this.underground;
    // Pipes are seen under the ground only; trees would stand before them there.
    const hidden = this.scene.tilesets.filter(({ how }) => how === (under ? "tree" : "pipe")).map(({ layer }) => layer);
    this.tilesets.show({ ...layers, ...Object.fromEntries(hidden.map((layer) => [layer, false])) });
    this.ground.open(under);
    this.buildings.open(under);
    this.borders.object.visible = this.bordered && layers["municipality"] !== false;
    this.showStations();
    this.askDrapes();
    this.events.shadows();
  }

  /** Whether the ground is seen through. */
  get underground(): boolean {
    return this.layers[UNDERGROUND] === true;
  }

  colour(theme: string, scenario: string): void {
    const { asked } = this;
    this.asked = { theme, scenario };
    this.colours.ask(theme, scenario, this.revision);
    if (scenario || asked.scenario) void this.scenario.load(scenario, this.revision);
    if (scenario !== asked.scenario) this.askDrapes();
  }

  /** Fetches again what may have changed on the server; the old stays in the picture until the new is there. */
  async refresh(revision: number): Promise<void> {
    if (revision === this.revision) return;
    this.revision = revision;
    this.pending += 1;
    try {
      this.scene = await fetchScene(this.url);
      this.pins.dress(this.scene.looks);
      this.tilesets.take(this.scene.tilesets);
      this.imagery.take(this.scene.imagery);
      this.stations.take(this.scene.stations?.url ?? "");
      this.showStations();
      this.colour(this.asked.theme, this.asked.scenario);
      this.askDrapes();
      await this.loadBorders();
    } finally {
      this.pending -= 1;
      this.events.changed();
    }
  }

  update(camera: PerspectiveCamera, renderer: WebGLRenderer, distance: number, focus: { x: number; y: number }): void {
    // Hairlines that are too close to tell apart turn into a veil: let them fade before.
    this.parcels.opacity = Math.min(0.85, Math.max(0, 1.15 - distance / 4200));
    this.parcels.visible = this.parcels.opacity > 0.02;
    this.tilesets.update(camera, renderer);
    const seen = (2 * distance * Math.tan((camera.fov * Math.PI) / 360)) / Math.max(1, renderer.domElement.height);
    this.imagery.update(camera, renderer, focus.x, focus.y, seen, this.scene.heights);
    this.trees.update(camera);
    const [width, height] = [renderer.domElement.clientWidth, renderer.domElement.clientHeight];
    this.pins.update(camera, width, height, renderer.getPixelRatio());
    this.stations.update(camera, width, height);
    this.pipes.update((2 * Math.tan((camera.fov * Math.PI) / 360)) / Math.max(1, height));
  }

  hatch(distance: number): void {
    this.ground.hatch(distance);
  }

  resize(width: number, height: number): void {
    this.borders.resize(width, height);
  }

  dispose(): void {
    this.tilesets.dispose();
    this.imagery.dispose();
    this.stations.dispose();
  }

  // What the tilesets tell.

  arrived(entry: TilesetEntry, scene: Object3D): void {
    const { ags, layer, how } = entry;
    scene.updateMatrixWorld(true);
    // Trees add objects to what is walked through: the list is made before.
    const nodes: Object3D[] = [];
    scene.traverse((node) => nodes.push(node));
    for (const node of nodes) {
      if (node instanceof Points) {
        if (how === "tree") this.trees.add(entry, node);
        else this.pins.add(entry, node);
        if (how === "tree") this.events.shadows();
      } else if (node instanceof Mesh && how === "pipe") {
        this.pipes.add(entry, node);
      } else if (node instanceof LineSegments) {
        (node.material as Material).dispose();
        node.material = this.parcels;
        node.renderOrder = 5;
      } else if (node instanceof Mesh && layer === "terrain") {
        this.ground.add(node);
        this.events.ground();
      } else if (node instanceof Mesh) {
        this.buildings.add(ags, node);
        this.events.shadows();
      }
    }
  }

  left({ ags, layer, how }: TilesetEntry, scene: Object3D): void {
    scene.traverse((node) => {
      if (node instanceof Points) {
        if (how === "tree") this.trees.remove(node);
        else this.pins.remove(node);
      }
      if (!(node instanceof Mesh)) return;
      if (how === "pipe") this.pipes.remove(node);
      else if (layer === "terrain") this.ground.remove(node);
      else this.buildings.remove(ags, node);
    });
    this.events.shadows();
  }

  private showStations(): void {
    const { stations } = this.scene;
    this.stations.show(stations !== null && this.layers[stations.layer] === true);
  }

  private askDrapes(): void {
    const tiled = new Set(this.scene.tilesets.map(({ layer }) => layer));
    const piped = new Set(this.scene.tilesets.filter(({ how }) => how === "pipe").map(({ layer }) => layer));
    const wanted = Object.keys(this.layers).filter((layer) => {
      if (!this.layers[layer] || layer === UNDERGROUND) return false;
      // Whoever sees the pipes themselves needs no trace of them on the ground.
      if (this.underground && piped.has(layer)) return false;
      // Parcels filled by an indicator's colours: `parcel:density.grz`.
      if (layer.includes(":")) return true;
      return this.scene.drapes ? this.scene.drapes.includes(layer) : !tiled.has(layer) && layer !== "municipality";
    });
    // A photo takes the place of what is drawn of the land; all else lies above it, where there is anything else.
    const photo = this.layers[PHOTO_LAYER] === true && this.scene.imagery !== null;
    const above = wanted.filter((layer) => !LAND.has(layer));
    this.imagery.show(photo, above.length > 0);
    this.drapes.ask(photo && above.length ? above : wanted, this.revision, this.asked.scenario);
  }

  private async loadBorders(): Promise<void> {
    this.pending += 1;
    try {
      const reply = await fetch(`${this.base}borders.json?revision=${this.revision}`);
      if (!reply.ok) throw new Error(`borders.json: ${reply.status}`);
      const borders = readBorders(await reply.json());
      const [x0 = 0, y0 = 0, z0 = 0] = this.scene.origin;
      this.borders.set(borders.map(({ line }) => line.map(([x = 0, y = 0, z = z0]) => [x - x0, y - y0, z - z0 + 1])));
      this.bordered = this.borders.object.visible;
      this.borders.object.visible = this.bordered && this.layers["municipality"] !== false;
      const empty = new Set(this.scene.municipalities.filter((one) => one.empty).map(({ ags }) => ags));
      this.ground.veil(emptyRings(borders, empty), this.scene.extent);
    } catch (error) {
      console.warn(error);
    } finally {
      this.pending -= 1;
      this.events.changed();
    }
  }
}

/** Reads a scene description; throws with the server's status where there is none. */
async function fetchScene(url: URL): Promise<SceneDescription> {
  const reply = await fetch(url, { cache: "no-cache" });
  if (!reply.ok) throw new Error(`${url.pathname}: ${reply.status}`);
  return readScene(await reply.json());
}

function parcelMaterial(): LineBasicMaterial {
  const material = new LineBasicMaterial({ color: "#6b4e12", transparent: true, opacity: 0.6, depthWrite: false });
  material.onBeforeCompile = (shader) => {
    shader.vertexShader = shader.vertexShader.replace(
      "#include <logdepthbuf_vertex>",
      "gl_Position.z -= 0.004 * (gl_Position.w - gl_Position.z);\n#include <logdepthbuf_vertex>",
    );
  };
  return material;
}
