/** Pipes and shafts under the ground, in the colours of their medium, never thinner on the screen than can be seen. */

import { Color, Material, Mesh, MeshLambertMaterial, PerspectiveCamera, Raycaster, Vector2, Vector3 } from "three";
import { featureOf, type Feature } from "./features";
import { isShown } from "./terrain";
import type { TilesetEntry } from "./types";

/** Least radius on the screen [CSS px], and how far beside a pipe a click still means it [CSS px]. */
const THIN = 1.6;
const BESIDE = 5;

export class Pipes {
  private readonly meshes = new Map<Mesh, TilesetEntry>();
  private readonly uniforms = { uThin: { value: 0.001 } };
  private readonly material = pipeMaterial(this.uniforms);

  add(entry: TilesetEntry, mesh: Mesh): void {
    (mesh.material as Material).dispose();
    mesh.material = this.material;
    this.meshes.set(mesh, entry);
  }

  remove(mesh: Mesh): void {
    this.meshes.delete(mesh);
  }

  /** Keeps what is far away visible; `size` is one pixel at a distance of 1 m [m]. */
  update(size: number): void {
    this.uniforms.uThin.value = size * THIN;
  }

  /** The first pipe near a point of the canvas, given in device coordinates. */
  hit(camera: PerspectiveCamera, at: Vector2, width: number, height: number): { feature: Feature; at: Vector3 } | null {
    const shown = [...this.meshes.keys()].filter((mesh) => isShown(mesh));
    const caster = new Raycaster();
    caster.layers.enableAll();
    for (const reach of [0, BESIDE / 2, BESIDE]) {
      for (let turn = 0; turn < (reach ? 8 : 1); turn++) {
        const angle = (turn * Math.PI) / 4;
        const shift = new Vector2((Math.cos(angle) * reach * 2) / width, (Math.sin(angle) * reach * 2) / height);
        caster.setFromCamera(shift.add(at), camera);
        const hit = caster.intersectObjects(shown, false)[0];
        const mesh = hit?.object as Mesh | undefined;
        const entry = mesh && this.meshes.get(mesh);
        if (!hit?.face || !mesh || !entry) continue;
        const index = mesh.geometry.getAttribute("_feature_id_0")?.getX(hit.face.a) ?? 0;
        const feature = featureOf(entry, mesh, index);
        if (feature) return { feature, at: hit.point };
      }
    }
    return null;
  }
}

function pipeMaterial(uniforms: { uThin: { value: number } }): MeshLambertMaterial {
  const material = new MeshLambertMaterial({ vertexColors: true, emissive: new Color("#ffffff"), emissiveIntensity: 0.16 });
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, uniforms);
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", "#include <common>\nuniform float uThin;\nattribute float _radius;")
      .replace(
        "#include <project_vertex>",
        `// Normals of a tube point away from its axis: along them it grows.
        float scale = length(modelMatrix[0].xyz);
        float far = length((modelViewMatrix * vec4(transformed, 1.0)).xyz);
        transformed += normal * max(0.0, far * uThin - _radius) / scale;
        #include <project_vertex>`,
      );
    shader.fragmentShader = shader.fragmentShader.replace(
      "#include <emissivemap_fragment>",
      "#include <emissivemap_fragment>\ntotalEmissiveRadiance *= diffuseColor.rgb;",
    );
  };
  material.customProgramCacheKey = () => "pipe";
  return material;
}
