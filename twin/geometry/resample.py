"""Rasters to other cells: means by area for larger ones, bilinear interpolation for points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from twin.geometry.raster import Heights

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_SAME = 1e-6


def accumulate(total: Floats, weight: Floats, heights: Heights, *, left: float, top: float, ratio: float) -> None:
    """Add a block of small cells to the means of large ones, weighted by the area they share.

    Parameters
    ----------
    total, weight : array of float64, shape (rows, columns)
        Sums of height times area and of area, added to in place; their quotient is the mean.
    heights : array of float32, shape (block rows, block columns)
        The block, its north-western cell first; cells without value (NaN) have no weight.
    left, top : float
        Where the block's outer corner lies, in columns and rows of the large cells. [1]
    ratio : float
        Width of a small cell in large ones, at most 1. [1]
    """
    if abs(ratio - 1) < _SAME and abs(left - round(left)) < _SAME and abs(top - round(top)) < _SAME:
        _add_cells(total, weight, heights, round(left), round(top))
        return
    first_row, row_edges = _edges(top, ratio, heights.shape[0], total.shape[0])
    first_column, column_edges = _edges(left, ratio, heights.shape[1], total.shape[1])
    if len(row_edges) < 2 or len(column_edges) < 2:
        return
    known = ~np.isnan(heights)
    values = np.where(known, heights, 0.0)
    place = np.s_[first_row : first_row + len(row_edges) - 1, first_column : first_column + len(column_edges) - 1]
    total[place] += _sums(_sums(values, row_edges).T, column_edges).T
    if known.all():
        weight[place] += np.outer(np.diff(row_edges), np.diff(column_edges))
    else:
        weight[place] += _sums(_sums(known, row_edges).T, column_edges).T


def _add_cells(total: Floats, weight: Floats, heights: Heights, left: int, top: int) -> None:
    """The same for cells that coincide."""
    rows, columns = heights.shape
    inner = heights[
        max(0, -top) : max(0, min(rows, total.shape[0] - top)),
        max(0, -left) : max(0, min(columns, total.shape[1] - left)),
    ]
    first_row, first_column = max(0, top), max(0, left)
    place = np.s_[first_row : first_row + inner.shape[0], first_column : first_column + inner.shape[1]]
    known = ~np.isnan(inner)
    np.add(total[place], inner, out=total[place], where=known)
    weight[place] += known


def _edges(start: float, ratio: float, count: int, size: int) -> tuple[int, Floats]:
    """Where the edges of the large cells lie in a row of small ones.

    Parameters
    ----------
    start : float
        Where the first small cell begins, in large ones.
    ratio : float
        Length of a small cell in large ones.
    count, size : int
        Number of small and of large cells.

    Returns
    -------
    first : int
        First large cell that is met.
    edges : array of float64
        Edges of the large cells that are met, in small ones, within [0, count].
    """
    first = max(0, int(np.floor(start + _SAME)))
    end = min(size, int(np.ceil(start + count * ratio - _SAME)))
    edges = (np.arange(first, max(first, end) + 1) - start) / ratio
    whole = np.rint(edges)
    return first, np.clip(np.where(np.abs(edges - whole) < _SAME, whole, edges), 0, count)


def _sums(values: NDArray[np.generic], edges: Floats) -> Floats:
    """Sums of rows between fractional edges: differences of the running sum, interpolated between rows."""
    running = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=running[1:])
    below = np.minimum(edges.astype(np.int64), len(values) - 1)
    share = (edges - below)[:, None]
    at_edges = running[below] * (1 - share) + running[below + 1] * share
    sums: Floats = np.diff(at_edges, axis=0)
    return sums


def bilinear(columns: Floats, rows: Floats, cells: Callable[[Numbers, Numbers], Heights]) -> Heights:
    """Values at points between cell centres.

    Parameters
    ----------
    columns, rows : array of float64, shape (n,)
        Points in cells; cell centres are whole numbers.
    cells : callable
        ``(columns, rows) -> heights``: values of whole cells, NaN where there is none.

    Returns
    -------
    values : array of float32, shape (n,)
        NaN where the cell that holds the point has no value. Where another of the four has none (at an edge), the
        others' weights are scaled up.
    """
    west, south = np.floor(columns).astype(np.int64), np.floor(rows).astype(np.int64)
    right, upper = columns - west, rows - south
    steps = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])
    easts, norths = (west + steps[:, :1]), (south + steps[:, 1:])
    corners = cells(easts.ravel(), norths.ravel()).reshape(4, -1)
    shares = np.abs(1 - steps[:, :1] - right) * np.abs(1 - steps[:, 1:] - upper)
    known = ~np.isnan(corners)
    total = (np.where(known, corners, 0.0) * shares).sum(axis=0)
    weight = (known * shares).sum(axis=0)
    own = (right >= 0.5) * 2 + (upper >= 0.5)
    own_known = known[own, np.arange(len(columns))]
    with np.errstate(invalid="ignore", divide="ignore"):
        values: Heights = np.where(own_known, total / weight, np.nan).astype(np.float32)
    return values
