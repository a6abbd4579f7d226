declare module "n8ao" {
  import type { Camera, Color, Scene, WebGLRenderTarget } from "three";
  import { Pass } from "three/addons/postprocessing/Pass.js";

  /** The part of n8ao's pass that the engine sets; the package has no types of its own. */
  export class N8AOPass extends Pass {
    constructor(scene: Scene, camera: Camera, width: number, height: number);
    configuration: {
      aoRadius: number;
      aoSamples: number;
      color: Color;
      denoiseSamples: number;
      distanceFalloff: number;
      gammaCorrection: boolean;
      intensity: number;
      transparencyAware: boolean;
    };
    beautyRenderTarget: WebGLRenderTarget;
  }
}
