"""Extrusion of footprints to LoD1, many at once, against trimesh one by one.

Both make closed bodies of triangles with the same volumes; ours know their surfaces as well. A second row goes on to
the rows that the twin stores: shells checked, areas and azimuths of all surfaces, meshes as lists.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import shapely
import trimesh
from numpy.typing import NDArray

from bench.measuring import Timed, take_turns
from bench.row import Row, rate
from twin.geometry.buildings import building_tables
from twin.geometry.extrusion import extrude
from twin.geometry.triangulation import triangulate

FOOTPRINTS = 20_000
HEIGHT = 6.0


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Footprints a second; goal fifty times the peer."""
    count = int(FOOTPRINTS * scale)
    ours, peer = take_turns([(bodies, (count,)), (trimeshes, (count,))], runs=2)
    if not np.isclose(ours.result, peer.result, rtol=1e-6):
        raise RuntimeError(f"extrusion and its peer differ: {ours.result} and {peer.result} m³")
    whole, same = take_turns([(tables, (count,)), (trimeshes, (count,))], runs=1)
    against = "trimesh.creation.extrude_polygon"
    return [
        rate(
            f"{count:,} footprints to closed bodies of triangles", count, "footprints", (ours, peer), against, goal=50.0
        ),
        rate("the same to stored rows: surfaces, azimuths, meshes", count, "footprints", (whole, same), against),
    ]


def outlines(count: int) -> NDArray[np.object_]:
    """Houses: three of five rectangles, two L-shaped, one of fifty with a courtyard; turned and scattered."""
    chance = np.random.default_rng(12)
    shapes = []
    for number in range(count):
        wide, deep = chance.uniform(8, 20, 2)
        shape = shapely.box(0, 0, wide, deep)
        if number % 50 == 5:
            shape = shape.difference(shapely.box(wide * 0.3, deep * 0.3, wide * 0.7, deep * 0.7))
        elif number % 5 in (3, 4):
            shape = shape.difference(shapely.box(wide * 0.5, deep * 0.6, wide + 1, deep + 1))
        shapes.append(shape)
    found = np.array(shapes, object)
    angle = chance.uniform(0, np.pi, count)
    place = chance.uniform(0, 10_000, (count, 2))
    owner = shapely.get_coordinates(found, return_index=True)[1]
    cosine, sine = np.cos(angle)[owner], np.sin(angle)[owner]

    def turned(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = np.column_stack([xy[:, 0] * cosine - xy[:, 1] * sine, xy[:, 0] * sine + xy[:, 1] * cosine])
        return moved + place[owner]

    moved: NDArray[np.object_] = shapely.transform(found, turned)
    return moved


def bodies(count: int) -> tuple[Timed, float]:
    """Seconds of our extrusion and triangulation, and the volume of the triangles. [m³]"""
    shapes = outlines(count)
    triangulate(extrude(shapes[:10], 0.0, HEIGHT, HEIGHT).surfaces)
    start = time.perf_counter()
    solids = extrude(shapes, 0.0, HEIGHT, HEIGHT)
    faces, _ = triangulate(solids.surfaces)
    seconds = time.perf_counter() - start
    a, b, c = (solids.surfaces.points[faces[:, corner]] for corner in range(3))
    return Timed(seconds), float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def tables(count: int) -> tuple[Timed, float]:
    """Seconds to the rows that the twin stores, and their volume. [m³]"""
    shapes = outlines(count)
    keys = [str(number) for number in range(count)]
    building_tables(extrude(shapes[:10], 0.0, HEIGHT, HEIGHT), {"building_id": keys[:10]})
    start = time.perf_counter()
    found = building_tables(extrude(shapes, 0.0, HEIGHT, HEIGHT), {"building_id": keys})
    return Timed(time.perf_counter() - start), float(np.sum(found.building.column("volume").to_numpy()))


def trimeshes(count: int) -> tuple[Timed, float]:
    """Seconds of the peer, and its volume. [m³]"""
    shapes = outlines(count)
    trimesh.creation.extrude_polygon(shapes[0], HEIGHT)
    start = time.perf_counter()
    found = [trimesh.creation.extrude_polygon(shape, HEIGHT) for shape in shapes]
    seconds = time.perf_counter() - start
    return Timed(seconds), float(sum(mesh.volume for mesh in found))
