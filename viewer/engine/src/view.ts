/** Mathematics of the view: a point looked at, a distance, two angles. Free of three.js, so that it runs anywhere. */

import type { View } from "./types";

export const MAX_TILT = 82;
export const MIN_DISTANCE = 15;

const RADIAN = Math.PI / 180;

export function normalAzimuth(azimuth: number): number {
  return ((azimuth % 360) + 360) % 360;
}

/** Signed turn [°] that leads from one azimuth to another the short way. */
export function turn(from: number, to: number): number {
  return ((to - from + 540) % 360 + 360) % 360 - 180;
}

export function clampView(view: View, maxDistance: number): View {
  return {
    ...view,
    azimuth: normalAzimuth(view.azimuth),
    tilt: Math.min(MAX_TILT, Math.max(0, view.tilt)),
    distance: Math.min(maxDistance, Math.max(MIN_DISTANCE, view.distance)),
  };
}

/** Unit vector of the line of sight: east, north, up. */
export function sight(view: Pick<View, "azimuth" | "tilt">): [number, number, number] {
  const azimuth = view.azimuth * RADIAN;
  const tilt = view.tilt * RADIAN;
  return [Math.sin(azimuth) * Math.sin(tilt), Math.cos(azimuth) * Math.sin(tilt), -Math.cos(tilt)];
}

/** View between two; distances go linearly, so that a zoom about the cursor keeps the point under it. */
export function between(from: View, to: View, share: number): View {
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return {
    east: mix(from.east, to.east),
    north: mix(from.north, to.north),
    height: mix(from.height, to.height),
    distance: mix(from.distance, to.distance),
    azimuth: normalAzimuth(from.azimuth + turn(from.azimuth, to.azimuth) * share),
    tilt: mix(from.tilt, to.tilt),
  };
}

/** Whether two views cannot be told apart on the screen. */
export function same(a: View, b: View): boolean {
  const reach = Math.max(a.distance, 1);
  return (
    Math.hypot(a.east - b.east, a.north - b.north, a.height - b.height) < reach * 2e-4 &&
    Math.abs(a.distance - b.distance) < reach * 2e-4 &&
    Math.abs(turn(a.azimuth, b.azimuth)) < 0.02 &&
    Math.abs(a.tilt - b.tilt) < 0.02
  );
}

/** Moves the point looked at towards `east`, `north`, `height` as the distance shrinks by `factor`. */
export function zoomAbout(view: View, east: number, north: number, height: number, factor: number): View {
  return {
    ...view,
    east: east + (view.east - east) * factor,
    north: north + (view.north - north) * factor,
    height: height + (view.height - height) * factor,
    distance: view.distance * factor,
  };
}

/** View of a whole extent, from the south, at a slant. */
export function overview(extent: readonly number[], height: number, aspect: number, fieldOfView: number): View {
  const [west = 0, south = 0, east = 0, north = 0] = extent;
  const half = Math.tan((fieldOfView / 2) * RADIAN);
  const wide = (east - west) / 2 / (half * Math.max(aspect, 0.5));
  const deep = (north - south) / 2 / half;
  return {
    east: (west + east) / 2,
    north: (south + north) / 2,
    height,
    distance: Math.max(wide, deep * 0.8, 200) * 1.05,
    azimuth: 0,
    tilt: 48,
  };
}

/** Rounds what leaves the engine: decimetres and tenths of a degree are enough for a URL. */
export function rounded(view: View): View {
  const to = (value: number, digits: number): number => Number(value.toFixed(digits));
  return {
    east: to(view.east, 1),
    north: to(view.north, 1),
    height: to(view.height, 1),
    distance: to(view.distance, 1),
    azimuth: to(view.azimuth, 1),
    tilt: to(view.tilt, 1),
  };
}
