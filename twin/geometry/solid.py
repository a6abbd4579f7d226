"""Solids bounded by surfaces: closed or not, which way round, how large."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.geometry.edges import gaps, unbalanced
from twin.geometry.gap import Gap
from twin.geometry.surface import Surfaces, spans

WALL, ROOF, GROUND, CLOSURE, OUTER_CEILING, OUTER_FLOOR = range(6)
"""Kinds of surfaces, as in ``building_mesh.kinds``; names in `KINDS`."""

KINDS = ("wall", "roof", "ground", "closure", "outer_ceiling", "outer_floor")

UNKNOWN = 255
"""Kind of a surface whose source names none: it is told by its normal."""

_STEEP = 0.17
"""Vertical part of a unit normal up to which a surface of unknown kind is a wall (within 10° of plumb). [1]"""


@dataclass(frozen=True)
class Solids:
    """Bodies, each bounded by surfaces.

    Attributes
    ----------
    surfaces : Surfaces
        Polygons of all bodies, body after body.
    kinds : ndarray of uint8, shape (p,)
        Kind of each polygon: a place in `KINDS`, or `UNKNOWN`.
    bodies : ndarray of int64, shape (b + 1,)
        Where each body begins among the polygons. A body has one polygon at least.
    """

    surfaces: Surfaces
    kinds: NDArray[np.uint8]
    bodies: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bodies) - 1

    @cached_property
    def body_of_polygon(self) -> NDArray[np.int64]:
        """Body of each polygon, shape (p,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.bodies))

    @cached_property
    def body_of_point(self) -> NDArray[np.int64]:
        """Body of each point, shape (n,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.surfaces.corners[self.bodies]))

    def take(self, chosen: NDArray[np.int64]) -> Solids:
        """The bodies with these numbers, in this order."""
        polygons, bodies = spans(self.bodies, chosen)
        return Solids(self.surfaces.take(polygons), self.kinds[polygons], bodies)


@dataclass(frozen=True)
class Shells:
    """What `shells` finds out about solids; arrays have one value a body.

    Attributes
    ----------
    solids : Solids
        The same bodies with normals outward and every kind known.
    closed : ndarray of bool
        Whether every edge has two faces, one in each direction; a corner of one face on the edge of another, as where a
        low house meets a high one, opens nothing, nor does a gap of up to 1 cm.
    volume : ndarray of float64
        Enclosed volume, flat gaps counting as closed by a flat face; NaN where a gap is not flat. [m³]
    turned : ndarray of bool
        Whether faces had to be turned: the shell was inside out, or some faces against the others.
    missing : list of tuple of str
        Kinds out of wall, roof, ground that the shell lacks: altogether, or where it gapes.
    """

    solids: Solids
    closed: NDArray[np.bool_]
    volume: NDArray[np.float64]
    turned: NDArray[np.bool_]
    missing: list[tuple[str, ...]]


def shells(solids: Solids) -> Shells:
    """Turn bodies' surfaces outward, measure what they enclose, and name the kinds of surfaces that have none.

    Notes
    -----
    The volume is the sum of signed tetrahedra between a point of the body and the fans over each ring (the divergence
    theorem), exact for flat faces with holes and consistent for those that are not quite flat.
    """
    count = len(solids)
    if not count:
        return Shells(solids, np.zeros(0, bool), np.zeros(0), np.zeros(0, bool), [])
    solids = replace(solids, surfaces=solids.surfaces.with_holes_against())
    open_bodies = unbalanced(solids.surfaces, solids.bodies)
    against, found = gaps(solids.surfaces, solids.body_of_polygon, open_bodies)
    surfaces = solids.surfaces.turned(against) if against.any() else solids.surfaces
    volume = _enclosed(surfaces, solids)
    closed = np.ones(count, bool)
    for gap in found:
        closed[gap.body] = False
        volume[gap.body] += gap.volume(_origin(solids, gap.body)) if gap.flat else np.nan
    inverted = volume < 0
    inverted |= np.isnan(volume) & _roofs_look_down(surfaces, solids)
    whole_bodies = inverted[solids.body_of_polygon]
    if inverted.any():
        surfaces = surfaces.turned(whole_bodies)
    turned = inverted.copy()
    turned[solids.body_of_polygon[against]] = True
    solids = replace(solids, surfaces=surfaces)
    solids = replace(solids, kinds=_told_by_normal(solids))
    return Shells(solids, closed, np.abs(volume), turned, _missing(solids, found, inverted))


def _origin(solids: Solids, body: int) -> NDArray[np.float64]:
    origin: NDArray[np.float64] = solids.surfaces.points[solids.surfaces.corners[solids.bodies[body]]]
    return origin


def _enclosed(surfaces: Surfaces, solids: Solids) -> NDArray[np.float64]:
    corners = surfaces.corners
    origin = solids.surfaces.points[corners[solids.bodies[:-1]]]
    local = surfaces.points - origin[solids.body_of_point]
    apex = local[corners[:-1]][surfaces.polygon_of_point]
    after = local[surfaces.following]
    six = (
        apex[:, 0] * (local[:, 1] * after[:, 2] - local[:, 2] * after[:, 1])
        + apex[:, 1] * (local[:, 2] * after[:, 0] - local[:, 0] * after[:, 2])
        + apex[:, 2] * (local[:, 0] * after[:, 1] - local[:, 1] * after[:, 0])
    )
    found: NDArray[np.float64] = np.add.reduceat(six, corners[solids.bodies[:-1]]) / 6
    return found


def _roofs_look_down(surfaces: Surfaces, solids: Solids) -> NDArray[np.bool_]:
    """Whether a body's roofs face down and its grounds up, by area: the only hint where no volume is enclosed."""
    up = np.where(solids.kinds == ROOF, surfaces.vectors[:, 2], 0.0)
    up -= np.where(solids.kinds == GROUND, surfaces.vectors[:, 2], 0.0)
    found: NDArray[np.bool_] = np.add.reduceat(up, solids.bodies[:-1]) < 0
    return found


def _told_by_normal(solids: Solids) -> NDArray[np.uint8]:
    unknown = solids.kinds == UNKNOWN
    if not unknown.any():
        return solids.kinds
    surfaces, starts = solids.surfaces, solids.bodies[:-1]
    up = surfaces.normals[:, 2]
    low, high = surfaces.lowest(), surfaces.highest()
    foot, top = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    lower_third = (low - foot[solids.body_of_polygon]) <= (top - foot)[solids.body_of_polygon] / 3
    told = np.full(len(up), WALL, np.uint8)
    told[up > _STEEP] = ROOF
    told[up < -_STEEP] = np.where(lower_third, GROUND, OUTER_CEILING)[up < -_STEEP]
    return np.where(unknown, told, solids.kinds)


def _missing(solids: Solids, found: list[Gap], inverted: NDArray[np.bool_]) -> list[tuple[str, ...]]:
    lacking = np.zeros((len(solids), 3), bool)
    for kind in (WALL, ROOF, GROUND):
        lacking[:, kind] = ~np.logical_or.reduceat(solids.kinds == kind, solids.bodies[:-1])
    # A low part may be closed by nothing but closures, roofs and grounds: then no wall is missing.
    closures = np.logical_or.reduceat(solids.kinds == CLOSURE, solids.bodies[:-1])
    lacking[closures, WALL] = False
    for gap in found:
        up = -gap.up if inverted[gap.body] else gap.up
        lacking[gap.body, ROOF if up > 0.5 else GROUND if up < -0.5 else WALL] = True
    nothing: tuple[str, ...] = ()
    missing = [nothing] * len(solids)
    for body in np.flatnonzero(lacking.any(axis=1)).tolist():
        missing[body] = tuple(KINDS[kind] for kind in (WALL, ROOF, GROUND) if lacking[body, kind])
    return missing
