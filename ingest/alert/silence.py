"""Silence: sensors of which nothing has been heard for too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ingest.alert.change import Change, new_id
from ingest.alert.moment import Now, text
from ingest.alert.readings import NEVER, Sensors
from ingest.alert.scope import Scope
from ingest.alert.threshold import Open
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule


def hear(
    rules: Iterable[AlertRule],
    sensors: Sensors,
    last: NDArray[np.int64],
    scope: Scope,
    going_on: Open,
    now: Now,
) -> Iterator[Change]:
    """What the clock says of silence: alerts that open, and those that end because the sensor speaks again.

    A sensor that was never heard of is silent since the rule was saved.

    Parameters
    ----------
    rules : iterable of AlertRule
        Rules of kind ``silent``.
    sensors : Sensors
        All of them.
    last : int array of shape (sensors,)
        When each was last heard of; `NEVER` if it never was.
    scope : Scope
        Which sensors rules are about.
    going_on : dict of rule to dict of (tenant, sensor) to Alert
        Alerts that are open.
    now : Now
        The present.
    """
    for rule in rules:
        since = np.where(last == NEVER, Now.of(rule.saved_at).micros, last)
        silent = now.micros - since > (rule.silence or 0) * 1_000_000
        told = going_on.get(rule.rule_id, {})
        for number in np.flatnonzero(silent & scope.sensors(rule, sensors)):
            if (sensors.ags[number], sensors.sensor_id[number]) not in told:
                yield Change("opened", _alert(rule, sensors, int(number), int(last[number]), now))
        for place, alert in told.items():
            found = sensors.index.get(place)
            if found is not None and not silent[found]:
                heard = "" if last[found] == NEVER else text(int(last[found]))
                yield Change("closed", replace(alert, closed_at=now.text, phenomenon_end=heard))


def gone(
    rules: Mapping[str, AlertRule], sensors: Sensors, scope: Scope, going_on: Iterable[Alert], now: Now
) -> Iterator[Change]:
    """Alerts of sensors that there are no longer, or that a rule is no longer about: they end, and nobody is told."""
    for alert in going_on:
        rule = rules.get(alert.rule_id)
        there = (alert.ags, alert.sensor_id) in sensors.index
        if rule is not None and not (there and scope.covers(rule, alert.ags)):
            yield Change("closed", replace(alert, closed_at=now.text), told=False)


def _alert(rule: AlertRule, sensors: Sensors, number: int, last: int, now: Now) -> Alert:
    return Alert(
        new_id(), rule.rule_id, rule.ags, sensors.ags[number], sensors.sensor_id[number], rule.name, rule.kind,
        rule.severity, None, rule.silence, now.text, phenomenon_time="" if last == NEVER else text(last),
    )  # fmt: skip
