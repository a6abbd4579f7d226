"""Circular arcs as polylines: arcs, arc strings and circles, to a chord error of one centimetre.

A boundary that two parcels share comes out with the same vertices whichever way it is walked: each arc is divided
from its smaller end (by x, then y) and turned round where needed. Hence no slivers between neighbours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

CHORD_ERROR = 0.01
"""Largest distance between arc and chord that is accepted by default. [m]"""

Coordinates = NDArray[np.float64]
Offsets = NDArray[np.int64]

_MOST_STEPS = 20_000
"""Chords of one arc between two given points; beyond it the radius is a mistake, and memory is at stake."""

_MOST_POINTS = 2_000_000
"""Vertices of one call, for the same reason."""


def linearise(
    start: ArrayLike, middle: ArrayLike, end: ArrayLike, chord_error: float = CHORD_ERROR
) -> tuple[Coordinates, Offsets]:
    """Polylines of many arcs through three points each.

    Parameters
    ----------
    start, middle, end : array_like, shape (n, 2)
        Points that each arc begins at, passes and ends at. Where start and end are the same point, the arc is the
        full circle whose diameter ends in `middle`. [m]
    chord_error : float
        Largest distance between arc and chord. [m]

    Returns
    -------
    points : ndarray, shape (m, 2)
        All vertices; the three given points of each arc are among them, unchanged.
    offsets : ndarray, shape (n + 1,)
        Arc ``i`` is ``points[offsets[i]:offsets[i + 1]]``.

    Raises
    ------
    ValueError
        If shapes differ, `chord_error` is not positive, or there would be more than two million vertices.
    """
    first, via, last = (np.asarray(points, dtype=np.float64).reshape(-1, 2) for points in (start, middle, end))
    if not first.shape == via.shape == last.shape:
        raise ValueError(f"expected as many starts as middles and ends, found {len(first)}, {len(via)}, {len(last)}")
    if not chord_error > 0:
        raise ValueError(f"expected a positive chord error, found {chord_error}")
    turned = (first[:, 0] > last[:, 0]) | ((first[:, 0] == last[:, 0]) & (first[:, 1] > last[:, 1]))
    begin = np.where(turned[:, None], last, first)
    finish = np.where(turned[:, None], first, last)

    centre, radius = _circumcircle(begin, via, finish)
    angle = np.arctan2(begin[:, 1] - centre[:, 1], begin[:, 0] - centre[:, 0])
    to_via = np.arctan2(via[:, 1] - centre[:, 1], via[:, 0] - centre[:, 0]) - angle
    to_finish = np.arctan2(finish[:, 1] - centre[:, 1], finish[:, 0] - centre[:, 0]) - angle
    # Counted counter-clockwise from the beginning, via comes before the finish; else the arc runs clockwise.
    to_via, to_finish = to_via % (2 * np.pi), to_finish % (2 * np.pi)
    closed = np.all(begin == finish, axis=1)
    to_via, to_finish = np.where(closed, np.pi, to_via), np.where(closed, 2 * np.pi, to_finish)
    clockwise = to_via > to_finish
    to_via = np.where(clockwise, to_via - 2 * np.pi, to_via)
    to_finish = np.where(clockwise, to_finish - 2 * np.pi, to_finish)

    step = _step(radius, chord_error)
    before = _pieces(to_via, step)
    after = _pieces(to_finish - to_via, step)
    counts = before + after + 1
    offsets = np.concatenate([[0], np.cumsum(counts)])
    if offsets[-1] > _MOST_POINTS:
        raise ValueError(f"expected arcs of up to {_MOST_POINTS} vertices together, found {offsets[-1]}")
    arc = np.repeat(np.arange(len(first)), counts)
    place = np.arange(offsets[-1]) - offsets[arc]
    in_second = place > before[arc]
    share = np.where(in_second, (place - before[arc]) / after[arc], place / before[arc])
    turn = np.where(in_second, to_via[arc] + share * (to_finish - to_via)[arc], share * to_via[arc])
    with np.errstate(invalid="ignore"):  # a straight "arc" has no radius; its points are set below
        angles = angle[arc] + turn
        points = centre[arc] + radius[arc, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    points[offsets[:-1]] = begin
    points[offsets[:-1] + before] = via
    points[offsets[1:] - 1] = finish
    order = np.where(turned[arc], offsets[arc + 1] - 1 - place, offsets[arc] + place)
    return points[order], offsets.astype(np.int64)


def arc(points: ArrayLike, chord_error: float = CHORD_ERROR) -> Coordinates:
    """Polyline of one arc (``gml:Arc``) through three points, shape (3, 2). [m]"""
    given = _points(points, 3)
    return linearise(given[:1], given[1:2], given[2:], chord_error)[0]


def arc_string(points: ArrayLike, chord_error: float = CHORD_ERROR) -> Coordinates:
    """Polyline of arcs that follow each other (``gml:ArcString``): points 0 1 2, then 2 3 4, and so on. [m]

    Raises
    ------
    ValueError
        If the number of points is even or below three.
    """
    given = _points(points)
    if len(given) < 3 or len(given) % 2 == 0:
        raise ValueError(f"expected an odd number of points, three or more, found {len(given)}")
    found, offsets = linearise(given[:-2:2], given[1:-1:2], given[2::2], chord_error)
    joints = offsets[1:-1]
    return np.delete(found, joints, axis=0)


def circle(points: ArrayLike, chord_error: float = CHORD_ERROR) -> Coordinates:
    """Closed polyline of the circle through three points (``gml:Circle``), in their order. [m]

    Raises
    ------
    ValueError
        If the points lie on one line.
    """
    given = _points(points, 3)
    centre, radius = _circumcircle(given[:1], given[1:2], given[2:])
    if not np.isfinite(radius[0]):
        raise ValueError("expected three points on a circle, found them on one line")
    opposite = _between(centre[0], given[2], given[0], given[1])
    return arc_string(np.vstack([given, opposite, given[:1]]), chord_error)


def circle_by_centre(centre: ArrayLike, radius: float, chord_error: float = CHORD_ERROR) -> Coordinates:
    """Closed polyline of a circle (``gml:CircleByCenterPoint``), counter-clockwise from its easternmost point. [m]"""
    return arc_by_centre(centre, radius, 0.0, 2 * np.pi, chord_error)


def arc_by_centre(
    centre: ArrayLike, radius: float, start: float, end: float, chord_error: float = CHORD_ERROR
) -> Coordinates:
    """Polyline of an arc (``gml:ArcByCenterPoint``).

    Parameters
    ----------
    centre : array_like, shape (2,)
        Centre. [m]
    radius : float
        Radius, more than 0. [m]
    start, end : float
        Angles, counter-clockwise from the x axis; the arc runs clockwise where `end` is smaller. [rad]
    chord_error : float
        Largest distance between arc and chord. [m]

    Raises
    ------
    ValueError
        If `radius` is not positive.
    """
    if not radius > 0 or not np.isfinite(radius):
        raise ValueError(f"expected a positive radius, found {radius}")
    sweep = np.array([end - start])
    count = int(_pieces(sweep, _step(np.array([radius]), chord_error))[0])
    angles = np.linspace(start, end, count + 1)
    points: Coordinates = _points(centre, 1)[0] + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    if abs(end - start) >= 2 * np.pi:
        points[-1] = points[0]
    return points


def _points(points: ArrayLike, count: int | None = None) -> Coordinates:
    given = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if count is not None and len(given) != count:
        raise ValueError(f"expected {count} points, found {len(given)}")
    if not np.isfinite(given).all():
        raise ValueError("expected finite coordinates")
    return given


def _circumcircle(first: Coordinates, via: Coordinates, last: Coordinates) -> tuple[Coordinates, Coordinates]:
    """Centres and radii; radius infinite where the three points lie on one line to the accuracy of the numbers."""
    a, b = via - first, last - first
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    length_a, length_b = np.sum(a * a, axis=1), np.sum(b * b, axis=1)
    # The height of via over the chord; below a hundredth of a millimetre it is noise of the coordinates.
    chord = np.sqrt(np.maximum(np.maximum(length_a, length_b), np.sum((last - via) ** 2, axis=1)))
    straight = np.abs(cross) <= 1e-5 * chord
    divisor = np.where(straight, 1.0, 2 * cross)
    offset = np.column_stack([b[:, 1] * length_a - a[:, 1] * length_b, a[:, 0] * length_b - b[:, 0] * length_a])
    offset /= divisor[:, None]
    closed = np.all(first == last, axis=1) & (length_a > 0)
    offset = np.where(closed[:, None], a / 2, offset)
    radius = np.where(straight & ~closed, np.inf, np.hypot(offset[:, 0], offset[:, 1]))
    return np.where(np.isfinite(radius)[:, None], first + offset, first), radius


def _step(radius: Coordinates, chord_error: float) -> Coordinates:
    """Largest angle between vertices: the sagitta ``r (1 − cos(step / 2))`` stays below the chord error."""
    with np.errstate(divide="ignore"):
        ratio = np.clip(1 - chord_error / radius, -1.0, 1.0)
    # A small circle keeps eight corners at least, so that it still has a believable area.
    return np.where(np.isfinite(radius), np.clip(2 * np.arccos(ratio), 1e-12, np.pi / 4), np.inf)


def _pieces(sweep: Coordinates, step: Coordinates) -> NDArray[np.int64]:
    wanted = np.where(np.isfinite(step), np.ceil(np.abs(sweep) / step - 1e-9), 1)
    return np.clip(wanted, 1, _MOST_STEPS).astype(np.int64)


def _between(centre: Coordinates, begin: Coordinates, finish: Coordinates, avoid: Coordinates) -> Coordinates:
    """Point of the circle halfway from `begin` to `finish` on the side away from `avoid`."""
    direction = begin + finish - 2 * centre
    length = np.hypot(*direction)
    radius = np.hypot(*(begin - centre))
    if length < 1e-9 * radius:  # begin and finish are opposite each other
        direction = np.array([-(begin - centre)[1], (begin - centre)[0]])
        length = radius
    candidate = direction / length * radius
    chord = finish - begin
    side = chord[0] * (avoid - begin)[1] - chord[1] * (avoid - begin)[0]
    own = chord[0] * (centre + candidate - begin)[1] - chord[1] * (centre + candidate - begin)[0]
    halfway: Coordinates = centre - candidate if side * own > 0 else centre + candidate
    return halfway
