"""The laid-out district: land, parcels and buildings, which all deliveries of the demo are written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo import buildings, land, parcels
from ingest.demo.boundaries import borders
from ingest.demo.buildings import Building
from ingest.demo.land import Land, Piece
from ingest.demo.parcels import Parcel

SETTLED = frozenset(
    ("core", "villa", "house", "new", "row", "slab", "village", "garden", "industry", "market", "church", "school",
     "hall", "clinic", "square", "station", "park")
)  # fmt: skip
"""Kinds of land within a settlement, streets aside."""


@dataclass(frozen=True)
class District:
    """Everything that was laid out.

    Attributes
    ----------
    land : Land
    parcels : list of Parcel
    buildings : list of Building
    """

    land: Land
    parcels: list[Parcel]
    buildings: list[Building]

    @cached_property
    def settled(self) -> BaseGeometry:
        """Built-up land with its streets, one polygon or several."""
        shapes = [piece.shape for piece in self.land.pieces if piece.kind in SETTLED]
        return shapely.union_all(shapely.buffer(shapely.coverage_union_all(shapes), 12)).buffer(-4).simplify(1.0)

    @cached_property
    def footprints(self) -> shapely.STRtree:
        """Index over the buildings' footprints, in their order."""
        return shapely.STRtree([building.footprint for building in self.buildings])

    @cached_property
    def borders(self) -> dict[str, BaseGeometry]:
        """Area of each municipality by key: exactly that of its parcels."""
        return borders(self.parcels)

    @cached_property
    def _parcel_tree(self) -> shapely.STRtree:
        return shapely.STRtree([parcel.piece.shape for parcel in self.parcels])

    def parcels_at(self, points: np.ndarray) -> np.ndarray:
        """Number of the parcel under each of `points` (n, 2), -1 for none. [m]"""
        found = np.full(len(points), -1)
        point, parcel = self._parcel_tree.query(shapely.points(points), predicate="intersects")
        found[point[::-1]] = parcel[::-1]
        return found

    def pieces(self, *kinds: str) -> Sequence[Piece]:
        """Land of the `kinds`."""
        return [piece for piece in self.land.pieces if piece.kind in kinds]


def lay_out() -> District:
    """Lay out the district: the same every time."""
    plan = land.build()
    surveyed = parcels.survey(plan.pieces)
    return District(plan, surveyed, buildings.build(plan, surveyed))
