"""Lines cut into strokes and gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

Array = npt.NDArray[Any]

MOST = 400
"""Strokes that one line is cut into; a longer one is drawn whole."""


def dashed(lines: Array, patterns: Sequence[tuple[float, ...]], pixel: float) -> tuple[Array, Array]:
    """Strokes of `lines`, and the number of the line that each is of.

    Parameters
    ----------
    lines : object array of shape (n,)
        Line strings.
    patterns : sequence of tuples
        Lengths of stroke and gap by turns, for each line; empty for a whole line. [m]
    pixel : float
        Patterns whose period is shorter than three of these are not cut. [m]
    """
    found: list[Any] = []
    owner: list[int] = []
    lengths = shapely.length(lines)
    for number, (line, pattern) in enumerate(zip(lines, patterns, strict=True)):
        period = sum(pattern)
        if not pattern or period < 3 * pixel or lengths[number] / period * len(pattern) > MOST:
            found.append(line)
            owner.append(number)
            continue
        for start, end in _strokes(pattern, lengths[number]):
            found.append(substring(line, start, end))
            owner.append(number)
    strokes = np.empty(len(found), object)
    strokes[:] = found
    return strokes, np.array(owner, np.int64)


def _strokes(pattern: tuple[float, ...], length: float) -> list[tuple[float, float]]:
    whole = (*pattern, *pattern) if len(pattern) % 2 else pattern
    ends = np.cumsum(np.tile(whole, int(length // sum(whole)) + 1))
    starts = np.concatenate([[0.0], ends[:-1]])
    return [(a, min(b, length)) for a, b in zip(starts[::2].tolist(), ends[::2].tolist(), strict=True) if a < length]
