"""Edits: what a planner does to the tables in a scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import shapely
from shapely.geometry import MultiPolygon, Polygon

from twin.errors import ScenarioError
from twin.language import Text
from twin.layer import Layer

STOREY_HEIGHT = 3.0
"""Height of a storey where only storeys are given, the convention for plans in 3D as well. [m]"""

ROOFS: dict[str, str] = {"flat": "1000", "pent": "2100", "gable": "3100", "hip": "3200"}
"""Names of roofs that an added building can have, with their codes (AdV, LoD2)."""

LARGEST_FOOTPRINT = 500_000.0
"""No single building is larger than this; a larger one is a slip of the hand. [m²]"""

HIGHEST = 400.0
"""No added building is higher than this. [m]"""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BAD_NAME = Text(
    "ein Name beginnt mit a-z und hat a-z, 0-9 und _, höchstens 40 Zeichen.",
    "a name is a-z, then a-z, 0-9 and _, 40 characters at most.",
)
_NOT_WKT = Text("der Grundriss ist kein WKT: {problem}", "the footprint is not WKT: {problem}")
_NOT_ONE = Text(
    "ein Grundriss ist ein gültiges Polygon, gefunden {found} ({reason}).",
    "a footprint is one valid polygon, found {found} ({reason}).",
)
_SIZE = Text(
    "ein Grundriss hat 1 bis 500 000 m², gefunden {area:.1f} m².",
    "a footprint has 1 to 500 000 m², found {area:.1f} m².",
)
_NO_HEIGHT = Text("ein Gebäude braucht Geschosse oder eine Höhe.", "a building needs storeys or a height.")
_HEIGHT = Text(
    "eine Höhe liegt zwischen 0 und {highest:.0f} m, Geschosse sind es eines oder mehr.",
    "a height is 0 to {highest:.0f} m, and storeys are one or more.",
)
_ROOF = Text("ein Dach ist eines von {known}, gefunden {found}.", "a roof is one of {known}, found {found}.")
_UNCHANGEABLE = Text(
    "Spalte {column} ist nicht zu ändern; zu ändern sind: {known}.",
    "column {column} cannot be changed; these can: {known}.",
)
_TYPE = Text("{column} ist vom Typ {kind}, gefunden {value!r}.", "{column} is {kind}, found {value!r}.")
_FIXED = frozenset({"building_id", "geom", "ags", "delivery_id", "delivery_part", "lod", "source_object"})


def check_name(name: str) -> str:
    """The name of a scenario, checked: it becomes a schema in SQL and a part of URLs.

    Raises
    ------
    ScenarioError
        If it is not a lower-case letter followed by at most 39 letters, digits and underscores.
    """
    if not _NAME.fullmatch(name):
        raise ScenarioError(scenario=name, problem=_BAD_NAME)
    return name


@dataclass(frozen=True, slots=True)
class AddBuilding:
    """A new building.

    Attributes
    ----------
    footprint : str
        Polygon as WKT in EPSG:25832. [m]
    height : float
        Lowest point to eaves, without the roof. [m]
    storeys : int
        Storeys above ground.
    roof_code : str
        One of the values of `ROOFS`.
    function_code : str
        Code of the building's function, such as ``31001_1010``.
    ground_height : float
        Height of the ground it stands on; see `twin.scenario.site`. [m]
    """

    kind: ClassVar[str] = "add"

    footprint: str
    height: float
    storeys: int
    roof_code: str = "3100"
    function_code: str = "31001_1010"
    ground_height: float = 0.0

    @property
    def polygon(self) -> Polygon:
        """The footprint as a shapely polygon."""
        polygon = shapely.from_wkt(self.footprint)
        assert isinstance(polygon, Polygon)
        return polygon


@dataclass(frozen=True, slots=True)
class RemoveBuilding:
    """A building torn down; its parts, surfaces and mesh go with it.

    Attributes
    ----------
    building_id : str
        The building.
    """

    kind: ClassVar[str] = "remove"

    building_id: str


@dataclass(frozen=True, slots=True)
class ChangeBuilding:
    """An attribute of a building set to another value.

    Attributes
    ----------
    building_id : str
        The building.
    column : str
        Column of the layer ``building``.
    value : str, float, int, bool or None
        The new value, of the column's type.
    """

    kind: ClassVar[str] = "change"

    building_id: str
    column: str
    value: str | float | int | bool | None


Edit = AddBuilding | RemoveBuilding | ChangeBuilding

_KINDS: dict[str, type[AddBuilding] | type[RemoveBuilding] | type[ChangeBuilding]] = {
    kind.kind: kind for kind in (AddBuilding, RemoveBuilding, ChangeBuilding)
}


def to_payload(edit: Edit) -> dict[str, Any]:
    """The edit's values, for JSON; `from_payload` turns them back."""
    return asdict(edit)


def from_payload(kind: str, payload: Mapping[str, Any]) -> Edit:
    """The edit of a kind with the values of `to_payload`."""
    return _KINDS[kind](**payload)


def add_building(
    scenario: str,
    footprint: str,
    *,
    storeys: int | None = None,
    height: float | None = None,
    roof: str = "gable",
    function_code: str = "31001_1010",
) -> AddBuilding:
    """A checked edit that adds a building.

    Parameters
    ----------
    scenario : str
        Name, for error texts.
    footprint : str
        Polygon, or MultiPolygon of one part, as WKT in EPSG:25832; heights are left out. [m]
    storeys, height : int, float, optional
        Storeys above ground; height to the eaves [m]. One of them at least; a storey counts `STOREY_HEIGHT`.
    roof : str
        One of `ROOFS`, by name or code.
    function_code : str
        Code of the function.

    Raises
    ------
    ScenarioError
        If the footprint is no simple polygon or not believable, or neither storeys nor height is given.
    """
    try:
        polygon = shapely.from_wkt(footprint)
    except shapely.errors.GEOSException as problem:
        raise ScenarioError(scenario=scenario, problem=_NOT_WKT.filled(problem=problem)) from None
    polygon = shapely.force_2d(polygon)
    if isinstance(polygon, MultiPolygon) and len(polygon.geoms) == 1:
        # GeoPackages and shapefiles of footprints hold nothing else.
        polygon = polygon.geoms[0]
    if not isinstance(polygon, Polygon) or polygon.is_empty or not polygon.is_valid:
        found = getattr(polygon, "geom_type", "nothing")
        reason = shapely.is_valid_reason(polygon) if polygon is not None else "empty"
        raise ScenarioError(scenario=scenario, problem=_NOT_ONE.filled(found=found, reason=reason))
    if not 1.0 <= polygon.area <= LARGEST_FOOTPRINT:
        raise ScenarioError(scenario=scenario, problem=_SIZE.filled(area=polygon.area))
    if storeys is None and height is None:
        raise ScenarioError(scenario=scenario, problem=_NO_HEIGHT)
    if height is None:
        assert storeys is not None
        height = storeys * STOREY_HEIGHT
    if not (0 < height <= HIGHEST) or (storeys is not None and storeys < 1):
        raise ScenarioError(scenario=scenario, problem=_HEIGHT.filled(highest=HIGHEST))
    if storeys is None:
        storeys = max(1, round(height / STOREY_HEIGHT))
    roof_code = ROOFS.get(roof, roof)
    if roof_code not in ROOFS.values():
        raise ScenarioError(scenario=scenario, problem=_ROOF.filled(known=", ".join(ROOFS), found=roof))
    return AddBuilding(shapely.to_wkt(polygon, rounding_precision=3), height, storeys, roof_code, function_code)


def change_building(scenario: str, layer: Layer, building_id: str, column: str, value: str) -> ChangeBuilding:
    """A checked edit that changes an attribute; `value` is turned into the column's type.

    Raises
    ------
    ScenarioError
        If the column does not exist, may not be changed, or the value is not of its type.
    """
    changeable = [known.name for known in layer.columns if known.name not in _FIXED]
    if column not in changeable:
        problem = _UNCHANGEABLE.filled(column=column, known=", ".join(changeable))
        raise ScenarioError(scenario=scenario, problem=problem)
    kind = layer.column(column).type
    if value == "":
        return ChangeBuilding(building_id, column, None)
    try:
        typed: str | float | int | bool
        if kind in {"DOUBLE", "FLOAT"}:
            typed = float(value.replace(",", "."))
        elif kind in {"INTEGER", "SMALLINT", "BIGINT"}:
            typed = int(value)
        elif kind == "BOOLEAN":
            typed = {"true": True, "false": False}[value.lower()]
        else:
            typed = value
    except (ValueError, KeyError):
        raise ScenarioError(scenario=scenario, problem=_TYPE.filled(column=column, kind=kind, value=value)) from None
    return ChangeBuilding(building_id, column, typed)
