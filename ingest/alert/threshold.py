"""Thresholds: what readings that have just come say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.alert.change import Change, new_id
from ingest.alert.course import Episode, episodes
from ingest.alert.moment import HORIZON, Now, text
from ingest.alert.readings import Readings, Sensors
from ingest.alert.scope import Scope
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule
from twin.observations.unit import converted

Place = tuple[str, str]
"""Tenant and sensor."""

Open = dict[str, dict[Place, Alert]]
"""Alerts that go on, of each rule."""

Limits = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Threshold and release of each sensor, in its unit; NaN where its unit is of another kind."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Holds readings against rules.

    Attributes
    ----------
    scope : Scope
        Which sensors rules are about.
    open : dict of rule to dict of (tenant, sensor) to Alert
        Alerts that go on.
    now : Now
        The present.
    """

    scope: Scope
    open: Open
    now: Now

    def judge(
        self,
        rules: Sequence[AlertRule],
        readings: Readings,
        marks: NDArray[np.int64],
        known: Callable[[], Iterable[Alert]],
        whole: Callable[[list[str]], Readings],
    ) -> list[Change]:
        """What readings change.

        Parameters
        ----------
        rules : sequence of AlertRule
            Rules of thresholds.
        readings : Readings
            Those that have come.
        marks : int array of shape (sensors,)
            Time of the latest reading of each sensor that has been looked at. A reading of just that time corrects it.
        known, whole : callable
            Give the alerts of thresholds, and all readings of some sensors, since the horizon.
        """
        is_late = readings.time < marks[readings.owner]
        changes = list(self.newer(rules, readings.chosen(~is_late)))
        if is_late.any():
            told = {one.alert_id: one for one in [*known(), *(change.alert for change in changes)]}
            changes += self.late(rules, readings.chosen(is_late), told.values(), whole)
        return changes

    def newer(self, rules: Iterable[AlertRule], readings: Readings) -> Iterator[Change]:
        """What readings that are newer than all before them change: they open alerts and close them."""
        for rule in rules:
            covered = self.scope.sensors(rule, readings.sensors)
            went_on = self._open_ones(rule, readings.sensors) & covered
            limits = _limits(rule, readings.sensors)
            for found in _by_sensor(_episodes(rule, readings, covered, limits, went_on)):
                yield from self._changes(rule, readings.sensors, limits[0], found)

    def late(
        self,
        rules: Iterable[AlertRule],
        readings: Readings,
        known: Iterable[Alert],
        whole: Callable[[list[str]], Readings],
    ) -> Iterator[Change]:
        """What readings that are older than others before them change: they tell of what is over, and nothing else.

        Whether and for how long they were beyond the threshold is seen from all that is stored; what an alert has told
        already is not told again.

        Parameters
        ----------
        rules : iterable of AlertRule
            Rules of thresholds.
        readings : Readings
            Those that came late.
        known : iterable of Alert
            Alerts of these rules and sensors, those of this look among them.
        whole : callable
            Gives all readings of some sensors since the horizon.
        """
        # Also one that is not beyond: it may part an episode in two, of which one has not been told.
        came = _times(readings)
        everything = whole(sorted({sensor_id for _, sensor_id in came}))
        told: dict[tuple[str, str, str], list[Alert]] = {}
        for alert in known:
            told.setdefault((alert.rule_id, alert.ags, alert.sensor_id), []).append(alert)
        for rule in rules:
            sensors, limits = everything.sensors, _limits(rule, everything.sensors)
            nobody = np.zeros(len(sensors), bool)
            for found in _by_sensor(_episodes(rule, everything, self.scope.sensors(rule, sensors), limits, nobody)):
                place = _place(sensors, found[0])
                others = told.get((rule.rule_id, *place), [])
                # Where the present is beyond, the next reading will say so.
                over = [
                    one for one in found if not (one.goes_on and _is_beyond(rule, one.final, limits[0][one.sensor]))
                ]
                news = [_holds(came.get(place), one) and not _is_told(others, one) for one in over]
                told_now = any(not other.closed_at or other.closed_at == self.now.text for other in others)
                # One alert for all between two that have been told of already.
                for is_new, group in groupby(zip(over, news, strict=True), lambda pair: pair[1]):
                    if is_new:
                        yield from self._past(rule, sensors, limits[0], [one for one, _ in group], told=not told_now)
                        told_now = True

    def _changes(
        self, rule: AlertRule, sensors: Sensors, limit: NDArray[np.float64], found: list[Episode]
    ) -> Iterator[Change]:
        """What the episodes of one sensor change."""
        first, last = found[0], found[-1]
        if first.went_on:
            yield from self._gone_on(self.open[rule.rule_id][_place(sensors, first)], first)
        rest = [one for one in found if not one.went_on]
        opens = bool(rest) and last.goes_on and last.last >= self.now.micros - HORIZON
        yield from self._past(rule, sensors, limit, [one for one in rest if not one.goes_on], told=not opens)
        if opens:
            yield Change("opened", self._alert(rule, sensors, limit, [last]))

    def _gone_on(self, alert: Alert, episode: Episode) -> Iterator[Change]:
        further = alert.further(episode.extreme)
        known = replace(alert, extreme=episode.extreme) if further else alert
        if not episode.goes_on:
            yield Change("closed", replace(known, closed_at=self.now.text, phenomenon_end=text(episode.last)))
        elif further:
            yield Change(None, known)

    def _past(
        self, rule: AlertRule, sensors: Sensors, limit: NDArray[np.float64], found: list[Episode], *, told: bool
    ) -> Iterator[Change]:
        """One alert for all that began and ended: nobody wants forty messages of one night."""
        since = max(self.now.micros - HORIZON, Now.of(rule.saved_at).micros)
        found = [one for one in found if one.last >= since]
        if found:
            alert = self._alert(rule, sensors, limit, found)
            ended = replace(alert, closed_at=self.now.text, phenomenon_end=text(found[-1].last))
            yield Change("passed", ended, told)

    def _alert(self, rule: AlertRule, sensors: Sensors, limit: NDArray[np.float64], found: list[Episode]) -> Alert:
        first = found[0]
        extremes = [one.extreme for one in found]
        return Alert(
            new_id(), rule.rule_id, rule.ags, sensors.ags[first.sensor], sensors.sensor_id[first.sensor], rule.name,
            rule.kind, rule.severity, float(limit[first.sensor]), None, self.now.text,
            phenomenon_time=text(first.first), result=first.result,
            extreme=max(extremes) if rule.kind == "above" else min(extremes),
        )  # fmt: skip

    def _open_ones(self, rule: AlertRule, sensors: Sensors) -> NDArray[np.bool_]:
        found = np.zeros(len(sensors), bool)
        for place in self.open.get(rule.rule_id, ()):
            number = sensors.index.get(place)
            if number is not None:
                found[number] = True
        return found


def by_rule(alerts: Iterable[Alert]) -> Open:
    """Alerts that are open, as a watcher finds them."""
    found: Open = {}
    for one in alerts:
        found.setdefault(one.rule_id, {})[one.ags, one.sensor_id] = one
    return found


def _episodes(
    rule: AlertRule, readings: Readings, covered: NDArray[np.bool_], limits: Limits, went_on: NDArray[np.bool_]
) -> list[Episode]:
    """Episodes of the sensors that a rule is about; of those that nothing happened to, nothing is computed."""
    limit, release = limits
    beyond = _is_beyond(rule, readings.value, limit[readings.owner])
    touched = went_on.copy()
    touched[readings.owner[beyond]] = True
    touched &= covered
    if not touched.any():
        return []
    return episodes(readings.chosen(touched[readings.owner]), rule.kind == "above", limit, release, went_on)


def _is_beyond(rule: AlertRule, value: Any, limit: Any) -> Any:
    """Whether values lie beyond limits: of a value and a limit, or of arrays of them."""
    return value > limit if rule.kind == "above" else value < limit


def _limits(rule: AlertRule, sensors: Sensors) -> Limits:
    known, codes = sensors.coded("unit")
    pairs = np.array([_in_unit(rule, code) for code in known] or [(np.nan, np.nan)])
    return pairs[codes, 0], pairs[codes, 1]


def _in_unit(rule: AlertRule, code: str) -> tuple[float, float]:
    """Threshold and release in a sensor's unit."""
    values = (rule.threshold if rule.threshold is not None else np.nan, rule.released)
    if not rule.unit:
        return values
    limit, release = (converted(value, rule.unit, code) for value in values)
    return (np.nan, np.nan) if limit is None or release is None else (limit, release)


def _by_sensor(found: list[Episode]) -> Iterator[list[Episode]]:
    group: list[Episode] = []
    for one in found:
        if group and group[0].sensor != one.sensor:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _times(readings: Readings) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Times of the readings of each sensor."""
    sensors = readings.sensors
    owners, starts = np.unique(readings.owner, return_index=True)
    parts = np.split(readings.time, starts[1:])
    return {(sensors.ags[number], sensors.sensor_id[number]): part for number, part in zip(owners, parts, strict=True)}


def _holds(times: NDArray[np.int64] | None, episode: Episode) -> bool:
    """Whether one of these times lies within an episode."""
    if times is None:
        return False
    return bool(np.searchsorted(times, episode.first) < np.searchsorted(times, episode.last, side="right"))


def _is_told(alerts: Iterable[Alert], episode: Episode) -> bool:
    """Whether one of these alerts tells of an episode, or of a part of it."""
    first, last = text(episode.first), text(episode.last)
    return any(
        one.phenomenon_time <= last and (not one.phenomenon_end or first <= one.phenomenon_end) for one in alerts
    )


def _place(sensors: Sensors, episode: Episode) -> Place:
    return sensors.ags[episode.sensor], sensors.sensor_id[episode.sensor]
