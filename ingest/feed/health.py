"""How feeds fare: ok, late, failing, paused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ingest.feed.clock import Clock
from ingest.feed.member import Member
from twin.feeds.standing import Standing, standing
from twin.language import Text

STUCK = 600.0
"""So long without a turn of its loop, and the runner is taken to be stuck. [s]"""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How one feed fares.

    Attributes
    ----------
    ags, name, source : str
        Which one.
    status : str
        ``ok``; ``new``: never asked; ``late``: no answer for longer than it should be; ``failing``: the last try went
        wrong; ``paused``; ``no consent``: its municipality shares no sensors at present.
    succeeded_at, landed_at, next_at : str
        When it last answered, last brought something new, and is asked next; ISO 8601, UTC, empty for never.
    failures, readings : int
        Failures since it last answered; readings it has brought.
    problem : Text
        What went wrong last; without secrets and query strings.
    """

    ags: str
    name: str
    source: str
    status: Standing
    succeeded_at: str
    landed_at: str
    next_at: str
    failures: int
    readings: int
    problem: Text

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {**asdict(self), "problem": {"de": self.problem.de, "en": self.problem.en}}


class Health:
    """How the runner and its feeds fare; written by its thread, read by any.

    Parameters
    ----------
    clock : Clock
        Whose time it goes by.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._beat = clock.monotonic()
        self.started_at = clock.text()
        self.feeds: tuple[FeedHealth, ...] = ()

    def beat(self, members: Iterable[Member]) -> None:
        """Say that the loop has turned, and how all fare."""
        now = self._clock.monotonic()
        self.feeds = tuple(health_of(member, now) for member in members)
        self._beat = now

    @property
    def silence(self) -> float:
        """How long the loop has not turned. [s]"""
        return self._clock.monotonic() - self._beat

    @property
    def is_stuck(self) -> bool:
        """Whether the loop turns no more."""
        return self.silence > STUCK

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it."""
        feeds = self.feeds
        worst = next((word for word in ("failing", "late") if any(one.status == word for one in feeds)), "ok")
        return {
            "status": "stuck" if self.is_stuck else worst,
            "started_at": self.started_at,
            "silence": round(self.silence, 1),
            "feeds": [one.as_dict() for one in feeds],
        }


def health_of(member: Member, now: float) -> FeedHealth:
    """How one feed fares at `now`, of the monotonic clock."""
    feed, state = member.feed, member.state
    status = standing(feed, state, now - member.answered, consented=member.consented)
    return FeedHealth(
        feed.ags, feed.name, feed.source, status, state.succeeded_at, state.landed_at, state.next_at,
        state.failures, state.readings, state.problem,
    )  # fmt: skip
