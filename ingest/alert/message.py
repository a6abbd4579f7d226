"""The outbox: messages about alerts, sent beside the landing of readings, again until they arrive or are given up."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from filelock import Timeout

from ingest.alert import mail, webhook
from ingest.alert.letter import Event, Letter
from ingest.alert.moment import Clock, Now, utc
from ingest.alert.place import places
from ingest.alert.scope import Scope, scope
from twin import Twin
from twin.alerts.alert import Alert, alerts
from twin.alerts.rule import AlertRule, rules
from twin.errors import TwinError
from twin.language import Text
from twin.registry import Row, Transaction, execute, moment_text, rows

ATTEMPTS = 12
"""How often a message is tried; then it is given up. By the back-off that is most of a day."""

FIRST, LONGEST = 60.0, 6 * 3600.0
"""Pause after the first failure, doubled with each, and the longest one. [s]"""

KEPT = 90
"""How long messages that have arrived are kept; alerts stay. [d]"""

_TOGETHER = 200  # alerts that one message tells of at most
_MOST = 5000  # messages that are looked at in one call
_AT_ONCE = 4  # connections
_BUDGET = 30.0  # [s] after which nothing more is begun in one call

_log = logging.getLogger("twin.alert")
_SENDERS: dict[str, Callable[[Letter, Now], None]] = {"webhook": webhook.post, "email": mail.send}
_NOT_SHARED = Text("die Sensoren sind nicht mehr freigegeben", "the sensors are no longer shared")
_NO_WAY = Text("die Regel nennt diesen Weg nicht mehr", "the rule no longer names this way")
_FAULT = Text("unerwarteter Fehler ({kind})", "unexpected fault ({kind})")

# A message that ends an alert waits for the one that opened it. A clock that was set back must not hold one for years.
_DUE = """
    SELECT m.* FROM alert_message m
    WHERE m.sent_at = '' AND m.next_at <> '' AND (m.next_at <= :now OR m.next_at > :far) AND NOT EXISTS (
        SELECT 1 FROM alert_message e
        WHERE e.alert_id = m.alert_id AND e.channel = m.channel AND e.occasion = 'opened' AND m.occasion = 'closed'
            AND e.sent_at = '' AND e.next_at <> '')
    ORDER BY m.next_at, m.alert_id LIMIT :most"""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one letter.

    Attributes
    ----------
    channel : str
        ``webhook`` or ``email``.
    letter : Letter
        It.
    problem : Text or None
        Why it did not arrive; None if it did.
    """

    channel: str
    letter: Letter
    problem: Text | None


@dataclass(frozen=True, slots=True)
class _Parcel:
    channel: str
    letter: Letter
    messages: tuple[Row, ...]


def deliver(twin: Twin, clock: Clock = utc) -> list[Delivered]:
    """Send the messages that are due; gives what became of them.

    Each arrives at least once: who is killed between sending and noting it sends again, under the same id. What there
    is to tell by one rule is told in one message. Only one process sends at a time; another one returns at once.

    Parameters
    ----------
    twin : Twin
        The operator's.
    clock : callable
        Gives the present.
    """
    now = Now.by(clock)
    with twin.registry.read() as transaction:
        if not _due(transaction, now):
            return []
    try:
        with twin.home.lock("alert_messages", timeout=0):
            return _deliver(twin, now)
    except Timeout:
        return []


def try_out(rule: AlertRule, clock: Clock = utc) -> list[Delivered]:
    """Send a test message of a rule, by all of its ways, and say what became of it."""
    now = Now.by(clock)
    return [Delivered(channel, Letter(rule), _sent(channel, Letter(rule), now)) for channel in rule.channels]


def _deliver(twin: Twin, now: Now) -> list[Delivered]:
    with twin.registry.read() as transaction:
        due = _due(transaction, now)
        known = {rule.rule_id: rule for rule in rules(transaction)}
        told = {one.alert_id: one for one in alerts(transaction, awaited=True, limit=1 << 62)}
        reach = scope(transaction, {rule.ags for rule in known.values()}, now.text)
    parcels, dropped = _packed(twin, due, known, told, reach)
    until = time.monotonic() + _BUDGET

    def carry(parcel: _Parcel) -> Delivered | None:
        if time.monotonic() > until:
            return None  # its turn comes at the next call
        return Delivered(parcel.channel, parcel.letter, _sent(parcel.channel, parcel.letter, now))

    with ThreadPoolExecutor(_AT_ONCE, "alert") as pool:
        outcomes = list(pool.map(carry, parcels))
    with twin.registry.write() as transaction:
        old = moment_text(datetime.fromisoformat(now.text) - timedelta(days=KEPT))
        execute(transaction, "DELETE FROM alert_message WHERE sent_at <> '' AND sent_at < :old", old=old)
        for row, problem in dropped:
            _give_up(transaction, row, problem)
        for parcel, outcome in zip(parcels, outcomes, strict=True):
            for row in parcel.messages if outcome is not None else ():
                assert outcome is not None
                _note(transaction, row, outcome.problem, now)
    return [outcome for outcome in outcomes if outcome is not None]


def _due(transaction: Transaction, now: Now) -> list[Row]:
    far = moment_text(datetime.fromisoformat(now.text) + timedelta(seconds=2 * LONGEST))
    return rows(transaction, _DUE, now=now.text, far=far, most=_MOST)


def _packed(
    twin: Twin, due: Iterable[Row], known: dict[str, AlertRule], told: dict[str, Alert], reach: Scope
) -> tuple[list[_Parcel], list[tuple[Row, Text]]]:
    """Messages by rule and way, and those that nobody is to have any more."""
    groups: dict[tuple[str, str], list[Row]] = {}
    dropped: list[tuple[Row, Text]] = []
    for row in due:
        alert = told.get(row["alert_id"])
        rule = known.get(alert.rule_id) if alert is not None else None
        if alert is None or rule is None or row["channel"] not in rule.channels:
            dropped.append((row, _NO_WAY))
        elif not reach.covers(rule, alert.ags):
            dropped.append((row, _NOT_SHARED))
        else:
            groups.setdefault((rule.rule_id, row["channel"]), []).append(row)
    where = places(twin, {(one.ags, one.sensor_id) for one in told.values()})
    parcels = []
    for (rule_id, channel), all_of_it in groups.items():
        for start in range(0, len(all_of_it), _TOGETHER):
            part = tuple(all_of_it[start : start + _TOGETHER])
            events = [
                Event(row["occasion"], one, where[one.ags, one.sensor_id])
                for row in part
                for one in (told[row["alert_id"]],)
            ]
            parcels.append(_Parcel(channel, Letter(known[rule_id], tuple(events)), part))
    return parcels, dropped


def _sent(channel: str, letter: Letter, now: Now) -> Text | None:
    """Send; gives what went wrong."""
    try:
        _SENDERS[channel](letter, now)
    except TwinError as problem:
        return problem.sentence.filled(**problem.fields)
    except Exception as problem:
        # What it says may hold what was to be sent, or a secret.
        _log.error("rule %s of %s by %s: %s", letter.rule.name, letter.rule.ags, channel, type(problem).__name__)
        return _FAULT.filled(kind=type(problem).__name__)
    return None


def _note(transaction: Transaction, row: Row, problem: Text | None, now: Now) -> None:
    attempts = int(row["attempts"]) + 1
    if problem is None:
        sql = """UPDATE alert_message SET sent_at = :now, attempts = :attempts, problem_de = '', problem_en = ''
                 WHERE alert_id = :alert_id AND channel = :channel AND occasion = :occasion"""
        execute(transaction, sql, now=now.text, attempts=attempts, **_key(row))
        return
    if attempts >= ATTEMPTS:
        _give_up(transaction, row, problem)
        return
    pause = min(FIRST * 2 ** (attempts - 1), LONGEST) * random.uniform(0.8, 1.2)  # noqa: S311 – jitter
    again = moment_text(datetime.fromtimestamp(now.micros / 1e6, UTC) + timedelta(seconds=pause))
    sql = """UPDATE alert_message SET next_at = :again, attempts = :attempts, problem_de = :de, problem_en = :en
             WHERE alert_id = :alert_id AND channel = :channel AND occasion = :occasion"""
    execute(transaction, sql, again=again, attempts=attempts, de=problem.de, en=problem.en, **_key(row))
    _log.warning("alert %s by %s, attempt %d: %s", row["alert_id"], row["channel"], attempts, problem.en)


def _give_up(transaction: Transaction, row: Row, problem: Text) -> None:
    sql = """UPDATE alert_message SET next_at = '', attempts = attempts + 1, problem_de = :de, problem_en = :en
             WHERE alert_id = :alert_id AND channel = :channel AND occasion = :occasion"""
    execute(transaction, sql, de=problem.de, en=problem.en, **_key(row))
    _log.error("alert %s by %s is given up: %s", row["alert_id"], row["channel"], problem.en)


def _key(row: Row) -> dict[str, str]:
    return {name: row[name] for name in ("alert_id", "channel", "occasion")}
