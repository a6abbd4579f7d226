"""Gaps in shells: what is left open along the edges that have a face on one side only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.geometry.surface import crossed, offsets, spans

_NARROW = 0.01 + 1e-6
"""Corners this near to each other or to an edge meet: a centimetre, however its last digits are rounded. [m]"""

_MOST = 2000
"""Corners of a rim up to which all pairs are compared."""

_PAIRS = 1 << 20
"""Pairs of edge and corner that are compared at once, but for a single rim that has more."""

_FLAT = 0.1
"""How far the rim of a gap may lie off its plane for a flat face to close it. [m]"""


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


def gaps_along(ends: NDArray[np.float64], prints: NDArray[np.uint64], body: NDArray[np.int64]) -> list[Gap]:
    """Gaps along the open edges of some bodies.

    Parameters
    ----------
    ends : ndarray of float64, shape (k, 2, 3)
        Edges with a face on one side only, directed as a closing face would have them. [m]
    prints : ndarray of uint64, shape (k, 2)
        A number for each place, the same at every edge that ends there.
    body : ndarray of int64, shape (k,)
        Body of each edge, in rising order.

    Notes
    -----
    Where a corner of one face lies on the edge of another, the edge is split; opposite pieces then cancel out, and what
    is left falls into rims that hang together.
    """
    owner, key = np.repeat(body, 2), prints.ravel()
    order = np.lexsort([key, owner])
    fresh = np.ones(len(order), bool)
    fresh[1:] = (np.diff(owner[order]) > 0) | (key[order][1:] != key[order][:-1])
    node = np.empty(len(order), np.int64)
    node[order] = np.cumsum(fresh) - 1
    places, owner = ends.reshape(-1, 3)[order[fresh]], owner[order[fresh]]
    left = _uncancelled(places, owner, node.reshape(-1, 2), body)
    if not len(left):
        return []
    rim = _components(len(places), left)[left[:, 0]]
    order = np.argsort(rim, kind="stable")
    left, starts = left[order], np.flatnonzero(np.diff(rim[order], prepend=-1))
    return _gaps(places[left], starts, owner[left[starts, 0]])


def _uncancelled(
    places: NDArray[np.float64], owner: NDArray[np.int64], edges: NDArray[np.int64], body: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Edges that are left when each is split at the corners that lie on it and opposite ones have cancelled out."""
    split = [(np.arange(len(edges)), edges[:, 0], np.full(len(edges), -1.0))]
    split.append((split[0][0], edges[:, 1], np.full(len(edges), np.inf)))
    start, along = places[edges[:, 0]], places[edges[:, 1]] - places[edges[:, 0]]
    length = np.sqrt((along * along).sum(axis=1))
    along /= length[:, None]
    near = [np.zeros((0, 2), np.int64)]
    for one, two in _pairs(owner, owner):
        meet = (one < two) & (np.abs(places[one] - places[two]).max(axis=1) <= _NARROW)
        near.append(np.column_stack([one[meet], two[meet]]))
    same = _components(len(places), np.concatenate(near))
    for edge, corner in _pairs(body, owner):
        across = places[corner] - start[edge]
        way = (across * along[edge]).sum(axis=1)
        across -= way[:, None] * along[edge]
        on = ((across * across).sum(axis=1) <= _NARROW**2) & (way > _NARROW) & (way < length[edge] - _NARROW)
        split.append((edge[on], corner[on], way[on]))
    edge, corner, way = (np.concatenate(values) for values in zip(*split, strict=True))
    order = np.lexsort([way, edge])
    edge, corner = edge[order], same[corner[order]]
    here, there = corner[:-1], corner[1:]
    real = (edge[1:] == edge[:-1]) & (here != there)
    here, there = here[real], there[real]
    low, high = np.minimum(here, there), np.maximum(here, there)
    order = np.lexsort([high, low])
    low, high, way = low[order], high[order], np.where(here < there, 1, -1)[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
    starts = np.flatnonzero(fresh)
    surplus = np.add.reduceat(way, starts) if len(starts) else way
    pieces = np.column_stack([low[starts], high[starts]])
    pieces[surplus < 0] = pieces[surplus < 0][:, ::-1]
    return np.repeat(pieces, np.abs(surplus), axis=0)


def _pairs(body: NDArray[np.int64], owner: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """All pairs of a thing and a corner of the same body, some at a time; `body` and `owner` are in rising order."""
    bodies, starts, corners = np.unique(owner, return_index=True, return_counts=True)
    group = np.searchsorted(bodies, body)
    things = np.flatnonzero(corners[group] <= _MOST)
    load = np.cumsum(corners[group[things]]) // _PAIRS
    for chosen in np.split(things, np.flatnonzero(np.diff(load)) + 1):
        found, each = spans(np.append(starts, len(owner)), group[chosen])
        yield np.repeat(chosen, np.diff(each)), found


def _components(count: int, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each node that all nodes connected with it have as well."""
    root = list(range(count))

    def top(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one, two in edges.tolist():
        root[top(one)] = top(two)
    return np.array([top(node) for node in range(count)], np.int64)


def _gaps(rims: NDArray[np.float64], starts: NDArray[np.int64], bodies: NDArray[np.int64]) -> list[Gap]:
    """Gaps from the edges of all rims, shape (k, 2, 3), rim after rim."""
    counts = np.diff(starts, append=len(rims))
    centres = np.add.reduceat(rims[:, 0], starts) / counts[:, None]
    of_edge = np.repeat(np.arange(len(starts)), counts)
    local = rims - centres[of_edge][:, None]
    vectors = np.add.reduceat(crossed(local[:, 0], local[:, 1]), starts) / 2
    areas = np.sqrt((vectors * vectors).sum(axis=1))
    normals = vectors / np.where(areas > 0, areas, 1.0)[:, None]
    off = np.maximum.reduceat(np.abs((local[:, 0] * normals[of_edge]).sum(axis=1)), starts)
    flat = (areas > 0) & (off <= _FLAT)
    bounds = offsets(counts).tolist()
    return [
        Gap(body, rims[bounds[number] : bounds[number + 1]], centres[number], is_flat, up)
        for number, (body, is_flat, up) in enumerate(
            zip(bodies.tolist(), flat.tolist(), normals[:, 2].tolist(), strict=True)
        )
    ]
