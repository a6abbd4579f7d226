"""Cutting of land: a region into blocks with ways between, a block into plots or strips.

All cuts follow the region's own smallest rectangle: plots stand square to their street, strips run along their field.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons of any shape; points and lines are left out."""
    if isinstance(shape, shapely.Polygon):
        return [shape] if shape.area > 0 else []
    return [polygon for part in getattr(shape, "geoms", ()) for polygon in polygons(part)]


def faces(lines: BaseGeometry) -> list[shapely.Polygon]:
    """Polygons that noded `lines` enclose."""
    return polygons(shapely.GeometryCollection(shapely.polygonize(list(shapely.get_parts(lines)))))


def cut(region: shapely.Polygon, lines: Iterable[BaseGeometry]) -> list[shapely.Polygon]:
    """Pieces of `region` between `lines` that run across it."""
    noded = shapely.union_all([region.boundary, *lines])
    pieces = faces(noded)
    if len(pieces) == 1:
        return pieces
    inside = shapely.contains(region, shapely.point_on_surface(pieces))
    return [piece for piece, kept in zip(pieces, inside, strict=True) if kept]


class Frame:
    """The smallest rectangle around a shape: its middle, long axis and sides.

    Attributes
    ----------
    middle, axis : (2,) float
        Centre [m] and unit vector of the long side [1].
    length, width : float
        Long and short side. [m]
    """

    def __init__(self, shape: BaseGeometry) -> None:
        corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
        first, second = corners[1] - corners[0], corners[2] - corners[1]
        a, b = float(np.hypot(*first)), float(np.hypot(*second))
        self.middle = corners[:4].mean(axis=0)
        self.length, self.width = (a, b) if a >= b else (b, a)
        self.axis = first / a if a >= b else second / b

    def across(self, along: float, skew: float = 0.0, bend: float = 0.0) -> shapely.LineString:
        """A line across the long axis, `along` m from the middle, turned by `skew` rad and bent by `bend` m."""
        return self._line(
            self.middle + along * self.axis, math.atan2(self.axis[1], self.axis[0]) + math.pi / 2 + skew, bend
        )

    def lengthwise(self, aside: float, skew: float = 0.0, bend: float = 0.0) -> shapely.LineString:
        """A line along the long axis, `aside` metres from the middle."""
        normal = np.array([-self.axis[1], self.axis[0]])
        return self._line(self.middle + aside * normal, math.atan2(self.axis[1], self.axis[0]) + skew, bend)

    def _line(self, through: np.ndarray, angle: float, bend: float) -> shapely.LineString:
        reach = 0.75 * self.length + 0.75 * self.width
        direction = np.array([math.cos(angle), math.sin(angle)])
        if bend == 0.0:
            return shapely.LineString([through - reach * direction, through + reach * direction])
        t = np.linspace(-1, 1, 13)[:, None]
        normal = np.array([-direction[1], direction[0]])
        return shapely.LineString(through + t * reach * direction + bend * np.cos(1.6 * t) * normal)


def blocks(
    region: shapely.Polygon, area: float, rng: np.random.Generator, *, skew: float = 0.06, bend: float = 0.04
) -> tuple[list[shapely.Polygon], list[BaseGeometry]]:
    """Cut `region` into blocks of about `area` m².

    Returns
    -------
    blocks : list of Polygon
    lines : list of LineString or MultiLineString
        The cuts, in the order they were made: the first are the longest and make the better streets.
    """
    waiting, done, lines = [region], [], []
    while waiting:
        piece = waiting.pop()
        frame = Frame(piece)
        if piece.area < area * rng.uniform(0.9, 1.6) or frame.width < 0.35 * math.sqrt(area):
            done.append(piece)
            continue
        for _ in range(4):
            line = frame.across(
                rng.uniform(-0.12, 0.12) * frame.length,
                rng.uniform(-skew, skew),
                rng.uniform(-bend, bend) * frame.width,
            )
            parts = cut(piece, [line])
            if len(parts) > 1 and min(part.area for part in parts) > 0.05 * area:
                break
        else:
            done.append(piece)
            continue
        lines.append(line.intersection(piece))
        waiting.extend(sorted(parts, key=lambda part: (part.centroid.x, part.centroid.y)))
    return done, lines


def plots(block: shapely.Polygon, width: float, depth: float, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Cut a block into plots `width` m wide along its streets, in rows about `depth` m deep."""
    waiting, done = [block], []
    while waiting:
        piece = waiting.pop()
        frame = Frame(piece)
        if frame.length > 4.2 * depth:
            lines = [frame.across(rng.uniform(-0.06, 0.06) * frame.length)]
        elif frame.width > 1.7 * depth:
            lines = [frame.lengthwise(0.0)]
        else:
            done += _row(piece, frame, width, depth, rng)
            continue
        parts = cut(piece, lines)
        if len(parts) < 2:
            done.append(piece)
        else:
            waiting.extend(sorted(parts, key=lambda part: (part.centroid.x, part.centroid.y)))
    return done


def _row(
    piece: shapely.Polygon, frame: Frame, width: float, depth: float, rng: np.random.Generator
) -> list[shapely.Polygon]:
    # A piece shorter than its row is deep runs away from the street: its plots lie along it, not across.
    beside = frame.length < 1.25 * depth and frame.width < 0.8 * depth
    length = frame.width if beside else frame.length
    count = round(length / width)
    if count < 2:
        return [piece]
    at = (np.arange(1, count) / count - 0.5) * length + rng.uniform(-0.16, 0.16, count - 1) * width
    return cut(piece, [frame.lengthwise(aside) if beside else frame.across(aside) for aside in at])


def strips(
    block: shapely.Polygon, width: float, rng: np.random.Generator, *, along: bool = True
) -> list[shapely.Polygon]:
    """Cut a field block into strips of irregular width, along its long axis or across it."""
    frame = Frame(block)
    reach = frame.width if along else frame.length
    skew = rng.uniform(-0.05, 0.05)
    lines, at = [], -0.5 * reach
    while True:
        at += width * math.exp(rng.normal(0.0, 0.45))
        if at > 0.5 * reach - 0.4 * width:
            break
        lines.append(frame.lengthwise(at, skew) if along else frame.across(at, skew))
    return cut(block, lines) if lines else [block]
