/** The ground that is loaded: heights under a point, and where a ray meets it. */

import { Box3, BufferGeometry, Mesh, Object3D, Ray, Triangle, Vector3 } from "three";

/** West, south, east, north [m], world coordinates. */
export type Square = [number, number, number, number];

interface Patch {
  mesh: Mesh;
  square: Square;
  /** Bounds in scene coordinates; made when first asked for. */
  box: Box3 | null;
  /** Corners of its triangles in scene coordinates, nine numbers each; made when first asked for. */
  corners: Float32Array | null;
}

export class Terrain {
  private readonly patches = new Map<Object3D, Patch>();

  /** Takes a patch that has just arrived; its square, where the writer noted none, is that of its vertices. */
  add(mesh: Mesh, square: Square | null): Square {
    // An arriving tile does not hang in the scene yet: its coordinates are still those of the world.
    mesh.updateWorldMatrix(true, false);
    mesh.geometry.computeBoundingBox();
    const { min, max } = (mesh.geometry.boundingBox as Box3).clone().applyMatrix4(mesh.matrixWorld);
    const own: Square = square ?? [min.x, min.y, max.x, max.y];
    this.patches.set(mesh, { mesh, square: own, box: null, corners: null });
    return own;
  }

  remove(mesh: Object3D): void {
    this.patches.delete(mesh);
  }

  /** Height of the drawn ground in scene coordinates, of the finest patch there; null where none is loaded. */
  heightAt(x: number, y: number): number | null {
    const here = this.shown()
      .filter(([, box]) => x >= box.min.x && x <= box.max.x && y >= box.min.y && y <= box.max.y)
      .sort(([a], [b]) => a.square[2] - a.square[0] - (b.square[2] - b.square[0]));
    for (const [patch] of here) {
      const height = heightIn(this.corners(patch), x, y);
      if (height !== null) return height;
    }
    return null;
  }

  /** First point of the drawn ground on a ray in scene coordinates. */
  hit(ray: Ray): Vector3 | null {
    let nearest: Vector3 | null = null;
    let best = Infinity;
    const entry = new Vector3();
    const triangle = new Triangle();
    for (const [patch, box] of this.shown()) {
      if (!ray.intersectBox(box, entry)) continue;
      if (!box.containsPoint(ray.origin) && entry.distanceToSquared(ray.origin) > best) continue;
      const corners = this.corners(patch);
      for (let i = 0; i < corners.length; i += 9) {
        triangle.a.fromArray(corners, i);
        triangle.b.fromArray(corners, i + 3);
        triangle.c.fromArray(corners, i + 6);
        const point = ray.intersectTriangle(triangle.a, triangle.b, triangle.c, false, entry);
        if (!point) continue;
        const distance = point.distanceToSquared(ray.origin);
        if (distance < best) {
          best = distance;
          nearest = point.clone();
        }
      }
    }
    return nearest;
  }

  private shown(): [Patch, Box3][] {
    return [...this.patches.values()]
      .filter(({ mesh }) => isShown(mesh))
      .map((patch) => {
        if (!patch.box) {
          patch.mesh.updateWorldMatrix(true, false);
          patch.box = (patch.mesh.geometry.boundingBox as Box3).clone().applyMatrix4(patch.mesh.matrixWorld);
        }
        return [patch, patch.box];
      });
  }

  private corners(patch: Patch): Float32Array {
    if (patch.corners) return patch.corners;
    const geometry = patch.mesh.geometry as BufferGeometry;
    const position = geometry.getAttribute("position");
    const count = geometry.index?.count ?? position?.count ?? 0;
    const corners = new Float32Array(count * 3);
    const point = new Vector3();
    for (let i = 0; position && i < count; i++) {
      point.fromBufferAttribute(position, geometry.index?.getX(i) ?? i).applyMatrix4(patch.mesh.matrixWorld);
      point.toArray(corners, i * 3);
    }
    patch.corners = corners;
    return corners;
  }
}

/** Whether an object and all that it hangs on are visible and in the scene. */
export function isShown(object: Object3D): boolean {
  let node: Object3D | null = object;
  let root: Object3D = object;
  while (node) {
    if (!node.visible) return false;
    root = node;
    node = node.parent;
  }
  return "isScene" in root;
}

function heightIn(c: Float32Array, x: number, y: number): number | null {
  for (let i = 0; i < c.length; i += 9) {
    const ax = c[i]!, ay = c[i + 1]!, bx = c[i + 3]!, by = c[i + 4]!, cx = c[i + 6]!, cy = c[i + 7]!;
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    // Skirts stand upright and have no area from above.
    if (Math.abs(area) < 1e-3) continue;
    const u = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
    const v = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
    if (u < -1e-6 || v < -1e-6 || u + v > 1 + 1e-6) continue;
    const az = c[i + 2]!, bz = c[i + 5]!, cz = c[i + 8]!;
    return az + u * (bz - az) + v * (cz - az);
  }
  return null;
}
