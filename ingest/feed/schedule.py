"""When a feed is asked again: on a grid of its own while it answers, later and later while it does not."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime

FIRST = 30.0
"""Longest wait after the first failure, unless the feed is asked more often anyway. [s]"""

PATIENT, CAP = 300.0, 3600.0
"""The longest wait after a failure is the feed's own interval, but at least `PATIENT` and at most `CAP`. [s]"""

_AT_LEAST = 1.0


def after_answer(due: float, every: float, now: float) -> float:
    """Moment of the next asking after one that was due at `due` has been answered: no drift, nothing made up for.

    Parameters
    ----------
    due, now : float
        Of the same clock. [s]
    every : float
        Interval of the feed. [s]
    """
    missed = math.floor((now - due) / every) if now > due else 0
    following = due + (missed + 1) * every
    # A due time that lies far ahead is none of this feed's interval.
    return following if following - now <= every else now + every


def back_off(failures: int, every: float, chance: random.Random) -> float:
    """How long to wait after so many failures in a row: exponential with full jitter, so that feeds of one server that
    has been away do not come back all at once. [s]

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015.
    """
    longest = min(max(every, PATIENT), CAP)
    first = min(every, FIRST)
    # 2 to the power of 64 is beyond any cap, and no overflow.
    ceiling = min(longest, first * 2.0 ** min(max(failures, 1) - 1, 64))
    return chance.uniform(min(_AT_LEAST, ceiling), ceiling)


def remaining(next_at: str, every: float, now: datetime) -> float:
    """How long to wait for a moment that was kept before this program began. [s]

    Never longer than a feed may wait at all: the clock may have been wrong then, or be so now.
    """
    try:
        moment = datetime.fromisoformat(next_at)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    longest = max(every, min(max(every, PATIENT), CAP))
    ahead = (moment - now).total_seconds()
    return ahead if 0 <= ahead <= longest else min(max(ahead, 0.0), every)
