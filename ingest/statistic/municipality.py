"""Figures of municipalities: as JSON by regional key, or as delimited text with a column of keys."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from ingest.column_names import meanings
from ingest.damage import in_words
from ingest.delimited import delimiter, first_lines, invalid, number, rows, split
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.json_kind import json_kind
from ingest.line import at_line, spoken
from ingest.placement import municipality_key
from ingest.source_file import UNREADABLE, SourceFile
from ingest.statistic.indicator import Indicator, indicators, municipality_key_place, reference_day
from twin.discovery import find
from twin.errors import UnsafeDelivery
from twin.language import Text

LAYER = "municipality_statistic"
TITLE = Text("Kennzahlen der Gemeinden", "Figures of municipalities")

LARGEST = 24 << 20
"""Size of a JSON document that is parsed as a whole; all of Germany takes 4 MB. [B]"""

_SAMPLE = 200
_FIRST = re.compile(r'\A\ufeff?\s*\{\s*"(\d{8}|\d{12})"\s*:\s*(\{[^{}]*\})')
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_LONGEST = 60
_HUGE = 1e15
_NAMED = Text("Gemeindeschlüssel und Kennzahlen", "municipality keys and figures")
_DOCUMENT = Text("ein JSON-Objekt je Gemeindeschlüssel", "a JSON object a municipality key")
_NO_KEY = Text(
    "{where}: erwartet ein Gemeindeschlüssel mit 8 oder 12 Ziffern.",
    "{where}: expected a municipality key of 8 or 12 digits.",
)
_AGAIN = Text(
    "{where}: die Gemeinde {key} kam schon vor; die erste Angabe gilt.",
    "{where}: municipality {key} came before; the first one counts.",
)
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")
_SILENT = Text("Kennzahlen ohne Zahl, ausgelassen: {count}.", "Figures without a number, left out: {count}.")

Entry = tuple[str, str, dict[int, Any]]
"""Where it stands, the key as written, values by place."""


def recognise_json(head: bytes, file: str) -> bool:
    """Whether a document begins with a municipality's key and an object of figures."""
    return bool(_fields(head, file))


def _fields(head: bytes, file: str) -> list[str]:
    first = _FIRST.match(head.decode("utf-8", "replace"))
    if first is None:
        return []
    try:
        names = list(json.loads(first[2]))
    except ValueError:
        return []
    return names if indicators(names, file) else []


def recognise_csv(head: bytes, file: str) -> bool:
    """Whether a table has a column of different municipality keys, a figure, and nothing of smaller places."""
    lines = first_lines(head, _SAMPLE)
    if len(lines) < 2:
        return False
    separator = delimiter(lines[0])
    names = split(lines[0], separator)
    key = municipality_key_place(names)
    if not 2 <= len(names) <= 500 or key is None or not indicators(names, file):
        return False
    if {"east", "north", "street", "house_number", "address"} & meanings("broadband", names).keys():
        return False
    found = [split(line, separator) for line in lines[1:-1] or lines[1:]]
    keys = [municipality_key(row[key]) for row in found if len(row) == len(names)]
    return bool(keys) and len(set(keys)) == len(keys) and keys.count("") * 2 <= len(keys)


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``municipality_statistic``, rejects, and the facts.

    Raises
    ------
    InvalidDelivery
        If the file is damaged or holds no keys and figures.
    UnsafeDelivery
        If it is JSON of more than `LARGEST` bytes.
    """
    lines = first_lines(source.head, 1)
    if lines and lines[0].startswith("{"):
        yield from _rows(*_of_json(source), source, "JSON")
        return
    separator = delimiter(lines[0]) if lines else ";"
    names = split(lines[0], separator) if lines else []
    key, figures = municipality_key_place(names), indicators(names, source.name)
    if key is None or not figures:
        raise invalid(source, TITLE, at_line(1), _NAMED, "–")
    yield from _rows(figures, _of_lines(source, separator, names, key), source, "CSV")


def _of_lines(source: SourceFile, separator: str, names: Sequence[str], key: int) -> Iterator[Entry | Reject]:
    lines = rows(source, TITLE, separator)
    next(lines, None)
    for line, values in lines:
        where = f"line {line}"
        if len(values) != len(names):
            reason = _VALUES.format(expected=len(names), found=len(values))
            yield Reject(where, f"{spoken(where)}: {reason}", LAYER)
        else:
            yield where, values[key], dict(enumerate(values))


def _of_json(source: SourceFile) -> tuple[dict[int, Indicator], Iterator[Entry]]:
    try:
        with source.open() as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UnsafeDelivery(file=source.name, found=f"JSON > {LARGEST >> 20} MB", expected=f"{LARGEST >> 20} MB")
        document = json.loads(data.decode("utf-8-sig"), parse_constant=lambda word: None)
    except (ValueError, RecursionError, *UNREADABLE) as damage:
        where = at_line(damage.lineno, damage.colno) if isinstance(damage, json.JSONDecodeError) else "–"
        raise invalid(source, TITLE, where, _DOCUMENT, in_words(damage)) from None
    if not isinstance(document, dict):
        raise invalid(source, TITLE, "–", _DOCUMENT, json_kind(type(document)))
    entries = {key: value for key, value in document.items() if isinstance(value, dict)}
    names = list(dict.fromkeys(name for value in entries.values() for name in value))
    figures = indicators(names, source.name)
    if not figures:
        raise invalid(source, TITLE, "–", _NAMED, "–")
    places = {place: names[place] for place in figures}
    found = (
        (key[:60], key, {place: value.get(name) for place, name in places.items()}) for key, value in entries.items()
    )
    return figures, found


def _rows(
    figures: dict[int, Indicator], entries: Iterable[Entry | Reject], source: SourceFile, version: str
) -> Iterator[Item]:
    day = reference_day(source.name)
    seen: set[str] = set()
    silent = 0
    found: list[tuple[str, Indicator, float]] = []
    for entry in entries:
        if isinstance(entry, Reject):
            yield entry
            continue
        where, written, values = entry
        key = municipality_key(written)
        if not key or key in seen:
            reason = _AGAIN.format(where=spoken(where), key=key) if key else _NO_KEY.format(where=spoken(where))
            yield Reject(where, reason, LAYER)
            continue
        seen.add(key)
        stated = [(key, figure, _number(values[place], figure)) for place, figure in figures.items()]
        silent += sum(not math.isfinite(value) for _, _, value in stated)
        found += [one for one in stated if math.isfinite(one[2])]
    if found:
        yield Batch(LAYER, _table(found, day))
    notes = (_SILENT.format(count=silent),) if silent else ()
    yield Facts(version=version, date=day.isoformat() if day else "", notes=notes)


def _number(value: object, figure: Indicator) -> float:
    """A number, or the text of one; a truth value is none. Of what is counted, ``49.250`` are thousands."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < _HUGE else math.nan
    if not isinstance(value, str) or len(value) > _LONGEST:
        return math.nan
    grouped = figure.counts and _GROUPED.fullmatch(value.strip())
    found = number(value.replace(".", "") if grouped else value)
    return found if abs(found) < _HUGE else math.nan


def _table(found: list[tuple[str, Indicator, float]], day: date | None) -> pa.Table:
    ending = f"|{day.isoformat()}" if day else ""
    columns: dict[str, list[Any]] = {
        "statistic_id": [f"{key}|{figure.name}{ending}" for key, figure, _ in found],
        "indicator": [figure.name for _, figure, _ in found],
        "value": [value for _, _, value in found],
        "unit": [figure.unit for _, figure, _ in found],
        "date": [day] * len(found),
        "ags": [key for key, _, _ in found],
    }
    schema: pa.Schema = find("LAYER", LAYER).read_schema
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)
