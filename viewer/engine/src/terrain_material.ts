/** The ground: tinted by height, modelled by light from three sides, grained close up, and draped with land use. */

import { Color, DataTexture, MeshLambertMaterial, Texture, Vector2, Vector4 } from "three";
import { PHOTO, type ImageryUniforms } from "./imagery";
import { shared as picking } from "./building_material";
import type { Square } from "./terrain";

/** Tints from the lowest ground to the highest. */
const RAMP = ["#9db37c", "#b1bd84", "#c6c792", "#d3c99c", "#d9cba8"];

/** How much of the ground is left where it is seen through. */
const VEIL = 0.3;

const NOTHING = new DataTexture(new Uint8Array(4), 1, 1);
NOTHING.needsUpdate = true;

/** Uniforms that all patches share. */
export interface GroundUniforms {
  uHeights: { value: Vector2 };
  /** Where municipalities are empty: a mask over `uMaskSquare` (west, south, width, depth in scene coordinates). */
  uMask: { value: Texture };
  uMaskSquare: { value: Vector4 };
  /** Width of the hatch over empty municipalities [m]. */
  uHatch: { value: number };
}

export function groundUniforms(low: number, high: number): GroundUniforms {
  return {
    uHeights: { value: new Vector2(low, Math.max(high, low + 30)) },
    uMask: { value: NOTHING },
    uMaskSquare: { value: new Vector4(0, 0, 1, 1) },
    uHatch: { value: 100 },
  };
}

export class GroundMaterial extends MeshLambertMaterial {
  private readonly drape = { value: NOTHING as Texture };
  private readonly draped = { value: 0 };
  private readonly through = { value: 0 };

  constructor(ground: GroundUniforms & ImageryUniforms, square: Square, origin: readonly number[]) {
    super();
    const [west, south, east, north] = square;
    const place = { value: new Vector4(west - (origin[0] ?? 0), south - (origin[1] ?? 0), east - west, north - south) };
    this.onBeforeCompile = (shader) => {
      Object.assign(shader.uniforms, ground, picking, { uDrape: this.drape, uDraped: this.draped, uSquare: place });
      shader.uniforms["uThrough"] = this.through;
      shader.vertexShader = shader.vertexShader
        .replace("#include <common>", "#include <common>\nvarying vec3 vGround;\nvarying vec3 vUpright;")
        .replace(
          "#include <fog_vertex>",
          `#include <fog_vertex>
          vGround = (modelMatrix * vec4(position, 1.0)).xyz;
          vUpright = mat3(modelMatrix) * normal;`,
        );
      shader.fragmentShader = shader.fragmentShader
        .replace("#include <common>", `#include <common>\n${PHOTO}\n${WORDS}`)
        .replace("#include <color_fragment>", "diffuseColor.rgb = ground() * 0.96 + 0.04;")
        .replace(
          "#include <dithering_fragment>",
          `#include <dithering_fragment>
          if (uThrough > 0.5) {
            // Skirts stand upright: without the ground before them they would be walls.
            vec3 face = normalize(cross(dFdx(vGround), dFdy(vGround)));
            if (abs(face.z) < 0.05) discard;
            gl_FragColor.a = ${VEIL.toFixed(2)};
          }
          if (uPick > 0.5) gl_FragColor = vec4(0.0);`,
        );
    };
    this.customProgramCacheKey = () => "ground";
  }

  /** Lets what is under the ground be seen through it, or not. */
  open(through: boolean): void {
    if (this.transparent === through) return;
    this.through.value = through ? 1 : 0;
    this.transparent = through;
    this.depthWrite = !through;
    this.needsUpdate = true;
  }

  /** Lays a picture over the patch; null takes it away. */
  lay(picture: Texture | null): void {
    this.drape.value = picture ?? NOTHING;
    this.draped.value = picture ? 1 : 0;
  }
}

const ramp = RAMP.map((hex) => new Color(hex))
  .map(({ r, g, b }) => `vec3(${[r, g, b].map((c) => c.toFixed(4)).join(",")})`)
  .join(",");

const WORDS = /* glsl */ `
  uniform vec2 uHeights;
  uniform sampler2D uMask, uDrape;
  uniform vec4 uMaskSquare, uSquare;
  uniform float uDraped, uPick, uHatch, uThrough;
  varying vec3 vGround;
  varying vec3 vUpright;
  const vec3 RAMP[5] = vec3[5](${ramp});
  float speck(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453); }
  float noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(speck(i), speck(i + vec2(1, 0)), f.x), mix(speck(i + vec2(0, 1)), speck(i + vec2(1, 1)), f.x), f.y);
  }
  vec3 tint(float height) {
    float t = clamp((height - uHeights.x) / (uHeights.y - uHeights.x), 0.0, 1.0) * 4.0;
    int i = int(min(t, 3.0));
    return mix(RAMP[i], RAMP[i + 1], smoothstep(0.0, 1.0, t - float(i)));
  }
  /** Light from the north-west, west and north on a ground three times as steep: what a map's hillshade does. */
  float relief() {
    vec3 n = normalize(vec3(vUpright.xy * 3.0, vUpright.z));
    float a = max(dot(n, vec3(-0.5, 0.5, 0.7071)), 0.0);
    float b = max(dot(n, vec3(-0.7071, 0.0, 0.7071)), 0.0);
    float c = max(dot(n, vec3(0.0, 0.7071, 0.7071)), 0.0);
    return (0.5 * a + 0.3 * b + 0.2 * c) / 0.7071;
  }
  vec3 ground() {
    vec2 p = vGround.xy;
    float pixel = max(length(fwidth(p)), 1e-3);
    vec3 colour = tint(vGround.z);
    vec4 seen = uPhotoLevels > 0 ? photo(p) : vec4(0.0);
    if (uPhotoBelow > 0.5) colour = colour * (1.0 - seen.a) + seen.rgb;
    if (uDraped > 0.5) {
      vec4 picture = texture2D(uDrape, vec2((p.x - uSquare.x) / uSquare.z, 1.0 - (p.y - uSquare.y) / uSquare.w));
      colour = mix(colour, picture.rgb, picture.a);
    }
    if (uPhotoBelow < 0.5) colour = colour * (1.0 - seen.a) + seen.rgb;
    float coarse = noise(p / 90.0) * 0.6 + noise(p / 31.0) * 0.4 - 0.5;
    float fine = (noise(p / 2.3) * 0.6 + noise(p / 0.7) * 0.4 - 0.5) * (1.0 - smoothstep(0.4, 2.0, pixel));
    // A photo has grain and shade of its own.
    float drawn = 1.0 - seen.a;
    colour *= 1.0 + drawn * (0.10 * coarse + 0.10 * fine);
    colour *= mix(0.92 + 0.08 * relief(), 0.66 + 0.38 * relief(), drawn);
    vec2 at = (p - uMaskSquare.xy) / uMaskSquare.zw;
    if (all(greaterThan(at, vec2(0.0))) && all(lessThan(at, vec2(1.0)))) {
      float empty = texture2D(uMask, at).r;
      if (empty > 0.01) {
        float wide = uHatch;
        float stripe = abs(fract((p.x + p.y) / wide) - 0.5) * 2.0;
        float soft = pixel * 1.5 / wide;
        float grey = dot(colour, vec3(0.3, 0.6, 0.1));
        vec3 veiled = mix(vec3(grey), vec3(0.62, 0.61, 0.60), 0.45);
        veiled *= 1.0 - 0.13 * smoothstep(0.72 - soft, 0.72 + soft, stripe);
        colour = mix(colour, veiled, empty);
      }
    }
    return colour;
  }`;
