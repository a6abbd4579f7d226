"""Two bus lines: their stops along the roads, and the timetable as GTFS."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyproj
import shapely

from ingest.demo.places import DISTRICT_NAME, ORIGIN, PLACES, TOWN, place
from ingest.demo.road_network import LINK, PATH, RoadNetwork
from ingest.demo.streets import TRACK

LINES = (
    ("R10", "Auenrode – Musterstadt – Ostendorf", ("Auenrode", "Musterstadt", "Ostendorf"), 60, (5, 21)),
    ("R20", "Hainberg – Musterstadt – Mühlwinkel – Steinfelde",
     ("Hainberg", "Musterstadt", "Mühlwinkel", "Steinfelde"), 120, (6, 19)),
)  # fmt: skip
"""Route, name, places, minutes between two buses, and first and last hour."""

SPACING = 620.0
"""Between two stops. [m]"""

SPEED = 9.0
"""Of a bus, stops included. [m/s]"""


@dataclass(frozen=True)
class Stop:
    """A stop: on the right of the road as the bus goes, in both directions one sign.

    Attributes
    ----------
    identifier, name : str
    position : (float, float)
        East and north of the origin. [m]
    """

    identifier: str
    name: str
    position: tuple[float, float]


@dataclass(frozen=True)
class BusLine:
    """A line with its stops in order and the way between them.

    Attributes
    ----------
    route, name : str
    stops : list of Stop
    metres : list of float
        From the first stop. [m]
    every : int
        Minutes between two buses.
    hours : (int, int)
        First and last hour of departure.
    """

    route: str
    name: str
    stops: list[Stop]
    metres: list[float]
    every: int
    hours: tuple[int, int]


def lines(graph: RoadNetwork) -> list[BusLine]:
    """Both lines, by the shortest way over the roads."""
    known: dict[str, Stop] = {}
    found = []
    slow = np.array([np.inf if edge.way.kind in (TRACK, PATH, LINK) else 1.0 for edge in graph.edges])
    weights = graph.lengths * slow
    for route, name, places, every, hours in LINES:
        course = _course(graph, weights, [TOWN if name == "Musterstadt" else place(name).position for name in places])
        count = max(2, round(course.length / SPACING))
        metres = [round(float(at), 1) for at in np.linspace(0, course.length, count + 1)]
        stops = [_stop(course, at, known, graph) for at in metres]
        found.append(BusLine(route, name, stops, metres, every, hours))
    return found


def _course(graph: RoadNetwork, weights: np.ndarray, through: list[tuple[float, float]]) -> shapely.LineString:
    nodes = [int(np.argmin(np.hypot(*(graph.nodes - np.asarray(point)).T))) for point in through]
    points: list[tuple[float, float]] = []
    for start, end in pairwise(nodes):
        paths = graph.shortest(weights, [start])
        legs = []
        at = end
        while at != start:
            edge = graph.edges[int(paths.edge[at])]
            legs.append(list(edge.line.coords)[:: 1 if edge.second == at else -1])
            at = int(paths.before[at])
        points += [(point[0], point[1]) for leg in reversed(legs) for point in leg]
    return shapely.LineString(points)


def _stop(course: shapely.LineString, at: float, known: dict[str, Stop], graph: RoadNetwork) -> Stop:
    a, b = (np.asarray(course.interpolate(min(course.length, max(0.0, at + d))).coords[0]) for d in (-1.0, 1.0))
    along = (b - a) / max(1e-9, np.hypot(*(b - a)))
    position = np.asarray(course.interpolate(at).coords[0]) + 5.0 * np.array([along[1], -along[0]])
    near = min(PLACES, key=lambda p: float(np.hypot(p.position[0] - position[0], p.position[1] - position[1])))
    here = shapely.Point(position)
    named = [edge for edge in graph.edges if edge.way.name and edge.way.kind not in (TRACK, PATH)]
    street = min(named, key=lambda edge: edge.line.distance(here)).way.name
    for stop in known.values():
        if np.hypot(stop.position[0] - position[0], stop.position[1] - position[1]) < 150:
            return stop
    name = f"{near.name}, {street}"
    again = 2
    while name in known:
        name, again = f"{near.name}, {street} {again}", again + 1
    east, north = position.round(2).tolist()
    known[name] = Stop(f"mk:{1000 + len(known)}", name, (east, north))
    return known[name]


def feed(graph: RoadNetwork) -> Iterator[tuple[str, bytes]]:
    """Name and content of each table of the GTFS feed."""
    served = lines(graph)
    yield _table("agency", ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"), [
        ("mk", f"Verkehrsbetrieb {DISTRICT_NAME}", "https://musterkreis.example", "Europe/Berlin", "de")])  # fmt: skip
    stops = {stop.identifier: stop for line in served for stop in line.stops}
    to_degrees = pyproj.Transformer.from_crs(25832, 4326, always_xy=True)
    rows: list[tuple[object, ...]] = []
    for stop in stops.values():
        lon, lat = to_degrees.transform(stop.position[0] + ORIGIN[0], stop.position[1] + ORIGIN[1])
        rows.append((stop.identifier, stop.name, f"{lat:.7f}", f"{lon:.7f}", 1))
    yield _table("stops", ("stop_id", "stop_name", "stop_lat", "stop_lon", "wheelchair_boarding"), rows)
    yield _table("routes", ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type"), [
        (line.route, "mk", line.route, line.name, 3) for line in served])  # fmt: skip
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    yield _table("calendar", ("service_id", *days, "start_date", "end_date"), [
        ("werktags", 1, 1, 1, 1, 1, 0, 0, "20250615", "20261212"),
        ("samstags", 0, 0, 0, 0, 0, 1, 0, "20250615", "20261212")])  # fmt: skip
    trips: list[tuple[object, ...]] = []
    times: list[tuple[object, ...]] = []
    for line in served:
        for direction in (0, 1):
            stops_on_way = line.stops if direction == 0 else line.stops[::-1]
            metres = line.metres if direction == 0 else [line.metres[-1] - at for at in line.metres[::-1]]
            for service, every in (("werktags", line.every), ("samstags", 2 * line.every)):
                for start in range(line.hours[0] * 60 + 7 * direction, line.hours[1] * 60, every):
                    trip = f"{line.route}-{service[0]}{direction}-{start:04d}"
                    head = stops_on_way[-1].name.split(",")[0]
                    trips.append((line.route, service, trip, head, direction))
                    for number, (stop, at) in enumerate(zip(stops_on_way, metres, strict=True)):
                        minute = start + round(at / SPEED / 60)
                        clock = f"{minute // 60:02d}:{minute % 60:02d}:00"
                        times.append((trip, clock, clock, stop.identifier, number + 1))
    yield _table("trips", ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id"), trips)
    yield _table("stop_times", ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"), times)


def _table(name: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> tuple[str, bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return f"{name}.txt", text.getvalue().encode()
