"""Quantities as people write them: unit signs, digits, and which are added up rather than averaged."""

from __future__ import annotations

import math
from typing import Literal

from twin.language import Language
from twin.number import written
from twin.observations.quantity import presentation, sign, words

Aggregation = Literal["mean", "sum", "level", "direction", "mode"]

_DIGITS = 3
"""Digits after the decimal sign where nothing is said of a unit."""

_LONGEST = 60
"""Characters of a result that is a text, as a label shows them."""


def with_unit(number: str, unit: str | None) -> str:
    """A written number and its unit: ``3,42 m``, ``12°``, ``7``."""
    shown = sign(unit)
    return f"{number}{'' if shown.startswith(('°', '/')) and shown != '°C' else ' '}{shown}".strip()


def value_text(value: float | None, unit: str | None, language: Language) -> str:
    """A value with its unit, for people: ``3,42 m``.

    Parameters
    ----------
    value : float or None
    unit : str or None
        UCUM code.
    language : {"de", "en"}
        Whose decimal sign is written.

    Returns
    -------
    text : str
        A dash where there is no value.
    """
    if value is None or math.isnan(value):
        return "–"
    return with_unit(number_text(value, unit, language), unit)


def number_text(value: float, unit: str | None, language: Language) -> str:
    """A value without its unit, with as many digits as the unit's readings carry: trailing zeros stand."""
    digits = int(presentation()["decimals"].get(unit or "", _DIGITS))
    if unit and unit in presentation()["decimals"] and math.isfinite(value):
        # A gauge says 3,40 m: the digits tell how finely it measures. What is no whole number keeps its fraction.
        needed = digits if digits or float(value).is_integer() or abs(value) >= 100 else 1
        text = f"{value:,.{needed}f}"
        return text.translate(str.maketrans(",.", ".,")) if language == "de" else text
    return written(float(value), language, digits)


def short(text: str) -> str:
    """A text result as a label shows it: one line, not longer than a label."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * _LONGEST]).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def aggregation(observed_property: str | None) -> Aggregation:
    """How readings of a quantity are put together over a time.

    Returns
    -------
    how : {"mean", "sum", "level", "direction", "mode"}
        Averaged; added up (rain, counts); averaged by their energy (sound levels, DIN 45641); averaged as vectors
        (directions); the most frequent one (codes).
    """
    found: Aggregation = presentation()["aggregations"].get(observed_property or "", "mean")
    return found


def quantities() -> list[str]:
    """Keys of all quantities that are known."""
    return list(words("observed_property", "de"))
