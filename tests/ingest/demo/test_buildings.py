from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import shapely

from ingest.demo.buildings import SUNK
from ingest.demo.landscape import height
from ingest.demo.places import ORIGIN
from ingest.demo.roofs import is_closed, volume
from twin.reference import codes


def test_every_part_is_a_closed_solid_that_looks_outwards(district: Any) -> None:
    for building in district.buildings:
        for part in building.parts:
            faces = building.faces(part, ORIGIN)
            assert is_closed(faces), building.identifier
            area = shapely.Polygon(part.corners).area
            assert area * part.eaves * 0.98 <= volume(faces) <= area * part.ridge * 1.02, building.identifier


def test_a_district_of_all_kinds_of_houses(district: Any) -> None:
    assert 4_500 <= len(district.buildings) <= 5_500
    roofs = Counter(part.roof for building in district.buildings for part in building.parts)
    assert all(roofs[code] > 100 for code in ("1000", "2100", "3100", "3200", "3300", "3500"))
    assert {building.function for building in district.buildings} <= codes("building_function").keys()
    assert sum(len(building.parts) > 1 for building in district.buildings) > 200
    places = Counter(building.parcel.place.name for building in district.buildings)
    assert len(places) == 9
    assert min(places.values()) > 40


def test_houses_stand_on_their_parcel_off_the_street_and_beside_each_other(district: Any) -> None:
    shapes = np.array([building.footprint for building in district.buildings], dtype=object)
    parcels = np.array([building.parcel.piece.shape for building in district.buildings], dtype=object)
    assert shapely.area(shapely.difference(shapes, shapely.buffer(parcels, 0.1))).max() < 0.5
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    assert shapely.area(shapely.intersection(shapes[first[pairs]], shapes[second[pairs]])).max() < 0.5


def test_no_house_floats_or_drowns(district: Any) -> None:
    for building in district.buildings:
        corners = np.vstack([part.corners for part in building.parts])
        ground = height(corners[:, 0], corners[:, 1])
        assert building.ground <= ground.min() - SUNK + 0.006
        assert ground.max() - building.ground < 7.0
        assert min(part.eaves for part in building.parts) >= 1.9


def test_addresses_are_unique_in_their_place(district: Any) -> None:
    found = [(b.parcel.place.name, b.street, b.number) for b in district.buildings if b.number]
    assert len(found) > 2_500
    assert len(set(found)) == len(found)
    assert all(street and "\xa0" not in street for _, street, _ in found)
