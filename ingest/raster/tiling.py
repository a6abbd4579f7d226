"""From cells to rows: a raster is read in stripes and put out as tiles of the fixed grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import shapely

from ingest.format import Batch, Box
from layers.terrain import LAYER
from twin.discovery import find
from twin.geometry.raster import Heights, encode, summary
from twin.geometry.tile_grid import TileGrid

LOWEST, HIGHEST = -500.0, 9000.0
"""Heights of terrain lie between; what lies beyond stands for "no value" and is counted. [m]"""

_GAPS = 0.05
_STRIPE = 4 << 20
"""Most cells that are read at once: memory does not grow with the file."""


class Cells(Protocol):
    """A raster in the store's CRS, north up, with square cells, read by windows."""

    @property
    def width(self) -> int:
        """Columns."""

    @property
    def height(self) -> int:
        """Rows."""

    @property
    def west(self) -> float:
        """West edge of the first column. [m]"""

    @property
    def north(self) -> float:
        """North edge of the first row. [m]"""

    @property
    def cell_size(self) -> float:
        """Width of a cell. [m]"""

    def read(self, row: int, column: int, rows: int, columns: int) -> Heights:
        """Heights of a window, NaN where there is no value; the window lies inside. [m]"""


@dataclass
class Tally:
    """What was met while tiling.

    Attributes
    ----------
    tiles, empty : int
        Tiles with a value, and those without, which are left out.
    missing, implausible : int
        Cells without value, and those beyond `LOWEST` and `HIGHEST` (not among the missing).
    """

    tiles: int = 0
    empty: int = 0
    missing: int = 0
    implausible: int = 0


def extent(cells: Cells) -> Box:
    """Area that the raster covers."""
    return (
        cells.west,
        round(cells.north - cells.height * cells.cell_size, 6),
        round(cells.west + cells.width * cells.cell_size, 6),
        cells.north,
    )


def claimed(cells: Cells, tally: Tally) -> Box | None:
    """Area that the file describes wholly, once it is tiled.

    A raster of which more than a twentieth has no value ends at some border inside its rectangle. What lies beyond is
    another file's to say, so it claims no area, and takes nothing from its neighbours.
    """
    gaps = tally.missing + tally.implausible
    return extent(cells) if gaps <= _GAPS * cells.width * cells.height else None


def tile_batches(cells: Cells, tally: Tally, layer: str = LAYER.name) -> Iterator[Batch]:
    """Tiles of a raster as rows of layer ``terrain``, or of one laid out like it, from north to south.

    Parameters
    ----------
    cells : Cells
        The raster.
    tally : Tally
        Counted up while the batches are taken.
    layer : str
        Name of the layer.

    Yields
    ------
    batch : Batch
        Tiles of one stripe; those without any value are left out.
    """
    grid = TileGrid.of(cells.cell_size, cells.west, cells.north)
    first_column, top = grid.column(cells.west), grid.row(cells.north) - 1
    columns = grid.spans(first_column, first_column + cells.width)
    group = max(1, _STRIPE // (grid.edge * grid.edge))
    for low, high in reversed(grid.spans(top - cells.height + 1, top + 1)):
        for start in range(0, len(columns), group):
            part = columns[start : start + group]
            west, east = part[0][0], part[-1][1]
            stripe = cells.read(top - high + 1, west - first_column, high - low, east - west)
            table = _rows(grid, _plausible(stripe, tally), west=west, south=low, columns=part, tally=tally)
            if table.num_rows:
                yield Batch(layer, table.cast(find("LAYER", layer).read_schema))


def _plausible(stripe: Heights, tally: Tally) -> Heights:
    missing = np.isnan(stripe)
    wild = ~missing & ~((stripe >= LOWEST) & (stripe <= HIGHEST))
    tally.missing += int(missing.sum())
    found = int(wild.sum())
    if found:
        tally.implausible += found
        stripe = np.where(wild, np.float32(np.nan), stripe)
    return stripe


def _rows(
    grid: TileGrid, stripe: Heights, *, west: int, south: int, columns: list[tuple[int, int]], tally: Tally
) -> pa.Table:
    found: dict[str, list[object]] = {
        field.name: [] for field in LAYER.read_schema if field.name not in {"geom", "ags"}
    }
    rows = stripe.shape[0]
    for first, end in columns:
        heights = stripe[:, first - west : end - west]
        gaps = np.isnan(heights)
        if gaps.all():
            tally.empty += 1
            continue
        tally.tiles += 1
        lowest, highest, missing = summary(heights)
        row = {
            "tile_id": grid.tile_id(first, south, gaps),
            "cell_size": grid.cell_size,
            "west": grid.easting(first),
            "south": grid.northing(south),
            "east": grid.easting(end),
            "north": grid.northing(south + rows),
            "columns": end - first,
            "rows": rows,
            "lowest": lowest,
            "highest": highest,
            "missing": missing,
            "pixels": encode(heights),
        }
        for name, values in found.items():
            values.append(row[name])
    count = len(found["tile_id"])
    wests, souths, easts, norths = (np.array(found[name], np.float64) for name in ("west", "south", "east", "north"))
    frames = shapely.box(wests, souths, easts, norths)
    arrays = {**found, "geom": list(shapely.to_wkb(frames)), "ags": [None] * count}
    return pa.table([pa.array(arrays[field.name], field.type) for field in LAYER.read_schema], schema=LAYER.read_schema)
