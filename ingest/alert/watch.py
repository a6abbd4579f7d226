"""The watch: looks at readings that have landed and at the clock, and keeps what there is to tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from ingest.alert.change import Change, record
from ingest.alert.moment import HORIZON, Clock, Now, text, utc
from ingest.alert.readings import NEVER, Readings, brought, known, latest, stored
from ingest.alert.scope import Scope, scope
from ingest.alert.silence import gone, hear
from ingest.alert.threshold import Watcher, by_rule
from twin import Twin
from twin.alerts.alert import Alert, alerts
from twin.alerts.rule import AlertRule, rules
from twin.reading import Reading
from twin.registry import Transaction, execute, insert, rows, scalar

LOOKED = "alerts_looked"
"""Setting: number of the last moment whose deliveries have been looked at."""

_EVERYTHING = 1 << 62
_MOST = 1000  # deliveries that are looked at at once; a look every minute never meets so many

_PENDING = """
    SELECT d.delivery_id, d.seq FROM delivery d
    WHERE d.state = 'committed' AND d.seq > :looked AND (d.committed_at >= :since OR d.delivery_id = :id) AND EXISTS (
        SELECT 1 FROM delivery_count c
        WHERE c.delivery_id = d.delivery_id AND c.layer = 'observation' AND c.kind = 'loaded')
    ORDER BY d.seq DESC LIMIT :most"""


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the registry holds as a look begins."""

    rules: list[AlertRule]
    scope: Scope
    open: list[Alert]
    marks: dict[tuple[str, str], int]
    pending: list[str]
    looked: int

    @property
    def thresholds(self) -> list[AlertRule]:
        return [rule for rule in self.rules if rule.kind != "silent"]

    @property
    def silences(self) -> list[AlertRule]:
        return [rule for rule in self.rules if rule.kind == "silent"]


def look(twin: Twin, delivery_id: str | None = None, clock: Clock = utc) -> list[Change]:
    """Open and close alerts; gives what has changed.

    Deliveries of readings that have landed since the last look are held against the thresholds, all of their readings
    and not only the latest: a peak between two landings is told of too. A delivery is looked at once, whoever calls how
    often, and none is left out if a process was killed between landing and look. Without a delivery, silence is looked
    at as well.

    Parameters
    ----------
    twin : Twin
        The operator's.
    delivery_id : str or None
        What has just landed; None for the look by the clock.
    clock : callable
        Gives the present.
    """
    with twin.registry.read() as transaction:
        if not scalar(transaction, "SELECT count(*) FROM alert_rule"):
            return []
    with twin.home.lock("alerts"):
        now = Now.by(clock)
        with twin.registry.read() as transaction:
            sight = _sight(transaction, now, delivery_id or "")
        changes: list[Change] = []
        marks: dict[tuple[str, str], int] = {}
        reading = twin.reading()
        if sight.pending:
            changes, marks = _readings(twin, reading, sight, now)
        if delivery_id is None and (sight.silences or sight.open):
            changes += _clock(reading, sight, _still_open(sight.open, changes), now)
        if not changes and not sight.pending:
            return []
        with twin.registry.write() as transaction:
            kept = {rule.rule_id: rule for rule in rules(transaction)}
            reach = scope(transaction, {rule.ags for rule in kept.values()}, now.text)
            _keep_marks(transaction, {place: at for place, at in marks.items() if _is_shared(reach, place[0])})
            if sight.pending:
                execute(transaction, "DELETE FROM setting WHERE name = :name", name=LOOKED)
                insert(transaction, "setting", [{"name": LOOKED, "value": str(sight.looked)}])
            return record(transaction, changes, kept, reach, now.text)


def _sight(transaction: Transaction, now: Now, delivery_id: str) -> _Sight:
    kept = rules(transaction)
    since = min((rule.saved_at for rule in kept if rule.kind != "silent"), default="")
    looked = int(scalar(transaction, "SELECT value FROM setting WHERE name = :name", name=LOOKED) or 0)
    found = rows(transaction, _PENDING, looked=looked, since=since, id=delivery_id, most=_MOST) if since else []
    marks = rows(transaction, "SELECT * FROM alert_mark") if found else []
    return _Sight(
        kept,
        scope(transaction, {rule.ags for rule in kept}, now.text),
        alerts(transaction, open_only=True, limit=_EVERYTHING),
        {(row["ags"], row["sensor_id"]): Now.of(row["phenomenon_time"]).micros for row in marks},
        [row["delivery_id"] for row in found],
        max([looked, *(int(row["seq"]) for row in found)]),
    )


def _readings(twin: Twin, reading: Reading, sight: _Sight, now: Now) -> tuple[list[Change], dict[tuple[str, str], int]]:
    """What readings change, and up to when each sensor's have been looked at now."""
    horizon = now.micros - HORIZON
    batch = brought(reading, sight.pending, horizon)
    watched = np.zeros(len(batch.sensors), bool)
    for rule in sight.thresholds:
        watched |= sight.scope.sensors(rule, batch.sensors)
    batch = batch.chosen(watched[batch.owner])
    if not batch.owner.size:
        return [], {}
    marks = _marks(reading, sight, batch, horizon)

    def told() -> list[Alert]:
        with twin.registry.read() as transaction:
            return alerts(transaction, since=text(horizon), limit=_EVERYTHING)

    watcher = Watcher(sight.scope, by_rule(sight.open), now)
    changes = watcher.judge(sight.thresholds, batch, marks, told, lambda ids: stored(reading, ids, horizon))
    places = list(batch.sensors.index)
    ends = np.maximum(batch.last, marks)
    moved = np.flatnonzero((batch.last != NEVER) & (ends != NEVER))
    return changes, {
        places[number]: int(ends[number]) for number in moved if sight.marks.get(places[number]) != ends[number]
    }


def _marks(reading: Reading, sight: _Sight, batch: Readings, horizon: int) -> NDArray[np.int64]:
    """Up to when each sensor's readings have been looked at; of a new one, to the latest that is not of the batch."""
    found = np.array([sight.marks.get(place, NEVER) for place in batch.sensors.index], np.int64)
    unknown = np.flatnonzero((found == NEVER) & (batch.last != NEVER))
    if unknown.size:
        ids = sorted({batch.sensors.sensor_id[number] for number in unknown})
        whole = stored(reading, ids, horizon)
        for place, last in zip(whole.sensors.index, whole.last, strict=True):
            number = batch.sensors.index.get(place)
            if number is not None and found[number] == NEVER and last > batch.last[number]:
                found[number] = last
    return found


def _clock(reading: Reading, sight: _Sight, still: list[Alert], now: Now) -> Iterator[Change]:
    """What the clock changes."""
    named = {rule.rule_id: rule for rule in sight.rules}
    if not sight.silences:
        yield from gone(named, known(reading), sight.scope, still, now)
        return
    longest = max(rule.silence or 0 for rule in sight.silences)
    sensors, last = latest(reading, now.micros - longest * 1_000_000)
    over = list(gone(named, sensors, sight.scope, still, now))
    yield from over
    yield from hear(sight.silences, sensors, last, sight.scope, by_rule(_still_open(still, over)), now)


def _still_open(open_: list[Alert], changes: Iterable[Change]) -> list[Alert]:
    ended = {change.alert.alert_id for change in changes if change.occasion == "closed"}
    return [one for one in open_ if one.alert_id not in ended]


def _is_shared(reach: Scope, ags: str) -> bool:
    return any(ags in tenants for tenants in reach.tenants.values())


def _keep_marks(transaction: Transaction, marks: dict[tuple[str, str], int]) -> None:
    sql = """INSERT INTO alert_mark (ags, sensor_id, phenomenon_time) VALUES (:ags, :sensor_id, :at)
             ON CONFLICT (ags, sensor_id) DO UPDATE SET phenomenon_time = excluded.phenomenon_time"""
    entries = [{"ags": ags, "sensor_id": sensor_id, "at": text(at)} for (ags, sensor_id), at in marks.items()]
    if entries:
        transaction.execute(sa.text(sql), entries)
