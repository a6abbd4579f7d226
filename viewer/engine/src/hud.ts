/** Controls and notes over the map: zoom, home, north, quality, scale bar, sources, messages. */

import { STYLE } from "./hud_style";
import { say, type TextName } from "./texts";
import type { Hovered } from "./pointing";
import type { Language, Quality } from "./types";

export interface HudActions {
  zoom(factor: number): void;
  home(): void;
  north(): void;
  quality(quality: Quality): void;
}

const ICONS = {
  zoomIn: `<path d="M12 5v14M5 12h14"/>`,
  zoomOut: `<path d="M5 12h14"/>`,
  home: `<path d="M4 11.5 12 5l8 6.5M6.5 10v9h11v-9"/>`,
  north: `<path d="M12 3l4 9h-8z" fill="#c8452c" stroke="none"/><path d="M12 21l4-9h-8z" fill="#8b949c" stroke="none"/>`,
  beautiful: `<path d="M12 3.5l2.1 5.6 5.9.3-4.6 3.8 1.5 5.8-4.9-3.2-4.9 3.2 1.5-5.8L4 9.4l5.9-.3z"/>`,
};

export class Hud {
  readonly root = document.createElement("div");
  readonly labels = document.createElement("div");
  private readonly buttons = new Map<TextName, HTMLButtonElement>();
  private readonly bar = document.createElement("div");
  private readonly sources = document.createElement("div");
  private readonly message = document.createElement("div");
  private readonly progress = document.createElement("div");
  private readonly named = document.createElement("div");

  constructor(
    private language: Language,
    actions: HudActions,
  ) {
    this.root.className = "twin-map";
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.labels.className = "labels";
    this.labels.setAttribute("aria-hidden", "true");
    const tools = document.createElement("div");
    tools.className = "tools";
    tools.setAttribute("role", "group");
    tools.append(
      this.button("north", () => actions.north()),
      this.button("zoomIn", () => actions.zoom(0.6)),
      this.button("zoomOut", () => actions.zoom(1 / 0.6)),
      this.button("home", () => actions.home()),
      this.button("beautiful", () => actions.quality(this.beautiful ? "fast" : "beautiful")),
    );
    this.bar.className = "scale";
    this.sources.className = "sources";
    this.message.className = "message";
    this.message.setAttribute("role", "alert");
    this.progress.className = "progress";
    this.progress.setAttribute("role", "status");
    this.named.className = "named";
    this.named.hidden = true;
    this.root.append(style, this.labels, this.named, this.bar, this.sources, this.progress, this.message, tools);
    this.translate(language);
    this.tell(null);
  }

  private get beautiful(): boolean {
    return this.buttons.get("beautiful")?.getAttribute("aria-pressed") === "true";
  }

  private button(name: keyof typeof ICONS, act: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
    button.addEventListener("click", act);
    this.buttons.set(name, button);
    return button;
  }

  translate(language: Language): void {
    this.language = language;
    this.root.lang = language;
    for (const [name, button] of this.buttons) {
      button.title = say(name, language);
      button.setAttribute("aria-label", say(name, language));
    }
    this.sources.setAttribute("aria-label", say("attribution", language));
  }

  quality(quality: Quality): void {
    this.buttons.get("beautiful")?.setAttribute("aria-pressed", String(quality === "beautiful"));
  }

  attribute(sources: string[]): void {
    this.sources.textContent = this.sources.title = sources.join(" · ");
  }

  loading(on: boolean): void {
    this.progress.textContent = on ? say("loading", this.language) : "";
    this.progress.classList.toggle("on", on);
  }

  /** Shows a message in the middle; null takes it away. */
  tell(text: string | null): void {
    this.message.textContent = text ?? "";
    this.message.hidden = !text;
  }

  /** Shows a name beside what the pointer is on; null takes it away. */
  name(hovered: Hovered | null): void {
    this.named.hidden = !hovered;
    if (!hovered) return;
    this.named.textContent = hovered.text;
    this.named.style.transform = `translate(${hovered.x.toFixed(0)}px, ${(hovered.y + 8).toFixed(0)}px) translate(-50%, 0)`;
  }

  /** Turns the needle, and makes the bar as long as a round length is on the screen. */
  update(azimuth: number, metresPerPixel: number): void {
    const needle = this.buttons.get("north")?.querySelector("svg");
    if (needle) needle.style.transform = `rotate(${(-azimuth).toFixed(1)}deg)`;
    const longest = metresPerPixel * 140;
    const magnitude = 10 ** Math.floor(Math.log10(longest));
    const length = [5, 2, 1].map((step) => step * magnitude).find((step) => step <= longest) ?? magnitude;
    this.bar.style.width = `${(length / metresPerPixel).toFixed(1)}px`;
    const number = new Intl.NumberFormat(this.language);
    this.bar.textContent = length >= 1000 ? `${number.format(length / 1000)} km` : `${number.format(length)} m`;
  }
}
