"""Areas under Flächenschluss, gathered by section, and what a steward reads about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ingest.xplan.coverage import MANY_VERTICES, Finding, check
from ingest.xplan.outline import Outline
from twin.language import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_NOTE = Text("Flächenschluss in {name}: {found}.", "Coverage of {name}: {found}.")
_GAPS = Text(
    "Lücken: {count}, die größte {largest:.2f} m² bei {east:.1f} {north:.1f}",
    "gaps: {count}, the largest {largest:.2f} m² at {east:.1f} {north:.1f}",
)
_OVERLAPS = Text(
    "Überlappungen: {count}, die größte {largest:.2f} m² bei {east:.1f} {north:.1f}",
    "overlaps: {count}, the largest {largest:.2f} m² at {east:.1f} {north:.1f}",
)
_OUTSIDE = Text(
    "Überstände über den Geltungsbereich: {count}, der größte {largest:.2f} m² bei {east:.1f} {north:.1f}",
    "parts beyond the area of validity: {count}, the largest {largest:.2f} m² at {east:.1f} {north:.1f}",
)
_INCOMPLETE = Text("nicht vollständig geprüft, zu viele Flächen", "not checked wholly, too many areas")

_NOT_CHECKED = Text(
    "Flächenschluss weiterer Bereiche nicht geprüft: {count}.", "Coverage of further sections not checked: {count}."
)

_NOTES = 100
"""Sections that are checked."""


class Closing:
    """Areas that shall cover their section, at level 0."""

    def __init__(self) -> None:
        self._areas: dict[tuple[str, str], list[BaseGeometry]] = {}
        self._vertices = 0
        self._complete = True

    def add(self, section_id: str, plan_id: str, area: BaseGeometry) -> None:
        """Take an area."""
        self._vertices += int(shapely.get_num_coordinates(area))
        if self._vertices > MANY_VERTICES:
            self._complete = False
            self._areas.clear()
            return
        self._areas.setdefault((section_id, plan_id), []).append(area)

    def notes(self, outline: Outline) -> Iterator[str]:
        """A sentence for each section whose areas do not fit."""
        if not self._complete:
            yield str(_INCOMPLETE)
            return
        for (section_id, plan_id), areas in list(self._areas.items())[:_NOTES]:
            found = check(np.array(areas, dtype=object), outline.region(section_id, plan_id))
            kinds: tuple[tuple[Text, Finding], ...] = (
                (_GAPS, found.gaps),
                (_OVERLAPS, found.overlaps),
                (_OUTSIDE, found.outside),
            )
            parts = [_said(text, finding) for text, finding in kinds if finding.count]
            if not found.complete:
                parts.append(str(_INCOMPLETE))
            if parts:
                named = outline.plans.get(plan_id, {}).get("name")
                yield _NOTE.format(name=named or section_id or plan_id or "–", found="; ".join(parts))
        if len(self._areas) > _NOTES:
            yield _NOT_CHECKED.format(count=len(self._areas) - _NOTES)


def _said(text: Text, finding: Finding) -> str:
    return text.format(count=finding.count, largest=finding.largest, east=finding.east, north=finding.north)
