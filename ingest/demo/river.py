"""Water of the demo: the river, two brooks, ponds."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.landscape import blob, brook_east, river_north
from ingest.demo.places import SEED, SIZE

RIVER_NAME = "Muster"
BROOK_NAMES = ("Hainbach", "Lohbach")


def river_line() -> shapely.LineString:
    """Middle of the river, from west to east."""
    x = np.arange(-100.0, SIZE[0] + 101.0, 25.0)
    return shapely.LineString(np.column_stack([x, river_north(x)]))


def river_bed() -> BaseGeometry:
    """The river between its banks, 19 to 25 m wide."""
    return river_line().buffer(11.0, quad_segs=3).simplify(0.25)


def brooks() -> list[BaseGeometry]:
    """The brooks between their banks, from the river to the border."""
    north = np.arange(0.0, SIZE[1] + 1.0, 20.0)
    beds = []
    for which, bounds in ((0, (2900.0, float(SIZE[1]))), (1, (-50.0, 4300.0))):
        y = north[(north >= bounds[0]) & (north <= bounds[1])]
        line = shapely.LineString(np.column_stack([brook_east(y, which), y]))
        beds.append(line.intersection(_half(which)).buffer(2.2, quad_segs=2).simplify(0.2).difference(river_bed()))
    return beds


def _half(which: int) -> shapely.Polygon:
    """The land on one side of the river: 0 its north, 1 its south."""
    line = np.asarray(river_line().coords)
    edge = SIZE[1] + 500.0 if which == 0 else -500.0
    return shapely.Polygon([*line, (line[-1, 0], edge), (line[0, 0], edge)])


def ponds() -> list[shapely.Polygon]:
    """Ponds and old river arms in the meadows."""
    rng = np.random.default_rng([SEED, 2])
    found = []
    for east, offset, radii in (
        (700, 150, (70, 24)),
        (2500, -170, (85, 26)),
        (3350, 130, (45, 20)),
        (6700, 165, (95, 30)),
        (7300, -140, (60, 22)),
        (9000, 120, (50, 26)),
    ):
        found.append(blob((east, float(river_north(east)) + offset), radii, rng.uniform(-0.3, 0.3), rng))
    return found
