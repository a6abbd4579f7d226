"""Musterstadt: a walled town of the Middle Ages, a ring where the wall was, and what later centuries built outside."""

from __future__ import annotations

import numpy as np
import shapely

from ingest.demo.cutting import Frame, blocks, polygons
from ingest.demo.landscape import blob, river_distance
from ingest.demo.names import GATE_STREETS, TOWN_LANES, TOWN_STREETS
from ingest.demo.places import SEED, TOWN
from ingest.demo.streets import GATES, LANE, STREET, Way, gate, railway, smooth, wall
from ingest.demo.zones import Zone

NAME = "Musterstadt"


def oval(reach: float) -> shapely.Polygon:
    """The land within `reach` of the old wall, see `ingest.demo.streets.wall`."""
    return shapely.Polygon(wall(reach, np.linspace(0, 360, 97)[:-1]).round(2))


def plan() -> tuple[list[Zone], list[Way]]:
    """Zones and ways of the town, the most important first."""
    rng = np.random.default_rng([SEED, 10])
    zones, ways = _core(rng)
    outer_zones, outer_ways = _extensions(rng)
    return zones + outer_zones, ways + outer_ways


def _core(rng: np.random.Generator) -> tuple[list[Zone], list[Way]]:
    square = shapely.Polygon([(-41, -27), (30, -36), (44, 21), (-30, 33)])
    square = shapely.affinity.translate(square, *TOWN)
    church = shapely.affinity.translate(
        shapely.affinity.rotate(shapely.box(-42, -27, 42, 27), 30, origin=(0, 0)), TOWN[0] + 84, TOWN[1] + 50
    )
    hall = shapely.affinity.translate(shapely.Polygon([(-84, -30), (-47, -27), (-38, 22), (-82, 20)]), *TOWN)
    main = [
        Way(
            smooth(
                [
                    TOWN,
                    *(
                        wall(reach, angle + rng.uniform(-stray, stray))
                        for reach, stray in ((0.3, 11), (0.5, 10), (0.72, 5), (0.9, 1))
                    ),
                    gate(name),
                ]
            ),
            LANE,
            rng.uniform(7.5, 10.0),
            street,
        )
        for (name, angle), street in zip(GATES.items(), GATE_STREETS, strict=True)
    ]
    ring = Way(shapely.LineString(wall(1.15, np.linspace(0, 360, 97))), STREET, 14.0, "Ringstraße")
    inner = Way(shapely.LineString(wall(0.985, np.linspace(0, 360, 97))), LANE, 6.0, "Am Wall")
    ways = [ring, *main, inner]
    zones = [
        Zone("square", square, NAME, "Marktplatz"),
        Zone("church", church, NAME, "Sankt Marien"),
        Zone("hall", hall, NAME, "Rathaus"),
    ]
    rest = oval(0.985).difference(
        shapely.union_all([way.line.buffer(way.width / 2) for way in main] + [zone.shape for zone in zones])
    )
    names = iter(TOWN_LANES * 3)
    for sector in sorted(polygons(rest), key=lambda p: (-p.area, p.centroid.x)):
        quarters, lines = blocks(sector, 4300, rng, skew=0.17, bend=0.2)
        ways += [
            Way(line, LANE, rng.uniform(4.2, 6.2), name)
            for cut_line in lines
            for name in [next(names)]
            for line in shapely.get_parts(cut_line)
        ]
        zones += [Zone("core", quarter, NAME) for quarter in quarters]
    green = oval(1.15).difference(oval(0.985))
    zones += [Zone("park", part, NAME, "Wallanlagen") for part in polygons(green)]
    return zones, ways


def _extensions(rng: np.random.Generator) -> tuple[list[Zone], list[Way]]:
    region = blob((TOWN[0] - 20, TOWN[1] + 130), (900, 640), 0.12, np.random.default_rng([SEED, 11]))
    grid = np.asarray(region.exterior.coords)
    dry = [tuple(point) for point in grid if river_distance(point[0], point[1]) > 150]
    region = shapely.Polygon(dry).buffer(0).union(oval(1.35)).buffer(25).buffer(-25)
    sides = [_radial(name, angle) for name, angle in GATES.items()]
    tracks = railway().line
    rest = region.difference(
        shapely.union_all([oval(1.15), tracks.buffer(26, cap_style="flat"), *[side.buffer(0.5) for side in sides]])
    )
    zones: list[Zone] = []
    ways: list[Way] = []
    names = iter(TOWN_STREETS * 3)
    for sector in sorted((p for p in polygons(rest) if p.area > 3000), key=lambda p: (-p.area, p.centroid.x)):
        quarters, lines = blocks(sector, 12_500, rng, skew=0.07, bend=0.11)
        for cut_line in lines:
            name = next(names)
            ways += [
                Way(line, STREET, 9.0 if index else 11.0, name)
                for index, line in enumerate(shapely.get_parts(cut_line))
            ]
        zones += [Zone(_kind(quarter, tracks, rng), quarter, NAME) for quarter in quarters]
    station = shapely.affinity.translate(shapely.box(-58, -22, 58, -6), 5020, 4984)
    return [Zone("station", station, NAME, "Bahnhof"), *_special(zones)], ways


def _radial(name: str, angle: float) -> shapely.LineString:
    return shapely.LineString([gate(name, 1.1), tuple(wall(5.0, angle))])


def _reach(point: shapely.Point) -> float:
    angles = np.linspace(0, 360, 181)
    ring = wall(1.0, angles)
    bearing = np.arctan2(point.y - TOWN[1], point.x - TOWN[0])
    bearings = np.arctan2(ring[:, 1] - TOWN[1], ring[:, 0] - TOWN[0])
    nearest = ring[np.argmin(np.abs(np.angle(np.exp(1j * (bearings - bearing)))))]
    return float(np.hypot(point.x - TOWN[0], point.y - TOWN[1]) / np.hypot(nearest[0] - TOWN[0], nearest[1] - TOWN[1]))


def _kind(quarter: shapely.Polygon, tracks: shapely.LineString, rng: np.random.Generator) -> str:
    middle = quarter.centroid
    north_of_tracks = middle.y > tracks.interpolate(tracks.project(middle)).y
    if north_of_tracks:
        return (
            "slab"
            if middle.x < TOWN[0] - 150 and rng.random() < 0.4
            else "house"
            if middle.x < TOWN[0] + 150
            else "industry"
        )
    if _reach(middle) < 1.75:
        return "villa"
    if middle.x < TOWN[0] - 480:
        return "new" if rng.random() < 0.8 else "row"
    return str(rng.choice(["house", "house", "row", "slab", "house"]))


def _special(zones: list[Zone]) -> list[Zone]:
    """Give the quarters nearest to some wished places to schools, sports and the dead."""
    wishes = (
        ("school", (420, 250), "Gymnasium"),
        ("school", (-520, 200), "Grundschule"),
        ("cemetery", (620, 60), "Stadtfriedhof"),
        ("clinic", (150, 470), "Marienhospital"),
        ("sport", (-420, -90), "Stadion"),
        ("market", (720, 300), "Einkaufsmarkt"),
        ("market", (-700, 330), "Einkaufsmarkt"),
        ("park", (300, 420), "Stadtpark"),
    )
    taken: dict[int, tuple[str, str]] = {}
    for kind, (east, north), name in wishes:
        wish = shapely.Point(TOWN[0] + east, TOWN[1] + north)
        order = sorted(
            (zone.shape.centroid.distance(wish), index)
            for index, zone in enumerate(zones)
            if index not in taken and Frame(zone.shape).width > 60
        )
        taken[order[0][1]] = (kind, name)
    return [
        Zone(taken[index][0], zone.shape, zone.place, taken[index][1]) if index in taken else zone
        for index, zone in enumerate(zones)
    ]
