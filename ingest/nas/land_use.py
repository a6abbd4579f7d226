"""The object classes of the Tatsächliche Nutzung as rows of the layer land_use."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from ingest.nas import value
from ingest.nas.reader import Object
from twin.reference import codes, reference_path

_ATTRIBUTES = (
    "funktion",
    "vegetationsmerkmal",
    "art",
    "lagergut",
    "abbaugut",
    "nutzung",
    "bahnkategorie",
    "artDerBebauung",
)
"""Attributes that say what kind an area is; the first that an object has is its code."""


@cache
def kinds() -> dict[str, str]:
    """Object classes of the Tatsächliche Nutzung (GeoInfoDok 6 and 7.1) and their numbers."""
    found: dict[str, str] = json.loads(reference_path("codes/land_use.json").read_text("utf-8"))["classes"]
    return found


def overlays(found: Object) -> bool:
    """Whether an area lies over another one as a second use (GeoInfoDok 7.1): the others cover the land once."""
    return value.code(found.element, "istWeitereNutzung") is not None


def row(found: Object) -> dict[str, Any]:
    """Attributes of an area; ``_name_key`` is the street that a traffic area is named by, if by key."""
    element = found.element
    number = kinds()[found.kind]
    kind = next((code for name in _ATTRIBUTES if (code := value.code(element, name))), None)
    known = codes("land_use")
    code = f"{number}_{kind}" if kind and kind.isalnum() else number
    holder = "name/AX_Lagebezeichnung"
    key = f"{holder}/verschluesselt/AX_VerschluesselteLagebezeichnung"
    ags, short = value.municipality(element, key), value.code(element, f"{key}/lage")
    return {
        "land_use_id": found.identifier,
        "land_use_class": found.kind,
        "land_use_code": code,
        "land_use": known.get(code) or known[number],
        "name": value.text(element, "name") or value.text(element, f"{holder}/unverschluesselt"),
        "_name_key": ags + short if ags and short else None,
    }
