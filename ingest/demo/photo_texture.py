"""Textures of the aerial photograph: noise and crowns that repeat every kilometre, and the land beyond the border.

All arrays are indexed by whole metres, row by northing and column by easting from the demo's origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ingest.demo.places import SEED

Singles = npt.NDArray[np.float32]

PERIOD = 1024
"""Every texture repeats after so many metres, as a torus. [m]"""

SUN = (0.5, -0.866, 1.11)
"""East, north and up towards the sun: half past ten in the morning, 48° high."""


@cache
def noise(scale: int) -> Singles:
    """Noise of mean 0 and deviation 1 whose grains are about `scale` metres."""
    rng = np.random.default_rng([SEED, 95, scale])
    size = PERIOD // scale
    found = rng.standard_normal((size, size))
    for axis in (0, 1):
        found = (np.roll(found, 1, axis) + 2 * found + np.roll(found, -1, axis)) / 4
    found = _enlarged(found, scale)
    found -= found.mean()
    return np.asarray(found / found.std(), np.float32)


def _enlarged(small: npt.NDArray[np.float64], times: int) -> npt.NDArray[np.float64]:
    """Bilinear enlargement of a torus."""
    if times == 1:
        return small
    step = np.arange(len(small) * times) / times
    low = step.astype(int)
    share = step - low
    share = share * share * (3 - 2 * share)
    rows = small[low] * (1 - share)[:, None] + small[(low + 1) % len(small)] * share[:, None]
    found: npt.NDArray[np.float64] = rows[:, low] * (1 - share) + rows[:, (low + 1) % len(small)] * share
    return found


@dataclass(frozen=True)
class Canopy:
    """Crowns side by side.

    Attributes
    ----------
    height : (PERIOD, PERIOD) float
        Above the ground; 0 between the crowns. [m]
    tint : (PERIOD, PERIOD) float
        Random number of each crown, 0 to 1.
    light : (PERIOD, PERIOD) float
        How much sun each place gets, 1 on average.
    """

    height: Singles
    tint: Singles
    light: Singles


@cache
def canopy(spacing: int, radius: float, top: float, share: float) -> Canopy:
    """Crowns of about `radius` metres, one in every cell of `spacing`, in `share` of the cells.

    Parameters
    ----------
    spacing : int
        A power of two. [m]
    radius, top : float
        Mean radius of crowns and height of the tallest. [m]
    share : float
        Part of the cells that have a crown. [1]
    """
    rng = np.random.default_rng([SEED, 96, spacing])
    count = PERIOD // spacing
    east, north = rng.uniform(0.1, 0.9, (2, count, count)) * spacing
    size = radius * rng.uniform(0.68, 1.3, (count, count))
    peak = np.where(rng.random((count, count)) < share, top * rng.uniform(0.7, 1.0, (count, count)), -1.0)
    random = rng.random((count, count))
    y, x = np.mgrid[0:PERIOD, 0:PERIOD]
    row, column = y // spacing, x // spacing
    height = np.zeros((PERIOD, PERIOD), np.float32)
    tint = np.zeros((PERIOD, PERIOD), np.float32)
    for up in (-1, 0, 1):
        for right in (-1, 0, 1):
            r, c = (row + up) % count, (column + right) % count
            de = x + 0.5 - (column + right) * spacing - east[r, c]
            dn = y + 0.5 - (row + up) * spacing - north[r, c]
            reach = (de * de + dn * dn) / size[r, c] ** 2
            dome = np.where((reach < 1) & (peak[r, c] > 0), peak[r, c] - 0.42 * top * reach, 0.0)
            higher = dome > height
            height = np.where(higher, dome, height).astype(np.float32)
            tint = np.where(higher, random[r, c], tint).astype(np.float32)
    rough = height + 0.5 * noise(2) * (height > 0)
    slope_east = (np.roll(rough, -1, 1) - np.roll(rough, 1, 1)) / 2
    slope_north = (np.roll(rough, -1, 0) - np.roll(rough, 1, 0)) / 2
    light = (SUN[2] - SUN[0] * slope_east - SUN[1] * slope_north) / np.sqrt(1 + slope_east**2 + slope_north**2)
    light = np.clip(light, 0.15, 1.6) / 1.11
    return Canopy(height, tint, np.asarray(light, np.float32))


def beyond(east: Singles, north: Singles) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Fields of the neighbours: the number of the field at each place, and whether a track runs there.

    Parameters
    ----------
    east, north : (n,) float
        Places outside of the district. [m]
    """
    cell = 640.0
    column, row = np.floor(east / cell).astype(int), np.floor(north / cell).astype(int)
    best, second = np.full(len(east), np.inf), np.full(len(east), np.inf)
    block = np.zeros(len(east), int)
    for up in (-1, 0, 1):
        for right in (-1, 0, 1):
            key = _mixed((column + right) * 7919 + (row + up) * 104_729)
            middle_east = (column + right + 0.15 + 0.7 * (key % 1009) / 1009) * cell
            middle_north = (row + up + 0.15 + 0.7 * (key // 1009 % 1013) / 1013) * cell
            distance = np.hypot(east - middle_east, north - middle_north)
            nearer = distance < best
            second = np.where(nearer, best, np.minimum(second, distance))
            block = np.where(nearer, key, block)
            best = np.where(nearer, distance, best)
    turn = (block % 997) / 997 * np.pi
    u = east * np.cos(turn) + north * np.sin(turn)
    v = north * np.cos(turn) - east * np.sin(turn)
    strip = np.floor(u / (48 + block % 71)).astype(int)
    length = np.floor(v / (260 + block % 173)).astype(int)
    return _mixed(block + strip * 31_337 + length * 6151), second - best < 7.0


def _mixed(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A number scrambled to one of 30 bits, the same for the same."""
    found = (number.astype(np.int64) * 2_654_435_761) & 0x7FFFFFFF
    found ^= found >> 13
    found = (found * 1_274_126_177) & 0x7FFFFFFF
    mixed: npt.NDArray[np.int64] = (found ^ (found >> 16)) & 0x3FFFFFFF
    return mixed
