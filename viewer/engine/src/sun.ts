/** Light of a late afternoon: one warm sun whose shadow map follows the view, and the sky's blue from above. */

import { DirectionalLight, Group, HemisphereLight, Matrix4, PerspectiveCamera, Vector3 } from "three";

/** Towards the sun: from the south-west, 34° high. Local coordinates: east, north, up. */
export const SUN = towards(236, 34);

/** Shadows reach this many times the distance of the point looked at. */
const REACH = 2.4;

function towards(azimuth: number, altitude: number): Vector3 {
  const a = (azimuth * Math.PI) / 180;
  const h = (altitude * Math.PI) / 180;
  return new Vector3(Math.sin(a) * Math.cos(h), Math.cos(a) * Math.cos(h), Math.sin(h));
}

export class Sunlight {
  readonly group = new Group();
  private readonly sun = new DirectionalLight("#ffeeda", 3.7);
  private readonly sky = new HemisphereLight("#c3d8f5", "#9a937f", 1.3);
  private readonly toLight = new Matrix4();
  private fitted = "";

  constructor() {
    for (const light of [this.sun, this.sky]) light.layers.enableAll();
    this.sun.castShadow = true;
    this.sun.shadow.bias = -0.0004;
    this.group.add(this.sun, this.sun.target, this.sky);
    this.toLight.lookAt(SUN, new Vector3(), new Vector3(0, 0, 1)).invert();
  }

  /** Side of the shadow map in texels. */
  resolution(side: number): void {
    const { shadow } = this.sun;
    if (shadow.mapSize.x === side) return;
    shadow.mapSize.set(side, side);
    shadow.map?.dispose();
    shadow.map = null;
    this.fitted = "";
  }

  /**
   * Fits the shadow map to what the camera sees; true if the map must be drawn again.
   *
   * The fit moves in steps of whole texels and has a margin, so that a small movement neither redraws it nor lets
   * the shadows' edges crawl.
   */
  fit(camera: PerspectiveCamera, ground: number, distance: number): boolean {
    const points = this.seen(camera, ground, distance * REACH + 150);
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const point of points) {
      point.applyMatrix4(this.toLight);
      left = Math.min(left, point.x);
      right = Math.max(right, point.x);
      bottom = Math.min(bottom, point.y);
      top = Math.max(top, point.y);
    }
    const wanted = Math.max(right - left, top - bottom) * 1.12 + 30;
    const size = 1.2 ** Math.ceil(Math.log(wanted) / Math.log(1.2));
    const texel = size / this.sun.shadow.mapSize.x;
    const step = Math.max(texel, Math.round((size * 0.04) / texel) * texel);
    const snap = (value: number): number => Math.round(value / step) * step;
    const [u, v] = [snap((left + right) / 2), snap((bottom + top) / 2)];
    const fit = `${size.toFixed(2)} ${u.toFixed(2)} ${v.toFixed(2)} ${Math.round(ground / 40)}`;
    if (fit === this.fitted) return false;
    this.fitted = fit;
    this.aim(u, v, points[0]?.z ?? 0, size, texel);
    return true;
  }

  private aim(u: number, v: number, depth: number, size: number, texel: number): void {
    const centre = new Vector3(u, v, depth).applyMatrix4(this.toLight.clone().invert());
    const back = size + 1200;
    this.sun.target.position.copy(centre);
    this.sun.position.copy(centre).addScaledVector(SUN, back);
    const { shadow } = this.sun;
    shadow.camera.left = shadow.camera.bottom = -size / 2;
    shadow.camera.right = shadow.camera.top = size / 2;
    shadow.camera.near = 1;
    shadow.camera.far = back * 2;
    shadow.camera.updateProjectionMatrix();
    shadow.normalBias = Math.min(2.5, texel * 1.4);
    this.group.updateMatrixWorld(true);
  }

  /** Where the picture's corners and edges meet the ground, no farther than `reach`. */
  private seen(camera: PerspectiveCamera, ground: number, reach: number): Vector3[] {
    const points: Vector3[] = [];
    for (const x of [-1, 0, 1]) {
      for (const y of [-1, 0, 1]) {
        const ray = new Vector3(x, y, 0.5).unproject(camera).sub(camera.position).normalize();
        const along = ray.z < -1e-3 ? (ground - camera.position.z) / ray.z : Infinity;
        if (along > 0 && along < reach) {
          points.push(ray.multiplyScalar(along).add(camera.position));
        } else {
          const flat = new Vector3(ray.x, ray.y, 0).normalize().multiplyScalar(reach);
          points.push(new Vector3(camera.position.x + flat.x, camera.position.y + flat.y, ground));
        }
      }
    }
    return points;
  }
}
