"""Which feeds there are: read again and again from the registry, so that nobody has to restart anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.feed.clock import Clock
from ingest.feed.member import Member
from ingest.feed.turn import closing_thread
from twin.consent import accepted
from twin.feeds.feed import CONSENT, Feed, feeds
from twin.feeds.state import FeedState, feed_states
from twin.registry import Registry, now


@dataclass(slots=True)
class Difference:
    """What has changed since the roster was last read.

    Attributes
    ----------
    added, changed, removed : list of Feed
        Declared since, declared otherwise (paused and resumed among them), removed.
    """

    added: list[Feed] = field(default_factory=list)
    changed: list[Feed] = field(default_factory=list)
    removed: list[Feed] = field(default_factory=list)


class Roster:
    """The feeds of a home, as the runner has them in memory.

    Parameters
    ----------
    registry : Registry
        Where they are declared.
    district : str
        Key of the district, which shares sensors for those that do.
    clock : Clock
        Whose time it is.
    """

    def __init__(self, registry: Registry, district: str, clock: Clock) -> None:
        self._registry, self._district, self._clock = registry, district, clock
        self._members: dict[tuple[str, str], Member] = {}

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def __len__(self) -> int:
        return len(self._members)

    def read(self) -> Difference:
        """Look at the registry again. Feeds that have gone are let go of, new ones are due as they were kept."""
        with self._registry.read() as transaction:
            declared = {(feed.ags, feed.name): feed for feed in feeds(transaction)}
            sharing = {ags for ags, layer in accepted(transaction, now()) if layer == CONSENT} | {self._district}
            fresh = any(key not in self._members or self._members[key].feed != feed for key, feed in declared.items())
            states = feed_states(transaction) if fresh else {}
        found = Difference()
        for key in [key for key in self._members if key not in declared]:
            member = self._members.pop(key)
            _let_go(member)
            found.removed.append(member.feed)
        for key, feed in declared.items():
            known = self._members.get(key)
            if known is None:
                found.added.append(feed)
                self._members[key] = Member(feed, states.get(key), self._clock)
            elif known.feed != feed:
                found.changed.append(feed)
                self._members[key] = self._changed(known, feed, states.get(key))
            self._members[key].consented = feed.ags in sharing
        return found

    def _changed(self, member: Member, feed: Feed, state: FeedState | None) -> Member:
        forgotten = state is None and bool(member.state.tried_at)  # removed and declared again
        if member.is_same(feed) and not forgotten:
            # Somebody has looked after it: it is asked at once, whatever it was waiting for.
            member.feed, member.due = feed, self._clock.monotonic()
            if not feed.enabled:
                _rest(member)
            return member
        _let_go(member)
        renewed = Member(feed, state, self._clock)
        renewed.due = self._clock.monotonic()
        renewed.after = member.turn or member.after
        return renewed


def _let_go(member: Member) -> None:
    member.gone = True
    _rest(member)


def _rest(member: Member) -> None:
    """Close what is open; a turn that goes on closes it itself."""
    if member.turn is None and member.gatherer is not None:
        member.after = closing_thread(member.gatherer)
        member.gatherer = None
