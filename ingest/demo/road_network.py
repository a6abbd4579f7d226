"""The district's streets as a graph: edges between junctions, all of them connected."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.district import District
from ingest.demo.footpaths import footpaths
from ingest.demo.river import river_bed
from ingest.demo.streets import LANE, RAIL, ROAD, STREET, Way

GRID = 0.01
"""Corners of edges lie on a grid of this size. [m]"""

SPUR = 9.0
"""Shorter dead ends are the overlap of two surfaces, not streets. [m]"""

PATH = "path"
"""Kind of footpaths and cycle paths, which are no land of their own."""

LINK = "link"
"""Kind of the short drives that connect a street to the next: they lie on others' land."""


@dataclass(frozen=True)
class Edge:
    """A stretch of way between two junctions.

    Attributes
    ----------
    line : LineString
        From the first junction to the second; straight where it was short.
    way : Way
        What it is a stretch of.
    first, second : int
        Numbers of the junctions.
    """

    line: shapely.LineString
    way: Way
    first: int
    second: int


@dataclass(frozen=True)
class ShortestPaths:
    """Shortest paths from one root or several.

    Attributes
    ----------
    distance : (n,) float
        Weight of the path to each junction, infinite where there is none.
    before, edge : (n,) int
        Junction before on the way from the root, and the edge from there; -1 for roots and what is not reached.
    order : list of int
        Junctions that are reached, the nearest first.
    """

    distance: npt.NDArray[np.float64]
    before: npt.NDArray[np.int64]
    edge: npt.NDArray[np.int64]
    order: list[int]


@dataclass(frozen=True)
class RoadNetwork:
    """Streets, roads, tracks and paths.

    Attributes
    ----------
    edges : list of Edge
    nodes : (n, 2) float
        Junctions and ends. [m]
    """

    edges: list[Edge]
    nodes: npt.NDArray[np.float64]

    def neighbours(self, weights: npt.NDArray[np.float64]) -> list[list[tuple[float, int, int]]]:
        """For each junction the weight, number of the edge and other end of every edge of finite weight."""
        found: list[list[tuple[float, int, int]]] = [[] for _ in self.nodes]
        for number, edge in enumerate(self.edges):
            weight = float(weights[number])
            if math.isfinite(weight) and edge.first != edge.second:
                found[edge.first].append((weight, number, edge.second))
                found[edge.second].append((weight, number, edge.first))
        return found

    def shortest(self, weights: npt.NDArray[np.float64], roots: Iterable[int]) -> ShortestPaths:
        """Shortest paths from the nearest of `roots` to every junction.

        Parameters
        ----------
        weights : (edges,) float
            Infinite where there is no way.
        roots : iterable of int
            Numbers of junctions.
        """
        neighbours = self.neighbours(weights)
        distance = np.full(len(self.nodes), np.inf)
        edge_to = np.full(len(self.nodes), -1)
        before = np.full(len(self.nodes), -1)
        order: list[int] = []
        waiting = [(0.0, root) for root in sorted(set(roots))]
        for _, root in waiting:
            distance[root] = 0.0
        while waiting:
            reached, node = heapq.heappop(waiting)
            if reached > distance[node]:
                continue
            order.append(node)
            for weight, number, other in neighbours[node]:
                if reached + weight < distance[other]:
                    distance[other] = reached + weight
                    edge_to[other], before[other] = number, node
                    heapq.heappush(waiting, (reached + weight, other))
        return ShortestPaths(distance, before, edge_to, order)

    def parts(self, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Number of the connected part of each junction, over edges of finite weight."""
        neighbours = self.neighbours(weights)
        part = np.full(len(self.nodes), -1)
        for start in range(len(self.nodes)):
            if part[start] >= 0:
                continue
            part[start] = start
            waiting = [start]
            while waiting:
                for _, _, other in neighbours[waiting.pop()]:
                    if part[other] < 0:
                        part[other] = start
                        waiting.append(other)
        return np.unique(part, return_inverse=True)[1].ravel()

    @property
    def lengths(self) -> npt.NDArray[np.float64]:
        """Length of each edge. [m]"""
        return np.array([edge.line.length for edge in self.edges])


def network(district: District) -> RoadNetwork:
    """Join the ways of `district` to one graph."""
    ways = [way for way in district.land.ways if way.kind != RAIL]
    ways = _reached(ways) + [Way(line, PATH, width, name) for line, width, name in footpaths(district)]
    outline = shapely.coverage_union_all([piece.shape for piece in district.land.pieces]).buffer(-0.5)
    edges = _noded(ways, outline)
    edges = _without_spurs(edges)
    for _ in range(6):
        found = _numbered(edges)
        links = _links(found, district)
        if not links:
            return found
        edges = _noded(_whole(edges) + links, outline)
    return _numbered(edges)


def _reached(ways: list[Way]) -> list[Way]:
    """Ways whose ends are led on to the middle of the street that they meet."""
    lines = [way.line for way in ways]
    tree = shapely.STRtree(lines)
    found = []
    for index, way in enumerate(ways):
        coordinates = [tuple(point) for point in way.line.coords]
        for at in (0, -1):
            end = shapely.Point(coordinates[at])
            near = [
                int(other)
                for other in tree.query(end, predicate="dwithin", distance=16.0)
                if other != index and lines[other].distance(end) <= (ways[other].width + way.width) / 2 + 5.0
            ]
            if near and min(lines[other].distance(end) for other in near) > GRID:
                nearest = min(near, key=lambda other: (lines[other].distance(end), other))
                foot = lines[nearest].interpolate(lines[nearest].project(end))
                coordinates.insert(0 if at == 0 else len(coordinates), (foot.x, foot.y))
        found.append(Way(shapely.LineString(coordinates), way.kind, way.width, way.name))
    return found


def _noded(ways: list[Way], outline: BaseGeometry) -> list[tuple[shapely.LineString, Way]]:
    """Stretches between crossings, each with the most important way that it lies on."""
    lines = np.array([shapely.intersection(way.line, outline) for way in ways], dtype=object)
    noded = shapely.get_parts(shapely.line_merge(shapely.union_all(lines, grid_size=GRID)))
    noded = shapely.get_parts(shapely.union_all(noded, grid_size=GRID))
    middles = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    piece, way = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=0.6)
    distance = shapely.distance(middles[piece], lines[way])
    owner = np.full(len(noded), -1)
    order = np.lexsort((-way, -(distance > 0.05).astype(int)))
    owner[piece[order]] = way[order]
    return [(line, ways[index]) for line, index in zip(noded, owner, strict=True) if index >= 0 and line.length > 0.0]


def _numbered(edges: list[tuple[shapely.LineString, Way]]) -> RoadNetwork:
    starts = np.array([line.coords[0] for line, _ in edges])
    ends = np.array([line.coords[-1] for line, _ in edges])
    nodes, number = np.unique(np.vstack([starts, ends]).round(2), axis=0, return_inverse=True)
    number = number.ravel()
    count = len(edges)
    return RoadNetwork(
        [Edge(line, way, int(number[i]), int(number[count + i])) for i, (line, way) in enumerate(edges)], nodes
    )


def _without_spurs(edges: list[tuple[shapely.LineString, Way]]) -> list[tuple[shapely.LineString, Way]]:
    graph = _numbered(edges)
    degree = np.bincount([end for edge in graph.edges for end in (edge.first, edge.second)])
    return [
        (edge.line, edge.way)
        for edge in graph.edges
        if edge.line.length >= SPUR or min(degree[edge.first], degree[edge.second]) > 1
    ]


def _whole(edges: list[tuple[shapely.LineString, Way]]) -> list[Way]:
    return [Way(line, way.kind, way.width, way.name) for line, way in edges]


def _links(graph: RoadNetwork, district: District) -> list[Way]:
    """Paths from every part of the graph that hangs on nothing to the nearest other part."""
    part = graph.parts(graph.lengths)
    size = np.bincount(part)
    if len(size) == 1:
        return []
    lines = np.array([edge.line for edge in graph.edges], dtype=object)
    of_edge = part[[edge.first for edge in graph.edges]]
    wet = river_bed()
    links = []
    for lone in range(len(size)):
        if lone == int(np.argmax(size)):
            continue
        own, others = shapely.union_all(lines[of_edge == lone]), lines[of_edge != lone]
        tree = shapely.STRtree(others)
        near = tree.query(own, predicate="dwithin", distance=float(shapely.distance(own, others).min()) + 60.0)
        candidates = [shapely.shortest_line(own, others[index]) for index in near]
        candidates.sort(key=lambda line: (_hindered(line, district, wet), round(line.length, 2)))
        paved = any(graph.edges[number].way.kind in (STREET, LANE, ROAD) for number in np.flatnonzero(of_edge == lone))
        links.append(Way(candidates[0], LINK if paved else PATH, 4.5 if paved else 2.5))
    return links


def _hindered(line: shapely.LineString, district: District, wet: BaseGeometry) -> int:
    houses = district.footprints.query(line, predicate="intersects").size
    return int(houses) + 2 * int(line.intersects(wet))
