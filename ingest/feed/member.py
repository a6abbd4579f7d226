"""A feed in the runner's memory: what was declared, where it stands, when it is due, and who is asking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ingest.feed.clock import Clock
from ingest.feed.schedule import remaining
from ingest.source import Gatherer
from twin.feeds.feed import Feed
from twin.feeds.state import FeedState
from twin.language import Text

if TYPE_CHECKING:
    from ingest.feed.turn import Turn

NOTHING = Text("", "")


class Member:
    """One feed, for as long as its declaration stays as it is.

    Attributes
    ----------
    feed : Feed
        As declared.
    state : FeedState
        As kept, or about to be kept.
    cursor : dict
        Content of `FeedState.cursor`; the very object that the source was given.
    due : float
        When it is asked next, of the monotonic clock. [s]
    answered : float
        When it last answered, of the monotonic clock; of one that never has, when the runner met it. [s]
    gatherer : Gatherer or None
        Its source at work; kept from turn to turn while all goes well.
    turn : Turn or None
        Who is asking just now.
    after : Thread or None
        What has to end before it is asked again: a turn that was given up, a connection that is being closed.
    consented : bool
        Whether its tenant shares sensors at present.
    gone : bool
        Whether it has been removed, or declared anew.
    secret : str
        Once it is known; kept out of everything that is written.
    digest : str
        Of what landed last, if nothing of it was refused; see `ingest.feed.landing.digest`.
    asked : bool
        Whether it has been asked by this process.
    brought : int
        Readings that it has brought to this process.
    """

    def __init__(self, feed: Feed, state: FeedState | None, clock: Clock, *, consented: bool = True) -> None:
        self.feed = feed
        self.state = state or FeedState(feed.ags, feed.name)
        self.cursor: dict[str, Any] = dict(self.state.cursor)
        now = clock.monotonic()
        self.due = now + remaining(self.state.next_at, feed.every, clock.now())
        self.answered = now - _ago(self.state.succeeded_at, clock)
        self.gatherer: Gatherer | None = None
        self.turn: Turn | None = None
        self.after: threading.Thread | None = None
        self.consented = consented
        self.gone = False
        self.secret = ""
        self.digest = ""
        self.asked = False
        self.brought = 0

    @property
    def key(self) -> tuple[str, str]:
        """Tenant and name."""
        return self.feed.ags, self.feed.name

    @property
    def runs(self) -> bool:
        """Whether it is to be asked at all."""
        return self.feed.enabled and self.consented and not self.gone

    @property
    def free(self) -> bool:
        """Whether nobody is asking, nor has still to let go."""
        if self.after is not None and not self.after.is_alive():
            self.after = None
        return self.turn is None and self.after is None

    def is_same(self, feed: Feed) -> bool:
        """Whether a declaration asks the same of the same source in the same way."""
        mine = replace(feed, every=self.feed.every, enabled=self.feed.enabled, saved_at="", saved_by="")
        return mine == replace(self.feed, saved_at="", saved_by="")

    def move(self, cursor: dict[str, Any] | None) -> None:
        """Go on from another place."""
        if cursor is not None:
            new = dict(cursor)
            self.cursor.clear()
            self.cursor.update(new)

    def keep(self, clock: Clock, **changes: Any) -> FeedState:
        """Its state with changes, and with the moment that it is due at in the wall's time."""
        ahead = timedelta(seconds=max(self.due - clock.monotonic(), 0.0))
        next_at = (clock.now() + ahead).isoformat(timespec="microseconds")
        self.state = replace(self.state, cursor=dict(self.cursor), next_at=next_at, **changes)
        return self.state


def chosen(names: Collection[str], ags: str, clock: Clock) -> Callable[[Member], bool]:
    """Which feeds `Runner.once` asks: those that are named, else those that are due."""

    def wanted(member: Member) -> bool:
        if ags and member.feed.ags != ags:
            return False
        if names:
            return member.feed.name in names
        return member.runs and member.due <= clock.monotonic()

    return wanted


def _ago(moment: str, clock: Clock) -> float:
    """How long a kept moment is ago; 0 for none, and for one that has not come. [s]"""
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return 0.0
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return max((clock.now() - found).total_seconds(), 0.0)
