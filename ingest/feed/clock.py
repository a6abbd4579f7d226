"""Time as the runner knows it: the wall's, which may be set, and one that only goes forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The machine's own clocks. Waiting goes by `monotonic`; the wall's is for what is kept and shown."""

    def now(self) -> datetime:
        """The wall's time, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Time since some moment, whatever happens to the wall's clock. [s]"""
        return time.monotonic()

    def lasting(self, seconds: float) -> float:
        """How long a wait of `seconds` lasts in the world. [s]"""
        return seconds

    def text(self) -> str:
        """The wall's time as the registry writes it."""
        return self.now().isoformat(timespec="microseconds")
