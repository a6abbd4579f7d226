"""The grid of raster tiles: which square a cell belongs to, the same for every file of a cell size."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LARGEST = 256
"""Most cells along a tile's edge."""

_SMALLEST = 64


def tile_edge(cell_size: float) -> int:
    """Cells along a tile's edge.

    The survey authorities deliver squares of 1 km (coarse models 10 km and more). The edge is the largest divisor of
    their cells that is at most `LARGEST`, so that such a file fills its tiles: 250 cells at 1 m, 0.5 m and 0.2 m,
    200 at 5 m, 100 at 10 m. Cell sizes that divide no such square get 250.

    Parameters
    ----------
    cell_size : float
        Width of a cell. [m]
    """
    for square in (1_000, 10_000, 100_000, 1_000_000):
        cells = square / cell_size
        if abs(cells - round(cells)) > 1e-9 * cells:
            continue
        whole = round(cells)
        edge = max(divisor for divisor in range(1, LARGEST + 1) if whole % divisor == 0)
        if edge >= _SMALLEST:
            return edge
    return 250


@dataclass(frozen=True)
class TileGrid:
    """Squares of `edge` × `edge` cells that cover the plane, for one cell size and one position of its cells.

    Attributes
    ----------
    cell_size : float
        Width of a cell, to 1 mm. [m]
    east_shift, north_shift : float
        Where cell borders lie beside the multiples of the cell size, in [-cell_size / 2, cell_size / 2). Zero for
        most models; minus half a cell for those whose points stand on whole metres. [m]
    """

    cell_size: float
    east_shift: float = 0.0
    north_shift: float = 0.0

    @classmethod
    def of(cls, cell_size: float, west: float, north: float) -> TileGrid:
        """Grid that has a cell corner at (`west`, `north`). [m]"""
        cell_size = round(cell_size, 6)
        return cls(cell_size, _shift(west, cell_size), _shift(north, cell_size))

    @cached_property
    def edge(self) -> int:
        """Cells along a tile's edge."""
        return tile_edge(self.cell_size)

    def spans(self, first: int, end: int) -> list[tuple[int, int]]:
        """The pieces that the borders of squares cut from columns (or rows) `first` to `end`, without the last."""
        cuts = [first, *range((first // self.edge + 1) * self.edge, end, self.edge), end]
        return list(pairwise(cuts))

    @property
    def span(self) -> float:
        """Length of a tile's edge. [m]"""
        return self.edge * self.cell_size

    def column(self, east: float) -> int:
        """Number of the cell column that begins at `east`, from the grid's origin. [m]"""
        return round((east - self.east_shift) / self.cell_size)

    def row(self, north: float) -> int:
        """Number of the cell row, counted northwards, whose south edge is `north`. [m]"""
        return round((north - self.north_shift) / self.cell_size)

    def easting(self, column: int) -> float:
        """West edge of a cell column. [m]"""
        return round(column * self.cell_size + self.east_shift, 6)

    def northing(self, row: int) -> float:
        """South edge of a cell row. [m]"""
        return round(row * self.cell_size + self.north_shift, 6)

    def tile_id(self, column: int, row: int, missing: NDArray[np.bool_]) -> str:
        """Key of the tile whose south-western cell is (`column`, `row`).

        A tile that fills its square with values is called ``<cell size>_<square's column>_<square's row>``, with the
        grid's shift behind the cell size where there is one: a later delivery of the place has the same key and
        replaces it. Where a file ends inside a square, or a border runs through it, another file may hold the rest.
        Such a tile has its place in the square and a digest of its gaps in its key, so that two files complete
        each other and neither takes cells from the other.

        Parameters
        ----------
        column, row : int
            Of the tile's south-western cell.
        missing : array of bool, shape (rows, columns)
            Cells without value.
        """
        rows, columns = missing.shape
        name = f"{self.cell_size:g}"
        if self.east_shift or self.north_shift:
            name += f"{self.east_shift:+g}{self.north_shift:+g}"
        name += f"_{column // self.edge}_{row // self.edge}"
        if (columns, rows) != (self.edge, self.edge):
            name += f"_{column % self.edge}.{row % self.edge}_{columns}x{rows}"
        if missing.any():
            name += "_" + hashlib.blake2b(np.packbits(missing).tobytes(), digest_size=4).hexdigest()
        return name


def _shift(position: float, cell_size: float) -> float:
    half = cell_size / 2
    shift = round((position + half) % cell_size - half, 3)
    # Rounding at the upper end belongs to the lower one; a shift under half a millimetre is none.
    return -half if shift >= half else shift + 0.0
