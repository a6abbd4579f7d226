from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import shapely

from ingest.demo.landscape import height, outline, river_north
from ingest.demo.zones import LAND_USE


def test_the_land_is_a_partition_without_gap_or_overlap(district: Any) -> None:
    shapes = [piece.shape for piece in district.land.pieces]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    whole = shapely.coverage_union_all(shapes)
    assert len(shapely.get_parts(whole)) == 1
    # Corners lie on a grid of a centimetre, so the border is the outline to a centimetre.
    assert whole.symmetric_difference(outline()).area < 0.01 * outline().length


def test_no_remainders_are_left(district: Any) -> None:
    areas = np.array([piece.shape.area for piece in district.land.pieces])
    assert areas.min() >= 29.9


def test_every_kind_of_land_has_a_use_and_a_district_has_them_all(district: Any) -> None:
    kinds = Counter(piece.kind for piece in district.land.pieces)
    assert kinds.keys() <= LAND_USE.keys()
    uses = {LAND_USE[kind][0] for kind in kinds}
    assert {
        "AX_Wohnbauflaeche", "AX_FlaecheGemischterNutzung", "AX_IndustrieUndGewerbeflaeche", "AX_Strassenverkehr",
        "AX_Weg",
        "AX_Bahnverkehr", "AX_Fliessgewaesser", "AX_StehendesGewaesser", "AX_Wald", "AX_Landwirtschaft", "AX_Friedhof",
        "AX_SportFreizeitUndErholungsflaeche", "AX_FlaecheBesondererFunktionalerPraegung", "AX_Platz",
    } <= uses  # fmt: skip


def test_streets_and_roads_hang_together(district: Any) -> None:
    public = [
        piece.shape for piece in district.land.pieces if piece.kind in ("road", "street", "lane", "track", "square")
    ]
    parts = shapely.get_parts(shapely.coverage_union_all(public))
    areas = np.sort([part.area for part in parts])[::-1]
    # The river and the railway part them; bridges are no parcels of their own.
    assert areas[:8].sum() > 0.93 * areas.sum()


def test_the_river_lies_lowest_and_falls_westwards() -> None:
    east = np.arange(500.0, 9501.0, 250.0)
    bed = height(east, river_north(east))
    assert (np.diff(bed) > 0).all()
    assert (height(east, river_north(east) + 40) - bed > 2.0).all()
    assert (height(east, river_north(east) + 3500) - bed > 25).all()
