"""Which cells of a raster lie in a polygon, so that neighbours share none and lose none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]


def edges(polygon: BaseGeometry) -> Floats:
    """Edges of all rings of a (multi)polygon.

    Returns
    -------
    edges : array of float64, shape (n, 4)
        x and y of the southern and the northern end; level ones are left out. Neighbours that share an edge have the
        same row of numbers for it, whichever way round they are drawn.
    """
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(polygon)), return_index=True)
    if len(points) < 2:
        return np.empty((0, 4))
    lines = np.concatenate([points[:-1], points[1:]], axis=1)[ring[1:] == ring[:-1]]
    downwards = lines[:, 1] > lines[:, 3]
    lines[downwards] = lines[downwards][:, [2, 3, 0, 1]]
    rising: Floats = lines[lines[:, 1] < lines[:, 3]]
    return rising


def inside(lines: Floats, *, west: float, north: float, cell_size: float, rows: int, columns: int) -> NDArray[np.bool_]:
    """Cells whose centre lies in a polygon.

    A centre on the border belongs to the side that lies east of it, on a level border to the one north of it. Each
    cell lies in exactly one of the polygons of a partition, therefore, as long as neighbours share their vertices.

    Parameters
    ----------
    lines : array of float64, shape (n, 4)
        What `edges` gave.
    west, north : float
        Outer corner of the first cell. [m]
    cell_size : float
        Width of a cell. [m]
    rows, columns : int
        Size of the raster, the north-western cell first.

    Returns
    -------
    inside : array of bool, shape (rows, columns)
    """
    # A row's centre meets an edge if south <= y < north: half open, so a vertex counts once.
    first = np.floor((north - lines[:, 3]) / cell_size).astype(np.int64).clip(0, rows) - 1
    last = np.ceil((north - lines[:, 1]) / cell_size).astype(np.int64).clip(0, rows) + 1
    lines, first, last = (part[(last > 0) & (first < rows)] for part in (lines, first, last))
    first, last = first.clip(0, rows), last.clip(0, rows)
    count = last - first
    owner = np.repeat(np.arange(len(lines)), count)
    row = first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    y = north - (row + 0.5) * cell_size
    x1, y1, x2, y2 = lines[owner].T
    met = (y1 <= y) & (y < y2)
    row, y = row[met], y[met]
    x1, y1, x2, y2 = x1[met], y1[met], x2[met], y2[met]
    x = x1 + (x2 - x1) * ((y - y1) / (y2 - y1))
    # The first column whose centre is not west of the crossing; all from there on change sides.
    column = np.ceil((x - west) / cell_size - 0.5).clip(0, columns).astype(np.int64)
    turns = np.bincount(row * (columns + 1) + column, minlength=rows * (columns + 1)).reshape(rows, columns + 1)
    odd: NDArray[np.bool_] = np.cumsum(turns[:, :columns], axis=1) % 2 == 1
    return odd
