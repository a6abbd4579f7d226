"""Heights under things of a tenant: its terrain, and where it has none, what its buildings stand on."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from twin.terrain import Terrain
from viewer.scene.signature import row_hashes
from viewer.scene.tenant import Tenant

Array = npt.NDArray[Any]

COARSE = 100.0
"""Edge of the squares whose buildings are asked where there is no terrain. [m]"""

REACH = 60
"""How many such squares away a building still says something."""

MARGIN = 5
"""How many such squares the estimate reaches beyond the outermost buildings."""

SMOOTHING = 12
"""Rounds of averaging over squares without buildings."""


class Ground:
    """Heights at points.

    Parameters
    ----------
    tenant : Tenant
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self.terrain: Terrain = tenant.terrain

    @cached_property
    def signature(self) -> str:
        """Changes with the rows that the heights come from."""
        source = self._tenant.rows("terrain", "tile_id, delivery_id")
        if not source.num_rows:
            source = self._tenant.rows("building_mesh", "building_id, delivery_id")
        hashes = row_hashes(*source.columns) if source.num_rows else np.zeros(1, np.uint64)
        return f"{int(np.add.reduce(hashes)):016x}"

    def sample(self, east: Array, north: Array) -> Array:
        """Heights at points; NaN where neither terrain nor a building is near. [m]"""
        heights = np.asarray(self.terrain.sample(east, north), np.float64)
        gaps = np.isnan(heights)
        if gaps.any():
            heights[gaps] = self._from_buildings(east[gaps], north[gaps])
        return heights

    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of where buildings tell of the ground; None if there are none. [m]"""
        column, row, grid = self._squares
        if not np.isfinite(grid).any():
            return None
        return column * COARSE, row * COARSE, (column + grid.shape[1]) * COARSE, (row + grid.shape[0]) * COARSE

    def window(self, west: float, south: float, east: float, north: float, cell_size: float) -> Array:
        """Estimated heights of a rectangle within the municipality's border, the north-western cell first. [m]"""
        columns, rows = round((east - west) / cell_size), round((north - south) / cell_size)
        x = west + (np.arange(columns) + 0.5) * cell_size
        y = north - (np.arange(rows) + 0.5) * cell_size
        easts, norths = (values.ravel() for values in np.meshgrid(x, y))
        heights = self._from_buildings(easts, norths)
        if self._border is not None:
            # One cell beyond it, so that neighbours meet without a gap.
            inside = shapely.contains_xy(shapely.buffer(self._border, cell_size), easts, norths)
            heights[~inside] = np.nan
        return heights.reshape(rows, columns)

    @cached_property
    def _border(self) -> Any:
        """The municipality's border; None if it is not known."""
        rows = (
            self._tenant.twin.table("municipality")
            .filter(f"ags = '{self._tenant.ags}' AND geom IS NOT NULL")
            .project("ST_AsWKB(geom)")
            .fetchall()
        )
        if not rows:
            return None
        border = shapely.from_wkb(bytes(rows[0][0]))
        shapely.prepare(border)
        return border

    @cached_property
    def _squares(self) -> tuple[int, int, Array]:
        """First column and row, and the median ground height of each square, gaps filled from their neighbours."""
        table: pa.Table = self._tenant.rows("building_mesh", "origin_x, origin_y, origin_z")
        if not table.num_rows:
            return 0, 0, np.full((1, 1), np.nan)
        east, north, height = (table.column(f"origin_{axis}").to_numpy() for axis in "xyz")
        return coarse_heights(east, north, height)

    def _from_buildings(self, east: Array, north: Array) -> Array:
        column, row, grid = self._squares
        x, y = east / COARSE - 0.5 - column, north / COARSE - 0.5 - row
        near = (x > -1) & (y > -1) & (x < grid.shape[1]) & (y < grid.shape[0])
        x, y = x.clip(0, grid.shape[1] - 1), y.clip(0, grid.shape[0] - 1)
        i, j = np.floor(x).astype(int), np.floor(y).astype(int)
        right, up = np.minimum(i + 1, grid.shape[1] - 1), np.minimum(j + 1, grid.shape[0] - 1)
        u, v = x - i, y - j
        lower, upper = grid[j, i] * (1 - u) + grid[j, right] * u, grid[up, i] * (1 - u) + grid[up, right] * u
        return np.where(near, lower * (1 - v) + upper * v, np.nan)


def coarse_heights(east: Array, north: Array, height: Array) -> tuple[int, int, Array]:
    """Medians by square, and gaps filled from the nearest squares inwards.

    Parameters
    ----------
    east, north, height : arrays of shape (n,)
        Points on the ground. [m]

    Returns
    -------
    column, row : int
        Of the first square.
    heights : array of shape (rows, columns)
        The southernmost row first; `MARGIN` squares wider than the points on all sides. [m]
    """
    columns, rows = np.floor(east / COARSE).astype(int), np.floor(north / COARSE).astype(int)
    first, low = columns.min() - MARGIN, rows.min() - MARGIN
    grid = np.full((rows.max() - low + 1 + MARGIN, columns.max() - first + 1 + MARGIN), np.nan)
    order = np.lexsort((height, columns, rows))
    place = ((rows - low) * grid.shape[1] + columns - first)[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(place)) + 1])
    ends = np.append(starts[1:], len(place))
    grid.ravel()[place[starts]] = height[order][(starts + ends - 1) // 2]
    told = np.isfinite(grid)
    for _ in range(REACH):
        if np.isfinite(grid).all():
            break
        grid = np.where(np.isfinite(grid), grid, _mean_around(grid))
    for _ in range(SMOOTHING):
        grid = np.where(told | np.isnan(grid), grid, _mean_around(grid))
    return int(first), int(low), grid


def _mean_around(grid: Array) -> Array:
    """Mean of the eight neighbours that have a value; NaN where none has."""
    rows, columns = grid.shape
    padded = np.pad(grid, 1, constant_values=np.nan)
    around = np.stack([padded[1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + columns] for dy, dx in _AROUND])
    known = np.isfinite(around)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, around, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


_AROUND = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
