"""Triangle meshes about local origins, ready to be stored and drawn."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.geometry.solid import Solids
from twin.geometry.triangulation import triangulate


def meshes(solids: Solids, groups: NDArray[np.int64], surface_index: NDArray[np.int64]) -> dict[str, pa.Array]:
    """Columns of ``building_mesh`` but its key: one mesh for each group of bodies.

    Parameters
    ----------
    solids : Solids
        Bodies with their normals outward.
    groups : ndarray of int64, shape (m + 1,)
        Where each group (a building) begins among the bodies.
    surface_index : ndarray of int64, shape (p,)
        Number of each polygon within its group.

    Returns
    -------
    columns : dict of str to pyarrow.Array
        ``origin_x``, ``origin_y``, ``origin_z`` [m]; ``vertices`` as x, y, z relative to the origin [m];
        ``faces``, ``kinds``, ``surfaces``. The lists share one buffer each: nothing is copied group by group.

    Notes
    -----
    The origin is the middle of the group's extent, on whole metres, at its lowest height: 32-bit floats then keep
    a hundredth of a millimetre over a hundred metres.
    """
    surfaces = solids.surfaces
    polygons = solids.bodies[groups]
    points = surfaces.corners[polygons]
    low = np.minimum.reduceat(surfaces.points, points[:-1], axis=0)
    high = np.maximum.reduceat(surfaces.points, points[:-1], axis=0)
    origin = np.rint((low + high) / 2)
    origin[:, 2] = low[:, 2]
    count = np.diff(points)
    vertices = (surfaces.points - np.repeat(origin, count, axis=0)).astype(np.float32)
    faces, owner = triangulate(surfaces)
    triangles = np.searchsorted(owner, polygons)
    numbers = faces - np.repeat(points[:-1], np.diff(triangles))[:, None]
    return {
        "origin_x": pa.array(origin[:, 0]),
        "origin_y": pa.array(origin[:, 1]),
        "origin_z": pa.array(origin[:, 2]),
        "vertices": _lists(points * 3, vertices.ravel()),
        "faces": _lists(triangles * 3, numbers.astype(np.uint32).ravel()),
        "kinds": _lists(triangles, solids.kinds[owner]),
        "surfaces": _lists(triangles, surface_index[owner].astype(np.uint32)),
    }


def _lists(starts: NDArray[np.int64], values: NDArray[np.generic]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(starts.astype(np.int32)), pa.array(values))
