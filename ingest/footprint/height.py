"""How high a footprint is: as stated, by its storeys, or a default of its function; and which of these it was."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.reference import reference_path

STATED, STOREYS, DEFAULT = "stated", "2000", "3000"
"""Codes of ``height_source``; the last two are the AdV's."""

LOWEST = 0.5
"""What is lower is no building but a slip of the pen. [m]"""

HIGHEST = 400.0
"""No building in Germany is higher: the Commerzbank tower measures 300 m with its mast. [m]"""

MOST_STOREYS = 100

_NUMBER = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,6})?)\s*(m|ft|')?", re.IGNORECASE)
_FOOT = 0.3048  # [m]


@dataclass(frozen=True, slots=True)
class Heights:
    """Heights of footprints.

    Attributes
    ----------
    height : ndarray of float64, shape (n,)
        Above ground. [m]
    source : list of str
        `STATED`, `STOREYS` or `DEFAULT`.
    storeys : list of int or None
        Storeys above ground where they are stated.
    impossible : int
        Stated heights and storeys that no building has, and that were not used.
    """

    height: NDArray[np.float64]
    source: list[str]
    storeys: list[int | None]
    impossible: int


def heights(
    stated: Sequence[str | None],
    levels: Sequence[str | None],
    functions: Sequence[str | None],
    area: NDArray[np.float64],
) -> Heights:
    """Height of each footprint.

    Parameters
    ----------
    stated : sequence of str or None
        Height above ground as the source writes it: ``7.5``, ``7,5 m``, ``25 ft``. [m] where no unit stands beside
    levels : sequence of str or None
        Storeys above ground.
    functions : sequence of str or None
        Function codes (``31001_1010``).
    area : ndarray of float64
        Footprint area. [m²]
    """
    given = _numbers(stated)
    count = np.array([_leading(value) for value in levels], np.float64)
    high = np.isfinite(given) & (given >= LOWEST) & (given <= HIGHEST)
    floors = np.isfinite(count) & (count > 0) & (count <= MOST_STOREYS)
    impossible = int((np.isfinite(given) & ~high & (given != 0)).sum())
    impossible += int((np.isfinite(count) & ~floors & (count != 0)).sum())
    height = np.where(high, given, np.where(floors, np.maximum(count, 1.0) * storey(), _defaults(functions, area)))
    source = np.where(high, STATED, np.where(floors, STOREYS, DEFAULT)).tolist()
    storeys = [round(value) if known else None for value, known in zip(count.tolist(), floors.tolist(), strict=True)]
    return Heights(height, source, [value or None for value in storeys], impossible)


def storey() -> float:
    """Height of a storey. [m]"""
    return float(_table()["storey"])


def _defaults(functions: Sequence[str | None], area: NDArray[np.float64]) -> NDArray[np.float64]:
    known = {code: _default(code) for code in set(functions)}
    small = _table()["small"]
    found = np.array([known[code] for code in functions], np.float64)
    unknown = np.isnan(found)
    found[unknown] = np.where(area[unknown] < small["area"], small["height"], _table()["unknown"])
    return found


def _default(code: str | None) -> float:
    """Height of the longest key that a code begins with; NaN if there is none. [m]"""
    table: dict[str, float] = _table()["functions"]
    keys = [key for key in table if code and code.startswith(key)]
    return table[max(keys, key=len)] if keys else float("nan")


def _numbers(texts: Sequence[str | None]) -> NDArray[np.float64]:
    return np.array([_metres(text) for text in texts], np.float64)


def _metres(text: str | None) -> float:
    found = _NUMBER.fullmatch(text.strip()) if text else None
    if found is None:
        return float("nan")
    value = float(found[1].replace(",", "."))
    return value * _FOOT if (found[2] or "m").lower() != "m" else value


def _leading(text: str | None) -> float:
    """Storeys: the first number, for ``2;3`` and ``2.5`` occur."""
    found = _NUMBER.match(text.strip()) if text else None
    return float(found[1].replace(",", ".")) if found else float("nan")


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path("building_height.json").read_text("utf-8"))
    return found
