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
    first_row, row_weights = _overlap(top, ratio, heights.shape[0], total.shape[0])
    first_column, column_weights = _overlap(left, ratio, heights.shape[1], total.shape[1])
    if not row_weights.size or not column_weights.size:
        return
    known = ~np.isnan(heights)
    values = np.where(known, heights, 0.0).astype(np.float64)
    place = np.s_[first_row : first_row + len(row_weights), first_column : first_column + len(column_weights)]
    total[place] += row_weights @ values @ column_weights.T
    if known.all():
        weight[place] += np.outer(row_weights.sum(axis=1), column_weights.sum(axis=1))
    else:
        weight[place] += row_weights @ known.astype(np.float64) @ column_weights.T


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


def _overlap(start: float, ratio: float, count: int, size: int) -> tuple[int, Floats]:
    """Shared length of each large cell with each small one along an axis.

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
    weights : array of float64, shape (large cells met, count)
        Lengths in large cells.
    """
    first = max(0, int(np.floor(start + 1e-9)))
    end = min(size, int(np.ceil(start + count * ratio - 1e-9)))
    if end <= first:
        return 0, np.empty((0, count))
    edges = start + np.arange(count + 1) * ratio
    cells = np.arange(first, end)[:, None]
    shared = np.minimum(edges[None, 1:], cells + 1) - np.maximum(edges[None, :-1], cells)
    # Slivers come from rounding where edges coincide.
    return first, np.where(shared > 1e-7, shared, 0.0)


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
    total, weight = np.zeros(len(columns)), np.zeros(len(columns))
    own_known = np.zeros(len(columns), bool)
    for step_east in (0, 1):
        for step_north in (0, 1):
            share = (right if step_east else 1 - right) * (upper if step_north else 1 - upper)
            heights = cells(west + step_east, south + step_north)
            known = ~np.isnan(heights)
            total += np.where(known, heights, 0.0) * share
            weight += np.where(known, share, 0.0)
            own = ((right >= 0.5) == bool(step_east)) & ((upper >= 0.5) == bool(step_north))
            own_known |= known & own
    with np.errstate(invalid="ignore", divide="ignore"):
        values: Heights = np.where(own_known, total / weight, np.nan).astype(np.float32)
    return values
