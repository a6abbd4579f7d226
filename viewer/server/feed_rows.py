"""How the feeds of a steward fare, and what they brought last, as the operations page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from twin import Principal, Twin
from twin.consent import accepted
from twin.feeds.discretion import without_queries
from twin.feeds.feed import CONSENT, Feed, feeds
from twin.feeds.standing import STANDINGS, Standing, standing
from twin.feeds.state import FeedState, feed_states
from twin.language import Text
from twin.registry import Row, Transaction, now, rows

LISTED = 12
"""Deliveries that are listed."""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed, without anything that could hold a secret.

    Attributes
    ----------
    ags, name, source : str
        Whose it is, its name, and the name of its source.
    host : str
        Whom it asks; empty where that is no host.
    standing : {"failing", "late", "no consent", "new", "ok", "paused"}
        How it fares.
    every : int
        How often it is asked. [s]
    saved_at : str
        When it was declared.
    state : FeedState
        As the registry keeps it; empty where it was never asked.
    problem : Text
        What went wrong the last time, without what an address may hold beside host and path.
    own : bool
        Whether the steward may pause it.
    """

    ags: str
    name: str
    source: str
    host: str
    standing: Standing
    every: int
    saved_at: str
    state: FeedState
    problem: Text
    own: bool = True


@dataclass(frozen=True, slots=True)
class FeedDelivery:
    """What a feed brought in a month: its landings of a month are one delivery.

    Attributes
    ----------
    delivery_id, feed, ags, begun_at, at : str
        Which it is, of which feed of whom, when it began and when something last landed.
    readings : int
        Readings that were stored.
    rejected, quarantined : int
        What could not be stored, and what of it is kept to be looked at.
    """

    delivery_id: str
    feed: str
    ags: str
    begun_at: str
    at: str
    readings: int
    rejected: int
    quarantined: int


def tenants_of(steward: Principal, district: str) -> tuple[str, ...] | None:
    """Whose feeds and rules a steward looks after; None for everybody's."""
    return {"operator": None, "staff": (steward.ags,), "county": (district,)}.get(steward.role, ())


def feed_rows(twin: Twin, tenants: tuple[str, ...] | None, present: datetime) -> list[FeedRow]:
    """Feeds of some tenants, or of all (None), those that need somebody first.

    Whoever looks after a municipality sees the district's feeds too: they may bring its readings.
    """
    with twin.registry.read() as transaction:
        seen = tenants and (*tenants, twin.district)
        declared = [one for one in feeds(transaction) if seen is None or one.ags in seen]
        fared = feed_states(transaction)
        sharing = {ags for ags, layer in accepted(transaction, now()) if layer == CONSENT} | {twin.district}
    found = []
    for feed in declared:
        state = fared.get((feed.ags, feed.name), FeedState(feed.ags, feed.name))
        word = fares(feed, state, present, consented=feed.ags in sharing)
        found.append(_row(feed, state, word, own=tenants is None or feed.ags in tenants))
    return sorted(found, key=lambda row: (STANDINGS.index(row.standing), row.ags, row.name))


def feed_deliveries(twin: Twin, tenants: tuple[str, ...] | None) -> list[FeedDelivery]:
    """The last deliveries of the feeds of some tenants, or of all (None), newest first."""
    district = twin.district
    sql = """SELECT delivery_id, author, ags_option, received_at, committed_at, rejected FROM delivery
             WHERE author >= 'feed ' AND author < 'feed!' AND state = 'committed' ORDER BY seq DESC"""
    found = []
    with twin.registry.read() as transaction:
        for row in rows(transaction, sql):
            if tenants is None or (row["ags_option"] or district) in tenants:
                delivery = _delivery(transaction, row, district)
                if delivery.readings or delivery.rejected or delivery.quarantined:
                    found.append(delivery)
            if len(found) == LISTED:
                break
    return found


def fares(feed: Feed, state: FeedState, present: datetime, *, consented: bool = True) -> Standing:
    """How a feed fares by the clock."""
    last = state.tried_at and (state.succeeded_at or state.tried_at)
    silent = (present - datetime.fromisoformat(last)).total_seconds() if last else 0.0
    return standing(feed, state, silent, consented=consented)


def _row(feed: Feed, state: FeedState, word: Standing, *, own: bool) -> FeedRow:
    problem = Text(without_queries(state.problem.de), without_queries(state.problem.en))
    host = _host(feed)
    return FeedRow(feed.ags, feed.name, feed.source, host, word, feed.every, feed.saved_at, state, problem, own)


def _host(feed: Feed) -> str:
    """The host among a feed's options; of nothing else that stands there is it known that it is no secret."""
    for option in ("url", "host", "broker"):
        value = feed.options.get(option, "")
        try:
            parts = urlsplit(value if "//" in value else f"//{value}")
            if parts.hostname:
                return parts.hostname
        except ValueError:
            continue
    return ""


def _delivery(transaction: Transaction, row: Row, district: str) -> FeedDelivery:
    key = {"id": row["delivery_id"]}
    loaded = rows(
        transaction,
        """SELECT coalesce(sum(count), 0) AS n FROM delivery_count
           WHERE delivery_id = :id AND layer = 'observation' AND kind = 'loaded'""",
        **key,
    )
    kept = rows(transaction, "SELECT count(*) AS n FROM finding WHERE delivery_id = :id AND content <> ''", **key)
    return FeedDelivery(
        row["delivery_id"],
        row["author"].removeprefix("feed "),
        row["ags_option"] or district,
        row["received_at"],
        row["committed_at"],
        int(loaded[0]["n"]),
        int(row["rejected"]),
        int(kept[0]["n"]),
    )
