"""Edges of shells: which have two faces, and which have not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.geometry.gap import Gap, gaps_along
from twin.geometry.surface import Surfaces

_GRID = 1e-3
"""Corners on the same millimetre are the same corner. [m]"""

_ODD = np.uint64(0x9E3779B97F4A7C15)


def unbalanced(surfaces: Surfaces, bodies: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the bodies in which some edge is not run through as often one way as the other.

    Parameters
    ----------
    surfaces : Surfaces
        Polygons, body after body.
    bodies : ndarray of int64, shape (b + 1,)
        Where each body begins among the polygons.

    Notes
    -----
    Every directed edge gets a 64-bit random-looking number whose sign changes with the direction. In a closed shell the
    numbers of a body sum to zero; in any other they do so with a chance of 2⁻⁶⁴. No sorting is needed to tell, and the
    few bodies that are open are looked at in full.
    """
    here = _fingerprints(surfaces.points)
    there = here[surfaces.following]
    signed = _mixed(here * _ODD + there) - _mixed(there * _ODD + here)
    return np.flatnonzero(np.add.reduceat(signed, surfaces.corners[bodies[:-1]]))


def gaps(
    surfaces: Surfaces, body_of_polygon: NDArray[np.int64], bodies: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], list[Gap]]:
    """Faces that run against their neighbours, and the gaps that are left when they are turned.

    Parameters
    ----------
    surfaces : Surfaces
        Polygons.
    body_of_polygon : ndarray of int64, shape (p,)
        Body of each polygon.
    bodies : ndarray of int64
        The bodies to look at.

    Returns
    -------
    against : ndarray of bool, shape (p,)
        Polygons to turn.
    gaps : list of Gap
        One for each connected rim.
    """
    against = np.zeros(len(surfaces), bool)
    if not len(bodies):
        return against, []
    edges = _Edges.of(surfaces, body_of_polygon, bodies)
    if edges.conflicting.any():
        against = edges.turns(len(surfaces))
        surfaces = surfaces.turned(against)
        edges = _Edges.of(surfaces, body_of_polygon, bodies)
    return against, edges.gaps(surfaces.points)


@dataclass(frozen=True)
class _Edges:
    """Undirected edges of some bodies; arrays have one value an edge.

    Attributes
    ----------
    body : ndarray of int64
        Body of the edge.
    first, second : ndarray of int64
        Points at its ends, in the direction of its surplus.
    surplus : ndarray of int64
        How many more faces run from first to second than back, not negative.
    faces : ndarray of int64
        How many faces it has.
    members : ndarray of int64
        Polygons at the edges, edge after edge; with `starts` their offsets and `signs` their directions.
    """

    body: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    surplus: NDArray[np.int64]
    faces: NDArray[np.int64]
    members: NDArray[np.int64]
    starts: NDArray[np.int64]
    signs: NDArray[np.int64]
    prints: NDArray[np.uint64]

    @classmethod
    def of(cls, surfaces: Surfaces, body_of_polygon: NDArray[np.int64], bodies: NDArray[np.int64]) -> _Edges:
        chosen = np.zeros(int(body_of_polygon.max()) + 1, bool)
        chosen[bodies] = True
        polygon = surfaces.polygon_of_point
        here = np.flatnonzero(chosen[body_of_polygon[polygon]])
        there = surfaces.following[here]
        prints = _fingerprints(surfaces.points)
        a, b = prints[here], prints[there]
        real = a != b
        here, there, a, b = here[real], there[real], a[real], b[real]
        forward = a < b
        body = body_of_polygon[polygon[here]]
        order = np.lexsort([np.maximum(a, b), np.minimum(a, b), body])
        low, high = np.minimum(a, b)[order], np.maximum(a, b)[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (body[order][1:] != body[order][:-1])
        starts = np.flatnonzero(fresh)
        signs = np.where(forward, 1, -1)[order]
        sums = np.add.reduceat(signs, starts)
        one = order[starts]
        along = forward[one] == (sums >= 0)
        return cls(
            body=body[one],
            first=np.where(along, here[one], there[one]),
            second=np.where(along, there[one], here[one]),
            surplus=np.abs(sums),
            faces=np.diff(np.append(starts, len(order))),
            members=polygon[here[order]],
            starts=starts,
            signs=signs,
            prints=prints,
        )

    @property
    def conflicting(self) -> NDArray[np.bool_]:
        """Edges with two faces that run the same way."""
        same_way: NDArray[np.bool_] = (self.faces == 2) & (self.surplus == 2)
        return same_way

    def turns(self, count: int) -> NDArray[np.bool_]:
        """Polygons to turn so that the two faces of every edge run against each other, as few as do in each patch."""
        turned = np.zeros(count, bool)
        affected = np.isin(self.body, np.unique(self.body[self.conflicting]))
        neighbours: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        for start in self.starts[affected & (self.faces == 2)].tolist():
            one, two = int(self.members[start]), int(self.members[start + 1])
            same = bool(self.signs[start] == self.signs[start + 1])
            neighbours[one].append((two, same))
            neighbours[two].append((one, same))
        seen: dict[int, bool] = {}
        for seed in neighbours:
            if seed in seen:
                continue
            seen[seed] = False
            patch, pending = [seed], [seed]
            while pending:
                polygon = pending.pop()
                for other, same in neighbours[polygon]:
                    if other not in seen:
                        seen[other] = seen[polygon] ^ same
                        patch.append(other)
                        pending.append(other)
            fewer = 2 * sum(seen[polygon] for polygon in patch) <= len(patch)
            for polygon in patch:
                turned[polygon] = seen[polygon] if fewer else not seen[polygon]
        return turned

    def gaps(self, points: NDArray[np.float64]) -> list[Gap]:
        """The gaps along edges with a surplus."""
        rim = np.repeat(np.flatnonzero(self.surplus), self.surplus[self.surplus > 0])
        if not len(rim):
            return []
        ends = np.column_stack([self.second[rim], self.first[rim]])
        return gaps_along(points[ends], self.prints[ends], self.body[rim])


def _fingerprints(points: NDArray[np.float64]) -> NDArray[np.uint64]:
    """A 64-bit number for each place on the grid."""
    cells = np.rint(points / _GRID).astype(np.int64).view(np.uint64)
    return _mixed(_mixed(_mixed(cells[:, 0]) + cells[:, 1]) + cells[:, 2])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of the input moves half of the output's."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
