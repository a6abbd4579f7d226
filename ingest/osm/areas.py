"""Closed ways and multipolygons become areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.osm.lines import Bundle, Line, Lines
from twin.geometry.footprint import MENDABLE

_LEAST = 0.1
"""Below this an area is none: positions are written to a centimetre. [m²]"""

MENDED_AT_MOST = 200_000
"""Corners of all rings of a file that are mended: more of them are no oversight of a mapper."""


class Mending:
    """Makes areas valid, and keeps count.

    Attributes
    ----------
    mended : int
        How many have been.
    """

    def __init__(self) -> None:
        self.mended = 0
        self._corners = 0

    def valid(self, areas: NDArray[np.object_]) -> NDArray[np.object_]:
        """The areas, those that cross themselves mended; None for what covers nothing or is beyond mending."""
        found = areas.copy()
        for place in np.flatnonzero(~shapely.is_valid(found) & ~shapely.is_missing(found)).tolist():
            corners = int(shapely.get_num_coordinates(found[place]))
            self._corners += corners
            if corners > MENDABLE or self._corners > MENDED_AT_MOST:
                found[place] = None
                continue
            found[place] = shapely.make_valid(found[place], method="structure", keep_collapsed=False)
            self.mended += int(shapely.area(found[place]) > _LEAST)
        found[~(shapely.area(found) > _LEAST)] = None
        oriented: NDArray[np.object_] = shapely.orient_polygons(found)
        return oriented


def of_rings(lines: Bundle) -> NDArray[np.object_]:
    """A polygon of each closed line; None of one that has fewer than three corners or is not where it makes sense."""
    counts = np.diff(lines.starts)
    sound = (counts >= 4) & lines.inside
    found = np.full(len(counts), None, object)
    if sound.any():
        line = lines.line_of
        kept = sound[line]
        number = np.cumsum(sound) - 1
        found[sound] = shapely.polygons(shapely.linearrings(lines.points[kept], indices=number[line[kept]]))
    return found


def of_members(members: Sequence[Line]) -> shapely.Geometry | None:
    """Area that the ways of a multipolygon bound, holes by where they lie and not by the role that somebody wrote.

    Returns
    -------
    area : shapely geometry or None
        None where the ways do not close, or lie where the store's CRS makes no sense.
    """
    lines = Lines()
    for member in members:
        lines.add(member)
    bundle = lines.bundle()
    if not bundle.inside.all() or not _closes(bundle):
        return None
    filled = np.diff(bundle.starts)[bundle.line_of] > 1
    if not filled.any():
        return None
    pieces: Any = shapely.linestrings(bundle.points[filled], indices=_renumbered(bundle.line_of[filled]))
    area: Any = shapely.build_area(shapely.multilinestrings(pieces))
    return area if shapely.area(area) > 0 else None


def _closes(lines: Bundle) -> bool:
    """Whether every node is as often a beginning as an end: then the lines make rings."""
    filled = np.diff(lines.starts) > 1
    ends = np.concatenate([lines.refs[lines.starts[:-1][filled]], lines.refs[lines.starts[1:][filled] - 1]])
    _, counts = np.unique(ends, return_counts=True)
    return bool((counts % 2 == 0).all())


def _renumbered(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    _, places = np.unique(numbers, return_inverse=True)
    found: NDArray[np.int64] = places.astype(np.int64)
    return found
