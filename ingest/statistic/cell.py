"""Cells of the European grid (ETRS89-LAEA): their names, their squares."""

from __future__ import annotations

import re

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.geometry.crs import Reference

GRID = Reference("EPSG:3035")
"""INSPIRE Geographical grid systems: ETRS89 Lambert azimuthal equal area, easting first as the census writes it."""

SIZES = {"100m": 100.0, "1km": 1_000.0, "10km": 10_000.0}
"""Sizes of cells by the word in the names of columns. [m]"""

_NAME = re.compile(r"(?:CRS3035RES\d+m?)?N(\d{1,7})E(\d{1,7})", re.IGNORECASE)
_SHORT = re.compile(r"(?:100m|1km|10km)N(\d{1,7})E(\d{1,7})", re.IGNORECASE)


def corner(name: str, size: float) -> tuple[float, float] | None:
    """South-western corner that a cell's name tells, easting first; None if it tells none. [m]

    ``CRS3035RES100mN2689100E4337000`` holds metres, ``100mN26891E43370`` the same in units of the cell.
    """
    found = _NAME.fullmatch(name)
    if found:
        return float(found[2]), float(found[1])
    short = _SHORT.fullmatch(name)
    return (float(short[2]) * size, float(short[1]) * size) if short else None


def squares(centres: NDArray[np.float64], size: float) -> NDArray[np.object_]:
    """Squares of cells in the store's CRS, as the quadrangles of their corners.

    Parameters
    ----------
    centres : ndarray of float64, shape (n, 2)
        Easting and northing in EPSG:3035. [m]
    size : float
        Side. [m]

    Returns
    -------
    polygons : ndarray of shapely geometries, shape (n,)
        Counter-clockwise. A side of a square of 10 km bends by less than 1 m between its corners, which is left out.
    """
    turns = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * (size / 2)
    corners = centres[:, None, :] + turns[None, :, :]
    east, north = corners.reshape(-1, 2).T
    return np.asarray(shapely.polygons(GRID.to_store(east, north).reshape(len(centres), 5, 2)), object)
