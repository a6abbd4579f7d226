"""Closed ways and multipolygons become areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.osm.lines import Bundle, Line, Lines

_LEAST = 0.1
"""Below this an area is none: positions are written to a centimetre. [m²]"""

MENDABLE, MENDED_AT_MOST = 5_000, 200_000
"""Corners of one ring, and of all rings of a file, that are mended: more are no oversight of a mapper."""

_CROSSINGS = 10
"""Segments that may come near one of a ring, its neighbours included, for it to be mended: an honest ring has three or
four, and with all against all, mending 2000 corners takes 16 s and a gigabyte. [1]"""


class Mending:
    """Makes areas valid, within limits for all areas of a file."""

    def __init__(self) -> None:
        self._corners = 0

    def valid(self, areas: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
        """The areas, those that cross themselves mended; None for what covers nothing or is beyond mending.

        Returns
        -------
        areas : ndarray of shapely geometry, shape (n,)
            Outer rings counter-clockwise.
        mended : ndarray of int64
            Places of those that were mended.
        """
        found = areas.copy()
        crossed = np.flatnonzero(~shapely.is_valid(found) & ~shapely.is_missing(found))
        for place in crossed.tolist():
            corners = int(shapely.get_num_coordinates(found[place]))
            self._corners += corners
            if corners > MENDABLE or self._corners > MENDED_AT_MOST or _tangled(found[place]):
                found[place] = None
            else:
                found[place] = shapely.make_valid(found[place], method="structure", keep_collapsed=False)
        found[~(shapely.area(found) > _LEAST)] = None
        return shapely.orient_polygons(found), crossed[~shapely.is_missing(found[crossed])]


def _tangled(area: shapely.Geometry) -> bool:
    """Whether so many segments come near each other that mending would take for ever."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(area)), return_index=True)
    same = ring[1:] == ring[:-1]
    pairs = np.stack([points[:-1][same], points[1:][same]], axis=1)
    segments: Any = shapely.linestrings(pairs)
    near = shapely.STRtree(segments).query(segments)
    return bool(near.shape[1] > _CROSSINGS * len(segments))


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
