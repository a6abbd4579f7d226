"""Streets, roads, tracks and the railway: middles, widths, names and surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import ops
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import cut, polygons
from ingest.demo.landscape import river_distance
from ingest.demo.places import PLACES, SEED, SIZE, TOWN, place

ROAD, STREET, LANE, TRACK, RAIL = "road", "street", "lane", "track", "rail"


@dataclass(frozen=True)
class Way:
    """One street.

    Attributes
    ----------
    line : LineString
        Its middle.
    kind : {"road", "street", "lane", "track", "rail"}
        Roads, streets and lanes are AX_Strassenverkehr, tracks AX_Weg, rails AX_Bahnverkehr.
    width : float
        From border to border, pavements included. [m]
    name : str
        Name of the street; empty for tracks.
    """

    line: shapely.LineString
    kind: str
    width: float
    name: str = ""


def smooth(points: Sequence[npt.ArrayLike] | np.ndarray, rounds: int = 4) -> shapely.LineString:
    """A gentle curve along `points`, which keeps both ends (Chaikin's corner cutting)."""
    p = np.asarray(points, float)
    for _ in range(rounds):
        q = np.empty((2 * len(p) - 2, 2))
        q[0::2], q[1::2] = 0.75 * p[:-1] + 0.25 * p[1:], 0.25 * p[:-1] + 0.75 * p[1:]
        q[0], q[-1] = p[0], p[-1]
        p = q
    line = shapely.LineString(p.round(2)).simplify(0.15)
    assert isinstance(line, shapely.LineString)
    return line


def wander(
    start: tuple[float, float], end: tuple[float, float], rng: np.random.Generator, amount: float = 0.07
) -> shapely.LineString:
    """A curving way from `start` to `end` that strays by `amount` of its length."""
    a, b = np.asarray(start), np.asarray(end)
    length = float(np.hypot(*(b - a)))
    count = max(3, int(length / 420))
    t = np.linspace(0, 1, count + 2)[1:-1, None]
    normal = np.array([-(b - a)[1], (b - a)[0]]) / length
    stray = rng.normal(0, amount * length, (count, 1)) * np.sin(np.pi * t) * (0.55 if count > 3 else 0.8)
    shift = np.clip(stray, -160, 160)
    along = rng.uniform(-0.25, 0.25, (count, 1)) / count
    return smooth(np.vstack([a, a + (b - a) * (t + along) + shift * normal, b]))


GATES = {
    "Westtor": 186.0,
    "Hainer Tor": 128.0,
    "Nordtor": 83.0,
    "Birker Tor": 42.0,
    "Osttor": -8.0,
    "Brücktor": -62.0,
    "Steintor": -118.0,
}
"""Gates of the town wall and their direction from the market, anticlockwise from east. [°]"""


def wall(reach: float, degrees: float | np.ndarray) -> np.ndarray:
    """Points around the market: `reach` 1 is the inner foot of the old wall, an irregular oval of 300 by 235 m."""
    t = np.radians(np.asarray(degrees, float))
    r = reach * (1 + 0.035 * np.sin(3 * t + 0.7) + 0.02 * np.sin(5 * t + 2.0))
    u, v = 300 * r * np.cos(t), 235 * r * np.sin(t)
    return np.stack([TOWN[0] + u * np.cos(0.2) - v * np.sin(0.2), TOWN[1] + u * np.sin(0.2) + v * np.cos(0.2)], axis=-1)


def gate(name: str, reach: float = 1.15) -> tuple[float, float]:
    """Where the road through gate `name` crosses the outer ring."""
    point = wall(reach, GATES[name])
    return float(point[0]), float(point[1])


def railway() -> Way:
    """The single-track line north of the town."""
    line = smooth(
        [
            (-60, 4990),
            (1500, 5080),
            (2900, 5150),
            (4000, 4990),
            (5200, 4985),
            (6300, 5130),
            (7600, 5240),
            (10060, 5080),
        ],
        5,
    )
    return Way(line, RAIL, 15.0, "Bahnstrecke Auenrode–Ostendorf")


def country_roads() -> list[Way]:
    """Roads between the places and out of the district."""
    rng = np.random.default_rng([SEED, 3])
    at = {p.name: p.position for p in PLACES}
    plan: list[tuple[str, tuple[float, float], tuple[float, float], float]] = [
        ("Auenroder Straße", gate("Westtor"), at["Auenrode"], 9.0),
        ("Hainberger Straße", gate("Hainer Tor"), at["Hainberg"], 9.0),
        ("Birkhagener Straße", gate("Birker Tor"), at["Birkhagen"], 9.0),
        ("Ostendorfer Straße", gate("Osttor"), at["Ostendorf"], 9.5),
        ("Mühlwinkler Straße", gate("Brücktor"), at["Mühlwinkel"], 9.0),
        ("Steinfelder Straße", gate("Steintor"), at["Steinfelde"], 9.5),
        ("Niederauer Straße", at["Mühlwinkel"], at["Niederaue"], 8.0),
        ("Mühlweg", at["Mühlwinkel"], at["Steinfelde"], 6.5),
        ("Lohfelder Straße", at["Steinfelde"], at["Lohfeld"], 8.0),
        ("Auenstraße", at["Lohfeld"], at["Auenrode"], 7.5),
        ("Bergstraße", at["Auenrode"], at["Hainberg"], 7.5),
        ("Höhenstraße", at["Hainberg"], at["Birkhagen"], 7.5),
        ("Talstraße", at["Birkhagen"], at["Ostendorf"], 7.0),
        ("Furtstraße", at["Ostendorf"], at["Niederaue"], 7.0),
        ("Westfälische Straße", at["Auenrode"], (-100, 4870), 8.0),
        ("Hohler Weg", at["Hainberg"], (2350, SIZE[1] + 100), 7.5),
        ("Waldstraße", at["Birkhagen"], (7350, SIZE[1] + 100), 7.5),
        ("Oststraße", at["Ostendorf"], (SIZE[0] + 100, 4780), 8.5),
        ("Hellweg", at["Niederaue"], (SIZE[0] + 100, 1400), 7.5),
        ("Südstraße", at["Steinfelde"], (3900, -100), 8.0),
        ("Börderweg", at["Lohfeld"], (-100, 1600), 7.0),
        ("Rothenbach", at["Niederaue"], (7700, -100), 7.0),
    ]
    roads = [Way(wander(start, end, rng, 0.055), ROAD, width, name) for name, start, end, width in plan]
    bahnhof = place("Musterstadt").position
    station = smooth([gate("Nordtor"), (bahnhof[0] + 30, bahnhof[1] + 420), (bahnhof[0] + 20, bahnhof[1] + 640)])
    return [*roads, Way(station, STREET, 15.0, "Bahnhofstraße")]


def in_floodplain(shape: BaseGeometry) -> bool:
    """Whether the middle of `shape` lies in the river's meadows."""
    return bool(abs(float(river_distance(shape.centroid.x, shape.centroid.y))) < 170)


def surfaces(ways: list[Way], outline: shapely.Polygon) -> list[tuple[int, shapely.Polygon]]:
    """Surfaces of `ways` as a partition, earlier ways first, long ones cut every 400 m.

    Returns
    -------
    pieces : list of (int, Polygon)
        Index of the way and a piece of its surface.
    """
    buffers = [way.line.buffer(way.width / 2, quad_segs=3).simplify(0.08).intersection(outline) for way in ways]
    tree = shapely.STRtree(buffers)
    pieces: list[tuple[int, shapely.Polygon]] = []
    for index, way in enumerate(ways):
        earlier = [int(other) for other in tree.query(buffers[index], predicate="intersects") if other < index]
        own = (
            buffers[index].difference(shapely.union_all([buffers[other] for other in earlier]))
            if earlier
            else buffers[index]
        )
        marks = [_mark(way.line, at, way.width) for at in np.arange(400.0, way.line.length - 150, 400.0)]
        for part in polygons(own):
            near = [mark for mark in marks if mark.intersects(part)]
            pieces += [(index, piece) for piece in (cut(part, near) if near else [part])]
    return pieces


def _mark(line: shapely.LineString, at: float, width: float) -> shapely.LineString:
    a, b = (np.asarray(line.interpolate(at + d).coords[0]) for d in (-0.5, 0.5))
    normal = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
    middle = (a + b) / 2
    return shapely.LineString([middle - width * 0.8 * normal, middle + width * 0.8 * normal])


def part_near(line: shapely.LineString, centre: tuple[float, float], reach: float) -> list[shapely.LineString]:
    """Pieces of `line` within `reach` metres of `centre`."""
    inside = line.intersection(shapely.Point(centre).buffer(reach))
    merged = ops.linemerge(inside) if isinstance(inside, shapely.MultiLineString) else inside
    return [part for part in shapely.get_parts(merged) if isinstance(part, shapely.LineString)]
