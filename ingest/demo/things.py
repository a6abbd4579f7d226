"""Writes sensors and readings as a SensorThings service answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyproj

from ingest.demo.places import DISTRICT_NAME, ORIGIN
from ingest.demo.readings import MENDED, Readings, delivered, jammed, mended
from ingest.demo.sensor import SERVICE, Sensor, Station
from ingest.demo.sensors import sensors

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

_COUNTS = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"
_MEASURES = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
_TO_DEGREES = pyproj.Transformer.from_crs(25832, 4326, always_xy=True)


def documents(present: np.datetime64) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file: Datastreams with their Thing, its Location, and a year of Observations."""
    for topic, properties in TOPICS.items():
        own = [sensor for sensor in sensors() if sensor.source == "things" and sensor.quantity.code in properties]
        yield f"Datastreams_{topic}.json", _document(own, {one.number: delivered(one, present) for one in own})


def corrections(present: np.datetime64) -> bytes:
    """What was put right afterwards: the same readings with a later ``resultTime``."""
    found = {one.number: mended(one, present) for one in sensors() if one.source == "things"}
    own = [one for one in sensors() if len(found.get(one.number, ()))]
    return _document(own, found, settled=True)


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


def expanded(sensor: Sensor) -> dict[str, Any]:
    """A Datastream with its Thing and ObservedProperty."""
    measures = sensor.quantity
    about = {"name": measures.name, "description": measures.description, "definition": ""}
    return {**datastream(sensor), "Thing": thing(sensor.station), "ObservedProperty": about}


def observations(sensor: Sensor, readings: Readings, *, settled: bool = False) -> str:
    """Observations as JSON, without brackets.

    Parameters
    ----------
    settled : bool
        Whether they are corrections: then, and where corrections may come, they say when they were determined.
    """
    times = np.datetime_as_string(readings.times, unit="s", timezone="UTC").tolist()
    digits = sensor.quantity.digits
    values = (readings.values if digits else readings.values.astype(np.int64)).tolist()
    stated = _determined(readings, settled) if settled or jammed(readings.times).any() else None
    if stated is None:
        found = [f'{{"phenomenonTime":"{time}","result":{value}}}' for time, value in zip(times, values, strict=True)]
    else:
        found = [
            f'{{"phenomenonTime":"{time}","result":{value},"resultTime":"{when}"}}'
            for time, value, when in zip(times, values, stated, strict=True)
        ]
    return ",\n".join(found)


def _determined(readings: Readings, settled: bool) -> list[str]:
    late = readings.times + MENDED if settled else readings.times
    texts: list[str] = np.datetime_as_string(late, unit="s", timezone="UTC").tolist()
    return texts


def _document(own: list[Sensor], found: dict[int, Readings], *, settled: bool = False) -> bytes:
    parts = []
    for sensor in own:
        head = json.dumps(expanded(sensor), ensure_ascii=False)
        body = observations(sensor, found[sensor.number], settled=settled)
        parts.append(f'{head[:-1]},"Observations":[\n{body}]}}')
    return ('{"value":[' + ",\n".join(parts) + "]}\n").encode()
