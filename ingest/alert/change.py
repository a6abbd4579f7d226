"""What a look at readings or at the clock has changed, and how that is kept."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ingest.alert.scope import Scope
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule
from twin.registry import Transaction, execute, insert

Occasion = Literal["opened", "closed", "passed"]
"""An alert began, ended, or had ended already when it was noticed."""

_log = logging.getLogger("twin.alert")
_KEPT = (
    "alert_id", "rule_id", "rule_ags", "ags", "sensor_id", "name", "kind", "severity", "threshold", "silence",
    "opened_at", "closed_at", "phenomenon_time", "phenomenon_end", "result", "extreme", "seen_at", "seen_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """An alert as it is now, and what became of it.

    Attributes
    ----------
    occasion : {"opened", "closed", "passed"} or None
        What happened; None if only its furthest reading is another.
    alert : Alert
        As it is now.
    told : bool
        Whether somebody is to be told: not of what is over and followed by another alert, nor of a sensor that is gone.
    """

    occasion: Occasion | None
    alert: Alert
    told: bool = True


def new_id() -> str:
    """Id of a new alert."""
    return secrets.token_hex(8)


def record(
    transaction: Transaction, changes: Iterable[Change], rules: Mapping[str, AlertRule], scope: Scope, moment: str
) -> list[Change]:
    """Keep changes and what is to be told of them; gives those that were kept.

    Parameters
    ----------
    transaction : Transaction
        Of the registry, writing.
    changes : iterable of Change
        They.
    rules : mapping of str to AlertRule
        Rules as they are in this transaction, by id: what one says that has been removed meanwhile is not kept.
    scope : Scope
        As it is in this transaction: nothing is kept of whom consent no longer covers.
    moment : str
        Now.
    """
    kept = []
    for change in changes:
        rule = rules.get(change.alert.rule_id)
        if rule is None or (change.occasion != "closed" and not scope.covers(rule, change.alert.ags)):
            continue
        _keep(transaction, change)
        if change.occasion is None:
            continue
        kept.append(change)
        one = change.alert
        _log.info("%s: %s, rule %s of %s, sensor %s", change.occasion, one.kind, one.name, one.rule_ags, one.sensor_id)
        if change.told:
            tell(transaction, one, change.occasion, rule.channels, moment)
    return kept


def tell(transaction: Transaction, alert: Alert, occasion: str, channels: Iterable[str], moment: str) -> None:
    """Put messages into the outbox, each once."""
    entries = [
        {"alert_id": alert.alert_id, "channel": channel, "occasion": occasion, "ags": alert.ags, "attempts": 0,
         "next_at": moment, "sent_at": "", "problem_de": "", "problem_en": ""}
        for channel in channels
    ]  # fmt: skip
    for entry in entries:
        there = "DELETE FROM alert_message WHERE alert_id = :alert_id AND channel = :channel AND occasion = :occasion"
        execute(transaction, there, **{name: entry[name] for name in ("alert_id", "channel", "occasion")})
    insert(transaction, "alert_message", entries)


def _keep(transaction: Transaction, change: Change) -> None:
    one = change.alert
    if change.occasion in ("opened", "passed"):
        insert(transaction, "alert", [{name: getattr(one, name) for name in _KEPT}])
        return
    sql = """UPDATE alert SET closed_at = :closed, phenomenon_end = :ended, extreme = :extreme
             WHERE alert_id = :id AND closed_at = ''"""
    execute(transaction, sql, closed=one.closed_at, ended=one.phenomenon_end, extreme=one.extreme, id=one.alert_id)
