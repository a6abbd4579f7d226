"""Footpaths and cycle paths, which are no land of their own: along the river, around the wall, through the woods."""

from __future__ import annotations

import numpy as np
import shapely

from ingest.demo.cutting import Frame
from ingest.demo.district import District
from ingest.demo.landscape import river_north
from ingest.demo.places import SIZE
from ingest.demo.streets import smooth, wall

RIVER_PATH = "Musterradweg"
WALL_PATH = "Wallpromenade"


def footpaths(district: District) -> list[tuple[shapely.LineString, float, str]]:
    """Line, width [m] and name of each path."""
    x = np.arange(500.0, SIZE[0] - 499.0, 20.0)
    bank = shapely.LineString(np.column_stack([x, river_north(x)])).offset_curve(26.0).simplify(0.4)
    found = [(shapely.LineString(bank.coords), 2.5, RIVER_PATH)]
    found.append((shapely.LineString(wall(1.07, np.linspace(0, 360, 73)).round(2)), 3.0, WALL_PATH))
    for piece in district.pieces("forest"):
        # A ride along every other compartment of the woods, out to the tracks around it.
        if piece.quarter % 2 and piece.shape.area > 25_000:
            frame = Frame(piece.shape)
            ride = frame.lengthwise(0.0).intersection(piece.shape)
            longest = max(shapely.get_parts(ride), key=lambda part: part.length)
            a, b = np.asarray(longest.coords[0]), np.asarray(longest.coords[-1])
            middle = (a + b) / 2 + 0.06 * np.array([-(b - a)[1], (b - a)[0]])
            found.append((smooth(np.array([a, middle, b])), 2.0, ""))
    return found
