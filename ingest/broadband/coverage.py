"""Shares of households by municipality, technology and speed, in the dialects of the federal broadband atlas."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.delimited import delimiter, first_lines, invalid, number, rows, split
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.line import at_line
from ingest.placement import municipality_key
from ingest.source_file import SourceFile
from twin.discovery import find
from twin.language import Text
from twin.reference import reference_path

LAYER = "broadband_coverage"
TITLE = Text("Breitbandatlas je Gemeinde", "Broadband atlas by municipality")

_AT_ONCE = 2_000
"""Municipalities that are turned into rows at once; each makes fifty about."""

_FEWEST = 3
"""Columns of shares that a file has to have to be told by them."""

_OVERSHOT = 1.01
"""Shares up to here count as 1: the edition of 2021 has a few of up to 100.39 %. [1]"""

_NAMED = Text("Spalten eines Breitbandatlas je Gemeinde", "columns of a broadband atlas by municipality")
_NO_KEY = Text("erwartet ein Gemeindeschlüssel mit 8 Ziffern.", "expected a municipality key of 8 digits.")
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")
_AGAIN = Text(
    "die Gemeinde {key} kam schon vor; die erste Zeile gilt.", "municipality {key} came before; the first row counts."
)
_NO_DATE = Text(
    "Der Dateiname nennt kein Jahr: der Stand bleibt leer.", "The file's name says no year: the date stays empty."
)
_OUTSIDE = Text("Werte, die kein Anteil sind, ausgelassen: {count}.", "Values that are no share, left out: {count}.")
_UNKNOWN = Text("Spalten, die nicht gelesen werden: {names}.", "Columns that are not read: {names}.")


@dataclass(frozen=True, slots=True)
class Share:
    """A column of shares.

    Attributes
    ----------
    place : int
        Of the column.
    technology : str
        Key of the technology.
    download : float
        From which rate on. [Mbit/s]
    """

    place: int
    technology: str
    download: float


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file writes its columns.

    Attributes
    ----------
    name : str
        Edition of the atlas.
    key : int
        Place of the column with the municipality's key.
    shares : tuple of Share
        Columns of shares.
    unknown : tuple of str
        Columns that are none of them.
    width : int
        Number of columns.
    separator : str
        What stands between values.
    scale : float
        What a value has to be multiplied with to be a share of 1.
    """

    name: str
    key: int
    shares: tuple[Share, ...]
    unknown: tuple[str, ...]
    width: int
    separator: str
    scale: float


def dialect(head: bytes) -> Dialect | None:
    """The dialect of ``data/broadband/coverage.json`` that a file's first line is written in; None if in none."""
    lines = first_lines(head, 1)
    if not lines:
        return None
    separator = delimiter(lines[0])
    names = split(lines[0], separator)
    if not _FEWEST < len(names) <= 1000:
        return None
    for declared in _declared()["dialects"]:
        found = _written(declared, names, separator)
        if found is not None:
            return found
    return None


def _written(declared: dict[str, Any], names: list[str], separator: str) -> Dialect | None:
    keys = [place for place, name in enumerate(names) if name in declared["key"]]
    pattern = re.compile(declared["column"])
    shares, unknown = [], []
    for place, name in enumerate(names):
        match = pattern.fullmatch(name[:100])
        kind = declared["technologies"].get(match["technology"]) if match else None
        if match and kind:
            shares.append(Share(place, kind, float(match["download"])))
        elif place not in keys:
            unknown.append(name[:100])
    if len(keys) != 1 or len(shares) < _FEWEST:
        return None
    scale = 0.01 if declared["percent"] else 1.0
    return Dialect(declared["name"], keys[0], tuple(shares), tuple(unknown), len(names), separator, scale)


def as_of(name: str) -> date | None:
    """The day that a file's name says its figures are of, such as ``…_2021_mitte.csv``; None if it says no year."""
    declared = _declared()["date"]
    own = PurePosixPath(name).name.lower()
    years = re.findall(declared["pattern"], own)
    if not years:
        return None
    word = next(word for word in declared["of_year"] if word in own)
    return date.fromisoformat(f"{years[0]}-{declared['of_year'][word]}")


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``broadband_coverage``, rejects, and the facts.

    Raises
    ------
    InvalidDelivery
        If the file is damaged or its columns are not understood.
    """
    found = dialect(source.head)
    if found is None:
        raise invalid(source, TITLE, at_line(1), _NAMED, "–")
    day = as_of(source.name)
    lines = rows(source, TITLE, found.separator)
    next(lines, None)
    seen: set[str] = set()
    keys: list[str] = []
    cells: list[list[float]] = []
    outside = 0
    for line, values in lines:
        reason = _refusal(values, found, seen)
        if reason:
            yield Reject(f"line {line}", f"{at_line(line)}: {reason}", LAYER)
            continue
        seen.add(municipality_key(values[found.key]))
        keys.append(municipality_key(values[found.key]))
        cells.append([number(values[share.place]) if values[share.place] else math.nan for share in found.shares])
        if len(keys) >= _AT_ONCE:
            table, wrong = _table(keys, cells, found, day)
            yield Batch(LAYER, table)
            keys, cells, outside = [], [], outside + wrong
    if keys:
        table, wrong = _table(keys, cells, found, day)
        yield Batch(LAYER, table)
        outside += wrong
    notes = [] if day else [str(_NO_DATE)]
    if outside:
        notes.append(_OUTSIDE.format(count=outside))
    if found.unknown:
        notes.append(_UNKNOWN.format(names=", ".join(found.unknown[:10])))
    yield Facts(version=found.name, date=day.isoformat() if day else "", notes=tuple(notes))


def _refusal(values: list[str], found: Dialect, seen: set[str]) -> str:
    if len(values) != found.width:
        return _VALUES.format(expected=found.width, found=len(values))
    key = municipality_key(values[found.key])
    if not key:
        return str(_NO_KEY)
    return _AGAIN.format(key=key) if key in seen else ""


def _table(keys: list[str], cells: list[list[float]], found: Dialect, day: date | None) -> tuple[pa.Table, int]:
    """A row for each municipality and share, and how many cells hold none."""
    values = np.array(cells, np.float64).reshape(-1) * found.scale
    usable = (values >= 0) & (values <= _OVERSHOT)
    count, width = len(keys), len(found.shares)
    municipality = np.repeat(np.array(keys, object), width)
    kinds = np.tile(np.array([share.technology for share in found.shares], object), count)
    rates = np.tile(np.array([share.download for share in found.shares]), count)
    labels = [f"{day.isoformat() if day else found.name}|{one.technology}|{one.download:g}" for one in found.shares]
    ids = municipality + "|" + np.tile(np.array(labels, object), count)
    columns: dict[str, Any] = {
        "broadband_coverage_id": ids[usable],
        "technology": kinds[usable],
        "download": rates[usable],
        "share": np.minimum(values[usable], 1.0).round(6),
        "date": [day] * int(usable.sum()),
        "dialect": [found.name] * int(usable.sum()),
        "ags": municipality[usable],
    }
    schema: pa.Schema = find("LAYER", LAYER).read_schema
    table = pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)
    return table, int((~usable & ~np.isnan(values)).sum())


@cache
def _declared() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path("broadband/coverage.json").read_text("utf-8"))
    return found
