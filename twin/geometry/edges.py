"""Edges of shells: which have two faces, and the gaps along those that have not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from twin.geometry.surface import Surfaces, crossed

_GRID = 1e-3
"""Corners on the same millimetre are the same corner. [m]"""

_NARROW = 0.01
"""Corners nearer to each other or to an edge than this meet. [m]"""

_MOST = 2000
"""Corners of a rim up to which all pairs are compared."""

_FLAT = 0.1
"""How far the rim of a gap may lie off its plane for a flat face to close it. [m]"""

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Gap:
    """One gap in a shell: a rim of edges that have a face on one side only.

    Attributes
    ----------
    body : int
        Number of the body.
    rim : ndarray of float64, shape (k, 2, 3)
        Directed edges that a closing face would have. [m]
    centre : ndarray of float64, shape (3,)
        Mean of the rim's corners. [m]
    flat : bool
        Whether the rim lies in a plane.
    up : float
        Vertical part of the unit normal that a closing face would have. [1]
    """

    body: int
    rim: NDArray[np.float64]
    centre: NDArray[np.float64]
    flat: bool
    up: float

    def volume(self, origin: NDArray[np.float64]) -> float:
        """What the closing face adds to the body's volume: tetrahedra to `origin`. [m³]"""
        a, b, c = self.rim[:, 0] - origin, self.rim[:, 1] - origin, self.centre - origin
        return float((crossed(a, b) @ c).sum()) / 6


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
        ends = np.stack([points[self.second[rim]], points[self.first[rim]]], axis=1)
        bodies, starts = np.unique(self.body[rim], return_index=True)
        found: list[Gap] = []
        for body, edges in zip(bodies.tolist(), np.split(ends, starts[1:]), strict=True):
            found.extend(_gaps_of(body, edges))
        return found


def _gaps_of(body: int, edges: NDArray[np.float64]) -> list[Gap]:
    """Gaps of one body from its rim, shape (k, 2, 3)."""
    corners, ends = np.unique(np.rint(edges.reshape(-1, 3) / _GRID), axis=0, return_inverse=True)
    places = np.empty_like(corners)
    places[ends.ravel()] = edges.reshape(-1, 3)
    left = _uncancelled(places, ends.reshape(-1, 2))
    root = list(range(len(places)))

    def top(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one, two in left:
        root[top(one)] = top(two)
    rims: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for edge in left:
        rims[top(edge[0])].append(edge)
    return [_gap(body, places[np.array(rim)]) for rim in rims.values()]


def _uncancelled(places: NDArray[np.float64], edges: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Edges that are left when each is split at the corners that lie on it and opposite ones have cancelled out."""
    if len(places) > _MOST:
        return [(int(one), int(two)) for one, two in edges]
    apart = np.abs(places[:, None] - places[None]).max(axis=2)
    same = (apart <= _NARROW).argmax(axis=1)
    count: dict[tuple[int, int], int] = defaultdict(int)
    start, along = places[edges[:, 0]], places[edges[:, 1]] - places[edges[:, 0]]
    length = np.sqrt((along * along).sum(axis=1))
    way = np.einsum("kmi,ki->km", places[None] - start[:, None], along / length[:, None])
    foot = start[:, None] + way[:, :, None] * (along / length[:, None])[:, None]
    on = (((places[None] - foot) ** 2).sum(axis=2) <= _NARROW**2) & (way > _NARROW) & (way < length[:, None] - _NARROW)
    for number, (one, two) in enumerate(edges.tolist()):
        between = np.flatnonzero(on[number])
        chain = [one, *between[np.argsort(way[number, between])].tolist(), two]
        for here, there in pairwise(chain):
            first, second = int(same[here]), int(same[there])
            if first < second:
                count[first, second] += 1
            elif second < first:
                count[second, first] -= 1
    return [edge if surplus > 0 else (edge[1], edge[0]) for edge, surplus in count.items() for _ in range(abs(surplus))]


def _gap(body: int, rim: NDArray[np.float64]) -> Gap:
    centre = rim[:, 0].mean(axis=0)
    local = rim - centre
    one = local[:, 0]
    vector = crossed(one, local[:, 1]).sum(axis=0) / 2
    area = float(np.sqrt(vector @ vector))
    normal = vector / area if area else vector
    flat = bool(area > 0 and np.abs(one @ normal).max() <= _FLAT)
    return Gap(body, rim, centre, flat, float(normal[2]))


def _fingerprints(points: NDArray[np.float64]) -> NDArray[np.uint64]:
    """A 64-bit number for each place on the grid."""
    cells = np.rint(points / _GRID).astype(np.int64).view(np.uint64)
    return _mixed(_mixed(_mixed(cells[:, 0]) + cells[:, 1]) + cells[:, 2])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of the input moves half of the output's."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
