"""Which unit the numbers of a column are in: its name says so, or the range they lie in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.mapping.cell import LENGTHS
from ingest.mapping.profile import Profile
from twin.language import Text
from twin.layer import Column

_UNITS: dict[str, dict[str, float]] = {
    "m2": {"m²": 1.0, "a": 100.0, "ha": 10_000.0, "km²": 1e6},
    "h": {"h": 1.0, "min": 1 / 60},
    "1": {"1": 1.0, "%": 0.01},
    "m/s": {"m/s": 1.0, "cm/s": 0.01},
}
"""Units that numbers may be in, by the unit of the layer's column (UCUM)."""

_SAID = Text("{unit} laut Spaltenname", "{unit} as the name says")
_LOOKS = Text(
    "Werte wie {low:g} bis {high:g} sind wohl {unit}", "values such as {low:g} to {high:g} are probably {unit}"
)
_NEGATIVE = Text("negativ nach unten gezählt, Vorzeichen gewendet", "counted negative downwards, sign turned")


@dataclass(frozen=True, slots=True)
class Scale:
    """What numbers have to be multiplied with.

    Attributes
    ----------
    factor : float
        To the unit of the layer's column.
    fitting : float
        Share of the numbers that then lie in the typical range; 1 where none is known.
    reason : Text or None
        Why, if it is not 1.
    """

    factor: float = 1.0
    fitting: float = 1.0
    reason: Text | None = None


def scale(profile: Profile, column: Column, typical: tuple[float, float] | None) -> Scale:
    """The factor of a column of numbers."""
    units = _candidates(column.unit)
    numbers = profile.numbers[profile.numbers != 0]
    sign = -1.0 if typical is not None and typical[0] >= 0 and len(numbers) and np.mean(numbers < 0) > 0.8 else 1.0
    turned = _NEGATIVE if sign < 0 else None
    if profile.unit and profile.unit in units:
        factor = sign * units[profile.unit]
        reason = turned or (None if factor == 1 else _SAID.filled(unit=profile.unit))
        return Scale(factor, _fitting(numbers * factor, typical), reason)
    own = _fitting(numbers * sign, typical)
    best = Scale(sign, own, turned)
    if typical is None or own >= 0.6 or not len(numbers):
        return best
    for unit, factor in units.items():
        with np.errstate(over="ignore"):
            share = _fitting(numbers * sign * factor, typical)
        if share > 0.75 and share > best.fitting + 0.25:
            low, high = np.quantile(numbers, (0.05, 0.95))
            best = Scale(sign * factor, share, _LOOKS.filled(low=low, high=high, unit=unit))
    return best


def _candidates(unit: str) -> dict[str, float]:
    if unit in LENGTHS:
        return {name: LENGTHS[name] / LENGTHS[unit] for name in ("mm", "cm", "m", "km")}
    return _UNITS.get(unit, {})


def _fitting(numbers: NDArray[np.float64], typical: tuple[float, float] | None) -> float:
    if typical is None or not len(numbers):
        return 1.0
    return float(np.mean((numbers >= typical[0]) & (numbers <= typical[1])))
