"""What a layer's style says of areas and lines, as sheets for the picture on the terrain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely

from twin.layer import Layer
from twin.style import Area, Classes, Line, Related, Shape, Sunk, Theme, shapes
from viewer.scene.areas import KINDS, Areas
from viewer.scene.colours import class_of, colours, rgb
from viewer.scene.dashes import dashed

Array = npt.NDArray[Any]

LEAST = 0.12
"""A line is drawn where it is at least so wide. [pixels]"""

OVERLAY = 0.28
"""What is left of the fill of areas that lie over others. [1]"""

_POLYGONS, _LINES = (3, 6), (1, 5)


@dataclass(frozen=True)
class Rows:
    """Rows of one layer.

    Attributes
    ----------
    table : pyarrow.Table
        With what `columns` names.
    shapes : object array of shape (n,)
        Geometries.
    tentative : bool array of shape (n,)
        Which are drawn hatched.
    """

    table: pa.Table
    shapes: Array
    tentative: Array


def columns(layer: Layer) -> list[str]:
    """Columns that any sheet of the layer needs."""
    names = [theme.column for theme in (layer.style.themes if layer.style else ())]
    for shape in shapes(layer.style, layer.geometry):
        if isinstance(shape, Area):
            names += [*shape.below[:1], shape.overlay, *([shape.tentative.key] if shape.tentative else [])]
        elif isinstance(shape, Line):
            names += [shape.column]
    return [name for name in dict.fromkeys(names) if name]


def related(layer: Layer) -> Related | None:
    """What says which rows are hatched."""
    every = shapes(layer.style, layer.geometry)
    return next((shape.tentative for shape in every if isinstance(shape, Area) and shape.tentative), None)


def widest(layer: Layer, theme: Theme | None) -> float:
    """Width of the widest thing that may be drawn; infinite for areas. [m]"""
    found = [0.0]
    for shape in shapes(layer.style, layer.geometry):
        line = _line(shape)
        if isinstance(shape, Area) or (line and line.column):
            return np.inf
        if line:
            found += [line.width, *(entry.width for entry in (theme.classes if isinstance(theme, Classes) else ()))]
    return max(found)


def sheets(layer: Layer, theme: Theme | None, rows: Rows, pixel: float) -> Iterator[tuple[Areas, float]]:
    """Sheets from below to above.

    Parameters
    ----------
    layer : Layer
    theme : Classes, Ramp or None
        What it is coloured by; None for its plain colour.
    rows : Rows
    pixel : float
        Edge of a pixel: what is smaller is left out. [m]
    """
    kinds = shapely.get_type_id(rows.shapes)
    for shape in shapes(layer.style, layer.geometry):
        line = _line(shape)
        if isinstance(shape, Area):
            yield from _areas(layer, shape, theme, _some(rows, np.isin(kinds, _POLYGONS)), pixel)
        elif line is not None:
            yield from _lines(layer, line, theme, _some(rows, np.isin(kinds, _LINES)), pixel)


def _line(shape: Shape) -> Line | None:
    return Line(width=0.8) if isinstance(shape, Sunk) else shape if isinstance(shape, Line) else None


def _some(rows: Rows, chosen: Array) -> Rows:
    return Rows(rows.table.filter(pa.array(chosen)), rows.shapes[chosen], rows.tentative[chosen])


def _areas(layer: Layer, area: Area, theme: Theme | None, rows: Rows, pixel: float) -> Iterator[tuple[Areas, float]]:
    if not len(rows.shapes):
        return
    over = np.zeros(len(rows.shapes), bool)
    if area.overlay:
        over = np.array([value is False for value in rows.table.column(area.overlay).to_pylist()], bool)
    for chosen, opacity in ((~over, area.opacity), (over, area.opacity * OVERLAY)):
        if chosen.any():
            yield _sheet(layer, area, theme, _some(rows, chosen), pixel, opacity), 1.0


def _sheet(layer: Layer, area: Area, theme: Theme | None, rows: Rows, pixel: float, opacity: float) -> Areas:
    parts, row = shapely.get_parts(rows.shapes, return_index=True)
    size = shapely.area(parts)
    rank = _ranks(area, rows.table)[row]
    order = np.lexsort((-size, rank))
    order = order[size[order] > pixel**2 / 4]
    parts, row = parts[order], row[order]
    shades = _shades(layer, theme, rows.table)[row]
    assert layer.style is not None
    # Smaller than three outlines, an area would be nothing but outline.
    outlined = area.outline > 0 and pixel < 12.0
    edges = np.tile(np.array(rgb(layer.style.outline), float), (len(row), 1)) if layer.style.outline else shades * 0.55
    return Areas(
        parts,
        shades,
        _textures(theme, rows.table)[row],
        np.tile([1.0, 0.0], (len(row), 1)),
        np.full(len(row), opacity),
        rows.tentative[row],
        edges if outlined else None,
        area.outline,
    )


def _lines(layer: Layer, line: Line, theme: Theme | None, rows: Rows, pixel: float) -> Iterator[tuple[Areas, float]]:
    numbers = _class_numbers(theme, rows.table)
    width = _widths(line, theme, rows.table, numbers)
    chosen = width >= LEAST * pixel
    if not chosen.any():
        return
    rows, width, numbers = _some(rows, chosen), width[chosen], numbers[chosen]
    parts, row = shapely.get_parts(rows.shapes, return_index=True)
    parts, piece = _strokes(parts, numbers[row], line, theme, pixel)
    row = row[piece]
    # Wide ones above narrow ones, as roads run over paths.
    order = np.argsort(width[row], kind="stable")
    parts, row = parts[order], row[order]
    shades, wide = _shades(layer, theme, rows.table)[row], np.maximum(width[row], pixel)
    body = shapely.buffer(parts, wide / 2, quad_segs=3, cap_style="flat" if _is_dashed(line, theme) else "round")
    if line.casing and pixel < 4.0:
        edge = np.tile(np.array(rgb(line.casing), float), (len(row), 1))
        casing = shapely.buffer(parts, wide / 2 + np.maximum(0.35, pixel * 0.6), quad_segs=3)
        yield Areas.plain(casing, edge), line.opacity
    plain = np.zeros(len(row), np.int64)
    yield Areas(body, shades, plain, np.tile([1.0, 0.0], (len(row), 1))), line.opacity


def _strokes(parts: Array, numbers: Array, line: Line, theme: Theme | None, pixel: float) -> tuple[Array, Array]:
    """Lines cut into strokes, and which line each is of; whole where gaps could not be seen."""
    patterns = [entry.dash or line.dash for entry in theme.classes] if isinstance(theme, Classes) else [line.dash]
    return dashed(parts, [patterns[number] if patterns[number] else () for number in numbers], pixel)


def _is_dashed(line: Line, theme: Theme | None) -> bool:
    return bool(line.dash) or (isinstance(theme, Classes) and any(entry.dash for entry in theme.classes))


def _widths(line: Line, theme: Theme | None, table: pa.Table, numbers: Array) -> Array:
    width = np.full(table.num_rows, line.width)
    if isinstance(theme, Classes) and table.num_rows:
        own = np.array([entry.width or line.width for entry in theme.classes])
        width = own[numbers]
    if line.column:
        told = table.column(line.column).cast(pa.float64()).to_pandas().to_numpy(float)
        width = np.where(told > 0, told, width)
    return width


def _class_numbers(theme: Theme | None, table: pa.Table) -> Array:
    if not isinstance(theme, Classes):
        return np.zeros(table.num_rows, np.int64)
    values = table.column(theme.column).cast(pa.string()).to_pandas().fillna("")
    known = {value: class_of(theme, str(value)) for value in values.unique()}
    numbers: Array = values.map(known).to_numpy(np.int64)
    return numbers


def _shades(layer: Layer, theme: Theme | None, table: pa.Table) -> Array:
    assert layer.style is not None
    if theme is None:
        return np.tile(np.array(rgb(layer.style.colour), float), (table.num_rows, 1))
    return colours(theme, table.column(theme.column)).astype(float)


def _textures(theme: Theme | None, table: pa.Table) -> Array:
    if not isinstance(theme, Classes) or not any(entry.texture for entry in theme.classes):
        return np.zeros(table.num_rows, np.int64)
    return np.array([KINDS.index(entry.texture) for entry in theme.classes])[_class_numbers(theme, table)]


def _ranks(area: Area, table: pa.Table) -> Array:
    if not area.below:
        return np.zeros(table.num_rows, np.int64)
    name, *prefixes = area.below
    values: pd.Series[Any] = table.column(name).cast(pa.string()).to_pandas().fillna("")
    known = {
        value: next((n for n, prefix in enumerate(prefixes) if str(value).startswith(prefix)), len(prefixes))
        for value in values.unique()
    }
    ranks: Array = values.map(known).to_numpy(np.int64)
    return ranks
