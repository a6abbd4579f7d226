/** Pictures of the land use that lie over the terrain's patches, fetched for what is drawn. */

import { LinearFilter, LinearMipmapLinearFilter, SRGBColorSpace, Texture } from "three";
import type { GroundMaterial } from "./terrain_material";
import type { Square } from "./terrain";

interface Patch {
  material: GroundMaterial;
  square: Square;
  picture: Texture | null;
}

export class Drape {
  private readonly patches = new Map<object, Patch>();
  private layers = "";
  private scenario = "";
  private revision = 0;
  private asked = 0;
  pending = 0;

  constructor(
    private readonly base: string,
    private readonly anisotropy: number,
    private readonly changed: () => void,
  ) {}

  add(owner: object, material: GroundMaterial, square: Square): void {
    const patch: Patch = { material, square, picture: null };
    this.patches.set(owner, patch);
    if (this.layers) void this.fetch(patch, this.asked);
  }

  remove(owner: object): void {
    const patch = this.patches.get(owner);
    patch?.picture?.dispose();
    patch?.material.dispose();
    this.patches.delete(owner);
  }

  /** Asks for pictures of these layers; the old ones stay until the new ones are there. */
  ask(layers: string[], revision: number, scenario: string): void {
    const wanted = [...layers].sort().join(",");
    // Only what an indicator fills differs in a scenario.
    const within = wanted.includes(":") ? scenario : "";
    if (wanted === this.layers && revision === this.revision && within === this.scenario) return;
    this.layers = wanted;
    this.scenario = within;
    this.revision = revision;
    this.asked += 1;
    for (const patch of this.patches.values()) {
      if (wanted) void this.fetch(patch, this.asked);
      else this.lay(patch, null);
    }
    this.changed();
  }

  private lay(patch: Patch, picture: Texture | null): void {
    patch.picture?.dispose();
    patch.picture = picture;
    patch.material.lay(picture);
  }

  private async fetch(patch: Patch, asked: number): Promise<void> {
    const [west, south, east] = patch.square;
    const query = new URLSearchParams({ layers: this.layers, revision: String(this.revision) });
    if (this.scenario) query.set("scenario", this.scenario);
    this.pending += 1;
    try {
      const url = `${this.base}drape/${number(west)}_${number(south)}_${number(east - west)}.png?${query}`;
      const reply = await fetch(url);
      if (!reply.ok) throw new Error(`drape: ${reply.status}`);
      const image = await createImageBitmap(await reply.blob());
      if (asked !== this.asked || ![...this.patches.values()].includes(patch)) return;
      const picture = new Texture(image);
      picture.colorSpace = SRGBColorSpace;
      picture.flipY = false;
      picture.minFilter = LinearMipmapLinearFilter;
      picture.magFilter = LinearFilter;
      picture.anisotropy = this.anisotropy;
      picture.needsUpdate = true;
      this.lay(patch, picture);
    } catch (error) {
      console.warn(error);
    } finally {
      this.pending -= 1;
      this.changed();
    }
  }
}

function number(value: number): string {
  return String(Number(value.toFixed(2)));
}
