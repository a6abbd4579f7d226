/** The camera as a view: where it goes, how it gets there, and that it never goes under the ground. */

import { Matrix4, PerspectiveCamera, Vector3 } from "three";
import type { View } from "./types";
import { between, clampView, same, sight } from "./view";

export const FIELD_OF_VIEW = 38;

/** Clearance above the ground that the camera keeps [m]. */
const CLEARANCE = 2.5;

/** Time in which a drag's remaining way shrinks to a third [s]. */
const DAMPING = 0.09;

interface Flight {
  from: View;
  start: number;
  duration: number;
}

export class ViewCamera {
  readonly camera = new PerspectiveCamera(FIELD_OF_VIEW, 1, 1, 100000);
  /** Where the camera is now and where it is going. */
  now: View;
  goal: View;
  maxDistance = 200000;
  private flight: Flight | null = null;
  private readonly basis = new Matrix4();

  constructor(
    view: View,
    private readonly origin: readonly number[],
    private readonly groundAt: (x: number, y: number) => number | null,
  ) {
    this.now = { ...view };
    this.goal = { ...view };
    // Building and terrain meshes lie on layers of their own, so that picking can draw them alone.
    this.camera.layers.enable(1);
    this.camera.layers.enable(2);
  }

  get moving(): boolean {
    return this.flight !== null || !same(this.now, this.goal);
  }

  /** Moves towards a view with the damping of a hand. */
  drive(view: View): void {
    this.flight = null;
    this.goal = clampView(view, this.maxDistance);
  }

  /** Is at a view at once. */
  jump(view: View): void {
    this.drive(view);
    this.now = { ...this.goal };
  }

  /** Travels to a view in `duration` seconds, easing in and out. */
  fly(view: View, duration: number): void {
    this.drive(view);
    this.flight = { from: { ...this.now }, start: performance.now(), duration: duration * 1000 };
  }

  /** Same picture, but looking at a point in another depth of the line of sight. */
  refocus(distance: number): void {
    const [dx, dy, dz] = sight(this.goal);
    const shift = distance - this.goal.distance;
    for (const view of [this.goal, this.now]) {
      view.east += dx * shift;
      view.north += dy * shift;
      view.height += dz * shift;
      view.distance += shift;
    }
  }

  /** One step of time; true while it still moves. */
  step(seconds: number): boolean {
    if (this.flight) {
      const share = Math.min(1, (performance.now() - this.flight.start) / this.flight.duration);
      const eased = share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
      this.now = between(this.flight.from, this.goal, eased);
      if (share >= 1) this.flight = null;
    } else if (!same(this.now, this.goal)) {
      this.now = between(this.now, this.goal, 1 - Math.exp(-seconds / DAMPING));
    } else {
      this.now = { ...this.goal };
    }
    this.place();
    return this.moving;
  }

  /** Puts the camera where `now` says. */
  place(): void {
    const { now, camera } = this;
    const [dx, dy, dz] = sight(now);
    const azimuth = (now.azimuth * Math.PI) / 180;
    const forward = new Vector3(dx, dy, dz);
    const right = new Vector3(Math.cos(azimuth), -Math.sin(azimuth), 0);
    const up = new Vector3().crossVectors(right, forward);
    camera.quaternion.setFromRotationMatrix(this.basis.makeBasis(right, up, forward.clone().negate()));
    const [x, y, z] = this.local(now.east, now.north, now.height);
    camera.position.set(x - dx * now.distance, y - dy * now.distance, z - dz * now.distance);
    const ground = this.groundAt(camera.position.x, camera.position.y);
    if (ground !== null) camera.position.z = Math.max(camera.position.z, ground + CLEARANCE);
    const clearance = ground === null ? now.distance : camera.position.z - ground;
    // Depth resolution goes with the near plane: as far out as what stands between camera and ground allows.
    camera.near = Math.min(400, Math.max(0.4, Math.min(clearance * 0.25, now.distance * 0.2)));
    camera.far = Math.max(40000, now.distance * 6);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld(true);
  }

  local(east: number, north: number, height: number): [number, number, number] {
    return [east - (this.origin[0] ?? 0), north - (this.origin[1] ?? 0), height - (this.origin[2] ?? 0)];
  }

  world(x: number, y: number, z: number): [number, number, number] {
    return [x + (this.origin[0] ?? 0), y + (this.origin[1] ?? 0), z + (this.origin[2] ?? 0)];
  }
}
