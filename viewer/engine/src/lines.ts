/** Lines on the ground, as wide on the screen near and far: borders, outlines, edges of what is selected. */

import { Vector2 } from "three";
import { LineMaterial } from "three/addons/lines/LineMaterial.js";
import { LineSegments2 } from "three/addons/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/addons/lines/LineSegmentsGeometry.js";

export interface LineLook {
  colour: string;
  /** Width [CSS px]. */
  width: number;
  opacity?: number;
  /** Length of dash and gap on the ground [m]; 0 for none. */
  dash?: number;
  /** How far it is drawn in front of what it lies on, as a share of its depth. */
  lift?: number;
  /** Whether it is seen through what stands before it. */
  through?: boolean;
}

export class GroundLine {
  readonly object: LineSegments2;
  private readonly material: LineMaterial;

  constructor(look: LineLook) {
    this.material = new LineMaterial({
      color: look.colour,
      linewidth: look.width,
      transparent: true,
      opacity: look.opacity ?? 1,
      dashed: Boolean(look.dash),
      dashSize: look.dash ?? 1,
      gapSize: (look.dash ?? 1) * 0.6,
      depthTest: !look.through,
      depthWrite: false,
      fog: true,
    });
    const lift = look.lift ?? 0.002;
    this.material.onBeforeCompile = (shader) => {
      // Towards the eye, so that a line never sinks into the slope that it lies on.
      shader.vertexShader = shader.vertexShader.replace(
        "#include <logdepthbuf_vertex>",
        `gl_Position.z -= ${lift.toFixed(4)} * gl_Position.w * (1.0 - gl_Position.z / gl_Position.w);
        #include <logdepthbuf_vertex>`,
      );
    };
    this.material.customProgramCacheKey = () => `ground line ${lift}`;
    this.object = new LineSegments2(new LineSegmentsGeometry(), this.material);
    this.object.visible = false;
    this.object.frustumCulled = false;
    this.object.renderOrder = 10;
  }

  /** Draws chains of points in scene coordinates. */
  set(chains: number[][][]): void {
    const segments: number[] = [];
    for (const chain of chains) {
      for (let i = 1; i < chain.length; i++) segments.push(...chain[i - 1]!.slice(0, 3), ...chain[i]!.slice(0, 3));
    }
    this.setSegments(segments);
  }

  /** Draws segments, six numbers each. */
  setSegments(segments: ArrayLike<number>): void {
    this.object.geometry.dispose();
    this.object.visible = segments.length > 0;
    if (!segments.length) return;
    this.object.geometry = new LineSegmentsGeometry().setPositions(Float32Array.from(segments));
    if (this.material.dashed) this.object.computeLineDistances();
  }

  resize(width: number, height: number): void {
    this.material.resolution = new Vector2(width, height);
  }
}

/** Splits the sides of a ring, so that no piece is longer than `step`, and gives each point the ground's height. */
export function drape(
  ring: number[][],
  step: number,
  lift: number,
  groundAt: (x: number, y: number) => number | null,
): number[][] {
  const points: number[][] = [];
  let known = 0;
  const put = (x: number, y: number): void => {
    known = groundAt(x, y) ?? known;
    points.push([x, y, known + lift]);
  };
  for (let i = 1; i < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i - 1]!;
    const [x1 = 0, y1 = 0] = ring[i]!;
    const pieces = Math.max(1, Math.min(400, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / step)));
    for (let k = 0; k < pieces; k++) put(x0 + ((x1 - x0) * k) / pieces, y0 + ((y1 - y0) * k) / pieces);
    if (i === ring.length - 1) put(x1, y1);
  }
  return points;
}

/** Sharp edges of a triangle soup: those where two faces meet at an angle, or that only one face has. */
export function sharpEdges(corners: Float32Array): number[] {
  const edges = new Map<string, { at: number[]; normals: number[][] }>();
  const round = (value: number): number => Math.round(value * 50);
  for (let i = 0; i < corners.length; i += 9) {
    const p = [0, 3, 6].map((k) => [corners[i + k]!, corners[i + k + 1]!, corners[i + k + 2]!]);
    const [a, b, c] = p as [number[], number[], number[]];
    const u = b.map((value, k) => value - a[k]!);
    const v = c.map((value, k) => value - a[k]!);
    const n = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
    const length = Math.hypot(...n) || 1;
    for (const [from, to] of [[a, b], [b, c], [c, a]] as const) {
      const ends = [from.map(round).join(), to.map(round).join()].sort();
      const edge = edges.get(ends.join(";")) ?? { at: [...from, ...to], normals: [] };
      edge.normals.push(n.map((value) => value / length));
      edges.set(ends.join(";"), edge);
    }
  }
  const sharp: number[] = [];
  for (const { at, normals } of edges.values()) {
    const [first = [0, 0, 0]] = normals;
    const flat = normals.slice(1).some((n) => Math.abs(n[0]! * first[0]! + n[1]! * first[1]! + n[2]! * first[2]!) > 0.98);
    if (!flat) sharp.push(...at);
  }
  return sharp;
}
