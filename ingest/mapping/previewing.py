"""The first rows as a mapping reads them, with what is wrong in each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ingest.mapping.conversion import Converted, convert
from ingest.mapping.mapping import Mapping
from ingest.mapping.matching import matches
from ingest.mapping.position import horizontal, stated_code
from ingest.mapping.proposing import opened
from ingest.mapping.validation import demand_columns, validate
from ingest.source_file import SourceFile
from ingest.table.opening import tables
from ingest.table.table import Rows, Table
from twin.discovery import find
from twin.errors import MappingError, MissingCRS
from twin.language import Text
from twin.layer import CRS

if TYPE_CHECKING:
    import geopandas

MOST = 5_000
"""Rows that a preview shows at most."""

_NO_CRS = Text("kein Koordinatenreferenzsystem bekannt; bitte eines nennen", "no CRS known; please name one")
_EMPTY = Text("die Datei hat keine Tabelle mit Zeilen", "the file has no table with rows")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Something about a row of a preview.

    Attributes
    ----------
    row : int
        Row of the preview, from 0.
    number : int
        For people: line of the text, row of the sheet, number of the feature.
    column : str
        Column of the layer; empty for the whole row.
    rejects : bool
        Whether the row could not be taken; else only the cell stays empty.
    sentence : Text
        What is wrong.
    """

    row: int
    number: int
    column: str
    rejects: bool
    sentence: Text


@dataclass(frozen=True)
class Preview:
    """Rows of a layer before anybody has stored them.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        Columns of the layer; geometry in EPSG:25832, None where there is none.
    problems : list of RowProblem
        In the order of rows.
    crs : str
        What the coordinates were in; empty if it has no geometry.
    """

    frame: geopandas.GeoDataFrame
    problems: list[RowProblem]
    crs: str

    @property
    def wgs84(self) -> geopandas.GeoDataFrame:
        """The same with longitudes and latitudes (EPSG:4326), as web maps want them."""
        return self.frame.to_crs("EPSG:4326")

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it; geometry as WKT in EPSG:25832."""
        rows = self.frame.drop(columns="geom", errors="ignore").astype(object)
        rows = rows.where(rows.notna(), None)
        shapes = [
            None if shape is None else shapely.to_wkt(shape, rounding_precision=2)[:500]
            for shape in self.frame.geometry
        ]
        return {
            "crs": self.crs,
            "rows": [{**row, "geom": shape} for row, shape in zip(rows.to_dict("records"), shapes, strict=True)],
            "problems": [
                {
                    "row": one.row,
                    "number": one.number,
                    "column": one.column,
                    "rejects": one.rejects,
                    "sentence": str(one.sentence),
                }
                for one in self.problems
            ],
        }


def preview(file: str | Path | SourceFile, mapping: Mapping, rows: int = 20, *, crs: str = "") -> Preview:
    """The first rows of a file as a mapping reads them.

    Parameters
    ----------
    file : str, Path or SourceFile
        As of `ingest.mapping.propose`.
    mapping : Mapping
        How to read it; it need not fit wholly: what is missing is said.
    rows : int
        How many, at most `MOST`.
    crs : str
        CRS where neither mapping nor file names one.

    Raises
    ------
    twin.errors.DeliveryError
        If the file cannot be read.
    twin.errors.MappingError
        If the mapping makes no sense or lacks columns.
    """
    import geopandas  # noqa: PLC0415 – heavy, and only here

    validate(mapping)
    layer = find("LAYER", mapping.layer)
    with opened(file) as source, tables(source) as found:
        table = _chosen(mapping, found)
        demand_columns(mapping, table.columns)
        first = next(table.rows(max(1, min(rows, MOST))), None)
        if first is None:
            raise MappingError(mapping=mapping.name, problem=_EMPTY)
        name, converted = _converted(first, mapping, table, crs, source.name)
    values = converted.table.drop(["geom"]) if layer.geometry else converted.table
    shapes = (
        shapely.from_wkb(converted.table.column("geom").to_numpy()) if layer.geometry else np.full(len(first), None)
    )
    frame = geopandas.GeoDataFrame(values.to_pandas(), geometry=geopandas.GeoSeries(shapes, crs=CRS), crs=CRS)
    frame = frame.rename_geometry("geom")
    problems = [
        RowProblem(one.place, int(first.numbers[one.place]), one.column, one.rejects, one.sentence)
        for one in converted.problems
    ]
    return Preview(frame, sorted(problems, key=lambda one: (one.row, one.column)), name)


def _chosen(mapping: Mapping, found: list[Table]) -> Table:
    match = matches([mapping], found, strict=False)
    if match:
        return match[0].table
    own = [one for one in found if one.name == mapping.table] or found
    if not own:
        raise MappingError(mapping=mapping.name, problem=_EMPTY)
    return own[0]


def _converted(rows: Rows, mapping: Mapping, table: Table, crs: str, file: str) -> tuple[str, Converted]:
    rule = mapping.geometry
    if rule.kind == "none" or not find("LAYER", mapping.layer).geometry:
        return "", convert(rows, mapping, None)
    stated = stated_code(rows.values[rule.columns[0]]) if rule.kind == "wkt" else ""
    try:
        reference = horizontal(mapping.crs or table.crs or stated or crs, file)
    except MissingCRS:
        raise MappingError(mapping=mapping.name, problem=_NO_CRS) from None
    return reference.name, convert(rows, mapping, reference)
