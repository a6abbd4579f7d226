"""From pixels to rows: a picture is read in stripes and put out as tiles of the fixed grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.format import Batch
from ingest.imagery.collar import REACH, without_collar
from ingest.imagery.flight import Flight
from layers.orthophoto import LAYER
from twin.geometry.picture import Colours, PictureGrid, encode
from twin.geometry.tile_grid import TileGrid

_STRIPE = 8 << 20
"""Most pixels that are read at once: memory does not grow with the file."""


class Pixels(Protocol):
    """A picture in the store's CRS, north up, with square pixels, read by windows."""

    width: int
    height: int
    west: float
    north: float
    cell_size: float
    masked: bool
    warped: bool

    def read(self, row: int, column: int, rows: int, columns: int) -> tuple[Colours, NDArray[np.bool_]]:
        """Colours of a window, and where there is a picture; the window lies inside."""


@dataclass
class Tally:
    """What was met while tiling.

    Attributes
    ----------
    tiles, empty : int
        Tiles with a picture, and those without, which are left out.
    missing : int
        Pixels without picture.
    """

    tiles: int = 0
    empty: int = 0
    missing: int = 0


def tile_batches(cells: Pixels, kind: str, flight: Flight, tally: Tally) -> Iterator[Batch]:
    """Tiles of a picture as rows of layer ``orthophoto``, from north to south.

    Parameters
    ----------
    cells : Pixels
        The picture.
    kind : str
        Code of its colours.
    flight : Flight
        When it was taken.
    tally : Tally
        Counted up while the batches are taken.

    Yields
    ------
    batch : Batch
        Tiles of one stripe; those without any picture are left out.
    """
    grid = PictureGrid.of(cells.cell_size, cells.west, cells.north)
    first_column, top = grid.column(cells.west), grid.row(cells.north) - 1
    columns = grid.spans(first_column, first_column + cells.width)
    group = max(1, _STRIPE // (grid.edge * grid.edge))
    for low, high in reversed(grid.spans(top - cells.height + 1, top + 1)):
        for start in range(0, len(columns), group):
            part = columns[start : start + group]
            west, east = part[0][0], part[-1][1]
            colours, known = _read(cells, top - high + 1, west - first_column, high - low, east - west)
            tally.missing += int((~known).sum())
            rows = []
            for first, end in part:
                here = np.s_[:, first - west : end - west]
                if known[here].any():
                    rows.append(_row(grid, first, low, colours[here], known[here], kind, flight))
            tally.tiles += len(rows)
            tally.empty += len(part) - len(rows)
            if rows:
                yield Batch(LAYER.name, _table(rows))


def _read(cells: Pixels, row: int, column: int, rows: int, columns: int) -> tuple[Colours, NDArray[np.bool_]]:
    """A window; black collars are no picture where the file itself does not say what is one."""
    if cells.masked:
        return cells.read(row, column, rows, columns)
    # A collar is judged by what lies around, so that it ends at the same pixels in both stripes.
    reach = 2 * REACH
    above, left = min(reach, row), min(reach, column)
    below = min(reach, cells.height - row - rows)
    right = min(reach, cells.width - column - columns)
    colours, known = cells.read(row - above, column - left, rows + above + below, columns + left + right)
    ends = (
        not row - above,
        not column - left,
        row + rows + below == cells.height,
        column + columns + right == cells.width,
    )
    known = without_collar(colours, known, ends)
    inner = np.s_[above : above + rows, left : left + columns]
    return colours[inner], known[inner]


def _row(
    grid: TileGrid, column: int, row: int, colours: Colours, known: NDArray[np.bool_], kind: str, flight: Flight
) -> dict[str, Any]:
    rows, columns = known.shape
    pixels, mask = encode(colours, known)
    name = grid.tile_id(column, row, ~known)
    return {
        "tile_id": name if kind == "rgb" else f"{kind}_{name}",
        "kind": kind,
        "cell_size": grid.cell_size,
        "west": grid.easting(column),
        "south": grid.northing(row),
        "east": grid.easting(column + columns),
        "north": grid.northing(row + rows),
        "columns": columns,
        "rows": rows,
        "missing": int((~known).sum()),
        "year": flight.year,
        "flight_date": flight.day,
        "pixels": pixels,
        "mask": mask,
    }


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    found: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    wests, souths, easts, norths = (np.array(found[name], np.float64) for name in ("west", "south", "east", "north"))
    frames = shapely.box(wests, souths, easts, norths)
    found |= {"geom": list(shapely.to_wkb(frames)), "ags": [None] * len(rows)}
    schema = LAYER.read_schema
    return pa.table([pa.array(found[field.name], field.type) for field in schema], schema=schema)
