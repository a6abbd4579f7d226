"""Where trees stand: along streets and roads, in parks, yards and gardens, on banks and at the edges of woods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.carriageway import Carriageways
from ingest.demo.district import District
from ingest.demo.landscape import river_north
from ingest.demo.places import DATE, MUNICIPALITIES, SEED, SIZE
from ingest.demo.road_network import RoadNetwork
from ingest.demo.species import NAMED, PLANTED, SPECIES
from ingest.demo.streets import LANE, ROAD, STREET, Way

Floats = npt.NDArray[np.float64]

COUNT = 8_000
"""Trees in the registers of the municipalities that have joined."""

CLEAR = 1.6
"""Least distance of a trunk from a wall. [m]"""

_YEAR = int(DATE[:4])
_DRY = frozenset(("river", "brook", "pond", "rail", "forest", "arable", "site"))
_PRIVATE = ("garden", "edge")
"""Groups that fill up a register: what stands in gardens and woods is known in part only."""

_OLDEST = {
    "wall": 150, "park": 130, "church": 170, "cemetery": 110, "bank": 80, "edge": 70, "garden": 45, "farm": 130,
    "road": 95, "street": 65, "yard": 60, "sport": 50,
}  # fmt: skip


@dataclass(frozen=True)
class Trees:
    """Trees, each by its number.

    Attributes
    ----------
    position : (n, 2) float
        Trunk. [m]
    species : list of str
        Keys of `ingest.demo.species.SPECIES`.
    planted : (n,) int
        Year.
    height, crown : (n,) float
        Height and diameter of the crown. [m]
    girth : (n,) int
        Girth of the trunk. [cm]
    location : list of str
        Street, park or place.
    registered : (n,) bool
        Whether a municipality has it in its register.
    parcel : (n,) int
        Number of the parcel.
    """

    position: Floats
    species: list[str]
    planted: npt.NDArray[np.int64]
    height: Floats
    crown: Floats
    girth: npt.NDArray[np.int64]
    location: list[str]
    registered: npt.NDArray[np.bool_]
    parcel: npt.NDArray[np.int64]


def plant(district: District, graph: RoadNetwork) -> Trees:
    """All trees outside of the woods."""
    rng = np.random.default_rng([SEED, 90])
    rows = [row for part in (_streets, _parks, _gardens) for row in part(district, graph, rng)]
    points = np.vstack([row[0] for row in rows])
    groups = [row[1] for row in rows for _ in row[0]]
    kinds = [str(kind) for row in rows for kind in _kinds(row, rng)]
    places = [row[3] for row in rows for _ in row[0]]
    parcel = district.parcels_at(points)
    kept = _standing(points, groups, parcel, district, graph)
    kept &= _apart(points, kept)
    index = np.flatnonzero(kept)
    age = np.array([_OLDEST[groups[i]] for i in index]) * rng.beta(1.7, 1.9, len(index))
    planted = _YEAR - np.maximum(1, age.round()).astype(int)
    grown = 1 - np.exp(-(_YEAR - planted) / np.array([SPECIES[kinds[i]].years for i in index]))
    height = np.array([SPECIES[kinds[i]].height for i in index]) * grown * rng.uniform(0.82, 1.1, len(index))
    height = np.maximum(2.5, height)
    crown = np.array([SPECIES[kinds[i]].crown for i in index]) * grown * rng.uniform(0.8, 1.12, len(index))
    crown = np.maximum(1.0, np.minimum(crown, 2.4 * _room(points[index], district)))
    girth = (2.1 * (_YEAR - planted) ** 0.92 + 12) * rng.uniform(0.85, 1.15, len(index))
    joined = {own.ags for own in MUNICIPALITIES if own.audience}
    public = np.array([groups[i] not in _PRIVATE for i in index])
    at_home = np.array([district.parcels[parcel[i]].place.ags in joined for i in index])
    return Trees(
        points[index].round(2), [kinds[i] for i in index], planted, height.round(1), crown.round(1),
        girth.round().astype(int), [places[i] for i in index], _registered(public, at_home, rng), parcel[index],
    )  # fmt: skip


Row = tuple[Floats, str, str, str]
"""Positions, group, species (empty for those of the group) and location."""


def _kinds(row: Row, rng: np.random.Generator) -> list[str]:
    points, group, kind, _ = row
    return [kind] * len(points) if kind else list(rng.choice(PLANTED[group], len(points)))


def _streets(district: District, graph: RoadNetwork, rng: np.random.Generator) -> Iterator[Row]:
    settled = district.settled
    shapely.prepare(settled)
    for way in district.land.ways:
        avenue = way.name in ("Ringstraße", "Bahnhofstraße", "Lindenallee", "Kastanienweg", "Parkstraße")
        named = next((kind for start, kind in NAMED.items() if way.name.startswith(start)), "")
        if way.kind == ROAD:
            if rng.random() < 0.62:
                yield _row_of(
                    way, 0.5 * way.width + 1.4, rng.uniform(15, 22), "road", str(rng.choice(PLANTED["road"])), rng
                )
        elif way.kind == STREET and way.width >= 8 and (avenue or named or rng.random() < 0.5):
            kind = named or str(rng.choice(PLANTED["street"]))
            yield _row_of(way, 0.5 * way.width - 0.75, rng.uniform(11, 17), "street", kind, rng)
        elif way.kind == LANE and not shapely.contains_xy(settled, *way.line.centroid.coords[0]):
            yield _row_of(way, 0.5 * way.width + 0.8, 16.0, "road", str(rng.choice(PLANTED["road"])), rng)


def _row_of(way: Way, aside: float, step: float, group: str, kind: str, rng: np.random.Generator) -> Row:
    """A row of trees on both sides, with a gap now and then."""
    points = []
    for side in (1.0, -1.0):
        at = np.arange(rng.uniform(2, step), way.line.length, step)
        at = at[rng.random(len(at)) < 0.86] + rng.normal(0, 0.5, 1)
        here = shapely.get_coordinates(shapely.line_interpolate_point(way.line, at))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(way.line, at + 0.5))
        back = shapely.get_coordinates(shapely.line_interpolate_point(way.line, np.maximum(0, at - 0.5)))
        along = ahead - back
        length = np.maximum(1e-6, np.hypot(along[:, 0], along[:, 1]))[:, None]
        points.append(here + side * aside * np.column_stack([-along[:, 1], along[:, 0]]) / length)
    return np.vstack(points), group, kind, way.name


_SCATTERED = {"park": ("park", 12.0), "cemetery": ("cemetery", 12.0), "church": ("church", 11.0)}
_RINGED = {"school": ("yard", 14.0), "sport": ("sport", 12.0), "clinic": ("yard", 15.0), "hall": ("yard", 12.0),
           "market": ("yard", 13.0), "slab": ("yard", 17.0), "farm": ("farm", 17.0),
           "industry": ("yard", 26.0)}  # fmt: skip


def _parks(district: District, graph: RoadNetwork, rng: np.random.Generator) -> Iterator[Row]:
    for piece in district.land.pieces:
        name = piece.name or piece.place
        if piece.kind in _SCATTERED:
            group, step = _SCATTERED[piece.kind]
            group = "wall" if piece.name == "Wallanlagen" else group
            yield _scattered(piece.shape.buffer(-2.0), step, rng), group, "", name
        elif piece.kind in _RINGED:
            group, step = _RINGED[piece.kind]
            yield _around(piece.shape.buffer(-2.5), step, rng), group, "", name
    x = np.arange(450.0, SIZE[0] - 450, 14.0)
    for side in (1, -1):
        bank = shapely.LineString(np.column_stack([x, river_north(x)])).offset_curve(side * 17.0)
        at = rng.uniform(0, bank.length, int(bank.length / 24))
        clump = at[:, None] + rng.normal(0, 14, (len(at), 2))
        points = shapely.get_coordinates(shapely.line_interpolate_point(bank, np.clip(clump.ravel(), 1, bank.length)))
        yield points + rng.normal(0, 1.4, points.shape), "bank", "", "Musterufer"


def _gardens(district: District, graph: RoadNetwork, rng: np.random.Generator) -> Iterator[Row]:
    counts = {"villa": 2.2, "house": 1.6, "new": 0.9, "row": 0.5, "village": 2.0, "garden": 2.4, "core": 0.25}
    for piece in district.land.pieces:
        if piece.kind in counts:
            count = int(rng.poisson(counts[piece.kind] * min(2.5, piece.shape.area / 600)))
            if count:
                west, south, east, north = piece.shape.bounds
                yield rng.uniform((west, south), (east, north), (count, 2)), "garden", "", piece.place
        elif piece.kind in ("forest", "copse"):
            yield _around(piece.shape.buffer(2.0), 24.0, rng), "edge", "", "Waldrand"


def _scattered(shape: BaseGeometry, step: float, rng: np.random.Generator) -> Floats:
    west, south, east, north = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    grid = np.stack(np.meshgrid(np.arange(west, east, step), np.arange(south, north, step)), axis=-1).reshape(-1, 2)
    grid = grid + rng.uniform(-0.42, 0.42, grid.shape) * step
    grid = grid[rng.random(len(grid)) < 0.8]
    inside: Floats = grid[shapely.contains_xy(shape, grid[:, 0], grid[:, 1])]
    return inside


def _around(shape: BaseGeometry, step: float, rng: np.random.Generator) -> Floats:
    found = [np.empty((0, 2))]
    for part in shapely.get_parts(shape):
        ring = part.exterior
        at = np.arange(rng.uniform(0, step), ring.length, step) if ring is not None else np.empty(0)
        at = at[rng.random(len(at)) < 0.8]
        found.append(shapely.get_coordinates(shapely.line_interpolate_point(ring, at)))
    points = np.vstack(found)
    return points + rng.normal(0, 0.6, points.shape)


def _standing(
    points: Floats, groups: list[str], parcel: npt.NDArray[np.int64], district: District, graph: RoadNetwork
) -> npt.NDArray[np.bool_]:
    """Which stand on dry land, off the carriageways and out of the walls."""
    kept = parcel >= 0
    kinds = np.array([district.parcels[i].piece.kind if i >= 0 else "" for i in parcel])
    kept &= ~np.isin(kinds, list(_DRY)) | (np.isin(groups, ("road", "bank", "edge")) & np.isin(kinds, ["arable"]))
    kept &= ~Carriageways(graph).covers(points, 0.45)
    walls, _ = district.footprints.query(shapely.points(points), predicate="dwithin", distance=CLEAR)
    kept[walls] = False
    in_garden = np.array([group == "garden" for group in groups])
    public = np.isin(kinds, ["road", "street", "lane", "track", "square"])
    return kept & ~(in_garden & public)


def _apart(points: Floats, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of trees closer than 2.2 m the first stays."""
    found = kept.copy()
    places = np.where(kept[:, None], points, -1e6 - 1e3 * np.arange(len(points))[:, None])
    shapes = np.asarray(shapely.points(places), dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=2.2)
    found[second[first < second]] = False
    return found


def _room(points: Floats, district: District) -> Floats:
    """Distance to the nearest wall, with a little lenience. [m]"""
    nearest = district.footprints.nearest(shapely.points(points))
    walls = np.asarray(district.footprints.geometries, dtype=object)[nearest]
    room: Floats = shapely.distance(shapely.points(points), walls) + 0.4
    return room


def _registered(
    public: npt.NDArray[np.bool_], at_home: npt.NDArray[np.bool_], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """`COUNT` trees: those on public land first, then some of the others."""
    order = np.argsort(np.where(public, 0.0, 1.0) + rng.random(len(public)) * 0.5 + ~at_home * 9.0, kind="stable")
    found = np.zeros(len(public), bool)
    found[order[:COUNT]] = True
    return found & at_home
