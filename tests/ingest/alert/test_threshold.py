"""Whatever the order and in whatever deliveries readings come, alerts tell the same of them: against a plain model."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.alert.moment import Now, text
from ingest.alert.readings import NEVER, Readings, Sensors
from ingest.alert.scope import Scope
from ingest.alert.threshold import Watcher, by_rule
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule

AGS, MINUTE = "05974040", 60_000_000
START = Now.of("2026-06-01T00:00:00.000000+00:00")
SENSORS = Sensors([AGS] * 3, ["a", "b", "c"], ["noise"] * 3, ["dB"] * 3)
VALUES = [1.0, 2.0, 2.5, 3.0, 4.0, 5.0]

Reading = tuple[int, int, float]
"""Sensor, minute, value."""


@dataclass
class World:
    """A store, a registry and a watch of one rule."""

    rule: AlertRule
    stored: dict[tuple[int, int], float] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    looks: int = 0

    def land(self, delivery: list[Reading]) -> list[str | None]:
        """Take a delivery in and look at it; gives what happened."""
        self.stored.update({(sensor, minute): value for sensor, minute, value in delivery})
        self.looks += 1
        now = Now.of(text(START.micros + (10_000 + self.looks) * MINUTE))
        going_on = [one for one in self.alerts.values() if one.is_open]
        watcher = Watcher(Scope({AGS: frozenset({AGS})}), by_rule(going_on), now)
        brought = {(sensor, minute): self.stored[sensor, minute] for sensor, minute, _ in delivery}
        marks = np.array([self.marks.get(sensor, NEVER) for sensor in range(3)])
        changes = watcher.judge(
            [self.rule], _readings(brought), marks, self.alerts.values, lambda _: _readings(self.stored)
        )
        for change in changes:
            self.alerts[change.alert.alert_id] = change.alert
        for sensor, minute, _ in delivery:
            self.marks[sensor] = max(self.marks.get(sensor, NEVER), _micros(minute))
        assert len({(one.sensor_id) for one in self.alerts.values() if one.is_open}) == sum(
            one.is_open for one in self.alerts.values()
        )
        return [change.occasion for change in changes]

    def of(self, sensor: int) -> list[Alert]:
        """Alerts of a sensor, by time."""
        found = [one for one in self.alerts.values() if one.sensor_id == SENSORS.sensor_id[sensor]]
        return sorted(found, key=lambda one: one.phenomenon_time)

    def episodes(self, sensor: int) -> list[tuple[str, str]]:
        """The plain model: a loop over all readings of a sensor, by time."""
        found: list[list[str]] = []
        going_on = False
        sign = 1 if self.rule.kind == "above" else -1
        for (_, minute), value in sorted((key, value) for key, value in self.stored.items() if key[0] == sensor):
            if not going_on and sign * value > sign * (self.rule.threshold or 0):
                found.append([text(_micros(minute)), ""])
                going_on = True
            elif going_on and sign * value <= sign * self.rule.released:
                found[-1][1] = text(_micros(minute))
                going_on = False
        return [(first, last) for first, last in found]


def _micros(minute: int) -> int:
    return START.micros + minute * MINUTE


def _readings(stored: dict[tuple[int, int], float]) -> Readings:
    keys = sorted(stored)
    return Readings(
        SENSORS,
        np.array([sensor for sensor, _ in keys], np.int64),
        np.array([_micros(minute) for _, minute in keys], np.int64),
        np.array([stored[key] for key in keys], np.float64),
    )


@st.composite
def _rules(draw: st.DrawFn) -> AlertRule:
    above, band = draw(st.booleans()), draw(st.sampled_from([0.0, 1.0]))
    threshold = 3.0 if above else 2.0
    return AlertRule(
        AGS, "r", "above" if above else "below", "r", observed_property="noise", threshold=threshold,
        release=threshold - band if above else threshold + band, saved_at=START.text,
    )  # fmt: skip


@st.composite
def _deliveries(draw: st.DrawFn, ordered: bool) -> list[list[Reading]]:
    """Readings of three sensors, each minute's once, in deliveries."""
    count = draw(st.integers(0, 24))
    readings = [(n % 3, 1 + n // 3, draw(st.sampled_from(VALUES))) for n in range(count)]
    if not ordered:
        readings = draw(st.permutations(readings))
    cuts = sorted(draw(st.lists(st.integers(0, count), max_size=6)))
    return [readings[first:last] for first, last in zip([0, *cuts], [*cuts, count], strict=True) if first < last]


@given(rule=_rules(), deliveries=_deliveries(ordered=True))
def test_in_order_alerts_are_the_episodes_however_they_are_cut(rule, deliveries) -> None:
    world = World(rule)
    for delivery in deliveries:
        world.land(delivery)
    for sensor in range(3):
        told, wanted = world.of(sensor), world.episodes(sensor)
        assert all(one.phenomenon_end <= other.phenomenon_time for one, other in pairwise(told))
        assert {one.phenomenon_time for one in told} <= {first for first, _ in wanted}
        assert {one.phenomenon_end for one in told} <= {last for _, last in wanted}
        for first, last in wanted:  # those that passed in one look are told together
            assert any(_tells(one, first, last) for one in told)
        assert [one.is_open for one in told[-1:]] == [not last for _, last in wanted[-1:]]


@given(rule=_rules(), deliveries=_deliveries(ordered=False))
@settings(max_examples=300)
def test_in_any_order_nothing_is_missed_and_nothing_is_invented(rule, deliveries) -> None:
    world = World(rule)
    for delivery in deliveries:
        world.land(delivery)
    for sensor in range(3):
        told, wanted = world.of(sensor), world.episodes(sensor)
        assert all(_tells(one, *episode) for episode in wanted for one in [_first(told, *episode)])
        assert all(any(_tells(one, *episode) for episode in wanted) for one in told)
        latest = max(((minute, value) for (own, minute), value in world.stored.items() if own == sensor), default=None)
        if latest and rule.release == rule.threshold:  # without a band, the latest reading alone decides
            beyond = latest[1] > rule.threshold if rule.kind == "above" else latest[1] < rule.threshold
            assert any(one.is_open for one in told) == beyond
        for one in told:
            assert one.extreme is not None
            assert one.extreme > rule.threshold if rule.kind == "above" else one.extreme < rule.threshold


@given(rule=_rules(), deliveries=_deliveries(ordered=False), data=st.data())
def test_what_comes_again_says_nothing_new(rule, deliveries, data) -> None:
    world = World(rule)
    for delivery in deliveries:
        world.land(delivery)
    before = dict(world.alerts)
    for delivery in data.draw(st.permutations(deliveries)):
        assert world.land(delivery) == []
    assert world.alerts == before


def _first(told: list[Alert], first: str, last: str) -> Alert:
    found = next((one for one in told if _tells(one, first, last)), None)
    assert found is not None, f"nobody was told of {first} to {last}"
    return found


def _tells(alert: Alert, first: str, last: str) -> bool:
    """Whether an alert and an episode have a moment in common; empty ends go on."""
    return (not last or alert.phenomenon_time <= last) and (not alert.phenomenon_end or first <= alert.phenomenon_end)
