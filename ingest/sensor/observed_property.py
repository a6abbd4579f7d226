"""Observed properties: which quantity the words of a source mean, and between which values it can lie."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

from ingest.plausibility import settings
from twin.observations.unit import Unit, unit
from twin.reference import reference_path

WATER_LEVEL, WATER_SURFACE = "water_level", "water_surface"

_LONGEST = 300
_SEA_LEVEL = re.compile(r"\bN\.?H?\.?N\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Range:
    """Between which values readings of a property lie. Bounds are in `unit`."""

    unit: Unit
    lowest: float
    highest: float

    def within(self, other: Unit) -> tuple[float, float] | None:
        """The bounds in another unit; None if it measures something else."""
        if other.dimension != self.unit.dimension:
            return None
        return other.of_base(self.unit.base(self.lowest)), other.of_base(self.unit.base(self.highest))


@cache
def ranges() -> dict[str, Range]:
    """Ranges by property, of those that have one; see ``data/plausibility.json``."""
    found = {}
    for name, entry in settings()["readings"].items():
        own = unit(entry["unit"])
        if own is not None:
            found[name] = Range(own, entry["lowest"], entry["highest"])
    return found


def observed_property(words: tuple[str, ...], of: Unit | None, unit_source: str = "") -> str | None:
    """The property that a source means; None if it is none of ``data/codes/observed_property.json``.

    Parameters
    ----------
    words : tuple of str
        What the source says: the most telling first.
    of : Unit or None
        Unit of the readings: electric energy is no power, whatever both are called.
    unit_source : str
        The unit as the source writes it: a water level above sea level is told by it alone.
    """
    for text in words:
        for name, pattern in _patterns().items():
            known = ranges().get(name)
            fits = of is None or known is None or known.unit.dimension == of.dimension
            if fits and pattern.search(text[:_LONGEST]):
                return WATER_SURFACE if name == WATER_LEVEL and _SEA_LEVEL.search(unit_source) else name
    return None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    declared = json.loads(reference_path("sensor/observed_properties.json").read_text("utf-8"))["patterns"]
    return {name: re.compile("|".join(patterns), re.IGNORECASE) for name, patterns in declared.items()}
