"""From points to a raster: the cell size is found, points beside the lattice are told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.raster.points import Points
from twin.geometry.raster import Heights
from twin.language import Text

_MOST_VALUES = 2_000_000
"""Most different eastings or northings: 1000 km at half a metre. More are no lattice."""

_IN_MEMORY = 32_000_000
_KEPT = 64 << 20
_STEP = 0.001


class NoLattice(Exception):
    """The points do not stand on a lattice; `reason` says why."""

    def __init__(self, de: str, en: str) -> None:
        self.reason = Text(de, en)
        super().__init__(de, en)


@dataclass
class Axis:
    """Coordinates of one axis as they come, in millimetres: their different values."""

    values: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def add(self, metres: NDArray[np.float64]) -> None:
        """Take in the coordinates of a chunk. [m]"""
        # By hash: sorting a million coordinates of a thousand values would take most of the reading's time.
        fresh = pd.unique(np.rint(metres / _STEP).astype(np.int64))
        self.values = np.union1d(self.values, fresh)
        if len(self.values) > _MOST_VALUES:
            raise NoLattice(
                f"über {_MOST_VALUES} verschiedene Koordinaten einer Achse",
                f"more than {_MOST_VALUES} different coordinates along an axis",
            )


class PointStore:
    """Points of a file between its two readings: first the lattice is found, then it is filled.

    Memory stays bounded: what comes after the first 64 MB lies in a temporary file.
    """

    def __init__(self) -> None:
        self._kept: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        self._room = _KEPT
        self._spilled: list[int] = []
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self.east, self.north = Axis(), Axis()
        self.count = 0

    def add(self, points: Points) -> None:
        """Take in a chunk."""
        count = len(points.xyz)
        if not count:
            return
        self.east.add(points.xyz[:, 0])
        self.north.add(points.xyz[:, 1])
        self.count += count
        self._room -= points.xyz.nbytes + points.lines.nbytes
        if self._room >= 0:
            self._kept.append((points.xyz, points.lines))
            return
        self._spilled.append(count)
        self._file.write(np.ascontiguousarray(points.xyz).data)
        self._file.write(points.lines.data)

    def chunks(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Coordinates and line numbers of all chunks, in order."""
        yield from self._kept
        self._file.seek(0)
        for count in self._spilled:
            xyz = np.frombuffer(self._file.read(count * 24), np.float64).reshape(-1, 3)
            yield xyz, np.frombuffer(self._file.read(count * 8), np.int64)

    def close(self) -> None:
        """Delete the temporary file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Lattice:
    """Where the cells lie; each point is the centre of one.

    Attributes
    ----------
    cell_size : float
        Distance of neighbouring points. [m]
    west, north : float
        Outer corner of the first cell. [m]
    width, height : int
        Columns and rows.
    """

    cell_size: float
    west: float
    north: float
    width: int
    height: int


def find_lattice(store: PointStore) -> Lattice:
    """Lattice that most of the points stand on.

    Raises
    ------
    NoLattice
        If there is none: too few points, or no common distance.
    """
    steps = np.concatenate([np.diff(store.east.values), np.diff(store.north.values)])
    if not len(steps):
        raise NoLattice("weniger als zwei Punkte auf beiden Achsen", "fewer than two points along both axes")
    sizes, counts = np.unique(steps, return_counts=True)
    step = int(sizes[np.argmax(counts)])
    east, north = _on_lattice(store.east.values, step), _on_lattice(store.north.values, step)
    width, height = (int(axis[-1] - axis[0]) // step + 1 for axis in (east, north))
    if min(len(east) / len(store.east.values), len(north) / len(store.north.values)) < 0.5:
        raise NoLattice(
            f"die meisten Punkte liegen neben einem Raster von {step * _STEP:g} m",
            f"most points lie beside a lattice of {step * _STEP:g} m",
        )
    if width * height > 100 * store.count + 10_000:
        raise NoLattice(
            f"{store.count} Punkte für {width} × {height} Zellen von {step * _STEP:g} m",
            f"{store.count} points for {width} × {height} cells of {step * _STEP:g} m",
        )
    return Lattice(
        round(step * _STEP, 3),
        round((float(east[0]) - step / 2) * _STEP, 4),
        round((float(north[-1]) + step / 2) * _STEP, 4),
        width,
        height,
    )


def _on_lattice(values: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Those of the sorted values that are whole steps from each other, by the commonest remainder."""
    remainders, counts = np.unique(values % step, return_counts=True)
    kept: NDArray[np.int64] = values[values % step == remainders[np.argmax(counts)]]
    return kept


@dataclass
class PointCells:
    """Points as a raster (`ingest.raster.tiling.Cells`).

    Attributes
    ----------
    irregular : list of (int, float, float)
        Line, easting and northing of points beside the lattice; only the first thousand are kept.
    irregular_count, repeated : int
        Points beside the lattice, and points whose cell had a value already: the last one counts.
    """

    lattice: Lattice
    heights: Heights
    irregular: list[tuple[int, float, float]] = field(default_factory=list)
    irregular_count: int = 0
    repeated: int = 0

    @property
    def width(self) -> int:
        """Columns."""
        return self.lattice.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.lattice.height

    @property
    def west(self) -> float:
        """West edge. [m]"""
        return self.lattice.west

    @property
    def north(self) -> float:
        """North edge. [m]"""
        return self.lattice.north

    @property
    def cell_size(self) -> float:
        """Width of a cell. [m]"""
        return self.lattice.cell_size

    def read(self, row: int, column: int, rows: int, columns: int) -> Heights:
        """Heights of a window. [m]"""
        return np.array(self.heights[row : row + rows, column : column + columns])


def fill(store: PointStore, lattice: Lattice) -> PointCells:
    """Put the points into the cells of their lattice, in whatever order they come."""
    shape = (lattice.height, lattice.width)
    if lattice.height * lattice.width <= _IN_MEMORY:
        heights: Heights = np.full(shape, np.nan, np.float32)
    else:
        # An unlinked file: the system pages it, and it is gone with the last reference.
        heights = np.memmap(tempfile.TemporaryFile(), np.float32, "w+", shape=shape)  # noqa: SIM115
        for row in range(lattice.height):
            heights[row] = np.nan
    cells = PointCells(lattice, heights)
    size = lattice.cell_size
    for xyz, lines in store.chunks():
        easts = (xyz[:, 0] - lattice.west) / size - 0.5
        norths = (lattice.north - xyz[:, 1]) / size - 0.5
        near_column, near_row = np.rint(easts).astype(np.int64), np.rint(norths).astype(np.int64)
        # Coordinates are printed to a few digits: 2 mm or a hundredth of a cell is still on the lattice.
        slack = max(0.002 / size, 0.01)
        regular = (np.abs(easts - near_column) <= slack) & (np.abs(norths - near_row) <= slack)
        regular &= (near_column >= 0) & (near_column < lattice.width) & (near_row >= 0) & (near_row < lattice.height)
        if not regular.all():
            aside = np.flatnonzero(~regular)
            cells.irregular_count += len(aside)
            room = 1000 - len(cells.irregular)
            cells.irregular += [(int(lines[i]), float(xyz[i, 0]), float(xyz[i, 1])) for i in aside[:room]]
        place = near_row[regular] * lattice.width + near_column[regular]
        cells.repeated += _put(heights, place, xyz[regular, 2].astype(np.float32))
    return cells


def _put(heights: Heights, place: NDArray[np.int64], values: NDArray[np.float32]) -> int:
    """Write the values; number of those whose cell had one already, in this chunk or an earlier one."""
    flat = heights.reshape(-1)
    earlier = int((~np.isnan(flat[place])).sum())
    flat[place] = values
    if len(place) < 2 or (np.diff(place) > 0).all():
        return earlier
    return earlier + len(place) - len(np.unique(place))
