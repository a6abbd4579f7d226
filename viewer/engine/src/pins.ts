/** Pins: signs that keep their size on the screen; where they would cover each other, some are dots. */

import {
  BufferAttribute,
  Material,
  PerspectiveCamera,
  Points,
  ShaderMaterial,
  Vector2,
  Vector3,
} from "three";
import { featureOf, type Feature } from "./features";
import { COLUMNS, drawSigns } from "./pin_signs";
import { isShown } from "./terrain";
import type { LayerLook, TilesetEntry } from "./types";

/** Width and height of a sign and of a dot [CSS px]. */
const SIGN = 38;
const DOT = 11;

/** Distance between signs on the screen that do not cover each other [CSS px]. */
const APART = 27;

/** Distance from the camera at which all that do not collide are signs; farther away they stand wider apart [m]. */
const CLOSE = 1500;

interface Stand {
  entry: TilesetEntry;
  points: Points;
  /** Scene coordinates, three numbers a pin; made when first asked for. */
  places: Float32Array | null;
}

interface Seen {
  stand: Stand;
  index: number;
  x: number;
  y: number;
  sign: boolean;
}

export interface HitPin {
  feature: Feature;
  title: { de: string; en: string } | null;
  at: Vector3;
  x: number;
  y: number;
}

export class Pins {
  private readonly stands = new Map<Points, Stand>();
  private readonly materials = new Map<string, ShaderMaterial>();
  private looks: Record<string, LayerLook> = {};
  private seen: Seen[] = [];
  private viewed = "";

  /** What the layers' signs look like. */
  dress(looks: Record<string, LayerLook>): void {
    this.looks = looks;
  }

  add(entry: TilesetEntry, points: Points): void {
    (points.material as Material).dispose();
    const count = points.geometry.getAttribute("position").count;
    points.geometry.setAttribute("sign", new BufferAttribute(new Float32Array(count), 1));
    points.material = this.material(entry.layer);
    points.renderOrder = 60;
    this.stands.set(points, { entry, points, places: null });
    this.viewed = "";
  }

  remove(points: Points): void {
    this.stands.delete(points);
    this.viewed = "";
  }

  /** Says which pins are signs in this view. */
  update(camera: PerspectiveCamera, width: number, height: number, ratio: number): void {
    const shown = [...this.stands.values()].filter(({ points }) => isShown(points));
    const stance = camera.matrixWorld.elements.map((value) => value.toFixed(3)).join();
    const view = `${shown.map(({ points }) => points.id).join()} ${width} ${height} ${stance}`;
    for (const { uniforms } of this.materials.values()) {
      uniforms["uScreen"]!.value.set(width, height);
      uniforms["uRatio"]!.value = ratio;
    }
    if (view === this.viewed) return;
    this.viewed = view;
    this.seen = [];
    const taken = new Set<number>();
    const point = new Vector3();
    const eye = camera.position;
    // Layers that stand higher in the legend keep their signs first.
    const rank = ({ entry }: Stand): number => this.looks[entry.layer]?.order ?? 0;
    shown.sort((a, b) => rank(b) - rank(a) || a.points.id - b.points.id);
    for (const stand of shown) {
      const places = placesOf(stand);
      const sign = stand.points.geometry.getAttribute("sign") as BufferAttribute;
      const dots = this.looks[stand.entry.layer]?.dots === true;
      for (let i = 0; i < sign.count; i++) {
        point.fromArray(places, i * 3);
        const apart = APART * Math.min(2.2, Math.max(1, point.distanceTo(eye) / CLOSE));
        point.project(camera);
        const [x, y] = [((point.x + 1) / 2) * width, ((1 - point.y) / 2) * height];
        const inside = point.z < 1 && x > -SIGN && x < width + SIGN && y > 0 && y < height + SIGN * 1.2;
        const free = inside && !dots && claim(taken, x, y, apart);
        sign.setX(i, free ? 1 : 0);
        if (inside) this.seen.push({ stand, index: i, x, y, sign: free });
      }
      sign.needsUpdate = true;
    }
  }

  /** The pin under a point of the canvas [CSS px]. */
  at(x: number, y: number): HitPin | null {
    let best: Seen | null = null;
    let nearest = Infinity;
    for (const pin of this.seen) {
      const [dx, dy] = [x - pin.x, y - (pin.sign ? pin.y - SIGN * 0.56 : pin.y)];
      const distance = Math.hypot(dx, dy) / (pin.sign ? SIGN * 0.44 : DOT * 0.7);
      if (distance > 1 || distance > nearest) continue;
      [best, nearest] = [pin, distance];
    }
    if (!best) return null;
    const { stand, index } = best;
    const feature = featureOf(stand.entry, stand.points, index);
    const number = stand.points.geometry.getAttribute("_class")?.getX(index) ?? 0;
    const title = this.looks[stand.entry.layer]?.classes[number]?.title ?? null;
    return feature && { feature, title, at: new Vector3().fromArray(placesOf(stand), index * 3), x: best.x, y: best.y };
  }

  private material(layer: string): ShaderMaterial {
    let material = this.materials.get(layer);
    if (!material) {
      material = signMaterial(this.looks[layer]?.classes ?? [], this.looks[layer]?.dots === true);
      this.materials.set(layer, material);
    }
    return material;
  }
}

/** Takes a place on the screen, unless somebody has one too near. */
function claim(taken: Set<number>, x: number, y: number, apart: number): boolean {
  const reach = Math.ceil(apart / APART);
  const [column, row] = [Math.floor(x / APART) + 4096, Math.floor(y / APART) + 4096];
  for (let i = -reach; i <= reach; i++) {
    for (let k = -reach; k <= reach; k++) if (taken.has((column + i) * 16384 + row + k)) return false;
  }
  taken.add(column * 16384 + row);
  return true;
}

function placesOf(stand: Stand): Float32Array {
  if (stand.places) return stand.places;
  const { points } = stand;
  points.updateWorldMatrix(true, false);
  const position = points.geometry.getAttribute("position");
  const places = new Float32Array(position.count * 3);
  const at = new Vector3();
  for (let i = 0; i < position.count; i++) {
    at.fromBufferAttribute(position as BufferAttribute, i).applyMatrix4(points.matrixWorld).toArray(places, i * 3);
  }
  stand.places = places;
  return places;
}

function signMaterial(classes: LayerLook["classes"], dots: boolean): ShaderMaterial {
  const { picture, rows } = drawSigns(classes.length ? classes : [{ colour: "#5b6770", icon: "", title: null }]);
  return new ShaderMaterial({
    transparent: true,
    depthTest: false,
    depthWrite: false,
    uniforms: {
      uSigns: { value: picture },
      uGrid: { value: [COLUMNS, rows] },
      uScreen: { value: new Vector2(1, 1) },
      uRatio: { value: 1 },
      uDots: { value: dots ? 1 : 0 },
    },
    vertexShader: /* glsl */ `
      attribute float _class, sign;
      uniform vec2 uScreen;
      uniform float uRatio, uDots;
      flat varying float vClass;
      flat varying float vSign;
      void main() {
        vClass = _class;
        vSign = sign;
        gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        float size = sign > 0.5 ? ${SIGN.toFixed(1)} : ${DOT.toFixed(1)};
        // Dots that stand by the thousand shrink with the houses that they mean.
        if (uDots > 0.5) size = clamp(size * 600.0 / gl_Position.w, 4.5, size * 1.25);
        // A sign stands on its point, a dot lies about it.
        if (sign > 0.5) gl_Position.y += size / uScreen.y * gl_Position.w;
        gl_PointSize = size * uRatio;
      }`,
    fragmentShader: /* glsl */ `
      uniform sampler2D uSigns;
      uniform vec2 uGrid;
      flat varying float vClass;
      flat varying float vSign;
      void main() {
        vec2 cell = vec2(mod(vClass, uGrid.x), floor(vClass / uGrid.x));
        if (vSign > 0.5) {
          gl_FragColor = texture2D(uSigns, (cell + gl_PointCoord) / uGrid);
        } else {
          float away = length(gl_PointCoord - 0.5);
          // A place in the disc beside the icon has the class's colour.
          vec3 colour = texture2D(uSigns, (cell + vec2(0.5, 0.165)) / uGrid).rgb;
          gl_FragColor = vec4(mix(colour, vec3(1.0), smoothstep(0.30, 0.36, away)), 1.0 - smoothstep(0.43, 0.5, away));
        }
        if (gl_FragColor.a < 0.02) discard;
        #include <colorspace_fragment>
      }`,
  });
}
