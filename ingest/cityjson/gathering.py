"""Buildings of CityJSON models, gathered until there are enough of them to be computed at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.cityjson.description import clean, common, description
from ingest.cityjson.geometry import Surface, chosen, corners, level, surfaces
from ingest.cityjson.land_use import LandUses
from ingest.cityjson.model import Model
from ingest.format import Reject
from twin.language import Text

_BOUNDARIES = Text(
    "erwartet Listen von Eckpunktnummern, wie der Geometrietyp sie verlangt, gefunden andere.",
    "expected lists of vertex numbers as the type of the geometry wants, found others.",
)
_ORPHAN = Text(
    "erwartet ein Gebäude, zu dem der Gebäudeteil gehört, gefunden keines.",
    "expected a building that the part belongs to, found none.",
)

_TOO_MANY = Text(
    "erwartet eine Fläche mit höchstens {most} Ecken, gefunden mehr.",
    "expected a surface of at most {most} corners, found more.",
)

MOST_CORNERS = 2_000
"""Corners of one surface. No building has so many, and rings that cross themselves cost their square."""

_DEEPEST = 4
"""Parts within parts that are followed up to their building; the standard knows none, and circles must end."""


@dataclass
class Gathering:
    """Buildings and all their polygons in flat lists.

    A *body* is what has a shell of its own: a building, or a part of one.

    Attributes
    ----------
    buildings, bodies : list of dict
        Columns of each.
    building_of_body, lod : list of int
        Of each body; a body without polygons is none.
    points, rings, polygons : list
        Coordinates of each geometry; points of each ring; rings of each polygon.
    body, kind, ids : list
        Of each polygon.
    land_uses : LandUses
        Land use objects beside.
    rejects : list of Reject
        What cannot be used.
    dropped : Counter
        Objects of other kinds.
    """

    buildings: list[dict[str, object]] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    building_of_body: list[int] = field(default_factory=list)
    points: list[NDArray[np.float64]] = field(default_factory=list)
    rings: list[int] = field(default_factory=list)
    polygons: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    land_uses: LandUses = field(default_factory=LandUses)
    rejects: list[Reject] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def taken(self) -> Gathering:
        """What has been gathered, which this one then forgets."""
        full = replace(self)
        self.__init__()  # type: ignore[misc]  # all fields as at the beginning
        return full

    def add(self, model: Model) -> Iterator[None]:
        """Take in all objects of a model; pauses after each building or land use, so that rows may be handed on."""
        types, owners = _owners(model)
        parts: dict[str, list[str]] = {}
        for identity, kind in types.items():
            if kind == "BuildingPart":
                building = _building(identity, types, owners)
                if building is None:
                    self.rejects.append(Reject(clean(identity), str(_ORPHAN), "building_part"))
                else:
                    parts.setdefault(building, []).append(identity)
        for identity, kind in types.items():
            if kind == "Building":
                self._building(identity, model, parts.get(identity, []))
                yield
            elif kind == "LandUse":
                if not self.land_uses.add(clean(identity), model.get(identity), model.vertices):
                    self.dropped[kind] += 1
                yield
            elif kind != "BuildingPart":
                self.dropped[clean(kind)[:80]] += 1

    def _building(self, identity: str, model: Model, parts: list[str]) -> None:
        said = model.get(identity)
        self.buildings.append({"building_id": clean(identity), **description(said)})
        parsed = {part: model.get(part) for part in parts}
        geometries = {part: chosen(found.get("geometry")) for part, found in parsed.items()}
        finest = max((level(one) for found in geometries.values() for one in found), default=-1.0)
        # A footprint or block that stands for the whole is superseded by parts in more detail.
        own = [one for one in chosen(said.get("geometry")) if level(one) >= finest]
        self._body({"part_id": None, **common(said)}, own, model)
        for part, found in parsed.items():
            self._body({"part_id": clean(part), **common(found)}, geometries[part], model)

    def _body(self, columns: dict[str, object], geometries: list[dict[str, Any]], model: Model) -> None:
        body = len(self.bodies)
        self.bodies.append({**columns, "lod": int(level(geometries[0])) if geometries else 0})
        self.building_of_body.append(len(self.buildings) - 1)
        for geometry in geometries:
            try:
                found = self._small(surfaces(geometry), body)
                numbers, lengths = corners([ring for surface in found for ring in surface.rings])
            except (ValueError, RecursionError):
                layer = "building_part" if columns["part_id"] else "building"
                self.rejects.append(Reject(self.name(body), str(_BOUNDARIES), layer))
                continue
            self.points.append(at(numbers, model.vertices))
            self.rings.extend(lengths)
            self.polygons.extend(len(surface.rings) for surface in found)
            self.body.extend([body] * len(found))
            self.kind.extend(surface.kind for surface in found)
            self.ids.extend(clean(surface.identity) for surface in found)

    def _small(self, found: Iterable[Surface], body: int) -> list[Surface]:
        kept = []
        for surface in found:
            if sum(len(ring) for ring in surface.rings if isinstance(ring, list)) <= MOST_CORNERS:
                kept.append(surface)
            else:
                feature = clean(surface.identity) or self.name(body)
                self.rejects.append(Reject(feature, _TOO_MANY.format(most=MOST_CORNERS), "building_surface"))
        return kept

    def name(self, body: int) -> str:
        """Id of a body: its part's, else its building's."""
        return str(self.bodies[body]["part_id"] or self.buildings[self.building_of_body[body]]["building_id"])


def at(numbers: NDArray[np.int64], vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coordinates of vertices, shape (n, 3); NaN for a number that no vertex has."""
    known = (numbers >= 0) & (numbers < len(vertices))
    if known.all():
        return vertices[numbers]
    found = np.full((len(numbers), 3), np.nan)
    found[known] = vertices[numbers[known]]
    return found


def _owners(model: Model) -> tuple[dict[str, str], dict[str, str]]:
    """Type of each object, and for parts which object they belong to: as they say, else as that says."""
    types: dict[str, str] = {}
    owners: dict[str, str] = {}
    claimed: dict[str, str] = {}
    for identity in model.ids:
        said = model.get(identity)
        types[identity] = str(said.get("type", "–"))
        parents, children = said.get("parents"), said.get("children")
        if isinstance(parents, list) and parents and isinstance(parents[0], str):
            owners[identity] = parents[0]
        for child in children if isinstance(children, list) else []:
            if isinstance(child, str):
                claimed.setdefault(child, identity)
    return types, {**claimed, **owners}


def _building(part: str, types: dict[str, str], owners: dict[str, str]) -> str | None:
    """Building that a part belongs to, through other parts if need be."""
    identity = part
    for _ in range(_DEEPEST):
        identity = owners.get(identity, "")
        if types.get(identity) != "BuildingPart":
            break
    return identity if types.get(identity) == "Building" else None
