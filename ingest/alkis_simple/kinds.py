"""What the feature types of the simplified schema are to us, told by their columns."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.column_names import meanings, plain

PARCEL, LAND_USE, CUT_LAND_USE, BUILDING = "Flurstueck", "Nutzung", "NutzungFlurstueck", "GebaeudeBauwerk"
"""Feature types that are read."""

LAYERS = {PARCEL: "parcel", LAND_USE: "land_use", CUT_LAND_USE: "land_use", BUILDING: "building"}
"""Layer that each of them becomes rows of."""

_OTHERS = {"flurstueckpunkt", "katasterbezirk", "verwaltungseinheit", "flurstueckeigentuemer"}


def kind(name: str, fields: Iterable[str]) -> str:
    """Feature type of a layer or element of this name with these columns; empty if it is none that is read.

    Its name alone would not do: shapefiles are called as their publisher likes (also ``GebauedeBauwerk``).
    """
    if plain(name) in _OTHERS:
        return ""
    found = meanings("alkis_simple", list(fields)).keys()
    if "use" in found:
        return CUT_LAND_USE if "key" in found else LAND_USE
    if {"building_kind", "function_code"} & found:
        return BUILDING
    own = {"area", "zaehler", "gemarkungsnummer", "uses", "oid"} & found
    return PARCEL if "key" in found and len(own) >= 2 else ""
