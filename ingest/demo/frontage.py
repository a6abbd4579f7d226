"""Frontage: where a parcel meets its street, and a frame to build in: along the street and into the plot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import Frame
from ingest.demo.land import Land
from ingest.demo.streets import RAIL, TRACK

Floats = npt.NDArray[np.float64]


@dataclass
class Plot:
    """A parcel in its own frame: u runs along the street, v into the plot, both in metres.

    Attributes
    ----------
    shape : Polygon
        The parcel in (u, v).
    origin, along, inward : (2,) float
        Where u = v = 0 is, and the unit vectors of u and v, in the district's coordinates.
    street : str
        Name of the street; empty where none passes.
    way : int
        Index of the way it fronts on, -1 for none.
    front : float
        Length of the frontage. [m]
    """

    shape: shapely.Polygon
    origin: Floats
    along: Floats
    inward: Floats
    street: str
    way: int
    front: float

    def world(self, corners: Floats) -> Floats:
        """Corners (n, 2) in the district's coordinates, to the millimetre."""
        placed: Floats = (self.origin + corners[:, :1] * self.along + corners[:, 1:] * self.inward).round(3)
        return placed

    def span(self, v: float) -> tuple[float, float] | None:
        """Where the plot begins and ends along the line `v` into it, its longest piece."""
        west, _, east, _ = self.shape.bounds
        inside = self.shape.intersection(shapely.LineString([(west - 1, v), (east + 1, v)]))
        pieces = [part for part in shapely.get_parts(inside) if part.length > 0]
        if not pieces:
            return None
        longest = max(pieces, key=lambda part: part.length)
        return float(longest.bounds[0]), float(longest.bounds[2])

    def fit(self, width: float, depth: float, setback: float, gap: float, lean: float = 0.0) -> Floats | None:
        """A rectangle `width` along the street and `depth` into the plot, smaller where there is less room.

        Parameters
        ----------
        width, depth, setback, gap : float
            Wished size, distance from the street and least distance from the other borders. [m]
        lean : float
            -1 stands by the border where u begins, 0 in the middle, 1 where it ends.

        Returns
        -------
        corners : (4, 2) float or None
            Anticlockwise from the street's left corner, in (u, v); None where nothing fits.
        """
        room = self.shape.buffer(-gap, join_style="mitre") if gap > 0 else self.shape.buffer(0.02)
        shapely.prepare(room)
        for shrink in (1.0, 0.88, 0.76, 0.64):
            w, d = width * shrink, depth * shrink
            span = self.span(setback + d / 2)
            if span is None or span[1] - span[0] < w + 2 * gap:
                continue
            left, right = span[0] + gap + w / 2, span[1] - gap - w / 2
            middle = (left + right) / 2 + lean * (right - left) / 2
            for u in (middle, 0.7 * middle + 0.3 * left, 0.7 * middle + 0.3 * right, (left + right) / 2):
                box = rectangle(u - w / 2, setback, u + w / 2, setback + d)
                if room.contains(shapely.Polygon(box)):
                    return box
        return None

    def between_neighbours(self, depth: float, setback: float) -> Floats | None:
        """Footprint from border to border, `depth` deep: front and back along the street, sides along the borders."""
        room = self.shape.buffer(0.06, join_style="mitre")
        for d in (depth, 0.85 * depth, 0.7 * depth):
            near, far = self.span(setback + 0.05), self.span(setback + d)
            if near is None or far is None or min(near[1] - near[0], far[1] - far[0]) < 3.5:
                continue
            corners = np.array([(near[0], setback), (near[1], setback), (far[1], setback + d), (far[0], setback + d)])
            if abs(far[0] - near[0]) + abs(far[1] - near[1]) < 0.55 * d and room.contains(shapely.Polygon(corners)):
                return corners
        return None


def rectangle(west: float, south: float, east: float, north: float) -> Floats:
    """Corners of a rectangle, anticlockwise."""
    return np.array([(west, south), (east, south), (east, north), (west, north)])


def plots(land: Land) -> list[Plot]:
    """Every piece of `land` in its frame; pieces without a street get their own long axis."""
    named: list[tuple[BaseGeometry, float, str, int]] = [
        (way.line, way.width / 2 + 0.7, way.name, index)
        for index, way in enumerate(land.ways)
        if way.name and way.kind not in (RAIL, TRACK)
    ]
    named += [(piece.shape.boundary, 0.3, piece.name, -1) for piece in land.pieces if piece.kind == "square"]
    tree = shapely.STRtree([line for line, *_ in named])
    rings = [np.asarray(piece.shape.exterior.coords) for piece in land.pieces]
    starts, ends = np.vstack([ring[:-1] for ring in rings]), np.vstack([ring[1:] for ring in rings])
    owner = np.repeat(np.arange(len(rings)), [len(ring) - 1 for ring in rings])
    middles = np.asarray(shapely.points((starts + ends) / 2), dtype=object)
    segment, line = tree.query(middles, predicate="dwithin", distance=8.3)
    reach = np.array([entry[1] for entry in named])
    lines = np.array([entry[0] for entry in named], dtype=object)
    near = shapely.distance(middles[segment], lines[line]) <= reach[line]
    fronts: dict[int, dict[int, list[int]]] = {}
    for s, n in zip(segment[near], line[near], strict=True):
        fronts.setdefault(int(owner[s]), {}).setdefault(int(n), []).append(int(s))
    length = np.hypot(*(ends - starts).T)
    found = []
    for index, piece in enumerate(land.pieces):
        own = fronts.get(index)
        if not own:
            found.append(_aside(piece.shape))
            continue
        best = max(own, key=lambda n: (float(length[own[n]].sum()), -n))
        longest = max(own[best], key=lambda s: float(length[s]))
        # Rings run anticlockwise, so that the plot lies on the left of its front.
        ring_is_left = shapely.is_ccw(piece.shape.exterior)
        a, b = (starts[longest], ends[longest]) if ring_is_left else (ends[longest], starts[longest])
        found.append(
            _frame(
                piece.shape,
                (a + b) / 2,
                (b - a) / length[longest],
                named[best][2],
                named[best][3],
                float(length[own[best]].sum()),
            )
        )
    return found


def _aside(shape: shapely.Polygon) -> Plot:
    frame = Frame(shape)
    inward = np.array([-frame.axis[1], frame.axis[0]])
    return _frame(shape, frame.middle - inward * frame.width / 2, frame.axis, "", -1, 0.0)


def _frame(shape: shapely.Polygon, origin: Floats, along: Floats, street: str, way: int, front: float) -> Plot:
    inward = np.array([-along[1], along[0]])
    moved = np.asarray(shape.exterior.coords) - origin
    local = shapely.Polygon(np.column_stack([moved @ along, moved @ inward]))
    return Plot(local, origin, along, inward, street, way, front)
