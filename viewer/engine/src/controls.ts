/** Hands on the map: drag pans, right button or Ctrl rotates, the wheel zooms to the cursor, two fingers do all three. */

import { Raycaster, Vector2, Vector3 } from "three";
import type { View } from "./types";
import { zoomAbout } from "./view";
import type { ViewCamera } from "./view_camera";

export interface ControlActions {
  /** A point was clicked [CSS px in the canvas]. */
  click(x: number, y: number): void;
  /** Where the ray through a point of the canvas meets the drawn ground. */
  groundUnder(x: number, y: number): Vector3 | null;
  /** Something moved. */
  moved(): void;
  home(): void;
}

/** A pointer that moved less than this is a click [CSS px]. */
const CLICK = 5;

export class Controls {
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private down: { x: number; y: number; rotate: boolean } | null = null;
  private grabbed: Vector3 | null = null;
  private readonly stop = new AbortController();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly view: ViewCamera,
    private readonly actions: ControlActions,
  ) {
    const options = { signal: this.stop.signal };
    canvas.addEventListener("pointerdown", (event) => this.press(event), options);
    canvas.addEventListener("pointermove", (event) => this.move(event), options);
    canvas.addEventListener("pointerup", (event) => this.release(event, true), options);
    canvas.addEventListener("pointercancel", (event) => this.release(event, false), options);
    canvas.addEventListener("contextmenu", (event) => event.preventDefault(), options);
    canvas.addEventListener("wheel", (event) => this.wheel(event), { ...options, passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event), options);
  }

  dispose(): void {
    this.stop.abort();
  }

  /** Zooms about the middle of the picture. */
  zoom(factor: number): void {
    const { goal } = this.view;
    this.view.drive({ ...goal, distance: goal.distance * factor });
    this.actions.moved();
  }

  private at(event: MouseEvent): { x: number; y: number } {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private press(event: PointerEvent): void {
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    const point = this.at(event);
    this.pointers.set(event.pointerId, point);
    this.down = this.pointers.size === 1 ? { ...point, rotate: event.button === 2 || event.ctrlKey } : null;
    this.grab(point.x, point.y);
  }

  private grab(x: number, y: number): void {
    // A hand on the map stops it where it is.
    this.view.drive({ ...this.view.now });
    this.view.place();
    this.focus();
    this.grabbed = this.actions.groundUnder(x, y);
  }

  /** Lets the view turn about the ground in the middle of the picture, whatever the terrain was when it started. */
  private focus(): void {
    const middle = this.actions.groundUnder(this.canvas.clientWidth / 2, this.canvas.clientHeight / 2);
    if (middle) this.view.refocus(middle.distanceTo(this.view.camera.position));
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const point = this.at(event);
    this.pointers.set(event.pointerId, point);
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, point);
    else if (this.down?.rotate) this.rotate(point.x - before.x, point.y - before.y);
    else if (this.down && this.travelled(point)) this.pan(before, point);
    this.actions.moved();
  }

  private travelled(point: { x: number; y: number }): boolean {
    return this.down !== null && Math.hypot(point.x - this.down.x, point.y - this.down.y) > CLICK;
  }

  private release(event: PointerEvent, completed: boolean): void {
    const point = this.at(event);
    const click = completed && this.pointers.size === 1 && this.down && !this.down.rotate && !this.travelled(point);
    this.pointers.delete(event.pointerId);
    this.down = null;
    if (click) this.actions.click(point.x, point.y);
    const [rest] = this.pointers.values();
    if (rest) {
      this.down = { ...rest, rotate: false };
      this.grab(rest.x, rest.y);
    } else {
      this.actions.moved();
    }
  }

  private rotate(dx: number, dy: number): void {
    const { goal } = this.view;
    this.view.drive({ ...goal, azimuth: goal.azimuth - dx * 0.3, tilt: goal.tilt - dy * 0.25 });
  }

  /** Keeps the grabbed ground under the pointer. */
  private pan(from: { x: number; y: number }, to: { x: number; y: number }): void {
    const { goal } = this.view;
    const level = this.grabbed?.z ?? this.view.local(goal.east, goal.north, goal.height)[2];
    const [a, b] = [this.onPlane(from.x, from.y, level), this.onPlane(to.x, to.y, level)];
    if (!a || !b) return;
    const shift = a.sub(b);
    shift.clampLength(0, goal.distance * 0.6);
    this.view.drive({ ...goal, east: goal.east + shift.x, north: goal.north + shift.y });
  }

  private onPlane(x: number, y: number, level: number): Vector3 | null {
    const caster = new Raycaster();
    const { clientWidth, clientHeight } = this.canvas;
    caster.setFromCamera(new Vector2((x / clientWidth) * 2 - 1, 1 - (y / clientHeight) * 2), this.view.camera);
    const { origin, direction } = caster.ray;
    // Towards the horizon a pixel is a kilometre; a floor under the slope keeps the map from running away.
    const down = Math.min(direction.z, -0.06);
    const along = (level - origin.z) / down;
    return along > 0 ? new Vector3().copy(direction).setZ(down).multiplyScalar(along).add(origin) : null;
  }

  private pinch(id: number, before: { x: number; y: number }, now: { x: number; y: number }): void {
    const other = [...this.pointers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const [was, is] = [
      [before.x - other.x, before.y - other.y],
      [now.x - other.x, now.y - other.y],
    ] as [[number, number], [number, number]];
    const ratio = Math.hypot(...was) / Math.max(8, Math.hypot(...is));
    const twist = ((Math.atan2(is[1], is[0]) - Math.atan2(was[1], was[0])) * 180) / Math.PI;
    const { goal } = this.view;
    const together = Math.abs(now.y - before.y) > 2 * Math.abs(Math.hypot(...is) - Math.hypot(...was));
    this.view.drive({
      ...goal,
      distance: goal.distance * ratio,
      azimuth: goal.azimuth - ((twist + 540) % 360 - 180),
      tilt: goal.tilt - (together ? (now.y - before.y) * 0.12 : 0),
    });
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { x, y } = this.at(event);
    const lines = event.deltaMode === 1 ? 32 : event.deltaMode === 2 ? 400 : 1;
    const factor = Math.exp(Math.max(-240, Math.min(240, event.deltaY * lines)) * 0.0016);
    const { goal } = this.view;
    const ground = this.actions.groundUnder(x, y);
    if (ground && ground.distanceTo(this.view.camera.position) < goal.distance * 8) {
      const [east, north, height] = this.view.world(ground.x, ground.y, ground.z);
      this.view.drive(zoomAbout(goal, east, north, height, factor));
    } else {
      this.view.drive({ ...goal, distance: goal.distance * factor });
    }
    this.actions.moved();
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = pressed(event.key, event.shiftKey, this.view.goal);
    if (event.key === "h" || event.key === "H" || event.key === "Home") this.actions.home();
    else if (next) this.view.drive(next);
    else return;
    event.preventDefault();
    this.actions.moved();
  }
}

/** Where a key leads from a view; null for keys that the map leaves alone. */
export function pressed(key: string, shift: boolean, view: View): View | null {
  const step = view.distance * 0.12;
  const azimuth = (view.azimuth * Math.PI) / 180;
  const go = (right: number, ahead: number): View => ({
    ...view,
    east: view.east + step * (right * Math.cos(azimuth) + ahead * Math.sin(azimuth)),
    north: view.north + step * (ahead * Math.cos(azimuth) - right * Math.sin(azimuth)),
  });
  switch (key) {
    case "ArrowLeft":
      return shift ? { ...view, azimuth: view.azimuth - 10 } : go(-1, 0);
    case "ArrowRight":
      return shift ? { ...view, azimuth: view.azimuth + 10 } : go(1, 0);
    case "ArrowUp":
      return shift ? { ...view, tilt: view.tilt + 5 } : go(0, 1);
    case "ArrowDown":
      return shift ? { ...view, tilt: view.tilt - 5 } : go(0, -1);
    case "+":
    case "=":
      return { ...view, distance: view.distance * 0.75 };
    case "-":
    case "_":
      return { ...view, distance: view.distance / 0.75 };
    case "n":
    case "N":
      return { ...view, azimuth: 0 };
    default:
      return null;
  }
}
