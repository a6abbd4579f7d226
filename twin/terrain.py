"""Terrain by window and by point, over all tenants that the asking principal may see."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.geometry.raster import Heights, decode
from twin.geometry.resample import accumulate, bilinear
from twin.geometry.tile_grid import TileGrid

CACHE_BYTES = 256 << 20
"""What the decoded tiles of one `Terrain` may take. [B]"""

_MOST_CELLS = 200_000_000
_FETCH = 256
_ROW = 1 << 32

Square = tuple[int, int]
"""Column and row of a square of the tile grid."""


class Source(Protocol):
    """What `Terrain` needs of a `twin.Twin`."""

    def table(self, name: str, /) -> Any:
        """Relation of the visible rows of a layer."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Heights of a window.

    Attributes
    ----------
    heights : array of float32, shape (rows, columns)
        The north-western cell first; NaN where there is no terrain. [m]
    west, south, east, north : float
        Outer edges; the window asked for, widened east and south to whole cells. [m]
    cell_size : float
        Width of a cell. [m]
    """

    heights: Heights
    west: float
    south: float
    east: float
    north: float
    cell_size: float


@dataclass(frozen=True, slots=True)
class _Tile:
    """One stored tile: where it lies in its grid, and what finds its pixels."""

    key: tuple[str, str]
    delivery: str
    column: int
    row: int
    columns: int
    rows: int


class Terrain:
    """The terrain as it stands when this is made.

    Tiles are found by their frames first; pixels are read only where they are needed, and kept unpacked up to a limit.
    Where models of several cell sizes cover a place, the finest that has a value there wins; where two deliveries of
    one model do, the later one.

    Parameters
    ----------
    twin : Twin
        The twin that is asked, through ``table("terrain")``.
    cache_bytes : int
        Most memory for unpacked tiles. [B]
    """

    def __init__(self, twin: Source, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._relation = twin.table("terrain")
        self._cache: OrderedDict[tuple[TileGrid, Square], Heights] = OrderedDict()
        self._cached, self._limit = 0, cache_bytes
        self._lock = threading.Lock()  # a server asks from several threads
        names = "ags, tile_id, delivery_id, cell_size, west, south, east, north, columns, rows"
        rows = self._relation.project(names).order("delivery_id, ags").fetchall()
        self._models: dict[TileGrid, dict[Square, list[_Tile]]] = {}
        for ags, tile_id, delivery, cell_size, west, south, _, north, columns, height in rows:
            grid = TileGrid.of(cell_size, west, north)
            tile = _Tile((ags, tile_id), delivery or "", grid.column(west), grid.row(south), columns, height)
            square = (tile.column // grid.edge, tile.row // grid.edge)
            self._models.setdefault(grid, {}).setdefault(square, []).append(tile)
        self._models = dict(sorted(self._models.items(), key=lambda item: item[0].cell_size))
        self._extent = (
            (min(r[4] for r in rows), min(r[5] for r in rows), max(r[6] for r in rows), max(r[7] for r in rows))
            if rows
            else None
        )

    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north around all tiles; None if there are none. [m]"""
        return self._extent

    def cell_sizes(self) -> tuple[float, ...]:
        """Cell sizes of the models there are, the finest first. [m]"""
        return tuple(sorted({grid.cell_size for grid in self._models}))

    def window(self, west: float, south: float, east: float, north: float, cell_size: float | None = None) -> Grid:
        """Heights of a rectangle.

        Parameters
        ----------
        west, south, east, north : float
            Edges. [m]
        cell_size : float, optional
            Width of the cells wanted; by default that of the finest model there. A coarser one averages by area, a
            finer one interpolates bilinearly. [m]

        Returns
        -------
        grid : Grid
            NaN where there is no terrain.

        Raises
        ------
        ValueError
            If the rectangle is empty or holds more than 200 million cells.
        """
        if not (west < east and south < north) or (cell_size is not None and not cell_size > 0):
            asked = f"{(west, south, east, north)} with cells of {cell_size}"
            raise ValueError(f"a window needs west < east, south < north and cells above 0, not {asked}")
        here = [grid for grid in self._models if self._squares(grid, west, south, east, north)]
        size = cell_size or (here[0].cell_size if here else 1.0)
        columns = max(1, math.ceil((east - west) / size - 1e-9))
        rows = max(1, math.ceil((north - south) / size - 1e-9))
        if columns * rows > _MOST_CELLS:
            raise ValueError(
                f"a window holds at most {_MOST_CELLS} cells, not {rows} × {columns}: ask for larger cells"
            )
        east, south = west + columns * size, north - rows * size
        heights: Heights = np.full((rows, columns), np.nan, np.float32)
        for grid in here:
            gaps = np.isnan(heights)
            if not gaps.any():
                break
            resampled = self._finer if size < grid.cell_size * (1 - 1e-9) else self._coarser
            with self._lock:
                found = resampled(grid, west, north, size, heights.shape)
            heights[gaps] = found[gaps]
        return Grid(heights, west, south, east, north, size)

    def sample(self, x: ArrayLike, y: ArrayLike) -> Heights:
        """Heights at points, interpolated bilinearly between cell centres.

        Parameters
        ----------
        x, y : array of float, the same shape
            Eastings and northings. [m]

        Returns
        -------
        heights : array of float32, the shape of `x`
            NaN where the point's own cell has no value. [m]
        """
        easts, norths = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        heights: Heights = np.full(easts.size, np.nan, np.float32)
        for grid in self._models:
            open_ = np.flatnonzero(np.isnan(heights) & np.isfinite(easts.ravel()) & np.isfinite(norths.ravel()))
            if not len(open_):
                break
            with self._lock:
                heights[open_] = self._sampled(grid, easts.ravel()[open_], norths.ravel()[open_])
        return heights.reshape(easts.shape)

    def _squares(self, grid: TileGrid, west: float, south: float, east: float, north: float) -> list[Square]:
        """Squares of a grid with tiles in a rectangle, row by row."""
        known, span = self._models[grid], grid.span
        first, last = (math.floor((edge - grid.east_shift) / span) for edge in (west, east - 1e-9))
        low, high = (math.floor((edge - grid.north_shift) / span) for edge in (south, north - 1e-9))
        if (last - first + 1) * (high - low + 1) > len(known):
            inside = [square for square in known if first <= square[0] <= last and low <= square[1] <= high]
            return sorted(inside, key=lambda square: (square[1], square[0]))
        return [
            (column, row) for row in range(low, high + 1) for column in range(first, last + 1) if (column, row) in known
        ]

    def _blocks(self, grid: TileGrid, squares: list[Square]) -> Iterator[tuple[Square, Heights]]:
        """Unpacked squares, the southernmost row first within each; a few hundred are fetched at once."""
        for start in range(0, len(squares), _FETCH):
            part = squares[start : start + _FETCH]
            absent = [square for square in part if (grid, square) not in self._cache]
            fresh = self._fetch(grid, absent) if absent else {}
            for square in part:
                block = fresh.get(square)
                if block is None:
                    block = self._cache[grid, square]
                    self._cache.move_to_end((grid, square))
                yield square, block
            for square, block in fresh.items():
                self._keep((grid, square), block)

    def _keep(self, key: tuple[TileGrid, Square], block: Heights) -> None:
        self._cache[key] = block
        self._cached += block.nbytes
        while self._cached > self._limit and len(self._cache) > 1:
            _, gone = self._cache.popitem(last=False)
            self._cached -= gone.nbytes

    def _fetch(self, grid: TileGrid, squares: list[Square]) -> dict[Square, Heights]:
        """Read and unpack the tiles of some squares; those of one square are laid over each other."""
        tiles = {square: self._models[grid][square] for square in squares}
        span = grid.span
        easts, norths = zip(*squares, strict=True)
        west, east = min(easts) * span + grid.east_shift, (max(easts) + 1) * span + grid.east_shift
        south, north = min(norths) * span + grid.north_shift, (max(norths) + 1) * span + grid.north_shift
        frame = f"west < {east!r} AND east > {west!r} AND south < {north!r} AND north > {south!r}"
        wanted = {tile.key for found in tiles.values() for tile in found}
        names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted({key[1] for key in wanted}))
        rows = self._relation.filter(f"{frame} AND tile_id IN ({names})").project("ags, tile_id, pixels").fetchall()
        pixels = {(ags, tile_id): packed for ags, tile_id, packed in rows}
        edge = grid.edge
        blocks: dict[Square, Heights] = {}
        for square, found in tiles.items():
            block: Heights = np.full((edge, edge), np.nan, np.float32)
            for tile in found:
                packed = pixels.get(tile.key)
                if packed is None:  # withdrawn since
                    continue
                heights = decode(packed)[::-1]  # southernmost row first, as the grid counts
                left, low = tile.column - square[0] * edge, tile.row - square[1] * edge
                under = block[low : low + tile.rows, left : left + tile.columns]
                np.copyto(under, heights, where=~np.isnan(heights))
            blocks[square] = block
        return blocks

    def _coarser(self, grid: TileGrid, west: float, north: float, size: float, shape: tuple[int, int]) -> Heights:
        """Window of one model in cells as large as its own or larger: means weighted by area."""
        rows, columns = shape
        south, east = north - rows * size, west + columns * size
        total, weight = np.zeros(shape), np.zeros(shape)
        for square, block in self._blocks(grid, self._squares(grid, west, south, east, north)):
            left = (grid.easting(square[0] * grid.edge) - west) / size
            top = (north - grid.northing((square[1] + 1) * grid.edge)) / size
            accumulate(total, weight, block[::-1], left=left, top=top, ratio=grid.cell_size / size)
        with np.errstate(invalid="ignore", divide="ignore"):
            heights: Heights = np.where(weight > 1e-6, total / weight, np.nan).astype(np.float32)
        return heights

    def _finer(self, grid: TileGrid, west: float, north: float, size: float, shape: tuple[int, int]) -> Heights:
        """Window of one model in cells smaller than its own."""
        rows, columns = shape
        x = west + (np.arange(columns) + 0.5) * size
        heights: Heights = np.empty(shape, np.float32)
        for first in range(0, rows, 256):
            y = north - (np.arange(first, min(first + 256, rows)) + 0.5) * size
            easts, norths = np.meshgrid(x, y)
            heights[first : first + len(y)] = self._sampled(grid, easts.ravel(), norths.ravel()).reshape(easts.shape)
        return heights

    def _sampled(self, grid: TileGrid, easts: NDArray[np.float64], norths: NDArray[np.float64]) -> Heights:
        columns = (easts - grid.east_shift) / grid.cell_size - 0.5
        rows = (norths - grid.north_shift) / grid.cell_size - 0.5

        def cells(at_columns: NDArray[np.int64], at_rows: NDArray[np.int64]) -> Heights:
            return self._cells(grid, at_columns, at_rows)

        return bilinear(columns, rows, cells)

    def _cells(self, grid: TileGrid, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> Heights:
        """Values of single cells of one model."""
        edge = grid.edge
        heights: Heights = np.full(len(columns), np.nan, np.float32)
        # One number a square: sorting pairs would take ten times as long.
        wide = (rows // edge) * _ROW + columns // edge
        squares, place = np.unique(wide, return_inverse=True)
        order = np.argsort(place, kind="stable")
        ends = np.cumsum(np.bincount(place, minlength=len(squares)))
        east, north = (squares + _ROW // 2) % _ROW - _ROW // 2, (squares + _ROW // 2) // _ROW
        spots = {square: number for number, square in enumerate(zip(east.tolist(), north.tolist(), strict=True))}
        known = [square for square in spots if square in self._models[grid]]
        for square, block in self._blocks(grid, known):
            number = spots[square]
            chosen = order[(ends[number - 1] if number else 0) : ends[number]]
            heights[chosen] = block[rows[chosen] - square[1] * edge, columns[chosen] - square[0] * edge]
        return heights
