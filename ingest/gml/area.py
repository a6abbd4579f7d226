"""Areas from flat numbers, all at once: joints checked, transformed, closed, made valid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.gml import curve, reason
from ingest.gml.reason import Unusable
from twin.geometry.crs import Reference
from twin.language import Text

CLOSING_GAP = 0.01
"""Distance up to which the ends of a boundary are the same point. [m]"""

_GAUSS_KRUEGER = {
    **{f"EPSG:{31464 + zone}": zone for zone in (2, 3, 4, 5)},
    **{"EPSG:2398": 4, "EPSG:2399": 5, "EPSG:3396": 3, "EPSG:3397": 4, "EPSG:3398": 4, "EPSG:3399": 5},
}
"""Zones of the systems whose eastings begin with the zone's digit."""

Index = NDArray[np.int64]
Points = NDArray[np.float64]


@dataclass(slots=True)
class Gathered:
    """Areas as flat lists.

    Attributes
    ----------
    numbers : list of str or float
        Coordinates of all areas, east and north in turn.
    segments, rings : list of int
        Where each begins in `numbers`.
    polygons : list of int
        Where each begins in `rings`; its first ring is the outer one.
    features : list of int
        Where each area begins in `polygons`.
    references : list of Reference
        CRS of each area.
    """

    numbers: list[str | float] = field(default_factory=list)
    segments: list[int] = field(default_factory=list)
    rings: list[int] = field(default_factory=list)
    polygons: list[int] = field(default_factory=list)
    features: list[int] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    def sizes(self) -> tuple[int, ...]:
        """How much there is; for `cut`."""
        inner = len(self.numbers), len(self.segments), len(self.rings)
        return *inner, len(self.polygons), len(self.features), len(self.references)

    def cut(self, sizes: tuple[int, ...]) -> None:
        """Forget what came after `sizes`."""
        del self.numbers[sizes[0] :]
        del self.segments[sizes[1] :]
        del self.rings[sizes[2] :]
        del self.polygons[sizes[3] :]
        del self.features[sizes[4] :]
        del self.references[sizes[5] :]


@dataclass(slots=True)
class Areas:
    """What became of gathered areas.

    Attributes
    ----------
    geometry : ndarray of shapely geometries, shape (n,)
        Polygons and multipolygons in the store's CRS; None for what is rejected.
    rejected : dict of int to Text
        Number of an area, and why it cannot be one.
    repaired : set of int
        Numbers of areas that crossed themselves and were made valid.
    """

    geometry: NDArray[np.object_]
    rejected: dict[int, Text] = field(default_factory=dict)
    repaired: set[int] = field(default_factory=set)


def build(gathered: Gathered) -> Areas:
    """Make areas of what was gathered."""
    count = len(gathered.features)
    found = Areas(np.full(count, None, dtype=object))
    if not count:
        return found
    rings = _Rings(gathered, found.rejected)
    good = np.ones(count, dtype=bool)
    good[list(found.rejected)] = False
    usable = good[rings.feature]
    if usable.any():
        chosen = usable[rings.of]
        numbered = np.cumsum(usable) - 1
        lines = cast(
            "NDArray[np.object_]", shapely.linearrings(rings.points[chosen], indices=numbered[rings.of[chosen]])
        )
        usable_polygons = good[rings.feature_of_polygon]
        polygon = (np.cumsum(usable_polygons) - 1)[rings.polygon[usable]]
        patches = cast("NDArray[np.object_]", shapely.polygons(lines, indices=polygon))
        _assemble(found, patches, rings.feature_of_polygon[usable_polygons])
    return found


def to_store(reference: Reference, points: Points) -> Points:
    """Positions in the store's CRS; Gauß-Krüger eastings without their zone get it. [m]"""
    first, second = points[:, 0], points[:, 1]
    zone = _GAUSS_KRUEGER.get(reference.name)
    if zone is not None and not reference.northing_first and len(first) and np.nanmax(first) < 1e6:
        # Some states leave the zone's digit out, as 433123.45 for 3433123.45.
        first = first + zone * 1e6
    return reference.to_store(first, second)


class _Rings:
    """Boundaries of all areas, as points in the store's CRS without repeats; what is wrong goes to `rejected`."""

    def __init__(self, gathered: Gathered, rejected: dict[int, Text]) -> None:
        self.rejected = rejected
        count = len(gathered.rings)
        self.start = np.array([*gathered.rings, len(gathered.numbers)]) // 2
        self.of = np.repeat(np.arange(count), np.diff(self.start))
        self.polygon = np.searchsorted(gathered.polygons, np.arange(count), side="right") - 1
        polygons = np.arange(len(gathered.polygons))
        self.feature_of_polygon = np.searchsorted(gathered.features, polygons, side="right") - 1
        self.feature = self.feature_of_polygon[self.polygon]

        self.points = _numbers(gathered.numbers)
        self._reject(self.of[~np.isfinite(self.points).all(axis=1)], reason.NUMBERS)
        self._join(np.array(gathered.segments, dtype=np.int64) // 2)
        self.points = _transformed(self.points, self.feature[self.of], gathered.references)
        self._reject(self.of[~np.isfinite(self.points).all(axis=1)], reason.OUTSIDE)

        keep = np.ones(len(self.points), dtype=bool)
        keep[1:] = np.any(self.points[1:] != self.points[:-1], axis=1) | (self.of[1:] != self.of[:-1])
        self.points, self.of = self.points[keep], self.of[keep]
        sizes = np.bincount(self.of, minlength=count)
        self._reject(np.flatnonzero(sizes < 4), reason.FEW)
        filled = np.flatnonzero(sizes)
        ends = np.cumsum(sizes)[filled]
        gap = np.hypot(*(self.points[ends - 1] - self.points[ends - sizes[filled]]).T)
        self._reject(filled[gap > CLOSING_GAP], reason.OPEN)

    def _reject(self, rings: Index, why: Text) -> None:
        for feature in np.unique(self.feature[rings]):
            self.rejected.setdefault(int(feature), why)

    def _join(self, segments: Index) -> None:
        """Rings whose segments do not follow each other are put in order, in place."""
        inner = segments[(segments > 0) & (segments < len(self.points))]
        inner = inner[self.of[inner] == self.of[inner - 1]]
        loose = inner[np.abs(self.points[inner] - self.points[inner - 1]).max(axis=1, initial=0) > curve.GAP]
        for ring in np.unique(self.of[loose]):
            begin, end = self.start[ring], self.start[ring + 1]
            cuts = segments[(segments > begin) & (segments < end)] - begin
            parts = [part for part in np.split(self.points[begin:end].copy(), cuts) if len(part)]
            try:
                self.points[begin:end] = np.vstack(curve.chained(parts))
            except Unusable as wrong:
                self._reject(np.array([ring]), wrong.reason)


def _numbers(numbers: list[str | float]) -> Points:
    try:
        flat = np.fromiter(map(float, numbers), np.float64, len(numbers))
    except ValueError:
        flat = np.fromiter(map(_number, numbers), np.float64, len(numbers))
    return flat.reshape(-1, 2)


def _number(text: str | float) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _transformed(points: Points, feature: Index, references: list[Reference]) -> Points:
    distinct = list(dict.fromkeys(references))
    if len(distinct) == 1:
        return to_store(distinct[0], points)
    which = np.array([distinct.index(reference) for reference in references])[feature]
    moved = np.empty_like(points)
    for number, reference in enumerate(distinct):
        moved[which == number] = to_store(reference, points[which == number])
    return moved


def _assemble(found: Areas, patches: NDArray[np.object_], owner: Index) -> None:
    """Put the patches of each area together, and make valid what crosses itself."""
    number, first, size = np.unique(owner, return_index=True, return_counts=True)
    found.geometry[number] = patches[first]
    for feature, begin, count in zip(number[size > 1], first[size > 1], size[size > 1], strict=True):
        found.geometry[feature] = shapely.multipolygons(patches[begin : begin + count])
    single = set(number[size == 1].tolist())
    for feature in number[~shapely.is_valid(found.geometry[number])].tolist():
        pieces = shapely.get_parts(shapely.make_valid(found.geometry[feature]))
        flat = [piece for piece in pieces if piece.geom_type in {"Polygon", "MultiPolygon"} and piece.area > 0]
        if not flat:
            found.geometry[feature] = None
            found.rejected[feature] = reason.EMPTY
            continue
        # Patches of one surface touch along their seams: putting them together is no repair.
        found.geometry[feature] = shapely.union_all(flat)
        if feature in single:
            found.repaired.add(feature)
