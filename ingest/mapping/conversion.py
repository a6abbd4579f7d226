"""Rows of somebody's table as rows of a layer, with what is wrong in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.mapping import cell
from ingest.mapping.mapping import ColumnRule, Mapping
from ingest.mapping.position import NO_POSITION, positions
from ingest.mapping.validation import mappable
from ingest.mapping.vocabulary import vocabulary
from ingest.table.table import Rows
from twin.discovery import find
from twin.geometry.crs import Reference
from twin.language import Text
from twin.layer import Column, Layer

WIDTH = "width"
KEY = "key"
_WHOLE = ("UTINYINT", "SMALLINT", "INTEGER", "BIGINT", "UINTEGER")
_BOUNDS = {
    "UTINYINT": (0, 255),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**53), 2**53),
    "UINTEGER": (0, 2**32 - 1),
    "FLOAT": (-3.4e38, 3.4e38),
    "DOUBLE": (-1e300, 1e300),
}
_YEARS = re.compile(r"(?:^|_)year(?:_|$)")
_SHOWN = 30

_WIDTH = Text("erwartet {expected} Werte, gefunden {found}", "expected {expected} values, found {found}")
_KEYLESS = Text("ohne Zeit oder Kennung", "without time or id")
_NOT = {
    "number": Text("„{value}“ ist keine Zahl, die hierher passt", "“{value}” is no number that fits here"),
    "year": Text("„{value}“ ist kein Jahr", "“{value}” is no year"),
    "date": Text("„{value}“ ist kein Datum", "“{value}” is no date"),
    "time": Text("„{value}“ ist kein Zeitpunkt", "“{value}” is no moment"),
    "boolean": Text("„{value}“ heißt weder ja noch nein", "“{value}” means neither yes nor no"),
    "code": Text("„{value}“ steht nicht in der Zuordnung", "“{value}” is not in the mapping"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a cell or row.

    Attributes
    ----------
    place : int
        Row in the rows that were converted, from 0.
    column : str
        Column of the layer; empty for the row as a whole.
    kind : str
        ``position``, ``width``, ``key``, ``number``, ``year``, ``date``, ``time``, ``boolean`` or ``code``.
    sentence : Text
        What is wrong.
    value : str
        What stands there, shortened.
    """

    place: int
    column: str
    kind: str
    sentence: Text
    value: str = ""

    @property
    def rejects(self) -> bool:
        """Whether the row cannot be taken; else only the cell is left empty."""
        return self.kind in ("position", WIDTH, KEY)

    @property
    def code(self) -> str:
        """Code of the finding that says so; empty for the common one."""
        return "place.null" if self.sentence == NO_POSITION else ""


@dataclass(slots=True)
class Converted:
    """Rows of a layer.

    Attributes
    ----------
    table : pyarrow.Table
        With the columns of the layer's `read_schema`; rejected rows are still among them.
    kept : ndarray of bool, shape (n,)
        Rows that can be taken.
    keys : ndarray of str, shape (n,)
        What identifies them.
    problems : list of Problem
        In the order of columns.
    reduced : int
        Areas that became points.
    keyless : int
        Rows without the identifier that the mapping names; theirs is made of the content.
    """

    table: pa.Table
    kept: NDArray[np.bool_]
    keys: NDArray[np.object_]
    problems: list[Problem] = field(default_factory=list)
    reduced: int = 0
    keyless: int = 0


def convert(rows: Rows, mapping: Mapping, reference: Reference | None) -> Converted:
    """Rows of a table as rows of the mapping's layer.

    Parameters
    ----------
    rows : Rows
        With all columns that the mapping needs.
    mapping : Mapping
        A valid one.
    reference : Reference or None
        What its coordinates are in; None where the mapping knows no geometry.
    """
    layer: Layer = find("LAYER", mapping.layer)
    problems = [_width(place, found, rows) for place, found in rows.broken.items()]
    shapes = np.full(len(rows), None, object)
    reduced = 0
    if layer.geometry and mapping.geometry.kind != "none" and reference is not None:
        found = positions(rows, mapping.geometry, layer.geometry, reference, mapping.dialect)
        shapes, reduced = found.shapes, found.reduced
        broken = rows.broken
        problems += [Problem(n, "geom", "position", why) for n, why in found.problems.items() if n not in broken]
    values: dict[str, Any] = {}
    for column in mappable(layer):
        rule = mapping.columns.get(column.name)
        if rule is not None:
            values[column.name], wrong = _column(rows, column, rule, mapping)
            problems += [one for one in wrong if one.place not in rows.broken]
    _measure(layer, values, shapes)
    keys, keyless = _keys(rows, mapping, layer, values, shapes)
    if layer.key[0] != "ags":
        values[layer.key[0]] = keys
    if len(layer.key) > 1 and layer.key[0] != "ags":
        keys, incomplete = _whole_keys(layer, keys, values)
        problems += [Problem(place, layer.key[1], KEY, _KEYLESS) for place in incomplete if place not in rows.broken]
    kept = np.ones(len(rows), bool)
    kept[[problem.place for problem in problems if problem.rejects]] = False
    return Converted(_table(layer, values, shapes), kept, keys, problems, reduced, keyless)


def _width(place: int, found: int, rows: Rows) -> Problem:
    said = {"expected": rows.values.shape[1], "found": found}
    return Problem(place, "", WIDTH, Text(_WIDTH.de.format(**said), _WIDTH.en.format(**said)))


def _column(rows: Rows, column: Column, rule: ColumnRule, mapping: Mapping) -> tuple[Any, list[Problem]]:
    if rule.constant is not None:
        constant = pd.Series([rule.constant] * len(rows), dtype=object)
        values, wrong, kind = _typed(constant, column, rule, mapping)
        return values, list(_problems(constant, column, wrong, kind))
    cells = rows.values[rule.source]
    problems: list[Problem] = []
    if rule.codes:
        given = cells
        cells, unlisted = _translated(cells, rule)
        problems += _problems(given, column, unlisted, "code")
    if rule.append:
        behind = cell.text(rows.values[rule.append])
        joined = [a if b is None else f"{a or ''}{b}" for a, b in zip(cell.text(cells), behind, strict=True)]
        cells = pd.Series(joined, dtype=object)
    if rule.minus:
        first, wrong_first = cell.number(cells, mapping.dialect.decimal)
        second, wrong_second = cell.number(rows.values[rule.minus], mapping.dialect.decimal)
        problems += _problems(cells, column, wrong_first | wrong_second, "number")
        cells = pd.Series(np.round(first - second, 6), dtype=object)
    values, wrong, kind = _typed(cells, column, rule, mapping)
    return values, [*problems, *_problems(cells, column, wrong, kind)]


def _translated(cells: pd.Series, rule: ColumnRule) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Values of the layer for those of the table, and which ones the mapping does not list."""
    table = {key.strip().lower(): value for key, value in rule.codes.items()}
    texts = cell.text(cells)
    found = np.full(len(texts), None, object)
    unlisted = np.zeros(len(texts), bool)
    for place, value in enumerate(texts):
        if value is None:
            continue
        known = table.get(value.lower())
        unlisted[place] = known is None
        found[place] = known if known is not None else rule.otherwise
    return pd.Series(found, dtype=object), unlisted


def _typed(cells: pd.Series, column: Column, rule: ColumnRule, mapping: Mapping) -> tuple[Any, NDArray[np.bool_], str]:
    """Values of the column's type, the cells that cannot be, and what they were taken for."""
    if column.type == "VARCHAR":
        return cell.text(cells), np.zeros(len(cells), bool), ""
    if column.type == "BOOLEAN":
        return *cell.yes(cells), "boolean"
    if column.type == "DATE":
        return *cell.day(cells, mapping.dialect.dates), "date"
    if column.type == "TIMESTAMP":
        return *cell.instant(cells, mapping.dialect.dates), "time"
    if rule.pattern:
        cells = _taken(cells, vocabulary(mapping.layer).patterns[rule.pattern])
    if column.type in _WHOLE and _YEARS.search(column.name) and not column.unit:
        values, wrong = cell.year(cells)
        return values, wrong, "year"
    values, wrong = cell.number(cells, mapping.dialect.decimal, column.unit)
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.round(values * rule.factor, 0 if column.type in _WHOLE else 9)
        low, high = _BOUNDS[column.type]
        beyond = (values < low) | (values > high)
    values[beyond] = np.nan
    return values, beyond | wrong, "number"


def _taken(cells: pd.Series, pattern: str) -> pd.Series:
    """The number that a pattern finds; where it finds none, what stands there."""
    texts = pd.Series(cell.text(cells), dtype=object).astype("string")
    parts = texts.str.extract(re.compile(pattern, re.IGNORECASE))
    found = parts.bfill(axis=1).iloc[:, 0]
    plain_number = texts.str.fullmatch(r"\d+(?:[.,]\d+)?")
    return found.where(found.notna(), texts.where(plain_number.fillna(False))).astype(object)


def _problems(cells: pd.Series, column: Column, wrong: NDArray[np.bool_], kind: str) -> Iterator[Problem]:
    for place in np.flatnonzero(wrong):
        value = str(cells.iat[int(place)])[:_SHOWN]
        sentence = _NOT[kind]
        yield Problem(
            int(place), column.name, kind, Text(sentence.de.format(value=value), sentence.en.format(value=value)), value
        )


def _measure(layer: Layer, values: dict[str, Any], shapes: NDArray[Any]) -> None:
    """Length and area of the geometry where the source names none."""
    for name, unit, measure in (("length", "m", shapely.length), ("area", "m2", shapely.area)):
        if layer.geometry != ("line" if name == "length" else "polygon"):
            continue
        if not any(column.name == name and column.unit == unit for column in layer.columns):
            continue
        measured = np.round(measure(shapes), 3)
        given = values.get(name)
        values[name] = measured if given is None else np.where(np.isnan(given), measured, given)


def _keys(
    rows: Rows, mapping: Mapping, layer: Layer, values: dict[str, Any], shapes: NDArray[Any]
) -> tuple[NDArray[np.object_], int]:
    if layer.key[0] == "ags":
        given = values.get("ags")
        return (np.full(len(rows), None, object) if given is None else given), 0
    keys = np.full(len(rows), None, object)
    if mapping.key.columns:
        parts = [cell.text(rows.values[name]) for name in mapping.key.columns]
        for place, row in enumerate(zip(*parts, strict=True)):
            if any(part is not None for part in row):
                keys[place] = mapping.key.prefix + "-".join("" if part is None else part for part in row)
    without = [place for place, key in enumerate(keys) if key is None]
    if without:
        rounded = shapely.to_wkb(shapely.set_precision(shapes[without], 0.001, mode="pointwise"))
        names = sorted(name for name in values if name != layer.key[0])
        for place, shape in zip(without, rounded, strict=True):
            digest = hashlib.sha256(shape or b"")
            for name in names:
                digest.update(f"|{name}={values[name][place]}".encode())
            keys[place] = mapping.key.prefix + digest.hexdigest()[:16]
    return keys, len(without) if mapping.key.columns else 0


def _whole_keys(
    layer: Layer, first: NDArray[np.object_], values: dict[str, Any]
) -> tuple[NDArray[np.object_], list[int]]:
    """Keys of several columns, and the rows of which one is empty."""
    parts = [values[name] for name in layer.key[1:]]
    incomplete = [place for place, row in enumerate(zip(*parts, strict=True)) if any(_is_empty(part) for part in row)]
    joined = [" ".join(map(str, row)) for row in zip(first, *parts, strict=True)]
    return np.array(joined, object), incomplete


def _is_empty(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 – NaN


def _table(layer: Layer, values: dict[str, Any], shapes: NDArray[Any]) -> pa.Table:
    arrays = []
    for one in layer.read_schema:
        if one.name == "geom":
            arrays.append(pa.array(shapely.to_wkb(shapes), one.type))
        elif one.name in values:
            arrays.append(_array(values[one.name], one.type))
        else:
            arrays.append(pa.nulls(len(shapes), one.type))
    return pa.Table.from_arrays(arrays, schema=layer.read_schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        found = pa.array(values, pa.float64(), mask=np.isnan(values))
        return found.cast(kind, safe=False)
    return pa.array(list(values), kind)
