"""Numbers as people write them."""

from __future__ import annotations

import math

from twin.language import Language, language

_SWAPPED = str.maketrans(",.", ".,")


def grouped(count: int) -> str:
    """`count` with its thousands set apart: ``4.706`` in German, ``4,706`` in English."""
    return written(count, language())


def written(value: float, chosen: Language, decimals: int = 3) -> str:
    """`value` in the writing of a language: ``1.234,5`` in German, ``1,234.5`` in English.

    Parameters
    ----------
    value : int or float
        Not a year and not a key: its thousands are set apart.
    chosen : {"de", "en"}
        Language.
    decimals : int
        Decimals at most, of a float; zeros at its end are left out.
    """
    if isinstance(value, int):
        text = f"{value:,}"
    elif not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    elif value and abs(value) < 0.5 * 10**-decimals:
        text = f"{value:.2g}"
    else:
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if decimals else text
    return text.translate(_SWAPPED) if chosen == "de" else text


def percent(share: float) -> str:
    """A difference as a share, with its sign: ``+2,7 %`` in German, ``+2.7 %`` in English."""
    sign = "−" if share < 0 else "+"
    return f"{sign}{written(abs(share) * 100, language(), 1)} %"
