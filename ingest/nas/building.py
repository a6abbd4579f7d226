"""AX_Gebaeude as a row of the layer building: the footprint of the cadastre, without height or volume."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from ingest.nas import value
from ingest.nas.reader import Object
from twin.reference import codes

_FURTHER = (
    "bauweise",
    "zustand",
    "anzahlDerUnterirdischenGeschosse",
    "grundflaeche",
    "geschossflaeche",
    "umbauterRaum",
    "hochhaus",
    "lageZurErdoberflaeche",
    "dachart",
    "dachgeschossausbau",
)
"""Attributes that a planner would use and no column has; none of them can hold a name."""


def row(found: Object) -> dict[str, Any]:
    """Attributes of a building; ``_links`` are its Lagebezeichnungen with house number."""
    element = found.element
    function, roof = value.code(element, "gebaeudefunktion"), value.code(element, "dachform")
    return {
        "building_id": found.identifier,
        "function_code": f"31001_{function}" if function else None,
        "function": _name("building_function", f"31001_{function}", function),
        "roof_code": roof,
        "roof_type": _name("roof_type", roof, roof),
        "measured_height": _height(found),
        "storeys_above_ground": value.whole(element, "anzahlDerOberirdischenGeschosse"),
        "part_count": 0,
        "address": None,
        "name": value.text(element, "name"),
        "year_of_construction": _year(found),
        "attributes": _further(found),
        "lod": 0,
        "source_object": "alkis",
        "_links": value.relations(element, "zeigtAuf"),
    }


def _height(found: Object) -> float | None:
    """objekthoehe: a length in GeoInfoDok 6, a relative height in 7.1. [m]"""
    holder = "objekthoehe/AX_RelativeHoehe/hoehe"
    height = value.number(found.element, "objekthoehe") or value.number(found.element, holder)
    return height if height and height > 0 else None


def _year(found: Object) -> int | None:
    """The earliest Baujahr: later ones are those of alterations."""
    years = [int(year) for child in found.element.iterchildren("{*}baujahr") if (year := child.text or "").isdecimal()]
    return min((year for year in years if 0 < year < 10_000), default=None)


def _further(found: Object) -> str | None:
    stated: dict[str, Any] = {name: value.code(found.element, name) for name in _FURTHER}
    stated["weitereGebaeudefunktion"] = [
        code for child in found.element.iterchildren("{*}weitereGebaeudefunktion") if (code := value.code_of(child))
    ]
    stated = {name: given for name, given in stated.items() if given}
    return json.dumps(stated, ensure_ascii=False, sort_keys=True) if stated else None


@cache
def _list(name: str) -> dict[str, str]:
    try:
        return codes(name)
    except FileNotFoundError:
        return {}


def _name(name: str, *keys: str | None) -> str | None:
    known = _list(name)
    return next((known[key] for key in keys if key and key in known), None)
