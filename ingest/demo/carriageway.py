"""How the width of a way is shared out between carriageway and pavements or verges."""

from __future__ import annotations

import numpy as np
import shapely

from ingest.demo.road_network import LINK, PATH, Edge, RoadNetwork
from ingest.demo.streets import LANE, ROAD, STREET, TRACK, Way


def width(way: Way) -> float:
    """Width of the carriageway of `way`. [m]"""
    if way.kind == STREET:
        return max(4.5, way.width - 3.6)
    if way.kind == ROAD:
        return way.width - 2.4
    if way.kind == LANE:
        return max(3.2, way.width - 1.4)
    return {TRACK: 3.0, LINK: 4.0, PATH: 2.2}[way.kind]


class Carriageways:
    """Where vehicles drive, for everything that must keep off it.

    Parameters
    ----------
    graph : RoadNetwork
    """

    def __init__(self, graph: RoadNetwork) -> None:
        edges: list[Edge] = graph.edges
        self._half = np.array([width(edge.way) / 2 for edge in edges])
        self._lines = np.array([edge.line for edge in edges], dtype=object)
        self._tree = shapely.STRtree(self._lines)

    def covers(self, points: np.ndarray, margin: float = 0.0) -> np.ndarray:
        """Whether each of `points` (n, 2) lies on a carriageway or within `margin` of one. [m]"""
        found = np.zeros(len(points), bool)
        places = np.asarray(shapely.points(points), dtype=object)
        reach = float(self._half.max()) + margin
        point, edge = self._tree.query(places, predicate="dwithin", distance=reach)
        near = shapely.distance(places[point], self._lines[edge]) <= self._half[edge] + margin
        found[point[near]] = True
        return found
