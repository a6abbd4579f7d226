"""The industrial estate between railway and eastern road."""

from __future__ import annotations

import numpy as np
import shapely

from ingest.demo.cutting import blocks, polygons
from ingest.demo.names import INDUSTRY_STREETS
from ingest.demo.places import SEED
from ingest.demo.streets import STREET, Way, railway
from ingest.demo.zones import Zone


def plan() -> tuple[list[Zone], list[Way]]:
    """Zones and ways of the estate, which belongs to Musterstadt."""
    rng = np.random.default_rng([SEED, 40])
    corners = shapely.Polygon(
        [(5950, 5200), (6480, 5210), (6990, 5255), (7180, 5420), (7020, 5830), (6540, 5960), (6080, 5830), (5900, 5520)]
    )
    region = shapely.affinity.scale(corners, 0.84, 0.78, origin=(6300, 5210)).difference(railway().line.buffer(14))
    zones: list[Zone] = []
    ways: list[Way] = []
    names = iter(INDUSTRY_STREETS * 4)
    for part in polygons(region):
        quarters, lines = blocks(part, 34_000, rng, skew=0.03, bend=0.03)
        ways += [
            Way(line, STREET, 13.0, name)
            for cut_line in lines
            for name in [next(names)]
            for line in shapely.get_parts(cut_line)
        ]
        zones += [Zone("industry", quarter, "Musterstadt") for quarter in quarters]
    return zones, ways
