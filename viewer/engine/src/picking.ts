/** What is under the pointer: feature ids are drawn into a single pixel and read back. */

import { Camera, NoColorSpace, PerspectiveCamera, Scene, WebGLRenderer, WebGLRenderTarget } from "three";
import { shared } from "./building_material";
import { BUILDING_LAYER } from "./buildings";
import { GROUND_LAYER } from "./ground";

export class Picking {
  private readonly target = new WebGLRenderTarget(1, 1, { depthBuffer: true, colorSpace: NoColorSpace });
  private readonly camera = new PerspectiveCamera();

  constructor(
    private readonly renderer: WebGLRenderer,
    private readonly scene: Scene,
  ) {}

  /** Bytes of the feature at a point of the canvas [CSS px]; four zeros where there is none. */
  async at(view: PerspectiveCamera, x: number, y: number, width: number, height: number): Promise<Uint8Array> {
    const { renderer, camera } = this;
    camera.copy(view, false);
    camera.layers.set(BUILDING_LAYER);
    camera.layers.enable(GROUND_LAYER);
    camera.setViewOffset(width, height, x, y, 1, 1);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld(true);
    this.draw(camera);
    const bytes = new Uint8Array(4);
    await renderer.readRenderTargetPixelsAsync(this.target, 0, 0, 1, 1, bytes);
    return bytes;
  }

  private draw(camera: Camera): void {
    const { renderer, scene } = this;
    const shadows = renderer.shadowMap.needsUpdate;
    const [before, alpha] = [renderer.getRenderTarget(), renderer.getClearAlpha()];
    renderer.shadowMap.needsUpdate = false;
    shared.uPick.value = 1;
    renderer.setRenderTarget(this.target);
    renderer.setClearAlpha(0);
    renderer.clear();
    renderer.render(scene, camera);
    renderer.setRenderTarget(before);
    renderer.setClearAlpha(alpha);
    shared.uPick.value = 0;
    renderer.shadowMap.needsUpdate = shadows;
  }
}
