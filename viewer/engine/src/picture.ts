/** Puts the scene on the screen: directly in "fast" quality, with ambient occlusion in "beautiful". */

import { NeutralToneMapping, PCFShadowMap, PerspectiveCamera, Scene, WebGLRenderer } from "three";
import { EffectComposer } from "three/addons/postprocessing/EffectComposer.js";
import { OutputPass } from "three/addons/postprocessing/OutputPass.js";
import { N8AOPass } from "n8ao";
import type { Quality } from "./types";

/** Pixels of the screen that a CSS pixel may have at most. */
const MAX_RATIO: Record<Quality, number> = { fast: 1.25, beautiful: 2 };

export class Picture {
  readonly renderer: WebGLRenderer;
  quality: Quality = "fast";
  private composer: EffectComposer | null = null;
  private occlusion: InstanceType<typeof N8AOPass> | null = null;
  private width = 1;
  private height = 1;

  constructor() {
    this.renderer = new WebGLRenderer({ antialias: true, powerPreference: "high-performance" });
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.toneMappingExposure = 1.22;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.renderer.shadowMap.autoUpdate = false;
  }

  /** Whether frames are drawn by the processor, which makes everything beautiful slow. */
  get software(): boolean {
    const gl = this.renderer.getContext();
    const names = gl.getExtension("WEBGL_debug_renderer_info");
    const name = String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    return /swiftshader|llvmpipe|software|basic render/i.test(name);
  }

  get anisotropy(): number {
    return Math.min(8, this.renderer.capabilities.getMaxAnisotropy());
  }

  resize(camera: PerspectiveCamera, width: number, height: number): void {
    camera.aspect = Math.max(1, width) / Math.max(1, height);
    camera.updateProjectionMatrix();
    this.fit(width, height);
  }

  private fit(width: number, height: number): void {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    const ratio = Math.min(globalThis.devicePixelRatio || 1, MAX_RATIO[this.quality]);
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(this.width, this.height, false);
    this.composer?.setPixelRatio(ratio);
    this.composer?.setSize(this.width, this.height);
  }

  choose(quality: Quality): void {
    this.quality = quality;
    this.fit(this.width, this.height);
  }

  /** Draws a frame; `resting` says that nothing moves, so that it may take longer. */
  draw(scene: Scene, camera: PerspectiveCamera, resting: boolean, distance: number): void {
    if (this.quality === "fast" || !resting) {
      this.renderer.render(scene, camera);
      return;
    }
    const composer = this.composer ?? this.compose(scene, camera);
    // Corners of rooms near by, of whole streets from afar: what is dark about a model depends on how close one is.
    if (this.occlusion) {
      this.occlusion.configuration.aoRadius = Math.min(40, Math.max(3, distance * 0.012));
      this.occlusion.configuration.distanceFalloff = 0.6;
    }
    composer.render();
  }

  private compose(scene: Scene, camera: PerspectiveCamera): EffectComposer {
    const composer = new EffectComposer(this.renderer);
    const occlusion = new N8AOPass(scene, camera, this.width, this.height);
    occlusion.configuration.gammaCorrection = false;
    occlusion.configuration.intensity = 3.4;
    occlusion.configuration.color.set("#1d1a2b");
    occlusion.configuration.transparencyAware = false;
    occlusion.configuration.aoSamples = 16;
    occlusion.configuration.denoiseSamples = 8;
    occlusion.beautyRenderTarget.samples = 4;
    composer.addPass(occlusion);
    composer.addPass(new OutputPass());
    this.composer = composer;
    this.occlusion = occlusion;
    this.fit(this.width, this.height);
    return composer;
  }

  dispose(): void {
    this.composer?.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}
