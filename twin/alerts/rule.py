"""What a municipality wants to be told of its readings."""

from __future__ import annotations

import math
import re
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Literal, get_args
from urllib.parse import urlsplit

from twin.consent import demand_participant
from twin.errors import AlertError, UnknownName
from twin.feeds.feed import CONSENT
from twin.language import Text
from twin.reference import codes
from twin.registry import Registry, Row, Transaction, execute, insert, now, rows

Kind = Literal["above", "below", "silent"]
Severity = Literal["warning", "alarm"]

KINDS: tuple[Kind, ...] = get_args(Kind)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SHORTEST, LONGEST = 60, 366 * 24 * 3600
"""Limits of `AlertRule.silence`. [s]"""

_LIMITS = {"sensor_id": 300, "unit": 60, "webhook": 2000, "email": 254, "saved_by": 200}
_SECRET = re.compile(r"|env:[A-Za-z_][A-Za-z0-9_]{0,99}|file:/[^\x00-\x1f]{1,300}")
_NAME = re.compile(r"[^\W_][\w .,()/-]{0,79}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")

_BAD_NAME = Text(
    "erwartet ein Name aus Buchstaben, Ziffern, Leerstellen, Punkt und Strich, höchstens 80 Zeichen.",
    "expected a name of letters, digits, spaces, dots and dashes, 80 characters at most.",
)
_BAD_KIND = Text("erwartet {kinds}, gefunden „{found}“.", "expected {kinds}, found “{found}”.")
_NO_THRESHOLD = Text("erwartet eine Schwelle, eine endliche Zahl.", "expected a threshold, a finite number.")
_BAD_RELEASE = Text(
    "Entwarnung bei {release}: erwartet {side} der Schwelle von {threshold}.",
    "release at {release}: expected {side} the threshold of {threshold}.",
)
_BELOW, _ABOVE = Text("höchstens bei oder unter", "at or below"), Text("mindestens bei oder über", "at or above")
_BAD_SILENCE = Text(
    "erwartet eine Dauer von {shortest} s bis {longest} s, gefunden {found}.",
    "expected a time of {shortest} s to {longest} s, found {found}.",
)
_NO_READINGS = Text(
    "eine Schwelle gilt in der Einheit eines Sensors: erwartet ein Sensor oder eine Messgröße.",
    "a threshold is in a sensor's unit: expected a sensor or an observed property.",
)
_BAD_WEBHOOK = Text(
    "erwartet eine Adresse mit https:// oder http://, ohne Namen und Passwort darin.",
    "expected an address of https:// or http://, without a user name or password.",
)
_BAD_EMAIL = Text("erwartet eine E-Mail-Adresse wie name@example.org.", "expected an address like name@example.org.")
_BAD_SECRET = Text(
    "Geheimnisse werden genannt, nicht gespeichert: env:NAME oder file:/Pfad (Rechte 600).",
    "secrets are named, not stored: env:NAME or file:/path (mode 600).",
)
_NOTHING_TO_SIGN = Text(
    "unterschrieben wird mit einem Geheimnis, das ein Webhook prüft: beide fehlen oder eines.",
    "messages are signed with a secret that a webhook checks: one of them is missing.",
)
_TOO_LONG = Text("{column}: länger als {limit} Zeichen.", "{column}: longer than {limit} characters.")


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When somebody is told, and who.

    Attributes
    ----------
    ags : str
        Whose rule: a municipality's is about its own sensors, the district's about all that it may see.
    name : str
        Its name, unique within the tenant.
    kind : {"above", "below", "silent"}
        Whether it is about readings beyond a threshold or about readings that fail to come.
    rule_id : str
        Given when it is saved.
    sensor_id : str
        The sensor; empty for all, or all of `observed_property`.
    observed_property : str
        The property, as ``sensor.observed_property`` has it; empty for all.
    threshold : float or None
        An alert opens when a reading is greater (``above``) or less (``below``) than this; in `unit`.
    release : float or None
        An open alert closes when a reading reaches this, coming back; the threshold if None. What lies between the two
        changes nothing, so that a value that trembles about the threshold does not tell of every tremble.
    unit : str
        UCUM; readings in another unit of the same kind are converted. Empty: each sensor's own, whatever it is.
    silence : int or None
        How long nothing may be heard. [s]
    severity : {"warning", "alarm"}
        How bad that is.
    webhook : str
        URL that alerts are posted to; empty for none. Only public addresses, unless the operator allows the host.
    email : str
        Address that they are sent to; empty for none.
    secret : str
        Where the webhook's secret is, ``env:NAME`` or ``file:/path``; empty for none. Never the secret itself.
    signed : bool
        Whether the secret signs what is posted (HMAC) rather than being shown as a token.
    saved_at, saved_by : str
        When (ISO 8601, UTC) and by whom it was saved.
    """

    ags: str
    name: str
    kind: Kind
    rule_id: str = ""
    sensor_id: str = ""
    observed_property: str = ""
    threshold: float | None = None
    release: float | None = None
    unit: str = ""
    silence: int | None = None
    severity: Severity = "warning"
    webhook: str = ""
    email: str = ""
    secret: str = ""
    signed: bool = False
    saved_at: str = ""
    saved_by: str = ""

    @property
    def released(self) -> float:
        """Value at which an open alert closes; not a number for silence."""
        found = self.threshold if self.release is None else self.release
        return math.nan if found is None else found

    @property
    def channels(self) -> tuple[str, ...]:
        """Ways that its messages go: ``webhook``, ``email``."""
        return tuple(channel for channel in ("webhook", "email") if getattr(self, channel))

    @property
    def watched(self) -> tuple[str, str, str]:
        """What it is about: another thing makes it another rule."""
        return self.kind, self.sensor_id, self.observed_property


def rules(transaction: Transaction, ags: str = "") -> list[AlertRule]:
    """Rules of one tenant or of all, by tenant and name."""
    sql = "SELECT * FROM alert_rule WHERE :ags IN ('', ags) ORDER BY ags, name"
    return [_rule(row) for row in rows(transaction, sql, ags=ags)]


def save_rule(registry: Registry, rule: AlertRule) -> AlertRule:
    """Keep a rule; one of the same tenant and name is replaced. Gives it as it is kept.

    One that is about the same thing as before goes on: its alerts stay open and are held against the new threshold at
    the next reading. Else the alerts of the former rule are closed.

    Raises
    ------
    AlertError
        If it makes no sense.
    UnknownMunicipality, NotJoined
        If its municipality is not known, or shares no sensors.
    """
    demand_sense(rule)
    with registry.write() as transaction:
        demand_participant(transaction, rule.ags, CONSENT)
        former = next((one for one in rules(transaction, rule.ags) if one.name == rule.name), None)
        goes_on = former is not None and former.watched == rule.watched
        rule_id = former.rule_id if former is not None and goes_on else secrets.token_hex(8)
        kept = replace(rule, rule_id=rule_id, saved_at=now())
        if former is not None:
            _remove(transaction, former, closes=not goes_on)
        insert(transaction, "alert_rule", [{**asdict(kept), "signed": int(kept.signed)}])
    return kept


def forget_rule(registry: Registry, ags: str, name: str) -> None:
    """Remove a rule: what it has told stays in the history, what is open is closed, what is unsent is not sent.

    Raises
    ------
    UnknownName
        If the tenant has none of this name.
    """
    with registry.write() as transaction:
        kept = rules(transaction, ags)
        found = next((one for one in kept if one.name == name), None)
        if found is not None:
            _remove(transaction, found, closes=True)
            return
    raise UnknownName(kind="alert rule", name=name, known=", ".join(one.name for one in kept) or "–")


def demand_sense(rule: AlertRule) -> None:
    """Raise `AlertError` unless a rule can be followed."""
    problem = _problem(rule) or _contact_problem(rule)
    if problem is not None:
        raise AlertError(rule=rule.name[:80], problem=problem)


def _problem(rule: AlertRule) -> Text | None:
    if not _NAME.fullmatch(rule.name):
        return _BAD_NAME
    for column, limit in _LIMITS.items():
        if len(getattr(rule, column)) > limit:
            return _TOO_LONG.filled(column=column, limit=limit)
    for found, known in (
        (rule.kind, KINDS),
        (rule.severity, SEVERITIES),
        (rule.observed_property, ("", *codes("observed_property"))),
    ):
        if found not in known:
            return _BAD_KIND.filled(kinds=", ".join(word for word in known if word), found=str(found)[:40])
    if rule.kind == "silent":
        if rule.silence is None or not SHORTEST <= rule.silence <= LONGEST:
            return _BAD_SILENCE.filled(shortest=SHORTEST, longest=LONGEST, found=str(rule.silence))
        return None
    return _threshold_problem(rule)


def _threshold_problem(rule: AlertRule) -> Text | None:
    if rule.threshold is None or not math.isfinite(rule.threshold) or not math.isfinite(rule.released):
        return _NO_THRESHOLD
    if not rule.sensor_id and not rule.observed_property:
        return _NO_READINGS
    beyond = rule.released > rule.threshold if rule.kind == "above" else rule.released < rule.threshold
    if beyond:
        side = _BELOW if rule.kind == "above" else _ABOVE
        return _BAD_RELEASE.filled(release=rule.release, side=side, threshold=rule.threshold)
    return None


def _contact_problem(rule: AlertRule) -> Text | None:
    if rule.webhook and not _is_web_address(rule.webhook):
        return _BAD_WEBHOOK
    if rule.email and not _EMAIL.fullmatch(rule.email):
        return _BAD_EMAIL
    if not _SECRET.fullmatch(rule.secret):
        return _BAD_SECRET
    return _NOTHING_TO_SIGN if rule.signed and not (rule.secret and rule.webhook) else None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    plain = not _CONTROL.search(url) and url.isascii() and parts.username is None
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _remove(transaction: Transaction, rule: AlertRule, *, closes: bool) -> None:
    execute(transaction, "DELETE FROM alert_rule WHERE rule_id = :id", id=rule.rule_id)
    if closes:
        unsent = """DELETE FROM alert_message WHERE sent_at = '' AND alert_id IN
                    (SELECT alert_id FROM alert WHERE rule_id = :id)"""
        execute(transaction, unsent, id=rule.rule_id)
        ended = "UPDATE alert SET closed_at = :now WHERE rule_id = :id AND closed_at = ''"
        execute(transaction, ended, id=rule.rule_id, now=now())


def _rule(row: Row) -> AlertRule:
    entry = dict(row)
    return AlertRule(**{**entry, "signed": bool(entry["signed"])})
