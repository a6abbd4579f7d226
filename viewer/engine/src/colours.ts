/** Colours of buildings: one texel a slot, fetched from `/colours` for each tenant. */

import { ClampToEdgeWrapping, DataTexture, NearestFilter, RGBAFormat, UnsignedByteType } from "three";

/** Slots in a row of the texture. */
export const ROW = 1024;

/** What a building material reads; shared by all materials of a tenant. */
export interface ColourUniforms {
  uColours: { value: DataTexture };
  /** 1 where the texture says what to show, 0 for the plain look. */
  uThemed: { value: number };
  uSlots: { value: number };
  /** 1 if the texture's colours are to be seen, 0 if only its alpha counts. */
  uTinted: { value: number };
}

function texture(bytes: Uint8Array): DataTexture {
  const rows = Math.max(1, Math.ceil(bytes.length / 4 / ROW));
  const padded = new Uint8Array(rows * ROW * 4);
  padded.set(bytes.subarray(0, padded.length));
  const made = new DataTexture(padded, ROW, rows, RGBAFormat, UnsignedByteType);
  made.minFilter = made.magFilter = NearestFilter;
  made.wrapS = made.wrapT = ClampToEdgeWrapping;
  made.needsUpdate = true;
  return made;
}

export class Colours {
  private readonly tenants = new Map<string, ColourUniforms>();
  private query = "";
  private asked = 0;
  pending = 0;

  constructor(
    private readonly base: string,
    private readonly changed: () => void,
  ) {}

  /** Uniforms of a tenant; the colours arrive in them when they are there. */
  of(ags: string): ColourUniforms {
    let uniforms = this.tenants.get(ags);
    if (!uniforms) {
      uniforms = {
        uColours: { value: texture(new Uint8Array(4)) },
        uThemed: { value: 0 },
        uSlots: { value: 0 },
        uTinted: { value: 0 },
      };
      this.tenants.set(ags, uniforms);
      if (this.query && ags) void this.fetch(ags, uniforms, this.asked);
    }
    return uniforms;
  }

  /** Asks for the colours of a theme and a scenario; the old ones stay until the new ones are there. */
  ask(theme: string, scenario: string, revision: number): void {
    this.asked += 1;
    if (!theme && !scenario) {
      this.query = "";
      for (const uniforms of this.tenants.values()) uniforms.uThemed.value = 0;
      this.changed();
      return;
    }
    const words = new URLSearchParams({ theme, scenario, revision: String(revision) });
    this.query = words.toString();
    for (const [ags, uniforms] of this.tenants) if (ags) void this.fetch(ags, uniforms, this.asked);
  }

  private async fetch(ags: string, uniforms: ColourUniforms, asked: number): Promise<void> {
    const { query } = this;
    this.pending += 1;
    try {
      const reply = await fetch(`${this.base}colours/${encodeURIComponent(ags)}.bin?${query}`);
      if (!reply.ok) throw new Error(`colours of ${ags}: ${reply.status}`);
      const bytes = new Uint8Array(await reply.arrayBuffer());
      if (asked !== this.asked) return;
      uniforms.uColours.value.dispose();
      uniforms.uColours.value = texture(bytes);
      uniforms.uSlots.value = Math.floor(bytes.length / 4);
      uniforms.uThemed.value = 1;
      uniforms.uTinted.value = new URLSearchParams(query).get("theme") ? 1 : 0;
    } catch (error) {
      // Without colours the plain look is right: nothing is shown that was not shown before.
      console.warn(error);
      if (asked === this.asked) uniforms.uThemed.value = 0;
    } finally {
      this.pending -= 1;
      this.changed();
    }
  }
}
