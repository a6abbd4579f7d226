"""Villages: farmsteads and houses on both sides of a street, lanes off it, a church, and estates of late decades."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import blocks, polygons
from ingest.demo.landscape import blob, river_distance
from ingest.demo.names import ESTATE_STREETS, VILLAGE_LANES
from ingest.demo.places import PLACES, SEED, Place
from ingest.demo.streets import LANE, STREET, Way, part_near, smooth
from ingest.demo.zones import Zone


def plans(roads: list[Way]) -> tuple[list[Zone], list[Way]]:
    """Zones and ways of all villages along `roads`."""
    zones: list[Zone] = []
    ways: list[Way] = []
    for number, place in enumerate(place for place in PLACES if place.houses):
        own_zones, own_ways = _village(place, roads, np.random.default_rng([SEED, 20, number]))
        zones += own_zones
        ways += own_ways
    return zones, ways


def _village(place: Place, roads: list[Way], rng: np.random.Generator) -> tuple[list[Zone], list[Way]]:
    reach = 22.0 * place.houses
    streets = [
        part
        for road in roads
        for part in part_near(road.line, place.position, reach * rng.uniform(0.75, 1.2))
        if part.length > 60
    ]
    lanes = _lanes(place, streets, rng)
    ribbons = []
    for street in streets + [lane.line for lane in lanes]:
        for start in np.arange(0.0, street.length, 44.0):
            piece = shapely.ops.substring(street, start, min(start + 44.5, street.length))
            far = piece.centroid.distance(shapely.Point(place.position)) / reach
            for side in (1, -1):
                built = rng.random() < 1.06 - 0.42 * far * far
                depth = rng.uniform(42, 72) if built else 0.0
                ribbons += [piece.buffer(side * depth, single_sided=True, cap_style="flat")] if built else []
    zone = (
        shapely.union_all([ribbon.buffer(0.2) for ribbon in ribbons])
        .buffer(9, join_style="mitre")
        .buffer(-9, join_style="mitre")
        .simplify(0.6)
    )
    zones = _heart(place, streets)
    ways = lanes
    if place.houses >= 13:
        estate_zones, estate_ways = _estate(place, zone, zones, streets + [lane.line for lane in lanes], rng)
        zones += estate_zones
        ways = ways + estate_ways
    zones += [Zone("village", part, place.name) for part in polygons(zone) if part.area > 900]
    return zones, ways


def _lanes(place: Place, streets: list[shapely.LineString], rng: np.random.Generator) -> list[Way]:
    names = list(rng.permutation(VILLAGE_LANES))
    lanes: list[Way] = []
    centre = np.asarray(place.position)
    for _ in range(2 + place.houses // 4):
        street = streets[int(rng.integers(len(streets)))]
        at = rng.uniform(0.1, 0.9) * street.length
        a, b = (np.asarray(street.interpolate(at + step).coords[0]) for step in (-5, 5))
        along = (b - a) / np.hypot(*(b - a))
        turn = np.array([-along[1], along[0]]) * rng.choice([-1, 1])
        length = rng.uniform(9, 15) * place.houses
        points = [
            (a + b) / 2,
            (a + b) / 2 + 0.5 * length * turn + rng.normal(0, 18, 2),
            (a + b) / 2 + length * turn + rng.uniform(-0.6, 0.6) * length * along,
        ]
        line = smooth(np.array(points))
        if np.hypot(*(np.asarray(line.coords[-1]) - centre)) > 26 * place.houses or any(
            line.distance(lane.line) < 55 for lane in lanes
        ):
            continue
        lanes.append(Way(line, LANE, rng.uniform(5.5, 7.0), str(names.pop())))
    return lanes


def _heart(place: Place, streets: list[shapely.LineString]) -> list[Zone]:
    """Church and churchyard beside the crossing, with the sports ground at the edge."""
    crossing = np.asarray(place.position)
    angle = _widest_gap(streets, crossing)
    direction = np.array([np.cos(angle), np.sin(angle)])
    church = shapely.affinity.rotate(shapely.box(-24, -19, 24, 19), 8, origin=(0, 0))
    zones = [
        Zone(
            "church",
            shapely.affinity.translate(church, *(crossing + 46 * direction)),
            place.name,
            f"Dorfkirche {place.name}",
        )
    ]
    if place.houses >= 15:
        yard = shapely.affinity.rotate(shapely.box(-32, -26, 32, 26), float(np.degrees(angle)), origin=(0, 0))
        zones.append(
            Zone(
                "cemetery",
                shapely.affinity.translate(yard, *(crossing + 112 * direction)),
                place.name,
                f"Friedhof {place.name}",
            )
        )
        pitch = shapely.affinity.rotate(shapely.box(-62, -42, 62, 42), float(np.degrees(angle)) + 14, origin=(0, 0))
        zones.append(
            Zone(
                "sport",
                shapely.affinity.translate(pitch, *(crossing + 235 * direction)),
                place.name,
                f"Sportplatz {place.name}",
            )
        )
    return zones


def _widest_gap(streets: list[shapely.LineString], crossing: np.ndarray) -> float:
    bearings = []
    for street in streets:
        for at in (0.0, street.length):
            end = np.asarray(street.interpolate(at).coords[0]) - crossing
            if np.hypot(*end) > 70:
                bearings.append(float(np.arctan2(end[1], end[0])))
    bearings.sort()
    gaps = [
        (following - bearing, bearing)
        for bearing, following in zip(bearings, [*bearings[1:], bearings[0] + 2 * np.pi], strict=True)
    ]
    width, start = max(gaps)
    return start + width / 2


def _estate(
    place: Place,
    village: BaseGeometry,
    heart: list[Zone],
    streets: list[shapely.LineString],
    rng: np.random.Generator,
) -> tuple[list[Zone], list[Way]]:
    """Houses of the last fifty years on one or two former fields."""
    zones: list[Zone] = []
    ways: list[Way] = []
    names = iter(rng.permutation(ESTATE_STREETS))
    for _ in range(1 + place.houses // 17):
        angle = rng.uniform(0, 2 * np.pi)
        for step in range(24):
            bearing = angle + step * np.pi / 12
            middle = np.asarray(place.position) + 15.0 * place.houses * np.array([np.cos(bearing), np.sin(bearing)])
            if river_distance(middle[0], middle[1]) > 260 or river_distance(middle[0], middle[1]) < -260:
                break
        region = blob(
            (float(middle[0]), float(middle[1])), (rng.uniform(105, 150), rng.uniform(85, 120)), rng.uniform(0, 3), rng
        ).simplify(6)
        region = (
            region.difference(shapely.union_all([village.buffer(-20), *(zone.shape.buffer(12) for zone in heart)]))
            .buffer(-4)
            .buffer(4)
        )
        for part in polygons(region):
            if part.area < 6000:
                continue
            quarters, lines = blocks(part, 7600, rng, skew=0.05, bend=0.09)
            if lines:
                near = min(streets, key=lambda street: (street.distance(lines[0]), street.length))
                ways.append(
                    Way(shapely.shortest_line(lines[0], near), STREET, 6.5, str(next(names, "Am Neubaugebiet")))
                )
            for line in lines:
                ways += [
                    Way(piece, STREET, 8.0, str(next(names, "Am Neubaugebiet"))) for piece in shapely.get_parts(line)
                ]
            zones += [Zone(str(rng.choice(["house", "house", "new"])), quarter, place.name) for quarter in quarters]
    return zones, ways
