/** The 3D Tiles of all tenants and layers: shown, hidden, and exchanged for newer ones without a gap. */

import { TilesRenderer } from "3d-tiles-renderer";
import { GLTFExtensionsPlugin } from "3d-tiles-renderer/plugins";
import { Group, Object3D, PerspectiveCamera, WebGLRenderer } from "three";
import type { TilesetEntry } from "./types";

/** Told of every tile's scene as it comes and goes. */
export interface TileVisitor {
  arrived(entry: TilesetEntry, scene: Object3D): void;
  left(entry: TilesetEntry, scene: Object3D): void;
}

/** Error on the screen [px] below which a tile is fine enough. */
const ERROR_TARGET: Record<string, number> = { terrain: 3, building: 12, parcel: 12 };

/** Memory that tiles may take, all tilesets together [byte]. */
const CACHE_BYTES = 700e6;

class LiveTileset {
  readonly tiles: TilesRenderer;
  /** The tileset that this one replaces, drawn until this one is complete. */
  replaces: LiveTileset | null = null;
  failed = false;
  private rounds = 0;

  constructor(
    readonly entry: TilesetEntry,
    url: string,
    shared: TilesRenderer | null,
    visitor: TileVisitor,
    changed: () => void,
  ) {
    this.tiles = new TilesRenderer(url);
    this.tiles.registerPlugin(new GLTFExtensionsPlugin({ metadata: true, rtc: false } as never));
    this.tiles.errorTarget = ERROR_TARGET[entry.layer] ?? 12;
    if (shared) {
      this.tiles.lruCache = shared.lruCache;
      this.tiles.downloadQueue = shared.downloadQueue;
      this.tiles.parseQueue = shared.parseQueue;
      this.tiles.processNodeQueue = shared.processNodeQueue;
    } else {
      this.tiles.lruCache.minBytesSize = CACHE_BYTES * 0.8;
      this.tiles.lruCache.maxBytesSize = CACHE_BYTES;
    }
    this.tiles.addEventListener("load-model", ({ scene }: { scene: Object3D }) => {
      visitor.arrived(entry, scene);
      changed();
    });
    this.tiles.addEventListener("dispose-model", ({ scene }: { scene: Object3D }) => visitor.left(entry, scene));
    this.tiles.addEventListener("load-error", ({ tile }: { tile: object | null }) => {
      if (!tile) this.failed = true;
      changed();
    });
    for (const event of ["needs-update", "tile-visibility-change", "tiles-load-end", "load-tileset"]) {
      this.tiles.addEventListener(event, changed);
    }
  }

  /** Whether all that the camera needs is there: what it needs is known some rounds after the root has arrived. */
  get settled(): boolean {
    return this.failed || (this.rounds > 3 && this.tiles.loadProgress === 1);
  }

  update(camera: PerspectiveCamera, renderer: WebGLRenderer): void {
    this.tiles.setCamera(camera);
    this.tiles.setResolutionFromRenderer(camera, renderer);
    this.tiles.update();
    if (this.tiles.rootTileset) this.rounds += 1;
  }

  /** Number of tiles in the picture: the predecessor's while it is still drawn. */
  get drawn(): number {
    const { tiles } = this.replaces ?? this;
    return tiles.group.visible ? tiles.visibleTiles.size : 0;
  }
}

export class Tilesets {
  readonly group = new Group();
  private readonly live = new Map<string, LiveTileset>();
  private shown: Record<string, boolean> = {};

  constructor(
    private readonly base: string,
    origin: readonly number[],
    private readonly visitor: TileVisitor,
    private readonly changed: () => void,
  ) {
    // The large offset is taken off here, in double precision; what reaches the graphics card is small.
    this.group.position.set(-(origin[0] ?? 0), -(origin[1] ?? 0), -(origin[2] ?? 0));
    this.group.updateMatrixWorld(true);
  }

  /** Takes a scene's tilesets: new ones are loaded, changed ones exchanged, missing ones removed. */
  take(entries: TilesetEntry[]): void {
    const wanted = new Set(entries.map(key));
    for (const [name, tileset] of this.live) {
      if (wanted.has(name)) continue;
      this.live.delete(name);
      this.discard(tileset);
    }
    for (const entry of entries) {
      const old = this.live.get(key(entry));
      if (old && String(old.entry.revision) === String(entry.revision)) continue;
      const first = this.live.values().next().value?.tiles ?? null;
      const url = new URL(entry.url, this.base);
      url.searchParams.set("revision", String(entry.revision));
      const fresh = new LiveTileset(entry, url.href, first, this.visitor, this.changed);
      fresh.replaces = old ?? null;
      this.live.set(key(entry), fresh);
      this.group.add(fresh.tiles.group);
    }
    this.changed();
  }

  show(layers: Record<string, boolean>): void {
    this.shown = layers;
    this.changed();
  }

  /** Refines for a camera. */
  update(camera: PerspectiveCamera, renderer: WebGLRenderer): void {
    for (const tileset of this.live.values()) {
      const visible = this.shown[tileset.entry.layer] !== false;
      const { tiles } = tileset;
      if (tileset.replaces && tileset.settled) {
        this.discard(tileset.replaces);
        tileset.replaces = null;
      }
      tiles.group.visible = visible && !tileset.replaces;
      if (tileset.replaces) tileset.replaces.tiles.group.visible = visible;
      if (visible) tileset.update(camera, renderer);
    }
  }

  get loading(): boolean {
    return [...this.live.values()].some((tileset) => this.shown[tileset.entry.layer] !== false && !tileset.settled);
  }

  get visible(): number {
    return [...this.live.values()].reduce((sum, { drawn }) => sum + drawn, 0);
  }

  get failed(): string[] {
    return [...this.live.values()].filter(({ failed }) => failed).map(({ entry }) => `${entry.ags}/${entry.layer}`);
  }

  dispose(): void {
    for (const tileset of this.live.values()) this.discard(tileset);
    this.live.clear();
  }

  private discard(tileset: LiveTileset): void {
    if (tileset.replaces) this.discard(tileset.replaces);
    this.group.remove(tileset.tiles.group);
    tileset.tiles.dispose();
  }
}

function key(entry: TilesetEntry): string {
  return `${entry.ags}/${entry.layer}`;
}
