"""Writes sensors and readings as a SensorThings service answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyproj

from ingest.demo.places import DISTRICT_NAME, ORIGIN
from ingest.demo.readings import JAMMED, MENDED, Readings, delivered, jammed, mended
from ingest.demo.sensor import SERVICE, Sensor, Station
from ingest.demo.sensors import ABSENT, sensor, sensors
from ingest.polling.things import write_things

TOPICS = {
    "parken": ("parking_free",),
    "luft": ("no2", "pm10", "pm2_5", "o3", "noise"),
    "verkehr": ("vehicle_count", "bicycle_count"),
    "energie": ("power",),
    "wasser": ("water_level", "groundwater_level"),
    "boden": ("soil_moisture",),
    "klima": ("air_temperature", "relative_humidity", "global_radiation", "precipitation"),
}
"""Names of files, and the properties in each."""

_AT_ONCE = np.timedelta64(0, "s")
_COUNTS = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"
_MEASURES = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
_TO_DEGREES = pyproj.Transformer.from_crs(25832, 4326, always_xy=True)


def stations() -> bytes:
    """Things with their Location and Datastreams, just as a feed writes them that asks the live service.

    What the feed brings are then the same bytes, and nothing that has to be stored again.
    """
    with TemporaryDirectory() as folder:
        (path,) = write_things(sorted(described(), key=lambda one: str(one["@iot.id"])), Path(folder))
        return path.read_bytes()


def described() -> list[dict[str, Any]]:
    """Things of the sensor network of those that have joined, each with its Datastreams."""
    streams: dict[Station, list[dict[str, Any]]] = {}
    for one in network():
        streams.setdefault(one.station, []).append({**datastream(one), "ObservedProperty": observed(one)})
    return [{**thing(station), "Datastreams": own} for station, own in streams.items()]


def network() -> list[Sensor]:
    """The sensors that the service knows."""
    return [one for one in sensors() if one.source == "things" and one.station.ags != ABSENT]


def documents(present: np.datetime64) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file: a year of Observations; with Datastreams and Things where nobody has joined."""
    for topic, properties in TOPICS.items():
        own = [one for one in network() if one.quantity.code in properties]
        yield f"Observations_{topic}.json", _arrays(own, lambda one: _in_time(one, delivered(one, present)))
    away = [one for one in sensors() if one.station.ags == ABSENT]
    yield "Datastreams_steinfelde.json", _entities(away, present)


def belated(present: np.datetime64) -> bytes:
    """What the jammed gauge read in the storm, which came when the line was up again."""

    def found(one: Sensor) -> Readings:
        readings = delivered(one, present)
        return readings.where(jammed(readings.times))

    return _arrays([sensor(JAMMED)], found)


def corrections(present: np.datetime64) -> bytes:
    """What was put right afterwards: the same readings with a later ``resultTime``."""
    return _arrays([sensor(JAMMED)], lambda one: mended(one, present), delay=MENDED)


def position(station: Station) -> tuple[float, float]:
    """Longitude and latitude. [°]"""
    east, north = station.position
    longitude, latitude = _TO_DEGREES.transform(east + ORIGIN[0], north + ORIGIN[1])
    return round(longitude, 7), round(latitude, 7)


def thing(station: Station) -> dict[str, Any]:
    """A Thing with its Location."""
    longitude, latitude = position(station)
    return {
        "@iot.selfLink": f"{SERVICE}/Things({station.number})",
        "@iot.id": station.number,
        "name": station.name,
        "description": f"Messstelle im {DISTRICT_NAME}",
        "properties": {"ownerThing": station.owner},
        "Locations": [
            {
                "@iot.selfLink": f"{SERVICE}/Locations({station.number})",
                "@iot.id": station.number,
                "name": station.name,
                "encodingType": "application/geo+json",
                "location": {"type": "Point", "coordinates": [longitude, latitude]},
            }
        ],
    }


def datastream(sensor: Sensor) -> dict[str, Any]:
    """A Datastream without its Observations."""
    measures = sensor.quantity
    return {
        "@iot.selfLink": f"{SERVICE}/Datastreams({sensor.number})",
        "@iot.id": sensor.number,
        "name": f"{sensor.station.name}: {measures.name}",
        "description": measures.description,
        "observationType": _COUNTS if measures.symbol == "1" else _MEASURES,
        "unitOfMeasurement": {"name": measures.unit, "symbol": measures.symbol, "definition": ""},
        "properties": {"ownerData": sensor.station.owner},
    }


def observed(sensor: Sensor) -> dict[str, Any]:
    """An ObservedProperty."""
    return {"name": sensor.quantity.name, "description": sensor.quantity.description, "definition": ""}


def _in_time(one: Sensor, readings: Readings) -> Readings:
    """Without what came later."""
    return readings.where(~jammed(readings.times)) if one.number == JAMMED else readings


def _texts(one: Sensor, readings: Readings) -> Iterator[tuple[str, float]]:
    """Times and values as JSON has them."""
    times = np.datetime_as_string(readings.times, unit="s", timezone="UTC").tolist()
    values = readings.values if one.quantity.digits else readings.values.astype(np.int64)
    return zip(times, values.tolist(), strict=True)


def _arrays(own: list[Sensor], found: Callable[[Sensor], Readings], delay: np.timedelta64 = _AT_ONCE) -> bytes:
    """Observations in the form ``dataArray``, each group with what its values are in.

    Parameters
    ----------
    delay : timedelta64
        After it they were determined; said of the sensor that is corrected.
    """
    parts = []
    for one in own:
        readings = found(one)
        stream = {**datastream(one), "ObservedProperty": {"name": one.quantity.name}}
        head = {"Datastream": stream, "components": ["phenomenonTime", "result"], "dataArray@iot.count": len(readings)}
        if one.number == JAMMED:
            head["components"] = ["phenomenonTime", "result", "resultTime"]
            stated = np.datetime_as_string(readings.times + delay, unit="s", timezone="UTC").tolist()
            rows = [
                f'["{time}",{value},"{when}"]'
                for (time, value), when in zip(_texts(one, readings), stated, strict=True)
            ]
        else:
            rows = [f'["{time}",{value}]' for time, value in _texts(one, readings)]
        text = json.dumps(head, ensure_ascii=False)
        parts.append(f'{text[:-1]}, "dataArray": [\n' + ",\n".join(rows) + "]}")
    return ('{"value":[' + ",\n".join(parts) + "]}\n").encode()


def _entities(own: list[Sensor], present: np.datetime64) -> bytes:
    """Datastreams with their Thing and Observations."""
    parts = []
    for one in own:
        head = {**datastream(one), "Thing": thing(one.station), "ObservedProperty": observed(one)}
        rows = [
            f'{{"phenomenonTime":"{time}","result":{value}}}' for time, value in _texts(one, delivered(one, present))
        ]
        parts.append(f'{json.dumps(head, ensure_ascii=False)[:-1]},"Observations":[\n' + ",\n".join(rows) + "]}")
    return ('{"value":[' + ",\n".join(parts) + "]}\n").encode()
