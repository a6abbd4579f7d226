"""Farms in the open country, each with a yard, a drive and a name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.landscape import river_distance
from ingest.demo.names import FARMS
from ingest.demo.places import PLACES, SEED, SIZE
from ingest.demo.streets import TRACK, Way
from ingest.demo.zones import Zone


def plans(
    roads: list[Way], blocked: Sequence[BaseGeometry], outline: shapely.Polygon, count: int = 48
) -> tuple[list[Zone], list[Way]]:
    """Farmyards between 90 and 420 m from a road, far from `blocked` land, with a drive each."""
    rng = np.random.default_rng([SEED, 30])
    lines = [road.line for road in roads if road.kind != "rail"]
    tree = shapely.STRtree(lines)
    obstacles = shapely.STRtree(blocked)
    inner = outline.buffer(-260)
    shapely.prepare(inner)
    zones: list[Zone] = []
    ways: list[Way] = []
    for _ in range(4000):
        if len(zones) == count:
            break
        middle = rng.uniform((0, 0), SIZE)
        point = shapely.Point(middle)
        near = lines[int(tree.nearest(point))]
        foot = near.interpolate(near.project(point))
        distance = foot.distance(point)
        if not inner.contains(point) or not 75 < distance < 420 or abs(river_distance(*middle)) < 230:
            continue
        drive = shapely.LineString([foot, point])
        if obstacles.query(drive.buffer(75), predicate="intersects").size or any(
            zone.shape.distance(point) < 330 for zone in zones
        ):
            continue
        if any(
            np.hypot(middle[0] - place.position[0], middle[1] - place.position[1]) < 26 * place.houses + 120
            for place in PLACES
        ):
            continue
        turn = float(np.degrees(np.arctan2(middle[1] - foot.y, middle[0] - foot.x))) + rng.uniform(-14, 14)
        yard = shapely.affinity.rotate(
            shapely.box(-rng.uniform(34, 52), -rng.uniform(36, 55), rng.uniform(40, 58), rng.uniform(36, 55)),
            turn,
            origin=(0, 0),
        )
        yard = shapely.affinity.translate(yard, *middle)
        name = f"Hof {FARMS[len(zones) % len(FARMS)]}"
        zones.append(Zone("farm", yard, "", name))
        ways.append(
            Way(
                shapely.LineString(
                    [foot, shapely.Point(middle + 0.12 * (middle - np.array([foot.x, foot.y])) / distance)]
                ),
                TRACK,
                4.0,
                "",
            )
        )
    return zones, ways
