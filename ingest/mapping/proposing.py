"""The mapping assistant: looks at the content of any table or vector file and proposes how to read it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from ingest.archive import is_archive, members
from ingest.mapping.crs_guess import Box
from ingest.mapping.mapping import KeyRule
from ingest.mapping.matching import signature
from ingest.mapping.placing import place
from ingest.mapping.profile import LOOKED_AT, sample
from ingest.mapping.proposal import KeyGuess, Proposal, completed
from ingest.mapping.ranking import rank
from ingest.mapping.suggestion import municipality
from ingest.source_file import SourceFile
from ingest.table import spreadsheet
from ingest.table.opening import kind, tables
from ingest.table.table import Rows, Table
from twin.errors import UnknownFormat, UnknownName, Unreachable
from twin.language import Text

LIKELY = 0.3
"""Confidence from which on a layer is proposed."""

_MOST_TABLES = 30
_NOT_THERE = Text("gibt es nicht", "does not exist")
_EXPECTED = Text(
    "Tabelle oder Vektordatei: CSV, XLSX, XLS, ODS, GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GML",
    "table or vector file: CSV, XLSX, XLS, ODS, GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GML",
)
_NO_TABLE = Text("keine Tabelle", "no table")


def propose(file: str | Path | SourceFile, *, layer: str = "", table: str = "", near: Box | None = None) -> Proposal:
    """How a table is to be read; of a file with several, the one that most likely is of a layer.

    Parameters
    ----------
    file : str, Path or SourceFile
        Table, vector file, or zip archive with one in it.
    layer : str
        Layer that it fills; empty to find out.
    table : str
        Name of the sheet or layer of the file; empty to find out.
    near : (west, south, east, north), optional
        Where the rows are expected, in the store's CRS [m]: decides between CRSs that are both possible.

    Raises
    ------
    twin.errors.DeliveryError
        If the file cannot be opened, is unsafe, or holds no table.
    twin.errors.UnknownName
        If it has no such table.
    twin.errors.MappingError
        If a table cannot fill that layer.
    """
    found = propose_all(file, layer=layer, table=table, near=near)
    return max(found, key=lambda one: (one.confidence, len(one.columns)))


def propose_all(
    file: str | Path | SourceFile, *, layer: str = "", table: str = "", near: Box | None = None
) -> list[Proposal]:
    """Proposals for all tables of a file that have columns; arguments and errors as of `propose`."""
    with opened(file) as source:
        title = kind(source)
        if title is None:
            raise UnknownFormat(file=source.name, found=_NO_TABLE, expected=_EXPECTED)
        with tables(source) as every:
            names = tuple(one.name for one in every)
            if table and table not in names:
                raise UnknownName(kind="table", name=table, known=", ".join(names[:_MOST_TABLES]) or "–")
            wanted = [one for one in every if one.name == table or not table]
            filled = [one for one in wanted if one.columns or one.geometry][:_MOST_TABLES]
            if not filled:
                raise UnknownFormat(file=source.name, found=_NO_TABLE, expected=_EXPECTED)
            return [_of_table(one, source, title, names, layer, near) for one in filled]


def _of_table(
    table: Table, source: SourceFile, title: Text, names: tuple[str, ...], layer: str, near: Box | None
) -> Proposal:
    looked_at = sample(_first(table))
    where = place(table, looked_at, near)
    ranked = rank(looked_at, where, (source.name.rpartition("/")[2].rpartition(".")[0], table.name))
    bare = Proposal(
        file=source.name,
        kind=title,
        table=table.name,
        tables=names,
        count=table.count,
        layer="",
        confidence=0.0,
        layers=tuple(ranked[:8]),
        place=where,
        key=KeyGuess(KeyRule(), 0.0, Text("–", "–")),
        columns=tuple(found for found in [municipality(looked_at)] if found is not None),
        unused=tuple(table.columns),
        personal=(),
        sample=looked_at,
        signature=signature(table),
    )
    if layer:
        return bare.for_layer(layer)
    if ranked and ranked[0].confidence >= LIKELY:
        return completed(bare, ranked[0].layer)
    return bare


def _first(table: Table) -> Rows:
    """The first rows of a table, no wider than its names."""
    chunks = list(table.rows(LOOKED_AT))
    if not chunks:
        empty = pd.DataFrame({name: pd.Series([], dtype=object) for name in table.columns})
        return Rows(empty, np.array([], int), np.array([], object) if table.geometry else None)
    whole = chunks[0]
    keep = np.array([place not in whole.broken for place in range(len(whole))], bool)
    shapes = None if whole.shapes is None else whole.shapes[keep]
    return Rows(whole.values[keep].reset_index(drop=True), whole.numbers[keep], shapes)


@contextmanager
def opened(file: str | Path | SourceFile) -> Iterator[SourceFile]:
    """The file itself, or the first one of an archive that holds tables."""
    if isinstance(file, SourceFile):
        yield file
        return
    path = Path(file).expanduser()
    if not path.is_file():
        raise Unreachable(file=str(file), found=_NOT_THERE)
    source = SourceFile(path)
    if not is_archive(path) or spreadsheet.is_spreadsheet(source):
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="twin-") as folder:
        inside = members(path, Path(folder))
        usable = [one for one in inside if one.suffix != ".dbf" and kind(one) is not None]
        # Vector files before texts: a shapefile has a readme beside it.
        usable.sort(key=lambda one: one.suffix not in (".shp", ".gpkg", ".geojson", ".fgb", ".xlsx"))
        if not usable:
            raise UnknownFormat(file=path.name, found=_NO_TABLE, expected=_EXPECTED)
        yield usable[0]
