"""Footprints: where bodies stand, as flat polygons."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.geometry.solid import GROUND, Solids
from twin.geometry.surface import Surfaces, offsets

_PLUMB = 0.02
"""Vertical part of a unit normal up to which a face has no projection worth the name. [1]"""


def footprints(solids: Solids) -> NDArray[np.object_]:
    """Footprint of each body: its ground surfaces united, or all that is not plumb where it has no ground surface.

    Returns
    -------
    geometries : ndarray of shapely geometry, shape (b,)
        Polygons and multipolygons, outer rings counter-clockwise; None for a body that covers nothing.
    """
    ground = solids.kinds == GROUND
    grounded = np.logical_or.reduceat(ground, solids.bodies[:-1]) if len(solids) else np.zeros(0, bool)
    level = np.abs(solids.surfaces.normals[:, 2]) > _PLUMB
    chosen = np.flatnonzero(np.where(grounded[solids.body_of_polygon], ground, True) & level)
    flat = flattened(solids.surfaces.take(chosen))
    return united(flat, solids.body_of_polygon[chosen], len(solids))


def flattened(surfaces: Surfaces) -> NDArray[np.object_]:
    """Surfaces seen from above, as shapely polygons, outer rings counter-clockwise."""
    if not len(surfaces):
        return np.empty(0, object)
    counts = np.diff(surfaces.rings) + 1
    closed = offsets(counts)
    ring = np.repeat(np.arange(len(counts)), counts)
    source = np.arange(len(ring)) - ring
    source[closed[1:] - 1] = surfaces.rings[:-1]
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, surfaces.points[source, :2], (closed, surfaces.polygons)
    )
    found: NDArray[np.object_] = shapely.orient_polygons(polygons)
    return found


MENDABLE = 2000
"""Corners up to which a ring that crosses itself is mended: the crossings may grow with their square."""


def united(geometries: NDArray[np.object_], groups: NDArray[np.int64], count: int) -> NDArray[np.object_]:
    """Union of the geometries of each group.

    Parameters
    ----------
    geometries : ndarray of shapely geometry, shape (n,)
        Polygons; those that are not valid are mended up to `MENDABLE` corners and left out beyond; None is left out.
    groups : ndarray of int64, shape (n,)
        Group of each, in rising order.
    count : int
        How many groups there are.

    Returns
    -------
    geometries : ndarray of shapely geometry, shape (count,)
        None where a group has nothing.
    """
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    present &= shapely.is_valid(geometries) | (shapely.get_num_coordinates(geometries) <= MENDABLE)
    geometries, groups = geometries[present], groups[present]
    bad = ~shapely.is_valid(geometries)
    if bad.any():
        geometries = geometries.copy()
        geometries[bad] = shapely.make_valid(geometries[bad], method="structure", keep_collapsed=False)
    found = np.full(count, None, object)
    sizes = np.bincount(groups, minlength=count)
    starts = offsets(sizes)
    alone = sizes == 1
    found[alone] = geometries[starts[:-1][alone]]
    for group in np.flatnonzero(sizes > 1).tolist():
        found[group] = shapely.union_all(geometries[starts[group] : starts[group + 1]])
    found[shapely.is_empty(found)] = None
    oriented: NDArray[np.object_] = shapely.orient_polygons(found)
    return oriented
