"""Sensors, and readings of each, as arrays: a look at thousands is a few comparisons of columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.reading import Reading

USABLE = "(quality IS NULL OR quality NOT IN ('bad', 'missing'))"
"""Readings that are believed."""

_SENSORS = """
    SELECT s.ags, s.sensor_id, coalesce(s.observed_property, '') AS observed_property, coalesce(s.unit, '') AS unit"""
_BROUGHT = f"""{_SENSORS}, o.times, o.results
    FROM (SELECT ags, sensor_id, list(epoch_us(phenomenon_time) ORDER BY phenomenon_time) AS times,
              list(result ORDER BY phenomenon_time) AS results
          FROM observation
          WHERE delivery_id IN ({{deliveries}}) AND phenomenon_time >= make_timestamp(?::BIGINT) AND isfinite(result)
              AND {USABLE}
          GROUP BY ags, sensor_id) o JOIN sensor s USING (ags, sensor_id)"""
_SINCE = f"""{_SENSORS}, o.times, o.results
    FROM (SELECT ags, sensor_id, list(epoch_us(phenomenon_time) ORDER BY phenomenon_time) AS times,
              list(result ORDER BY phenomenon_time) AS results
          FROM observation
          WHERE sensor_id IN (SELECT unnest(?)) AND phenomenon_time >= make_timestamp(?) AND isfinite(result)
              AND {USABLE}
          GROUP BY ags, sensor_id) o JOIN sensor s USING (ags, sensor_id)"""
_LATEST = f"""{_SENSORS}, epoch_us(coalesce(l.phenomenon_end, l.phenomenon_time)) AS time,
        coalesce(l.quality, '') = 'missing' AS missing
    FROM sensor s LEFT JOIN observation_latest l USING (ags, sensor_id)"""
_HEARD = """
    SELECT ags, sensor_id, max(epoch_us(coalesce(phenomenon_end, phenomenon_time))) AS time FROM observation
    WHERE sensor_id IN (SELECT unnest(?)) AND phenomenon_time >= make_timestamp(?)
        AND quality IS DISTINCT FROM 'missing'
    GROUP BY ags, sensor_id"""
NEVER = np.iinfo(np.int64).min
"""Time of a reading that there is not."""


@dataclass(frozen=True)
class Sensors:
    """Sensors, one an index.

    Attributes
    ----------
    ags, sensor_id, observed_property, unit : list of str
        As layer ``sensor`` has them; empty texts where it has none.
    """

    ags: list[str]
    sensor_id: list[str]
    observed_property: list[str]
    unit: list[str]
    _coded: dict[str, tuple[dict[str, int], NDArray[np.int64]]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ags)

    @cached_property
    def index(self) -> dict[tuple[str, str], int]:
        """(ags, sensor id) → index."""
        return {key: number for number, key in enumerate(zip(self.ags, self.sensor_id, strict=True))}

    def owned(self, tenants: frozenset[str]) -> NDArray[np.bool_]:
        """Which belong to one of some tenants."""
        known, codes = self.coded("ags")
        return np.isin(codes, [known[ags] for ags in tenants if ags in known])

    def measuring(self, observed_property: str) -> NDArray[np.bool_]:
        """Which measure a property."""
        known, codes = self.coded("observed_property")
        return np.equal(codes, known.get(observed_property, -1))

    def called(self, sensor_id: str) -> NDArray[np.bool_]:
        """Which have an id: one a tenant."""
        known, codes = self.coded("sensor_id")
        return np.equal(codes, known.get(sensor_id, -1))

    def coded(self, column: str) -> tuple[dict[str, int], NDArray[np.int64]]:
        """Values of a column with their numbers, and each sensor's number."""
        if column not in self._coded:
            encoded = pa.array(getattr(self, column), pa.string()).dictionary_encode()
            known = {value: number for number, value in enumerate(encoded.dictionary.to_pylist())}
            self._coded[column] = known, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return self._coded[column]


@dataclass(frozen=True)
class Readings:
    """Readings of sensors, each sensor's in the order of time.

    Attributes
    ----------
    sensors : Sensors
        Whose.
    owner : int array of shape (readings,)
        Index of the sensor of each reading, ascending.
    time : int array of shape (readings,)
        Microseconds since 1970, UTC.
    value : float array of shape (readings,)
        Finite, in the sensor's unit.
    """

    sensors: Sensors
    owner: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]

    @cached_property
    def last(self) -> NDArray[np.int64]:
        """Time of the last reading of each sensor."""
        found = np.full(len(self.sensors), NEVER)
        found[self.owner] = self.time  # the last one that is written stays
        return found

    def chosen(self, which: NDArray[np.bool_]) -> Readings:
        """Some of the readings, of the same sensors."""
        return Readings(self.sensors, self.owner[which], self.time[which], self.value[which])


def brought(reading: Reading, deliveries: list[str], since: int) -> Readings:
    """Readings that deliveries brought and that are not older than `since`; bad ones and numbers that are none not."""
    # Written out, ids are compared with what the files say of their parts, and most of them are not read.
    sql = _BROUGHT.format(deliveries=", ".join("?" * len(deliveries)))
    return _readings(reading.query(sql, [*deliveries, since]).to_arrow_table())


def stored(reading: Reading, sensor_ids: list[str], since: int) -> Readings:
    """Readings of sensors that are stored and not older than `since`."""
    return _readings(reading.query(_SINCE, [sensor_ids, since]).to_arrow_table())


def latest(reading: Reading, since: int) -> tuple[Sensors, NDArray[np.int64]]:
    """All sensors, and when each was last heard of: end of the last reading; `NEVER` if it never was.

    A reading whose quality is ``missing`` says that there is none; what was before it is looked for down to `since`.
    """
    table = reading.query(_LATEST).to_arrow_table()
    sensors = _sensors(table)
    time = table["time"].fill_null(int(NEVER)).to_numpy().astype(np.int64)
    dumb = np.flatnonzero(table["missing"].to_numpy())
    if dumb.size:
        time[dumb] = NEVER
        ids = sorted({sensors.sensor_id[number] for number in dumb})
        for ags, sensor_id, heard in reading.query(_HEARD, [ids, since]).fetchall():
            if (ags, sensor_id) in sensors.index:
                time[sensors.index[ags, sensor_id]] = heard
    return sensors, time


def known(reading: Reading) -> Sensors:
    """All sensors."""
    return _sensors(reading.query(f"{_SENSORS} FROM sensor s").to_arrow_table())


def _readings(table: pa.Table) -> Readings:
    sensors = _sensors(table)
    times, results = (table[name].combine_chunks() for name in ("times", "results"))
    lengths = times.value_lengths().to_numpy(zero_copy_only=False).astype(np.int64) if len(sensors) else []
    return Readings(
        sensors,
        np.repeat(np.arange(len(sensors)), lengths),
        np.asarray(times.flatten(), np.int64),
        np.asarray(results.flatten(), np.float64),
    )


def _sensors(table: pa.Table) -> Sensors:
    names = ("ags", "sensor_id", "observed_property", "unit")
    return Sensors(*(table[name].to_pylist() for name in names))
