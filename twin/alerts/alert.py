"""What there was to tell: a rule was broken by a sensor, from when to when."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from twin.alerts.rule import AlertRule, Kind, Severity, rules
from twin.errors import NotVisible, UnknownName
from twin.feeds.feed import CONSENT
from twin.registry import Row, Transaction, execute, now

if TYPE_CHECKING:
    from twin import Twin

MOST = 1000
"""Alerts that are given unless more are asked for."""

_ALERTS = """
    SELECT a.*, (SELECT count(*) FROM alert_message m
                 WHERE m.alert_id = a.alert_id AND m.sent_at = '' AND m.next_at = '') AS undelivered
    FROM alert a WHERE :ags IN ('', a.ags, a.rule_ags) AND :id IN ('', a.alert_id) AND (:closed = 1 OR a.closed_at = '')
        AND (:since = '' OR a.closed_at = '' OR a.phenomenon_end >= :since) AND (:everybody = 1 OR a.ags IN :tenants)
        AND (:awaited = 0 OR a.alert_id IN (SELECT alert_id FROM alert_message WHERE sent_at = '' AND next_at <> ''))
    ORDER BY CASE WHEN a.closed_at = '' THEN 0 ELSE 1 END, a.opened_at DESC, a.alert_id LIMIT :limit"""


@dataclass(frozen=True, slots=True)
class Alert:
    """A sensor that broke a rule.

    What the rule said then is kept with it: rules change, and what was told stays what it was. Values are in the
    sensor's unit; moments are ISO 8601, UTC, empty for never.

    Attributes
    ----------
    alert_id : str
        Its id; messages carry it.
    rule_id, rule_ags, name : str
        The rule, whose it is, and its name.
    ags, sensor_id : str
        The sensor, and whose it is: who withdraws its sensors withdraws their alerts.
    kind : {"above", "below", "silent"}
        What was broken.
    severity : {"warning", "alarm"}
        How bad that is.
    threshold : float or None
        What a reading passed.
    silence : int or None
        How long nothing was to be heard at most. [s]
    opened_at, closed_at : str
        When it was noticed, and when its end was.
    phenomenon_time : str
        Time of the reading that passed the threshold; of silence, of the last reading, empty if there never was one.
    phenomenon_end : str
        Time of the reading that ended it.
    result : float or None
        The reading that passed the threshold.
    extreme : float or None
        The furthest reading since.
    seen_at, seen_by : str
        When and by whom it was acknowledged.
    undelivered : int
        Messages about it that have been given up.
    """

    alert_id: str
    rule_id: str
    rule_ags: str
    ags: str
    sensor_id: str
    name: str
    kind: Kind
    severity: Severity
    threshold: float | None
    silence: int | None
    opened_at: str
    closed_at: str = ""
    phenomenon_time: str = ""
    phenomenon_end: str = ""
    result: float | None = None
    extreme: float | None = None
    seen_at: str = ""
    seen_by: str = ""
    undelivered: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return not self.closed_at

    def further(self, value: float) -> bool:
        """Whether `value` lies beyond the furthest reading so far."""
        if math.isnan(value):
            return False
        return self.extreme is None or (value < self.extreme if self.kind == "below" else value > self.extreme)


def alerts(
    transaction: Transaction,
    ags: str = "",
    *,
    open_only: bool = False,
    awaited: bool = False,
    since: str = "",
    limit: int = MOST,
) -> list[Alert]:
    """Alerts of one tenant's sensors or rules, or of all: those that are open first, the latest first.

    Parameters
    ----------
    transaction : Transaction
        Of the registry.
    ags : str
        Tenant; empty for all.
    open_only : bool
        Whether those that are over are left out.
    awaited : bool
        Whether those are left out of which no message waits to be sent.
    since : str
        Leaves out what had ended before this moment.
    limit : int
        How many at most.
    """
    return _select(transaction, ags=ags, open_only=open_only, awaited=awaited, since=since, limit=limit)


def acknowledge(twin: Twin, alert_id: str, by: str = "") -> Alert:
    """Note that somebody has seen an alert; who saw it first stays. It stays open for as long as it goes on.

    Raises
    ------
    UnknownName
        If there is none that the principal may see.
    NotVisible
        If it is neither about the principal's own sensors nor told by its own rule.
    """
    tenants = _visible_tenants(twin)
    with twin.registry.read() as transaction:
        found = next(iter(_select(transaction, alert_id=alert_id, tenants=tenants)), None) if alert_id else None
    if found is None:
        raise UnknownName(kind="alert", name=alert_id[:80], known="twin alert history")
    if not _is_own(twin, found.ags, found.rule_ags):
        raise NotVisible(name=alert_id, principal=twin.principal)
    sql = "UPDATE alert SET seen_at = :now, seen_by = :by WHERE alert_id = :id AND seen_at = ''"
    with twin.registry.write() as transaction:
        execute(transaction, sql, now=now(), by=by[:200], id=alert_id)
        return next(iter(_select(transaction, alert_id=alert_id)), found)


def visible_alerts(twin: Twin, *, open_only: bool = False, limit: int = MOST) -> list[Alert]:
    """Alerts of sensors that the principal may see: those that are open first, the latest first.

    The operator, staff of whose sensors or rule it is, and the county for the district's rules see who acknowledged
    them and what could not be delivered; nobody else does.
    """
    tenants = _visible_tenants(twin)
    with twin.registry.read() as transaction:
        found = _select(transaction, open_only=open_only, limit=limit, tenants=tenants)
    return [_shown(twin, one) for one in found]


def visible_rules(twin: Twin) -> list[AlertRule]:
    """Rules about sensors that the principal may see: of others' rules neither contacts nor names of people."""
    tenants = {*_visible_tenants(twin), twin.district}
    with twin.registry.read() as transaction:
        found = [one for one in rules(transaction) if one.ags in tenants]
    return [
        one if _is_own(twin, one.ags) else replace(one, webhook="", email="", secret="", signed=False, saved_by="")
        for one in found
    ]


def _select(
    transaction: Transaction,
    *,
    ags: str = "",
    alert_id: str = "",
    open_only: bool = False,
    awaited: bool = False,
    since: str = "",
    limit: int = MOST,
    tenants: list[str] | None = None,
) -> list[Alert]:
    values = {
        "ags": ags,
        "id": alert_id,
        "closed": int(not open_only),
        "since": since,
        "awaited": int(awaited),
        "limit": limit,
    }
    statement = sa.text(_ALERTS).bindparams(sa.bindparam("tenants", tenants or [], sa.String, expanding=True))
    found = transaction.execute(statement, {**values, "everybody": int(tenants is None), "tenants": tenants or []})
    return [_alert(row) for row in found.mappings()]


def _visible_tenants(twin: Twin) -> list[str]:
    return sorted(ags for ags, consent_class in twin.visible() if consent_class == CONSENT)


def _shown(twin: Twin, alert: Alert) -> Alert:
    if _is_own(twin, alert.ags, alert.rule_ags):
        return alert
    return replace(alert, seen_by="", undelivered=0)


def _is_own(twin: Twin, *owners: str) -> bool:
    principal = twin.principal
    own = {"staff": principal.ags, "county": twin.district}.get(principal.role)
    return principal.role == "operator" or own in owners


def _alert(row: Row) -> Alert:
    return Alert(**{**row, "undelivered": int(row["undelivered"])})
