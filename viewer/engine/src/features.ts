/** Features of a tile: what the property table beside its geometry tells of each. */

import type { Object3D } from "three";
import type { TilesetEntry } from "./types";

/** A feature that was hit: where it is from, what it is called, and where. */
export interface Feature {
  ags: string;
  layer: string;
  key: string;
  title: string;
}

interface PropertyTables {
  getPropertyTableData(tables: number[], ids: number[]): Record<string, unknown>[];
}

/** Feature number `index` of a tile's object; null where the tile has no table. */
export function featureOf({ ags, layer }: TilesetEntry, object: Object3D, index: number): Feature | null {
  const tables = object.userData["structuralMetadata"] as PropertyTables | undefined;
  const row = tables?.getPropertyTableData([0], [index])[0];
  return row ? { ags: ags || String(row["ags"] ?? ""), layer, key: String(row["key"] ?? ""), title: String(row["title"] ?? "") } : null;
}
