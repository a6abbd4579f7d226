"""PegelOnline: gauges of the federal waterways, their timeseries and current readings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from ingest.delimited import invalid
from ingest.format import Facts, Item, Options
from ingest.sensor.datastream import Datastream, sensor_items
from ingest.sensor.document import document, number, objects, word
from ingest.sensor.moment import moment
from ingest.sensor.observation import Reading, observations
from ingest.sensor.observed_property import WATER_LEVEL, observed_property
from ingest.source_file import SourceFile
from twin.language import Text
from twin.observations.unit import unit

TITLE = Text("PegelOnline (JSON)", "PegelOnline (JSON)")

_UUID = re.compile(r"[0-9a-fx]{8}-[0-9a-fx]{4}-[0-9a-fx]{4}-[0-9a-fx]{4}-[0-9a-fx]{12}", re.IGNORECASE)
_SHORT = re.compile(r"[A-Z]{1,4}")
_LEVEL = "W"
_DESCRIBING = ("shortname", "longname", "number", "agency", "water")
_STATIONS = Text("Messstellen oder Messwerte mit Messstelle", "stations, or readings of a station")
_BARE = Text(
    "ein Messwert, der keine Messstelle nennt: ihre uuid gehört in den Dateinamen (<uuid>_W.json)",
    "a reading that names no station: its uuid belongs into the file's name (<uuid>_W.json)",
)
_NO_PLACE = Text(
    "Messstellen ohne Koordinaten: {count}, etwa {name}.", "Stations without coordinates: {count}, such as {name}."
)


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layers ``sensor`` and ``observation``, findings, and the facts.

    Raises
    ------
    InvalidDelivery
        If it is no JSON, or readings of nobody knows which station.
    UnsafeDelivery
        If it is too large.
    """
    del options  # positions are in WGS 84, always
    content = document(source, TITLE)
    entities = objects(content)
    streams: dict[str, Datastream] = {}
    known: dict[str, Datastream] = {}
    readings: list[Reading] = []
    for entity in entities:
        own = word(entity.get("uuid"))
        # A station that is only named says whose readings these are; what it is has come before.
        described = streams if any(name in entity for name in _DESCRIBING) else known
        for stream, series in _series(own, entity) if own else ():
            described[stream.sensor_id] = stream
            several = [*objects(series.get("measurements")), *objects(series.get("currentMeasurement"))]
            readings += [_reading(stream.sensor_id, one) for one in several]
    bare = [entity for entity in entities if "timestamp" in entity and "value" in entity and "uuid" not in entity]
    if bare:
        named = _of_name(source)
        if not named:
            raise invalid(source, str(TITLE), "uuid", _STATIONS, _BARE)
        readings += [_reading(named, entity) for entity in bare]
    if not streams and not readings:
        raise invalid(source, str(TITLE), "–", _STATIONS, "–")
    yield from sensor_items(streams.values())
    yield from observations(readings, {**known, **streams})
    placeless = [stream.name for stream in streams.values() if stream.position is None]
    notes = (_NO_PLACE.format(count=len(placeless), name=placeless[0]),) if placeless else ()
    yield Facts(version="PegelOnline REST 2", crs="EPSG:4326", mode="update", licence="dl-de/zero-2-0", notes=notes)


def _series(own: str, station: dict[str, Any]) -> Iterator[tuple[Datastream, dict[str, Any]]]:
    """Datastreams of a station; one that lists no timeseries has one of the water level, its unit unsaid."""
    for series in objects(station.get("timeseries")) or [{"shortname": _LEVEL, "longname": ""}]:
        short, written = word(series.get("shortname")) or _LEVEL, word(series.get("unit"))
        water, zero = station.get("water"), series.get("gaugeZero")
        kind = observed_property((word(series.get("longname")),), unit(written), written)
        longitude, latitude = number(station.get("longitude")), number(station.get("latitude"))
        step = number(series.get("equidistance"))
        stream = Datastream(
            sensor_id(own, short),
            name=" ".join(filter(None, (word(station.get("longname")), word(series.get("longname"))))),
            thing=word(water.get("longname")) if isinstance(water, dict) else "",
            observed_property=kind or (WATER_LEVEL if short == _LEVEL else None),
            unit=unit(written) if written else None,
            unit_source=written,
            provider=word(station.get("agency")),
            station=word(station.get("number")) or own,
            source_url=f"https://www.pegelonline.wsv.de/webservices/rest-api/v2/stations/{own}/{short}",
            interval=int(step * 60) if step and 0 < step < 100_000 else None,
            height=number(zero.get("value")) if isinstance(zero, dict) else None,
            position=(longitude, latitude) if longitude is not None and latitude is not None else None,
            attributes={"uuid": own, "shortname": station.get("shortname"), "km": station.get("km"), "gaugeZero": zero},
        )
        yield stream, series


def sensor_id(own: str, short: str) -> str:
    """Id of the sensor that a station's timeseries becomes."""
    return f"pegelonline:{re.sub(r'[^0-9A-Za-z-]', '_', own)[:60]}:{re.sub(r'[^0-9A-Za-z]', '_', short)[:20]}"


def _of_name(source: SourceFile) -> str:
    """The station that a file of readings is called after; the series is W unless the name says another."""
    name = PurePosixPath(source.member or source.path.name).stem
    found = _UUID.search(name)
    if found is None:
        return ""
    short = _SHORT.search(name[found.end() :])
    return sensor_id(found[0], short[0] if short else _LEVEL)


def _reading(owner: str, entity: dict[str, Any]) -> Reading:
    written = word(entity.get("timestamp"))
    return Reading(owner, moment(written), number(entity.get("value")), None, "provisional", None, written)
