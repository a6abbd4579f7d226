"""Calls of trips become departures: read twice, block by block, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.format import Batch
from ingest.gtfs.calendar import Calendar, as_dates
from ingest.gtfs.clock import clock, seconds
from ingest.gtfs.feed import Feed
from ingest.gtfs.frequency import Frequencies
from ingest.gtfs.stop import Stops
from ingest.gtfs.trip import Trips
from twin.discovery import find

LAYER = "transit_departure"

_TIMES = "stop_times.txt"
_NEEDED = ("trip_id", "stop_id", "stop_sequence", "departure_time")
_NO_PICKUP = "1"
_LATEST = 4 * 86_400


class Departures:
    """Departures of a feed.

    Parameters
    ----------
    feed, stops, trips, calendar
        What they are made of; the stops count them.
    days : sequence of int
        Days that the stops count, by number in the calendar.

    Attributes
    ----------
    left_out : Counter of str
        Calls whose stop or trip is unknown, that have no time, or where nobody may board.
    """

    def __init__(self, feed: Feed, stops: Stops, trips: Trips, calendar: Calendar, days: Sequence[int]) -> None:
        self._feed, self._stops, self._trips = feed, stops, trips
        self._folded = calendar.folded()
        self._runs = [calendar.on(day)[trips.service] for day in days]
        self._frequencies = Frequencies(feed, trips.ids)
        self.left_out: Counter[str] = Counter(frequency=self._frequencies.left_out)
        self._last = np.full(len(trips.ids), -1, np.int64)
        self._first_time = np.full(len(trips.ids), np.iinfo(np.int64).max, np.int64)

    def items(self) -> Iterator[Batch]:
        """Batches of departures."""
        for batch in self._feed.batches(_TIMES, _NEEDED, _NEEDED):
            trip, sequence, time = self._calls(batch)
            known = (trip >= 0) & (sequence >= 0)
            np.maximum.at(self._last, trip[known], sequence[known])
            timed = known & (time >= 0)
            np.minimum.at(self._first_time, trip[timed], time[timed])
        for batch in self._feed.batches(_TIMES, (*_NEEDED, "stop_headsign", "pickup_type"), _NEEDED):
            table = self._departures(batch)
            if table.num_rows:
                yield Batch(LAYER, table)

    def _calls(self, batch: pa.RecordBatch) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        sequence = _numbers(batch.column("stop_sequence"))
        return _places(self._trips.ids, batch.column("trip_id")), sequence, seconds(batch.column("departure_time"))

    def _departures(self, batch: pa.RecordBatch) -> pa.Table:
        trip, sequence, time = self._calls(batch)
        stop = _places(self._stops.ids, batch.column("stop_id"))
        known = trip >= 0
        boards = pc.not_equal(batch.column("pickup_type"), _NO_PICKUP).fill_null(True).to_numpy(zero_copy_only=False)
        leaves = sequence < self._last[np.maximum(trip, 0)] if len(self._last) else known
        timed = (time >= 0) & (time <= _LATEST) & (sequence >= 0)
        runs = self._folded.days[self._trips.service[np.maximum(trip, 0)]] > 0 if len(self._last) else known
        self.left_out["unknown_trip"] += int((~known).sum())
        self.left_out["unknown_stop"] += int((known & (stop < 0)).sum())
        self.left_out["without_time"] += int((known & (stop >= 0) & ~timed).sum())
        self.left_out["never_running"] += int((known & (stop >= 0) & timed & ~runs).sum())
        rows = np.flatnonzero(known & (stop >= 0) & timed & runs & boards & leaves)
        by_frequency = self._frequencies.of(trip[rows])
        calls, times = rows[~by_frequency], time[rows[~by_frequency]]
        pattern = rows[by_frequency]
        again, when = self._frequencies.repeated(trip[pattern], time[pattern] - self._first_time[trip[pattern]])
        call = np.concatenate([calls, pattern[again]])
        at = np.concatenate([times, when])
        repeated = np.arange(len(call)) >= len(calls)
        for day, running in enumerate(self._runs):
            self._stops.count(stop[call], day, running[trip[call]])
        return self._table(batch, call, trip[call], stop[call], at, repeated)

    def _table(
        self,
        batch: pa.RecordBatch,
        call: NDArray[np.int64],
        trip: NDArray[np.int64],
        stop: NDArray[np.int64],
        at: NDArray[np.int64],
        repeated: NDArray[np.bool_],
    ) -> pa.Table:
        service, of_call = self._trips.service[trip], pa.array(call)
        mode = self._trips.mode.take(pa.array(trip))
        self._stops.note_modes(stop, mode)
        times = clock(at)
        identity = pc.binary_join_element_wise(
            batch.column("trip_id").take(of_call), batch.column("stop_sequence").take(of_call), "/"
        )
        columns = {
            "departure_id": pc.if_else(pa.array(repeated), pc.binary_join_element_wise(identity, times, "/"), identity),
            "stop_id": batch.column("stop_id").take(of_call),
            "route": self._trips.route.take(pa.array(trip)),
            "mode": mode,
            "headsign": pc.coalesce(
                batch.column("stop_headsign").take(of_call), self._trips.headsign.take(pa.array(trip))
            ),
            "departure_time": times,
            "seconds": pa.array(at),
            "weekdays": pa.array(self._folded.weekdays[service], pa.string()),
            "days": pa.array(self._folded.days[service]),
            "valid_from": as_dates(self._folded.first[service]),
            "valid_until": as_dates(self._folded.last[service]),
            "by_frequency": pa.array(repeated),
        }
        schema: pa.Schema = find("LAYER", LAYER).read_schema
        arrays = [
            columns[field.name].cast(field.type) if field.name in columns else pa.nulls(len(call), field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(arrays, schema=schema)


def _numbers(column: pa.Array) -> NDArray[np.int64]:
    """Whole numbers of a column, -1 where there is none."""
    trimmed = pc.utf8_trim_whitespace(column)
    sound = pc.match_substring_regex(trimmed, r"^\d{1,9}$")
    found: NDArray[np.int64] = pc.if_else(sound, trimmed, "-1").cast(pa.int64()).fill_null(-1).to_numpy()
    return found


def _places(ids: pd.Index[str], column: pa.Array) -> NDArray[np.int64]:
    """Place of each value in `ids`, -1 for none; a value that comes again is looked up once."""
    encoded = column.dictionary_encode()
    found = np.append(ids.get_indexer(encoded.dictionary.to_pandas()), -1).astype(np.int64)
    indices: NDArray[np.int64] = encoded.indices.fill_null(len(found) - 1).to_numpy(zero_copy_only=False)
    places: NDArray[np.int64] = found[indices]
    return places
