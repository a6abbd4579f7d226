"""Where a delivery lies: the outlines of its first features, for the map of the data page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LINES = 600
"""Outlines that the map is given."""

_MOST_CORNERS = 200
_POINTS = 450  # a point's size is this part of what is seen

Rings = list[list[list[float]]]


def outlines(frames: Mapping[str, Any], most: int = MOST_LINES) -> Rings:
    """Lines ``[[east, north], …]`` that show where features are.

    Parameters
    ----------
    frames : mapping of str to GeoDataFrame
        In EPSG:25832; frames without geometry are passed over.
    most : int
        Lines at most, shared among the layers.

    Returns
    -------
    lines : list of list of [east, north]
        Outer and inner rings of areas, lines as they are, a small diamond around each point. [m]
    """
    shapes = {name: found for name, frame in frames.items() if len(found := _shapes(frame))}
    if not shapes:
        return []
    west, south, east, north = extent(frames) or (0, 0, 1, 1)
    size = max(2.0, max(east - west, north - south) / _POINTS)
    share = max(1, most // len(shapes))
    lines: Rings = []
    for found in shapes.values():
        lines += list(_lines(found[:share], size))[:share]
    return lines


def extent(frames: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """West, south, east, north around all features; None if there are none. [m]"""
    boxes = [shapely.total_bounds(found) for frame in frames.values() if len(found := _shapes(frame))]
    if not boxes:
        return None
    low, high = np.min([box[:2] for box in boxes], axis=0), np.max([box[2:] for box in boxes], axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def view_of(box: tuple[float, float, float, float], ground: float = 0.0) -> dict[str, float]:
    """Camera, as in `DistrictMap.view`, that sees a rectangle on the ground [m] whole from the south, slanting."""
    west, south, east, north = box
    span = max(east - west, north - south, 60.0)
    return {
        "east": (west + east) / 2,
        "north": (south + north) / 2,
        "height": ground,
        "distance": span * 1.5 + 120.0,
        "azimuth": 0.0,
        "tilt": 40.0,
    }


def _shapes(frame: Any) -> np.ndarray:
    geometry = getattr(frame, "geometry", None) if hasattr(frame, "crs") else None
    if geometry is None:
        return np.array([], object)
    found = np.asarray(geometry.to_numpy(), object)
    found = found[~(shapely.is_missing(found) | shapely.is_empty(found))]
    finite = np.isfinite(shapely.bounds(found)).all(axis=1) if len(found) else np.array([], bool)
    return np.asarray(found[finite], object)


def _lines(shapes: np.ndarray, size: float) -> Iterable[list[list[float]]]:
    for shape in shapely.get_parts(shapely.force_2d(shapes)):
        if shape.geom_type == "Point":
            yield _diamond(shape.x, shape.y, size)
        elif shape.geom_type == "Polygon":
            for ring in (shape.exterior, *shape.interiors):
                yield _thinned(ring)
        elif shape.geom_type in ("LineString", "LinearRing"):
            yield _thinned(shape)


def _diamond(east: float, north: float, size: float) -> list[list[float]]:
    return [[east + size * math.sin(turn), north + size * math.cos(turn)] for turn in np.linspace(0, 2 * math.pi, 5)]


def _thinned(line: Any) -> list[list[float]]:
    corners = shapely.get_coordinates(line)
    if len(corners) > _MOST_CORNERS:
        chosen = np.unique(np.linspace(0, len(corners) - 1, _MOST_CORNERS).astype(int))
        corners = corners[chosen]
    return [[float(x), float(y)] for x, y in corners]
