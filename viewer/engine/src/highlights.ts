/** What stands out: the selected building's edges, a parcel's outline on the ground, the pin. */

import { Group, PerspectiveCamera } from "three";
import { SELECTED } from "./building_material";
import type { District } from "./district";
import { drape, GroundLine, sharpEdges } from "./lines";
import { Pin } from "./marker";
import type { Selection } from "./types";

export class Highlights {
  readonly group = new Group();
  private readonly pin = new Pin();
  private readonly outline = new GroundLine({ colour: SELECTED, width: 4, lift: 0.006 });
  private readonly edges = new GroundLine({ colour: "#0048c0", width: 2.4, lift: 0.002 });
  private readonly hidden = new GroundLine({ colour: SELECTED, width: 1.4, opacity: 0.35, through: true });
  private selection: Selection | null = null;
  private rings: number[][][] = [];
  private marker: number[] | null = null;
  private stale = true;

  constructor(private readonly district: District) {
    this.group.add(this.pin.object, this.outline.object, this.edges.object, this.hidden.object);
  }

  select(selection: Selection | null): void {
    this.selection = selection;
    this.district.buildings.select(selection);
    this.stale = true;
  }

  /** Rings [[east, north], …] in world coordinates. */
  surround(rings: number[][][]): void {
    this.rings = rings;
    this.stale = true;
  }

  /** [east, north] in world coordinates. */
  mark(marker: number[] | null): void {
    this.marker = marker;
    this.stale = true;
  }

  /** The ground or the buildings have changed below what is highlighted. */
  outdated(): void {
    this.stale = true;
  }

  update(camera: PerspectiveCamera): void {
    if (this.stale) this.place();
    this.stale = false;
    this.pin.scale(camera);
  }

  resize(width: number, height: number): void {
    for (const line of [this.outline, this.edges, this.hidden]) line.resize(width, height);
  }

  private place(): void {
    const { terrain, scene, buildings } = this.district;
    const [x0 = 0, y0 = 0] = scene.origin;
    const groundAt = (x: number, y: number): number | null => terrain.heightAt(x, y);
    const local = this.rings.map((ring) => ring.map(([x = 0, y = 0]) => [x - x0, y - y0]));
    this.outline.set(local.map((ring) => drape(ring, 8, 0.5, groundAt)));
    if (this.marker) {
      const [x, y] = [(this.marker[0] ?? 0) - x0, (this.marker[1] ?? 0) - y0];
      this.pin.put([x, y, groundAt(x, y) ?? scene.heights[0] - (scene.origin[2] ?? 0)]);
    } else {
      this.pin.put(null);
    }
    const edges = this.selection ? sharpEdges(buildings.triangles(this.selection)) : [];
    this.edges.setSegments(edges);
    this.hidden.setSegments(edges);
  }
}
