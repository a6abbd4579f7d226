"""Checks at work: all that are found, over a batch of rows or over a whole delivery."""

from __future__ import annotations

from functools import cache
from typing import Literal

import pyarrow as pa
import shapely

from ingest.check import Check
from ingest.finding import Finding, said
from ingest.sheet import Sheet
from twin.discovery import discover, find
from twin.language import Text
from twin.layer import Layer

_SKIPPED = Text(
    "Die Prüfung „{check}“ war an einem Teil der Objekte nicht möglich: {problem}.",
    "Check “{check}” was not possible for some of the features: {problem}.",
)
_LONGEST = 200


@cache
def checks(layer: str, scope: Literal["batch", "delivery"]) -> tuple[Check, ...]:
    """Checks that look at a layer, in their order."""
    declared: Layer = find("LAYER", layer)
    found = [check for check in discover("CHECK").values() if check.scope == scope and check.applies(declared)]
    return tuple(sorted(found, key=lambda check: (check.order, check.name)))


def examine(sheet: Sheet, scope: Literal["batch", "delivery"] = "batch") -> Sheet:
    """Let all checks look at a sheet."""
    for check in checks(sheet.layer.name, scope):
        if not len(sheet):
            break
        sheet.check = check
        try:
            check.run(sheet)
        except shapely.errors.GEOSException as problem:
            # Hostile geometry may defeat the library; the rows stay as they are, and nobody believes them checked.
            sentence = said(_SKIPPED, check=check.title, problem=str(problem)[:_LONGEST])
            sheet.findings.add(Finding(f"{check.name}.skipped", "warning", sheet.layer.name, "", sentence))
    sheet.check = None
    return sheet


def checked(layer: Layer, table: pa.Table) -> Sheet:
    """Rows of a batch, examined."""
    return examine(Sheet(layer, table))
