"""All terrain tiles of a tenant: the finer levels from one window of heights a block, the coarser from their mosaic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from viewer.scene.ground import Ground
from viewer.scene.product import Plan, Tile
from viewer.scene.signature import row_hashes, signature, text_hash
from viewer.scene.tenant import Tenant
from viewer.scene.terrain_tiles import BLOCK_LEVELS, QUADS, SPACING, edge, square, terrain_tile
from viewer.scene.tileset import Cell

Array = npt.NDArray[Any]

BLOCK = BLOCK_LEVELS - 1
"""Level of a block: 2048 m."""

TOP = 7
"""Coarsest level: 32 km."""

ESTIMATED = 16.0
"""Distance of the vertices of ground that is estimated from buildings. [m]"""


Window = Callable[[float, float, float, float, float], Array]
"""``(west, south, east, north, cell_size) -> heights``, the north-western cell first; NaN where there is none. [m]"""


def plan_terrain(tenant: Tenant, _folder: Path) -> Plan:
    """Tiles of the tenant's terrain model."""
    table = tenant.rows("terrain", "tile_id, delivery_id, cell_size, west, south, east, north")
    if not table.num_rows:
        return Plan({}, lambda _: ())
    hashes = row_hashes(table.column("tile_id"), table.column("delivery_id"))
    bounds = np.stack([table.column(name).to_numpy() for name in ("west", "south", "east", "north")], axis=1)
    finest = float(table.column("cell_size").to_numpy().min())

    def window(west: float, south: float, east: float, north: float, cell_size: float) -> Array:
        return np.asarray(tenant.terrain.window(west, south, east, north, cell_size).heights, np.float64)

    return pyramid(bounds, hashes, finest, window, tenant.copyright("terrain"))


def plan_ground(tenant: Tenant, _folder: Path) -> Plan:
    """Tiles of what the buildings stand on, for a tenant without a terrain model: an estimate, and marked as one."""
    ground = Ground(tenant)
    bounds = ground.bounds()
    if bounds is None or tenant.rows("terrain", "tile_id").num_rows:
        return Plan({}, lambda _: ())
    hashes = np.array([int(ground.signature, 16)], np.uint64)
    return pyramid(np.array([bounds]), hashes, ESTIMATED, ground.window, tenant.copyright("building"))


def pyramid(bounds: Array, hashes: Array, finest: float, window: Window, copyright: str) -> Plan:
    """Tiles over some rectangles of heights.

    Parameters
    ----------
    bounds : array of shape (n, 4)
        West, south, east, north of each. [m]
    hashes : uint64 array of shape (n,)
        Change with their heights.
    finest : float
        Smallest cell of the heights; tiles are no finer. [m]
    window : Window
    copyright : str
        Attribution and licence.
    """
    lowest_level = min(max(math.ceil(math.log2(finest / SPACING) - 0.01), 0), BLOCK)
    seed = text_hash("terrain", copyright, str(lowest_level))
    sums = _sums(bounds, hashes, lowest_level)
    wanted = {cell: signature(total, seed) for cell, total in sums.items()}
    return Plan(wanted, lambda fresh: _make(window, fresh, set(wanted), lowest_level, copyright))


def _sums(bounds: Array, hashes: Array, lowest_level: int) -> dict[Cell, int]:
    """For each cell that rows lie in or beside, the sum of their hashes."""
    sums: dict[Cell, int] = {}
    level, cells = lowest_level, 0
    while True:
        size, here = edge(Cell(level, 0, 0)), 0
        margin = size / QUADS
        reach = bounds + np.array([-margin, -margin, margin, margin])
        spans = np.floor(reach / size).astype(int)
        for (west, south, east, north), number in zip(spans.tolist(), hashes.tolist(), strict=True):
            for column in range(west, east + 1):
                for row in range(south, north + 1):
                    cell = Cell(level, column, row)
                    here += cell not in sums
                    sums[cell] = sums.get(cell, 0) + number
        cells = here
        if level >= TOP or (level >= BLOCK and cells <= 4):
            return sums
        level += 1


def _make(window: Window, fresh: set[Cell], every: set[Cell], lowest_level: int, copyright: str) -> Iterator[Tile]:
    if not fresh:
        return
    blocks = sorted(cell for cell in every if cell.level == BLOCK)
    top = max(cell.level for cell in every)
    mosaic = _Mosaic(blocks, top)
    by_block: dict[Cell, list[Cell]] = {}
    for cell in fresh:
        if cell.level <= BLOCK:
            shift = BLOCK - cell.level
            by_block.setdefault(Cell(BLOCK, cell.column >> shift, cell.row >> shift), []).append(cell)
    upper = sorted(cell for cell in fresh if cell.level > BLOCK)
    for block in blocks:
        cells = by_block.get(block, [])
        if not cells and not upper:
            continue
        level = lowest_level if cells else BLOCK
        heights, margin = _window(window, block, level)
        stride = 2 ** (BLOCK - level)
        mosaic.put(block, heights[margin : len(heights) - margin : stride, margin : len(heights) - margin : stride])
        for cell in sorted(cells):
            yield from _tile(cell, _cut(heights, margin, block, cell, level), copyright)
    for cell in upper:
        yield from _tile(cell, mosaic.cut(cell), copyright)


def _tile(cell: Cell, heights: Array, copyright: str) -> Iterator[Tile]:
    made = terrain_tile(cell, heights, copyright)
    if made is not None:
        yield (cell, *made)


def _window(window: Window, block: Cell, level: int) -> tuple[Array, int]:
    """Heights at the vertices of a block at the spacing of `level`, and how many lie beyond each edge."""
    step = SPACING * 2.0**level
    margin = 2 ** (BLOCK - level)
    west, south, east, north = square(block)
    beyond = (margin + 0.5) * step
    heights = window(west - beyond, south - beyond, east + beyond, north + beyond, step)
    count = QUADS * 2 ** (BLOCK - level) + 1 + 2 * margin
    return heights[:count, :count], margin


def _cut(heights: Array, margin: int, block: Cell, cell: Cell, level: int) -> Array:
    """The 67 × 67 heights of `cell` from those of its block."""
    stride, across = 2 ** (cell.level - level), 2 ** (BLOCK - cell.level)
    left = (cell.column - block.column * across) * QUADS * stride + margin - stride
    top = (across - 1 - (cell.row - block.row * across)) * QUADS * stride + margin - stride
    reach = (QUADS + 2) * stride + 1
    return heights[top : top + reach : stride, left : left + reach : stride]


class _Mosaic:
    """Heights at the vertices of blocks at their own spacing, over the whole tenant."""

    def __init__(self, blocks: list[Cell], top: int) -> None:
        self._top_stride = 2 ** (top - BLOCK)
        columns, rows = [block.column for block in blocks], [block.row for block in blocks]
        self._column = (min(columns) >> (top - BLOCK)) * self._top_stride
        self._north = ((max(rows) >> (top - BLOCK)) + 1) * self._top_stride
        wide = ((max(columns) >> (top - BLOCK)) + 1) * self._top_stride - self._column
        high = self._north - (min(rows) >> (top - BLOCK)) * self._top_stride
        margin = 2 * self._top_stride
        self._heights = np.full((high * QUADS + 1 + margin, wide * QUADS + 1 + margin), np.nan, np.float32)

    def put(self, block: Cell, heights: Array) -> None:
        """The 65 × 65 heights of a block."""
        left = (block.column - self._column) * QUADS + self._top_stride
        top = (self._north - block.row - 1) * QUADS + self._top_stride
        here = self._heights[top : top + QUADS + 1, left : left + QUADS + 1]
        np.copyto(here, heights, where=np.isfinite(heights))

    def cut(self, cell: Cell) -> Array:
        """The 67 × 67 heights of a cell above the blocks."""
        stride = 2 ** (cell.level - BLOCK)
        left = (cell.column * stride - self._column) * QUADS + self._top_stride - stride
        top = (self._north - (cell.row + 1) * stride) * QUADS + self._top_stride - stride
        reach = (QUADS + 2) * stride + 1
        return self._heights[top : top + reach : stride, left : left + reach : stride].astype(np.float64)
