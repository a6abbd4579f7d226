"""Element names of CityGML 1.0, 2.0 and 3.0, as one vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from layers.building_surface import KINDS

_OGC = "http://www.opengis.net/"
_KINDS = {
    "WallSurface": "wall",
    "RoofSurface": "roof",
    "GroundSurface": "ground",
    "ClosureSurface": "closure",
    "OuterCeilingSurface": "outer_ceiling",
    "OuterFloorSurface": "outer_floor",
}
_PROPERTIES = {
    "function": "function",
    "roofType": "roof",
    "measuredHeight": "measured_height",
    "height": "height",
    "storeysAboveGround": "storeys",
    "yearOfConstruction": "year",
    "dateOfConstruction": "year",
    "address": "address",
    "creationDate": "created",
    "genericAttribute": "wrapped_attribute",
}
_MODULES = {
    "core": "",
    "bldg": "building/",
    "con": "construction/",
    "gen": "generics/",
    "app": "appearance/",
}
_ATTRIBUTES = ("string", "int", "double", "date", "uri", "measure", "code")
_GEOMETRY = re.compile(r"lod([0-4])(?:(Solid)|MultiSurface|FootPrint|Surface|Geometry)")
KNOWN = {f"{_OGC}citygml/{version}": version for version in ("1.0", "2.0", "3.0")}
"""Core namespace to version."""


@dataclass(frozen=True)
class Names:
    """The vocabulary of one version, by full element name.

    Attributes
    ----------
    version : str
        ``1.0``, ``2.0`` or ``3.0``.
    spaces : dict of str to str
        Prefixes ``core``, ``bldg``, ``con``, ``gen``, ``app`` and ``gml`` to their namespaces.
    members : tuple of str
        Elements below the root that hold one thing each.
    building, part : str
        A building; a building part.
    parts, boundary : str
        What holds a part within its building; what holds a boundary surface.
    properties : dict of str to str
        What a child of a building says, in words common to all versions.
    attributes : dict of str to str
        Generic attributes to their type: ``string``, ``int``, ``double`` …
    gml_id, polygon : str
        ``gml:id`` and ``gml:Polygon``.
    """

    version: str
    spaces: dict[str, str]
    members: tuple[str, ...]
    building: str
    part: str
    parts: str
    boundary: str
    properties: dict[str, str]
    attributes: dict[str, str]
    gml_id: str
    polygon: str

    @property
    def gml(self) -> str:
        """Namespace of GML in braces."""
        return f"{{{self.spaces['gml']}}}"

    def bodies(self, building: etree._Element) -> Iterator[etree._Element]:
        """A building or part and all parts below, each before its own parts, in the order of the file."""
        yield building
        for holder in building.iterchildren(self.parts):
            for part in holder.iterchildren(self.part):
                yield from self.bodies(part)


@dataclass(frozen=True, slots=True)
class Property:
    """What the name of a geometry property, and of the boundary surface that holds it, tell.

    Attributes
    ----------
    level : int
        Level of detail; -1 for what is not read.
    solid : bool
        Whether it is a solid.
    kind : int
        Place of the surface in `layers.building_surface.KINDS`; -1 if no boundary surface holds the property.
    """

    level: int
    solid: bool = False
    kind: int = -1

    @classmethod
    def named(cls, geometry: str, surface: str = "") -> Property:
        """Of the local names of the property and of the surface, which is empty for a body's own geometry."""
        found = _GEOMETRY.fullmatch(geometry)
        kind = _KINDS.get(surface, "")
        if found is None or (surface and not kind):
            return cls(-1)
        return cls(int(found[1]), found[2] is not None, KINDS.index(kind) if kind else -1)


@cache
def names(version: str) -> Names:
    """The vocabulary of a version."""
    spaces = {prefix: f"{_OGC}citygml/{module}{version}" for prefix, module in _MODULES.items()}
    core, building, construction, generics, appearance = (f"{{{space}}}" for space in spaces.values())
    spaces["gml"] = f"{_OGC}gml/3.2" if version == "3.0" else f"{_OGC}gml"
    gml = f"{{{spaces['gml']}}}"
    attributes = {f"{generics}{kind}Attribute": kind for kind in _ATTRIBUTES}
    attributes |= {f"{generics}{kind.capitalize()}Attribute": kind for kind in _ATTRIBUTES}
    properties = {
        f"{space}{local}": word for space in (core, building, construction) for local, word in _PROPERTIES.items()
    }
    properties[f"{gml}name"] = "name"
    return Names(
        version=version,
        spaces=spaces,
        members=(
            f"{core}cityObjectMember",
            f"{gml}featureMember",
            f"{core}appearanceMember",
            f"{appearance}appearanceMember",
        ),
        building=f"{building}Building",
        part=f"{building}BuildingPart",
        parts=f"{building}buildingPart" if version == "3.0" else f"{building}consistsOfBuildingPart",
        boundary=f"{core}boundary" if version == "3.0" else f"{building}boundedBy",
        properties=properties,
        attributes=attributes,
        gml_id=f"{gml}id",
        polygon=f"{gml}Polygon",
    )
