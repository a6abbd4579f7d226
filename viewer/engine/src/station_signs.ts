/** Signs of stations: the shape says the state, beside the colour; the picture in it the quantity. */

import type { StationState } from "./station_data";

/** Width of a sign [CSS px]. */
export const SIGN = 30;

/** Colours that keep apart also for who does not see red or green (after Okabe and Ito). */
export const COLOURS: Record<StationState, string> = {
  normal: "#0b6aa6",
  warning: "#e69f00",
  alarm: "#b3261e",
  stale: "#6b7780",
};

/** Outlines on a sheet of 32 × 32: a circle, a triangle, a square on its point, an open circle. */
export const OUTLINES: Record<StationState, string> = {
  normal: "M16 3a13 13 0 1 1 0 26 13 13 0 0 1 0-26z",
  warning: "M16 1.5 31 29H1z",
  alarm: "M16 .5 31.5 16 16 31.5.5 16z",
  stale: "M16 3a13 13 0 1 1 0 26 13 13 0 0 1 0-26z",
};

/** Draws the sign of a state and a quantity about the middle of the paper's origin. */
export function drawSign(paper: CanvasRenderingContext2D, state: StationState, icon: Path2D, size = SIGN): void {
  const outline = new Path2D(OUTLINES[state]);
  paper.save();
  paper.scale(size / 32, size / 32);
  paper.translate(-16, -16);
  paper.lineJoin = "round";
  paper.shadowColor = "rgba(20, 30, 40, 0.5)";
  paper.shadowBlur = 5;
  paper.strokeStyle = "#ffffff";
  paper.lineWidth = 4;
  paper.stroke(outline);
  paper.shadowColor = "transparent";
  paper.fillStyle = state === "stale" ? "#ffffff" : COLOURS[state];
  paper.fill(outline);
  if (state === "stale") {
    paper.strokeStyle = COLOURS.stale;
    paper.lineWidth = 2.2;
    paper.setLineDash([4, 2.6]);
    paper.stroke(outline);
    paper.setLineDash([]);
  }
  const [scale, low] = state === "warning" ? [0.56, 21] : [0.7, 16];
  paper.translate(16 - 12 * scale, low - 12 * scale);
  paper.scale(scale, scale);
  // White on amber is too faint to read.
  paper.fillStyle = state === "stale" ? COLOURS.stale : state === "warning" ? "#1d1500" : "#ffffff";
  paper.fill(icon, "evenodd");
  paper.restore();
}
