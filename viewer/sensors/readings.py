"""Readings of a datastream over a period, never more of them than a chart can show: added up by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from viewer.sensors.datastream import Datastream
from viewer.sensors.period import Period

if TYPE_CHECKING:
    from twin import Twin
    from twin.reading import Reading

MOST = 2000
"""Points of one chart, all datastreams together."""

MOST_STEPS = 800
"""Means of one datastream that say more than fewer would: a year is days, a month hours."""

MOST_BARS = 400
"""Bars of one datastream that can be told apart."""

STEPS = {"10min": 600, "hour": 3600, "3h": 10_800, "6h": 21_600, "day": 86_400, "week": 604_800, "month": 2_629_800}
"""Lengths of what readings are put together by. [s]"""

SUMS = ("10min", "hour", "day", "week", "month")
"""Steps that quantities are added up by: rain of a day is told, of six hours hardly."""

_LOCAL = "(({0} AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Berlin')"
_UTC = "(({0} AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC')"

_BUCKETS = {
    "10min": ("time_bucket(INTERVAL '10 minutes', {0})", "INTERVAL '10 minutes'", False),
    "hour": ("date_trunc('hour', {0})", "INTERVAL '1 hour'", False),
    "3h": ("time_bucket(INTERVAL '3 hours', {0})", "INTERVAL '3 hours'", True),
    "6h": ("time_bucket(INTERVAL '6 hours', {0})", "INTERVAL '6 hours'", True),
    "day": ("date_trunc('day', {0})", "INTERVAL '1 day'", True),
    "week": ("date_trunc('week', {0})", "INTERVAL '7 days'", True),
    "month": ("date_trunc('month', {0})", "INTERVAL '1 month'", True),
}
"""Beginning and length of a step, and whether it is cut by local time: a day is the district's day."""

_AGGREGATES = {
    "mean": "avg(result)",
    "sum": "sum(result)",
    "level": "10 * log10(avg(pow(10, result / 10)))",
    "direction": "fmod(degrees(atan2(avg(sin(radians(result))), avg(cos(radians(result))))) + 360, 360)",
    "mode": "mode(result)",
}
_NO_BAND = ("direction", "mode")

_USABLE = "(quality IS NULL OR quality NOT IN ('bad', 'missing'))"
_DOUBTFUL = "coalesce(quality, '') IN ('bad', 'missing', 'suspect', 'estimated')"


@dataclass(frozen=True, slots=True)
class _Readings:
    """Readings as they are known at a moment: before what was corrected later."""

    reading: Reading
    known_at: datetime | None

    @property
    def source(self) -> str:
        """Table expression of the readings."""
        if self.known_at is None:
            return f"{self.reading.base}.observation"
        moment = self.known_at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        known = f"known_from <= TIMESTAMP '{moment}' AND (known_until IS NULL OR known_until > TIMESTAMP '{moment}')"
        return f"(SELECT * FROM {self.reading.base}.observation_known WHERE {known})"


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one datastream over a period.

    Attributes
    ----------
    stream : Datastream
    step : str
        Key of `STEPS`; empty for the readings as they are.
    rows : DataFrame
        ``time`` and ``end`` (UTC, with zone; of a reading that is an instant they are the same), ``value`` (put
        together as `Datastream.aggregation` says), ``lowest``, ``highest``, ``readings``, ``doubtful`` (how many of
        them), ``text`` and ``quality`` (of single readings).
    """

    stream: Datastream
    step: str
    rows: pd.DataFrame


def series(
    twin: Twin, streams: Sequence[Datastream], period: Period, step: str = "", known_at: datetime | None = None
) -> list[Series]:
    """Readings of datastreams over a period, `MOST` points at most in all.

    Parameters
    ----------
    twin : Twin
    streams : sequence of Datastream
    period : Period
    step : str
        Key of `STEPS` by which they are put together at the finest; empty for as fine as there is room.
    known_at : datetime or None
        Moment as of which readings are known, with its zone; None for now.

    Returns
    -------
    series : list of Series
        As fine as there is room for: all that are averaged by the same step.
    """
    readings = _Readings(twin.reading(), known_at)
    room = MOST // max(1, len(streams))
    counts = {stream: _count(readings, stream, period) for stream in streams}
    averaged = [counts[stream] for stream in streams if not stream.summed]
    common = finest(max(averaged, default=0), period, room, step)
    found = []
    for stream in streams:
        own = finest(counts[stream], period, min(room, MOST_BARS), step, SUMS) if stream.summed else common
        found.append(Series(stream, own, _rows(readings, stream, period, own, room)))
    return found


def finest(count: int, period: Period, room: int, least: str = "", steps: Sequence[str] = tuple(STEPS)) -> str:
    """The finest step by which so many readings over a period are no more than `room` points; empty for none."""
    if not least and count <= room:
        return ""
    for step in steps[steps.index(least) if least in steps else 0 :]:
        # Each end of the period may cut a step in two.
        if period.seconds / STEPS[step] + 2 <= min(room, MOST_STEPS):
            return step
    return steps[-1]


def latest(twin: Twin, streams: Sequence[Datastream]) -> datetime | None:
    """When the last reading of any of these datastreams was, in UTC; None if there is none."""
    reading = twin.reading()
    sql = (
        f"SELECT max(phenomenon_time) FROM {reading.base}.observation_latest "
        "WHERE list_contains(?, sensor_id) AND list_contains(?, ags)"
    )
    keys, owners = [stream.sensor_id for stream in streams], list({stream.ags for stream in streams})
    found = reading.fetch(sql, [keys, owners])[0][0] if keys else None
    return found.replace(tzinfo=UTC) if found is not None else None


def _shift(stream: Datastream) -> str:
    """When what a reading adds up began: a sum that is told for an instant is of the interval before."""
    if stream.summed and stream.interval:
        began = f"phenomenon_time - INTERVAL '{int(stream.interval)} seconds'"
        return f"CASE WHEN phenomenon_end IS NULL THEN {began} ELSE phenomenon_time END"
    return "phenomenon_time"


def _chosen(readings: _Readings, stream: Datastream) -> str:
    """Readings of a datastream whose `began` lies within two moments, as a SELECT of four placeholders and two more."""
    # The time itself is compared first, with a margin: files are skipped by it.
    margin = f"INTERVAL '{int(stream.interval) if stream.summed else 0} seconds'"
    return (
        f"SELECT * FROM (SELECT {_shift(stream)} AS began, phenomenon_time, phenomenon_end, result, "
        f"result_text, quality FROM {readings.source} WHERE ags = ? AND sensor_id = ? "
        f"AND phenomenon_time >= ? AND phenomenon_time < ?::TIMESTAMP + {margin}) WHERE began >= ? AND began < ?"
    )


def _values(stream: Datastream, period: Period) -> list[Any]:
    return [stream.ags, stream.sensor_id, *period.bounds(), *period.bounds()]


def _count(readings: _Readings, stream: Datastream, period: Period) -> int:
    sql = f"SELECT count(*) FROM ({_chosen(readings, stream)})"
    return int(readings.reading.fetch(sql, _values(stream, period))[0][0])


def _rows(readings: _Readings, stream: Datastream, period: Period, step: str, room: int) -> pd.DataFrame:
    chosen = _chosen(readings, stream)
    if step:
        begin, length, local = _BUCKETS[step]
        start = begin.format(_LOCAL.format("began") if local else "began")
        first, last = ("bucket", f"bucket + {length}")
        if local:
            first, last = _UTC.format(first), _UTC.format(f"({last})")
        value = _AGGREGATES[stream.aggregation]
        # Of directions and codes there is no smallest and no largest.
        low, high = ("min(result)", "max(result)") if stream.aggregation not in _NO_BAND else ("NULL", "NULL")
        sql = (
            f'SELECT {first} AS time, {last} AS "end", value, lowest, highest, readings, doubtful, '
            "NULL::VARCHAR AS text, NULL::VARCHAR AS quality FROM ("
            f"SELECT bucket, {value} AS value, {low} AS lowest, {high} AS highest, "
            "count(*) AS readings, sum(doubtful)::BIGINT AS doubtful FROM ("
            f"SELECT {start} AS bucket, CASE WHEN {_USABLE} THEN result END AS result, "
            f"({_DOUBTFUL})::INTEGER AS doubtful FROM ({chosen}) WHERE result IS NOT NULL"
            f") GROUP BY bucket) ORDER BY time LIMIT {int(room)}"
        )
    else:
        sql = (
            'SELECT began AS time, coalesce(phenomenon_end, phenomenon_time) AS "end", result AS value, '
            f"result AS lowest, result AS highest, 1 AS readings, ({_DOUBTFUL})::INTEGER AS doubtful, "
            f"result_text AS text, quality FROM ({chosen}) ORDER BY began LIMIT {int(room)}"
        )
    found: pd.DataFrame = readings.reading.query(sql, _values(stream, period)).df()
    for name in ("time", "end"):
        found[name] = pd.to_datetime(found[name]).dt.tz_localize("UTC")
    return found
