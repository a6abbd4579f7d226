/** Measuring stations over the map: signs with the latest value; what would cover another is counted, not drawn. */

import { PerspectiveCamera, Vector3 } from "three";
import { ranked, STATES, StationFeed, type Station } from "./station_data";
import { describe, label, type Placed, type Told } from "./station_labels";
import { drawSign, SIGN } from "./station_signs";
import type { Language } from "./types";

/** Distance between signs on the screen [CSS px]. */
const APART = 36;

/** Stations as near to each other as that are one place [m]. */
const ONE_PLACE = 6;

/** How often ages are written again [ms]. */
const TICK = 20_000;

export interface HitStation {
  station: Station;
  at: Vector3;
  x: number;
  y: number;
  /** Stations that the sign stands for, and how far they reach about it [m]. */
  count: number;
  reach: number;
  text: string;
}

export class Stations {
  readonly canvas = document.createElement("canvas");
  private readonly feed: StationFeed;
  private readonly paper = this.canvas.getContext("2d");
  private readonly signs = new Map<string, HTMLCanvasElement>();
  private icons: Path2D[] = [];
  private places: Placed[] = [];
  private ranked = -1;
  private rings: Record<string, string> = {};
  private taken: unknown = null;
  private placed: Placed[] = [];
  private drawn = "";
  private shown = false;
  private ratio = 1;
  private readonly tick: number;

  constructor(
    base: string,
    private readonly origin: readonly number[],
    private url: string,
    private language: Language,
    private readonly changed: () => void,
  ) {
    this.feed = new StationFeed(base, url, language, changed);
    this.canvas.className = "stations";
    this.tick = window.setInterval(() => this.shown && changed(), TICK);
  }

  /** Whether it is still waiting for its first values. */
  get pending(): number {
    return this.shown && this.url && !this.feed.reply ? this.feed.pending : 0;
  }

  /** Where values are asked for; empty where there are none. */
  take(url: string, language = this.language): void {
    this.url = url;
    this.language = language;
    this.feed.take(url, language);
  }

  show(on: boolean): void {
    this.shown = on && this.url !== "";
    this.feed.show(this.shown);
    this.changed();
  }

  /** Gives the stations of some datastreams a ring in the colour of their line in the chart. */
  ring(colours: Record<string, string>): void {
    this.rings = colours;
    this.drawn = "";
    this.changed();
  }

  dispose(): void {
    clearInterval(this.tick);
    this.feed.dispose();
    this.canvas.remove();
  }

  /** Draws what this view shows. */
  update(camera: PerspectiveCamera, width: number, height: number): void {
    const { paper, feed, canvas } = this;
    if (!paper) return;
    this.adopt();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const stance = camera.matrixWorld.elements.map((value) => value.toFixed(3)).join();
    const moment = Math.floor((feed.now * 1000) / TICK);
    if (moment !== this.ranked) this.rank(moment);
    const look = [this.shown, width, height, ratio, stance, this.language, moment].join("|");
    if (look === this.drawn && this.taken === feed.reply) return;
    this.drawn = look;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    if (ratio !== this.ratio) this.signs.clear();
    this.ratio = ratio;
    paper.setTransform(ratio, 0, 0, ratio, 0, 0);
    paper.clearRect(0, 0, width, height);
    this.placed = this.shown ? this.place(camera, width, height) : [];
    for (const one of [...this.placed].reverse()) this.sign(paper, one);
    label(paper, this.placed, width, height, this.told);
  }

  /** The station whose sign is under a point of the canvas [CSS px]. */
  at(x: number, y: number): HitStation | null {
    let best: Placed | null = null;
    let nearest = SIGN * 0.6;
    for (const one of this.placed) {
      const distance = Math.hypot(x - one.x, y - one.y);
      if (distance < nearest) [best, nearest] = [one, distance];
    }
    if (!best) return null;
    const { station, at, others } = best;
    const reach = others.reduce((most, other) => Math.max(most, other.at.distanceTo(at)), 0);
    return { station, at, x: best.x, y: best.y + SIGN / 2, count: 1 + others.length, reach, text: describe(best, this.told) };
  }

  /** Whether a sign stands for several places that a nearer view would tell apart. */
  static isCluster({ count, reach }: HitStation): boolean {
    return count > 1 && reach > ONE_PLACE;
  }

  private get told(): Told {
    return { now: this.feed.now, language: this.language };
  }

  /** What is written on the map now; for tests. */
  get texts(): string[] {
    return this.placed.map((one) => describe(one, this.told));
  }

  /** Point of a datastream's sign on the canvas [CSS px]; null where it has none; for tests. */
  find(id: string): [number, number] | null {
    const one = this.placed.find(({ station }) => station.streams.some((stream) => stream.id === id));
    return one ? [one.x, one.y] : null;
  }

  private adopt(): void {
    const { reply } = this.feed;
    if (reply === this.taken || !reply) return;
    this.taken = reply;
    this.drawn = "";
    this.ranked = -1;
    this.signs.clear();
    this.icons = reply.icons.map((path) => new Path2D(path));
    const [x0 = 0, y0 = 0, z0 = 0] = this.origin;
    this.places = reply.stations.map((station) => {
      const [east, north, height] = station.at;
      const at = new Vector3(east - x0, north - y0, height - z0);
      return { station, at, x: 0, y: 0, state: "stale", streams: [], others: [] };
    });
  }

  /** States as of now, the gravest first: between two ticks nothing of it changes. */
  private rank(moment: number): void {
    this.ranked = moment;
    const now = this.feed.now;
    for (const place of this.places) {
      place.streams = ranked(place.station, now);
      place.state = place.streams[0]?.state ?? "stale";
    }
    // The list's own order decides between equals, so that signs do not swap as the camera turns.
    this.places.sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  }

  /** Signs that do not cover each other, the gravest first; the others are counted with the one that they lie under. */
  private place(camera: PerspectiveCamera, width: number, height: number): Placed[] {
    const point = new Vector3();
    const grid = new Map<number, Placed[]>();
    const placed: Placed[] = [];
    for (const one of this.places) {
      point.copy(one.at).project(camera);
      const [x, y] = [((point.x + 1) / 2) * width, ((1 - point.y) / 2) * height];
      if (point.z >= 1 || x < -SIGN || x > width + SIGN || y < -SIGN || y > height + SIGN) continue;
      one.x = x;
      one.y = y;
      if (one.others.length) one.others = [];
      const [column, row] = [Math.floor(one.x / APART), Math.floor(one.y / APART)];
      const near = nearest(grid, column, row, one);
      if (near) {
        near.others.push(one);
        continue;
      }
      placed.push(one);
      const cell = (column + 512) * 4096 + row + 512;
      grid.set(cell, [...(grid.get(cell) ?? []), one]);
    }
    return placed;
  }

  private sign(paper: CanvasRenderingContext2D, { x, y, state, streams, others }: Placed): void {
    const icon = streams[0]?.stream.icon ?? 0;
    const name = `${state}${icon}`;
    let picture = this.signs.get(name);
    const side = SIGN + 14;
    if (!picture) {
      picture = document.createElement("canvas");
      picture.width = picture.height = Math.round(side * this.ratio);
      const own = picture.getContext("2d");
      if (own) {
        own.scale(this.ratio, this.ratio);
        own.translate(side / 2, side / 2);
        drawSign(own, state, this.icons[icon] ?? new Path2D());
      }
      this.signs.set(name, picture);
    }
    paper.drawImage(picture, x - side / 2, y - side / 2, side, side);
    const ring = [...streams, ...others.flatMap((other) => other.streams)].find(({ stream }) => this.rings[stream.id]);
    if (ring) {
      paper.strokeStyle = this.rings[ring.stream.id] ?? "";
      paper.lineWidth = 3.5;
      paper.beginPath();
      paper.arc(x, y, SIGN * 0.72, 0, Math.PI * 2);
      paper.stroke();
    }
    if (others.length) badge(paper, x + SIGN * 0.42, y - SIGN * 0.42, String(others.length + 1));
  }

}

function nearest(grid: Map<number, Placed[]>, column: number, row: number, { x, y }: Placed): Placed | null {
  let [best, least]: [Placed | null, number] = [null, APART];
  for (let i = -1; i <= 1; i++) {
    for (let k = -1; k <= 1; k++) {
      for (const other of grid.get((column + i + 512) * 4096 + row + k + 512) ?? []) {
        const distance = Math.hypot(other.x - x, other.y - y);
        if (distance < least) [best, least] = [other, distance];
      }
    }
  }
  return best;
}

function badge(paper: CanvasRenderingContext2D, x: number, y: number, text: string): void {
  paper.font = "600 10.5px system-ui, sans-serif";
  const width = Math.max(16, paper.measureText(text).width + 8);
  paper.fillStyle = "#22303a";
  paper.strokeStyle = "#ffffff";
  paper.lineWidth = 1.5;
  paper.beginPath();
  paper.roundRect(x - width / 2, y - 8, width, 16, 8);
  paper.fill();
  paper.stroke();
  paper.fillStyle = "#ffffff";
  paper.textAlign = "center";
  paper.textBaseline = "middle";
  paper.fillText(text, x, y + 0.5);
}
