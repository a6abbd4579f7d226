"""Rates of lines as cells hold them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from ingest.delimited import number

LARGEST = 100_000.0
"""Beyond this nobody sells a line to a household. [Mbit/s]"""

_UNIT = re.compile(r"[\s_(\[]+([kmg])b(?:it)?\s*(?:/\s*s|p?s)?\s*[)\]]?$", re.IGNORECASE)
_FACTORS = {"k": 0.001, "m": 1.0, "g": 1000.0}
_VALUE = re.compile(
    r"\s*(?:[≥>]=?|ab|bis(?: zu)?|ca\.?)?\s*([\d.,]+)\s*(?:([kmg])b(?:it)?\s*(?:/\s*s|p?s)?)?\s*", re.IGNORECASE
)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_LONGEST = 60


def without_unit(name: str) -> tuple[str, float]:
    """Name of a column without its unit, and what its rates have to be multiplied with to be Mbit/s."""
    end = max(len(name) - _LONGEST, 0)  # it stands at the end, and hostile names are long
    found = _UNIT.search(name, end)
    return (name[: found.start()], _FACTORS[found[1].lower()]) if found else (name, 1.0)


def groups_thousands(values: Iterable[str]) -> bool:
    """Whether ``1.000`` means a thousand in a column with these values, rather than one.

    It does where such values stand beside others that are written without decimals (``500``, ``1.000``), and nowhere
    else: a column with three decimals throughout has them everywhere.
    """
    found = [value.strip() for value in values if value.strip()]
    pointed = [value for value in found if "." in value]
    return bool(pointed) and len(pointed) < len(found) and all(_GROUPED.fullmatch(value) for value in pointed)


def rate(text: str, factor: float = 1.0, *, thousands: bool = False) -> float:
    """The rate that a cell holds, such as ``1000``, ``≥ 30 Mbit/s`` or ``1 Gbit/s``; NaN if it holds none. [Mbit/s]

    Parameters
    ----------
    text : str
        The cell.
    factor : float
        What the column's name says, see `without_unit`; a unit in the cell itself counts more.
    thousands : bool
        Whether points group digits.
    """
    found = _VALUE.fullmatch(text[:_LONGEST])
    if found is None:
        return math.nan
    digits = found[1].replace(".", "") if thousands and _GROUPED.fullmatch(found[1]) else found[1]
    value = number(digits) * (_FACTORS[found[2].lower()] if found[2] else factor)
    return value if 0 <= value <= LARGEST else math.nan
