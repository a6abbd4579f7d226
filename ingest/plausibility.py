"""Limits of what is plausible, as ``data/plausibility.json`` has them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.language import LANGUAGES, Language, Text
from twin.layer import Column, Layer
from twin.number import written
from twin.reference import reference_path


@dataclass(frozen=True, slots=True)
class Limit:
    """What the values of a column may be.

    Attributes
    ----------
    lowest, highest : float or None
        Bounds.
    above, below : float or None
        Bounds that no value may be, either.
    """

    lowest: float | None = None
    highest: float | None = None
    above: float | None = None
    below: float | None = None

    def beyond(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which values are implausible; NaN is not."""
        wrong = np.zeros(len(values), bool)
        with np.errstate(invalid="ignore"):
            if self.lowest is not None:
                wrong |= values < self.lowest
            if self.highest is not None:
                wrong |= values > self.highest
            if self.above is not None:
                wrong |= values <= self.above
            if self.below is not None:
                wrong |= values >= self.below
        return wrong

    def text(self, column: Column) -> Text:
        """The limits in words, with the column's unit."""
        return Text(*(self._within(language, column) for language in LANGUAGES))

    def _within(self, language: Language, column: Column) -> str:
        def number(value: float) -> str:
            return str(int(value)) if is_year(column) else written(value, language)

        low = number(self.lowest) if self.lowest is not None else None
        if self.above is not None:
            low = f"{'mehr als' if language == 'de' else 'more than'} {number(self.above)}"
        high = number(self.highest) if self.highest is not None else None
        if self.below is not None:
            high = f"{'weniger als' if language == 'de' else 'less than'} {number(self.below)}"
        if low is None or high is None:
            least, most = ("mindestens", "höchstens") if language == "de" else ("at least", "at most")
            words = f"{least} {low}" if high is None else f"{most} {high}"
        else:
            words = f"{low} {'bis' if language == 'de' else 'to'} {high}"
        return f"{words} {unit(column)}".strip()


def unit(column: Column) -> str:
    """Unit as people write it; nothing for a ratio."""
    known = {"1": "", "m2": "m²", "m3": "m³", "deg": "°", "m3/m2": "m³/m²", "a": "Jahre"}
    return known.get(column.unit, column.unit)


def is_year(column: Column) -> bool:
    """Whether the numbers of a column are years."""
    return column.type in {"INTEGER", "SMALLINT"} and (column.name == "year" or "year" in column.name.split("_"))


@cache
def settings() -> dict[str, Any]:
    """The whole file."""
    found: dict[str, Any] = json.loads(reference_path("plausibility.json").read_text("utf-8"))
    return found


def limits(layer: Layer, year: int) -> dict[str, Limit]:
    """Limits of a layer's columns, by name.

    Parameters
    ----------
    layer : Layer
        Whose columns.
    year : int
        The current year.
    """
    declared = settings()["limits"]
    found = {}
    for column in layer.columns:
        entry = declared.get(f"{layer.name}.{column.name}") or declared.get(f"*.{column.name}")
        if entry:
            found[column.name] = Limit(**{name: year if value == "year" else value for name, value in entry.items()})
    return found
