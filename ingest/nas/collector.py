"""Rows of one layer on their way: attributes beside areas, built in batches, spooled to disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from lxml import etree
from numpy.typing import NDArray

from ingest.format import Reject
from ingest.gml.shapes import Shapes
from ingest.nas.spool import Spool
from twin.layer import Layer

BATCH = 4096
"""Objects built at once."""

_EXTRA = (
    pa.field("_identifier", pa.string()),
    pa.field("_turn", pa.int64()),
    pa.field("_links", pa.list_(pa.string())),
    pa.field("_name_key", pa.string()),
    pa.field("_x", pa.float64()),
    pa.field("_y", pa.float64()),
)
"""Columns that go no further than this package: order in the document, relations, a point inside."""


class Collector:
    """Rows of one layer.

    Parameters
    ----------
    layer : Layer
        The layer.
    shapes : Shapes
        Where its areas are gathered.

    Attributes
    ----------
    repaired : int
        Areas that crossed themselves and were made valid.
    """

    def __init__(self, layer: Layer, shapes: Shapes) -> None:
        self.layer = layer
        self.spool = Spool(pa.schema([*layer.read_schema, *_EXTRA]))
        self.repaired = 0
        self._shapes = shapes
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any], position: etree._Element | None) -> None:
        """Take a row and the property that holds its area.

        Raises
        ------
        Unusable
            If the area cannot be read.
        """
        self._shapes.add(position)
        self._rows.append(row)

    @property
    def full(self) -> bool:
        """Whether it is time to flush."""
        return len(self._rows) >= BATCH or self._shapes.many

    def flush(self) -> tuple[pa.Table, list[Reject]]:
        """Build what was gathered and spool it.

        Returns
        -------
        table : pyarrow.Table
            The rows just built, with the columns of this package.
        rejects : list of Reject
            Those without a usable area.
        """
        rows, self._rows = self._rows, []
        areas = self._shapes.build()
        self.repaired += len(areas.repaired)
        wrong = areas.rejected
        rejects = [Reject(rows[number]["_identifier"], str(why), self.layer.name) for number, why in wrong.items()]
        good = [number for number in range(len(rows)) if number not in wrong]
        table = self._table([rows[number] for number in good], areas.geometry[good])
        if table.num_rows:
            self.spool.write(table)
        return table, rejects

    def _table(self, rows: list[dict[str, Any]], areas: NDArray[np.object_]) -> pa.Table:
        columns: dict[str, Any] = {
            field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in self.spool.schema
        }
        area = shapely.area(areas)
        inside = shapely.point_on_surface(areas)
        columns["geom"] = pa.array(shapely.to_wkb(areas).tolist(), pa.binary())
        columns["_x"], columns["_y"] = pa.array(shapely.get_x(inside)), pa.array(shapely.get_y(inside))
        for name in {"area", "footprint_area"} & set(columns):
            columns[name] = pa.array(area)
        if "area_deviation" in columns:
            official = columns["amtliche_flaeche"]
            known = pc.if_else(pc.greater(official, 0), official, None)
            columns["area_deviation"] = pc.divide(pc.subtract(columns["area"], known), known)
        return pa.table(columns, schema=self.spool.schema)

    def tables(self) -> Iterator[pa.Table]:
        """All rows that were built, batch by batch."""
        return iter(self.spool)
