from __future__ import annotations

import random
from pathlib import Path

import pyproj
import pytest
import shapely

from ingest.osm.tag_table import kinds, table
from twin.errors import UnsafeDelivery
from twin.reference import codes

LON, LAT = 8.1, 51.57


def _square(extract, first: int, east: float = 0.0, north: float = 0.0, size: float = 0.001) -> list[int]:
    corners = [(0, 0), (size, 0), (size, size), (0, size)]
    for number, (x, y) in enumerate(corners):
        extract.node(first + number, LON + east + x, LAT + north + y)
    return [first, first + 1, first + 2, first + 3, first]


@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf"])
def test_a_facility_says_what_it_is(new_extract, read_osm, tmp_path: Path, name: str) -> None:
    extract = new_extract()
    extract.node(
        7, LON, LAT, amenity="kindergarten", name="Kita Regenbogen", operator="Stadt Soest", capacity="75",
        wheelchair="yes", opening_hours="Mo-Fr 07:00-16:00", addr__street="Lange Straße", addr__housenumber="12a",
        addr__postcode="59494", addr__city="Soest",
    )  # fmt: skip
    row = read_osm(extract.write(tmp_path / name)).facility["node/7"]
    at = shapely.from_wkb(row.pop("geom"))
    expected = pyproj.Transformer.from_crs(4326, 25832, always_xy=True).transform(LON, LAT)
    assert (at.x, at.y) == pytest.approx(expected, abs=0.01)
    assert row == {
        "facility_id": "node/7",
        "kind": "kindergarten",
        "category": "education",
        "name": "Kita Regenbogen",
        "operator": "Stadt Soest",
        "address": "Lange Straße 12a, 59494 Soest",
        "capacity": 75,
        "opening_hours": "Mo-Fr 07:00-16:00",
        "wheelchair": "yes",
        "tag": "amenity=kindergarten",
        "ags": None,
    }


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "doctors"}, "doctor"),
        ({"healthcare": "doctor"}, "doctor"),
        ({"amenity": "pharmacy", "shop": "chemist"}, "pharmacy"),
        ({"amenity": "social_facility", "social_facility": "nursing_home"}, "nursing_home"),
        ({"amenity": "social_facility"}, "social_facility"),
        ({"shop": "supermarket"}, "supermarket"),
        ({"shop": "bicycle"}, "shop"),
        ({"shop": "bakery;butcher"}, "bakery"),
        ({"shop": "vacant"}, None),
        ({"highway": "bus_stop", "public_transport": "platform"}, "stop"),
        ({"public_transport": "platform"}, None),
        ({"railway": "station"}, "station"),
        ({"amenity": "fire_station"}, "fire_station"),
        ({"emergency": "ambulance_station"}, "ambulance_station"),
        ({"office": "government"}, "government"),
        ({"amenity": "townhall"}, "town_hall"),
        ({"amenity": "bench"}, None),
        ({"disused:amenity": "school"}, None),
        ({"amenity": "parking", "access": "private"}, None),
    ],
)
def test_what_is_a_facility(new_extract, read_osm, tmp_path: Path, tags: dict[str, str], kind: str | None) -> None:
    extract = new_extract()
    extract.nodes[1] = (LON, LAT, tags)
    found = read_osm(extract.write(tmp_path / "a.osm")).facility
    assert (found["node/1"]["kind"] if found else None) == kind


def test_of_an_area_there_is_a_point_within(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    ring = _square(extract, 1)
    extract.way(9, ring, amenity="school", name="Schule am Wall")
    extract.relation(8, [20, 21], amenity="hospital")
    extract.way(20, _square(extract, 30, 0.01))
    extract.way(21, _square(extract, 40, 0.0102, 0.0002, 0.0006))
    found = read_osm(extract.write(tmp_path / "a.osm"))
    assert set(found.facility) == {"way/9", "relation/8"}
    assert not found.land_cover
    court = shapely.from_wkb(found.facility["relation/8"]["geom"])
    assert court.geom_type == "Point"


def test_a_lake_keeps_its_island(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    outer, inner, islet = (
        _square(extract, 1),
        _square(extract, 11, 0.0002, 0.0002, 0.0006),
        _square(extract, 21, 0.0004, 0.0004, 0.0002),
    )
    # The outer ring in two ways of different direction.
    extract.way(1, outer[:3])
    extract.way(2, [outer[0], outer[3], outer[2]])
    extract.way(3, inner)
    extract.way(4, islet)
    extract.relation(5, [1, 2, 3, 4], natural="water", water="lake", name="Möhnesee")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    (row,) = found.land_cover.values()
    area = shapely.from_wkb(row["geom"])
    assert (row["land_cover_id"], row["kind"], row["name"]) == ("relation/5", "lake", "Möhnesee")
    assert area.geom_type == "MultiPolygon"
    assert sum(len(part.interiors) for part in area.geoms) == 1
    whole = shapely.Polygon(max(area.geoms, key=lambda part: part.area).exterior).area
    assert row["area"] == pytest.approx(area.area, abs=0.01)
    assert area.area / whole == pytest.approx(1 - 0.36 + 0.04, abs=1e-3)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"natural": "water"}, "water"),
        ({"natural": "water", "water": "pond"}, "pond"),
        ({"landuse": "reservoir", "water": "basin"}, "basin"),
        ({"water": "pond"}, None),
        ({"landuse": "forest"}, "wood"),
        ({"natural": "wood"}, "wood"),
        ({"waterway": "riverbank"}, "water"),
        ({"leisure": "park"}, "park"),
        ({"landuse": "residential"}, None),
        ({"landuse": "grass", "area": "no"}, None),
    ],
)
def test_what_is_land_cover(new_extract, read_osm, tmp_path: Path, tags: dict[str, str], kind: str | None) -> None:
    extract = new_extract()
    extract.way(9, _square(extract, 1), **tags)
    found = read_osm(extract.write(tmp_path / "a.osm")).land_cover
    assert (found["way/9"]["kind"] if found else None) == kind


def test_a_cemetery_is_both(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    extract.way(9, _square(extract, 1), landuse="cemetery")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    assert (found.facility["way/9"]["kind"], found.land_cover["way/9"]["kind"]) == ("grave_yard", "cemetery")


def test_a_ring_that_crosses_itself_is_mended_and_said(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    a, b, c, d, _ = _square(extract, 1)
    extract.way(9, [a, c, b, d, a], landuse="meadow")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    area = shapely.from_wkb(found.land_cover["way/9"]["geom"])
    assert area.is_valid
    assert area.area > 0
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.feature) == ("geometry.self_intersection", "notice", "way/9")
    assert area.contains(shapely.Point(finding.east, finding.north))


def test_a_tangle_is_rejected_in_no_time(new_extract, read_osm, tmp_path: Path) -> None:
    """All against all: mending would take minutes and gigabytes."""
    extract, chance = new_extract(), random.Random(1)
    for number in range(1, 1900):
        extract.node(number, LON + chance.random() * 0.01, LAT + chance.random() * 0.01)
    extract.way(9, [*range(1, 1900), 1], landuse="meadow")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    assert [reject.feature for reject in found.rejects] == ["way/9"]
    assert not found.rows


def test_a_way_in_too_many_multipolygons_is_refused(new_extract, read_osm, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("ingest.osm.reader._VERTICES", 100)
    extract = new_extract()
    extract.way(9, _square(extract, 1))
    for number in range(1000):
        extract.relation(number, [9], natural="water")
    with pytest.raises(UnsafeDelivery):
        read_osm(extract.write(tmp_path / "a.osm"))


def test_what_holds_nothing_is_rejected_by_name(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    a, b, c, d, _ = _square(extract, 1)
    extract.node(90, LON + 0.0005, LAT)
    extract.way(9, [a, b, 90, a], landuse="meadow")
    extract.way(10, [a, b, c])
    extract.relation(11, [10], landuse="forest")
    extract.way(12, [a, b, c, d, a], landuse="forest")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    assert {reject.feature for reject in found.rejects} == {"way/9", "relation/11"}
    assert set(found.land_cover) == {"way/12"}


def test_what_the_extract_cuts_is_counted(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    a, b, c, d, _ = _square(extract, 1)
    extract.way(9, [a, b, 77, d, a], landuse="meadow")
    extract.way(10, [a, b, c, d, a])
    extract.relation(11, [10, 99], landuse="forest")
    extract.relation(12, [], landuse="forest")
    extract.way(13, [a, b, c, d], amenity="school")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    assert found.facts.dropped == {"incomplete_way": 1, "incomplete_relation": 2, "open_way": 1}
    assert not found.rows


def test_tables_and_code_lists_agree() -> None:
    for name, list_ in (("facility", "facility_kind"), ("land_cover", "land_cover_kind")):
        named = {kind for values in kinds(name).rules.values() for kind in values.values()}
        assert named == set(codes(list_))
    assert set(table("facility")["categories"]) == set(codes("facility_kind"))
    assert set(table("facility")["categories"].values()) == set(codes("facility_category"))
    assert set(table("street")["classes"]) == set(codes("street_class"))
