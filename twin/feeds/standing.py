"""How a feed fares, in a word: the runner, its health page and the dashboard say the same."""

from __future__ import annotations

from typing import Literal

from twin.feeds.feed import Feed
from twin.feeds.state import FeedState

Standing = Literal["failing", "late", "no consent", "new", "ok", "paused"]

STANDINGS: tuple[Standing, ...] = ("failing", "late", "no consent", "new", "ok", "paused")
"""What needs somebody comes first."""

_GRACE = 300.0


def patience(every: float) -> float:
    """How long a feed that is asked so often may be silent before it is late: twice as long and five minutes. [s]"""
    return 2 * every + _GRACE


def standing(feed: Feed, state: FeedState, silent: float, *, consented: bool = True) -> Standing:
    """How a feed fares.

    Parameters
    ----------
    silent : float
        How long it has not answered. [s]
    consented : bool
        Whether its municipality shares sensors at present.

    Returns
    -------
    standing : str
        ``failing``: the last try went wrong; ``late``: no answer for longer than its `patience`; ``new``: never asked.
    """
    if not feed.enabled:
        return "paused"
    if not consented:
        return "no consent"
    if state.failures:
        return "failing"
    if silent > patience(feed.every):
        return "late"
    return "ok" if state.tried_at else "new"
