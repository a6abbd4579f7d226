"""Flat surfaces in space: many polygons at once, in ragged arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

LEVEL = 1e-3
"""Horizontal part of a unit normal below which a surface is level and faces nowhere. [1]"""


@dataclass(frozen=True)
class Surfaces:
    """Polygons in space.

    Attributes
    ----------
    points : ndarray of float64, shape (n, 3)
        Corners, ring after ring, without the closing one. [m]
    rings : ndarray of int64, shape (r + 1,)
        Where each ring begins in `points`; a ring has three points at least.
    polygons : ndarray of int64, shape (p + 1,)
        Where each polygon begins in `rings`; its first ring is the outer one, the others are holes.
    """

    points: NDArray[np.float64]
    rings: NDArray[np.int64]
    polygons: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.polygons) - 1

    @cached_property
    def corners(self) -> NDArray[np.int64]:
        """Where each polygon begins in `points`, shape (p + 1,)."""
        return self.rings[self.polygons]

    @cached_property
    def ring_of_point(self) -> NDArray[np.int64]:
        """Ring of each point, shape (n,)."""
        return np.repeat(np.arange(len(self.rings) - 1), np.diff(self.rings))

    @cached_property
    def polygon_of_ring(self) -> NDArray[np.int64]:
        """Polygon of each ring, shape (r,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.polygons))

    @cached_property
    def polygon_of_point(self) -> NDArray[np.int64]:
        """Polygon of each point, shape (n,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.corners))

    @cached_property
    def following(self) -> NDArray[np.int64]:
        """The point after each point in its ring, shape (n,)."""
        following = np.arange(1, len(self.points) + 1)
        following[self.rings[1:] - 1] = self.rings[:-1]
        return following

    @cached_property
    def vectors(self) -> NDArray[np.float64]:
        """Area vectors by Newell's method, shape (p, 3): along the normal, as long as the area without holes. [m²]

        Notes
        -----
        M. E. Newell's sum of cross products, about each ring's first point so that large coordinates cost no digits.
        A hole counts against its polygon whichever way round it is written.
        """
        of_ring = self._ring_vectors
        outer = of_ring[self.polygons[:-1]]
        against = np.einsum("ij,ij->i", of_ring, outer[self.polygon_of_ring]) > 0
        against[self.polygons[:-1]] = False
        signed = np.where(against[:, None], -of_ring, of_ring)
        return _sums(signed, self.polygons)

    @cached_property
    def _ring_vectors(self) -> NDArray[np.float64]:
        if not len(self.points):
            return np.zeros((0, 3))
        local = self.points - self.points[self.rings[:-1]][self.ring_of_point]
        return _sums(crossed(local, local[self.following]), self.rings) / 2

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """True areas, shape (p,). [m²]"""
        areas: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", self.vectors, self.vectors))
        return areas

    @cached_property
    def normals(self) -> NDArray[np.float64]:
        """Unit normals, shape (p, 3); zero where a surface has no area."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.nan_to_num(self.vectors / self.areas[:, None])

    @cached_property
    def azimuths(self) -> NDArray[np.float64]:
        """Direction of the normals, 0 north, 90 east, [0, 360), shape (p,); NaN where level. [deg]"""
        east, north = self.normals[:, 0], self.normals[:, 1]
        azimuths = np.degrees(np.arctan2(east, north)) % 360.0
        azimuths[azimuths >= 360.0] = 0.0
        azimuths[np.hypot(east, north) < LEVEL] = np.nan
        return azimuths

    @cached_property
    def tilts(self) -> NDArray[np.float64]:
        """Angle of the normals to the zenith: 0 up, 90 wall, 180 down, shape (p,). [deg]"""
        return np.degrees(np.arccos(np.clip(self.normals[:, 2], -1.0, 1.0)))

    def lowest(self) -> NDArray[np.float64]:
        """Lowest height of each polygon, shape (p,). [m]"""
        return np.minimum.reduceat(self.points[:, 2], self.corners[:-1]) if len(self) else np.zeros(0)

    def highest(self) -> NDArray[np.float64]:
        """Highest height of each polygon, shape (p,). [m]"""
        return np.maximum.reduceat(self.points[:, 2], self.corners[:-1]) if len(self) else np.zeros(0)

    def take(self, chosen: NDArray[np.int64]) -> Surfaces:
        """The polygons with these numbers, in this order."""
        rings, polygons = spans(self.polygons, chosen)
        points, ring_offsets = spans(self.rings, rings)
        return Surfaces(self.points[points], ring_offsets, polygons)

    def turned(self, which: NDArray[np.bool_]) -> Surfaces:
        """The same polygons with the orientation of those in `which` (one a polygon) turned."""
        return self._rings_turned(which[self.polygon_of_ring])

    def with_holes_against(self) -> Surfaces:
        """The same polygons with every hole running against its outer ring."""
        of_ring = self._ring_vectors
        outer = of_ring[self.polygons[:-1]][self.polygon_of_ring]
        wrong = np.einsum("ij,ij->i", of_ring, outer) > 0
        wrong[self.polygons[:-1]] = False
        return self._rings_turned(wrong) if wrong.any() else self

    def _rings_turned(self, which: NDArray[np.bool_]) -> Surfaces:
        ring = self.ring_of_point
        order = np.arange(len(self.points))
        mirrored = self.rings[ring] + self.rings[ring + 1] - 1 - order
        return Surfaces(self.points[np.where(which[ring], mirrored, order)], self.rings, self.polygons)


def cleaned(surfaces: Surfaces, tolerance: float = 5e-4) -> tuple[Surfaces, NDArray[np.int64]]:
    """Polygons without repeated corners and without holes or polygons that have no extent left.

    Parameters
    ----------
    surfaces : Surfaces
        As read, so with a closing point where the source writes one; rings may have any number of points.
    tolerance : float
        Corners nearer to the one before are the same. [m]

    Returns
    -------
    surfaces : Surfaces
        What is left, with every hole running against its outer ring.
    kept : ndarray of int64
        Number in the input of each polygon that is left.
    """
    previous = np.arange(-1, len(surfaces.points) - 1)
    filled = np.diff(surfaces.rings) > 0
    previous[surfaces.rings[:-1][filled]] = surfaces.rings[1:][filled] - 1
    far = np.abs(surfaces.points - surfaces.points[previous]).max(axis=1, initial=0.0) > tolerance
    far &= np.isfinite(surfaces.points).all(axis=1)
    counts = np.bincount(surfaces.ring_of_point[far], minlength=len(surfaces.rings) - 1)
    broken = np.bincount(surfaces.ring_of_point[~np.isfinite(surfaces.points).all(axis=1)], minlength=len(counts)) > 0
    whole = (counts >= 3) & ~broken
    has_outer = np.zeros(len(surfaces), bool)
    with_rings = np.diff(surfaces.polygons) > 0
    has_outer[with_rings] = whole[surfaces.polygons[:-1][with_rings]]
    whole &= has_outer[surfaces.polygon_of_ring]
    ring_counts = np.bincount(surfaces.polygon_of_ring[whole], minlength=len(surfaces))
    clean = Surfaces(
        surfaces.points[far & whole[surfaces.ring_of_point]], offsets(counts[whole]), offsets(ring_counts[has_outer])
    ).with_holes_against()
    kept = np.flatnonzero(has_outer)
    extended = clean.areas > tolerance * tolerance
    if not extended.all():
        chosen = np.flatnonzero(extended)
        return clean.take(chosen), kept[chosen]
    return clean, kept


def offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of the runs with these lengths begins, and where the last one ends."""
    found = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=found[1:])
    return found


def spans(starts: NDArray[np.int64], chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Members of the chosen runs one after another, and the offsets of the runs among them."""
    counts = starts[chosen + 1] - starts[chosen]
    found = offsets(counts)
    members = np.repeat(starts[chosen] - found[:-1], counts) + np.arange(found[-1])
    return members, found


def crossed(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cross products of vectors, shape (n, 3)."""
    # np.cross moves axes about and takes four times as long.
    found = np.empty_like(a)
    found[:, 0] = a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1]
    found[:, 1] = a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]
    found[:, 2] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return found


def _sums(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    if len(starts) == 1:
        return np.zeros((0, 3))
    return np.add.reduceat(values, starts[:-1], axis=0)
