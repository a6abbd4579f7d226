"""Trips that run by a headway: their calls are a pattern, repeated from a first to a last time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.gtfs.clock import seconds
from ingest.gtfs.feed import Feed
from twin.language import Text

_SHORTEST = 10
"""Headways below are a mistake: no vehicle follows another within ten seconds. [s]"""

_LATEST = 4 * 86_400

_MOST = 2_000_000
"""Departures that the calls of one block may become."""

_FEW = Text(f"höchstens {_MOST:,} Abfahrten je Datenblock", f"{_MOST:,} departures a block at most")


class Frequencies:
    """Headways of a feed.

    Parameters
    ----------
    feed : Feed
        Where they are; it may have none.
    trips : pandas.Index
        Ids of the trips that are known.

    Attributes
    ----------
    left_out : int
        Entries without a known trip, or with times that make no sense.
    """

    def __init__(self, feed: Feed, trips: pd.Index[str]) -> None:
        self._feed = feed
        table = feed.table("frequencies.txt", ["trip_id", "start_time", "end_time", "headway_secs"])
        trip = trips.get_indexer(table.column("trip_id").to_pandas())
        start, end = seconds(table.column("start_time")), seconds(table.column("end_time"))
        headway = pd.to_numeric(table.column("headway_secs").to_pandas(), errors="coerce").to_numpy(np.float64)
        sound = (trip >= 0) & (start >= 0) & (end > start) & (end <= _LATEST) & (headway >= _SHORTEST)
        self.left_out = int((~sound).sum())
        order = np.argsort(trip[sound], kind="stable")
        self._trip = trip[sound][order]
        self._start, self._end = start[sound][order], end[sound][order]
        self._headway = headway[sound][order].astype(np.int64)

    def of(self, trips: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these trips run by a headway."""
        return np.isin(trips, self._trip)

    def repeated(
        self, trips: NDArray[np.int64], offsets: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Calls of trips, repeated.

        Parameters
        ----------
        trips, offsets : ndarray of int64, shape (n,)
            Trip of each call, and how long after the trip's first departure it is. [s]

        Returns
        -------
        calls : ndarray of int64, shape (m,)
            Which of the given calls each is.
        times : ndarray of int64, shape (m,)
            When it leaves. [s]

        Raises
        ------
        InvalidDelivery
            If they become far more than any honest headway makes of them.
        """
        low, high = np.searchsorted(self._trip, trips, "left"), np.searchsorted(self._trip, trips, "right")
        call = np.repeat(np.arange(len(trips)), high - low)
        entry = np.arange(len(call)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[call]
        runs: NDArray[np.int64] = -(-(self._end[entry] - self._start[entry]) // self._headway[entry])
        if runs.sum() > _MOST:
            raise self._feed.invalid("frequencies.txt", _FEW, f"{runs.sum():,}")
        turn = np.arange(int(runs.sum())) - np.repeat(np.cumsum(runs) - runs, runs)
        entry, call = np.repeat(entry, runs), np.repeat(call, runs)
        return call, self._start[entry] + turn * self._headway[entry] + offsets[call]
