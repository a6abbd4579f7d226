"""Requests to a portal, politely: who is told to wait waits, and all that ask beside him wait too."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event, Lock

from ingest.outside.request import Answer, Patience, ask, without_secrets
from twin.errors import Unreachable
from twin.language import Text

BUSY = frozenset({429, 503})
"""Statuses of a server that wants to be left alone for a while (RFC 6585, RFC 9110)."""

PASSING = BUSY | {408, 500, 502, 504}
"""Statuses that may be another one the next time."""

ATTEMPTS = 6
"""Times in a row that a request may come to nothing."""

LONGEST_WAIT = 600.0
"""A portal that wants more patience than this is asked another day. [s]"""

_AWAY = Text(
    "das Portal bittet um {seconds:.0f} s Geduld; später noch einmal aufrufen",
    "the portal asks for {seconds:.0f} s of patience; call again later",
)
_STOPPED = Text("abgebrochen", "stopped")


class Final(Unreachable):
    """An answer that another try would not change."""


class Portal:
    """A portal that several threads ask.

    Parameters
    ----------
    pause : float
        First pause after something went wrong; it doubles each time. [s]
    patience : Patience or None
        How long a request may take.

    Attributes
    ----------
    received : int
        Bytes that have come. [B]
    most : int
        After so many, everybody stops; 0 for no end. [B]
    """

    def __init__(self, pause: float = 1.0, patience: Patience | None = None) -> None:
        self._pause, self._patience = pause, patience or Patience()
        self._lock, self._stopped = Lock(), Event()
        self._quiet_until = 0.0
        self.received = self.most = 0

    def stop(self) -> None:
        """Let every thread give up at the next opportunity."""
        self._stopped.set()

    def demand_running(self, url: str) -> None:
        """Raise `Final` after `stop`."""
        if self._stopped.is_set():
            raise Final(file=without_secrets(url), found=_STOPPED)

    def count(self, received: int) -> None:
        """Note that so many bytes have come."""
        with self._lock:
            self.received += received
        if 0 < self.most < self.received:
            self.stop()

    @contextmanager
    def asked(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """What `ingest.outside.request.ask` gives, once the portal may be asked."""
        while (left := self._quiet_until - time.monotonic()) > 0:
            self._stopped.wait(left)
            self.demand_running(url)
        self.demand_running(url)
        with ask(url, headers=headers, patience=self._patience) as answer:
            yield answer

    def wait(self, url: str, attempt: int, answer: Answer | None, attempts: int = ATTEMPTS) -> None:
        """Pause before attempt number `attempt` + 1 of so many; where the portal is busy, everybody pauses.

        Raises
        ------
        Final
            If that was the last attempt, or the portal wants more patience than there is: then nobody asks any more.
        """
        busy = answer is not None and answer.status in BUSY
        wished = _retry_after(answer.header("Retry-After")) if answer is not None else 0.0
        if wished > LONGEST_WAIT:
            self.stop()
            raise Final(file=without_secrets(url), found=_AWAY.filled(seconds=wished))
        if attempt + 1 >= attempts:
            found = f"HTTP {answer.status} {answer.reason}" if answer is not None else "–"
            raise Final(file=without_secrets(url), found=found)
        # Threads that fail together must not come back together.
        delay = max(wished, self._pause * 2**attempt * random.uniform(0.75, 1.25))  # noqa: S311 – no secret
        if busy:
            with self._lock:
                self._quiet_until = max(self._quiet_until, time.monotonic() + delay)
        else:
            self._stopped.wait(delay)
        self.demand_running(url)


def _retry_after(value: str) -> float:
    """Seconds that ``Retry-After`` asks for: a number or a date; 0 if it says nothing. [s]"""
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0
