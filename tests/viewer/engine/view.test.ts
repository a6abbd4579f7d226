import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyRings, readBorders } from "../../../viewer/engine/src/borders";
import { pressed } from "../../../viewer/engine/src/controls";
import { drape, sharpEdges } from "../../../viewer/engine/src/lines";
import { readScene } from "../../../viewer/engine/src/types";
import { between, clampView, normalAzimuth, overview, same, sight, turn, zoomAbout } from "../../../viewer/engine/src/view";

const view = { east: 432000, north: 5712000, height: 100, distance: 500, azimuth: 350, tilt: 60 };
const close = (a: number, b: number, by = 1e-9): void => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

test("azimuths turn the short way", () => {
  close(turn(350, 10), 20);
  close(turn(10, 350), -20);
  close(normalAzimuth(-90), 270);
  close(between(view, { ...view, azimuth: 10 }, 0.5).azimuth, 0);
});

test("straight down and due north are what they say", () => {
  sight({ azimuth: 123, tilt: 0 }).forEach((value, i) => close(value, [0, 0, -1][i]!));
  sight({ azimuth: 90, tilt: 90 }).forEach((value, i) => close(value, [1, 0, 0][i]!));
});

test("a zoom keeps the point under the cursor on its line of sight", () => {
  const point = [432100, 5712050, 110] as const;
  const after = zoomAbout(view, ...point, 0.5);
  const eye = (v: typeof view): number[] => {
    const [x, y, z] = sight(v);
    return [v.east - x * v.distance, v.north - y * v.distance, v.height - z * v.distance];
  };
  const [a, b] = [eye(view), eye(after)];
  for (let i = 0; i < 3; i++) close(point[i]! - b[i]!, (point[i]! - a[i]!) * 0.5, 1e-6);
});

test("views stay within their limits", () => {
  const wild = clampView({ ...view, tilt: 120, distance: 1, azimuth: 725 }, 10000);
  assert.equal(wild.tilt, 82);
  assert.equal(wild.distance, 15);
  close(wild.azimuth, 5);
  assert.ok(same(view, { ...view, east: view.east + 0.01 }));
  assert.ok(!same(view, { ...view, tilt: 61 }));
});

test("the overview holds the whole extent", () => {
  const home = overview([430000, 5710000, 434000, 5714000], 90, 16 / 9, 38);
  close(home.east, 432000);
  assert.ok(home.distance * Math.tan((19 * Math.PI) / 180) * (16 / 9) > 2000);
});

test("keys move, turn and zoom, and leave others alone", () => {
  const south = { ...view, azimuth: 180 };
  assert.ok(pressed("ArrowUp", false, south)!.north < view.north);
  assert.ok(pressed("ArrowRight", false, south)!.east < view.east);
  close(pressed("ArrowLeft", true, view)!.azimuth, 340);
  assert.ok(pressed("+", false, view)!.distance < view.distance);
  assert.ok(pressed("-", false, view)!.distance > view.distance);
  assert.equal(pressed("N", true, view)!.azimuth, 0);
  assert.equal(pressed("Tab", false, view), null);
});

test("a ring is draped in short pieces at the ground's height", () => {
  const points = drape([[0, 0], [20, 0], [20, 10]], 5, 0.5, (x) => x / 10);
  assert.equal(points.length, 7);
  for (const [x = 0, , z = 0] of points) close(z, x / 10 + 0.5);
});

test("the edges of a box are its twelve, not its diagonals", () => {
  const faces: number[][][] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const level of [0, 1]) {
      const corner = (u: number, v: number): number[] => {
        const point = [0, 0, 0];
        point[axis] = level;
        point[(axis + 1) % 3] = u;
        point[(axis + 2) % 3] = v;
        return point;
      };
      faces.push([corner(0, 0), corner(1, 0), corner(1, 1)], [corner(0, 0), corner(1, 1), corner(0, 1)]);
    }
  }
  assert.equal(sharpEdges(Float32Array.from(faces.flat(2))).length, 12 * 6);
});

test("borders come plain or as several lines, and empty municipalities by their rings", () => {
  const ring = [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 0, 1]];
  assert.deepEqual(readBorders({ borders: [{ ags: "1", lines: [ring, ring] }] }).length, 2);
  assert.deepEqual(readBorders([{ ags: "1", line: ring }, { ags: "2", line: ring }]).length, 2);
  assert.deepEqual(emptyRings(readBorders([{ ags: "1", line: ring }, { ags: "2", line: ring }]), new Set(["2"])), [ring]);
});

test("a scene's optional entries may be absent", () => {
  const scene = readScene({ extent: [0, 0, 10, 20] });
  assert.deepEqual(scene.origin, [5, 10]);
  assert.deepEqual(scene.attribution, []);
  assert.equal(scene.drapes, null);
});
