"""Whether the feeds' runner is at work, told from outside of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Literal

from filelock import Timeout

from twin.feeds.standing import patience
from twin.home import Home
from viewer.server.feed_rows import FeedRow

LOCK = "feed"
"""Lock of the home that ``twin feed run`` and ``twin feed once`` hold while they work."""

Pulse = Literal["running", "resting", "stopped"]


def pulse(home: Home, found: Iterable[FeedRow], present: datetime) -> Pulse:
    """How the runner fares.

    Parameters
    ----------
    home : Home
        Whose runner.
    found : iterable of FeedRow
        Its feeds.
    present : datetime
        Now.

    Returns
    -------
    pulse : {"running", "resting", "stopped"}
        ``resting`` where nobody is at work just now and nothing is overdue, as between two runs of ``twin feed once``.
    """
    if is_at_work(home):
        return "running"
    return "stopped" if any(_overdue(row, present) for row in found) else "resting"


def is_at_work(home: Home) -> bool:
    """Whether somebody holds the runner's lock. It is asked as a reader, and for no longer than asking takes."""
    file = home.path / "locks" / f"{LOCK}.lock"
    if not file.exists():
        return False
    try:
        import fcntl  # noqa: PLC0415 – not on Windows
    except ImportError:
        with suppress(Timeout), home.lock(LOCK, timeout=0):
            return False
        return True
    with suppress(OSError):
        handle = os.open(file, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
    return False


def _overdue(row: FeedRow, present: datetime) -> bool:
    """Whether a feed should have been asked long ago."""
    if row.standing in ("paused", "no consent"):
        return False
    due = row.state.next_at or row.saved_at
    with suppress(ValueError, TypeError):
        return (present - datetime.fromisoformat(due)).total_seconds() > patience(row.every)
    return False
