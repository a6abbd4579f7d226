"""What a document's plans consist of: plans, sections and texts, read before the objects that refer to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import shapely

from ingest.format import Reject
from ingest.gml import reason
from ingest.gml.reason import Unusable
from ingest.gml.walk import local
from ingest.xplan import geometry, plan, value
from ingest.xplan.crs import Crs
from ingest.xplan.reader import Feature, Reader
from ingest.xplan.value import Attributes
from twin.language import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

PLANS = ("BP_Plan", "FP_Plan", "LP_Plan", "RP_Plan", "SO_Plan")
ALL_TEXTS = 32_000_000
"""Characters of all text sections of a document."""
PLAN_TEXT = 200_000
"""Characters of a plan's text."""

NO_IDENTIFIER = Text("erwartet eine gml:id, gefunden keine gültige", "expected a gml:id, found no valid one")
TWICE = Text(
    "erwartet eine gml:id je Objekt, gefunden dieselbe noch einmal", "expected a gml:id an object, found one again"
)

_NOT_CONTENT = {"gehoertZuPlan", "praesentationsobjekt", "rasterBasis", "rasterAenderung"}


def is_section(kind: str) -> bool:
    """Whether an object class is that of a Bereich."""
    return kind.endswith("_Bereich")


def is_text(kind: str) -> bool:
    """Whether an object class is that of a text section."""
    return kind.endswith("_TextAbschnitt")


@dataclass(slots=True)
class Section:
    """A Bereich.

    Attributes
    ----------
    plan_id : str
        Its plan; empty if neither names the other.
    geometry : shapely geometry or None
        Its own area; None if it has none.
    """

    plan_id: str = ""
    geometry: BaseGeometry | None = None


@dataclass(slots=True)
class Outline:
    """Plans of a document.

    Attributes
    ----------
    plans : dict of str to dict
        Rows by identifier, geometry (shapely) as ``geom``.
    sections : dict of str to Section
        Bereiche by identifier.
    texts : dict of str to (str, str)
        Key and wording of text sections.
    section_of : dict of str to str
        Bereich of the objects that a Bereich lists, by identifier.
    rejects : list of Reject
        Plans and sections that cannot be taken.
    texts_cut : int
        Text sections left out because there is too much text.
    repaired : int
        Areas that crossed themselves and were made valid.
    """

    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    section_of: dict[str, str] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    texts_cut: int = 0
    repaired: int = 0
    _links: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    _wrong: dict[str, tuple[str, Text]] = field(default_factory=dict)
    _size: int = 0

    @classmethod
    def of(cls, reader: Reader, crs: Crs) -> Outline:
        """Read the outline of a document."""
        outline = cls()
        for feature in reader:
            if feature.kind in PLANS:
                outline._plan(feature, reader.version, crs)
            elif is_section(feature.kind):
                outline._section(feature, crs)
            elif is_text(feature.kind):
                outline._text(feature)
        outline._join()
        return outline

    def plan_of(self, section_id: str) -> str:
        """Plan of a section; the only plan where there is one alone; empty if that cannot be told."""
        named = self.sections[section_id].plan_id if section_id in self.sections else ""
        if named or len(self.plans) != 1:
            return named
        return next(iter(self.plans))

    def region(self, section_id: str, plan_id: str) -> BaseGeometry | None:
        """Area that a section's objects shall cover; its plan's where it has none and is the plan's only one."""
        section = self.sections.get(section_id)
        if section is not None and section.geometry is not None:
            return section.geometry
        found = self.plans.get(plan_id)
        return found["geom"] if found is not None and found["sections"] <= 1 else None

    def _plan(self, feature: Feature, version: str, crs: Crs) -> None:
        if not self._is_new(feature, "plan"):
            return
        row = plan.row(feature, version)
        links = [value.link(child) for child in feature.element.iterchildren("{*}bereich")]
        written = [value.link(child) for child in feature.element.iterchildren("{*}texte")]
        self._links[feature.identifier] = links, written
        row["geom"] = self._area(feature, "raeumlicherGeltungsbereich", crs)
        self.plans[feature.identifier] = row

    def _section(self, feature: Feature, crs: Crs) -> None:
        if not self._is_new(feature, ""):
            return
        holder = next(feature.element.iterchildren("{*}gehoertZuPlan"), None)
        section = Section(value.link(holder) if holder is not None else "")
        if next(feature.element.iterchildren("{*}geltungsbereich"), None) is not None:
            section.geometry = self._area(feature, "geltungsbereich", crs)
            if feature.identifier in self._wrong:
                place, why = self._wrong.pop(feature.identifier)
                self.rejects.append(Reject(place, str(why)))
        self.sections[feature.identifier] = section
        for child in feature.element.iterchildren("{*}*"):
            content = value.link(child)
            if content and local(child.tag) not in _NOT_CONTENT:
                self.section_of.setdefault(content, feature.identifier)

    def _text(self, feature: Feature) -> None:
        own = Attributes(feature.element)
        wording = own.text("text") or ""
        self._size += len(wording)
        if self._size > ALL_TEXTS or not feature.identifier:
            self.texts_cut += 1
            return
        self.texts[feature.identifier] = own.text("schluessel") or "", wording

    def _is_new(self, feature: Feature, layer: str) -> bool:
        if not feature.identifier:
            self.rejects.append(Reject(feature.place, str(NO_IDENTIFIER), layer))
        elif feature.identifier in self.plans or feature.identifier in self.sections:
            self.rejects.append(Reject(feature.place, str(TWICE), layer))
        else:
            return True
        return False

    def _area(self, feature: Feature, name: str, crs: Crs) -> BaseGeometry | None:
        holder = next(feature.element.iterchildren(f"{{*}}{name}"), None)
        try:
            if holder is None:
                raise Unusable(reason.NO_AREA)
            found, repaired = geometry.one_area(holder, crs.within(feature.element))
        except Unusable as wrong:
            self._wrong[feature.identifier] = feature.place, wrong.reason
            return None
        self.repaired += repaired
        return found

    def _join(self) -> None:
        for plan_id, (sections, _) in self._links.items():
            for section_id in sections:
                if section_id in self.sections and not self.sections[section_id].plan_id:
                    self.sections[section_id].plan_id = plan_id
        sections_of: dict[str, list[Section]] = {}
        for section_id, section in self.sections.items():
            sections_of.setdefault(self.plan_of(section_id), []).append(section)
        only = len(self.plans) == 1
        for plan_id, row in list(self.plans.items()):
            own = sections_of.get(plan_id, [])
            row["sections"] = len(own)
            row["text"] = "\n".join(self._texts_of(plan_id, only))[:PLAN_TEXT] or None
            if row["geom"] is None:
                # The model wants an area; where a plan has none of its own, its sections together are it.
                areas = [section.geometry for section in own if section.geometry is not None]
                row["geom"] = shapely.union_all(areas) if areas else None
            if row["geom"] is None:
                place, why = self._wrong[plan_id]
                self.rejects.append(Reject(place, str(why), "plan"))
                del self.plans[plan_id]

    def _texts_of(self, plan_id: str, only: bool) -> Iterator[str]:
        linked = [key for key in self._links[plan_id][1] if key in self.texts]
        for key in linked or (self.texts if only else ()):
            yield ": ".join(part for part in self.texts[key] if part)


def sections_named(own: Attributes) -> Iterator[str]:
    """Sections that an object says it belongs to: gehoertZuBereich, in 4.1 gehoertZuBP_Bereich and the like."""
    for name in own:
        if name.startswith("gehoert") and name.endswith("Bereich"):
            yield from filter(None, map(value.link, own.all(name)))
