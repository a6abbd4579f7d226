/** What `/sensors.json` tells: stations, and of each datastream what was read last. */

import type { Language } from "./types";

export type StationState = "normal" | "warning" | "alarm" | "stale";

/** The graver comes first. */
export const STATES: StationState[] = ["alarm", "warning", "normal", "stale"];

export interface StationStream {
  id: string;
  /** The quantity, in words. */
  what: string;
  /** The value with its unit, or a dash. */
  text: string;
  /** When it was read; when it counts as stale [s since 1970]. */
  time: number | null;
  stale: number | null;
  state: "normal" | "warning" | "alarm";
  /** From when on silence is a warning or an alarm. */
  silent?: [number, "warning" | "alarm"][];
  icon: number;
  /** Why the value is doubtful. */
  note?: string;
}

export interface Station {
  ags: string;
  name: string;
  at: [number, number, number];
  streams: StationStream[];
}

export interface StationReply {
  icons: string[];
  stations: Station[];
}

/** How often is asked for new values [ms]. */
const EVERY = 15_000;

/** Asks for latest values for as long as they are shown and somebody looks. */
export class StationFeed {
  reply: StationReply | null = null;
  pending = 0;
  private readonly seen = (): void => this.wake();
  private timer = 0;
  private on = false;
  private asked = -Infinity;
  private tag = "";
  private ahead = 0;
  private request: AbortController | null = null;

  constructor(
    private readonly base: string,
    private url: string,
    private language: Language,
    private readonly changed: () => void,
  ) {
    document.addEventListener("visibilitychange", this.seen);
  }

  /** Seconds since 1970 by the server's clock: a reader's may be wrong. */
  get now(): number {
    return Date.now() / 1000 - this.ahead;
  }

  /** Where it asks, and in which language the answer is. */
  take(url: string, language: Language): void {
    if (url === this.url && language === this.language) return;
    this.url = url;
    this.language = language;
    this.tag = "";
    this.asked = -Infinity;
    this.wake();
  }

  show(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    this.wake();
  }

  dispose(): void {
    this.on = false;
    clearTimeout(this.timer);
    this.request?.abort();
    document.removeEventListener("visibilitychange", this.seen);
  }

  private wake(): void {
    clearTimeout(this.timer);
    if (!this.on || !this.url || document.visibilityState === "hidden" || this.pending) return;
    const wait = Math.max(0, this.asked + EVERY - performance.now());
    this.timer = window.setTimeout(() => void this.ask(), wait);
  }

  private async ask(): Promise<void> {
    this.asked = performance.now();
    this.pending += 1;
    this.request = new AbortController();
    try {
      const url = new URL(this.url, this.base);
      url.searchParams.set("lang", this.language);
      // The browser sends the tag of what it has, and gives that again where the server says that nothing changed.
      const answer = await fetch(url, { cache: "no-cache", signal: this.request.signal });
      if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status}`);
      const told = Date.parse(answer.headers.get("date") ?? "");
      const drift = Date.now() / 1000 - told / 1000;
      if (Number.isFinite(drift) && Math.abs(drift) > 60) this.ahead = drift;
      const tag = answer.headers.get("etag") ?? "";
      if (!tag || tag !== this.tag || !this.reply) this.reply = (await answer.json()) as StationReply;
      this.tag = tag;
    } catch (error) {
      // What was known stays on the map, and grows old there.
      if (this.on) console.warn(error);
    } finally {
      this.pending -= 1;
      this.changed();
      this.wake();
    }
  }
}

/** State of a datastream at a moment: what nobody heard of is stale, unless a rule makes more of it. */
export function stateOf(stream: StationStream, now: number): StationState {
  let state: StationState = stream.state;
  if (stream.stale === null || now > stream.stale) state = "stale";
  for (const [from, grave] of stream.silent ?? []) {
    if (now > from && STATES.indexOf(grave) < STATES.indexOf(state)) state = grave;
  }
  return state;
}

/** Datastreams of a station with their states, the gravest first, else in the station's order. */
export function ranked(station: Station, now: number): { stream: StationStream; state: StationState }[] {
  const found = station.streams.map((stream) => ({ stream, state: stateOf(stream, now) }));
  return found.sort((a, b) => grave(a.state) - grave(b.state));
}

/** Warnings first; whether the rest is current does not put a secondary value before the main one. */
function grave(state: StationState): number {
  return Math.min(STATES.indexOf(state), 2);
}

/** How long ago a moment was: `vor 5 min`. */
export function age(time: number | null, now: number, language: Language): string {
  if (time === null) return language === "de" ? "keine Messwerte" : "no readings";
  const seconds = Math.max(0, now - time);
  const [count, unit] = span(seconds, language);
  if (!count) return language === "de" ? "gerade eben" : "just now";
  return language === "de" ? `vor ${count} ${unit}` : `${count} ${unit} ago`;
}

function span(seconds: number, language: Language): [number, string] {
  const german = language === "de";
  if (seconds < 60) return [0, ""];
  if (seconds < 5400) return [Math.round(seconds / 60), "min"];
  if (seconds < 36 * 3600) return [Math.round(seconds / 3600), "h"];
  const days = Math.round(seconds / 86400);
  if (days < 60) return [days, german ? (days === 1 ? "Tag" : "Tagen") : days === 1 ? "day" : "days"];
  if (days < 730) return [Math.round(days / 30.44), german ? "Monaten" : "months"];
  return [Math.round(days / 365.25), german ? "Jahren" : "years"];
}
