"""What the aerial photograph shows of the ground: shapes in the order they are painted, with colour and texture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.carriageway import width
from ingest.demo.cutting import Frame
from ingest.demo.district import District
from ingest.demo.land import Piece
from ingest.demo.places import SEED
from ingest.demo.road_network import LINK, PATH, RoadNetwork
from ingest.demo.streets import LANE, RAIL, ROAD, STREET, TRACK

Colour = tuple[float, float, float]

PLAIN, CROP, MEADOW, FOREST, GARDEN, WATER, PAVED, ROOF = range(8)
"""Textures."""


@dataclass(slots=True)
class Paint:
    """A shape and how it looks.

    Attributes
    ----------
    shape : shapely geometry
    colour : (float, float, float)
        Red, green and blue, 0 to 255.
    texture : int
        One of the constants of this module.
    turn, row, contrast : float
        Direction of the rows of a crop [rad], their distance [m] and how much they show [1].
    plane : (float, float, float)
        Height of a roof above the ground: slope to the east [1] and north [1], and height at the origin [m].
    """

    shape: BaseGeometry
    colour: Colour
    texture: int = PLAIN
    turn: float = 0.0
    row: float = 1.0
    contrast: float = 0.0
    plane: tuple[float, float, float] = (0.0, 0.0, 0.0)


CROPS: tuple[tuple[Colour, float, float], ...] = (
    ((187, 170, 112), 1.5, 0.030), ((174, 160, 100), 1.5, 0.035), ((150, 150, 86), 1.5, 0.03),
    ((137, 142, 78), 1.5, 0.03), ((203, 187, 132), 4.0, 0.055), ((96, 118, 60), 3.0, 0.06),
    ((84, 110, 56), 3.0, 0.06), ((110, 128, 70), 2.5, 0.05), ((151, 128, 98), 5.0, 0.07), ((162, 139, 108), 4.0, 0.07),
    ((128, 138, 80), 1.5, 0.03), ((166, 164, 92), 1.5, 0.035),
)  # fmt: skip
"""Colour of crops in early July, distance of their rows [m] and how much those show [1]: grain first."""

MEADOWS: tuple[Colour, ...] = ((112, 128, 70), (124, 138, 78), (104, 122, 66), (144, 150, 92), (118, 134, 82))

_BASE: dict[str, tuple[Colour, int]] = {
    "core": ((150, 144, 132), PAVED), "villa": ((104, 120, 72), GARDEN), "house": ((112, 128, 76), GARDEN),
    "new": ((126, 138, 86), GARDEN), "row": ((114, 128, 78), GARDEN), "slab": ((110, 130, 72), MEADOW),
    "village": ((112, 126, 74), GARDEN), "garden": ((106, 124, 68), GARDEN), "industry": ((150, 148, 144), PAVED),
    "market": ((132, 131, 129), PAVED), "church": ((112, 124, 78), GARDEN), "school": ((140, 136, 124), PAVED),
    "hall": ((168, 160, 148), PAVED), "clinic": ((120, 134, 84), GARDEN), "sport": ((116, 134, 76), MEADOW),
    "park": ((102, 124, 64), MEADOW), "cemetery": ((110, 124, 74), GARDEN), "square": ((184, 174, 158), PAVED),
    "station": ((158, 152, 142), PAVED), "rail": ((132, 120, 108), PAVED), "river": ((66, 84, 76), WATER),
    "brook": ((76, 92, 74), WATER), "pond": ((62, 80, 66), WATER), "forest": ((60, 78, 42), FOREST),
    "copse": ((64, 82, 44), FOREST), "farm": ((158, 148, 130), PAVED), "barn": ((140, 140, 98), MEADOW),
    "street": ((166, 162, 154), PAVED), "lane": ((160, 152, 140), PAVED), "road": ((122, 134, 78), MEADOW),
    "track": ((126, 134, 82), MEADOW),
}  # fmt: skip

_ASPHALT = {STREET: (118, 117, 116), ROAD: (112, 112, 113), LANE: (136, 131, 124), TRACK: (178, 166, 140),
            LINK: (124, 122, 118), PATH: (176, 164, 138)}  # fmt: skip

_HEDGED = frozenset(("villa", "house", "new", "row", "village", "garden", "cemetery"))


def shapes(district: District, graph: RoadNetwork) -> Iterator[Paint]:
    """Everything on the ground, what lies below first."""
    rng = np.random.default_rng([SEED, 97])
    for piece in district.land.pieces:
        yield _land(piece, rng)
    for piece in district.land.pieces:
        yield from _furniture(piece, rng)
    yield from _paving(district, rng)
    yield from _ways(graph, rng)
    yield from _tracks(district)


def _land(piece: Piece, rng: np.random.Generator) -> Paint:
    if piece.kind in ("arable", "site"):
        colour, row, contrast = CROPS[int(rng.integers(len(CROPS)))]
        frame = Frame(piece.shape)
        turn = float(np.arctan2(frame.axis[1], frame.axis[0]))
        return Paint(piece.shape, _varied(colour, rng, 6), CROP, turn, row, contrast)
    if piece.kind == "meadow":
        colour = MEADOWS[int(rng.integers(len(MEADOWS)))]
        frame = Frame(piece.shape)
        turn = float(np.arctan2(frame.axis[1], frame.axis[0]))
        return Paint(piece.shape, _varied(colour, rng, 6), MEADOW, turn, 9.0, 0.03 if colour[0] > 120 else 0.0)
    base, texture = _BASE[piece.kind]
    return Paint(piece.shape, _varied(base, rng, 0 if texture in (WATER, FOREST) else 7), texture)


def _varied(colour: Colour, rng: np.random.Generator, by: float) -> Colour:
    light = float(rng.normal(0, by))
    red, green, blue = rng.normal(0, by * 0.3, 3)
    return colour[0] + light + float(red), colour[1] + light + float(green), colour[2] + light + float(blue)


def _furniture(piece: Piece, rng: np.random.Generator) -> Iterator[Paint]:
    """Hedges, pitches, paths in cemeteries and parked cars."""
    if piece.kind in _HEDGED and rng.random() < 0.55:
        yield Paint(piece.shape.boundary.buffer(0.55), _varied((78, 96, 52), rng, 6), PLAIN)
    if piece.kind == "sport":
        yield from _pitch(piece, rng)
    if piece.kind == "cemetery":
        frame = Frame(piece.shape)
        for aside in np.linspace(-0.3, 0.3, 3) * frame.width:
            yield Paint(frame.lengthwise(float(aside)).intersection(piece.shape).buffer(1.1), (172, 162, 140), PAVED)
        yield Paint(frame.across(0.0).intersection(piece.shape).buffer(1.4), (172, 162, 140), PAVED)
    if piece.kind in ("market", "industry", "station", "clinic"):
        yield from _cars(piece, rng)


def _pitch(piece: Piece, rng: np.random.Generator) -> Iterator[Paint]:
    frame = Frame(piece.shape)
    turn = float(np.arctan2(frame.axis[1], frame.axis[0]))
    long, wide = min(100.0, frame.length * 0.74), min(64.0, frame.width * 0.7)
    middle = frame.middle

    def turned(shape: BaseGeometry) -> BaseGeometry:
        return shapely.affinity.translate(shapely.affinity.rotate(shape, np.degrees(turn), origin=(0, 0)), *middle)

    if frame.width > 88:
        oval = shapely.LineString([(-0.3 * long, 0), (0.3 * long, 0)]).buffer(wide / 2 + 9)
        yield Paint(turned(oval), (168, 92, 72), PAVED)
        yield Paint(turned(oval.buffer(-7)), (98, 132, 66), MEADOW, turn, 10.0, 0.05)
    grass: BaseGeometry = shapely.box(-long / 2, -wide / 2, long / 2, wide / 2)
    if frame.width > 88:
        grass = grass.intersection(oval.buffer(-8))
    yield Paint(turned(grass), (96, 134, 64), MEADOW, turn + np.pi / 2, 10.0, 0.07)
    yield Paint(turned(grass.buffer(-2).boundary.buffer(0.22)), (196, 204, 184), PLAIN)
    yield Paint(turned(shapely.Point(0, 0).buffer(9.15).boundary.buffer(0.2)), (184, 194, 170), PLAIN)


_CARS: tuple[Colour, ...] = ((214, 214, 212), (60, 62, 66), (120, 124, 128), (38, 40, 44), (128, 40, 38), (52, 72, 110))


def _cars(piece: Piece, rng: np.random.Generator) -> Iterator[Paint]:
    """Cars side by side near the border of a plot: rows of 2.7 m a place."""
    ring = piece.shape.buffer(-5.5)
    if ring.is_empty or ring.geom_type != "Polygon":
        return
    share = {"market": 0.6, "industry": 0.13, "station": 0.5, "clinic": 0.3}[piece.kind]
    for at in np.arange(4.0, ring.exterior.length, 2.7):
        if rng.random() < share:
            a, b = (np.asarray(ring.exterior.interpolate(at + step).coords[0]) for step in (-0.5, 0.5))
            turn = float(np.degrees(np.arctan2(*(b - a)[::-1])))
            car = shapely.affinity.rotate(shapely.box(-0.9, -2.1, 0.9, 2.1), turn, origin=(0, 0))
            yield Paint(shapely.affinity.translate(car, *((a + b) / 2)), _CARS[int(rng.integers(len(_CARS)))])


def _paving(district: District, rng: np.random.Generator) -> Iterator[Paint]:
    """Terraces and drives around houses."""
    for building in district.buildings:
        kind = building.parcel.piece.kind
        if kind in _HEDGED and kind != "cemetery":
            reach = 1.2 if not building.number else float(rng.uniform(0.6, 2.6))
            yield Paint(
                building.footprint.buffer(reach, join_style="mitre").intersection(building.parcel.piece.shape),
                _varied((166, 158, 146), rng, 8), PAVED,
            )  # fmt: skip


def _ways(graph: RoadNetwork, rng: np.random.Generator) -> Iterator[Paint]:
    order = {PATH: 0, TRACK: 1, LINK: 2, LANE: 3, STREET: 4, ROAD: 5}
    tints = {}
    for edge in sorted(graph.edges, key=lambda edge: order[edge.way.kind]):
        way = edge.way
        if way.name not in tints or not way.name:
            tints[way.name] = _varied(_ASPHALT[way.kind], rng, 7)
        yield Paint(edge.line.buffer(width(way) / 2, quad_segs=3), tints[way.name], PAVED)
        if way.kind == TRACK:
            yield Paint(edge.line.buffer(0.4, cap_style="flat"), (136, 142, 90), MEADOW)
    for edge in graph.edges:
        if edge.way.kind == ROAD or (edge.way.kind == STREET and edge.way.width >= 11):
            yield Paint(_dashes(edge.line), (176, 176, 172), PLAIN)


def _dashes(line: shapely.LineString) -> BaseGeometry:
    at = np.arange(4.0, max(4.1, line.length - 8), 12.0)
    parts = [shapely.ops.substring(line, start, start + 4.0) for start in at]
    return shapely.union_all(parts).buffer(0.16, cap_style="flat")


def _tracks(district: District) -> Iterator[Paint]:
    for way in district.land.ways:
        if way.kind == RAIL:
            yield Paint(way.line.buffer(2.6), (116, 106, 98), PAVED)
            for aside in (-0.75, 0.75):
                yield Paint(way.line.offset_curve(aside).buffer(0.22), (88, 80, 76), PLAIN)
