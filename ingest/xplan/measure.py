"""Measure of use, heights and roof of a building area: what BauNVO and building rules let a plan fix."""

from __future__ import annotations

import json
from typing import Any

from ingest.xplan import code_list, value
from ingest.xplan.value import Attributes

NUMBERS = {
    "grz": "GRZ",
    "grz_min": "GRZmin",
    "grz_max": "GRZmax",
    "grz_exceptional": "GRZ_Ausn",
    "gfz": "GFZ",
    "gfz_min": "GFZmin",
    "gfz_max": "GFZmax",
    "gfz_exceptional": "GFZ_Ausn",
    "bmz": "BMZ",
    "bmz_exceptional": "BMZ_Ausn",
    "gr": "GR",
    "gr_min": "GRmin",
    "gr_max": "GRmax",
    "gr_exceptional": "GR_Ausn",
    "gf": "GF",
    "gf_min": "GFmin",
    "gf_max": "GFmax",
    "gf_exceptional": "GF_Ausn",
    "bm": "BM",
    "bm_exceptional": "BM_Ausn",
    "min_plot_area": "Fmin",
    "max_plot_area": "Fmax",
    "building_depth": "bautiefe",
    "ridge_direction": "FR",
}
"""Columns with numbers and their attributes in XPlanung."""

COUNTS = {
    "storeys": "Z",
    "storeys_min": "Zmin",
    "storeys_max": "Zmax",
    "storeys_exact": "Zzwingend",
    "storeys_exceptional": "Z_Ausn",
    "storeys_below_ground": "ZU",
    "max_dwellings": "MaxZahlWohnungen",
}
"""Columns with whole numbers and their attributes."""

PITCHES = {
    "roof_pitch": ("DN",),
    "roof_pitch_min": ("DNmin",),
    "roof_pitch_max": ("DNmax",),
    "roof_pitch_exact": ("DNzwingend", "DNZwingend"),
}
"""Columns of the roof pitch and their attributes, in the object or its BP_Dachgestaltung."""

_MOST_HEIGHTS = 100
_HEIGHTS = {"height": "h", "height_min": "hMin", "height_max": "hMax", "height_exact": "hZwingend"}
_POINTS = ("6000", "2000", "3000", "5000", "", "6500", "1000")
"""Bezugspunkte from the one that says most about a whole building: GBH, FH, OK, HBA, none, WH, TH."""


def measures(own: Attributes, version: str) -> tuple[dict[str, Any], set[str]]:
    """Columns of an object, and the attributes that they hold wholly."""
    row: dict[str, Any] = {}
    known: set[str] = {"dachform", "hoehenangabe", *(name for names in PITCHES.values() for name in names)}
    for columns, read in ((NUMBERS, value.number), (COUNTS, value.whole)):
        for column, name in columns.items():
            found = read(own.text(name)) if name in own else None
            if found is not None:
                row[column] = found
                known.add(name)
    return row | _roof(own, version) | _height(own, version), known


def _roof(own: Attributes, version: str) -> dict[str, Any]:
    holders = [own, *own.nested("dachgestaltung")]
    forms = [form for holder in holders for form in holder.texts("dachform")]
    row: dict[str, Any] = {
        "roof_code": forms[0] if forms else None,
        "roof_type": value.joined(code_list.name("roof", version, form) or form for form in forms),
    }
    for column, names in PITCHES.items():
        pitches = (value.number(holder.text(*names)) for holder in holders)
        row[column] = next((pitch for pitch in pitches if pitch is not None), None)
    return row


def _height(own: Attributes, version: str) -> dict[str, Any]:
    found = [{name: holder.text(name) or "" for name in holder} for holder in own.nested("hoehenangabe")]
    if not found:
        return {}
    first = min(found, key=_rank)
    reference, point = first.get("hoehenbezug") or None, first.get("bezugspunkt") or None
    own_words = first.get("abweichenderHoehenbezug") or None
    return {
        **{column: value.number(first.get(name)) for column, name in _HEIGHTS.items()},
        "height_reference_code": reference,
        "height_reference": own_words or code_list.name("height_reference", version, reference),
        "height_point_code": point,
        "height_point": first.get("abweichenderBezugspunkt") or code_list.name("height_point", version, point),
        "heights": json.dumps(found[:_MOST_HEIGHTS], ensure_ascii=False),
    }


def _rank(height: dict[str, str]) -> int:
    point = height.get("bezugspunkt", "")
    return _POINTS.index(point) if point in _POINTS else len(_POINTS)
