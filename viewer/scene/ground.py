"""Heights under things of a tenant: its terrain, and where it has none, what its buildings stand on."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from twin.terrain import Terrain
from viewer.scene.signature import row_hashes
from viewer.scene.tenant import Tenant

Array = npt.NDArray[Any]

COARSE = 250.0
"""Edge of the squares whose buildings are asked where there is no terrain. [m]"""

REACH = 40
"""How many such squares away a building still says something."""


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
        The southernmost row first; two squares wider than the points on all sides. [m]
    """
    columns, rows = np.floor(east / COARSE).astype(int), np.floor(north / COARSE).astype(int)
    first, low = columns.min() - 2, rows.min() - 2
    grid = np.full((rows.max() - low + 3, columns.max() - first + 3), np.nan)
    order = np.lexsort((height, columns, rows))
    place = ((rows - low) * grid.shape[1] + columns - first)[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(place)) + 1])
    ends = np.append(starts[1:], len(place))
    grid.ravel()[place[starts]] = height[order][(starts + ends - 1) // 2]
    for _ in range(REACH):
        gaps = np.isnan(grid)
        if not gaps.any():
            break
        padded = np.pad(grid, 1, constant_values=np.nan)
        around = np.stack(
            [padded[1 + dy : 1 + dy + grid.shape[0], 1 + dx : 1 + dx + grid.shape[1]] for dy, dx in _AROUND]
        )
        known = np.isfinite(around)
        count = known.sum(axis=0)
        mean = np.where(known, around, 0.0).sum(axis=0) / np.maximum(count, 1)
        grid = np.where(gaps & (count > 0), mean, grid)
    return int(first), int(low), grid


_AROUND = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
