"""Which areas of one set are the same thing as areas of another: by what they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.geometry.footprint import MENDABLE

SAME = 0.5
"""Share of the smaller area beyond which two are the same thing, or one a part of the other. [1]"""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Areas that belong together.

    Attributes
    ----------
    one, other : ndarray of int64, shape (n,)
        Numbers in the two sets, sorted.
    share : ndarray of float64, shape (n,)
        Shared area ÷ smaller area. [1]
    """

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    share: NDArray[np.float64]


def same_places(
    ones: NDArray[np.object_],
    others: NDArray[np.object_],
    may: NDArray[np.bool_] | None = None,
    kinds: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Pairs:
    """Find for areas of one set those of the other that stand in their place.

    Parameters
    ----------
    ones, others : ndarray of shapely areas, shapes (m,) and (k,)
        None and empty ones belong to nothing; those that cross themselves are mended.
    may : ndarray of bool, shape (a, b), optional
        Which kinds of `ones` may belong to which kinds of `others`; all if it is left out.
    kinds : pair of ndarray of int64, shapes (m,) and (k,), optional
        Kind of each, below a and b; needed with `may`.

    Returns
    -------
    pairs : Pairs
        Those that share more than `SAME` of the smaller of the two: drawn together, one would stand in the other.
        Where several of `others` together cover more than `SAME` of an area, but none of them is its pair, the one
        that covers most is. Neighbours that only touch, or lean over a border by inaccuracy, are none.

    Notes
    -----
    The smaller of the two counts, not the larger: a shed inside a hall, and a row of houses that the other source has
    as one block, are the same building work drawn at another scale. A centroid that falls inside would do for most,
    but not for L-shapes and courtyards.
    """
    first, second = _sound(ones), _sound(others)
    one, other = _meeting(first, second)
    if may is not None and kinds is not None:
        allowed = may[kinds[0][one], kinds[1][other]]
        one, other = one[allowed], other[allowed]
    sizes = shapely.area(first), shapely.area(second)
    shared = shapely.area(shapely.intersection(first[one], second[other]))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(shared / np.minimum(sizes[0][one], sizes[1][other]), posinf=0.0)
    hit = share > SAME
    settled = np.zeros(len(first), bool)
    settled[one[hit]] = True
    covered = np.bincount(one, shared, minlength=len(first)) > SAME * sizes[0]
    open_ = np.flatnonzero(covered[one] & ~settled[one] & (shared > 0))
    if len(open_):
        order = open_[np.lexsort((other[open_], -shared[open_], one[open_]))]
        hit[order[np.unique(one[order], return_index=True)[1]]] = True
    chosen = np.flatnonzero(hit)
    chosen = chosen[np.lexsort((other[chosen], one[chosen]))]
    return Pairs(one[chosen], other[chosen], np.minimum(share[chosen], 1.0))


def _sound(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    found = np.array(shapes, object)
    broken = ~shapely.is_valid(found) & ~shapely.is_missing(found)
    # The crossings of a ring may grow with the square of its corners.
    found[broken & (shapely.get_num_coordinates(found) > MENDABLE)] = None
    broken &= ~shapely.is_missing(found)
    if broken.any():
        found[broken] = shapely.make_valid(found[broken], method="structure", keep_collapsed=False)
    found[shapely.is_empty(found)] = None
    return found


def _meeting(first: NDArray[np.object_], second: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs whose insides meet."""
    if not len(first) or not len(second):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    one, other = shapely.STRtree(second).query(first, predicate="intersects")
    return one.astype(np.int64), other.astype(np.int64)
