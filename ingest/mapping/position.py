"""Where rows lie: shapes, well-known text or two columns, brought to the store's CRS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ingest.address.reference import service_reference
from ingest.mapping import cell
from ingest.mapping.mapping import Dialect, GeometryRule
from ingest.point_rows import CENTRAL_EUROPE
from ingest.table.table import Rows
from twin.errors import MissingCRS
from twin.geometry.crs import Reference, require
from twin.language import Text

FAMILIES = {"point": (0, 4), "line": (1, 5), "polygon": (3, 6)}
"""shapely's numbers of the simple and the multiple type of a layer's geometry."""

LONGEST = 8 << 20
"""Longest well-known text of a cell. [characters]"""

_SRID = r"^\s*SRID=(\d{4,6});"
NO_POSITION = Text("keine Lage", "no position")
_UNREADABLE = Text("die Lage ist nicht lesbar", "the position cannot be read")
_ABROAD = Text("liegt nicht in Mitteleuropa ({crs})", "does not lie in Central Europe ({crs})")
_KIND = Text("erwartet {expected}, gefunden {found}", "expected {expected}, found {found}")
_TITLES = {
    "point": Text("ein Punkt", "a point"),
    "line": Text("eine Linie", "a line"),
    "polygon": Text("eine Fläche", "an area"),
}


@dataclass(frozen=True, slots=True)
class Positions:
    """Where rows lie.

    Attributes
    ----------
    shapes : ndarray of shapely geometry or None, shape (n,)
        In the store's CRS, without heights.
    problems : dict of int to Text
        Rows that have no usable position, and why.
    reduced : int
        Areas that became points, for the layer wants points.
    """

    shapes: NDArray[Any]
    problems: dict[int, Text]
    reduced: int = 0


def horizontal(name: str, file: str) -> Reference:
    """The reference that a mapping, a file or a user names, easting first: OGR and columns have no authority's order.

    Raises
    ------
    MissingCRS
        If it names none that is known.
    """
    if not name:
        raise MissingCRS(file=file, found="–")
    found = service_reference(name) or require(name, file)
    return Reference(found.name)


def positions(rows: Rows, rule: GeometryRule, geometry: str, reference: Reference, dialect: Dialect) -> Positions:
    """Positions of some rows.

    Parameters
    ----------
    rows : Rows
        They.
    rule : GeometryRule
        Where the geometry comes from; not ``none``.
    geometry : {"point", "line", "polygon"}
        What the layer wants.
    reference : Reference
        What the coordinates are in, easting first.
    dialect : Dialect
        How numbers are written.
    """
    shapes, problems = raw(rows, rule, dialect)
    shapes[shapely.is_empty(shapes)] = None
    for place in np.flatnonzero(shapely.is_missing(shapes)):
        problems.setdefault(int(place), NO_POSITION)
    shapes = in_store(shapely.force_2d(shapes), reference, swapped=rule.swapped)
    outside = ~_within(shapely.bounds(shapes)) & ~shapely.is_missing(shapes)
    abroad = Text(_ABROAD.de.format(crs=reference.name[:40]), _ABROAD.en.format(crs=reference.name[:40]))
    for place in np.flatnonzero(outside):
        problems[int(place)] = abroad
    reduced = 0
    kinds = shapely.get_type_id(shapes)
    if geometry == "point":
        areas = np.isin(kinds, FAMILIES["polygon"]) & ~outside
        reduced = int(areas.sum())
        shapes[areas] = shapely.point_on_surface(shapes[areas])
        single = (kinds == 4) & (shapely.get_num_geometries(shapes) == 1)
        shapes[single] = shapely.get_geometry(shapes[single], 0)
    kinds = shapely.get_type_id(shapes)
    for place in np.flatnonzero((kinds >= 0) & ~np.isin(kinds, FAMILIES[geometry])):
        problems.setdefault(int(place), _wrong_kind(geometry, str(shapes[place].geom_type)))
    shapes[list(problems)] = None
    return Positions(shapes, problems, reduced)


def raw(rows: Rows, rule: GeometryRule, dialect: Dialect) -> tuple[NDArray[Any], dict[int, Text]]:
    """Shapes as the file has them, and rows whose position cannot be read."""
    if rule.kind == "own":
        return (np.full(len(rows), None, object) if rows.shapes is None else rows.shapes.copy()), {}
    if rule.kind == "wkt":
        cells = rows.values[rule.columns[0]]
        shapes = _of_text(cells)
        unread = [place for place, value in enumerate(cell.text(cells)) if value is not None and shapes[place] is None]
        return shapes, dict.fromkeys(unread, _UNREADABLE)
    east, no_east = cell.number(rows.values[rule.columns[0]], dialect.decimal)
    north, no_north = cell.number(rows.values[rule.columns[1]], dialect.decimal)
    shapes = np.full(len(rows), None, object)
    usable = np.isfinite(east) & np.isfinite(north) & ~((east == 0) & (north == 0))
    shapes[usable] = shapely.points(east[usable], north[usable])
    return shapes, dict.fromkeys((int(place) for place in np.flatnonzero(no_east | no_north)), _UNREADABLE)


def stated_code(column: pd.Series) -> str:
    """``EPSG:…`` that the texts of a column begin with (``SRID=25832;POINT…``); empty if they name none or several."""
    found = pd.Series(cell.text(column), dtype=object).astype("string").str.extract(_SRID)[0].dropna().unique()
    return f"EPSG:{found[0]}" if len(found) == 1 else ""


def in_store(shapes: NDArray[Any], reference: Reference, *, swapped: bool = False) -> NDArray[Any]:
    """Shapes in the store's CRS; what the CRS cannot say is not finite."""
    xy = shapely.get_coordinates(shapes)
    if not len(xy):
        return shapes
    first, second = (xy[:, 1], xy[:, 0]) if swapped else (xy[:, 0], xy[:, 1])
    moved: NDArray[Any] = shapely.set_coordinates(shapes.copy(), reference.to_store(first, second))
    return moved


def _of_text(column: pd.Series) -> NDArray[Any]:
    shapes = np.full(len(column), None, object)
    binary = np.array([isinstance(value, bytes) for value in column], bool)
    if binary.any():
        shapes[binary] = shapely.from_wkb(column[binary].to_numpy(object), on_invalid="ignore")
    # Not `cell.text`: it cuts long cells.
    texts = column.where(~binary, "").map(lambda value: value.strip() if isinstance(value, str) else "")
    texts = texts.where(texts.str.len() <= LONGEST, "").str.replace(_SRID, "", regex=True)
    hexadecimal = texts.str.match(r"^0[01][0-9A-Fa-f]{8,}$")
    usable = ((texts != "") & ~hexadecimal & texts.str.contains("(", regex=False)).to_numpy()
    shapes[usable] = shapely.from_wkt(texts[usable].to_numpy(object), on_invalid="ignore")
    coded = hexadecimal.to_numpy()
    if coded.any():
        shapes[coded] = shapely.from_wkb(texts[coded].to_numpy(object), on_invalid="ignore")
    return shapes


def _within(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = CENTRAL_EUROPE
    with np.errstate(invalid="ignore"):
        inside: NDArray[np.bool_] = (
            (bounds[:, 0] > west) & (bounds[:, 1] > south) & (bounds[:, 2] < east) & (bounds[:, 3] < north)
        )
    return inside


def _wrong_kind(expected: str, found: str) -> Text:
    title = _TITLES[expected]
    return Text(_KIND.de.format(expected=title.de, found=found), _KIND.en.format(expected=title.en, found=found))
