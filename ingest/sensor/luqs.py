"""Air quality: stations of the network of North Rhine-Westphalia (LUQS), its current values, and those of the UBA."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ingest.delimited import delimiter, first_lines, invalid, number, rows, split
from ingest.format import Facts, Item, Options, Reject
from ingest.line import at_line
from ingest.sensor import luqs_current, uba_air
from ingest.sensor.datastream import Datastream, sensor_items
from ingest.source_file import SourceFile
from twin.language import Text

TITLE = Text("Luftqualität (LUQS, UBA)", "Air quality (LUQS, UBA)")

NEEDED = ("kuerzel", "type", "name", "longitude", "latitude")

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,200}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][0-9A-Za-z]{1,30})$")
_LONGEST = 300
_COLUMNS = Text(", ".join(NEEDED), ", ".join(NEEDED))
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")
_NO_ID = Text("erwartet ein Kürzel.", "expected a short name (kuerzel).")
_NO_PLACE = Text("erwartet Länge und Breite, gefunden „{found}“.", "expected longitude and latitude, found “{found}”.")


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layers ``sensor`` and ``observation``, rejects, findings, and the facts.

    The list of stations has a row a station and no readings.

    Raises
    ------
    InvalidDelivery
        If it is damaged or lacks a column.
    """
    del options  # positions are in WGS 84, always
    if source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from uba_air.read(source)
    elif luqs_current.is_current(source.head):
        yield from luqs_current.read(source)
    else:
        yield from _stations(source)


def _stations(source: SourceFile) -> Iterator[Item]:
    lines = first_lines(source.head, 1)
    separator = delimiter(lines[0]) if lines else ";"
    names = [name.lower() for name in split(lines[0], separator)] if lines else []
    if not set(NEEDED) <= set(names):
        raise invalid(source, TITLE, at_line(1), _COLUMNS, ";".join(names)[:200] or "–")
    streams = []
    entries = rows(source, TITLE, separator)
    next(entries, None)
    for line, torn in entries:
        where = at_line(line)
        values = _whole(torn, separator)
        if len(values) != len(names):
            reason = _VALUES.format(expected=len(names), found=len(values))
            yield Reject(f"line {line}", f"{where}: {reason}", "sensor")
            continue
        row = dict(zip(names, values, strict=True))
        longitude, latitude = number(row["longitude"]), number(row["latitude"])
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,20}", row["kuerzel"]):
            yield Reject(f"line {line}", f"{where}: {_NO_ID}", "sensor")
        elif not (abs(longitude) < 1e9 and abs(latitude) < 1e9):
            found = f"{row['longitude']} {row['latitude']}"[:80]
            yield Reject(row["kuerzel"], f"{where}: {_NO_PLACE.format(found=found)}", "sensor")
        else:
            streams.append(_stream(row, (longitude, latitude)))
    yield from sensor_items(streams)
    yield Facts(version="CSV", crs="EPSG:4326", mode="update")


def _whole(values: list[str], separator: str) -> list[str]:
    """Values that were torn apart at the semicolon of an entity (``M&ouml;nchengladbach``), joined again."""
    found: list[str] = []
    for value in values:
        if found and separator == ";" and _ENTITY.search(found[-1]):
            found[-1] += separator + value
        else:
            found.append(value)
    return found


def plain(text: str) -> str:
    """A text without entities and tags: ``M&ouml;nchengladbach,<br>Markt`` is two lines of an address."""
    lines = [_TAG.sub(" ", html.unescape(line)) for line in _BREAK.split(text[:_LONGEST])]
    return re.sub(r",(?:\s*,)+", ",", ", ".join(found for line in lines if (found := " ".join(line.split()))))


def _stream(row: dict[str, str], position: tuple[float, float]) -> Datastream:
    name = plain(row["name"])
    return Datastream(
        f"luqs:{row['kuerzel']}",
        name=name,
        thing=name,
        observed_property="air_quality",
        provider="LANUK NRW",
        station=row["kuerzel"],
        position=position,
        attributes={
            "type": plain(row["type"]),
            "address": plain(row.get("address", "")),
            "postcode": row.get("plz", "").strip(),
            "discontinuous": row.get("disko", "").strip() == "1",
        },
    )
