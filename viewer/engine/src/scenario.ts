/** Buildings that a scenario adds: fresh in colour, lit like the rest. */

import { Group, Material, Mesh, Object3D } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { GLTFMeshFeaturesExtension, GLTFStructuralMetadataExtension } from "3d-tiles-renderer/plugins";
import { buildingDepth, buildingMaterial, type BuildingUniforms } from "./building_material";
import { prepare } from "./buildings";
import type { Colours } from "./colours";

export class ScenarioBuildings {
  readonly object = new Group();
  private asked = 0;
  pending = 0;

  constructor(
    private readonly base: string,
    origin: readonly number[],
    private readonly colours: Colours,
    private readonly changed: () => void,
  ) {
    this.object.position.set(-(origin[0] ?? 0), -(origin[1] ?? 0), -(origin[2] ?? 0));
  }

  /** Loads what a scenario adds; empty for none. */
  async load(scenario: string, revision: number): Promise<void> {
    const asked = ++this.asked;
    if (!scenario) {
      this.replace(null);
      return;
    }
    this.pending += 1;
    try {
      const url = `${this.base}scenario/${encodeURIComponent(scenario)}/added.glb?revision=${revision}`;
      const reply = await fetch(url);
      if (!reply.ok && reply.status !== 404) throw new Error(`added.glb: ${reply.status}`);
      const bytes = await reply.arrayBuffer();
      // A scenario that adds nothing has no file, or an empty one.
      const scene = reply.ok && bytes.byteLength > 0 ? await parse(bytes) : null;
      if (asked === this.asked) this.replace(scene);
    } catch (error) {
      console.warn(error);
      if (asked === this.asked) this.replace(null);
    } finally {
      this.pending -= 1;
      this.changed();
    }
  }

  private replace(scene: Object3D | null): void {
    for (const child of [...this.object.children]) {
      child.traverse((node) => {
        if (!(node instanceof Mesh)) return;
        node.geometry.dispose();
        (node.material as Material).dispose();
        node.customDepthMaterial?.dispose();
      });
      this.object.remove(child);
    }
    if (scene) {
      // glTF is y-up, the scene z-up.
      scene.rotation.x = Math.PI / 2;
      this.object.add(scene);
      this.object.updateMatrixWorld(true);
      const uniforms: BuildingUniforms = {
        ...this.colours.of(""),
        uThemed: { value: 0 },
        uTenant: { value: 0 },
        uSelected: { value: -1 },
      };
      const [material, depth] = [buildingMaterial(uniforms, true), buildingDepth(uniforms)];
      scene.traverse((node) => {
        if (!(node instanceof Mesh)) return;
        prepare(node, new Map(), new Map());
        node.material = material;
        node.customDepthMaterial = depth;
        node.castShadow = node.receiveShadow = true;
      });
    }
    this.changed();
  }
}

async function parse(bytes: ArrayBuffer): Promise<Object3D> {
  const loader = new GLTFLoader();
  loader.register(() => new GLTFMeshFeaturesExtension() as never);
  loader.register(() => new GLTFStructuralMetadataExtension() as never);
  return (await loader.parseAsync(bytes, "")).scene;
}
