/** Trees: tiles of points become crowns and trunks, one instanced mesh a shape, coarser the farther away. */

import {
  Box3,
  BufferAttribute,
  Color,
  Group,
  InstancedMesh,
  Material,
  Matrix4,
  MeshLambertMaterial,
  PerspectiveCamera,
  Points,
  Quaternion,
  Ray,
  Vector3,
} from "three";
import { featureOf, type Feature } from "./features";
import { isShown } from "./terrain";
import { LEVELS, SHAPES, treeGeometries } from "./tree_shapes";
import type { TilesetEntry } from "./types";

const GREEN = ["#7f9a62", "#8aa36b", "#748f5b", "#93a973", "#7b9765", "#86a05f"];
const LIGHT = ["#a3b57c", "#adbd85", "#9aae77"];
const RED = ["#86605a", "#7a5759", "#8f6a60"];
const CONIFER = ["#5c7a63", "#668469", "#55735f", "#6d8a6c"];

/** How much of its colour a tree keeps whose size is not known. */
const KEPT = 0.62;

/** Distance from which on the next level of detail is drawn [m]. */
const NEAR = [280, 1000];

/** Distance up to which trees cast shadows [m]. */
const SHADOWS = 1400;

interface Grove {
  entry: TilesetEntry;
  points: Points;
  meshes: InstancedMesh[];
  /** Middle of the crown and half its axes, six numbers a tree, in scene coordinates; made when first asked for. */
  crowns: Float32Array | null;
  box: Box3 | null;
  level: number;
}

export class Trees {
  private readonly groves = new Map<Points, Grove>();
  private readonly geometries = treeGeometries();
  private readonly material = new MeshLambertMaterial({ vertexColors: true });

  constructor(
    private readonly detail: number,
    private readonly changed: () => void,
  ) {}

  /** Plants a tile's points. */
  add(entry: TilesetEntry, points: Points): void {
    (points.material as Material).dispose();
    const shapes = sorted(points);
    const meshes = shapes.map((indices, shape) => this.plant(points, indices, shape)).filter((mesh) => mesh !== null);
    const grove = new Group();
    grove.position.copy(points.position);
    grove.quaternion.copy(points.quaternion);
    grove.scale.copy(points.scale);
    grove.add(...meshes);
    points.parent?.add(grove);
    points.visible = false;
    grove.updateMatrixWorld(true);
    this.groves.set(points, { entry, points, meshes, crowns: null, box: null, level: -1 });
  }

  remove(points: Points): void {
    this.groves.get(points)?.meshes.forEach((mesh) => mesh.dispose());
    this.groves.delete(points);
  }

  /** Chooses the level of detail of each tile. */
  update(camera: PerspectiveCamera): void {
    for (const grove of this.groves.values()) {
      const first = grove.meshes[0];
      if (!first || !isShown(first)) continue;
      grove.box ??= boundsOf(grove);
      const distance = grove.box.distanceToPoint(camera.position) / this.detail;
      const level = NEAR.filter((limit) => distance > limit).length;
      if (level === grove.level) continue;
      grove.level = Math.min(level, LEVELS - 1);
      for (const mesh of grove.meshes) {
        mesh.geometry = this.geometries[mesh.userData["shape"] as number]![grove.level]!;
        mesh.castShadow = distance < SHADOWS;
      }
      this.changed();
    }
  }

  /** The first tree that a ray meets, and where. */
  hit(ray: Ray): { feature: Feature; at: Vector3 } | null {
    let best = Infinity;
    let found: { grove: Grove; index: number } | null = null;
    const [from, way] = [new Vector3(), new Vector3()];
    for (const grove of this.groves.values()) {
      if (!grove.meshes[0] || !isShown(grove.meshes[0])) continue;
      const crowns = crownsOf(grove);
      if (!grove.box || !ray.intersectsBox(grove.box)) continue;
      for (let i = 0; i < crowns.length; i += 6) {
        // In units of the crown it is a ball about 0.
        from.set(crowns[i]!, crowns[i + 1]!, crowns[i + 2]!).subVectors(ray.origin, from);
        const [rx, rz] = [crowns[i + 3]!, crowns[i + 5]!];
        from.set(from.x / rx, from.y / rx, from.z / rz);
        way.set(ray.direction.x / rx, ray.direction.y / rx, ray.direction.z / rz);
        const a = way.dot(way), b = from.dot(way), c = from.dot(from) - 1;
        const root = b * b - a * c;
        if (root < 0) continue;
        const along = (-b - Math.sqrt(root)) / a;
        if (along > 0 && along < best) {
          best = along;
          found = { grove, index: i / 6 };
        }
      }
    }
    const feature = found && featureOf(found.grove.entry, found.grove.points, found.index);
    return feature && { feature, at: ray.at(best, new Vector3()) };
  }

  private plant(points: Points, indices: number[], shape: number): InstancedMesh | null {
    if (!indices.length) return null;
    const { position, size, look } = attributesOf(points);
    const scale = points.scale.x;
    const mesh = new InstancedMesh(this.geometries[shape]![LEVELS - 1]!, this.material, indices.length);
    const [matrix, turned, up] = [new Matrix4(), new Quaternion(), new Vector3(0, 1, 0)];
    const colour = new Color();
    indices.forEach((index, instance) => {
      const seed = chance(index + position.getX(index) * 0.37 + position.getZ(index) * 0.71);
      const [height, crown] = [size.getX(index) / 10 / scale, size.getY(index) / 10 / scale];
      turned.setFromAxisAngle(up, seed * Math.PI * 2);
      matrix.compose(new Vector3().fromBufferAttribute(position, index), turned, new Vector3(crown, height, crown));
      mesh.setMatrixAt(instance, matrix);
      mesh.setColorAt(instance, tinted(colour, shape, look.getY(index), look.getZ(index) > 0, seed));
    });
    mesh.userData["shape"] = shape;
    mesh.computeBoundingSphere();
    return mesh;
  }
}

function tinted(colour: Color, shape: number, tint: number, estimated: boolean, seed: number): Color {
  const palette = tint === 2 ? RED : shape === 1 && tint === 0 ? CONIFER : tint === 1 ? LIGHT : GREEN;
  colour.set(palette[Math.floor(seed * 997) % palette.length]!);
  colour.multiplyScalar(0.92 + 0.16 * chance(seed * 31));
  if (!estimated) return colour;
  const grey = colour.r * 0.3 + colour.g * 0.6 + colour.b * 0.1;
  return colour.lerp(new Color(grey * 1.15, grey * 1.15, grey * 1.1), 1 - KEPT);
}

/** Numbers of a tile's trees by shape. */
function sorted(points: Points): number[][] {
  const { look, position } = attributesOf(points);
  const shapes: number[][] = Array.from({ length: SHAPES }, () => []);
  for (let i = 0; i < position.count; i++) (shapes[look.getX(i)] ?? shapes[0]!).push(i);
  return shapes;
}

function attributesOf({ geometry }: Points): Record<"position" | "size" | "look", BufferAttribute> {
  return {
    position: geometry.getAttribute("position") as BufferAttribute,
    size: geometry.getAttribute("_size") as BufferAttribute,
    look: geometry.getAttribute("_look") as BufferAttribute,
  };
}

function crownsOf(grove: Grove): Float32Array {
  if (grove.crowns) return grove.crowns;
  const { points } = grove;
  const { position, size } = attributesOf(points);
  points.updateWorldMatrix(true, false);
  const crowns = new Float32Array(position.count * 6);
  const at = new Vector3();
  for (let i = 0; i < position.count; i++) {
    at.fromBufferAttribute(position, i).applyMatrix4(points.matrixWorld);
    const [height, crown] = [size.getX(i) / 10, size.getY(i) / 10];
    crowns.set([at.x, at.y, at.z + height * 0.6, crown / 2, crown / 2, height * 0.4], i * 6);
  }
  grove.crowns = crowns;
  return crowns;
}

function boundsOf(grove: Grove): Box3 {
  const crowns = crownsOf(grove);
  const box = new Box3();
  const at = new Vector3();
  for (let i = 0; i < crowns.length; i += 6) {
    at.set(crowns[i]!, crowns[i + 1]!, crowns[i + 2]!);
    const reach = new Vector3(crowns[i + 3]!, crowns[i + 4]!, crowns[i + 5]!);
    box.expandByPoint(at.clone().add(reach)).expandByPoint(at.sub(reach));
  }
  return box;
}

function chance(seed: number): number {
  return Math.abs(Math.sin(seed * 12.9898 + 4.1414) * 43758.5453) % 1;
}
