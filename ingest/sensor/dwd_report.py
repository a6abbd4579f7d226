"""Weather reports of a DWD station (``10315-BEOB.csv``): an hour a line, a quantity a column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ingest.delimited import invalid, number, rows
from ingest.format import Facts, Item, Options, Reject
from ingest.line import at_line
from ingest.sensor.datastream import Datastream, sensor_items
from ingest.sensor.dwd_archive import PROVIDER
from ingest.sensor.observation import Reading, observations
from ingest.sensor.observed_property import observed_property
from ingest.source_file import SourceFile
from twin.language import Text
from twin.observations.unit import unit

TITLE = Text("DWD-Wettermeldungen (CSV)", "DWD weather reports (CSV)")

_NOTHING = {"---", "", "-"}
_AT_ONCE = 20_000
_LATER = 70  # two digits of a year from here on are of the last century
_DAY = re.compile(r"(\d\d)\.(\d\d)\.(\d\d|\d{4})")
_FIRST = Text("Zeile 1–3", "lines 1–3")
_HEADER = Text(
    "drei Kopfzeilen: Größen, Station mit Einheiten, Titel", "three lines: quantities, station with units, titles"
)
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layers ``sensor`` and ``observation``, rejects, findings, and the facts.

    The file names no position of its station: it is placed by ``--ags``.

    Raises
    ------
    InvalidDelivery
        If it is damaged or its three header lines are not there.
    """
    del options
    lines = rows(source, TITLE, ";")
    names, units, titles = (next(lines, (0, []))[1] for _ in range(3))
    if len(names) < 3 or len(units) != len(names) or len(titles) != len(names) or not units[0].isalnum():
        raise invalid(source, TITLE, _FIRST, _HEADER, "–")
    streams = {name: _stream(units[0], *one) for name, *one in zip(names, names, units, titles, strict=True)}
    streams = {name: stream for name, stream in streams.items() if name not in names[:2]}
    yield from sensor_items(streams.values())
    known = {stream.sensor_id: stream for stream in streams.values()}
    readings: list[Reading] = []
    for line, values in lines:
        if len(values) != len(names):
            reason = _VALUES.format(expected=len(names), found=len(values))
            yield Reject(f"line {line}", f"{at_line(line)}: {reason}", "observation")
            continue
        time = _time(values[0], values[1])
        for name, value in zip(names[2:], values[2:], strict=True):
            if value not in _NOTHING:
                shown = f"{values[0]} {values[1]}"
                readings.append(Reading(streams[name].sensor_id, time, number(value), written=shown))
        if len(readings) >= _AT_ONCE:
            yield from observations(readings, known)
            readings = []
    yield from observations(readings, known)
    yield Facts(version="CSV", mode="update", licence="cc-by-4.0")


def _stream(station: str, name: str, written: str, title: str) -> Datastream:
    own = unit(written)
    return Datastream(
        f"dwd:{station}:beob:{re.sub(r'[^0-9A-Za-z_]', '_', name)[:100]}",
        name=f"{station} {title}",
        observed_property=observed_property((title, name), own),
        unit=own,
        unit_source=written,
        provider=PROVIDER,
        station=station,
        interval=3600,
        attributes={"parameter": name},
    )


def _time(day: str, clock: str) -> datetime | None:
    found, time = _DAY.fullmatch(day.strip()), re.fullmatch(r"(\d\d?):(\d\d)", clock.strip())
    if found is None or time is None:
        return None
    year = int(found[3])
    year += 0 if year > 99 else 1900 if year >= _LATER else 2000
    try:
        return datetime(year, int(found[2]), int(found[1]), int(time[1]), int(time[2]))
    except ValueError:
        return None
