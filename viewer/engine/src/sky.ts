/** The sky: a gradient from the horizon's haze to the zenith, and the glow about the sun. */

import { BackSide, Color, Mesh, ShaderMaterial, SphereGeometry, Vector3 } from "three";

export const HORIZON = new Color("#d9dfe2");
const ZENITH = new Color("#6f9fce");
const GLOW = new Color("#ffdfb0");

export function makeSky(sun: Vector3): Mesh {
  const material = new ShaderMaterial({
    side: BackSide,
    depthWrite: false,
    depthTest: false,
    uniforms: {
      uHorizon: { value: HORIZON },
      uZenith: { value: ZENITH },
      uGlow: { value: GLOW },
      uSun: { value: sun.clone().normalize() },
    },
    vertexShader: /* glsl */ `
      varying vec3 vDirection;
      void main() {
        vDirection = position;
        // Only the rotation: the sky is infinitely far away.
        vec4 at = projectionMatrix * vec4(mat3(viewMatrix) * position, 1.0);
        gl_Position = at.xyww;
      }`,
    fragmentShader: /* glsl */ `
      uniform vec3 uHorizon, uZenith, uGlow, uSun;
      varying vec3 vDirection;
      void main() {
        vec3 direction = normalize(vDirection);
        float up = max(direction.z, 0.0);
        vec3 colour = mix(uHorizon, uZenith, 1.0 - exp(-up * 3.2));
        float towards = max(dot(direction, uSun), 0.0);
        colour += uGlow * (0.20 * pow(towards, 6.0) + 0.35 * pow(towards, 64.0)) * (1.0 - 0.6 * up);
        gl_FragColor = vec4(colour, 1.0);
        #include <tonemapping_fragment>
        #include <colorspace_fragment>
      }`,
  });
  const sky = new Mesh(new SphereGeometry(1, 32, 24), material);
  sky.frustumCulled = false;
  sky.renderOrder = -1000;
  return sky;
}
