"""The sewer: a tree of gravity sewers along the streets of a settlement, falling all the way to its treatment plant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from ingest.demo.district import District
from ingest.demo.landscape import height, river_north
from ingest.demo.places import PLACES
from ingest.demo.road_network import PATH, RoadNetwork
from ingest.demo.streets import LANE, ROAD, STREET

COVER = 1.7
"""Least depth of a sewer's bottom below the street. [m]"""

DEEPEST = 6.0
"""Deeper ones are pumped up. [m]"""

SLOPE = 0.004
"""Least fall of a gravity sewer. [1]"""


@dataclass(frozen=True)
class Sewer:
    """A stretch of sewer between two manholes, from above to below.

    Attributes
    ----------
    line : LineString
        In the direction of flow.
    street, place : str
    start, end : int
        Junctions of the road network.
    bottom_start, bottom_end : float
        Height of the pipe's bottom above DHHN2016. [m]
    cover_start, cover_end : float
        Height of the manholes' covers above DHHN2016. [m]
    pressure : bool
        Whether it is pumped.
    houses : int
        Stretches that drain through it, itself included: what decides about its size.
    """

    line: shapely.LineString
    street: str
    place: str
    start: int
    end: int
    bottom_start: float
    bottom_end: float
    cover_start: float
    cover_end: float
    pressure: bool
    houses: int


@dataclass(frozen=True)
class Plant:
    """A treatment plant, or the outlet of rainwater, at the river.

    Attributes
    ----------
    place : str
    junction : int
        Where the sewers meet before it.
    position : (float, float)
        East and north of the origin. [m]
    """

    place: str
    junction: int
    position: tuple[float, float]


def served(district: District, graph: RoadNetwork) -> npt.NDArray[np.str_]:
    """Name of the place whose settlement each edge of a street lies in, empty for all others."""
    settled = district.settled
    shapely.prepare(settled)
    middles = np.array([edge.line.interpolate(0.5, normalized=True).coords[0] for edge in graph.edges])
    inside = shapely.contains_xy(settled, middles[:, 0], middles[:, 1])
    inside &= np.array([edge.way.kind in (ROAD, STREET, LANE) for edge in graph.edges])
    sites = np.array([place.position for place in PLACES])
    reach = np.array([place.reach + 400.0 * (place.houses == 0) for place in PLACES])
    nearest = np.argmin(np.hypot(*(middles[:, None] - sites[None]).transpose(2, 0, 1)) - reach, axis=1)
    names = np.array([place.name for place in PLACES])[nearest]
    return np.where(inside, names, "")


def sewers(district: District, graph: RoadNetwork) -> tuple[list[Sewer], list[Plant]]:
    """Sewers and treatment plants of all places."""
    place_of = served(district, graph)
    found: list[Sewer] = []
    plants: list[Plant] = []
    for place in PLACES:
        mine = place_of == place.name
        if not mine.any():
            continue
        plant = _plant(place.name, graph, mine)
        plants.append(plant)
        found += _tree(graph, mine, plant)
    return found, plants


def _plant(place: str, graph: RoadNetwork, mine: npt.NDArray[np.bool_]) -> Plant:
    """The lowest junction of the largest connected part of a place's streets; the plant is beside it, by the river."""
    weights = np.where(mine, graph.lengths, np.inf)
    part = graph.parts(weights)
    ends = np.array([[edge.first, edge.second] for edge in graph.edges])
    size = np.bincount(part[ends[mine, 0]])
    members = np.unique(ends[mine & (part[ends[:, 0]] == int(np.argmax(size)))])
    ground = height(graph.nodes[members, 0], graph.nodes[members, 1])
    junction = int(members[np.argmin(ground)])
    east, north = graph.nodes[junction]
    south_bank = 1.0 if north > float(river_north(east)) else -1.0
    away = min(220.0, max(45.0, abs(north - float(river_north(east))) - 60.0))
    return Plant(place, junction, (round(float(east) - 40.0, 2), round(float(north) - south_bank * away, 2)))


def _tree(graph: RoadNetwork, mine: npt.NDArray[np.bool_], plant: Plant) -> Iterator[Sewer]:
    # What is far from the main part (an estate across a field) joins over roads and tracks, at a price.
    price = np.where(mine, 1.0, [8.0 if edge.way.kind != PATH else np.inf for edge in graph.edges])
    near = np.array([edge.line.distance(shapely.Point(graph.nodes[plant.junction])) < 2500.0 for edge in graph.edges])
    paths = graph.shortest(np.where(near, graph.lengths * price, np.inf), [plant.junction])
    ground = height(graph.nodes[:, 0], graph.nodes[:, 1])
    wanted = {end for number in np.flatnonzero(mine) for end in (graph.edges[number].first, graph.edges[number].second)}
    used: set[int] = set()
    for start in wanted:
        at = start
        while paths.before[at] >= 0 and at not in used:
            used.add(at)
            at = int(paths.before[at])
    drained = dict.fromkeys(used, 1)
    bottom = {node: float(ground[node]) - COVER for node in used | {plant.junction}}
    for node in reversed(paths.order):
        if node not in used:
            continue
        edge = graph.edges[int(paths.edge[node])]
        below = int(paths.before[node])
        if below in drained:
            drained[below] += drained[node]
        arriving = bottom[node] - SLOPE * edge.line.length
        pressure = float(ground[below]) - arriving > DEEPEST
        if not pressure:
            bottom[below] = min(bottom[below], arriving)
    for node in sorted(used):
        edge = graph.edges[int(paths.edge[node])]
        below = int(paths.before[node])
        pressure = bottom[node] - SLOPE * edge.line.length < bottom[below] - 1e-9
        line = edge.line if edge.second == below else edge.line.reverse()
        upper, lower = round(bottom[node], 3), round(bottom[below], 3)
        if pressure:
            upper, lower = round(float(ground[node]) - 1.3, 2), round(float(ground[below]) - 1.2, 2)
        yield Sewer(
            line, edge.way.name, plant.place, node, below, upper, lower,
            round(float(ground[node]), 2), round(float(ground[below]), 2), bool(pressure), drained[node],
        )  # fmt: skip
