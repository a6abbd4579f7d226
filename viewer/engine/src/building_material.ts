/** What buildings are made of: plaster, tiles and flat roofs in quiet shades, with windows that appear close up. */

import { Color, DoubleSide, MeshDepthMaterial, MeshLambertMaterial, RGBADepthPacking } from "three";
import { ROW, type ColourUniforms } from "./colours";

const WALLS = ["#eee8dc", "#e6ddcb", "#f2ede3", "#e0d6c5", "#ebdfce"];
const ROOFS = ["#b05c42", "#a6523b", "#bb6a4d", "#9a4a39", "#c07758", "#8c4a3c"];
const FRESH_WALLS = ["#f4f7f5", "#e9f1ee", "#f7f6f0", "#e4efec", "#f0f4f1"];
const FRESH_ROOFS = ["#2a9d8f", "#27918a", "#33a697", "#23877d", "#3cae9f", "#1f7d74"];
export const SELECTED = "#006bff";

/** Uniforms that all building materials share. */
export const shared = {
  /** 1 while ids are drawn instead of colours. */
  uPick: { value: 0 },
};

export interface BuildingUniforms extends ColourUniforms {
  /** Tenant as drawn while picking, from 1; 0 is not to be picked. */
  uTenant: { value: number };
  /** Slot that is selected, or -1. */
  uSelected: { value: number };
}

const palette = (colours: string[]): string =>
  colours.map((hex) => new Color(hex)).map(({ r, g, b }) => `vec3(${[r, g, b].map((c) => c.toFixed(4)).join(",")})`).join(",");

const VERTEX_WORDS = /* glsl */ `
  attribute float slot;
  uniform sampler2D uColours;
  uniform float uThemed, uSlots;
  vec4 slotColour() {
    if (uThemed < 0.5 || slot >= uSlots) return vec4(1.0);
    int i = int(slot + 0.5);
    return texelFetch(uColours, ivec2(i % ${ROW}, i / ${ROW}), 0);
  }`;

/** Moves what is hidden out of sight; `limit` is the alpha below which a building does not appear. */
const hideBelow = (limit: string): string => /* glsl */ `
  if (slotColour().a < ${limit}) gl_Position = vec4(0.0, 0.0, -2.0, 1.0);`;

const FRAGMENT_WORDS = (fresh: boolean): string => /* glsl */ `
  uniform float uPick, uTenant, uSelected, uTinted, uThemed;
  flat varying float vSlot;
  flat varying float vKind;
  flat varying vec4 vColour;
  varying vec4 vFacade;
  varying vec3 vPlace;
  const vec3 WALLS[5] = vec3[5](${palette(fresh ? FRESH_WALLS : WALLS)});
  const vec3 ROOFS[6] = vec3[6](${palette(fresh ? FRESH_ROOFS : ROOFS)});
  const vec3 FLAT = ${palette([fresh ? "#8fd0c7" : "#bab8b4"])};
  float hash(float n) { return fract(sin(n * 12.9898) * 43758.5453); }
  float hash2(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }
  float box(vec2 p, vec2 low, vec2 high, vec2 soft) {
    vec2 inside = smoothstep(low - soft, low + soft, p) * (1.0 - smoothstep(high - soft, high + soft, p));
    return inside.x * inside.y;
  }
  /** Colour of a wall with its storeys and windows; these fade out before they get smaller than a pixel. */
  vec3 facade(vec3 plaster, float seed) {
    float u = vFacade.x, width = vFacade.y, height = vFacade.z, eaves = vFacade.w;
    vec2 grain = max(vec2(fwidth(u), fwidth(height)), 1e-3);
    vec3 colour = plaster * (0.84 + 0.16 * smoothstep(-0.2, 2.2, height));
    colour = mix(colour, plaster * 0.72, (1.0 - smoothstep(0.42, 0.5, height)) * 0.55);
    float near = 1.0 - smoothstep(0.25, 0.75, max(grain.x, grain.y));
    if (near <= 0.0 || eaves < 2.3 || width < 3.4) return colour;
    float storeys = max(1.0, floor((eaves + 0.3) / 3.0));
    float rise = eaves / storeys;
    float axes = max(1.0, floor((width - 0.8) / (2.5 + 0.9 * hash(seed + 3.1))));
    float bay = (width - 0.8) / axes;
    vec2 cell = vec2((u - 0.4) / bay, height / rise);
    vec2 id = floor(cell);
    vec2 at = fract(cell) * vec2(bay, rise);
    float half_ = min(0.58, bay * 0.27);
    vec2 low = vec2(bay * 0.5 - half_, 0.95), high = vec2(bay * 0.5 + half_, min(2.25, rise - 0.35));
    float there = step(0.0, id.x) * step(id.x, axes - 0.5) * step(id.y, storeys - 0.5) * step(height, eaves);
    there *= step(0.08, hash2(id + seed * 17.0));
    float frame = box(at, low - 0.1, high + 0.1, grain) * there;
    float pane = box(at, low, high, grain) * there;
    float bars = pane * (1.0 - smoothstep(0.03, 0.03 + grain.x, abs(at.x - bay * 0.5)));
    vec3 glass = mix(vec3(0.075, 0.105, 0.13), vec3(0.32, 0.40, 0.47), smoothstep(low.y, high.y, at.y) * 0.7);
    glass = mix(glass, vec3(0.55, 0.46, 0.33), 0.35 * step(0.86, hash2(id * 3.0 + seed)));
    colour *= 1.0 - 0.05 * near * (1.0 - smoothstep(0.05, 0.05 + grain.y, min(at.y, rise - at.y))) * step(height, eaves);
    colour = mix(colour, plaster * 1.06, frame * near * 0.7);
    colour = mix(colour, glass, pane * near * 0.86);
    return mix(colour, plaster, bars * near * 0.6);
  }
  /** Rows of tiles close up, weathering from afar. */
  vec3 tiles(vec3 clay, float seed) {
    float slope = vFacade.w, way = vFacade.x;
    float grain = max(fwidth(slope), 1e-3), side = max(fwidth(way), 1e-3);
    float near = 1.0 - smoothstep(0.06, 0.2, grain);
    float row = abs(fract(slope / 0.36) - 0.5) * 2.0;
    float column = abs(fract(way / 0.3 + 0.5 * floor(slope / 0.36)) - 0.5) * 2.0;
    float speckle = hash2(floor(vec2(way / 0.3, slope / 0.36)) + seed) - 0.5;
    vec3 colour = clay * (1.0 + near * (speckle * 0.10 - 0.22 * smoothstep(0.72, 1.0, row)));
    colour *= 1.0 - 0.10 * smoothstep(0.7, 1.0, column) * (1.0 - smoothstep(0.05, 0.14, side));
    float blotch = sin(way * 0.9 + seed * 40.0) * sin(slope * 1.3 + seed * 20.0);
    return colour * (1.0 + 0.035 * blotch);
  }
  vec3 surface() {
    float seed = hash(vSlot + 0.5);
    vec3 wall = WALLS[int(seed * 4.999)];
    vec3 roof = ROOFS[int(hash(vSlot * 1.7 + 11.0) * 5.999)];
    float themed = uThemed * uTinted;
    if (vKind < 0.5 || vKind > 3.5) {
      // A themed wall is a lighter shade of its building's colour: the roof carries the message, the wall joins in.
      return facade(mix(wall, mix(vColour.rgb, wall, 0.35), themed), seed);
    }
    if (vKind < 1.5) return tiles(mix(roof, vColour.rgb, themed), seed);
    if (vKind < 2.5) return mix(FLAT, vColour.rgb, themed) * (0.96 + 0.08 * seed);
    return vec3(0.35, 0.33, 0.30);
  }`;

export function buildingMaterial(uniforms: BuildingUniforms, fresh = false): MeshLambertMaterial {
  const material = new MeshLambertMaterial({ side: DoubleSide });
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, uniforms, shared);
    shader.vertexShader = shader.vertexShader
      .replace(
        "#include <common>",
        `#include <common>
        ${VERTEX_WORDS}
        attribute float _kind;
        attribute vec4 facade;
        flat varying float vSlot;
        flat varying float vKind;
        flat varying vec4 vColour;
        varying vec4 vFacade;
        varying vec3 vPlace;`,
      )
      .replace(
        "#include <fog_vertex>",
        `#include <fog_vertex>
        vSlot = slot; vKind = _kind; vFacade = facade; vPlace = mat3(modelMatrix) * position;
        vColour = slotColour();
        vColour.rgb = mix(vColour.rgb / 12.92, pow((vColour.rgb + 0.055) / 1.055, vec3(2.4)), step(0.04045, vColour.rgb));
        ${hideBelow("0.01")}`,
      );
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", `#include <common>\n${FRAGMENT_WORDS(fresh)}`)
      .replace(
        "#include <color_fragment>",
        `// Lambert has no gloss, and neutral tone mapping takes off the 4 % that a glossy surface would add: give it here.
        diffuseColor.rgb = surface() * 0.96 + 0.04;
        bool ghost = vColour.a < 0.9;
        if (ghost && uPick < 0.5) {
          float wide = exp2(ceil(log2(max(length(fwidth(vPlace)) * 5.0, 0.9))));
          if (fract((vPlace.x + vPlace.y + vPlace.z) / wide) > 0.42) discard;
          diffuseColor.rgb = vec3(0.80, 0.05, 0.07);
        }
        bool chosen = abs(vSlot - uSelected) < 0.5;
        if (chosen) diffuseColor.rgb = mix(diffuseColor.rgb, vec3(0.0, 0.147, 1.0), 0.78);`,
      )
      .replace(
        "#include <emissivemap_fragment>",
        `#include <emissivemap_fragment>
        if (chosen) totalEmissiveRadiance += vec3(0.0, 0.05, 0.26);
        if (ghost) totalEmissiveRadiance += vec3(0.22, 0.0, 0.01);`,
      )
      .replace(
        "#include <dithering_fragment>",
        `#include <dithering_fragment>
        if (uPick > 0.5) {
          float id = floor(vSlot + 0.5);
          gl_FragColor = vec4(mod(id, 256.0), mod(floor(id / 256.0), 256.0), floor(id / 65536.0), uTenant) / 255.0;
        }`,
      );
  };
  material.customProgramCacheKey = () => `building ${fresh}`;
  return material;
}

/** Material of the shadow map: hidden buildings and ghosts cast none. */
export function buildingDepth(uniforms: BuildingUniforms): MeshDepthMaterial {
  const material = new MeshDepthMaterial({ depthPacking: RGBADepthPacking, side: DoubleSide });
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, uniforms);
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", `#include <common>\n${VERTEX_WORDS}`)
      .replace("#include <clipping_planes_vertex>", `#include <clipping_planes_vertex>\n${hideBelow("0.9")}`);
  };
  material.customProgramCacheKey = () => "building depth";
  return material;
}
