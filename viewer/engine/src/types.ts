/** Words that the engine shares with the server (`scene.json`) and with the page (properties of `DistrictMap`). */

/** Easting and northing [m] in EPSG:25832, height [m] in DHHN2016. */
export type Position = [east: number, north: number, height: number];

export interface TilesetEntry {
  ags: string;
  layer: string;
  url: string;
  revision: string | number;
  /** What the tiles hold where not the layer's name says it. */
  how?: "" | "tree" | "pin" | "pipe";
}

/** One class of a layer's legend. */
export interface LookClass {
  title: { de: string; en: string } | null;
  colour: string;
  /** Path of its sign on a sheet of 24 × 24; empty for none. */
  icon: string;
}

export interface LayerLook {
  order: number;
  classes: LookClass[];
  /** Whether all are dots. */
  dots?: boolean;
}

export interface Municipality {
  ags: string;
  name: string;
  centre: number[];
  /** Whether nothing of it is shown. */
  empty: boolean;
  /** Whether it takes part: if it does and is empty, it shares nothing with this visitor. */
  joined?: boolean;
}

/** What there is of orthophotos: tiles under `url`, named by level, column and row. */
export interface ImageryDescription {
  url: string;
  revision: string;
  /** West, south, east, north [m]. */
  extent: [number, number, number, number];
  /** Edge of a tile [px]. */
  pixels: number;
  /** Width of a pixel of level 0 [m]; that of a level is twice the one below. */
  pixel: number;
  /** Finest and coarsest level. */
  levels: [number, number];
}

export interface SceneDescription {
  origin: number[];
  /** West, south, east, north [m]. */
  extent: [number, number, number, number];
  /** Lowest and highest ground [m]. */
  heights: [number, number];
  tilesets: TilesetEntry[];
  municipalities: Municipality[];
  attribution: string[];
  /** Layers that `/drape` draws; all layers without a tileset where the server does not say. */
  drapes: string[] | null;
  imagery: ImageryDescription | null;
  /** Where the latest values of the stations of a layer are. */
  stations: { layer: string; url: string } | null;
  /** Legends of layers that are drawn as signs. */
  looks: Record<string, LayerLook>;
}

/** What the camera looks at, and from where; angles in degrees. */
export interface View {
  east: number;
  north: number;
  height: number;
  distance: number;
  /** Of the line of sight, clockwise from north. */
  azimuth: number;
  /** Of the line of sight, from straight down. */
  tilt: number;
}

export interface Selection {
  ags: string;
  building_id: string;
}

export type Picked =
  | { kind: "building"; ags: string; building_id: string; position: Position; count: number }
  | { kind: "feature"; layer: string; ags: string; key: string; position: Position; count: number }
  | { kind: "ground"; position: Position; count: number };

export interface State {
  loading: boolean;
  tiles: number;
  error: string;
}

export type Quality = "fast" | "beautiful";
export type Language = "de" | "en";

/** Reads `scene.json`, whose optional entries may be absent. */
export function readScene(raw: Record<string, any>): SceneDescription {
  const extent = raw["extent"] as SceneDescription["extent"];
  const origin: number[] = raw["origin"] ?? [(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2];
  return {
    origin,
    extent,
    heights: raw["heights"] ?? raw["height_range"] ?? [0, 300],
    tilesets: raw["tilesets"] ?? [],
    municipalities: raw["municipalities"] ?? [],
    attribution: [raw["attribution"] ?? []].flat(),
    drapes: raw["drapes"] ?? null,
    imagery: raw["imagery"] ?? null,
    stations: raw["stations"] ?? null,
    looks: raw["looks"] ?? {},
  };
}
