"""What a feed has to say beside its readings: messages kept out, losses at the broker, sessions that ended."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from time import monotonic

from ingest.mqtt.message import REASONS
from twin.language import Text

_KEPT_OUT = Text(
    "{count} Nachrichten ausgelassen, {reason} (zuletzt {topic})",
    "{count} messages kept out, {reason} (the last {topic})",
)
_DROPPED = Text(
    "der Broker hat {count} Nachrichten verworfen, an wen auch immer: max_queued_messages ist zu klein",
    "the broker has thrown away {count} messages, whoever they were for: max_queued_messages is too small",
)
_ENDED = Text(
    "der Broker kannte unsere Sitzung nicht mehr: was unterdessen kam, ist bei ihm verloren (persistence, Ablauf der Sitzung)",  # noqa: E501
    "the broker no longer knew our session: what came meanwhile is lost there (persistence, expiry of sessions)",
)
_LONGEST = 80
_NEVER = -1e9

FRESH = 3600.0
"""How long something is said after it last happened. [s]"""


class Tally:
    """Counts; any thread may.

    Parameters
    ----------
    dropped : int or None
        What the broker's own count was when it was last looked at; None if it never was.
    """

    def __init__(self, dropped: int | None = None) -> None:
        self._lock = Lock()
        self._out: Counter[str] = Counter()
        self._last: dict[str, tuple[float, str]] = {}
        self._ended = self._lost_at = _NEVER
        self.dropped, self._lost = dropped, 0

    def keep_out(self, reason: str, topic: str) -> None:
        """A message made no sense."""
        with self._lock:
            self._out[reason] += 1
            self._last[reason] = monotonic(), topic[:_LONGEST]

    def count_dropped(self, count: int) -> None:
        """The broker says how many messages it has thrown away since it began."""
        with self._lock:
            # A smaller number is a broker that has begun anew.
            if self.dropped is not None and count > self.dropped:
                self._lost += count - self.dropped
                self._lost_at = monotonic()
            self.dropped = count

    def end_session(self) -> None:
        """The broker has forgotten us."""
        with self._lock:
            self._ended = monotonic()

    def kept_out(self) -> Counter[str]:
        """How many messages were kept out since the beginning, by reason."""
        with self._lock:
            return Counter(self._out)

    def told(self) -> Text | None:
        """All that is to be said, for as long as it is fresh; None for nothing."""
        fresh = monotonic() - FRESH
        with self._lock:
            parts = []
            if self._ended > fresh:
                parts.append(_ENDED)
            if self._lost_at > fresh:
                parts.append(_DROPPED.filled(count=self._lost))
            for reason, (at, topic) in self._last.items():
                if at > fresh:
                    parts.append(_KEPT_OUT.filled(count=self._out[reason], reason=REASONS[reason], topic=topic))
        return Text("; ".join(one.de for one in parts), "; ".join(one.en for one in parts)) if parts else None
