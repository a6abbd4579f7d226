"""From points to grids: mean ground, the top of what grows on it, and small gaps closed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, uniform_filter

from ingest.format import Box
from ingest.pointcloud.cloud import Points
from twin.geometry.raster import Heights
from twin.reference import reference_path

CELL = 1.0
"""Width of a cell. [m]"""

MOST_CELLS = 9_000_000
"""Of a file: 9 km². Survey authorities deliver 1 km²."""

GAP = 12
"""Cells without ground points are filled from neighbours up to this far, as under houses. [cells]"""

LOWEST, HIGHEST = 0.5, 60.0
"""Vegetation is at least so high, or it is grass; and at most, or it is a bird. [m]"""

_FLAT = 0.25  # [m]
_WIRE, _DENSE = 8.0, 0.3  # height [m], share of a square of 5 × 5 cells
_AMID = 0.5  # share of a square of 3 × 3 cells
_EDGE = 0.05
_FEW = 0.001


@cache
def class_groups() -> dict[str, NDArray[np.bool_]]:
    """For each group of ``data/point_classes.json`` whether a class belongs to it, shape (256,)."""
    found = {}
    for name, members in json.loads(reference_path("point_classes.json").read_text("utf-8")).items():
        if isinstance(members, list):
            table = np.zeros(256, bool)
            table[members] = True
            found[name] = table
    return found


@dataclass
class Tally:
    """What was met.

    Attributes
    ----------
    ground, vegetation, noise, beyond : int
        Points on the ground, in vegetation, marked as noise, and beyond the bounds of the header.
    filled, missing : int
        Cells without ground points that were filled, and those that stay without.
    sorted : bool
        Whether the file tells vegetation by class.
    """

    ground: int = 0
    vegetation: int = 0
    noise: int = 0
    beyond: int = 0
    filled: int = 0
    missing: int = 0
    sorted: bool = True


class PointGrid:
    """Grids over a rectangle, into which points are sorted as they come.

    Parameters
    ----------
    box : tuple of float
        West, south, east, north; widened to whole cells. [m]
    """

    def __init__(self, box: Box) -> None:
        # Points on the edge of a tile, and a few centimetres beyond, belong to the cells within.
        west, south = (math.floor(side / CELL + _EDGE) for side in box[:2])
        east, north = (math.ceil(side / CELL - _EDGE) for side in box[2:])
        self.west, self.north = west * CELL, north * CELL
        self.width, self.height = max(1, east - west), max(1, north - south)
        count = self.width * self.height
        self._sum, self._count = np.zeros(count, np.float32), np.zeros(count, np.uint32)
        self._tops = {name: np.full(count, -np.inf, np.float32) for name in ("vegetation", "unsorted")}
        self._base: float | None = None
        self.tally = Tally()

    def add(self, points: Points) -> None:
        """Take in some points."""
        groups, tally = class_groups(), self.tally
        column = np.floor((points.east - self.west) / CELL + 1e-9)
        row = np.floor((self.north - points.north) / CELL + 1e-9)
        column = np.where((column == self.width) | (column == -1), column.clip(0, self.width - 1), column)
        row = np.where((row == self.height) | (row == -1), row.clip(0, self.height - 1), row)
        inside = (column >= 0) & (column < self.width) & (row >= 0) & (row < self.height) & np.isfinite(points.height)
        tally.beyond += int((~inside).sum())
        classes, height = points.classes[inside], points.height[inside]
        place = row[inside].astype(np.int64) * self.width + column[inside].astype(np.int64)
        if self._base is None and len(height):
            self._base = float(height[0])
        height = (height - (self._base or 0.0)).astype(np.float32)
        ground = groups["ground"][classes]
        np.add.at(self._sum, place[ground], height[ground])
        np.add.at(self._count, place[ground], 1)
        plants = groups["vegetation"][classes]
        np.maximum.at(self._tops["vegetation"], place[plants], height[plants])
        # Pulses that came back more than once have passed through leaves; roofs give one return.
        loose = groups["unsorted"][classes] & (points.returns[inside] > 1)
        np.maximum.at(self._tops["unsorted"], place[loose], height[loose])
        tally.ground += int(ground.sum())
        tally.vegetation += int(plants.sum())
        tally.noise += int(groups["noise"][classes].sum())

    def ground(self) -> Heights:
        """Mean height of the ground points of each cell, gaps up to `GAP` cells filled; NaN elsewhere. [m]"""
        known = self._count > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            heights: Heights = (self._sum / self._count).astype(np.float32).reshape(self.height, self.width)
        heights[~known.reshape(heights.shape)] = np.nan
        filled = closed(heights, GAP)
        self.tally.filled = int(np.isnan(heights).sum() - np.isnan(filled).sum())
        self.tally.missing = int(np.isnan(filled).sum())
        result: Heights = filled + np.float32(self._base or 0.0)
        return result

    def vegetation(self, ground: Heights) -> Heights:
        """Height of what grows above the ground; 0 where nothing does, NaN where the ground is not known. [m]

        By the classes, where the file has them; else by pulses that came back more than once, without even surfaces.
        """
        tally, points = self.tally, int(self._count.sum())
        tally.sorted = tally.vegetation >= _FEW * max(points, 1)
        top = self._tops["vegetation" if tally.sorted else "unsorted"].reshape(self.height, self.width)
        base = nearest(ground) - np.float32(self._base or 0.0)
        heights = np.where(np.isfinite(top), top - base, np.float32(0.0))
        heights = np.where((heights >= LOWEST) & (heights <= HIGHEST), heights, np.float32(0.0))
        if not tally.sorted:
            heights = np.where(roofs(heights, top), np.float32(0.0), heights)
        heights = canopy(np.where(wires(heights), np.float32(0.0), heights))
        result: Heights = np.where(np.isnan(ground) & (heights == 0), np.float32(np.nan), heights)
        return result


def closed(heights: Heights, reach: int) -> Heights:
    """Heights with gaps filled by the mean of known neighbours, ring by ring; those farther than `reach` cells stay."""
    filled: Heights = heights.copy()
    for _ in range(reach):
        gaps = np.isnan(filled)
        if not gaps.any():
            break
        weight = uniform_filter((~gaps).astype(np.float32), 3, mode="constant")
        total = uniform_filter(np.where(gaps, np.float32(0), filled), 3, mode="constant")
        near = gaps & (weight > 1e-4)
        filled[near] = total[near] / weight[near]
    return filled


def nearest(heights: Heights) -> Heights:
    """Heights with every gap filled by the nearest known one."""
    gaps = np.isnan(heights)
    if not gaps.any() or gaps.all():
        return heights
    rows, columns = distance_transform_edt(gaps, return_distances=False, return_indices=True)
    filled: Heights = heights[rows, columns]
    return filled


def wires(heights: Heights) -> NDArray[np.bool_]:
    """Cells of what is high and thin: power lines are classified as vegetation, or not at all."""
    dense = uniform_filter((heights > 0).astype(np.float32), 5, mode="constant")
    thin: NDArray[np.bool_] = (heights > _WIRE) & (dense < _DENSE)
    return thin


def canopy(heights: Heights) -> Heights:
    """Heights with single cells that no pulse met, amid those of a crown, filled by their mean."""
    grown = (heights > 0).astype(np.float32)
    share = uniform_filter(grown, 3, mode="constant")
    mean = uniform_filter(heights, 3, mode="constant") / np.maximum(share, np.float32(1e-6))
    filled: Heights = np.where((grown == 0) & (share > _AMID), mean, heights).astype(np.float32)
    return filled


def roofs(heights: Heights, top: Heights) -> NDArray[np.bool_]:
    """Cells of even surfaces above 2 m: their tops lie in a plane with their neighbours', those of crowns do not."""
    high = heights > 2.0
    if not high.any():
        return high
    filled = nearest(np.where(np.isfinite(top), top, np.float32(np.nan)))
    # Second differences vanish on planes, also on sloping ones.
    bend = np.zeros_like(filled)
    bend[1:-1, 1:-1] = np.minimum(
        np.abs(filled[:-2, 1:-1] + filled[2:, 1:-1] - 2 * filled[1:-1, 1:-1]),
        np.abs(filled[1:-1, :-2] + filled[1:-1, 2:] - 2 * filled[1:-1, 1:-1]),
    )
    even = uniform_filter((bend < _FLAT).astype(np.float32), 5)
    found: NDArray[np.bool_] = high & (even > 0.7)
    return found
