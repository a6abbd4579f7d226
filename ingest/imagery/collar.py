"""Black collars: what a picture that was turned or cut to a border is filled up with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from twin.geometry.picture import Colours

REACH = 25
"""Edge of the smallest square of pure black that no shadow fills. [px]"""

_DARK = 12


def without_collar(
    colours: Colours, known: NDArray[np.bool_], ends: tuple[bool, bool, bool, bool] = (True, True, True, True)
) -> NDArray[np.bool_]:
    """Where there is a picture, if large black areas are none.

    Parameters
    ----------
    colours : array of uint8, shape (rows, columns, 3)
    known : array of bool, shape (rows, columns)
    ends : tuple of bool
        Whether the picture ends at the array's north, west, south and east edge.

    Returns
    -------
    known : array of bool
        Without squares of `REACH` pure black pixels, and what is nearly black beside them: JPEG blurs their edge.
        What lies beyond the array's edges counts as black: what is within twice `REACH` of an edge that is not the
        file's has to be cut off.
    """
    rim = [
        side for end, side in zip(ends, (colours[0], colours[:, 0], colours[-1], colours[:, -1]), strict=True) if end
    ]
    # Every such square holds a point of this grid, and every sliver one of the rim: most pictures are done here.
    start = REACH // 2
    if colours[start::REACH, start::REACH].any(axis=2).all() and all(
        side[start::REACH].any(axis=1).all() for side in rim
    ):
        return known
    brightest = np.maximum(np.maximum(colours[..., 0], colours[..., 1]), colours[..., 2])
    black = (brightest == 0) & known
    core = minimum_filter(black.view(np.uint8), size=REACH, mode="constant", cval=1)
    core |= _slivers(black, ends)
    if not core.any():
        return known
    around = maximum_filter(core, size=REACH + 16, mode="nearest").astype(bool)
    kept: NDArray[np.bool_] = known & ~(around & (brightest <= _DARK))
    return kept


def _slivers(black: NDArray[np.bool_], ends: tuple[bool, bool, bool, bool]) -> NDArray[np.uint8]:
    """Black along the picture's own edges, however thin: the pointed ends of a wedge."""
    found = np.zeros(black.shape, np.uint8)
    for end, (picture, mark) in zip(ends, _sides(black, found), strict=True):
        if not end:
            continue
        # Runs of black that begin at the edge, where as many neighbours as a square is wide have one, too.
        first = picture[:, 0].astype(np.uint8)
        long = maximum_filter(minimum_filter(first, REACH, mode="constant", cval=1), REACH).astype(bool) & (first > 0)
        np.maximum(mark, np.logical_and.accumulate(picture, axis=1) & long[:, None], out=mark)
    return found


def _sides(black: NDArray[np.bool_], found: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.uint8]]]:
    """Both arrays, turned so that the north, west, south and east edge is the first column."""
    yield black.T, found.T
    yield black, found
    yield black[::-1].T, found[::-1].T
    yield black[:, ::-1], found[:, ::-1]
