"""From an XPlanGML document to batches: plans first, then their objects, at the end what was noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.gml.reason import Unusable
from ingest.gml.shapes import Shapes
from ingest.source_file import SourceFile
from ingest.xplan import element, geometry, value
from ingest.xplan.closing import Closing
from ingest.xplan.crs import Crs
from ingest.xplan.outline import NO_IDENTIFIER, PLANS, TWICE, Outline, is_section, is_text, sections_named
from ingest.xplan.reader import Feature, Reader
from ingest.xplan.value import Attributes
from layers.plan import LAYER as PLAN
from layers.plan_area import LAYER as PLAN_AREA
from twin.geometry.crs import reference
from twin.language import Text
from twin.layer import Layer

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

BATCH = 4096
"""Objects built at once."""

_UNASSIGNED = Text(
    "Objekte ohne gehoertZuBereich: {count}; davon dem einzigen Plan zugeordnet: {assigned}.",
    "Objects without gehoertZuBereich: {count}; of these assigned to the only plan: {assigned}.",
)
_REPAIRED = Text(
    "Flächen, die sich selbst überschnitten und bereinigt wurden: {count}.",
    "Areas that crossed themselves and were made valid: {count}.",
)
_CUT = Text(
    "Textabschnitte, die wegen ihres Umfangs oder ohne gml:id nicht übernommen wurden: {count}.",
    "Text sections not taken for their size or for want of a gml:id: {count}.",
)


class Document:
    """An XPlanGML document on its way to rows.

    Parameters
    ----------
    source : SourceFile
        The file.
    options : Options
        What the user said.
    """

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.reader = Reader(source)
        self.crs = Crs(self.reader, options.crs)
        self.outline = Outline()
        self.dropped: Counter[str] = Counter()
        self.closing = Closing()
        self.repaired = 0
        self.unassigned = self.assigned = 0
        self._shapes = Shapes(self.crs.resolve)
        self._rows: list[tuple[dict[str, Any], BaseGeometry | None]] = []
        self._places: list[str] = []
        self._met: set[str] = set()

    def items(self) -> Iterator[Item]:
        """Everything the document yields.

        Raises
        ------
        twin.errors.DeliveryError
            If the document as a whole cannot be taken.
        """
        self.outline = Outline.of(self.reader, self.crs)
        self.repaired += self.outline.repaired
        yield from self.outline.rejects
        if self.outline.plans:
            rows = [dict(row) for row in self.outline.plans.values()]
            areas = [row.pop("geom") for row in rows]
            yield Batch(PLAN.name, _table(PLAN, rows, areas))
        for feature in self.reader:
            yield from self._take(feature)
            if len(self._rows) >= BATCH or self._shapes.many:
                yield from self._flush()
        yield from self._flush()
        yield self._facts()

    def _take(self, feature: Feature) -> Iterator[Reject]:
        kind = feature.kind
        if kind in PLANS or is_section(kind) or is_text(kind):
            return
        own = Attributes(feature.element)
        position = own.first("position")
        if kind.startswith("XP_") or position is None:
            self.dropped[kind] += 1
            return
        if not feature.identifier or feature.identifier in self._met:
            why = TWICE if feature.identifier else NO_IDENTIFIER
            yield Reject(feature.place, str(why), PLAN_AREA.name)
            return
        self._met.add(feature.identifier)
        resolve = self.crs.within(feature.element)
        try:
            shape, made = geometry.shape(position), None
            if shape == "area":
                self._shapes.add(position)
            else:
                made = geometry.line(position, resolve) if shape == "line" else geometry.point(position, resolve)
        except Unusable as wrong:
            yield Reject(feature.place, str(wrong), PLAN_AREA.name)
            return
        row = element.row(feature, own, self.reader.version) | {"shape": shape} | self._belonging(feature, own)
        self._write_texts(row, own)
        self._rows.append((row, made))
        self._places.append(feature.place)

    def _belonging(self, feature: Feature, own: Attributes) -> dict[str, Any]:
        outline = self.outline
        named = [key for key in sections_named(own) if key in outline.sections]
        section = named[0] if named else outline.section_of.get(feature.identifier, "")
        if not named:
            self.unassigned += 1
        if not section and len(outline.sections) == 1:
            section = next(iter(outline.sections))
        plan = outline.plan_of(section)
        if not named and plan:
            self.assigned += 1
        ags = outline.plans[plan]["ags"] if plan in outline.plans else None
        return {"section_id": section or None, "plan_id": plan or None, "ags": ags}

    def _write_texts(self, row: dict[str, Any], own: Attributes) -> None:
        found = [self.outline.texts[key] for key in element.text_links(own) if key in self.outline.texts]
        row["text_keys"] = value.joined(key for key, _ in found if key)
        words = [row["text"] or "", *(": ".join(part for part in text if part) for text in found)]
        row["text"] = "\n".join(word for word in words if word)[: value.LONGEST] or None

    def _flush(self) -> Iterator[Item]:
        rows, self._rows = self._rows, []
        places, self._places = self._places, []
        built = self._shapes.build()
        self.repaired += len(built.repaired)
        good: list[dict[str, Any]] = []
        shapes: list[BaseGeometry] = []
        number = -1
        for (row, simple), place in zip(rows, places, strict=True):
            number += simple is None
            made = built.geometry[number] if simple is None else simple
            if made is None:
                yield Reject(place, str(built.rejected[number]), PLAN_AREA.name)
                continue
            good.append(row)
            shapes.append(made)
            if row["shape"] == "area" and row["closed_coverage"] and not row["level"]:
                self.closing.add(row["section_id"] or "", row["plan_id"] or "", made)
        if good:
            yield Batch(PLAN_AREA.name, _table(PLAN_AREA, good, shapes))

    def _facts(self) -> Facts:
        standard = reference(self.reader.crs) or self.crs.met
        outline = self.outline
        notes = [
            _UNASSIGNED.format(count=self.unassigned, assigned=self.assigned) if self.unassigned else "",
            _REPAIRED.format(count=self.repaired) if self.repaired else "",
            _CUT.format(count=outline.texts_cut) if outline.texts_cut else "",
            *self.closing.notes(outline),
        ]
        made_on = [row["made_on"] for row in outline.plans.values() if row["made_on"]]
        return Facts(
            version=f"XPlanGML {self.reader.version}",
            crs=standard.name if standard else "",
            # Plans lie over each other: a file replaces its own plans and nobody else's.
            extent=None,
            mode="replace",
            date=max(made_on).isoformat() if made_on else "",
            dropped=dict(sorted((self.dropped + self.reader.foreign).items())),
            notes=tuple(note for note in notes if note),
        )


def _table(layer: Layer, rows: list[dict[str, Any]], shapes: list[BaseGeometry]) -> pa.Table:
    geometries = np.array(shapes, dtype=object)
    columns: dict[str, Any] = {
        field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in layer.read_schema
    }
    area, length = shapely.area(geometries), shapely.length(geometries)
    flat = np.isin(shapely.get_type_id(geometries), [3, 6])
    columns["area"] = pa.array(np.where(flat, area, np.nan), pa.float64(), mask=~flat)
    if "length" in columns:
        lines = np.isin(shapely.get_type_id(geometries), [1, 5])
        columns["length"] = pa.array(np.where(lines, length, np.nan), pa.float64(), mask=~lines)
    columns["geom"] = pa.array(shapely.to_wkb(geometries).tolist(), pa.binary())
    return pa.table(columns, schema=layer.read_schema)
