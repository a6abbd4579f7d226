"""Codes: values that are not in their list."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.check import Check, Problem
from ingest.sheet import Mask, Sheet
from twin.language import Text
from twin.layer import Column, Layer
from twin.reference import codes

_LONGEST = 60

PROBLEMS = {
    "unnamed": Problem(
        "notice",
        Text("Schlüssel ohne Namen", "Code without a name"),
        Text(
            "{column}: der Schlüssel „{value}“ fehlt in der Liste {list} und bleibt ohne Namen (Objekte: {count}).",
            "{column}: code “{value}” is not in list {list}; it stays without a name (features: {count}).",
        ),
        Text(
            "Den Schlüssel mit dem Objektartenkatalog vergleichen; fehlt er in der Liste des Zwillings, dort ergänzen.",
            "Compare the code with the feature catalogue; if the twin's list lacks it, add it there.",
        ),
    ),
    "unknown": Problem(
        "warning",
        Text("Wert steht nicht in der Liste", "Value not in its list"),
        Text(
            "{column}: erwartet einen Wert der Liste {list}, gefunden „{value}“ (Objekte: {count}).",
            "{column}: expected a value of list {list}, found “{value}” (features: {count}).",
        ),
        Text(
            "Den Wert in der Quelle oder in der Zuordnung der Spalten berichtigen.",
            "Put the value right in its source, or in the mapping of columns.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    for column in sheet.layer.columns:
        if not column.codes:
            continue
        beside = _beside(sheet.layer, column)
        if beside:
            given = sheet.column(beside)
            if not sheet.column(column.name).null_count or given.null_count == len(sheet):
                continue
            unnamed = pc.and_(pc.is_valid(given), pc.is_null(sheet.column(column.name)))
            _report(sheet, "unnamed", column, given, _mask(unnamed))
        elif column.type == "VARCHAR":
            given = sheet.column(column.name)
            known = pc.is_in(given, value_set=pa.array(_values(column.codes), pa.string()))
            _report(sheet, "unknown", column, given, _mask(pc.and_(pc.is_valid(given), pc.invert(known))))


def _report(sheet: Sheet, problem: str, column: Column, given: pa.Array, wrong: Mask) -> None:
    """One finding a value, at the first feature that has it: a list that lacks a code lacks it for all."""
    if not wrong.any():
        return
    rows = np.flatnonzero(wrong)
    values, first, count = np.unique(
        given.to_numpy(zero_copy_only=False)[rows].astype(str), return_index=True, return_counts=True
    )
    for value, row, number in zip(values.tolist(), rows[first].tolist(), count.tolist(), strict=True):
        said = {"column": column.title, "list": column.codes, "value": value[:_LONGEST], "count": number}
        sheet.find(problem, np.array([row]), **said)


def _mask(found: pa.Array) -> Mask:
    mask: Mask = np.asarray(found.fill_null(False).to_numpy(zero_copy_only=False), bool)
    return mask


@cache
def _values(name: str) -> tuple[str, ...]:
    """Codes and names of a list: columns hold the ones or the others."""
    found = codes(name)
    return tuple({*found, *found.values()})


def _beside(layer: Layer, column: Column) -> str:
    """Column with the code that this one spells out; empty if there is none."""
    own = {other.name for other in layer.columns}
    candidates = (f"{column.name}_code", f"{column.name.removesuffix('_type')}_code")
    return next((name for name in candidates if name in own), "")


def _applies(layer: Layer) -> bool:
    return any(column.codes for column in layer.columns)


CHECK = Check("codes", Text("Schlüsselwerte", "Code values"), PROBLEMS, _run, _applies)
