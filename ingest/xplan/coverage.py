"""Flächenschluss: whether areas cover their section without gaps and without lying over each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

TOLERANCE = 0.002
"""Distance up to which borders are the same (XPlanung, conformance condition 2.2.1.1). [m]"""

NEGLIGIBLE = 0.01
"""Area below which a gap or overlap is not spoken of. [m²]"""

MANY_VERTICES = 2_000_000
"""Vertices up to which a section is checked."""

MANY_PAIRS = 200_000
"""Pairs of neighbours up to which overlaps are looked for."""

_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Finding:
    """Places of one kind.

    Attributes
    ----------
    count : int
        How many there are.
    largest : float
        Area of the largest. [m²]
    east, north : float
        A point in the largest. [m]
    """

    count: int = 0
    largest: float = 0.0
    east: float = 0.0
    north: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is wrong with a section's coverage.

    Attributes
    ----------
    gaps : Finding
        Parts of the section that no area covers.
    overlaps : Finding
        Parts that two areas cover, pair by pair.
    outside : Finding
        Parts of areas beyond the section.
    complete : bool
        Whether everything was looked at.
    """

    gaps: Finding
    overlaps: Finding
    outside: Finding
    complete: bool = True


def check(areas: NDArray[np.object_], section: BaseGeometry | None) -> Coverage:
    """Look for gaps and overlaps.

    Parameters
    ----------
    areas : ndarray of shapely geometries
        Valid areas that shall cover the section.
    section : shapely geometry or None
        The section; without it, only overlaps are looked for.
    """
    if shapely.get_num_coordinates(areas).sum() > MANY_VERTICES:
        return Coverage(Finding(), Finding(), Finding(), complete=False)
    try:
        covered = shapely.union_all(areas)
        overlaps, complete = Finding(), True
        if shapely.area(areas).sum() - shapely.area(covered) >= NEGLIGIBLE:
            # Together they are larger than what they cover: pair by pair it shows where.
            overlaps, complete = _overlaps(areas)
        if section is None:
            return Coverage(Finding(), overlaps, Finding(), complete)
        gaps, outside = shapely.difference(section, covered), shapely.difference(covered, section)
        return Coverage(_finding([gaps]), overlaps, _finding([outside]), complete)
    except shapely.errors.GEOSException:
        return Coverage(Finding(), Finding(), Finding(), complete=False)


def _overlaps(areas: NDArray[np.object_]) -> tuple[Finding, bool]:
    tree = shapely.STRtree(areas)
    shared: list[BaseGeometry] = []
    pairs = 0
    for start in range(0, len(areas), _BLOCK):
        one, other = tree.query(areas[start : start + _BLOCK])
        one = one + start
        later = other > one
        pairs += int(later.sum())
        if pairs > MANY_PAIRS:
            return _finding(shared), False
        common = shapely.intersection(areas[one[later]], areas[other[later]])
        shared += list(common[shapely.area(common) > 0])
    return _finding(shared), True


def _finding(shapes: list[BaseGeometry]) -> Finding:
    parts = shapely.get_parts(np.array(shapes, dtype=object)) if shapes else np.empty(0, dtype=object)
    # An intersection may be a collection of areas and lines.
    parts = shapely.get_parts(parts)
    size, around = shapely.area(parts), shapely.length(parts)
    # Twice the area by the perimeter is about the width of what is long and thin.
    wide = 2 * size > TOLERANCE * around
    there = wide & (size >= NEGLIGIBLE)
    parts, size = parts[there], size[there]
    if not len(parts):
        return Finding()
    largest = int(size.argmax())
    place = shapely.point_on_surface(parts[largest])
    return Finding(len(parts), float(size[largest]), float(shapely.get_x(place)), float(shapely.get_y(place)))
