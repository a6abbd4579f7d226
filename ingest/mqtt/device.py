"""Devices as a steward lists them in a table: which sensor measures what, in which unit, and where it stands."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isnan
from pathlib import Path
from typing import Any

from ingest.column_names import meanings
from ingest.damage import in_words
from ingest.delimited import delimiter, number
from ingest.sensor.observed_property import observed_property, ranges
from twin.errors import FeedError
from twin.language import Text
from twin.observations.unit import unit
from twin.reference import codes

_LARGEST, _MOST = 4 << 20, 20_000
_LONGEST = 300
_NO_FILE = Text("Option devices: {path} ist nicht zu lesen ({why}).", "option devices: {path} cannot be read ({why}).")
_NO_TABLE = Text(
    "Option devices: erwartet CSV mit Kopfzeile oder eine JSON-Liste von Objekten mit den Spalten sensor und unit, bis {most} Zeilen; gefunden {found}.",  # noqa: E501
    "option devices: expected CSV with a line of names or a JSON list of objects with columns sensor and unit, of up to {most} rows; found {found}.",  # noqa: E501
)
_BAD_UNIT = Text(
    "Sensor „{sensor}“: Einheit „{found}“ ist nicht bekannt (data/sensor/units.json).",
    "sensor “{sensor}”: unit “{found}” is not known (data/sensor/units.json).",
)


@dataclass(frozen=True, slots=True)
class Device:
    """What one value of a sensor's messages is.

    Attributes
    ----------
    sensor : str
        As it stands in the topic.
    value : str
        Key of the value in the message; empty for the feed's own.
    name, thing, property, unit : str
        What it is called, of which thing, what it measures, in which unit.
    position : (float, float) or None
        Longitude and latitude [deg], or easting and northing of UTM zone 32 [m].
    """

    sensor: str
    value: str = ""
    name: str = ""
    thing: str = ""
    property: str = ""
    unit: str = ""
    position: tuple[float, float] | None = None

    def entity(self, stream: str, link: str) -> dict[str, Any]:
        """Its Datastream, as SensorThings has it."""
        # A name of our own code list is said in its words, by which the format knows it again.
        quantity = codes("observed_property").get(self.property, self.property)
        thing: dict[str, Any] = {"@iot.id": self.sensor, "name": self.thing or self.name or self.sensor}
        if self.position is not None:
            thing["Locations"] = [{"location": {"type": "Point", "coordinates": list(self.position)}}]
        return {
            "@iot.id": stream,
            "Observations@iot.navigationLink": f"{link}/Observations",
            "name": self.name or f"{quantity} {self.sensor}".strip(),
            "unitOfMeasurement": {"name": self.unit, "symbol": self.unit, "definition": ""},
            "ObservedProperty": {"name": quantity},
            "Thing": thing,
        }


@lru_cache(maxsize=50_000)
def bounds(device: Device) -> tuple[float, float]:
    """Between which values its readings lie, in its unit; without limits where none are known."""
    quantity, own = codes("observed_property").get(device.property, device.property), unit(device.unit)
    known = ranges().get(observed_property((quantity, device.name), own) or "")
    found = known.within(own) if known is not None and own is not None else None
    return found or (-inf, inf)


def devices(path: Path, feed: str) -> tuple[Device, ...]:
    """Devices of a CSV or JSON file.

    Raises
    ------
    FeedError
        If it cannot be read, is no such table, or names a unit that nobody knows.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as problem:
        raise FeedError(feed=feed, problem=_NO_FILE.filled(path=path.name, why=in_words(problem))) from None
    try:
        found = _of_json(text) if text.lstrip()[:1] in ("[", "{") else _of_csv(text)
    except (ValueError, RecursionError, csv.Error) as problem:
        raise _no_table(feed, in_words(problem)) from None
    if not found or len(found) > _MOST or len(data) > _LARGEST:
        raise _no_table(feed, f"{len(found)}")
    for device in found:
        demand_unit(device, feed)
    return tuple(found)


def demand_unit(device: Device, feed: str) -> None:
    """See that a device's unit is known: readings of an unknown one would all be kept out.

    Raises
    ------
    FeedError
        If it is not.
    """
    if unit(device.unit) is None:
        raise FeedError(feed=feed, problem=_BAD_UNIT.filled(sensor=device.sensor, found=device.unit[:80] or "–"))


def _of_csv(text: str) -> list[Device]:
    separator = delimiter(text.partition("\n")[0])
    lines = [line for line in csv.reader(io.StringIO(text), delimiter=separator) if any(cell.strip() for cell in line)]
    return [device for line in lines[1:] if (device := _device(lines[0], line)) is not None] if lines else []


def _of_json(text: str) -> list[Device]:
    content = json.loads(text)
    entries = content.get("devices", content.get("value")) if isinstance(content, dict) else content
    if not isinstance(entries, list):
        return []
    rows = [entry for entry in entries if isinstance(entry, dict)]
    found = [_device(list(row), ["" if cell is None else str(cell) for cell in row.values()]) for row in rows]
    return [device for device in found if device is not None]


def _device(names: list[str], cells: list[str]) -> Device | None:
    places = meanings("device", names)

    def cell(meaning: str) -> str:
        place = places.get(meaning)
        return cells[place].strip()[:_LONGEST] if place is not None and place < len(cells) else ""

    if not cell("sensor"):
        return None
    words = {meaning: cell(meaning) for meaning in ("sensor", "value", "name", "thing", "property", "unit")}
    return Device(**words, position=position(cell("east"), cell("north")))


def position(east: str, north: str) -> tuple[float, float] | None:
    """The position that two cells hold; None if one of them holds no number."""
    found = number(east), number(north)
    return None if any(map(isnan, found)) else found


def _no_table(feed: str, found: Text | str) -> FeedError:
    return FeedError(feed=feed, problem=_NO_TABLE.filled(found=found, most=_MOST))
