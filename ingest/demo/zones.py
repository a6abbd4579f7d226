"""A zone: land of one kind, before it is cut into parcels."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Zone:
    """Land of one kind.

    Attributes
    ----------
    kind : str
        What stands or grows here, a key of `PLOTS`.
    shape : Polygon or MultiPolygon
        Where it is; earlier zones and all ways are taken out of it.
    place : str
        Name of the place that it belongs to; empty in the open country.
    name : str
        A name of its own, such as a farm's.
    """

    kind: str
    shape: BaseGeometry
    place: str = ""
    name: str = ""


PLOTS: dict[str, tuple[float, float]] = {
    "core": (10.5, 26.0),
    "villa": (19.0, 38.0),
    "house": (19.5, 33.0),
    "new": (17.5, 28.0),
    "row": (7.6, 30.0),
    "slab": (62.0, 46.0),
    "village": (25.0, 58.0),
    "industry": (68.0, 82.0),
}
"""Width along the street and depth of the plots of a kind; kinds that are not here stay whole. [m]"""

LAND_USE: dict[str, tuple[str, str]] = {
    "core": ("AX_FlaecheGemischterNutzung", "2120"),
    "villa": ("AX_Wohnbauflaeche", ""),
    "house": ("AX_Wohnbauflaeche", ""),
    "new": ("AX_Wohnbauflaeche", ""),
    "row": ("AX_Wohnbauflaeche", ""),
    "slab": ("AX_Wohnbauflaeche", ""),
    "village": ("AX_FlaecheGemischterNutzung", "2730"),
    "barn": ("AX_FlaecheGemischterNutzung", "2720"),
    "farm": ("AX_FlaecheGemischterNutzung", "2730"),
    "industry": ("AX_IndustrieUndGewerbeflaeche", "1700"),
    "market": ("AX_IndustrieUndGewerbeflaeche", "1440"),
    "church": ("AX_FlaecheBesondererFunktionalerPraegung", "1140"),
    "school": ("AX_FlaecheBesondererFunktionalerPraegung", "1120"),
    "hall": ("AX_FlaecheBesondererFunktionalerPraegung", "1110"),
    "clinic": ("AX_FlaecheBesondererFunktionalerPraegung", "1150"),
    "sport": ("AX_SportFreizeitUndErholungsflaeche", "4120"),
    "park": ("AX_SportFreizeitUndErholungsflaeche", "4420"),
    "garden": ("AX_SportFreizeitUndErholungsflaeche", "4460"),
    "cemetery": ("AX_Friedhof", ""),
    "square": ("AX_Platz", "5340"),
    "station": ("AX_Bahnverkehr", "2321"),
    "rail": ("AX_Bahnverkehr", "1100"),
    "river": ("AX_Fliessgewaesser", "8200"),
    "brook": ("AX_Fliessgewaesser", "8500"),
    "pond": ("AX_StehendesGewaesser", "8620"),
    "forest": ("AX_Wald", "1300"),
    "copse": ("AX_Gehoelz", ""),
    "arable": ("AX_Landwirtschaft", "1010"),
    "meadow": ("AX_Landwirtschaft", "1020"),
    "site": ("AX_Landwirtschaft", "1010"),
    "road": ("AX_Strassenverkehr", ""),
    "street": ("AX_Strassenverkehr", ""),
    "lane": ("AX_Strassenverkehr", ""),
    "track": ("AX_Weg", "5212"),
}
"""Object class and code (``vegetationsmerkmal``, ``funktion`` or ``artDer…``) of a kind of land."""
