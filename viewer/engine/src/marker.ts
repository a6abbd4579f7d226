/** A pin that stands on the ground and keeps its size on the screen. */

import { ConeGeometry, Group, Mesh, MeshLambertMaterial, PerspectiveCamera, SphereGeometry } from "three";
import { SELECTED } from "./building_material";

/** Height of the pin as a share of its distance. */
const SIZE = 0.055;

export class Pin {
  readonly object = new Group();

  constructor() {
    const material = new MeshLambertMaterial({ color: SELECTED, emissive: SELECTED, emissiveIntensity: 0.25 });
    const needle = new Mesh(new ConeGeometry(0.16, 0.72, 24), material);
    needle.rotation.x = -Math.PI / 2;
    needle.position.z = 0.36;
    const head = new Mesh(new SphereGeometry(0.25, 32, 24), material);
    head.position.z = 0.78;
    this.object.add(needle, head);
    this.object.visible = false;
  }

  /** Stands at a point in scene coordinates; null takes it away. */
  put(at: readonly [number, number, number] | null): void {
    this.object.visible = at !== null;
    if (at) this.object.position.set(...at);
  }

  scale(camera: PerspectiveCamera): void {
    this.object.scale.setScalar(camera.position.distanceTo(this.object.position) * SIZE);
  }
}
