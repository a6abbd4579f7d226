"""Units of readings: what sources write, as UCUM, and how units of one kind compare."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from twin.reference import reference_path

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that is known.

    Attributes
    ----------
    code : str
        As UCUM writes it.
    dimension : str
        What kind of quantity it measures; units of one kind can be compared.
    factor, offset : float
        A value times `factor` plus `offset` is in the base unit of its kind.
    """

    code: str
    dimension: str
    factor: float
    offset: float = 0.0

    def base(self, value: float) -> float:
        """A value in the base unit of its kind."""
        return value * self.factor + self.offset

    def of_base(self, value: float) -> float:
        """A value of the base unit in this one."""
        return (value - self.offset) / self.factor


def unit(written: str) -> Unit | None:
    """The unit that a source names, by UCUM code, symbol or name; None if it is not known."""
    short = " ".join(written[:_LONGEST].split())
    return _by_code().get(short) or _by_name().get(short.lower())


def converted(value: float, code: str, into: str) -> float | None:
    """A value of one unit in another one; None where they are not of one kind, or not known."""
    if code == into:
        return value
    own, other = unit(code), unit(into)
    if own is None or other is None or own.dimension != other.dimension:
        return None
    # 3.5 m are 350 cm, and not 350.00000000000006.
    return float(f"{other.of_base(own.base(value)):.13g}")


@cache
def _by_code() -> dict[str, Unit]:
    declared = json.loads(reference_path("sensor/units.json").read_text("utf-8"))["units"]
    return {
        code: Unit(code, entry["dimension"], entry["factor"], entry.get("offset", 0.0))
        for code, entry in declared.items()
    }


@cache
def _by_name() -> dict[str, Unit]:
    declared = json.loads(reference_path("sensor/units.json").read_text("utf-8"))["units"]
    return {name: _by_code()[code] for code, entry in declared.items() for name in entry["names"]}
