"""Readings of the demo's sensors at any time, with what goes wrong among real ones: gaps, silence, errors, corrections.

A reading depends on its sensor and its time alone, so that a later delivery repeats an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.demo.landscape import Floats
from ingest.demo.places import SEED
from ingest.demo.sensor import Sensor
from ingest.demo.sensors import SILENT
from ingest.demo.weather import EPOCH, STORM, Hours, weather

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.datetime64]

YEAR = np.timedelta64(365 * 24, "h")

SILENCE = np.timedelta64(53, "h")
"""How long the silent sensor has been silent when a delivery is written."""

LOST = 0.003
"""Share of the readings that were lost on the way."""

GAPS = (
    (15, "02-09T11", 94), (16, "02-09T11", 94), (17, "02-09T11", 94), (24, "05-19T05", 61), (44, "03-03T02", 200),
    (53, "08-20T09", 310), (20, "10-05T17", 38), (33, "06-13T00", 52), (2, "01-21T04", 27), (64, "04-08T06", 19),
)  # fmt: skip
"""Sensor, since when in each year, and for how many hours nothing came from it."""

OFF_SCALE = (
    (70, "06-30T13", 85.0), (73, "01-14T03", -99.9), (50, "07-01T12", 130.0), (16, "05-02T09", -999.0),
    (71, "09-17T21", 327.0),
)  # fmt: skip
"""Sensor, hour in each year, and a reading that cannot be."""

JAMMED, JAM = 46, 14.0
"""Sensor whose float jammed in the storm, and what it read meanwhile."""

JAM_HOURS = (1, 4)
"""First and last hour of the jam after the storm broke."""

MENDED = np.timedelta64(45, "h")
"""When the hydrologists put it right, after the jam's last hour."""


@dataclass(frozen=True)
class Readings:
    """Readings of one sensor, in order of time.

    Attributes
    ----------
    times : array of datetime64[s]
        UTC; of sums and means the end of their interval.
    values : array
        Rounded as the sensor writes them.
    """

    times: Times
    values: Floats

    def __len__(self) -> int:
        return len(self.times)

    def where(self, mask: Mask) -> Readings:
        """Those that `mask` keeps."""
        return Readings(self.times[mask], self.values[mask])


def measured(sensor: Sensor, times: Times) -> Readings:
    """What a sensor that is well reads at `times`, which are none before `EPOCH`."""
    times = times.astype("datetime64[s]")
    if not len(times):
        return Readings(times, np.zeros(0))
    around = weather(times.max().astype("datetime64[h]") + 1)
    hourly = sensor.hourly(around)
    if sensor.step < 3600 and sensor.quantity.symbol in ("mm", "min", "numerischer Code"):
        values = _in_ten_minutes(sensor, hourly, around.hours, times)
    else:
        since = (times - EPOCH.astype("datetime64[s]")).astype(float) / 3600
        values = np.interp(since, np.arange(len(hourly)), hourly)
        values += sensor.tremble * _tremble(times, sensor.number)
    if sensor.quantity.code != "air_temperature":
        values = np.maximum(values, 0.0)
    # Adding 0 makes a plain zero of a negative one.
    return Readings(times, np.round(values, sensor.quantity.digits) + 0.0)


def delivered(sensor: Sensor, present: np.datetime64) -> Readings:
    """The year of a sensor up to `present`, an hour in UTC, as it was first delivered."""
    step = np.timedelta64(sensor.step, "s")
    end = present.astype("datetime64[s]")
    found = measured(sensor, np.arange(end - YEAR + step, end + step, step))
    found = found.where(_came(sensor, found.times, present))
    values = found.values.copy()
    for number, at, wrong in OFF_SCALE:
        if number == sensor.number:
            values[_yearly(found.times, at)] = wrong
    if sensor.number == JAMMED:
        values[jammed(found.times)] = JAM
    return Readings(found.times, values)


def jammed(times: Times) -> Mask:
    """Which of `times` lie in the jam."""
    after = _hours_since(times, STORM)
    found: Mask = (after >= JAM_HOURS[0]) & (after <= JAM_HOURS[1])
    return found


def mended(sensor: Sensor, present: np.datetime64) -> Readings:
    """What is known better now than when it was delivered; empty for most sensors."""
    if sensor.number != JAMMED:
        return Readings(np.zeros(0, "datetime64[s]"), np.zeros(0))
    end = present.astype("datetime64[s]")
    times = np.arange(end - YEAR + 3600, end - MENDED, np.timedelta64(sensor.step, "s"))
    return measured(sensor, times[jammed(times)])


def _came(sensor: Sensor, times: Times, present: np.datetime64) -> Mask:
    """Which readings came: some are lost, some sensors fail for days, one is silent at present."""
    slots = (times - EPOCH.astype("datetime64[s]")).astype(np.int64) // sensor.step
    random = np.random.default_rng([SEED, 51, sensor.number]).random(int(slots.max(initial=0)) + 1)
    came: Mask = random[slots] >= LOST
    came[-1:] = True
    for number, at, hours in GAPS:
        if number == sensor.number:
            after = _hours_since(times, at)
            came &= (after < 0) | (after >= hours)
    if sensor.number == SILENT:
        came &= times <= (present - SILENCE).astype("datetime64[s]")
    return came


def _yearly(times: Times, at: str) -> Mask:
    """Which of `times` are the hour `at` of a year."""
    found: Mask = _hours_since(times, at) == 0
    return found


def _hours_since(times: Times, at: str) -> Floats:
    """Hours since ``MM-DDThh`` of the same year. [h]"""
    years, of_year = np.unique(times.astype("datetime64[Y]"), return_inverse=True)
    moments = np.array([np.datetime64(f"{year}-{at}", "s") for year in years.astype(str)], "datetime64[s]")
    after: Floats = (times - moments[of_year]).astype(float) / 3600
    return after


def _in_ten_minutes(sensor: Sensor, hourly: Floats, hours: Hours, times: Times) -> Floats:
    """What of an hour's rain falls in which of its ten minutes: most of it in a few."""
    lot = np.random.default_rng([SEED, 52, sensor.station.number]).standard_normal((len(hours), 6))
    share = np.exp(1.3 * lot)
    share /= share.sum(axis=1, keepdims=True)
    minutes = (times - EPOCH.astype("datetime64[s]")).astype(np.int64) // 60 - 1
    hour, slot = minutes // 60 + 1, minutes % 60 // 10
    fallen: Floats = np.round(hourly[hour] * share[hour, slot], 2)
    if sensor.quantity.symbol == "mm":
        return fallen
    return (fallen > 0).astype(float) if sensor.quantity.code else np.minimum(10.0, np.ceil(fallen * 25))


def _tremble(times: Times, number: int) -> Floats:
    """Between about -1 and 1, never the same within a day, and known at any second."""
    second = (times - EPOCH.astype("datetime64[s]")).astype(float)
    turns = np.random.default_rng([SEED, 53, number]).uniform(0, 2 * np.pi, 4)
    waves = zip((0.45, 0.3, 0.25, 0.2), (23.0, 71.0, 313.0, 1709.0), turns, strict=True)
    trembling: Floats = np.sum(
        [size * np.sin(2 * np.pi * second / period + turn) for size, period, turn in waves], axis=0
    )
    return trembling
