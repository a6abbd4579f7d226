"""GebaeudeBauwerk of the simplified schema as footprints that are extruded."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.alkis_simple.parcel import Said
from ingest.footprint.bodies import Footprints
from ingest.footprint.height import heights
from ingest.placement import municipality_key
from twin.reference import codes

_CODE = re.compile(r"[0-9]{5}_[0-9]{4}")
_UNDERGROUND = re.compile(r"unter der Erdoberfl|^1200$", re.IGNORECASE)


def left_out(said: Said, row: int) -> str:
    """Why a feature is no building that stands on the ground: its kind; empty if it is one.

    Bauteile (storeys that jut out, passages) and works (walls, masts, bridges) lie over or beside buildings.
    """
    kind = said["building_kind"][row] or ""
    if kind and kind.lower() not in {"gebäude", "gebaeude", "ax_gebaeude"}:
        return kind[:60]
    return "unter der Erdoberfläche" if _UNDERGROUND.search(said["level"][row] or "") else ""


def footprints(said: Said, keys: Sequence[str], shapes: NDArray[np.object_]) -> Footprints:
    """Buildings with these keys; `said` has a value for each."""
    functions = [_function(code, name) for code, name in zip(said["function_code"], said["function"], strict=True)]
    nothing = [None] * len(keys)
    return Footprints(
        shapes,
        heights(nothing, said["storeys"], functions, shapely.area(shapes)),
        {
            "building_id": list(keys),
            "function_code": functions,
            "name": list(said["name"]),
            "address": list(said["location"]),
            "source_object": ["alkis"] * len(keys),
            "ags": [municipality_key(value) or None for value in said["ags"]],
        },
    )


def _function(code: str | None, name: str | None) -> str | None:
    """Function code: ``31001_1000`` as it stands; of a bare number or the name alone, the building's."""
    if code and _CODE.fullmatch(code):
        return code
    if code and re.fullmatch(r"[0-9]{4}", code):
        return f"31001_{code}"
    known = {title: key for key, title in codes("building_function").items() if key.startswith("31001_")}
    return known.get(name or "")
