"""Element names of CityGML 1.0, 2.0 and 3.0, as one vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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
    "boundedBy": "boundary",
    "boundary": "boundary",
    "consistsOfBuildingPart": "part",
    "buildingPart": "part",
    "genericAttribute": "wrapped_attribute",
}
_ATTRIBUTES = ("string", "int", "double", "date", "uri", "measure", "code")
_GEOMETRIES = ("Solid", "MultiSurface", "FootPrint", "Surface", "Geometry")
KNOWN = {f"{_OGC}citygml/{version}": version for version in ("1.0", "2.0", "3.0")}
"""Core namespace to version."""


@dataclass(frozen=True)
class Names:
    """The vocabulary of one version, by full element name.

    Attributes
    ----------
    version : str
        ``1.0``, ``2.0`` or ``3.0``.
    gml : str
        Namespace of GML in braces.
    members : tuple of str
        Elements below the root that hold one thing each.
    buildings, parts : frozenset of str
        Buildings; building parts.
    properties : dict of str to str
        What a child of a building says, in words common to all versions.
    attributes : dict of str to str
        Generic attributes to their type: ``string``, ``int``, ``double`` …
    kinds : dict of str to int
        Boundary surfaces to their place in `layers.building_surface.KINDS`.
    lods : dict of str to int
        Geometry properties to their level of detail.
    gml_id, polygon, ring : str
        ``gml:id``, ``gml:Polygon`` and ``gml:posList``.
    """

    version: str
    gml: str
    members: tuple[str, ...]
    buildings: frozenset[str]
    parts: frozenset[str]
    properties: dict[str, str]
    attributes: dict[str, str]
    kinds: dict[str, int]
    lods: dict[str, int]
    gml_id: str
    polygon: str
    ring: str


@cache
def names(version: str) -> Names:
    """The vocabulary of a version."""
    core, building, construction, generics = (
        f"{{{_OGC}citygml/{module}{version}}}" for module in ("", "building/", "construction/", "generics/")
    )
    gml = f"{{{_OGC}gml/3.2}}" if version == "3.0" else f"{{{_OGC}gml}}"
    thematic = (core, building, construction)
    attributes = {f"{generics}{kind}Attribute": kind for kind in _ATTRIBUTES}
    attributes |= {f"{generics}{kind.capitalize()}Attribute": kind for kind in _ATTRIBUTES}
    properties = {f"{space}{local}": word for space in thematic for local, word in _PROPERTIES.items()}
    properties[f"{gml}name"] = "name"
    lods = {f"{space}lod{level}{shape}": level for space in thematic for level in range(5) for shape in _GEOMETRIES}
    return Names(
        version=version,
        gml=gml,
        members=(
            f"{core}cityObjectMember",
            f"{gml}featureMember",
            f"{core}appearanceMember",
            f"{{{_OGC}citygml/appearance/{version}}}appearanceMember",
        ),
        buildings=frozenset({f"{building}Building"}),
        parts=frozenset({f"{building}BuildingPart"}),
        properties=properties,
        attributes=attributes,
        kinds={
            f"{space}{local}": KINDS.index(kind) for space in (building, construction) for local, kind in _KINDS.items()
        },
        lods=lods,
        gml_id=f"{gml}id",
        polygon=f"{gml}Polygon",
        ring=f"{gml}posList",
    )
