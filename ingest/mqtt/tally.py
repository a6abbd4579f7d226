"""What a feed has to say beside its readings: messages kept out, losses at the broker, sessions that ended."""

from __future__ import annotations

from collections import Counter
from threading import Lock

from ingest.mqtt.message import REASONS
from twin.language import Text

_KEPT_OUT = Text("{count} Nachrichten ausgelassen, {reason}", "{count} messages kept out, {reason}")
_EXAMPLE = Text(" (zuletzt {topic})", " (the last {topic})")
_DROPPED = Text(
    "der Broker hat {count} Nachrichten verworfen, an wen auch immer: max_queued_messages ist zu klein",
    "the broker has thrown away {count} messages, whoever they were for: max_queued_messages is too small",
)
_ENDED = Text(
    "der Broker kannte unsere Sitzung nicht mehr: was unterdessen kam, ist bei ihm verloren (persistence, Ablauf der Sitzung)",  # noqa: E501
    "the broker no longer knew our session: what came meanwhile is lost there (persistence, expiry of sessions)",
)
_LONGEST = 80


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
        self._told: Counter[str] = Counter()
        self._last: dict[str, str] = {}
        self._ended = 0
        self.dropped, self._lost = dropped, 0

    def keep_out(self, reason: str, topic: str) -> None:
        """A message made no sense."""
        with self._lock:
            self._out[reason] += 1
            self._last[reason] = topic[:_LONGEST]

    def count_dropped(self, count: int) -> None:
        """The broker says how many messages it has thrown away since it began."""
        with self._lock:
            # A smaller number is a broker that has begun anew.
            self._lost += max(count - self.dropped, 0) if self.dropped is not None else 0
            self.dropped = count

    def end_session(self) -> None:
        """The broker has forgotten us."""
        with self._lock:
            self._ended += 1

    def kept_out(self) -> Counter[str]:
        """How many messages were kept out since the beginning, by reason."""
        with self._lock:
            return Counter(self._out)

    def told(self) -> Text | None:
        """All that is to be said since it was last asked; None for nothing."""
        with self._lock:
            parts = []
            if self._ended:
                parts.append(_ENDED)
            if self._lost:
                parts.append(_DROPPED.filled(count=self._lost))
            for reason, count in (self._out - self._told).items():
                text = _KEPT_OUT.filled(count=count, reason=REASONS[reason])
                more = _EXAMPLE.filled(topic=self._last[reason])
                parts.append(Text(text.de + more.de, text.en + more.en))
            self._ended = self._lost = 0
            self._told = Counter(self._out)
        return Text("; ".join(one.de for one in parts), "; ".join(one.en for one in parts)) if parts else None
