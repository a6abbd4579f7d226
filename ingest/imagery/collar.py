"""Black collars: what a picture that was turned or cut to a border is filled up with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from twin.geometry.picture import Colours

REACH = 25
"""Edge of the smallest square of pure black that no shadow fills. [px]"""

_DARK = 12


def without_collar(colours: Colours, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where there is a picture, if large black areas are none.

    Parameters
    ----------
    colours : array of uint8, shape (rows, columns, 3)
    known : array of bool, shape (rows, columns)

    Returns
    -------
    known : array of bool
        Without squares of `REACH` pure black pixels, and what is nearly black beside them: JPEG blurs their edge.
        What lies beyond the array's edges counts as black: what is within twice `REACH` of an edge that is not the
        file's has to be cut off.
    """
    # Every such square holds a point of this grid: most pictures are done here.
    start = REACH // 2
    if (colours[start::REACH, start::REACH].any(axis=2) | ~known[start::REACH, start::REACH]).all():
        return known
    brightest = np.maximum(np.maximum(colours[..., 0], colours[..., 1]), colours[..., 2])
    black = (brightest == 0) & known
    core = minimum_filter(black.view(np.uint8), size=REACH, mode="constant", cval=1)
    if not core.any():
        return known
    around = maximum_filter(core, size=REACH + 16, mode="nearest").astype(bool)
    kept: NDArray[np.bool_] = known & ~(around & (brightest <= _DARK))
    return kept
