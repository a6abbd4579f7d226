"""Grid data of the German census: one cell a line, one or many figures beside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.delimited import delimiter, first_lines, invalid, number, rows, split
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.line import at_line
from ingest.point_rows import within
from ingest.source_file import SourceFile
from ingest.statistic.cell import GRID, SIZES, corner, squares
from ingest.statistic.indicator import SMALLEST, Indicator, indicators, reference_day
from twin.discovery import find
from twin.language import Text

LAYER = "statistic"
TITLE = Text("Zensus im Gitter (CSV)", "Census grid (CSV)")

_AT_ONCE = 20_000
_CELL = re.compile(r"gitter_id_(100m|1km|10km)", re.IGNORECASE)
_MARKS = "werterlaeuternde_zeichen"
_BRACKETS = "klammern"

_NAMED = Text("Spalten GITTER_ID_…, x_mp_…, y_mp_… und Kennzahlen", "columns GITTER_ID_…, x_mp_…, y_mp_… and figures")
_VALUES = Text("erwartet {expected} Werte, gefunden {found}.", "expected {expected} values, found {found}.")
_NUMBERS = Text(
    "erwartet ein Mittelpunkt in EPSG:3035, gefunden keiner.", "expected a centre in EPSG:3035, found none."
)
_CONTRADICTION = Text(
    "die Koordinaten liegen nicht in der Zelle, die die Kennung nennt.",
    "the coordinates do not lie in the cell that the id names.",
)
_ABROAD = Text("erwartet eine Zelle in Mitteleuropa.", "expected a cell in Central Europe.")
_SUPPRESSED = Text(
    "Werte, die die Quelle nicht nennt (geheim oder null): {count}.",
    "Values that the source does not state (secret or zero): {count}.",
)
_WITHHELD = Text(
    "Kennzahlen über Energie unter {smallest} nicht gespeichert: {count}.",
    "Figures about energy below {smallest} not stored: {count}.",
)
_UNKNOWN = Text("Spalten, die nicht gelesen werden: {names}.", "Columns that are not read: {names}.")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a file mean.

    Attributes
    ----------
    cell, east, north : int
        Places of the cell's id and centre.
    marks : int
        Place of the publisher's marks; -1 if there is none.
    figures : dict of int to Indicator
        By place.
    unknown : tuple of str
        Columns that are none of these.
    width : int
        Number of columns.
    separator : str
        What stands between values.
    size : str
        Of the cells, a key of `ingest.statistic.cell.SIZES`.
    """

    cell: int
    east: int
    north: int
    marks: int
    figures: dict[int, Indicator]
    unknown: tuple[str, ...]
    width: int
    separator: str
    size: str


def columns(head: bytes, file: str) -> Columns | None:
    """What the columns of a file with this head and name mean; None if it holds no grid data."""
    lines = first_lines(head, 1)
    if not lines:
        return None
    separator = delimiter(lines[0])
    names = [name.lower() for name in split(lines[0], separator)]
    if not 4 <= len(names) <= 500:
        return None
    sizes = [found[1].lower() for name in names if (found := _CELL.fullmatch(name))]
    if len(sizes) != 1:
        return None
    own = {f"gitter_id_{sizes[0]}", f"x_mp_{sizes[0]}", f"y_mp_{sizes[0]}"}
    if not own <= set(names):
        return None
    cell, east, north = (names.index(f"{word}_{sizes[0]}") for word in ("gitter_id", "x_mp", "y_mp"))
    figures = indicators(names, file)
    marks = names.index(_MARKS) if _MARKS in names else -1
    known = {cell, east, north, marks, *figures}
    unknown = tuple(name[:100] for place, name in enumerate(names) if place not in known)
    return Columns(cell, east, north, marks, figures, unknown, len(names), separator, sizes[0])


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``statistic``, rejects, and the facts.

    Raises
    ------
    InvalidDelivery
        If the file is damaged or its columns are not understood.
    """
    found = columns(source.head, source.name)
    if found is None:
        raise invalid(source, TITLE, at_line(1), _NAMED, "–")
    reading = _Reading(found, reference_day(source.name))
    lines = rows(source, TITLE, found.separator)
    next(lines, None)
    for line, values in lines:
        if len(values) != found.width:
            reason = _VALUES.format(expected=found.width, found=len(values))
            yield Reject(f"line {line}", f"{at_line(line)}: {reason}", LAYER)
            continue
        reading.cells.append(values)
        reading.lines.append(line)
        if len(reading.cells) >= _AT_ONCE:
            yield from reading.flush()
    yield from reading.flush()
    yield reading.facts()


class _Reading:
    """The state of reading one file."""

    def __init__(self, found: Columns, day: date | None) -> None:
        self.columns, self.day = found, day
        self.cells: list[list[str]] = []
        self.lines: list[int] = []
        self.silent = self.withheld = 0
        self._numbers: dict[str, float] = {}

    def flush(self) -> Iterator[Item]:
        """What has been gathered: rejects, then a batch."""
        if not self.cells:
            return
        by_column = list(zip(*self.cells, strict=True))
        lines, self.cells, self.lines = self.lines, [], []
        ids = by_column[self.columns.cell]
        centres = np.array([self._column(by_column[place]) for place in (self.columns.east, self.columns.north)]).T
        usable = np.ones(len(ids), bool)
        for reason, wrong in self._faults(ids, centres):
            for place in np.flatnonzero(wrong & usable):
                yield Reject(ids[place][:60] or f"line {lines[place]}", f"{at_line(lines[place])}: {reason}", LAYER)
            usable &= ~wrong
        if usable.any() and self.columns.figures:
            yield Batch(LAYER, self._table(by_column, centres, usable))

    def _faults(self, ids: tuple[str, ...], centres: NDArray[np.float64]) -> Iterator[tuple[Text, NDArray[np.bool_]]]:
        size = SIZES[self.columns.size]
        yield _NUMBERS, np.asarray(~np.isfinite(centres).all(axis=1))
        corners = [corner(name, size) or (math.nan, math.nan) for name in ids]
        gap = np.abs(np.array(corners) + size / 2 - centres).max(axis=1)
        yield _CONTRADICTION, ~(gap < size / 2)
        yield _ABROAD, ~within(GRID.to_store(centres[:, 0], centres[:, 1]))

    def _column(self, texts: tuple[str, ...]) -> list[float]:
        # Counts are small numbers: most have been seen before.
        memory = self._numbers
        if len(memory) > 1_000_000:
            memory.clear()
        for text in set(texts).difference(memory):
            memory[text] = number(text)
        return [memory[text] for text in texts]

    def _table(
        self, by_column: list[tuple[str, ...]], centres: NDArray[np.float64], usable: NDArray[np.bool_]
    ) -> pa.Table:
        figures = self.columns.figures
        values = np.array([self._column(by_column[place]) for place in figures]).T
        stated = np.isfinite(values)
        sensitive = np.array([one.sensitive for one in figures.values()])
        small = stated & (values > 0) & (values < SMALLEST) & sensitive & usable[:, None]
        self.withheld += int(small.sum())
        self.silent += int((~stated & usable[:, None]).sum())
        cell, figure = np.nonzero(stated & ~small & usable[:, None])
        used, position = np.unique(cell, return_inverse=True)
        polygons = shapely.to_wkb(squares(centres[used], SIZES[self.columns.size]))
        ids = np.array(by_column[self.columns.cell], object)[cell]
        names = np.array([one.name for one in figures.values()], object)[figure]
        marks = by_column[self.columns.marks] if self.columns.marks >= 0 else ("",) * len(centres)
        uncertain = np.array([_BRACKETS in mark.lower() for mark in marks])
        count = len(cell)
        found: dict[str, Any] = {
            "statistic_id": ids + "|" + names + (f"|{self.day.isoformat()}" if self.day else ""),
            "level": [f"grid_{self.columns.size}"] * count,
            "cell_id": ids,
            "indicator": names,
            "value": values[cell, figure],
            "unit": np.array([one.unit for one in figures.values()], object)[figure],
            "uncertain": uncertain[cell],
            "date": [self.day] * count,
            "geom": polygons[position],
            "ags": [None] * count,
        }
        schema: pa.Schema = find("LAYER", LAYER).read_schema
        return pa.table([pa.array(found[field.name], field.type) for field in schema], schema=schema)

    def facts(self) -> Facts:
        notes = []
        if self.silent:
            notes.append(_SUPPRESSED.format(count=self.silent))
        if self.withheld:
            notes.append(_WITHHELD.format(smallest=SMALLEST, count=self.withheld))
        if self.columns.unknown:
            notes.append(_UNKNOWN.format(names=", ".join(self.columns.unknown[:10])))
        day = self.day.isoformat() if self.day else ""
        dropped = {"small_cells": self.withheld} if self.withheld else {}
        version = f"Zensus {self.day.year}" if self.day else "Zensus"
        return Facts(version=version, crs=GRID.name, date=day, dropped=dropped, notes=tuple(notes))
