/** Coordinates along walls and roofs, found once when a tile arrives, so that the shader can draw windows and tiles. */

import { BufferAttribute, BufferGeometry } from "three";

/** The two axes of a tile's scene that are horizontal and the one that is up: glTF is y-up. */
const UP = 1;

/**
 * Adds attribute `facade` (four numbers a vertex, in metres); `scale` makes metres of the geometry's units.
 *
 * Walls: way along the wall, its width, height above the building's foot, height of its eaves. Roofs: way along the
 * eaves, 0, height above the foot, way up the slope. Vertices of a surface follow each other in the tile, which is
 * how surfaces are told apart without an index of them.
 */
export function addFacade(
  geometry: BufferGeometry,
  scale: number,
  slots: ArrayLike<number>,
  kinds: ArrayLike<number>,
): void {
  const position = metres(geometry, scale);
  const normal = geometry.getAttribute("normal");
  if (!position || !normal) return;
  const { count } = position;
  const foot = feet(position, slots);
  const facade = new Float32Array(count * 4);
  let start = 0;
  while (start < count) {
    let end = start + 1;
    while (end < count && sameSurface(normal as BufferAttribute, position, slots, start, end)) end++;
    const base = foot.get(slots[start]!) ?? 0;
    const surface = { position, normal: normal as BufferAttribute, start, end, base };
    if (kinds[start] === 0) wall(surface, facade);
    else roof(surface, facade);
    start = end;
  }
  geometry.setAttribute("facade", new BufferAttribute(facade, 4));
}

/** Positions in metres: quantised ones are whole numbers that the node scales. */
function metres(geometry: BufferGeometry, scale: number): BufferAttribute | null {
  const position = geometry.getAttribute("position");
  if (!position) return null;
  const values = new Float32Array(position.count * 3);
  for (let i = 0; i < position.count; i++) {
    values[3 * i] = position.getX(i) * scale;
    values[3 * i + 1] = position.getY(i) * scale;
    values[3 * i + 2] = position.getZ(i) * scale;
  }
  return new BufferAttribute(values, 3);
}

interface Surface {
  position: BufferAttribute;
  normal: BufferAttribute;
  start: number;
  end: number;
  base: number;
}

/** Lowest point of each building. */
function feet(position: BufferAttribute, slots: ArrayLike<number>): Map<number, number> {
  const foot = new Map<number, number>();
  for (let i = 0; i < position.count; i++) {
    const y = position.getComponent(i, UP);
    const known = foot.get(slots[i]!);
    if (known === undefined || y < known) foot.set(slots[i]!, y);
  }
  return foot;
}

function sameSurface(
  normal: BufferAttribute,
  position: BufferAttribute,
  slots: ArrayLike<number>,
  a: number,
  b: number,
): boolean {
  if (slots[a] !== slots[b]) return false;
  const nx = normal.getX(a), ny = normal.getY(a), nz = normal.getZ(a);
  if (nx * normal.getX(b) + ny * normal.getY(b) + nz * normal.getZ(b) < 0.999) return false;
  const off =
    nx * (position.getX(b) - position.getX(a)) +
    ny * (position.getY(b) - position.getY(a)) +
    nz * (position.getZ(b) - position.getZ(a));
  return Math.abs(off) < 0.1;
}

/** Horizontal unit vector in the surface. */
function along({ normal, start }: Surface): [number, number] {
  const nx = normal.getX(start), nz = normal.getZ(start);
  const length = Math.hypot(nx, nz);
  return length < 1e-3 ? [1, 0] : [-nz / length, nx / length];
}

function wall(surface: Surface, facade: Float32Array): void {
  const { position, start, end, base } = surface;
  const [ax, az] = along(surface);
  let low = Infinity, high = -Infinity, bottom = Infinity, top = -Infinity;
  for (let i = start; i < end; i++) {
    const u = ax * position.getX(i) + az * position.getZ(i);
    const y = position.getY(i);
    low = Math.min(low, u);
    high = Math.max(high, u);
    bottom = Math.min(bottom, y);
    top = Math.max(top, y);
  }
  // Eaves of a gable wall: its lowest corner that is not at its foot.
  let eaves = top;
  for (let i = start; i < end; i++) {
    const y = position.getY(i);
    if (y > bottom + Math.min(2, (top - bottom) * 0.4)) eaves = Math.min(eaves, y);
  }
  for (let i = start; i < end; i++) {
    const u = ax * position.getX(i) + az * position.getZ(i);
    facade.set([u - low, high - low, position.getY(i) - base, eaves - base], i * 4);
  }
}

function roof(surface: Surface, facade: Float32Array): void {
  const { position, normal, start, end, base } = surface;
  const [ax, az] = along(surface);
  const steep = Math.hypot(normal.getX(start), normal.getZ(start));
  for (let i = start; i < end; i++) {
    const height = position.getY(i) - base;
    const u = ax * position.getX(i) + az * position.getZ(i);
    const across = -az * position.getX(i) + ax * position.getZ(i);
    facade.set([u, 0, height, steep > 0.05 ? height / steep : across], i * 4);
  }
}
