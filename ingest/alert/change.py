"""What a look at readings or at the clock has changed, and how that is kept."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from ingest.alert.scope import Scope
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule
from twin.registry import Transaction, insert

Occasion = Literal["opened", "closed", "passed"]
"""An alert began, ended, or had ended already when it was noticed."""

_log = logging.getLogger("twin.alert")
_MOVING = ("closed_at", "phenomenon_end", "extreme")
_UPDATE = f"""UPDATE alert SET {", ".join(f"{name} = :{name}" for name in _MOVING)}
    WHERE alert_id = :alert_id AND closed_at = ''"""
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
    valid = [
        (change, rules[change.alert.rule_id])
        for change in changes
        if change.alert.rule_id in rules
        and (change.occasion == "closed" or scope.covers(rules[change.alert.rule_id], change.alert.ags))
    ]
    known = [change.alert for change, _ in valid if change.occasion in (None, "closed")]
    if known:
        entries = [{name: getattr(one, name) for name in ("alert_id", *_MOVING)} for one in known]
        transaction.execute(sa.text(_UPDATE), entries)
    new = [change.alert for change, _ in valid if change.occasion in ("opened", "passed")]
    insert(transaction, "alert", [{name: getattr(one, name) for name in _KEPT} for one in new])
    said = [(change, rule) for change, rule in valid if change.occasion is not None]
    tell(
        transaction,
        [(change.alert, str(change.occasion), rule.channels) for change, rule in said if change.told],
        moment,
    )
    for change, rule in said:
        _log.info("%s: rule %s of %s, sensor %s", change.occasion, rule.name, rule.ags, change.alert.sensor_id)
    return [change for change, _ in said]


def tell(transaction: Transaction, said: Iterable[tuple[Alert, str, Iterable[str]]], moment: str) -> None:
    """Put messages into the outbox: of each alert and occasion, one a channel."""
    entries = [
        {"alert_id": alert.alert_id, "channel": channel, "occasion": occasion, "ags": alert.ags, "attempts": 0,
         "next_at": moment, "sent_at": "", "problem_de": "", "problem_en": ""}
        for alert, occasion, channels in said for channel in channels
    ]  # fmt: skip
    if entries:
        names = list(entries[0])
        sql = f"INSERT INTO alert_message ({', '.join(names)}) VALUES (:{', :'.join(names)}) ON CONFLICT DO NOTHING"
        transaction.execute(sa.text(sql), entries)
