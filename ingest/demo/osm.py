"""Writes streets, places, water and green as an OpenStreetMap extract (PBF)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyproj
import shapely
from osmium.osm import mutable
from shapely.geometry.base import BaseGeometry

from ingest.demo.carriageway import width
from ingest.demo.cutting import polygons
from ingest.demo.district import District
from ingest.demo.facilities import facilities
from ingest.demo.footpaths import RIVER_PATH, WALL_PATH
from ingest.demo.places import DATE, ORIGIN, municipality
from ingest.demo.river import river_bed
from ingest.demo.road_network import LINK, PATH, Edge, RoadNetwork
from ingest.demo.streets import LANE, ROAD, STREET, TRACK
from ingest.demo.transit import lines

_FIRST = 9_700_000_000
"""Ids above all that OpenStreetMap has given out for such a place; only their uniqueness within the file counts."""

_WHEN = f"{DATE}T00:00:00Z"
_COVER: dict[str, dict[str, str]] = {
    "river": {"natural": "water", "water": "river"}, "brook": {"natural": "water", "water": "stream"},
    "pond": {"natural": "water", "water": "pond"}, "forest": {"landuse": "forest"}, "copse": {"natural": "wood"},
    "meadow": {"landuse": "meadow"}, "park": {"leisure": "park"}, "cemetery": {"landuse": "cemetery"},
    "sport": {"leisure": "pitch", "sport": "soccer"},
}  # fmt: skip
_PRINCIPAL = (
    "Ostendorfer Straße",
    "Auenroder Straße",
    "Steinfelder Straße",
    "Oststraße",
    "Westfälische Straße",
    "Ringstraße",
)
_ONE_WAY = ("Rosengasse", "Salzgasse", "Webergasse", "Kirchgasse")


class _File:
    """The extract being written: nodes come once, whatever shares them."""

    def __init__(self, writer: osmium.SimpleWriter) -> None:
        self.writer = writer
        self.transform = pyproj.Transformer.from_crs(25832, 4326, always_xy=True)
        self.nodes: dict[tuple[float, float], int] = {}
        self.tags: dict[int, dict[str, str]] = {}
        self.ways: list[tuple[list[int], dict[str, str]]] = []
        self.relations: list[tuple[list[tuple[int, str]], dict[str, str]]] = []

    def node(self, point: Iterable[float], tags: dict[str, str] | None = None) -> int:
        east, north = (round(float(number), 2) for number in point)
        number = self.nodes.setdefault((east, north), len(self.nodes))
        if tags:
            self.tags.setdefault(number, {}).update(tags)
        return number

    def way(self, points: Iterable[Iterable[float]], tags: dict[str, str]) -> int:
        numbers = [self.node(point) for point in points]
        kept = [number for index, number in enumerate(numbers) if index == 0 or number != numbers[index - 1]]
        self.ways.append((kept, tags))
        return len(self.ways) - 1

    def area(self, shape: BaseGeometry, tags: dict[str, str]) -> None:
        for part in polygons(shape):
            if not part.interiors:
                self.way(part.exterior.coords, tags)
                continue
            members = [(self.way(part.exterior.coords, {}), "outer")]
            members += [(self.way(ring.coords, {}), "inner") for ring in part.interiors]
            self.relations.append((members, tags | {"type": "multipolygon"}))

    def finish(self) -> None:
        places = np.array(list(self.nodes)) + np.asarray(ORIGIN)
        lon, lat = self.transform.transform(places[:, 0], places[:, 1])
        about: dict[str, Any] = {"version": 1, "changeset": 1, "timestamp": _WHEN, "visible": True}
        for number in range(len(places)):
            position = (round(float(lon[number]), 7), round(float(lat[number]), 7))
            self.writer.add_node(
                mutable.Node(id=_FIRST + number, location=position, tags=self.tags.get(number, {}), **about)
            )
        for number, (numbers, tags) in enumerate(self.ways):
            nodes = [_FIRST + one for one in numbers]
            self.writer.add_way(mutable.Way(id=_FIRST + number, nodes=nodes, tags=tags, **about))
        for number, (members, tags) in enumerate(self.relations):
            parts = [("w", _FIRST + way, role) for way, role in members]
            self.writer.add_relation(mutable.Relation(id=_FIRST + number, members=parts, tags=tags, **about))


def write(path: Path, district: District, graph: RoadNetwork) -> None:
    """Write the extract; the same district gives the same bytes."""
    path.unlink(missing_ok=True)
    header = osmium.io.Header()
    header.set("generator", "Musterkreis")
    header.set("osmosis_replication_timestamp", _WHEN)
    with osmium.SimpleWriter(str(path), header=header) as writer:
        file = _File(writer)
        _streets(file, district, graph)
        _facilities(file, district)
        for line in lines(graph):
            for stop in line.stops:
                file.node(
                    stop.position,
                    {"highway": "bus_stop", "public_transport": "platform", "bus": "yes", "name": stop.name},
                )
        for kind, tags in _COVER.items():
            for shape, name in _together(district, kind):
                file.area(shape, tags | ({"name": name} if name else {}))
        file.finish()


def _together(district: District, kind: str) -> Iterable[tuple[BaseGeometry, str]]:
    """Land of a kind as mappers draw it: water and woods whole, not by parcel."""
    pieces = district.pieces(kind)
    if kind in ("river", "brook", "forest"):
        for name in sorted({piece.name for piece in pieces}):
            whole = shapely.coverage_union_all([piece.shape for piece in pieces if piece.name == name])
            yield from ((part, name) for part in polygons(whole))
    else:
        yield from ((piece.shape, piece.name) for piece in pieces)


def _streets(file: _File, district: District, graph: RoadNetwork) -> None:
    settled, wet = district.settled, river_bed()
    shapely.prepare(settled)
    main = _led_to(graph)
    for number, edge in enumerate(graph.edges):
        inside = shapely.contains_xy(settled, *edge.line.interpolate(0.5, normalized=True).coords[0])
        tags = _tags(edge, bool(inside), number in main)
        if edge.line.intersects(wet):
            tags |= {"bridge": "yes", "layer": "1"}
        file.way(edge.line.coords, tags)


def _led_to(graph: RoadNetwork) -> set[int]:
    """Tracks that are the way from streets to the roads: they are paved."""
    price = {ROAD: 1.0, STREET: 1.0, LANE: 1.0, LINK: 1.0, TRACK: 3.0, PATH: 30.0}
    weights = graph.lengths * np.array([price[edge.way.kind] for edge in graph.edges])
    roads = [end for edge in graph.edges if edge.way.kind == ROAD for end in (edge.first, edge.second)]
    paths = graph.shortest(weights, roads)
    built = {end for edge in graph.edges if edge.way.kind in (STREET, LANE) for end in (edge.first, edge.second)}
    found: set[int] = set()
    for start in built:
        at = start
        while paths.before[at] >= 0:
            found.add(int(paths.edge[at]))
            at = int(paths.before[at])
    return found


def _tags(edge: Edge, inside: bool, main: bool) -> dict[str, str]:  # noqa: PLR0911 – a kind of way each
    way = edge.way
    tags = {"name": way.name} if way.name else {}
    if way.kind == PATH:
        if way.name == RIVER_PATH:
            return tags | {
                "highway": "cycleway",
                "foot": "designated",
                "bicycle": "designated",
                "surface": "fine_gravel",
            }
        if way.name == WALL_PATH:
            return tags | {"highway": "footway", "surface": "compacted"}
        return tags | {"highway": "path", "surface": "ground"}
    if way.kind == TRACK and not main:
        paved = way.width > 5.2
        return tags | {"highway": "track", "tracktype": "grade1" if paved else "grade2",
                       "surface": "asphalt" if paved else "gravel", "motor_vehicle": "agricultural"}  # fmt: skip
    tags["width"] = f"{width(way):.1f}"
    if way.kind in (TRACK, LINK):
        return tags | {"highway": "unclassified" if way.kind == TRACK else "service", "surface": "asphalt"}
    if way.kind == ROAD or way.name in ("Ringstraße", "Bahnhofstraße"):
        kind = "secondary" if way.name in _PRINCIPAL else "tertiary"
        tags |= {
            "highway": kind,
            "surface": "asphalt",
            "maxspeed": "50" if inside else "100",
            "lit": "yes" if inside else "no",
        }
        return tags | ({"sidewalk": "both"} if inside else {"cycleway:right": "track"} if kind == "secondary" else {})
    if way.kind == LANE:
        old = way.name.endswith("gasse")
        tags |= {"highway": "living_street" if old else "residential", "surface": "sett" if old else "asphalt"}
        tags |= {} if old else {"maxspeed": "30"}
        return tags | ({"oneway": "yes"} if way.name in _ONE_WAY else {})
    industry = way.width >= 13
    tags |= {"highway": "unclassified" if industry else "residential", "surface": "asphalt", "lit": "yes"}
    return tags | {"maxspeed": "50" if industry else "30", "sidewalk": "both"}


def _facilities(file: _File, district: District) -> None:
    for facility in facilities(district):
        building = facility.building
        own = municipality(building.parcel.place.ags)
        address = {"addr:city": own.name, "addr:postcode": own.postcode}
        if building.number:
            address |= {"addr:street": building.street, "addr:housenumber": building.number}
        tags = {"name": facility.name, "wheelchair": "yes" if len(facility.name) % 3 else "limited"}
        point = shapely.point_on_surface(building.footprint)
        if facility.tags.get("amenity") in ("school", "hospital") and building.parcel.piece.kind in (
            "school",
            "clinic",
        ):
            file.area(building.parcel.piece.shape, tags | facility.tags | address)
        else:
            file.node(point.coords[0], tags | facility.tags | address)
