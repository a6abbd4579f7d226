/**
 * Orthophotos on the ground, as sharp as the view needs them: a stack of squares around what is looked at, each twice
 * as wide and half as fine as the one below ("clipmap"). Its memory does not depend on how large the district is, nor
 * on the ground's own tiles.
 */

import {
  Box3,
  DataArrayTexture,
  Frustum,
  LinearFilter,
  Matrix4,
  PerspectiveCamera,
  RepeatWrapping,
  SRGBColorSpace,
  Texture,
  Vector3,
  Vector4,
  WebGLRenderer,
} from "three";
import type { ImageryDescription } from "./types";

/** Tiles along the edge of a square. */
const ACROSS = 4;

/** Squares at most. */
export const MOST_LEVELS = 10;

/** Requests at a time, and pictures that reach the graphics card with one frame. */
const REQUESTS = 6;
const UPLOADS = 6;

/** Times that a tile is asked for again, if the server could not answer. */
const TRIES = 3;

/** Uniforms of the ground that this fills. */
export interface ImageryUniforms {
  uPhoto: { value: DataArrayTexture };
  /** Number of levels; none if no photo is shown. */
  uPhotoLevels: { value: number };
  /** Width of the finest level's pixels [m]. */
  uPhotoPixel: { value: number };
  /** Of each level: west and north edge in scene coordinates, edge of a tile [m]. */
  uPhotoPlace: { value: Vector4[] };
  /** Of each level: column and row of its first tile in the texture, bits of the tiles that are there. */
  uPhotoSlots: { value: Vector4[] };
  /** Whether what is draped lies above the photo, or below. */
  uPhotoBelow: { value: number };
}

export function imageryUniforms(): ImageryUniforms {
  const rows = (): Vector4[] => Array.from({ length: MOST_LEVELS }, () => new Vector4());
  return {
    uPhoto: { value: stack(1, 1, true) },
    uPhotoLevels: { value: 0 },
    uPhotoPixel: { value: 1 },
    uPhotoPlace: { value: rows() },
    uPhotoSlots: { value: rows() },
    uPhotoBelow: { value: 0 },
  };
}

/** GLSL: `vec4 photo(vec2 p)`, the picture at a point in scene coordinates, premultiplied by its alpha. */
export const PHOTO = /* glsl */ `
  uniform highp sampler2DArray uPhoto;
  uniform int uPhotoLevels;
  uniform float uPhotoPixel, uPhotoBelow;
  uniform vec4 uPhotoPlace[${MOST_LEVELS}], uPhotoSlots[${MOST_LEVELS}];
  bool photoAt(int level, vec2 p, out vec4 colour) {
    vec4 place = uPhotoPlace[level], slots = uPhotoSlots[level];
    vec2 at = vec2(p.x - place.x, place.y - p.y) / place.z;
    // Half a pixel within: the texture goes on at its other end.
    vec2 rim = vec2(0.001);
    if (any(lessThan(at, rim)) || any(greaterThan(at, vec2(${ACROSS}.0) - rim))) return false;
    vec2 slot = mod(floor(at) + slots.xy, ${ACROSS}.0);
    if (((int(slots.z) >> int(slot.y * ${ACROSS}.0 + slot.x)) & 1) == 0) return false;
    colour = textureLod(uPhoto, vec3((at + slots.xy) / ${ACROSS}.0, float(level)), 0.0);
    return true;
  }
  vec4 photo(vec2 p) {
    vec2 dx = dFdx(p), dy = dFdy(p);
    float pixel = sqrt(max(length(dx), 1e-4) * max(length(dy), 1e-4));
    float lod = clamp(log2(pixel / uPhotoPixel) - 0.35, 0.0, float(uPhotoLevels - 1));
    vec4 fine = vec4(0.0), coarse = vec4(0.0);
    int level = int(lod);
    for (; level < uPhotoLevels; level++) if (photoAt(level, p, fine)) break;
    if (level >= uPhotoLevels) return vec4(0.0);
    float share = lod - float(level);
    if (share > 0.0 && level + 1 < uPhotoLevels && photoAt(level + 1, p, coarse)) return mix(fine, coarse, share);
    return fine;
  }`;

interface Tile {
  level: number;
  column: number;
  /** Counted southwards, as pictures are. */
  row: number;
  distance: number;
}

export class Imagery {
  readonly uniforms = imageryUniforms();
  private description: ImageryDescription | null = null;
  private shown = false;
  private finest = 0;
  private levels = 0;
  /** What lies in each place of each level, by name; empty for nothing. */
  private slots: string[][] = [];
  private wanted: Tile[] = [];
  private readonly asked = new Map<string, AbortController>();
  private readonly arrived = new Map<string, { tile: Tile; picture: ImageBitmap | null }>();
  private readonly tries = new Map<string, number>();
  private readonly blank = typeof OffscreenCanvas === "undefined" ? null : new OffscreenCanvas(1, 1);
  private empty: ImageBitmap | null = null;

  constructor(
    private readonly base: string,
    private readonly origin: readonly number[],
    private readonly changed: () => void,
  ) {}

  /** Pictures that are on their way. */
  get pending(): number {
    return this.shown ? this.wanted.length + this.asked.size + this.arrived.size : 0;
  }

  /** Takes what a scene says of its photos; null if it has none. */
  take(description: ImageryDescription | null): void {
    if (JSON.stringify(description) === JSON.stringify(this.description)) return;
    this.description = description;
    this.forget();
    this.apply();
  }

  /** Shows or hides the photos; `below` says whether what is draped lies above them. */
  show(shown: boolean, below: boolean): void {
    this.uniforms.uPhotoBelow.value = below ? 1 : 0;
    if (shown === this.shown) return;
    this.shown = shown;
    if (!shown) this.abort(() => true);
    this.apply();
  }

  /** Asks for what a camera sees, and takes in what has come; `x`, `y` is what it looks at, `pixel` how wide [m] it sees one there. */
  update(camera: PerspectiveCamera, renderer: WebGLRenderer, x: number, y: number, pixel: number, heights: readonly number[]): void {
    const { description } = this;
    if (!this.shown || !description || !this.levels) return;
    this.upload(renderer);
    const frustum = new Frustum().setFromProjectionMatrix(
      new Matrix4().multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse),
    );
    const first = Math.min(this.levels - 1, Math.max(0, Math.floor(Math.log2(pixel / this.pixel(0)) - 0.35)));
    const wanted: Tile[] = [];
    const inside = new Set<string>();
    for (let level = this.levels - 1; level >= 0; level--) {
      const edge = this.edge(level);
      const east = x + (this.origin[0] ?? 0);
      const north = y + (this.origin[1] ?? 0);
      const column = Math.round(east / edge) - ACROSS / 2;
      const row = Math.round(-north / edge) - ACROSS / 2;
      let bits = 0;
      for (let slot = 0; slot < ACROSS * ACROSS; slot++) {
        // The tile of the square that this place of the texture belongs to.
        const tile = {
          level,
          column: column + modulo((slot % ACROSS) - column, ACROSS),
          row: row + modulo(Math.floor(slot / ACROSS) - row, ACROSS),
          distance: 0,
        };
        const name = this.name(tile);
        if (this.slots[level]?.[slot] === name) {
          bits += 2 ** slot;
          continue;
        }
        if (level < first || !this.seen(tile, frustum, heights)) continue;
        inside.add(name);
        tile.distance = Math.hypot((tile.column + 0.5) * edge - east, (tile.row + 0.5) * edge + north);
        if (!this.asked.has(name) && !this.arrived.has(name) && (this.tries.get(name) ?? 0) < TRIES) wanted.push(tile);
      }
      this.uniforms.uPhotoPlace.value[level]?.set(
        column * edge - (this.origin[0] ?? 0), -row * edge - (this.origin[1] ?? 0), edge, 0,
      );
      this.uniforms.uPhotoSlots.value[level]?.set(modulo(column, ACROSS), modulo(row, ACROSS), bits, 0);
    }
    // From coarse to fine, so that there is something to see; among equals what is looked at comes first.
    this.wanted = wanted.sort((a, b) => b.level - a.level || a.distance - b.distance);
    this.abort((name) => !inside.has(name));
    this.ask();
  }

  dispose(): void {
    this.abort(() => true);
    this.uniforms.uPhoto.value.dispose();
  }

  /** Makes the stack as high as the photos need: from their finest pixels to a square that holds them all. */
  private apply(): void {
    const { description } = this;
    const height = this.shown && description ? this.need(description) : 0;
    if (height !== this.levels || (description && this.finest !== description.levels[0])) {
      this.uniforms.uPhoto.value.dispose();
      this.uniforms.uPhoto.value = height ? stack((description?.pixels ?? 1) * ACROSS, height, false) : stack(1, 1, true);
      this.slots = Array.from({ length: height }, () => Array<string>(ACROSS * ACROSS).fill(""));
      this.levels = height;
      this.finest = description?.levels[0] ?? 0;
    }
    this.uniforms.uPhotoLevels.value = height;
    this.uniforms.uPhotoPixel.value = height ? this.pixel(0) : 1;
    this.uniforms.uPhotoSlots.value.forEach((slots) => (slots.z = 0));
    this.changed();
  }

  private need({ extent, levels, pixels, pixel }: ImageryDescription): number {
    const reach = Math.max(extent[2] - extent[0], extent[3] - extent[1]);
    let level = levels[0];
    while (level < levels[1] && pixel * 2 ** level * pixels * (ACROSS - 2) < reach) level += 1;
    // One more, for views from afar.
    return Math.min(levels[1], level + 1, levels[0] + MOST_LEVELS - 1) - levels[0] + 1;
  }

  private pixel(level: number): number {
    return (this.description?.pixel ?? 1) * 2 ** (this.finest + level);
  }

  private edge(level: number): number {
    return this.pixel(level) * (this.description?.pixels ?? 1);
  }

  private name({ level, column, row }: Tile): string {
    return `${this.finest + level}_${column}_${-row - 1}`;
  }

  private seen({ level, column, row }: Tile, frustum: Frustum, heights: readonly number[]): boolean {
    const edge = this.edge(level);
    const [west, north] = [column * edge, -row * edge];
    const [w = 0, s = 0, e = 0, n = 0] = this.description?.extent ?? [];
    if (west >= e || west + edge <= w || north <= s || north - edge >= n) return false;
    const [x0 = 0, y0 = 0, z0 = 0] = this.origin;
    const [low = 0, high = 0] = heights;
    const box = new Box3(
      new Vector3(west - x0, north - edge - y0, low - z0 - 5), new Vector3(west + edge - x0, north - y0, high - z0 + 5),
    );
    return frustum.intersectsBox(box);
  }

  private ask(): void {
    while (this.asked.size < REQUESTS) {
      const tile = this.wanted.shift();
      if (!tile) return;
      void this.fetch(tile);
    }
  }

  private async fetch(tile: Tile): Promise<void> {
    const { description } = this;
    if (!description) return;
    const name = this.name(tile);
    const control = new AbortController();
    this.asked.set(name, control);
    try {
      const url = `${this.base}${description.url}${name}.webp?revision=${description.revision}`;
      const reply = await fetch(url, { signal: control.signal });
      if (!reply.ok) throw new Error(`${name}: ${reply.status}`);
      const picture =
        reply.status === 204 ? null : await createImageBitmap(await reply.blob(), { premultiplyAlpha: "premultiply" });
      if (control.signal.aborted) return;
      this.arrived.set(name, { tile, picture });
      this.tries.delete(name);
    } catch (error) {
      if (control.signal.aborted) return;
      this.tries.set(name, (this.tries.get(name) ?? 0) + 1);
      console.warn(error);
    } finally {
      if (this.asked.get(name) === control) this.asked.delete(name);
      this.ask();
      this.changed();
    }
  }

  /** Puts some of what has come into its places of the texture. */
  private upload(renderer: WebGLRenderer): void {
    let count = 0;
    for (const [name, { tile, picture }] of this.arrived) {
      if (count++ >= UPLOADS) {
        this.changed();
        return;
      }
      this.arrived.delete(name);
      const image = picture ?? this.nothing();
      const { pixels } = this.description ?? { pixels: 1 };
      if (!image || image.width !== pixels || image.height !== pixels) continue;
      const [column, row] = [modulo(tile.column, ACROSS), modulo(tile.row, ACROSS)];
      const source = new Texture(image);
      renderer.copyTextureToTexture(
        source, this.uniforms.uPhoto.value, null, new Vector3(column * pixels, row * pixels, tile.level),
      );
      source.dispose();
      picture?.close();
      const slots = this.slots[tile.level];
      if (slots) slots[row * ACROSS + column] = name;
    }
  }

  /** A transparent picture, for places without a photo: what lay there before has to go. */
  private nothing(): ImageBitmap | null {
    const { blank, description } = this;
    if (!this.empty && blank && description && blank.getContext("2d")) {
      blank.width = blank.height = description.pixels;
      this.empty = blank.transferToImageBitmap();
    }
    return this.empty;
  }

  private abort(unwanted: (name: string) => boolean): void {
    for (const [name, control] of this.asked) {
      if (!unwanted(name)) continue;
      control.abort();
      this.asked.delete(name);
    }
    for (const [name, { picture }] of this.arrived) {
      if (!unwanted(name)) continue;
      picture?.close();
      this.arrived.delete(name);
    }
  }

  private forget(): void {
    this.abort(() => true);
    this.wanted = [];
    this.tries.clear();
    this.slots.forEach((slots) => slots.fill(""));
  }
}

/** An array of square pictures without content. */
function stack(edge: number, height: number, filled: boolean): DataArrayTexture {
  const texture = new DataArrayTexture(filled ? new Uint8Array(4 * edge * edge * height) : null, edge, edge, height);
  texture.colorSpace = SRGBColorSpace;
  texture.minFilter = texture.magFilter = LinearFilter;
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.generateMipmaps = false;
  texture.source.dataReady = filled;
  texture.needsUpdate = true;
  return texture;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
