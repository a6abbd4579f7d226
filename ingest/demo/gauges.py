"""Writes the gauges of the demo's river as PegelOnline does: the stations, and a document of readings a series."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ingest.demo.landscape import height
from ingest.demo.readings import Readings, delivered
from ingest.demo.river import RIVER_NAME
from ingest.demo.sensor import Sensor
from ingest.demo.sensors import sensors
from ingest.demo.things import position

_TITLES = {"W": "WASSERSTAND ROHDATEN", "Q": "ABFLUSS ROHDATEN", "WT": "WASSERTEMPERATUR ROHDATEN"}
_MOUTH = 14_000.0
"""How far west of the demo's origin the river ends, for its kilometres. [m]"""


def stations() -> bytes:
    """The list of stations with their series."""
    own = _gauges()
    numbers = {sensor.station.number: sensor for sensor in own}
    listed = [_station([one for one in own if one.station.number == number]) for number in numbers]
    return json.dumps(listed, ensure_ascii=False, indent=1).encode()


def measurements(present: np.datetime64) -> Iterator[tuple[str, bytes]]:
    """Name and content of the document of each series; the name says which one it is of."""
    for sensor in _gauges():
        yield f"{sensor.station.uuid}_{sensor.code}.json", _measurements(sensor, delivered(sensor, present))


def _gauges() -> list[Sensor]:
    return [sensor for sensor in sensors() if sensor.source == "gauge"]


def _station(series: list[Sensor]) -> dict[str, Any]:
    station = series[0].station
    longitude, latitude = position(station)
    return {
        "uuid": station.uuid,
        "number": str(station.number),
        "shortname": station.name,
        "longname": station.name,
        "km": round((station.position[0] + _MOUTH) / 1000 * 1.18, 1),
        "agency": station.owner,
        "longitude": longitude,
        "latitude": latitude,
        "water": {"shortname": RIVER_NAME.upper(), "longname": RIVER_NAME.upper()},
        "timeseries": [_series(sensor) for sensor in series],
    }


def _series(sensor: Sensor) -> dict[str, Any]:
    east, north = sensor.station.position
    zero = {"unit": "m. ü. NHN", "value": round(float(height(east, north - 15.0)) - 0.4, 3), "validFrom": "2000-11-01"}
    written = {
        "shortname": sensor.code,
        "longname": _TITLES[sensor.code],
        "unit": sensor.quantity.symbol,
        "equidistance": sensor.step // 60,
    }
    return {**written, "gaugeZero": zero} if sensor.code == "W" else written


def _measurements(sensor: Sensor, readings: Readings) -> bytes:
    local = pd.DatetimeIndex(readings.times).tz_localize("UTC").tz_convert("Europe/Berlin")
    summer = local.tz_localize(None).to_numpy() - readings.times > np.timedelta64(90, "m")
    stamps = np.datetime_as_string(local.tz_localize(None).to_numpy(), unit="s").tolist()
    zones = np.where(summer, "+02:00", "+01:00").tolist()
    entries = [
        f'{{"timestamp":"{stamp}{zone}","value":{value}}}'
        for stamp, zone, value in zip(stamps, zones, readings.values.tolist(), strict=True)
    ]
    return ("[" + ",\n".join(entries) + "]\n").encode()
