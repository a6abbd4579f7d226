/** Tiles of the terrain as they arrive: dressed, known to the height queries, draped; and the mask of empty places. */

import { CanvasTexture, LinearFilter, Material, Mesh, Object3D } from "three";
import type { Drape } from "./drape";
import type { ImageryUniforms } from "./imagery";
import type { Square, Terrain } from "./terrain";
import { GroundMaterial, groundUniforms, type GroundUniforms } from "./terrain_material";
import type { SceneDescription } from "./types";

/** Layer of three.js that terrain meshes are also on. */
export const GROUND_LAYER = 2;

/** Side of the mask of empty municipalities [px]. */
const MASK = 1024;

export class Ground {
  private readonly uniforms: GroundUniforms;
  private readonly origin: readonly number[];
  private readonly materials = new Map<Object3D, GroundMaterial>();
  private through = false;

  constructor(
    scene: SceneDescription,
    private readonly terrain: Terrain,
    private readonly drape: Drape,
    private readonly photo: ImageryUniforms,
  ) {
    this.origin = scene.origin;
    const base = scene.origin[2] ?? 0;
    this.uniforms = groundUniforms(scene.heights[0] - base, scene.heights[1] - base);
  }

  add(mesh: Mesh): void {
    const square = this.terrain.add(mesh, squareOf(mesh));
    const material = new GroundMaterial({ ...this.uniforms, ...this.photo }, square, this.origin);
    (mesh.material as Material).dispose();
    material.open(this.through);
    this.materials.set(mesh, material);
    mesh.material = material;
    mesh.receiveShadow = true;
    mesh.layers.enable(GROUND_LAYER);
    this.drape.add(mesh, material, square);
  }

  remove(mesh: Object3D): void {
    this.terrain.remove(mesh);
    this.materials.delete(mesh);
    this.drape.remove(mesh);
  }

  /** Makes the ground a veil through which the pipes are seen, or solid again. */
  open(through: boolean): void {
    if (through === this.through) return;
    this.through = through;
    for (const material of this.materials.values()) material.open(through);
  }

  /** Makes the hatch over empty municipalities as wide as suits a distance. */
  hatch(distance: number): void {
    this.uniforms.uHatch.value = 2 ** Math.max(3, Math.ceil(Math.log2(distance * 0.022)));
  }

  /** Veils the areas within these rings: municipalities that have not joined. World coordinates. */
  veil(rings: number[][][], extent: SceneDescription["extent"]): void {
    const [west, south, east, north] = extent;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = MASK;
    const paper = canvas.getContext("2d");
    if (!paper) return;
    paper.fillStyle = "#000";
    paper.fillRect(0, 0, MASK, MASK);
    paper.fillStyle = "#fff";
    paper.beginPath();
    for (const ring of rings) {
      ring.forEach(([x = 0, y = 0], i) => {
        const px = ((x - west) / (east - west)) * MASK;
        const py = (1 - (y - south) / (north - south)) * MASK;
        if (i) paper.lineTo(px, py);
        else paper.moveTo(px, py);
      });
      paper.closePath();
    }
    paper.fill("evenodd");
    const mask = new CanvasTexture(canvas);
    mask.minFilter = mask.magFilter = LinearFilter;
    mask.generateMipmaps = false;
    this.uniforms.uMask.value = mask;
    const [x0 = 0, y0 = 0] = this.origin;
    this.uniforms.uMaskSquare.value.set(west - x0, south - y0, east - west, north - south);
  }
}

/** Square that the writer noted on the mesh, or on what it hangs on. */
function squareOf(mesh: Object3D): Square | null {
  for (let node: Object3D | null = mesh; node; node = node.parent) {
    const square = node.userData["square"] ?? node.userData["asset"]?.extras?.square;
    if (Array.isArray(square) && square.length === 4) return square as Square;
  }
  return null;
}
