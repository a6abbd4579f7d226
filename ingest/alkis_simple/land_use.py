"""Nutzung and NutzungFlurstueck of the simplified schema as rows of the layer land_use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.alkis_simple.parcel import Said
from ingest.column_names import plain
from ingest.placement import municipality_key
from layers.land_use import LAYER
from twin.reference import codes, reference_path


def table(said: Said, keys: Sequence[str], shapes: NDArray[np.object_]) -> pa.Table:
    """Rows of areas of one use with these keys; `said` has a value for each."""
    kinds = [resolve(use, kind) for use, kind in zip(said["use"], said["use_kind"], strict=True)]
    columns: dict[str, Any] = {
        "land_use_id": list(keys),
        "land_use_class": [found[0] for found in kinds],
        "land_use_code": [found[1] for found in kinds],
        "land_use": [found[2] for found in kinds],
        "name": list(said["name"]),
        "area": shapely.area(shapes),
        "geom": shapely.to_wkb(shapes),
        "ags": [municipality_key(value) or None for value in said["ags"]],
    }
    schema = LAYER.read_schema
    return pa.Table.from_arrays([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


@cache
def resolve(use: str | None, kind: str | None) -> tuple[str | None, str | None, str | None]:
    """Object class, code and name of a use that the simplified schema names by words.

    ``nutzart`` is the object class (*Landwirtschaft*), ``bez`` the kind within it (*Ackerland*); a word that the list
    does not know stays as the name.
    """
    classes, numbers, names = _words()
    number = numbers.get(plain(use or ""), "")
    code = names.get((number, plain(kind or "")), number) if kind else number
    # Some deliver the kind as nutzart: what only one class has is enough to tell the class.
    if not number:
        alone = {found for (_, word), found in names.items() if word == plain(use or "")}
        code = alone.pop() if len(alone) == 1 else ""
        number = code[:5]
    known = codes("land_use")
    return classes.get(number), code or None, known.get(code) or kind or use


@cache
def _words() -> tuple[dict[str, str], dict[str, str], dict[tuple[str, str], str]]:
    """Object class by number; number by the class's words; code by number and the kind's words."""
    listed: dict[str, Any] = json.loads(reference_path("codes/land_use.json").read_text("utf-8"))
    classes = {number: name for name, number in listed["classes"].items()}
    numbers = {plain(name.removeprefix("AX_")): number for name, number in listed["classes"].items()}
    numbers |= {plain(title): code for code, title in listed["codes"].items() if "_" not in code}
    names: dict[tuple[str, str], str] = {}
    for code, title in listed["codes"].items():
        if "_" in code:
            names.setdefault((code[:5], plain(title)), code)
    return classes, numbers, names
