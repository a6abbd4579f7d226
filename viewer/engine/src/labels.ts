/** Names of municipalities over the map; those that would cover another one are left out. */

import { PerspectiveCamera, Vector3 } from "three";
import { say } from "./texts";
import type { Language, Municipality } from "./types";

interface Label {
  element: HTMLElement;
  note: HTMLElement | null;
  at: Vector3;
}

export class Labels {
  private readonly labels: Label[] = [];

  constructor(private readonly host: HTMLElement) {}

  /** Shows the names; `place` gives a municipality's centre in scene coordinates. */
  set(municipalities: Municipality[], language: Language, place: (one: Municipality) => Vector3): void {
    this.host.replaceChildren();
    this.labels.length = 0;
    // Joined ones first: where two collide, the one with something to see stays.
    for (const one of [...municipalities].sort((a, b) => Number(a.empty) - Number(b.empty))) {
      const element = document.createElement("div");
      element.className = one.empty ? "label empty" : "label";
      element.append(one.name);
      let note: HTMLElement | null = null;
      if (one.empty) {
        note = document.createElement("small");
        note.textContent = say(one.joined ? "unshared" : "empty", language);
        element.append(note);
      }
      this.host.append(element);
      this.labels.push({ element, note, at: place(one) });
    }
  }

  update(camera: PerspectiveCamera, width: number, height: number, distance: number): void {
    const taken: [number, number, number, number][] = [];
    const point = new Vector3();
    for (const { element, note, at } of this.labels) {
      // Close up the houses speak for themselves; what is missing is still named.
      const wanted = distance > 900 || note !== null;
      point.copy(at).project(camera);
      const [x, y] = [((point.x + 1) / 2) * width, ((1 - point.y) / 2) * height];
      const [w, h] = [element.offsetWidth || 120, element.offsetHeight || 24];
      const box: [number, number, number, number] = [x - w / 2 - 6, y - h - 4, x + w / 2 + 6, y + 4];
      const free = taken.every(([a, b, c, d]) => box[2] < a || box[0] > c || box[3] < b || box[1] > d);
      const seen = wanted && point.z < 1 && x > 0 && x < width && y > 20 && y < height && free;
      element.style.visibility = seen ? "visible" : "hidden";
      if (!seen) continue;
      taken.push(box);
      element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -100%)`;
    }
  }
}
