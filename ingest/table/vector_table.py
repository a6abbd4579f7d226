"""Layers of vector files as tables with shapes: streamed, read-only, views of a database left alone."""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from ingest.source_file import UNREADABLE, SourceFile
from ingest.table.table import AT_ONCE, MOST_COLUMNS, Rows
from ingest.vector.container import VERSIONS, container, readable
from twin.errors import InvalidDelivery
from twin.language import Text

MOST_TABLES = 200
"""Layers of a file that are looked at."""

_FAMILIES = {"Point": "point", "LineString": "line", "Curve": "line", "Polygon": "polygon", "Surface": "polygon"}
_ERRORS = (
    *UNREADABLE,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FieldError,
    shapely.errors.ShapelyError,
    sqlite3.DatabaseError,
    ValueError,
)
_READABLE = Text("lesbare Objekte", "readable features")
_CONTENT = Text("Inhalt", "content")


@contextmanager
def layers(source: SourceFile) -> Iterator[list[VectorTable]]:
    """The layers of a vector file.

    Raises
    ------
    InvalidDelivery
        If it is damaged.
    """
    kind = container(source.head)
    with ExitStack() as stack:
        with _damage_told(source.name, kind), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            path = stack.enter_context(readable(source, kind))
            views = _views(path) if kind == "geopackage" else frozenset()
            names = [str(name) for name, _ in pyogrio.list_layers(path) if str(name) not in views]
            found = [VectorTable(path, name, kind, source.name) for name in names[:MOST_TABLES]]
        yield found


@contextmanager
def _damage_told(file: str, kind: str) -> Iterator[None]:
    """What OGR raises over a damaged file, in our words."""
    try:
        yield
    except _ERRORS as damage:
        # A path of this machine is nobody's business.
        reason = re.sub(r"'[^']*[/\\][^']*'|/\S+", file, str(damage))[:200]
        raise InvalidDelivery(
            file=file, format=VERSIONS.get(kind, "–"), where=_CONTENT, expected=_READABLE, found=reason
        ) from None


class VectorTable:
    """A layer of a vector file; the attributes are those of `ingest.table.table.Table`."""

    def __init__(self, path: Path, name: str, kind: str, file: str) -> None:
        facts = pyogrio.read_info(path, layer=name)
        self.name = name
        self.kind = kind
        self._file = file
        self._path = path
        self.columns = tuple(str(field) for field in facts["fields"])[:MOST_COLUMNS]
        self.geometry = family(facts["geometry_type"])
        self.crs = str(facts["crs"] or "")
        self.count = int(facts["features"])
        self._curved = bool(re.search(r"Curve|Surface|Circular|Compound", str(facts["geometry_type"])))

    def rows(self, most: int = -1) -> Iterator[Rows]:
        """Its rows from the first, at most `most`; curves become chains of short lines."""
        chunks = self._linearised(most) if self._curved else self._streamed(most)
        while True:
            with _damage_told(self._file, self.kind), warnings.catch_warnings():
                # GDAL's remarks on rings: what is wrong with a shape is found by checks.
                warnings.simplefilter("ignore")
                found = next(chunks, None)
            if found is None:
                return
            yield found

    def _streamed(self, most: int) -> Iterator[Rows]:
        size = min(AT_ONCE, most) if most > 0 else AT_ONCE
        with pyogrio.open_arrow(
            self._path, layer=self.name, columns=list(self.columns), use_pyarrow=True, batch_size=size
        ) as (facts, reader):
            start = 1
            shape = facts["geometry_name"] or "wkb_geometry"
            for batch in reader:
                if batch.num_rows:
                    yield self._rows(batch, shape, start)
                start += batch.num_rows
                if 0 < most < start:
                    return

    def _rows(self, batch: Any, shape: str, start: int) -> Rows:
        names = batch.schema.names
        values = pd.DataFrame(
            {
                name: _objects(batch.column(names.index(name))) if name in names else [None] * batch.num_rows
                for name in self.columns
            },
            columns=list(self.columns),
            index=range(batch.num_rows),
            dtype=object,
        )
        shapes = None
        if self.geometry and shape in names:
            binary = batch.column(names.index(shape)).to_numpy(zero_copy_only=False)
            shapes = shapely.from_wkb(binary, on_invalid="ignore")
        elif self.geometry:
            shapes = np.full(batch.num_rows, None, object)
        return Rows(values, np.arange(start, start + batch.num_rows), shapes)

    def _linearised(self, most: int) -> Iterator[Rows]:
        start = 0
        while most < 0 or start < most:
            size = AT_ONCE if most < 0 else min(AT_ONCE, most - start)
            found = pyogrio.read_dataframe(
                self._path, layer=self.name, columns=list(self.columns), skip_features=start, max_features=size
            )
            if not len(found):
                return
            shapes = np.asarray(found.geometry.array, object)
            values = found[list(self.columns)].astype(object).where(found[list(self.columns)].notna(), None)
            yield Rows(pd.DataFrame(values), np.arange(start + 1, start + 1 + len(found)), shapes)
            start += len(found)


def family(geometry: str | None) -> str:
    """``point``, ``line`` or ``polygon`` of OGR's name of a geometry; ``any`` if it does not say, empty for none."""
    if not geometry:
        return ""
    return next((own for word, own in _FAMILIES.items() if word in geometry), "any")


def _objects(column: Any) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return values


def _views(path: Path) -> frozenset[str]:
    """Names of the views of a database: what they do when they are read, nobody knows beforehand."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        found = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'view' OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL%')"
        )
        return frozenset(str(name) for (name,) in found)
