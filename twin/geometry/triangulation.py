"""Polygons to triangles, many at once."""

from __future__ import annotations

import mapbox_earcut
import numpy as np
from numpy.typing import NDArray

from twin.geometry.surface import Surfaces, offsets

_NOTHING = 1e-9
"""Area of a triangle, as share of its polygon's, up to which it is a line and left out. [1]"""
_EVEN = 1e-6
"""How far the fourth corner of a parallelogram may lie off. [m]"""
_SLIVER = 1e-6
"""Square of the area below which a parallelogram is none. [m⁴]"""


def triangulate(surfaces: Surfaces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Triangles of polygons, counter-clockwise about the polygons' normals.

    Parameters
    ----------
    surfaces : Surfaces
        Polygons, with or without holes.

    Returns
    -------
    faces : ndarray of int64, shape (t, 3)
        Numbers of points, sorted by polygon.
    polygons : ndarray of int64, shape (t,)
        Polygon of each face.

    Notes
    -----
    A parallelogram is halved by its diagonal. Any other polygon without holes is first cut as a fan from its first
    corner: if no triangle of the fan is turned over, the fan is a triangulation. If one is, the fan is tried from a
    reflex corner, which serves all polygons with one reflex corner, such as L shapes. What is left, and every polygon
    with holes, goes to mapbox-earcut. Of the walls and roofs of real tiles, 1 in 20 does; all others are cut in a
    handful of array operations.
    """
    halved, halves = _parallelograms(surfaces)
    if len(halved) == len(surfaces):
        return halves, np.repeat(halved, 2)
    if not len(halved):
        return _cut(surfaces)
    left = np.ones(len(surfaces), bool)
    left[halved] = False
    rest = np.flatnonzero(left)
    corner, _ = _corners(surfaces, rest)
    faces, of_face = _cut(surfaces.take(rest))
    polygons = np.concatenate([np.repeat(halved, 2), rest[of_face]])
    order = np.argsort(polygons, kind="stable")
    return np.concatenate([halves, corner[faces]])[order], polygons[order]


def _parallelograms(surfaces: Surfaces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Polygons that a diagonal halves whatever they look like, as most walls are, and their faces."""
    alone = np.diff(surfaces.polygons) == 1
    quads = np.flatnonzero(alone & (np.diff(surfaces.corners) == 4))
    start = surfaces.corners[quads]
    a, b, c, d = (surfaces.points[start + corner] for corner in range(4))
    side, other = b - a, d - a
    even = (np.abs(side + d - c) < _EVEN).all(axis=1)
    # By Lagrange's identity the square of the area; a sliver is left to the careful way.
    one, two, both = (np.einsum("ij,ij->i", u, v) for u, v in ((side, side), (other, other), (side, other)))
    even &= one * two - both * both > _SLIVER
    start = start[even]
    faces = np.stack([start, start + 1, start + 2, start, start + 2, start + 3], axis=1).reshape(-1, 3)
    return quads[even], faces


def _cut(surfaces: Surfaces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    alone = np.diff(surfaces.polygons) == 1
    pending = np.flatnonzero(alone)
    done: list[NDArray[np.int64]] = []
    owner: list[NDArray[np.int64]] = []
    for first in (np.zeros(len(pending), np.int64), None):
        start = _reflex(surfaces, pending) if first is None else first
        faces, of_face = _fans(surfaces, pending, start)
        share = _signed(surfaces, faces, pending[of_face])
        good = np.ones(len(pending), bool)
        good[of_face[share < -_NOTHING]] = False
        chosen = good[of_face] & (share > _NOTHING)
        done.append(faces[chosen])
        owner.append(pending[of_face[chosen]])
        pending = pending[~good]
        if not len(pending):
            break
    ears = np.concatenate([pending, np.flatnonzero(~alone)])
    if len(ears):
        faces, of_face = _earcut(surfaces, ears)
        done.append(faces)
        owner.append(of_face)
    polygons = np.concatenate(owner)
    order = np.argsort(polygons, kind="stable")
    return np.concatenate(done)[order], polygons[order]


def _fans(
    surfaces: Surfaces, polygons: NDArray[np.int64], first: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start = surfaces.corners[polygons]
    count = surfaces.corners[polygons + 1] - start
    faces_each = count - 2
    of_face = np.repeat(np.arange(len(polygons)), faces_each)
    step = np.arange(len(of_face)) - offsets(faces_each)[of_face] + 1
    base, size, apex = start[of_face], count[of_face], first[of_face]
    return np.column_stack([base + apex, base + (apex + step) % size, base + (apex + step + 1) % size]), of_face


def _reflex(surfaces: Surfaces, polygons: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number within the polygon of the corner that turns most against the normal."""
    corner, of_corner = _corners(surfaces, polygons)
    after = surfaces.following[corner]
    before = np.empty(len(surfaces.points), np.int64)
    before[surfaces.following] = np.arange(len(surfaces.points))
    turn = _signed(surfaces, np.column_stack([before[corner], corner, after]), polygons[of_corner])
    order = np.lexsort([turn, of_corner])
    each = np.searchsorted(of_corner[order], np.arange(len(polygons)))
    return corner[order[each]] - surfaces.corners[polygons]


def _corners(surfaces: Surfaces, polygons: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    start = surfaces.corners[polygons]
    count = surfaces.corners[polygons + 1] - start
    of_corner = np.repeat(np.arange(len(polygons)), count)
    return np.arange(len(of_corner)) - offsets(count)[of_corner] + start[of_corner], of_corner


def _signed(surfaces: Surfaces, faces: NDArray[np.int64], polygons: NDArray[np.int64]) -> NDArray[np.float64]:
    """Area of each face along its polygon's normal, as share of the polygon's area. [1]"""
    a, b, c = (surfaces.points[faces[:, corner]] for corner in range(3))
    one, two = b - a, c - a
    normal = surfaces.vectors[polygons]
    along = (
        (one[:, 1] * two[:, 2] - one[:, 2] * two[:, 1]) * normal[:, 0]
        + (one[:, 2] * two[:, 0] - one[:, 0] * two[:, 2]) * normal[:, 1]
        + (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) * normal[:, 2]
    )
    area = surfaces.areas[polygons]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(along / (2 * area * area))


def _earcut(surfaces: Surfaces, polygons: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    # Seen along the largest part of the normal, a polygon keeps its shape best.
    seen_along = np.abs(surfaces.vectors[polygons]).argmax(axis=1)
    found, counts = [], np.zeros(len(polygons), np.int64)
    for number, (polygon, axis) in enumerate(zip(polygons.tolist(), seen_along.tolist(), strict=True)):
        start, stop = surfaces.corners[polygon], surfaces.corners[polygon + 1]
        ends = surfaces.rings[surfaces.polygons[polygon] + 1 : surfaces.polygons[polygon + 1] + 1] - start
        kept = [column for column in range(3) if column != axis]
        flat = surfaces.points[start:stop, kept]
        cut = mapbox_earcut.triangulate_float64(flat - flat[0], ends.astype(np.uint32))
        found.append(cut.astype(np.int64) + start)
        counts[number] = len(cut) // 3
    faces = np.concatenate(found).reshape(-1, 3)
    owner = np.repeat(polygons, counts)
    share = _signed(surfaces, faces, owner)
    back = share < 0
    faces[back] = faces[back][:, ::-1]
    real = np.abs(share) > _NOTHING
    return faces[real], owner[real]
