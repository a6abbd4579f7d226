"""Gathered buildings to rows: coordinates, choice of the level of detail, rejects, tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.citygml.description import Description
from ingest.citygml.gathering import Gathering
from ingest.format import Reject
from twin.geometry.buildings import Tables, building_tables
from twin.geometry.crs import Reference
from twin.geometry.solid import Solids
from twin.geometry.surface import Surfaces, cleaned, offsets
from twin.language import Text

_FARTHEST = 1e8
"""No easting, northing or height is larger; what is, is damage. [m]"""

_LOD4 = 8
_NO_COORDINATES = Text(
    "Zeile {line}: erwartet Ringe aus mindestens drei Punkten mit je drei Zahlen, gefunden {found} Zahlen.",
    "Line {line}: expected rings of at least three points with three numbers each, found {found} numbers.",
)
_NO_AREA = Text(
    "Zeile {line}: erwartet eine Fläche, gefunden Punkte ohne Ausdehnung oder außerhalb des Koordinatensystems.",
    "Line {line}: expected an area, found points without extent or outside of the coordinate reference system.",
)
_NO_GEOMETRY = Text(
    "Zeile {line}: erwartet Flächen in LoD 0 bis 3, gefunden keine brauchbare.",
    "Line {line}: expected surfaces in LoD 0 to 3, found none that can be used.",
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
    """Rows of all gathered buildings, with coordinates in the store's CRS.

    Of each body the best level of detail is taken, LoD 3 before 2 before 1 before 0, never two; within it the boundary
    surfaces, or what the solid or multi-surface holds where there are none.
    """
    surfaces, polygon, rejects = _surfaces(gathered, reference)
    bodies, sizes = np.unique(gathered.body[polygon], return_counts=True)
    rejects += _without_geometry(gathered, bodies)
    if not len(bodies):
        return Rows(None, rejects)
    building = gathered.building_of_body[bodies]
    buildings, starts = np.unique(building, return_index=True)
    solids = Solids(surfaces, gathered.kind[polygon].astype(np.uint8), offsets(sizes))
    level = gathered.rank[polygon[solids.bodies[:-1]]] // 2
    corner = surfaces.points[surfaces.corners[solids.bodies[:-1]]]
    tables = building_tables(
        solids,
        _columns(gathered, buildings, corner[starts]),
        groups=np.append(starts, len(bodies)),
        bodies=_body_columns(gathered, bodies, corner) | {"lod": level},
        surface_ids=gathered.transcript.ids.take(pa.array(polygon)),
    )
    return Rows(tables, rejects)


def _surfaces(gathered: Gathering, reference: Reference) -> tuple[Surfaces, NDArray[np.int64], list[Reject]]:
    """Usable polygons of the chosen levels of detail, their numbers among the gathered ones, and what is unusable."""
    values, of_ring = gathered.transcript.values, gathered.transcript.counts
    polygon_of_ring = gathered.transcript.polygon_of_ring
    count = len(gathered.body)
    chosen = _best(gathered)
    usable = (of_ring % 3 == 0) & (of_ring >= 9)
    whole = np.bincount(polygon_of_ring[usable], minlength=count) == np.bincount(polygon_of_ring, minlength=count)
    whole &= np.bincount(polygon_of_ring, minlength=count) > 0
    taken = chosen & whole
    in_ring = taken[polygon_of_ring] if count else np.zeros(0, bool)
    points = values[np.repeat(in_ring, of_ring)].reshape(-1, 3)
    points = np.column_stack([reference.to_store(points[:, 0], points[:, 1]), points[:, 2]])
    points[~(np.abs(points) < _FARTHEST).all(axis=1)] = np.nan
    raw = Surfaces(
        points,
        offsets(of_ring[in_ring] // 3),
        offsets(np.bincount(polygon_of_ring[in_ring], minlength=count)[taken]),
    )
    clean, kept = cleaned(raw)
    numbers_taken = np.flatnonzero(taken)
    rejects = [
        _reject(gathered, number, _NO_COORDINATES, int(of_ring[polygon_of_ring == number].sum()))
        for number in np.flatnonzero(chosen & ~whole).tolist()
    ]
    lost = np.ones(len(numbers_taken), bool)
    lost[kept] = False
    rejects += [_reject(gathered, number, _NO_AREA) for number in numbers_taken[lost].tolist()]
    return clean, numbers_taken[kept], rejects


def _best(gathered: Gathering) -> NDArray[np.bool_]:
    """Which polygons belong to the best representation of their body."""
    usable = np.where(gathered.rank < _LOD4, gathered.rank, -1)
    best = np.full(len(gathered.bodies), -1)
    np.maximum.at(best, gathered.body, usable)
    found: NDArray[np.bool_] = (usable == best[gathered.body]) & (usable >= 0)
    return found


def _without_geometry(gathered: Gathering, bodies: NDArray[np.int64]) -> list[Reject]:
    present = np.zeros(len(gathered.bodies), bool)
    present[bodies] = True
    building_of_body = gathered.building_of_body
    alive = np.bincount(building_of_body[bodies], minlength=len(gathered.buildings)) > 0
    rejects = []
    for number in np.flatnonzero(~present).tolist():
        is_part = gathered.transcript.is_part[number]
        # A parent whose parts have the surfaces has none of its own.
        if is_part or not alive[building_of_body[number]]:
            said = gathered.bodies[number]
            layer = "building_part" if is_part else "building"
            rejects.append(Reject(_feature(said.feature, said.line), _NO_GEOMETRY.format(line=said.line), layer))
    return rejects


def _reject(gathered: Gathering, polygon: int, reason: Text, found: int = 0) -> Reject:
    line = gathered.line[polygon]
    return Reject(
        _feature(gathered.transcript.ids[polygon].as_py(), line),
        reason.format(line=line, found=found),
        "building_surface",
    )


def _feature(identity: str, line: int) -> str:
    return identity or f"line {line}"


def _columns(gathered: Gathering, buildings: NDArray[np.int64], corner: NDArray[np.float64]) -> dict[str, object]:
    said = [gathered.buildings[number] for number in buildings.tolist()]
    return {
        **_common(said),
        "building_id": [_identity(one.feature, place) for one, place in zip(said, corner.tolist(), strict=True)],
        "ags": [one.ags for one in said],
        "address": ["; ".join(one.addresses) or None for one in said],
        "name": [one.name for one in said],
        "year_of_construction": [one.year for one in said],
        "height_source": [one.height_source for one in _with_height_source(gathered, said, buildings)],
        "attributes": [one.attributes_json() for one in said],
    }


def _with_height_source(
    gathered: Gathering, said: list[Description], buildings: NDArray[np.int64]
) -> list[Description]:
    """Each building, or its first part where only the parts say where their height comes from."""
    silent = {number for number, one in zip(buildings.tolist(), said, strict=True) if one.height_source is None}
    spoken: dict[int, Description] = {}
    if silent:
        for number, part in zip(gathered.building_of_body.tolist(), gathered.bodies, strict=True):
            if number in silent and part.height_source is not None:
                spoken.setdefault(number, part)
    return [spoken.get(number, one) for number, one in zip(buildings.tolist(), said, strict=True)]


def _body_columns(gathered: Gathering, bodies: NDArray[np.int64], corner: NDArray[np.float64]) -> dict[str, object]:
    said = [gathered.bodies[number] for number in bodies.tolist()]
    is_parts = gathered.transcript.is_part[bodies].tolist()
    return {
        **_common(said),
        "part_id": [
            _identity(one.feature, place) if is_part else None
            for is_part, one, place in zip(is_parts, said, corner.tolist(), strict=True)
        ],
    }


def _common(said: list[Description]) -> dict[str, object]:
    return {
        "function_code": [one.function_code for one in said],
        "roof_code": [one.roof_code for one in said],
        "measured_height": [one.measured_height for one in said],
        "storeys_above_ground": [one.storeys for one in said],
    }


def _identity(given: str, place: list[float]) -> str:
    """The source's id, or one made of the place, which a later delivery of the same building makes again."""
    return given or f"E{place[0]:.2f}N{place[1]:.2f}"
