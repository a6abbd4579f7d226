"""Numbers of an axis: round, and written alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.language import Language
from twin.number import written


def ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Round numbers between two, about `count` of them."""
    rough = (high - low) / count
    magnitude = 10.0 ** np.floor(np.log10(rough))
    step = magnitude * min((1.0, 2.0, 2.5, 5.0, 10.0), key=lambda part: abs(part * magnitude - rough))
    return [
        float(round(number * step, 12)) for number in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)
    ]


def alike(numbers: Sequence[float], language: Language) -> list[str]:
    """Numbers written with as many digits as the one that needs most."""
    plain = [written(number, language, 9) for number in numbers]
    sign = "," if language == "de" else "."
    digits = max((len(text.rpartition(sign)[2]) for text in plain if sign in text), default=0)
    texts = [f"{number:,.{digits}f}" for number in numbers]
    return [text.translate(str.maketrans(",.", ".,")) if language == "de" else text for text in texts]
