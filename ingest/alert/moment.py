"""The present, as readings and as the registry count time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from twin.registry import moment_text

Clock = Callable[[], datetime]
"""Gives the present moment, with its zone."""

HORIZON = 8 * 24 * 3600 * 1_000_000
"""Readings that are older than this are history: they tell nobody anything. Longer than any feed waits. [µs]"""

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Now:
    """A moment.

    Attributes
    ----------
    micros : int
        Microseconds since 1970, UTC, as readings are counted.
    text : str
        As the registry writes it.
    """

    micros: int
    text: str

    @classmethod
    def by(cls, clock: Clock) -> Now:
        """The moment that a clock shows."""
        return cls.of(moment_text(clock()))

    @classmethod
    def of(cls, written: str) -> Now:
        """A moment that the registry has written."""
        return cls((datetime.fromisoformat(written) - _START) // _MICRO, written)


def text(micros: int) -> str:
    """Microseconds since 1970 as the registry writes moments."""
    return moment_text(_START + timedelta(microseconds=int(micros)))


def utc() -> datetime:
    """The present moment."""
    return datetime.now(UTC)
