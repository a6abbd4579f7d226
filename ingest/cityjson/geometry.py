"""Geometry of a CityJSON object: which of its representations is taken, and its surfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers.building_surface import KINDS
from twin.geometry.solid import GROUND, UNKNOWN

FINEST = 2.2
"""Level of detail beyond which roofs have overhangs and openings that no table needs: it is taken only if alone."""

_NESTING = {"MultiSurface": 0, "CompositeSurface": 0, "Solid": 1, "MultiSolid": 2, "CompositeSolid": 2}
"""Lists around the surfaces of a geometry."""

_KINDS = {
    "WallSurface": "wall",
    "RoofSurface": "roof",
    "GroundSurface": "ground",
    "ClosureSurface": "closure",
    "OuterCeilingSurface": "outer_ceiling",
    "OuterFloorSurface": "outer_floor",
}
_CODES = {name: KINDS.index(kind) for name, kind in _KINDS.items()}
_INSIDE = {"InteriorWallSurface", "CeilingSurface", "FloorSurface"}


class Surface(NamedTuple):
    """One polygon.

    Attributes
    ----------
    rings : list of list
        Numbers of vertices; the first ring is the outer one. Not checked.
    kind : int
        Place in `layers.building_surface.KINDS`, or `twin.geometry.solid.UNKNOWN`.
    identity : str
        Id that the semantic surface has; empty if none.
    """

    rings: list[Any]
    kind: int
    identity: str


def level(geometry: dict[str, Any]) -> float:
    """Level of detail, 0 where it is not told. [1]"""
    try:
        found = float(str(geometry.get("lod", 0)))
    except ValueError:
        return 0.0
    return found if 0 <= found < 10 else 0.0


def chosen(geometries: Any) -> list[dict[str, Any]]:
    """The best representation of an object: the finest up to `FINEST`, else the coarsest beyond; with semantics first.

    A solid and a multi-surface of one level are the same surfaces twice, so only one of the two is taken.
    """
    listed = geometries if isinstance(geometries, list) else []
    usable = [one for one in listed if isinstance(one, dict) and str(one.get("type")) in _NESTING]
    if not usable:
        return []
    best = max(map(_rank, usable))
    return [one for one in usable if _rank(one) == best]


def _rank(geometry: dict[str, Any]) -> tuple[bool, float, bool, int]:
    detail = level(geometry)
    fine = detail <= FINEST
    return fine, detail if fine else -detail, bool(geometry.get("semantics")), _NESTING[geometry["type"]]


def surfaces(geometry: dict[str, Any]) -> Iterator[Surface]:
    """Surfaces of a geometry with their kinds; interior ones are left out.

    Raises
    ------
    ValueError
        If the lists do not nest as the type wants.
    """
    semantics = geometry.get("semantics")
    semantics = semantics if isinstance(semantics, dict) else {}
    described = semantics.get("surfaces")
    described = described if isinstance(described, list) else []
    unknown = GROUND if level(geometry) < 1 else UNKNOWN
    seen: set[int] = set()
    for rings, number in _flat(geometry.get("boundaries"), semantics.get("values"), _NESTING[geometry["type"]]):
        if not isinstance(rings, list) or not rings:
            raise ValueError("boundaries")
        if not (isinstance(number, int) and 0 <= number < len(described)):
            yield Surface(rings, unknown, "")
            continue
        said = described[number] if isinstance(described[number], dict) else {}
        if said.get("type") in _INSIDE:
            continue
        identity = said.get("id")
        first = number not in seen
        seen.add(number)
        yield Surface(rings, _kind(said, described, unknown), identity if first and isinstance(identity, str) else "")


def _kind(said: dict[str, Any], described: list[Any], unknown: int) -> int:
    """A surface's kind; of a window or door, that of the wall or roof it is in."""
    kind = _CODES.get(str(said.get("type")))
    parent = said.get("parent")
    if kind is None and isinstance(parent, int) and 0 <= parent < len(described):
        above = described[parent]
        kind = _CODES.get(str(above.get("type"))) if isinstance(above, dict) else None
    return unknown if kind is None else kind


def _flat(boundaries: Any, values: Any, nesting: int) -> Iterator[tuple[Any, Any]]:
    if not isinstance(boundaries, list):
        raise ValueError("boundaries")
    for place, inner in enumerate(boundaries):
        value = values[place] if isinstance(values, list) and place < len(values) else None
        if nesting:
            yield from _flat(inner, value, nesting - 1)
        else:
            yield inner, value


def corners(rings: list[Any]) -> tuple[NDArray[np.int64], list[int]]:
    """Numbers of the vertices of all rings, one after another, and how many each ring has.

    Raises
    ------
    ValueError
        If they are not integers.
    """
    lengths: list[int] = []
    numbers: list[int] = []
    for ring in rings:
        if not isinstance(ring, list):
            raise ValueError("boundaries")
        lengths.append(len(ring))
        numbers.extend(ring)
    if not set(map(type, numbers)) <= {int}:
        raise ValueError("boundaries")
    try:
        return np.array(numbers, np.int64), lengths
    except OverflowError:
        # What no array index can be is no vertex either.
        return np.array([number if -1 < number < 1 << 62 else -1 for number in numbers], np.int64), lengths
