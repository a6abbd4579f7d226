import assert from "node:assert/strict";
import { test } from "node:test";
import { age, ranked, stateOf, type StationStream } from "../../../viewer/engine/src/station_data";

const stream = (more: Partial<StationStream>): StationStream => ({
  id: "s", what: "Wasserstand", text: "3,42 m", time: 1000, stale: 2000, state: "normal", icon: 0, ...more,
});

test("ages are told in the words of the language", () => {
  const told: [number, string, string][] = [
    [20, "gerade eben", "just now"],
    [300, "vor 5 min", "5 min ago"],
    [7200, "vor 2 h", "2 h ago"],
    [86400 * 1.6, "vor 2 Tagen", "2 days ago"],
    [86400 * 100, "vor 3 Monaten", "3 months ago"],
    [86400 * 1500, "vor 4 Jahren", "4 years ago"],
    [-50, "gerade eben", "just now"],
  ];
  for (const [seconds, de, en] of told) {
    assert.equal(age(1e9 - seconds, 1e9, "de"), de);
    assert.equal(age(1e9 - seconds, 1e9, "en"), en);
  }
  assert.equal(age(null, 1e9, "de"), "keine Messwerte");
});

test("what nobody heard of is stale, whatever its last value was", () => {
  assert.equal(stateOf(stream({ state: "alarm" }), 1500), "alarm");
  assert.equal(stateOf(stream({ state: "alarm" }), 2500), "stale");
  assert.equal(stateOf(stream({ time: null, stale: null }), 0), "stale");
});

test("silence that a rule speaks of is a warning or an alarm", () => {
  const silent = stream({ silent: [[2200, "warning"], [2600, "alarm"]] });
  assert.equal(stateOf(silent, 2100), "stale");
  assert.equal(stateOf(silent, 2300), "warning");
  assert.equal(stateOf(silent, 2700), "alarm");
});

test("the gravest comes first, and else the station's own order stands", () => {
  const streams = [
    stream({ id: "old", stale: 0 }),
    stream({ id: "main" }),
    stream({ id: "low", state: "warning" }),
    stream({ id: "high", state: "alarm" }),
  ];
  const station = { ags: "", name: "", at: [0, 0, 0] as [number, number, number], streams };
  assert.deepEqual(ranked(station, 1500).map((one) => one.stream.id), ["high", "low", "old", "main"]);
});
