/** Borders of municipalities as the server sends them, and the rings of those that are empty. */

export interface Border {
  ags: string;
  /** Points with heights, world coordinates. */
  line: number[][];
}

/** Reads `/borders.json`: a list of borders, plain or under `borders`, each with one `line` or several `lines`. */
export function readBorders(raw: unknown): Border[] {
  const list = Array.isArray(raw) ? raw : ((raw as Record<string, unknown> | null)?.["borders"] ?? []);
  return (list as Record<string, any>[]).flatMap((one) => {
    if (Array.isArray(one)) return [{ ags: "", line: one as number[][] }];
    const lines: number[][][] = one["lines"] ?? one["rings"] ?? [one["line"] ?? one["points"] ?? []];
    return lines.map((line) => ({ ags: String(one["ags"] ?? ""), line }));
  });
}

/** Rings of the municipalities in `empty`. */
export function emptyRings(borders: Border[], empty: ReadonlySet<string>): number[][][] {
  return borders.filter(({ ags, line }) => empty.has(ags) && line.length > 3).map(({ line }) => line);
}
