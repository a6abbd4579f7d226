from __future__ import annotations

from typing import Any

import shapely

from ingest.demo.boundaries import borders
from ingest.demo.nas import uses
from ingest.demo.parcels import identifier
from ingest.demo.places import HOUSING_FIELD, HOUSING_FIELD_KEY, MUNICIPALITIES, OLD_BARN, OLD_BARN_ID
from twin.flurstueckskennzeichen import Flurstueckskennzeichen


def test_parcels_have_keys_and_identifiers_of_their_own(district: Any) -> None:
    keys = [parcel.key for parcel in district.parcels]
    assert 6_000 <= len(keys) <= 9_000
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 20 and str(Flurstueckskennzeichen.parse(key)) == key for key in keys)
    found = [parcel.identifier for parcel in district.parcels] + [
        building.identifier for building in district.buildings
    ]
    assert len(set(found)) == len(found)
    assert all(len(one) == 16 for one in found)


def test_identifiers_are_not_mixed_up() -> None:
    assert len({identifier("AL", number) for number in range(50_000)}) == 50_000


def test_municipalities_are_whole_and_part_the_district(district: Any) -> None:
    areas = borders(district.parcels)
    assert set(areas) == {own.ags for own in MUNICIPALITIES}
    assert all(area.geom_type == "Polygon" and len(area.interiors) == 0 for area in areas.values())
    assert shapely.coverage_is_valid(list(areas.values()))


def test_official_areas_agree_with_the_geometry(district: Any) -> None:
    for parcel in district.parcels:
        area = parcel.piece.shape.area
        assert abs(parcel.official_area - area) <= 0.5 + 0.0012 * area


def test_land_use_parts_the_district_along_parcels(district: Any) -> None:
    found = uses(district.parcels)
    assert shapely.coverage_is_valid([use.shape for use in found])
    total = sum(parcel.piece.shape.area for parcel in district.parcels)
    assert abs(sum(use.shape.area for use in found) - total) < 1e-3
    assert len({use.identifier for use in found}) == len(found)


def test_the_scenario_finds_its_field_and_its_barn(district: Any) -> None:
    field = [parcel for parcel in district.parcels if parcel.piece.name == HOUSING_FIELD]
    barn = [building for building in district.buildings if building.name == OLD_BARN]
    assert [parcel.key for parcel in field] == [HOUSING_FIELD_KEY]
    assert [building.identifier for building in barn] == [OLD_BARN_ID]
    assert 18_000 < field[0].piece.shape.area < 30_000
    assert barn[0].footprint.distance(field[0].piece.shape) < 40
    assert not any(building.parcel is field[0] for building in district.buildings)
