/** Meshes of trees, one a shape and level of detail: 1 tall, 1 wide, y upwards, the foot at 0. */

import {
  BufferAttribute,
  BufferGeometry,
  ConeGeometry,
  CylinderGeometry,
  IcosahedronGeometry,
  Vector3,
} from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";

/** Levels of detail, the finest first. */
export const LEVELS = 3;

/** Round, conical, columnar. */
export const SHAPES = 3;

/** What a crown's normals are turned by. */
const SKYWARDS = new Vector3(0, 0.45, 0);

/** Times the crown's colour: what makes bark of a green. */
const BARK = [1.0, 0.56, 0.62];

/** The mesh of every shape and level. */
export function treeGeometries(): BufferGeometry[][] {
  return [
    [0, 1, 2].map((level) => tree(round(level, 0.24, 1), level, 0.3)),
    [0, 1, 2].map((level) => tree(conical(level), level, 0.16)),
    [0, 1, 2].map((level) => tree(round(level, 0.06, 0.72), level, 0.1)),
  ];
}

function tree(crown: BufferGeometry, level: number, bare: number): BufferGeometry {
  const parts = [crown];
  if (level < LEVELS - 1) parts.push(trunk(bare + 0.08, level ? 4 : 6));
  const merged = mergeGeometries(parts);
  merged.computeBoundingSphere();
  return merged;
}

/** A lumpy crown from `low` to the top; `waist` below 1 draws it together downwards. */
function round(level: number, low: number, waist: number): BufferGeometry {
  const ball = new IcosahedronGeometry(0.5, 2 - level);
  const position = ball.getAttribute("position") as BufferAttribute;
  const point = new Vector3();
  const normals: number[] = [];
  const colours: number[] = [];
  for (let i = 0; i < position.count; i++) {
    point.fromBufferAttribute(position, i);
    const lump = level < 2 ? 1 + 0.26 * (chance(point) - 0.5) : 1;
    // Leaves scatter the light: a crown is lit more from above and less from one side than a ball.
    const { x, y, z } = point.clone().normalize().multiply(new Vector3(0.8, 1, 0.8)).add(SKYWARDS).normalize();
    normals.push(x, y, z);
    point.multiplyScalar(lump);
    const up = Math.min(1, Math.max(0, point.y + 0.5));
    const wide = waist + (1 - waist) * (1 - up);
    position.setXYZ(i, point.x * wide, low + (1 - low) * up, point.z * wide);
    const light = 0.66 + 0.38 * up + 0.16 * (chance(point) - 0.5);
    colours.push(light, light, light);
  }
  return dressed(ball, normals, colours);
}

/** Whorls of branches above each other; from afar one cone. */
function conical(level: number): BufferGeometry {
  const whorls = level === 2 ? [[0.08, 1.0, 0.46]] : level === 1 ? [[0.1, 0.66, 0.5], [0.42, 1.0, 0.36]] : [
    [0.08, 0.5, 0.5], [0.28, 0.7, 0.41], [0.48, 0.86, 0.31], [0.66, 1.0, 0.21],
  ];
  const sides = [9, 7, 5][level] ?? 5;
  const cones = whorls.map(([from = 0, to = 1, radius = 0.5]) => {
    const cone = new ConeGeometry(radius, to - from, sides, 1, true).toNonIndexed();
    cone.translate(0, (from + to) / 2, 0);
    const position = cone.getAttribute("position");
    const normal = cone.getAttribute("normal");
    const colours: number[] = [];
    for (let i = 0; i < position.count; i++) {
      const height = (position.getY(i) - from) / (to - from);
      const light = 0.62 + 0.3 * position.getY(i) + 0.2 * height;
      colours.push(light, light, light);
    }
    return dressed(cone, Array.from(normal.array), colours);
  });
  return mergeGeometries(cones);
}

function trunk(height: number, sides: number): BufferGeometry {
  const made = new CylinderGeometry(0.026, 0.045, height, sides, 1, true).toNonIndexed();
  made.translate(0, height / 2, 0);
  const count = made.getAttribute("position").count;
  return dressed(made, Array.from(made.getAttribute("normal").array), Array.from({ length: count }, () => BARK).flat());
}

function dressed(geometry: BufferGeometry, normals: number[], colours: number[]): BufferGeometry {
  geometry.deleteAttribute("uv");
  geometry.setAttribute("normal", new BufferAttribute(new Float32Array(normals), 3));
  geometry.setAttribute("color", new BufferAttribute(new Float32Array(colours), 3));
  return geometry;
}

/** The same number in [0, 1) for the same point, though it be the corner of several triangles. */
function chance({ x, y, z }: Vector3): number {
  const value = Math.sin(Math.round(x * 900) * 12.9898 + Math.round(y * 900) * 78.233 + Math.round(z * 900) * 37.719);
  return Math.abs(value * 43758.5453) % 1;
}
