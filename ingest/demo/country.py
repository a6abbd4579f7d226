"""The open country: woods, copses, and the fields between tracks."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import Frame, blocks, polygons, strips
from ingest.demo.landscape import blob, river_distance
from ingest.demo.places import SEED, SIZE
from ingest.demo.streets import TRACK, Way
from ingest.demo.zones import Zone

_WOODS = (
    (1100, 6500, 760, 480, 0.5), (4700, 7150, 800, 380, 0.1), (4300, 5950, 330, 210, 1.2), (8350, 6900, 720, 460, 2.4),
    (5700, 6050, 260, 170, 0.4), (8950, 5750, 380, 230, 1.0), (700, 5700, 260, 180, 2.0), (2300, 7500, 420, 200, 2.8),
    (7600, 5750, 230, 130, 0.2), (2500, 2500, 300, 200, 0.8), (5050, 900, 420, 240, 2.6), (8900, 2900, 330, 220, 0.3),
    (650, 3000, 260, 170, 1.7), (6700, 650, 260, 150, 0.9), (4350, 2450, 190, 120, 2.2), (2200, 700, 240, 150, 0.2),
    (9150, 700, 280, 170, 1.1), (6950, 3020, 150, 90, 0.6),
)  # fmt: skip
"""Middle, half axes and direction of the woods."""


def woods() -> list[Zone]:
    """Woods, cut into compartments of about six hectares, and some copses."""
    rng = np.random.default_rng([SEED, 50])
    zones = []
    for east, north, a, b, turn in _WOODS:
        shape = blob((east, north), (a, b), turn, rng)
        zones += [Zone("forest", part) for part in blocks(shape, 62_000, rng, skew=0.2, bend=0.1)[0]]
    for _ in range(45):
        middle = tuple(rng.uniform((300, 300), (SIZE[0] - 300, SIZE[1] - 300)))
        zones.append(Zone("copse", blob(middle, (rng.uniform(18, 60), rng.uniform(9, 16)), rng.uniform(0, 3), rng)))
    return zones


def fields(open_land: BaseGeometry) -> tuple[list[Zone], list[Way]]:
    """Fields and the tracks between them, on all land that is left.

    Meadows lie along the river and on wet ground; fields are cut to strips along their block or across it.
    """
    rng = np.random.default_rng([SEED, 51])
    zones: list[Zone] = []
    ways: list[Way] = []
    for land in sorted(polygons(open_land), key=lambda p: (-p.area, p.centroid.x)):
        parts, lines = blocks(land, 210_000, rng, skew=0.13, bend=0.05)
        ways += [
            Way(line, TRACK, rng.uniform(4.0, 6.0))
            for cut_line in lines
            for line in shapely.get_parts(cut_line)
            if line.length > 60
        ]
        for part in parts:
            zones += _strips(part, rng)
    return zones, ways


def _strips(part: shapely.Polygon, rng: np.random.Generator) -> list[Zone]:
    zones = []
    frame = Frame(part)
    width = float(rng.choice([38.0, 55.0, 75.0, 110.0]))
    along = frame.length < 620 and rng.random() < 0.6
    for strip in strips(part, width, rng, along=along):
        middle = strip.representative_point()
        wet = abs(float(river_distance(middle.x, middle.y))) < 250
        zones.append(Zone("meadow" if wet or rng.random() < 0.13 else "arable", strip))
    return zones
