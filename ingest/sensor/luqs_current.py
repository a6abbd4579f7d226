"""Current values of the air quality network of North Rhine-Westphalia (``eu_luftqualitaet.csv``), a station a line.

Line 1 is the hour, line 2 the titles; ``*`` and ``-`` stand for nothing, ``<10`` for less than can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ingest.delimited import first_lines, invalid, rows
from ingest.format import Facts, Item, Reject
from ingest.line import at_line
from ingest.sensor.air_component import AirComponent, air_components
from ingest.sensor.datastream import Datastream, sensor_items
from ingest.sensor.moment import moment
from ingest.sensor.observation import Reading, observations
from ingest.source_file import SourceFile
from twin.language import Text

TITLE = Text("Aktuelle Luftqualität (LUQS, CSV)", "Current air quality (LUQS, CSV)")

_STAMP = re.compile(r"(\d\d)\.(\d\d)\.(\d{4});\s*(\d\d?):(\d\d)(?:;.*)?")
_OWN = re.compile(r"[0-9A-Za-z_-]{1,20}")
_NUMBER = re.compile(r"-?\d{1,6}(?:[.,]\d{1,4})?")
_NOTHING = ("", "*", "-", "--")
_CET = "+01:00"
_FIRST = Text("Zeile 1–2", "lines 1–2")
_HEAD = Text("Zeit, dann Station, Kürzel und Werte", "the time, then station, short name and values")
_VALUES = Text("erwartet Station, Kürzel und Werte.", "expected station, short name and values.")


def is_current(head: bytes) -> bool:
    """Whether a file begins with an hour, and titles below it."""
    lines = first_lines(head[:4096], 2)
    return len(lines) == 2 and _STAMP.fullmatch(lines[0].strip()) is not None and bool(_columns(lines[1].split(";")))


def read(source: SourceFile) -> Iterator[Item]:
    """Rows of layers ``sensor`` and ``observation``, rejects, findings, and the facts.

    Positions are not in the table: sensors go where ``--ags`` says.

    Raises
    ------
    InvalidDelivery
        If it is damaged, or its first lines are others.
    """
    lines = rows(source, TITLE, ";")
    stamp, titles = ";".join(next(lines, (0, []))[1]), next(lines, (0, []))[1]
    at, columns = _moment(stamp.strip()), _columns(titles)
    if at is None or not columns:
        raise invalid(source, TITLE, _FIRST, _HEAD, stamp[:60] or "–")
    streams: dict[str, Datastream] = {}
    readings: list[Reading] = []
    for line, values in lines:
        if not any(values):
            continue
        own = values[1].strip() if len(values) > 2 else ""
        if not _OWN.fullmatch(own):
            yield Reject(f"line {line}", f"{at_line(line)}: {_VALUES}", "observation")
            continue
        for place, component in columns.items():
            value = values[place].strip() if place < len(values) else ""
            if value in _NOTHING:
                continue
            stream = _stream(own, values[0].strip(), component)
            streams[stream.sensor_id] = stream
            result: object = float(value.replace(",", ".")) if _NUMBER.fullmatch(value) else value
            readings.append(Reading(stream.sensor_id, at, result, None, "provisional", None, stamp))
    yield from sensor_items(streams.values())
    yield from observations(readings, streams)
    yield Facts(version="CSV", mode="update", licence="dl-de/zero-2-0")


def _columns(titles: list[str]) -> dict[int, AirComponent]:
    """Which columns hold which component; of two of one, the first."""
    found: dict[int, AirComponent] = {}
    for place, title in enumerate(titles[2:], 2):
        known = (one for one in air_components().values() if one.column.search(title.strip().strip('"')))
        component = next(known, None)
        if component is not None and component not in found.values():
            found[place] = component
    return found


def _stream(own: str, name: str, component: AirComponent) -> Datastream:
    return Datastream(
        f"luqs:{own}:{component.observed_property}",
        name=f"{name} {component.short}",
        thing=name,
        observed_property=component.observed_property,
        unit=component.unit,
        unit_source=component.unit.code if component.unit else "",
        provider="LANUK NRW",
        station=own,
        interval=3600,
    )


def _moment(stamp: str) -> datetime | None:
    """The hour; the network's clock shows Central European Time all year."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        return None
    day, month, year, hour, minute = found.groups()
    return moment(f"{year}-{month}-{day}T{hour:0>2}:{minute}:00{_CET}")
