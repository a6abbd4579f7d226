/** The sky: a gradient from the horizon's haze to the zenith, and the glow about the sun. */

import { BackSide, CircleGeometry, Color, Mesh, ShaderMaterial, SphereGeometry, Vector3 } from "three";

export const HORIZON = new Color("#d9dfe2");
const ZENITH = new Color("#6f9fce");
const TABLE = new Color("#c3c9c6");
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

/** The table that the model stands on: a plain under the lowest ground that fades into the horizon's haze. */
export function makeTable(level: number, radius: number): Mesh {
  const material = new ShaderMaterial({
    uniforms: { uHorizon: { value: HORIZON }, uTable: { value: TABLE }, uRadius: { value: radius } },
    vertexShader: /* glsl */ `
      varying vec2 vPlace;
      void main() {
        vPlace = position.xy;
        gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
      }`,
    fragmentShader: /* glsl */ `
      uniform vec3 uHorizon, uTable;
      uniform float uRadius;
      varying vec2 vPlace;
      void main() {
        gl_FragColor = vec4(mix(uTable, uHorizon, smoothstep(0.05, 0.7, length(vPlace) / uRadius)), 1.0);
        #include <tonemapping_fragment>
        #include <colorspace_fragment>
      }`,
  });
  const table = new Mesh(new CircleGeometry(radius, 96), material);
  table.position.z = level;
  table.renderOrder = -900;
  return table;
}
