"""On which days services run: calendars and their exceptions, folded to weekdays with a validity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ingest.gtfs.feed import Feed

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_LONGEST = 1100
"""Days that a timetable may span; what lies beyond is left out and counted. [d]"""

_MOST = 1_000_000
"""Services of a feed: Germany's has some hundred thousand."""

_AT_ONCE = 20_000
"""Services whose days are laid out at once."""

_MONDAY = np.datetime64("1970-01-05", "D")
_ADDED = "1"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of all services.

    Attributes
    ----------
    services : pandas.Index
        Their ids.
    first : numpy.datetime64
        The day that `runs` begins with.
    runs : ndarray of uint8, shape (s, ceil(d / 8))
        A bit for each service and day.
    days : int
        How many days there are.
    left_out : int
        Dates that nobody can read, or that lie too far from the others.
    """

    services: pd.Index[str]
    first: np.datetime64
    runs: NDArray[np.uint8]
    days: int
    left_out: int

    @property
    def weekdays(self) -> NDArray[np.int64]:
        """Weekday of each day, 0 for Monday."""
        days = self.first + np.arange(self.days)
        found: NDArray[np.int64] = (days - _MONDAY).astype(np.int64) % 7
        return found

    def trips(self, each: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many trips run on each day, where `each` service has so many."""
        found = np.zeros(self.days, np.int64)
        for start in range(0, len(self.runs), _AT_ONCE):
            found += each[start : start + _AT_ONCE] @ self._unpacked(start).astype(np.int64)
        return found

    def on(self, day: int) -> NDArray[np.bool_]:
        """Which services run on a day, by its number; none on a day that there is not."""
        if not 0 <= day < self.days:
            return np.zeros(len(self.runs), bool)
        found: NDArray[np.bool_] = (self.runs[:, day // 8] >> (7 - day % 8) & 1).astype(bool)
        return found

    def folded(self) -> Folded:
        """Weekdays and validity of each service.

        A weekday counts if the service runs on at least half of those days between its first and its last day; of a
        service that runs on no weekday that often, those on which it runs most often.
        """
        count, weekdays = len(self.services), self.weekdays
        masks, days = np.zeros((count, 7), bool), np.zeros(count, np.int64)
        first, last = np.zeros(count, np.int64), np.zeros(count, np.int64)
        # How many Mondays, Tuesdays … there are before each day.
        before = np.vstack([np.zeros((1, 7), np.int64), np.cumsum(np.eye(7, dtype=np.int64)[weekdays], axis=0)])
        for start in range(0, count, _AT_ONCE):
            runs = self._unpacked(start)
            here = slice(start, start + len(runs))
            days[here] = runs.sum(axis=1)
            first[here] = runs.argmax(axis=1)
            last[here] = self.days - 1 - runs[:, ::-1].argmax(axis=1)
            running = runs.astype(np.int64) @ np.eye(7, dtype=np.int64)[weekdays]
            possible = before[last[here] + 1] - before[first[here]]
            share = running / np.maximum(possible, 1)
            masks[here] = (share >= np.minimum(0.5, share.max(axis=1, keepdims=True))) & (running > 0)
        signs = np.array(["".join(signs) for signs in np.where(masks, "1", "0")], object)
        return Folded(signs, days, self.first + first, self.first + last)

    def _unpacked(self, start: int) -> NDArray[np.uint8]:
        return np.unpackbits(self.runs[start : start + _AT_ONCE], axis=1, count=self.days)


@dataclass(frozen=True, slots=True)
class Folded:
    """What is left of a calendar in a row of a table, for each service.

    Attributes
    ----------
    weekdays : ndarray of str
        Seven signs, Monday first.
    days : ndarray of int64
        On how many days it runs.
    first, last : ndarray of datetime64[D]
        Validity; meaningless where it never runs.
    """

    weekdays: NDArray[np.object_]
    days: NDArray[np.int64]
    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]


def calendar(feed: Feed) -> Calendar:
    """Days of the services of a feed, from either of the two files or both.

    Raises
    ------
    InvalidDelivery
        If a file is damaged, or there are far more services than any honest feed has.
    """
    regular = feed.table("calendar.txt", ["service_id", *WEEKDAYS, "start_date", "end_date"]).to_pandas()
    changes = feed.table("calendar_dates.txt", ["service_id", "date", "exception_type"]).to_pandas()
    services: pd.Index[str] = pd.Index(pd.concat([regular["service_id"], changes["service_id"]]).dropna().unique())
    if len(services) > _MOST:
        raise feed.invalid("service_id", f"≤ {_MOST:,}", f"{len(services):,}")
    said = [_days(regular["start_date"]), _days(regular["end_date"]), _days(changes["date"])]
    first, days = _span(np.concatenate(said))
    if not days:
        return Calendar(services, first, np.zeros((len(services), 0), np.uint8), 0, len(regular) + len(changes))
    start, end, date = (np.asarray((one - first) / np.timedelta64(1, "D"), np.float64) for one in said)
    sound = np.isfinite(start) & np.isfinite(end) & (end >= 0) & (start < days) & regular["service_id"].notna()
    known = np.isfinite(date) & (date >= 0) & (date < days) & changes["service_id"].notna()
    left_out = int((~sound).sum() + (~known).sum())
    whose = services.get_indexer(regular["service_id"])
    flags = np.column_stack([(regular[name] == "1").to_numpy() for name in WEEKDAYS])
    changed = services.get_indexer(changes["service_id"])
    added = (changes["exception_type"] == _ADDED).to_numpy()
    weekdays = ((first + np.arange(days)) - _MONDAY).astype(np.int64) % 7
    packed = np.zeros((len(services), -(-days // 8)), np.uint8)
    order = np.argsort(changed, kind="stable")
    order = order[known[order]]
    for begin in range(0, len(services), _AT_ONCE):
        runs = np.zeros((min(_AT_ONCE, len(services) - begin), days), bool)
        for row in np.flatnonzero(sound & (whose >= begin) & (whose < begin + len(runs))).tolist():
            low, high = max(int(start[row]), 0), min(int(end[row]), days - 1) + 1
            runs[whose[row] - begin, low:high] |= flags[row][weekdays[low:high]]
        mine = order[(changed[order] >= begin) & (changed[order] < begin + len(runs))]
        runs[changed[mine] - begin, date[mine].astype(np.int64)] = added[mine]
        packed[begin : begin + len(runs)] = np.packbits(runs, axis=1)
    return Calendar(services, first, packed, days, left_out)


def _days(column: pd.Series[str]) -> NDArray[np.datetime64]:
    found = pd.to_datetime(column.astype("string").str.strip(), format="%Y%m%d", errors="coerce")
    days: NDArray[np.datetime64] = found.to_numpy("datetime64[D]")
    return days


def _span(dates: NDArray[np.datetime64]) -> tuple[np.datetime64, int]:
    """First day and number of days; around the middle one of the dates, where they lie too far apart."""
    known = np.sort(dates[~np.isnat(dates)])
    if not len(known):
        return np.datetime64("1970-01-01", "D"), 0
    middle = known[len(known) // 2]
    first = max(known[0], middle - np.timedelta64(_LONGEST // 2, "D"))
    last = min(known[-1], middle + np.timedelta64(_LONGEST // 2, "D"))
    return first, int((last - first) / np.timedelta64(1, "D")) + 1


def as_dates(days: NDArray[np.datetime64]) -> pa.Array:
    """Days as Arrow has them."""
    return pa.array(days.astype("datetime64[D]"))
