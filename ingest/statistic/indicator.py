"""Figures of statistics, as columns name them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from twin.reference import reference_path

SMALLEST = 5
"""Sensitive counts below this are not stored: results about energy of fewer than 5 addresses are withheld. [1]"""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure.

    Attributes
    ----------
    name : str
        Key of ``data/codes/statistic_indicator.json``.
    unit : str
        UCUM code of its values.
    sensitive : bool
        Whether counts below `SMALLEST` are withheld.
    """

    name: str
    unit: str
    sensitive: bool = False

    @property
    def counts(self) -> bool:
        """Whether its values are whole numbers of something."""
        return self.unit == "1" and not self.name.startswith("average")


def bare(name: str) -> str:
    """A name in small letters and digits alone, umlauts spelled out; ``population_m`` keeps its m: it is no unit."""
    return re.sub(r"[^a-z0-9]", "", name.strip().lower().translate(_UMLAUTS))


def indicators(names: Iterable[str], file: str) -> dict[int, Indicator]:
    """Figures that the columns of a file hold, by place; none twice.

    Parameters
    ----------
    names : iterable of str
        Of the columns.
    file : str
        Name of the file. The census counts by source of energy once dwellings and once buildings, in columns of the
        same names: only the file's name tells them apart.
    """
    known = _known()
    own = bare(file)
    words = [word for word in known if word and word in own]
    found: dict[int, Indicator] = {}
    for place, name in enumerate(names):
        indicator = next((known[word][bare(name)] for word in (*words, "") if bare(name) in known[word]), None)
        if indicator is not None and indicator not in found.values():
            found[place] = indicator
    return found


def reference_day(file: str) -> date | None:
    """Reference day of the census that a file's name says; None if it says none."""
    own = bare(file)
    days = [text for word, text in _declared()["reference_days"].items() if word in own]
    return date.fromisoformat(days[0]) if days else None


def municipality_key_place(names: Iterable[str]) -> int | None:
    """Place of the column with the municipality's key; None if there is none."""
    keys = _declared()["municipality_keys"]
    places = [(keys.index(bare(name)), place) for place, name in enumerate(names) if bare(name) in keys]
    return min(places)[1] if places else None


@cache
def _known() -> dict[str, dict[str, Indicator]]:
    """Word of the file's name (empty for any) and bare name of the column to figure."""
    found: dict[str, dict[str, Indicator]] = {"": {}}
    for entry in _declared()["indicators"]:
        indicator = Indicator(entry["indicator"], entry["unit"], entry.get("sensitive", False))
        for name in entry["names"]:
            found.setdefault(entry.get("file", ""), {})[name] = indicator
    return found


@cache
def _declared() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path("statistic/indicators.json").read_text("utf-8"))
    return found
