"""Borders of municipalities as lines on the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from twin.terrain import Terrain
from viewer.scene.ground import Ground
from viewer.scene.tenant import Tenant

if TYPE_CHECKING:
    from twin import Twin

STEP = 50.0
"""Longest straight piece. [m]"""


def borders(twin: Twin, base: float = 0.0) -> list[dict[str, Any]]:
    """Rings of each municipality with heights.

    Parameters
    ----------
    twin : Twin
    base : float
        Height where neither terrain nor a building tells of the ground. [m]

    Returns
    -------
    found : list of dict
        ``ags``, ``name``, ``lines``: rings ``[[east, north, height], …]``. [m]
    """
    terrain = Terrain(twin)
    table = pa.table(twin.table("municipality").project("ags, name, ST_AsWKB(geom) AS geom").order("ags"))
    found = []
    for row in table.to_pylist():
        if not row["geom"]:
            continue
        rings = shapely.get_rings(shapely.segmentize(shapely.from_wkb(row["geom"]), STEP))
        ground = Ground(Tenant(twin, row["ags"]))
        lines = [_raised(shapely.get_coordinates(ring), terrain, ground, base) for ring in rings]
        found.append({"ags": row["ags"], "name": row["name"], "lines": lines})
    return found


def _raised(points: np.ndarray[Any, Any], terrain: Terrain, ground: Ground, base: float) -> list[list[float]]:
    heights = np.asarray(terrain.sample(points[:, 0], points[:, 1]), np.float64)
    gaps = np.isnan(heights)
    heights[gaps] = ground.sample(points[gaps, 0], points[gaps, 1])
    known = np.isfinite(heights)
    if known.any() and not known.all():
        # Between two places with terrain the line goes straight.
        number = np.arange(len(heights))
        heights = np.interp(number, number[known], heights[known])
    elif not known.any():
        heights = np.full(len(heights), base)
    lines: list[list[float]] = np.round(np.column_stack([points, heights]), 2).tolist()
    return lines
