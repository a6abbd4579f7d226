"""The whole district as a partition: every square metre belongs to exactly one piece of a zone or a way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo import country, farm, industry, river, town, village
from ingest.demo.cutting import faces, plots, polygons
from ingest.demo.landscape import outline
from ingest.demo.places import HOUSING_FIELD, OLD_BARN, SEED
from ingest.demo.streets import Way, country_roads, railway, surfaces
from ingest.demo.zones import PLOTS, Zone

GRID = 0.01
"""All corners lie on a grid of this size. [m]"""

SMALLEST = 30.0
"""Smaller remainders are joined to the neighbour they share most border with. [m²]"""


@dataclass(frozen=True)
class Piece:
    """A piece of land that becomes one parcel.

    Attributes
    ----------
    kind : str
        Kind of its zone or way, a key of `ingest.demo.zones.LAND_USE`.
    shape : Polygon
        Corners on the grid; neighbours share all of them.
    place, name : str
        Those of the zone; of a way the name alone.
    quarter : int
        Number of the zone or way that it was cut from.
    """

    kind: str
    shape: shapely.Polygon
    place: str
    name: str
    quarter: int


@dataclass(frozen=True)
class Land:
    """All pieces, and the ways that houses front on."""

    pieces: list[Piece]
    ways: list[Way]


def build() -> Land:
    """Lay out the district."""
    border = outline()
    roads = [railway(), *country_roads()]
    zones, ways = town.plan()
    for plan in (industry.plan, lambda: village.plans(roads[1:])):
        more_zones, more_ways = plan()
        zones, ways = zones + more_zones, ways + more_ways
    site = _building_site(roads)
    water = [river.river_bed(), *river.brooks()]
    farms, drives = farm.plans(roads, [zone.shape for zone in zones + site] + water, border)
    zones = [*zones, *site, *farms, *(Zone("pond", pond) for pond in river.ponds()), *country.woods()]
    wet = [
        Zone("river", water[0], "", river.RIVER_NAME),
        *(Zone("brook", bed, "", name) for bed, name in zip(water[1:], river.BROOK_NAMES, strict=True)),
    ]
    taken = shapely.union_all(
        [zone.shape for zone in zones + wet] + [way.line.buffer(way.width / 2) for way in roads], grid_size=GRID
    )
    fields, tracks = country.fields(border.difference(taken))
    return _partition([*roads, *ways, *drives, *tracks], wet, zones + fields, border)


def _building_site(roads: list[Way]) -> list[Zone]:
    """The field that waits for houses and the barn at its corner, on the road to Ostendorf."""
    road = next(way for way in roads if way.name == "Ostendorfer Straße").line
    at = 0.40 * road.length
    a, b = (np.asarray(road.interpolate(at + step).coords[0]) for step in (-80, 80))
    along = (b - a) / np.hypot(*(b - a))
    inward = np.array([-along[1], along[0]])

    def corner(u: float, v: float) -> tuple[float, float]:
        point = (a + b) / 2 + u * along + v * inward
        return float(point[0]), float(point[1])

    site = shapely.Polygon([corner(-105, -5), corner(95, -5), corner(104, 118), corner(-98, 126)])
    barn = shapely.Polygon([corner(95, 2), corner(146, 3), corner(149, 62), corner(100, 64)])
    return [Zone("site", site, "Musterstadt", HOUSING_FIELD), Zone("barn", barn, "Musterstadt", OLD_BARN)]


def _partition(ways: list[Way], wet: list[Zone], zones: list[Zone], border: shapely.Polygon) -> Land:
    pieces = [Piece("rail", part, "", ways[0].name, 0) for _, part in surfaces(ways[:1], border)]
    pieces += [
        Piece(zone.kind, part, "", zone.name, -1 - n)
        for n, zone in enumerate(wet)
        for part in _lengths(_without(zone.shape.intersection(border), pieces))
    ]
    water_and_rail = shapely.union_all([piece.shape for piece in pieces])
    for index, part in surfaces(ways[1:], border):
        way = ways[1 + index]
        for dry in polygons(part.difference(water_and_rail)):
            pieces.append(Piece(way.kind, dry, "", way.name, 1 + index))
    pieces += _plots(zones, pieces, border, len(ways))
    return Land(_gardens(_noded(pieces, border)), ways)


def _without(shape: BaseGeometry, pieces: list[Piece]) -> BaseGeometry:
    return shape.difference(shapely.union_all([piece.shape for piece in pieces]))


def _gardens(pieces: list[Piece]) -> list[Piece]:
    """Plots that no street reaches are gardens behind the houses."""
    public = shapely.STRtree([piece.shape for piece in pieces if piece.kind in ("road", "street", "lane", "square")])
    found = []
    for piece in pieces:
        fenced = (
            piece.kind in ("villa", "house", "new", "row", "village")
            and not public.query(piece.shape, predicate="intersects").size
        )
        found.append(replace(piece, kind="garden") if fenced else piece)
    return found


def _lengths(shape: BaseGeometry) -> list[shapely.Polygon]:
    """Water in lengths of about a kilometre: a parcel never runs through a whole district."""
    west, south, east, north = shape.bounds
    parts = [shape]
    if east - west > 1500:
        parts = [shape.intersection(shapely.box(x, south, x + 1000, north)) for x in np.arange(west, east, 1000)]
    elif north - south > 1500:
        parts = [shape.intersection(shapely.box(west, y, east, y + 1000)) for y in np.arange(south, north, 1000)]
    return [polygon for part in parts for polygon in polygons(part)]


def _plots(zones: list[Zone], ways: list[Piece], border: shapely.Polygon, first: int) -> list[Piece]:
    rng = np.random.default_rng([SEED, 60])
    above = shapely.STRtree([piece.shape for piece in ways])
    tree = shapely.STRtree([zone.shape for zone in zones])
    found: list[Piece] = []
    for number, zone in enumerate(zones):
        over: list[BaseGeometry] = [ways[int(other)].shape for other in above.query(zone.shape, predicate="intersects")]
        over += [zones[int(other)].shape for other in tree.query(zone.shape, predicate="intersects") if other < number]
        rest = zone.shape.intersection(border)
        rest = rest.difference(shapely.union_all(over)) if over else rest
        for part in polygons(rest):
            whole = zone.kind not in PLOTS or part.area < 150
            cuts = [part] if whole else plots(part, *PLOTS[zone.kind], rng)
            found += [Piece(zone.kind, piece, zone.place, zone.name, first + number) for piece in cuts]
    return found


def _noded(pieces: list[Piece], border: shapely.Polygon) -> list[Piece]:
    """One arrangement of all borders on the grid: neighbours share every corner, nothing overlaps or is left."""
    lines = shapely.union_all([piece.shape.boundary for piece in pieces] + [border.boundary], grid_size=GRID)
    found = faces(lines)
    points = shapely.point_on_surface(found)
    tree = shapely.STRtree([piece.shape for piece in pieces])
    face_of, piece_of = tree.query(points, predicate="within")
    owner = np.full(len(found), -1)
    owner[face_of[::-1]] = piece_of[::-1]
    # What lies beyond the border is no land of ours.
    inside = (owner >= 0) | shapely.contains(border.buffer(GRID), points)
    found = [face for face, kept in zip(found, inside, strict=True) if kept]
    owner = owner[inside]
    return _merged(found, [pieces[index] if index >= 0 else None for index in owner])


def _merged(areas: list[shapely.Polygon], owners: list[Piece | None]) -> list[Piece]:
    """Join remainders to the neighbour with the longest common border."""
    shapes = np.array(areas, dtype=object)
    order = np.argsort(shapely.area(shapes), kind="stable")
    target = list(range(len(areas)))
    tree = shapely.STRtree(shapes)

    def root(index: int) -> int:
        while target[index] != index:
            index = target[index]
        return index

    for index in map(int, order):
        owner = owners[index]
        area = shapes[index].area
        thin = (
            shapely.length(shapes[index]) ** 2 / area > 260
            and owner is not None
            and owner.kind not in ("river", "brook", "rail", "road", "street", "lane", "track")
        )
        if owner is not None and area >= SMALLEST and not (thin and area < 400):
            continue
        near = [int(n) for n in tree.query(shapes[index], predicate="intersects") if root(int(n)) != index]
        if not near:
            continue
        shared = [
            shapely.length(shapely.intersection(shapes[index].boundary, areas[n].boundary))
            * (1.5 if owner and owner.quarter == getattr(owners[n], "quarter", None) else 1.0)
            for n in near
        ]
        target[index] = near[int(np.argmax(shared))]
    members: dict[int, list[int]] = {}
    for index in range(len(areas)):
        members.setdefault(root(index), []).append(index)
    found = []
    for first, parts in sorted(members.items()):
        owner = owners[first]
        assert owner is not None
        shape = areas[first] if len(parts) == 1 else shapely.coverage_union_all([areas[part] for part in parts])
        found += [replace(owner, shape=polygon) for polygon in polygons(shape)]
    return found
