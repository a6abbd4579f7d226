"""Shells that came inside out: said of each building, for the finished rows no longer tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ingest.checks.solid import CHECK
from ingest.finding import Finding
from twin.geometry.buildings import Tables


def turned_shells(tables: Tables) -> Iterator[Finding]:
    """A finding for each body whose faces were turned outward."""
    problem = CHECK.problems["inverted"]
    solids = tables.shells.solids
    ids = tables.building_surface.column("building_id")
    for body in np.flatnonzero(tables.shells.turned).tolist():
        polygon = int(solids.bodies[body])
        east, north, _ = solids.surfaces.points[solids.surfaces.corners[polygon]].tolist()
        yield Finding(
            "solid.inverted",
            problem.severity,
            "building",
            str(ids[polygon].as_py()),
            problem.sentence,
            round(east, 3),
            round(north, 3),
            advice=problem.advice,
        )
