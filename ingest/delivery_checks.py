"""Checks of a delivery as a whole, once its rows have been placed, and whose each finding is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import shapely

from ingest.checking import checks, examine
from ingest.finding import Finding, Findings, said
from ingest.placement import Borders, Places, municipality_key
from ingest.sheet import Sheet
from ingest.workers import Part
from twin.discovery import find
from twin.findings import Count, FindingRecord
from twin.language import Text
from twin.layer import Layer

MOST_ROWS = 2_000_000
"""Rows of a layer up to which a delivery is looked at as a whole: all its geometries are in memory then."""

_TOO_MANY = Text(
    "Die Lieferung hat {count} Objekte; als Ganzes (doppelte Kennungen, Gemeinde, Topologie) wird bis {most} geprüft.",
    "The delivery has {count} features; as a whole (duplicate keys, municipality, topology) up to {most} are checked.",
)
_BY_PARTS = Text("Die Lieferung in Teilen einlesen.", "Take the delivery in by parts.")
_EMPTY = Text("", "")
_LINE = re.compile(r"(?:line|Zeile)\s+(\d{1,9})")

_FEW = 0.5
"""Share of rows with a municipality below which the others are left out: copying a few is cheaper than keeping all."""


def delivery_findings(
    parts: Sequence[Part], places: dict[tuple[int, str], Places], keys: Sequence[str], borders: Borders, given: str
) -> Findings:
    """What all checks say of a delivery: those of its files, put to their municipalities, and those of the whole.

    Parameters
    ----------
    parts : sequence of Part
        Its files.
    places : dict
        Municipality of each row by (part, layer), as numbers in `keys`.
    keys : sequence of str
        Municipality keys.
    borders : Borders
        Areas of the municipalities.
    given : str
        Municipality that the user named.
    """
    owner = _Owner(borders, given, keys, places)
    found = Findings()
    for part in parts:
        found.take(part.findings, [owner.of(replace(finding, file=part.name)) for finding in part.findings.kept])
    for name in sorted({name for part in parts for name in part.files}):
        layer: Layer = find("LAYER", name)
        if layer.placement == "feature" and checks(name, "delivery"):
            count = sum(part.table(name).num_rows for part in parts if name in part.files)
            if count > MOST_ROWS:
                sentence = said(_TOO_MANY, count=count, most=MOST_ROWS)
                found.add(Finding("delivery.too_large", "notice", name, "", sentence, advice=_BY_PARTS))
                continue
            sheet = _sheet(layer, [part for part in parts if name in part.files], places, keys, borders)
            examine(sheet, "delivery")
            found.take(sheet.findings, sheet.findings.kept)
    return found


def _sheet(
    layer: Layer,
    parts: Sequence[Part],
    places: dict[tuple[int, str], Places],
    keys: Sequence[str],
    borders: Borders,
) -> Sheet:
    tables = [part.table(layer.name) for part in parts]
    found = [places[part.part, layer.name] for part in parts]
    for number, (table, numbers) in enumerate(zip(tables, found, strict=True)):
        placed = numbers >= 0
        # Of a file about all Germany hardly a row stays, and checks of the whole say nothing of those that do not.
        if len(placed) and placed.mean() < _FEW:
            tables[number], found[number] = table.filter(pa.array(placed)), numbers[placed]
    named = np.array([*keys, ""], object)
    rows = np.concatenate(found)
    starts = np.concatenate([[0], np.cumsum([table.num_rows for table in tables])[:-1]]).tolist()
    files = list(zip(starts, (part.name for part in parts), strict=True))
    return Sheet(layer, pa.concat_tables(tables), areas=lambda: borders.areas, places=named[rows], files=files)


class _Owner:
    """Whose a finding is: by its attribute, by its place, or the one municipality that the delivery is about."""

    def __init__(
        self, borders: Borders, given: str, keys: Sequence[str], places: dict[tuple[int, str], Places]
    ) -> None:
        self.borders, self.given = borders, given
        used = {int(number) for found in places.values() for number in np.unique(found) if number >= 0}
        self.sole = keys[used.pop()] if len(used) == 1 else ""

    def of(self, finding: Finding) -> Finding:
        ags = municipality_key(finding.ags)
        if not ags and finding.east is not None and finding.north is not None and not self.given and not self.sole:
            found, number = self.borders.at(np.array([shapely.Point(finding.east, finding.north)], object))
            ags = found[number[0]] if number[0] >= 0 else ""
        line = finding.line
        if line is None and (told := _LINE.match(finding.feature)):
            line = int(told[1])
        return replace(finding, ags=ags or self.given or self.sole, line=line)


def records(findings: Findings, parts: Sequence[Part]) -> tuple[list[FindingRecord], list[Count]]:
    """Findings as the registry keeps them, grave ones first, and how many there were of each kind."""
    numbers = {part.name: part.part for part in parts}
    kept = [
        FindingRecord(
            part=numbers.get(one.file),
            ags=one.ags,
            layer=one.layer,
            code=one.code,
            severity=one.severity,
            feature=one.feature,
            east=one.east,
            north=one.north,
            line=one.line,
            sentence_de=one.sentence.de,
            sentence_en=one.sentence.en,
            advice_de=(one.advice or _EMPTY).de,
            advice_en=(one.advice or _EMPTY).en,
            content=one.content,
        )
        for one in findings.sorted()
    ]
    return kept, [(layer, code, severity, count) for (code, severity, layer), count in sorted(findings.counts.items())]
