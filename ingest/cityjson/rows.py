"""Gathered buildings to rows: coordinates, rejects, tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.cityjson.gathering import Gathering
from ingest.format import Reject
from twin.geometry.buildings import Tables, building_tables
from twin.geometry.crs import Reference
from twin.geometry.solid import Solids
from twin.geometry.surface import Surfaces, cleaned, offsets
from twin.language import Text

_FARTHEST = 1e8
"""No easting, northing or height is larger; what is, is damage. [m]"""

_NO_AREA = Text(
    "erwartet eine Fläche aus bekannten Eckpunkten, gefunden Punkte ohne Ausdehnung, ohne Zahlen oder außerhalb des "
    "Koordinatensystems.",
    "expected an area of known vertices, found points without extent, without numbers, or outside of the coordinate "
    "reference system.",
)
_NO_GEOMETRY = Text(
    "erwartet Flächen (Solid, MultiSurface), gefunden keine brauchbare.",
    "expected surfaces (Solid, MultiSurface), found none that can be used.",
)


@dataclass(frozen=True)
class Rows:
    """What became of the gathered buildings.

    Attributes
    ----------
    tables : Tables or None
        The rows; None if no building could be used.
    rejects : list of Reject
        What could not be used.
    """

    tables: Tables | None
    rejects: list[Reject]


def rows(gathered: Gathering, reference: Reference) -> Rows:
    """Rows of all gathered buildings, with coordinates in the store's CRS."""
    surfaces, polygon, rejects = _surfaces(gathered, reference)
    body = np.array(gathered.body, np.int64)[polygon]
    bodies, sizes = np.unique(body, return_counts=True)
    rejects += _without_geometry(gathered, bodies)
    if not len(bodies):
        return Rows(None, rejects)
    building_of_body = np.array(gathered.building_of_body, np.int64)[bodies]
    buildings, starts = np.unique(building_of_body, return_index=True)
    solids = Solids(surfaces, np.array(gathered.kind, np.uint8)[polygon], offsets(sizes))
    tables = building_tables(
        solids,
        _columns([gathered.buildings[number] for number in buildings.tolist()]) | _origin(len(buildings)),
        groups=np.append(starts, len(bodies)),
        bodies=_columns([gathered.bodies[number] for number in bodies.tolist()]),
        surface_ids=[gathered.ids[number] for number in polygon.tolist()],
    )
    return Rows(tables, rejects)


def _surfaces(gathered: Gathering, reference: Reference) -> tuple[Surfaces, NDArray[np.int64], list[Reject]]:
    """Usable polygons, their numbers among the gathered ones, and what is unusable."""
    points = np.concatenate([np.zeros((0, 3)), *gathered.points])
    points = np.column_stack([reference.to_store(points[:, 0], points[:, 1]), points[:, 2]])
    points[~(np.abs(points) < _FARTHEST).all(axis=1)] = np.nan
    raw = Surfaces(points, offsets(np.array(gathered.rings, np.int64)), offsets(np.array(gathered.polygons, np.int64)))
    clean, kept = cleaned(raw)
    lost = np.ones(len(gathered.ids), bool)
    lost[kept] = False
    rejects = [
        Reject(gathered.ids[number] or gathered.name(gathered.body[number]), str(_NO_AREA), "building_surface")
        for number in np.flatnonzero(lost).tolist()
    ]
    return clean, kept, rejects


def _without_geometry(gathered: Gathering, bodies: NDArray[np.int64]) -> list[Reject]:
    present = np.zeros(len(gathered.bodies), bool)
    present[bodies] = True
    building_of_body = np.array(gathered.building_of_body, np.int64)
    alive = np.bincount(building_of_body[bodies], minlength=len(gathered.buildings)) > 0
    rejects = []
    for number in np.flatnonzero(~present).tolist():
        is_part = gathered.bodies[number]["part_id"] is not None
        # A building whose parts have the surfaces has none of its own.
        if is_part or not alive[building_of_body[number]]:
            rejects.append(Reject(gathered.name(number), str(_NO_GEOMETRY), "building_part" if is_part else "building"))
    return rejects


def _columns(said: list[dict[str, object]]) -> dict[str, list[object]]:
    return {name: [one[name] for one in said] for name in said[0]}


def _origin(count: int) -> dict[str, list[object]]:
    return {"source_object": ["citygml"] * count}
