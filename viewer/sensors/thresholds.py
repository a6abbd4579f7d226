"""Thresholds of alert rules, as the map colours by them and the chart draws them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from twin.alerts.rule import AlertRule, rules
from twin.observations.unit import converted
from viewer.sensors.datastream import Datastream

if TYPE_CHECKING:
    from twin import Twin

State = Literal["normal", "warning", "alarm"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of a datastream.

    Attributes
    ----------
    kind : {"above", "below", "silent"}
        When it is crossed.
    limit : float
        In the datastream's unit; of ``silent`` the time without a reading. [s]
    state : {"warning", "alarm"}
        What it means.
    name : str
        Of the rule; empty for those who see no rules.
    """

    kind: str
    limit: float
    state: State
    name: str = ""

    def crossed(self, value: float | None) -> bool:
        """Whether a value lies beyond it."""
        if value is None or self.kind == "silent":
            return False
        return value > self.limit if self.kind == "above" else value < self.limit


@dataclass(slots=True)
class Thresholds:
    """Limits of all rules, found by datastream.

    Attributes
    ----------
    rules : list of AlertRule
    named : bool
        Whether their names are told.
    """

    rules: list[AlertRule]
    named: bool
    _by: dict[tuple[str, str], list[AlertRule]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rule in self.rules:
            self._by.setdefault((rule.sensor_id, rule.observed_property), []).append(rule)

    def of(self, stream: Datastream) -> list[Threshold]:
        """Limits of a datastream, in its unit, the gravest last; those of another kind of unit are none of it."""
        about = {(key, observed) for key in ("", stream.sensor_id) for observed in ("", stream.observed_property)}
        found = []
        for rule in (rule for key in about for rule in self._by.get(key, ())):
            limit = self._limit(rule, stream)
            # The district's rules are about every municipality's sensors.
            if limit is not None and (rule.ags == stream.ags or len(rule.ags) == 5):
                found.append(Threshold(rule.kind, limit, rule.severity, rule.name if self.named else ""))
        return sorted(found, key=lambda one: (one.state == "alarm", one.kind, one.limit, one.name))

    def signature(self) -> str:
        """What changes with any limit."""
        said = [(rule.ags, rule.name, rule.rule_id, rule.saved_at) for rule in self.rules]
        return hashlib.sha256(repr((self.named, said)).encode()).hexdigest()[:16]

    def _limit(self, rule: AlertRule, stream: Datastream) -> float | None:
        if rule.kind == "silent":
            return float(rule.silence) if rule.silence is not None else None
        if rule.threshold is None or not (rule.sensor_id or rule.observed_property):
            return None
        return converted(rule.threshold, rule.unit, stream.unit) if rule.unit else rule.threshold


def thresholds(twin: Twin) -> Thresholds:
    """Limits of all rules.

    A limit is told to whoever sees the readings that it is about; a rule's name only to those who are not the public,
    for it may name people.
    """
    with twin.registry.read() as transaction:
        found = rules(transaction)
    return Thresholds(found, twin.principal.role != "public")


def state_of(value: float | None, limits: list[Threshold]) -> State:
    """The gravest of the limits that a value crosses."""
    crossed = {limit.state for limit in limits if limit.crossed(value)}
    return "alarm" if "alarm" in crossed else "warning" if "warning" in crossed else "normal"
