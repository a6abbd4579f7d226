"""Roofs: a footprint of four corners becomes a closed solid of ground, walls and roof.

Corners a, b, c, d run anticlockwise; a–b and c–d are parallel and the ridge runs between them::

        d ───────── c
        │           │
    r1  ·═══ridge═══·  r2
        │           │
        a ───────── b
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FLAT, PENT, GABLE, HIP, HALF_HIP, TENT = "1000", "2100", "3100", "3200", "3300", "3500"
"""AdV codes of roof types."""


@dataclass(frozen=True)
class Face:
    """One surface of a solid.

    Attributes
    ----------
    kind : {"GroundSurface", "WallSurface", "RoofSurface", "ClosureSurface"}
    ring : (n, 3) float
        Corners, closed, anticlockwise seen from outside. [m]
    """

    kind: str
    ring: Floats


def solid(
    corners: Floats, ground: float, eaves: float, ridge: float, roof: str, open_walls: tuple[int, ...] = ()
) -> list[Face]:
    """Faces of a closed solid over `corners`.

    Parameters
    ----------
    corners : (n, 2) float
        Footprint, anticlockwise, not closed; four corners for all roofs but the flat one. [m]
    ground, eaves, ridge : float
        Heights above DHHN2016. [m]
    roof : str
        AdV code: 1000, 2100, 3100, 3200, 3300 or 3500.
    open_walls : tuple of int
        Walls, by the number of their first corner, behind which another part of the building begins.
    """
    low = np.column_stack([corners, np.full(len(corners), ground)])
    top = np.column_stack([corners, np.full(len(corners), eaves)])
    if roof == PENT:
        top[2:, 2] = ridge
    roofs: list[list[Floats]] = [list(top)]
    extra: dict[int, list[Floats]] = {}
    if roof not in (FLAT, PENT):
        roofs, extra = _pitched(top, ridge, roof)
    faces = [_face("GroundSurface", low[::-1])]
    count = len(corners)
    for index in range(count):
        following = (index + 1) % count
        upper = [top[following], *extra.get(index, []), top[index]]
        kind = "ClosureSurface" if index in open_walls else "WallSurface"
        faces.append(_face(kind, np.array([low[index], low[following], *upper])))
    return faces + [_face("RoofSurface", np.array(ring)) for ring in roofs]


def _pitched(top: Floats, ridge: float, roof: str) -> tuple[list[list[Floats]], dict[int, list[Floats]]]:
    """Roof rings, and the corners that the gable walls have between their eaves."""
    a, b, c, d = top
    left, right = (d + a) / 2, (b + c) / 2
    left[2] = right[2] = ridge
    along = right - left
    length = float(np.hypot(along[0], along[1]))
    if roof == TENT:
        peak = (left + right) / 2
        return [[a, b, peak], [b, c, peak], [c, d, peak], [d, a, peak]], {}
    if roof == GABLE:
        return [[a, b, right, left], [c, d, left, right]], {1: [right], 3: [left]}
    half_depth = float(np.hypot(*(d - a)[:2])) / 2
    if roof == HIP:
        inset = min(0.44, half_depth * 0.95 / length) * along
        r1, r2 = left + inset, right - inset
        return [[a, b, r2, r1], [b, c, r2], [c, d, r1, r2], [d, a, r1]], {}
    share = 0.58
    inset = min(0.3, half_depth * (1 - share) * 0.9 / length) * along
    r1, r2 = left + inset, right - inset
    b1, c1 = b + share * (right - b), c + share * (right - c)
    d1, a1 = d + share * (left - d), a + share * (left - a)
    return [[a, b, b1, r2, r1, a1], [b1, c1, r2], [c, d, d1, r1, r2, c1], [d1, a1, r1]], {1: [c1, b1], 3: [a1, d1]}


def _face(kind: str, ring: Floats) -> Face:
    closed = np.vstack([ring, ring[:1]]).round(3)
    return Face(kind, closed)


def volume(faces: list[Face]) -> float:
    """Volume that closed `faces` enclose, positive where they look outwards. [m³]"""
    total = 0.0
    for face in faces:
        ring = face.ring - faces[0].ring[0]
        total += float(np.sum(np.cross(ring[1:-2], ring[2:-1]) @ ring[0])) / 6.0
    return total


def is_closed(faces: list[Face]) -> bool:
    """Whether every edge is run through once in each direction."""
    edges: dict[tuple[bytes, bytes], int] = {}
    for face in faces:
        points = [np.ascontiguousarray(point).tobytes() for point in face.ring]
        for start, end in pairwise(points):
            edges[start, end] = edges.get((start, end), 0) + 1
    return all(count == 1 and edges.get((end, start)) == 1 for (start, end), count in edges.items())
