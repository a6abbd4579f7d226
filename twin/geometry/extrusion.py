"""Bodies from footprints, heights and a roof type: many at once."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from twin.geometry.solid import GROUND, ROOF, WALL, Solids
from twin.geometry.surface import Surfaces, offsets

FLAT, PENT, GABLE, HIP = "1000", "2100", "3100", "3200"
"""Roof codes (AdV) that a roof is built for; any other becomes flat."""

_FILL = 0.9
"""Share of its smallest rectangle that a footprint has to fill to be roofed as one. [1]"""


def extrude(
    footprints: ArrayLike, base: ArrayLike, eaves: ArrayLike, ridge: ArrayLike, roof_code: ArrayLike = FLAT
) -> Solids:
    """Closed bodies over footprints, one body a footprint, for `twin.geometry.buildings.building_tables`.

    Parameters
    ----------
    footprints : array of shapely polygons, shape (n,)
        In the store's CRS; holes become courtyards. A multipolygon becomes one body of several blocks.
    base : array of float, shape (n,) or ()
        Height of the ground surface. [m above DHHN2016]
    eaves : array of float, shape (n,) or ()
        Height of the lower edge of the roof. [m above DHHN2016]
    ridge : array of float, shape (n,) or ()
        Height of the highest point of the roof; equal to the eaves for flat roofs. [m above DHHN2016]
    roof_code : array of str, shape (n,) or ()
        ``1000`` flat, ``2100`` pent, ``3100`` gable, ``3200`` hip.

    Returns
    -------
    solids : Solids
        Bodies in the order of `footprints`, every surface with its kind, normals outward.

    Raises
    ------
    ValueError
        If a footprint is empty or no polygon, or a roof is not above its ground.

    Notes
    -----
    Pent, gable and hip roofs are built where the footprint fills at least nine tenths of its smallest rectangle: the
    corners then are the rectangle's, the ridge runs along its longer side, and a hip's slopes are as steep on all four
    sides. Every other footprint keeps its outline and gets a flat roof at the height that holds the same volume as a
    saddle over it: half-way between eaves and ridge.
    """
    shapes = np.atleast_1d(np.asarray(footprints, object))
    low, lower, upper = (
        np.broadcast_to(np.asarray(values, np.float64), shapes.shape).copy() for values in (base, eaves, ridge)
    )
    roof = np.broadcast_to(np.asarray(roof_code, np.str_), shapes.shape)
    if not np.isin(shapely.get_type_id(shapes), (3, 6)).all() or shapely.is_empty(shapes).any():
        raise ValueError("a footprint has to be a polygon with an area")
    upper = np.maximum(upper, lower)
    if not (upper > low).all() or not (lower > low).all():
        raise ValueError("a roof has to lie above its ground")
    pitched = np.isin(roof, (PENT, GABLE, HIP)) & (upper > lower)
    rectangle = np.zeros((len(shapes), 4, 2))
    if pitched.any():
        rectangle[pitched], fits = _rectangles(shapes[pitched])
        pitched[pitched] = fits
    flat = np.flatnonzero(~pitched)
    blocks = [_prisms(shapes[flat], low[flat], ((lower + upper) / 2)[flat], flat)] if len(flat) else []
    for code, pattern in ((PENT, _PENT), (GABLE, _GABLE), (HIP, _HIP)):
        chosen = np.flatnonzero(pitched & (roof == code))
        if len(chosen):
            corners = _corners(rectangle[chosen], low[chosen], lower[chosen], upper[chosen], code)
            blocks.append(_patterned(pattern, corners, chosen))
    return _joined(blocks, len(shapes))


_Block = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]
"""Points, points a ring, rings a polygon, kind and body of each polygon."""

# Corners 0–3 of the rectangle at the base counter-clockwise, the long side first; 4–7 above them at the eaves;
# 8 and 9 the ends of the ridge (for a pent roof above 6 and 7).
_Pattern = tuple[tuple[int, tuple[int, ...]], ...]
_BOTTOM = (GROUND, (3, 2, 1, 0))
_GABLE: _Pattern = (
    _BOTTOM,
    (WALL, (0, 1, 5, 4)),
    (WALL, (1, 2, 6, 9, 5)),
    (WALL, (2, 3, 7, 6)),
    (WALL, (3, 0, 4, 8, 7)),
    (ROOF, (4, 5, 9, 8)),
    (ROOF, (6, 7, 8, 9)),
)
_HIP: _Pattern = (
    _BOTTOM,
    (WALL, (0, 1, 5, 4)),
    (WALL, (1, 2, 6, 5)),
    (WALL, (2, 3, 7, 6)),
    (WALL, (3, 0, 4, 7)),
    (ROOF, (4, 5, 9, 8)),
    (ROOF, (5, 6, 9)),
    (ROOF, (6, 7, 8, 9)),
    (ROOF, (7, 4, 8)),
)
_PENT: _Pattern = (
    _BOTTOM,
    (WALL, (0, 1, 5, 4)),
    (WALL, (1, 2, 9, 5)),
    (WALL, (2, 3, 8, 9)),
    (WALL, (3, 0, 4, 8)),
    (ROOF, (4, 5, 9, 8)),
)


def _rectangles(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Corners of the smallest rectangles, counter-clockwise, long side first, and which footprints fill them."""
    shells = shapely.oriented_envelope(shapes)
    fits = (shapely.get_type_id(shells) == 3) & (shapely.area(shapes) >= _FILL * shapely.area(shells))
    fits &= shapely.get_num_geometries(shapes) == 1
    fits &= shapely.get_num_interior_rings(shapely.get_geometry(shapes, 0)) == 0
    corners = np.zeros((len(shapes), 4, 2))
    if fits.any():
        rings = shapely.get_coordinates(shapely.orient_polygons(shells[fits])).reshape(-1, 5, 2)[:, :4]
        first, second = rings[:, 1] - rings[:, 0], rings[:, 2] - rings[:, 1]
        upright = (first * first).sum(axis=1) < (second * second).sum(axis=1)
        rings[upright] = np.roll(rings[upright], -1, axis=1)
        corners[fits] = rings
    return corners, fits


def _corners(
    rectangle: NDArray[np.float64],
    low: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    code: str,
) -> NDArray[np.float64]:
    count = len(rectangle)
    corners = np.empty((count, 10, 3))
    corners[:, 0:4, :2] = corners[:, 4:8, :2] = rectangle
    corners[:, 0:4, 2] = low[:, None]
    corners[:, 4:8, 2] = lower[:, None]
    corners[:, 8:10, 2] = upper[:, None]
    if code == PENT:
        corners[:, 8, :2], corners[:, 9, :2] = rectangle[:, 3], rectangle[:, 2]
        return corners
    start = (rectangle[:, 3] + rectangle[:, 0]) / 2
    end = (rectangle[:, 1] + rectangle[:, 2]) / 2
    if code == HIP:
        along = end - start
        length = np.sqrt((along * along).sum(axis=1))
        across = np.sqrt(((rectangle[:, 2] - rectangle[:, 1]) ** 2).sum(axis=1))
        # Equal slopes want half the width; a square keeps a short ridge so that the pattern stays whole.
        inset = (np.minimum(across / 2, length * 0.45) / length)[:, None] * along
        start, end = start + inset, end - inset
    corners[:, 8, :2], corners[:, 9, :2] = start, end
    return corners


def _patterned(pattern: _Pattern, corners: NDArray[np.float64], bodies: NDArray[np.int64]) -> _Block:
    order = np.concatenate([np.array(ring) for _, ring in pattern])
    count = len(bodies)
    return (
        corners[:, order].reshape(-1, 3),
        np.tile([len(ring) for _, ring in pattern], count),
        np.ones(count * len(pattern), np.int64),
        np.tile(np.array([kind for kind, _ in pattern], np.uint8), count),
        np.repeat(bodies, len(pattern)),
    )


def _prisms(
    shapes: NDArray[np.object_], low: NDArray[np.float64], top: NDArray[np.float64], bodies: NDArray[np.int64]
) -> _Block:
    parts, owner = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    _, closed_points, (closed_rings, polygons) = shapely.to_ragged_array(parts)
    last = np.zeros(len(closed_points), bool)
    last[closed_rings[1:] - 1] = True
    flat = closed_points[~last, :2]
    sizes = np.diff(closed_rings) - 1
    rings = offsets(sizes)
    of_part = owner[np.repeat(np.arange(len(parts)), np.diff(rings[polygons]))]
    roof = np.column_stack([flat, top[of_part]])
    ground = np.column_stack([flat, low[of_part]])
    ring = np.repeat(np.arange(len(sizes)), sizes)
    mirrored = rings[ring] + rings[ring + 1] - 1 - np.arange(len(flat))
    after = np.arange(1, len(flat) + 1)
    after[rings[1:] - 1] = rings[:-1]
    walls = np.stack([ground, ground[after], roof[after], roof], axis=1).reshape(-1, 3)
    holes = np.diff(polygons)
    return (
        np.concatenate([ground[mirrored], walls, roof]),
        np.concatenate([sizes, np.full(len(flat), 4), sizes]),
        np.concatenate([holes, np.ones(len(flat), np.int64), holes]),
        np.repeat(np.array([GROUND, WALL, ROOF], np.uint8), [len(parts), len(flat), len(parts)]),
        bodies[np.concatenate([owner, of_part, owner])],
    )


def _joined(blocks: list[_Block], count: int) -> Solids:
    if not blocks:
        empty = np.zeros(1, np.int64)
        return Solids(Surfaces(np.zeros((0, 3)), empty, empty), np.zeros(0, np.uint8), empty)
    points, sizes, rings, kinds, bodies = (np.concatenate(column) for column in zip(*blocks, strict=True))
    order = np.argsort(bodies, kind="stable")
    surfaces = Surfaces(points, offsets(sizes), offsets(rings)).take(order)
    return Solids(surfaces, kinds[order], offsets(np.bincount(bodies, minlength=count)))
