"""Flurstueck of the simplified schema as rows of the layer parcel."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.delimited import number
from ingest.placement import municipality_key
from layers.parcel import LAYER
from twin.flurstueckskennzeichen import Flurstueckskennzeichen

Said = Mapping[str, Sequence[str | None]]
"""Values by meaning, as in ``data/columns/alkis_simple.json``."""

_USE = re.compile(r"\s*(.{1,200}?)\s*;\s*([0-9]{1,12}(?:[.,][0-9]{1,3})?)\s*(?:m2|m²|qm)?\s*")
_MOST_USES = 200


def key(said: Said, row: int) -> Flurstueckskennzeichen | None:
    """Key of a parcel: as it stands, else made of its parts; None if neither is one."""
    text = said["key"][row]
    if text:
        with suppress(ValueError):
            return Flurstueckskennzeichen.parse(text)
    gemarkung = re.sub(r"\D", "", said["gemarkungsnummer"][row] or "")
    numerator = _whole(said["zaehler"][row])
    if len(gemarkung) != 6 or numerator is None:
        return None
    try:
        return Flurstueckskennzeichen(
            land=int(gemarkung[:2]),
            gemarkung=int(gemarkung[2:]),
            flur=_whole((said["flur"][row] or "").removeprefix("Flur")) or None,
            zaehler=numerator,
            nenner=_whole(said["nenner"][row]) or None,
        )
    except ValueError:
        return None


def table(said: Said, keys: Sequence[Flurstueckskennzeichen], shapes: NDArray[np.object_]) -> pa.Table:
    """Rows of parcels with these keys and areas; `said` has a value for each."""
    size = shapely.area(shapes)
    official = np.array([_area(value) for value in said["area"]], np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = (size - official) / official
    columns: dict[str, Any] = {
        "flurstueckskennzeichen": [str(one) for one in keys],
        "parcel_id": list(said["oid"]),
        "gemarkung": [named or one.gemarkungsnummer for named, one in zip(said["gemarkung"], keys, strict=True)],
        "gemarkungsnummer": [one.gemarkungsnummer for one in keys],
        "flur": [one.flur for one in keys],
        "zaehler": [one.zaehler for one in keys],
        "nenner": [one.nenner for one in keys],
        "amtliche_flaeche": pa.array(official, mask=np.isnan(official)),
        "area": size,
        "area_deviation": pa.array(deviation, mask=np.isnan(deviation)),
        "location": list(said["location"]),
        "land_use_areas": [uses(text) for text in said["uses"]],
        "geom": shapely.to_wkb(shapes),
        "ags": [municipality_key(value) or None for value in said["ags"]],
    }
    schema = LAYER.read_schema
    return pa.Table.from_arrays(
        [pa.array(columns.get(field.name, [None] * len(keys)), field.type) for field in schema], schema=schema
    )


def uses(text: str | None) -> str | None:
    """Uses of a parcel as the register adds them up, ``Ackerland;1200|Wald;300``, as JSON: name to area. [m²]"""
    found: dict[str, float] = {}
    for part in (text or "").split("|")[:_MOST_USES]:
        use = _USE.fullmatch(part)
        if use is not None:
            found[use[1]] = found.get(use[1], 0.0) + float(use[2].replace(",", "."))
    return json.dumps(found, ensure_ascii=False) if found else None


def _area(text: str | None) -> float:
    """Official area; NaN where there is none. [m²]"""
    value = number(text or "")
    return value if 0 < value < 1e12 else float("nan")


def _whole(text: str | None) -> int | None:
    digits = (text or "").strip().strip("_")
    return int(digits) if re.fullmatch(r"[0-9]{1,6}", digits) else None
