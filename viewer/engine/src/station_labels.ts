/** Values beside the signs of stations, wherever nothing is covered by them. */

import type { Vector3 } from "three";
import { age, type Station, type StationState, type StationStream } from "./station_data";
import { SIGN } from "./station_signs";
import type { Language } from "./types";

/** Values that are written at most, and lines of one station. */
const MOST_LABELS = 60;
const MOST_LINES = 4;

/** Signs on the screen up to which all values of a station are written. */
const FEW = 12;

/** Width and height of the corner that the buttons take [CSS px]. */
const BUTTONS = [64, 268] as const;

const FONT = "500 12.5px system-ui, sans-serif";
const SMALL = "11px system-ui, sans-serif";
const LINE = 16;

/** A station in the picture. */
export interface Placed {
  station: Station;
  at: Vector3;
  x: number;
  y: number;
  state: StationState;
  streams: { stream: StationStream; state: StationState }[];
  others: Placed[];
}

type Box = [number, number, number, number];

/** Moment and language that ages are written in. */
export interface Told {
  now: number;
  language: Language;
}

/** Writes values beside the signs wherever nothing is covered by them. */
export function label(paper: CanvasRenderingContext2D, placed: Placed[], width: number, height: number, told: Told): void {
  const half = SIGN / 2 + 1;
  const taken: Box[] = placed.map(({ x, y }) => [x - half, y - half, x + half, y + half]);
  // Where the buttons and the sources are, nobody could read them.
  taken.push([width - BUTTONS[0], height - BUTTONS[1], width, height], [width * 0.4, height - 34, width, height]);
  const few = placed.length <= FEW;
  let count = 0;
  for (const one of placed) {
    if (count >= MOST_LABELS) break;
    if (one.others.length && one.state !== "warning" && one.state !== "alarm") continue;
    const all = linesOf(one, few, told);
    // All lines where there is room for them, else the first; to the right, else to the left, below or above.
    for (const lines of all.length > 1 ? [all, linesOf(one, false, told)] : [all]) {
      const wide = Math.max(...lines.map(([value, rest]) => written(paper, value, FONT) + written(paper, rest, SMALL) + 5));
      const [w, h] = [wide + 14, lines.length * LINE + 6];
      const top = one.y - h / 2;
      const sides: [number, number][] = [
        [one.x + half + 3, top],
        [one.x - half - 3 - w, top],
        [one.x - w / 2, one.y + half + 2],
        [one.x - w / 2, one.y - half - 2 - h],
      ];
      const boxes = sides.map(([left, high]): Box => [left, high, left + w, high + h]);
      const box = boxes.find(
        ([a, b, c, d]) => a > 2 && b > 2 && c < width - 2 && d < height - 2 &&
          taken.every(([e, f, g, i]) => c < e || a > g || d < f || b > i),
      );
      if (!box) continue;
      taken.push(box);
      plate(paper, box, lines, one.state);
      count += 1;
      break;
    }
  }
}

function linesOf({ streams }: Placed, few: boolean, { now, language }: Told): [string, string][] {
  const single = streams.length === 1;
  const found = streams.slice(0, few ? MOST_LINES : 1).map(({ stream }): [string, string] => {
    const old = age(stream.time, now, language);
    const rest = single || !few ? `· ${old}` : `· ${stream.what} · ${old}`;
    return [stream.text, rest];
  });
  const [first] = found;
  if (first && !few && streams.length > 1) first[1] += ` · +${streams.length - 1}`;
  return found;
}

function plate(paper: CanvasRenderingContext2D, [left, top, right, bottom]: Box, lines: [string, string][], state: StationState): void {
  paper.fillStyle = "rgba(255,255,255,.94)";
  paper.strokeStyle = state === "alarm" ? "#b3261e" : state === "warning" ? "#9a6a00" : "rgba(40,55,65,.35)";
  paper.lineWidth = state === "alarm" || state === "warning" ? 1.6 : 1;
  paper.beginPath();
  paper.roundRect(left, top, right - left, bottom - top, 6);
  paper.fill();
  paper.stroke();
  paper.textBaseline = "middle";
  paper.textAlign = "left";
  lines.forEach(([value, rest], number) => {
    const y = top + 3 + LINE * (number + 0.5);
    paper.font = FONT;
    paper.fillStyle = "#16222b";
    paper.fillText(value, left + 7, y);
    const beside = left + 12 + written(paper, value, FONT);
    paper.font = SMALL;
    paper.fillStyle = "#47545d";
    paper.fillText(rest, beside, y);
  });
}

/** All that a sign stands for, a line each. */
export function describe({ station, streams, others }: Placed, { now, language }: Told): string {
  const lines = streams.slice(0, 12).map(({ stream }) => {
    const parts = [`${stream.what}: ${stream.text}`, age(stream.time, now, language), stream.note];
    return parts.filter(Boolean).join(" · ");
  });
  if (streams.length > 12) lines.push(`+${streams.length - 12} …`);
  const more = others.slice(0, 5).map(({ station: { name }, streams: [first] }) => `${name}: ${first?.stream.text ?? "–"}`);
  if (others.length > 5) more.push(`+${others.length - 5} …`);
  return [station.name, ...lines, ...more].filter(Boolean).join("\n");
}

const widths = new Map<string, number>();

/** Width of a text, remembered: few texts are new from one frame to the next. */
function written(paper: CanvasRenderingContext2D, text: string, font: string): number {
  const key = `${font}${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 5000) widths.clear();
    paper.font = font;
    widths.set(key, (width = paper.measureText(text).width));
  }
  return width;
}
