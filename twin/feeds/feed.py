"""What a municipality has declared to be fetched again and again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from twin.consent import demand_participant
from twin.errors import FeedError, UnknownName
from twin.language import Text
from twin.registry import Registry, Row, Transaction, execute, insert, now, rows

SHORTEST, LONGEST = 1, 7 * 24 * 3600
"""Limits of `Feed.every`. [s]"""

CONSENT = "sensor"
"""Consent class that feeds deliver under: withdrawing it ends them."""

_NAME = re.compile(r"[\w][\w.-]{0,59}")
_SECRET = re.compile(r"|env:[A-Za-z_][A-Za-z0-9_]{0,99}|file:/[^\x00-\x1f]{1,300}")
_BAD_NAME = Text(
    "erwartet ein Name aus Buchstaben, Ziffern, Punkt und Strich, höchstens 60 Zeichen.",
    "expected a name of letters, digits, dots and dashes, 60 characters at most.",
)
_BAD_SECRET = Text(
    "Geheimnisse werden genannt, nicht gespeichert: env:NAME einer Umgebungsvariablen oder file:/Pfad einer Datei mit Rechten 600.",  # noqa: E501
    "secrets are named, not stored: env:NAME of an environment variable or file:/path of a file of mode 600.",
)
_BAD_INTERVAL = Text(
    "Abstand von {found} s; erwartet {shortest} bis {longest} s.",
    "interval of {found} s; expected {shortest} to {longest} s.",
)


@dataclass(frozen=True, slots=True)
class Feed:
    """A source of readings.

    Attributes
    ----------
    ags : str
        Whose it is: a municipality, all of whose readings are its own, or the district, whose readings go where
        their sensors stand.
    name : str
        Its name, unique within the tenant.
    source : str
        Name of the ``SOURCE`` that knows how to ask.
    options : dict of str to str
        What the source has to know, such as ``url``. Never a secret.
    secret : str
        Where the password or token is: ``env:NAME`` or ``file:/path``; empty for none.
    every : int
        How often it is asked; of sources that push, how often what came is stored. [s]
    enabled : bool
        Whether it runs.
    saved_at, saved_by : str
        When (ISO 8601, UTC) and by whom it was declared.
    """

    ags: str
    name: str
    source: str
    options: dict[str, str] = field(default_factory=dict)
    secret: str = ""
    every: int = 600
    enabled: bool = True
    saved_at: str = ""
    saved_by: str = ""


def feeds(transaction: Transaction, ags: str = "") -> list[Feed]:
    """Feeds of one tenant or of all, by tenant and name."""
    sql = "SELECT * FROM feed WHERE :ags IN ('', ags) ORDER BY ags, name"
    return [_feed(row) for row in rows(transaction, sql, ags=ags)]


def save_feed(registry: Registry, feed: Feed) -> None:
    """Declare a feed; one of the same tenant and name is replaced and keeps its cursor if its source is the same.

    Raises
    ------
    FeedError
        If its name, interval or secret is none.
    UnknownMunicipality, NotJoined
        If its municipality is not known, or shares no sensors.
    """
    if not _NAME.fullmatch(feed.name):
        raise FeedError(feed=feed.name[:80], problem=_BAD_NAME)
    if not _SECRET.fullmatch(feed.secret):
        raise FeedError(feed=feed.name, problem=_BAD_SECRET)
    if not SHORTEST <= feed.every <= LONGEST:
        problem = _BAD_INTERVAL.filled(found=feed.every, shortest=SHORTEST, longest=LONGEST)
        raise FeedError(feed=feed.name, problem=problem)
    entry = {
        "ags": feed.ags, "name": feed.name, "source": feed.source, "secret": feed.secret, "every": feed.every,
        "options": json.dumps(feed.options, ensure_ascii=False, sort_keys=True), "enabled": int(feed.enabled),
        "saved_at": now(), "saved_by": feed.saved_by,
    }  # fmt: skip
    with registry.write() as transaction:
        demand_participant(transaction, feed.ags, CONSENT)
        place = {"ags": feed.ags, "name": feed.name}
        former = rows(transaction, "SELECT * FROM feed WHERE ags = :ags AND name = :name", **place)
        execute(transaction, "DELETE FROM feed WHERE ags = :ags AND name = :name", **place)
        if former and (former[0]["source"], former[0]["options"]) != (entry["source"], entry["options"]):
            execute(transaction, "DELETE FROM feed_state WHERE ags = :ags AND name = :name", **place)
        insert(transaction, "feed", [entry])


def forget_feed(registry: Registry, ags: str, name: str) -> None:
    """Remove a feed; what it has delivered stays.

    Raises
    ------
    UnknownName
        If the tenant has none of this name.
    """
    with registry.write() as transaction:
        gone = execute(transaction, "DELETE FROM feed WHERE ags = :ags AND name = :name", ags=ags, name=name).rowcount
        execute(transaction, "DELETE FROM feed_state WHERE ags = :ags AND name = :name", ags=ags, name=name)
        if gone:
            return
        known = ", ".join(feed.name for feed in feeds(transaction, ags)) or "–"
    raise UnknownName(kind="feed", name=name, known=known)


def withdraw_feeds(transaction: Transaction, ags: str, layers: list[str], *, whole: bool) -> None:
    """Remove feeds of a tenant that withdraws its sensors."""
    if whole or CONSENT in layers:
        for table in ("feed", "feed_state"):
            execute(transaction, f"DELETE FROM {table} WHERE ags = :ags", ags=ags)


def _feed(row: Row) -> Feed:
    return Feed(
        row["ags"], row["name"], row["source"], json.loads(row["options"]), row["secret"], row["every"],
        bool(row["enabled"]), row["saved_at"], row["saved_by"],
    )  # fmt: skip
