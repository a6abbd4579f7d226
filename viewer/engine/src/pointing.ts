/** What is meant by a point of the canvas: a sign, a tree, a pipe, a building or the ground. */

import { Raycaster, Vector2, Vector3 } from "three";
import type { District } from "./district";
import type { Feature } from "./features";
import type { Picking } from "./picking";
import { Stations } from "./stations";
import type { Language, Picked, Position, View } from "./types";
import type { ViewCamera } from "./view_camera";

/** Name that is shown beside the pointer, and where [CSS px]. */
export interface Hovered {
  text: string;
  x: number;
  y: number;
}

export class Pointing {
  private clicks = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly view: ViewCamera,
    private readonly district: District,
    private readonly picking: Picking,
  ) {}

  ray(x: number, y: number): Raycaster["ray"] {
    const caster = new Raycaster();
    caster.setFromCamera(this.device(x, y), this.view.camera);
    return caster.ray;
  }

  /** What a click at a point [CSS px] picks; null where it meets the sky. */
  async pick(x: number, y: number): Promise<Picked | null> {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const { buildings, terrain, trees, pins, pipes } = this.district;
    const count = ++this.clicks;
    const station = this.district.stations.at(x, y)?.station;
    const stream = station?.streams[0];
    if (station && stream) {
      const [east, north, height] = station.at;
      return { kind: "feature", layer: "sensor", ags: station.ags, key: stream.id, position: [east, north, height], count };
    }
    const pin = pins.at(x, y);
    if (pin) return this.feature(pin.feature, pin.at, count);
    const ray = this.ray(x, y);
    const building = buildings.named(await this.picking.at(this.view.camera, x, y, width, height));
    const solid = (building && buildings.hit(ray, building)) ?? terrain.hit(ray);
    const nearer = (at: Vector3): boolean =>
      !solid || at.distanceToSquared(ray.origin) < solid.distanceToSquared(ray.origin);
    const tree = trees.hit(ray);
    if (tree && nearer(tree.at)) return this.feature(tree.feature, tree.at, count);
    // Pipes are shown only where the ground is seen through, and then a click goes through it too.
    const pipe = building ? null : pipes.hit(this.view.camera, this.device(x, y), width, height);
    if (pipe) return this.feature(pipe.feature, pipe.at, count);
    if (!solid) return null;
    const position = this.position(solid);
    if (!building) return { kind: "ground", position, count };
    return { kind: "building", ags: building.ags, building_id: building.building_id, position, count };
  }

  /** View that tells stations under one sign apart; null where there is no such sign. */
  cluster(x: number, y: number): Pick<View, "east" | "north" | "height" | "distance"> | null {
    const hit = this.district.stations.at(x, y);
    if (!hit || !Stations.isCluster(hit)) return null;
    const [east, north, height] = hit.station.at;
    return { east, north, height, distance: hit.reach * 3 };
  }

  /** Name of the sign under the pointer; null where there is none. */
  hover(x: number, y: number, language: Language): Hovered | null {
    const station = this.district.stations.at(x, y);
    if (station) return { text: station.text, x: station.x, y: station.y };
    const pin = this.district.pins.at(x, y);
    if (!pin) return null;
    const kind = pin.title?.[language] ?? "";
    const { title } = pin.feature;
    return { text: title && kind && title !== kind ? `${title} · ${kind}` : title || kind, x: pin.x, y: pin.y };
  }

  private device(x: number, y: number): Vector2 {
    const { clientWidth, clientHeight } = this.canvas;
    return new Vector2((x / clientWidth) * 2 - 1, 1 - (y / clientHeight) * 2);
  }

  private feature({ layer, ags, key }: Feature, at: Vector3, count: number): Picked {
    return { kind: "feature", layer, ags, key, position: this.position(at), count };
  }

  private position({ x, y, z }: Vector3): Position {
    return this.view.world(x, y, z).map((value) => Number(value.toFixed(2))) as Position;
  }
}
