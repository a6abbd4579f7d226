"""Each check finds what it is there for, and leaves alone what is sound."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.checking import checks
from ingest.checks.encoding import undone
from ingest.checks.raw import raw_finding, ruin
from ingest.sheet import Sheet
from twin.discovery import find

EAST, NORTH = 440_000.0, 5_713_000.0
TODAY = date(2026, 11, 22)


def box(west: float, south: float, width: float = 10, height: float = 10) -> shapely.Polygon:
    return shapely.box(EAST + west, NORTH + south, EAST + west + width, NORTH + south + height)


def sheet(layer: str, rows: list[dict[str, Any]], **settings: Any) -> Sheet:
    declared = find("LAYER", layer)
    columns = [
        pa.array(
            [
                shapely.to_wkb(value) if isinstance(value := row.get(field.name), shapely.Geometry) else value
                for row in rows
            ],
            field.type,
        )
        for field in declared.read_schema
    ]
    return Sheet(declared, pa.Table.from_arrays(columns, schema=declared.read_schema), TODAY, **settings)


def run(name: str, layer: str, rows: list[dict[str, Any]], **settings: Any) -> Sheet:
    found = sheet(layer, rows, **settings)
    found.check = next(check for scope in ("batch", "delivery") for check in checks(layer, scope) if check.name == name)
    found.check.run(found)
    return found


def codes(found: Sheet) -> list[tuple[str, str, str]]:
    return [(one.code, one.severity, one.feature) for one in found.findings.kept]


def parcels(*shapes: shapely.Geometry) -> list[dict[str, Any]]:
    return [
        {"flurstueckskennzeichen": f"0543200250000{number}______", "geom": shape}
        for number, shape in enumerate(shapes, 1)
    ]


# Geometry


def test_a_bow_tie_is_mended_and_said() -> None:
    tie = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    found = run("geometry", "building", [{"building_id": "a", "geom": tie}, {"building_id": "b", "geom": box(20, 0)}])
    assert codes(found) == [("geometry.self_intersection", "warning", "a")]
    assert shapely.is_valid(shapely.from_wkb(found.kept().column("geom").to_pylist())).all()
    assert found.findings.kept[0].east == pytest.approx(EAST + 5)


def test_a_spike_that_changes_no_area_is_a_notice() -> None:
    corners = [(0, 0), (100, 0), (120, 0), (100, 0), (100, 100), (0, 100)]
    spiked = shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])
    found = run("geometry", "building", [{"building_id": "a", "geom": spiked}])
    assert [severity for _, severity, _ in codes(found)] == ["notice"]
    assert shapely.area(shapely.from_wkb(found.kept().column("geom")[0].as_py())) == pytest.approx(10_000)


def test_coordinates_without_a_value_are_rejected_and_kept_in_quarantine() -> None:
    wild = shapely.Polygon([(EAST, NORTH), (np.nan, NORTH), (EAST, NORTH + 1)])
    found = run("geometry", "building", [{"building_id": "a", "name": "Scheune", "geom": wild}, {"building_id": "b"}])
    assert codes(found) == [("geometry.not_finite", "error", "a")]
    assert found.kept().column("building_id").to_pylist() == ["b"]
    assert '"Scheune"' in found.findings.kept[0].content
    assert found.findings.kept[0].east == EAST  # where it is finite


@pytest.mark.parametrize("corners", [[], [(0, 0)] * 4, [(0, 0), (1, 0), (0, 0)], [(0, 0), (1, 0), (1, 0), (2, 0)]])
def test_areas_without_extent_are_rejected(corners: list[tuple[int, int]]) -> None:
    shape = shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])
    found = run("geometry", "building", [{"building_id": "a", "geom": shape}])
    assert codes(found) == [("geometry.empty", "error", "a")]
    assert not found.kept().num_rows


def test_bytes_that_are_no_geometry_are_rejected() -> None:
    found = run("geometry", "tree", [{"tree_id": "a", "geom": b"\x01\x02rubbish"}])
    assert codes(found) == [("geometry.unreadable", "error", "a")]


def test_repeated_points_go_and_slivers_are_told() -> None:
    twice = shapely.Polygon(shapely.get_coordinates(box(0, 0)).repeat(2, axis=0))
    found = run("geometry", "parcel", parcels(twice, box(0, 20, 100, 0.004)))
    assert [code for code, _, _ in codes(found)] == ["geometry.repeated_points", "geometry.sliver"]
    assert shapely.get_num_coordinates(shapely.from_wkb(found.kept().column("geom")[0].as_py())) == 5


def test_points_that_hold_one_place_are_no_repetition() -> None:
    rows = [{"tree_id": str(n), "geom": shapely.Point(EAST, NORTH)} for n in range(2)]
    assert codes(run("geometry", "tree", rows)) == []


# Place


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ((0, 0), "place.null"),
        ((NORTH, EAST), "place.swapped_axes"),
        ((9e6, 9e6), "place.abroad"),
        ((1e308, NORTH), "place.nowhere"),
        ((EAST, NORTH), ""),
    ],
)
def test_places_that_are_none(place: tuple[float, float], code: str) -> None:
    found = run("place", "tree", [{"tree_id": "a", "geom": shapely.Point(place)}])
    assert [one.code for one in found.findings.kept] == ([code] if code else [])


def test_a_stray_corner_is_no_part_of_a_district() -> None:
    stray = shapely.Polygon([(EAST, NORTH), (EAST + 300_000, NORTH), (EAST, NORTH + 10)])
    assert [code for code, _, _ in codes(run("place", "parcel", parcels(stray)))] == ["place.vast"]


def test_a_feature_outside_of_the_municipality_it_names() -> None:
    area = box(0, 0, 1000, 1000)
    rows = [{"tree_id": str(x), "geom": shapely.Point(EAST + x, NORTH)} for x in (500, 1050, 3000)]
    found = run(
        "municipality", "tree", rows, areas=lambda: {"05974040": area}, places=np.array(["05974040"] * 3, object)
    )
    assert codes(found) == [("municipality.outside", "warning", "3000")]
    assert "2.000 m" in found.findings.kept[0].sentence.de
    assert "2,000 m" in found.findings.kept[0].sentence.en


@pytest.mark.parametrize(("astray", "count"), [(1, 1), (30, 0)])
def test_a_few_features_astray_are_mistakes_and_many_are_another_district(astray: int, count: int) -> None:
    rows = [{"tree_id": str(x), "geom": shapely.Point(EAST + x, NORTH)} for x in range(40)]
    places = np.array([""] * astray + ["05974040"] * (40 - astray), object)
    found = run("municipality", "tree", rows, places=places)
    assert found.findings.counts["municipality.nowhere", "warning", "tree"] == count


# Topology


def test_parcels_side_by_side_are_sound() -> None:
    rows = parcels(*(box(10 * x, 10 * y) for x in range(3) for y in range(3)))
    assert codes(run("topology", "parcel", rows)) == []


def test_overlapping_parcels_are_named_both() -> None:
    found = run("topology", "parcel", parcels(box(0, 0), box(8, 0), box(40, 0)))
    ((code, severity, feature),) = codes(found)
    assert (code, severity) == ("topology.overlap", "warning")
    assert feature.endswith("1______")
    assert "02______" in found.findings.kept[0].sentence.de
    assert "20 m²" in found.findings.kept[0].sentence.de


def test_a_gap_between_parcels_is_found_and_land_that_is_not_delivered_is_none() -> None:
    ring = [box(0, 0, 30, 10), box(0, 10, 10, 10), box(10.4, 10, 19.6, 10), box(0, 20, 30, 10)]
    found = run("topology", "parcel", parcels(*ring))
    assert {code for code, _, _ in codes(found)} == {"topology.gap"}
    court = [box(0, 0, 30, 10), box(0, 10, 10, 10), box(20, 10, 10, 10), box(0, 20, 30, 10)]
    assert codes(run("topology", "parcel", parcels(*court))) == []


def test_rounding_to_the_centimetre_is_no_overlap() -> None:
    assert codes(run("topology", "parcel", parcels(box(0, 0, 10.005, 10), box(10, 0)))) == []


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 6), st.integers(1, 6)), max_size=8))
def test_overlaps_are_those_that_every_pair_has(boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = [box(*numbers) for numbers in boxes]
    found = run("topology", "parcel", parcels(*shapes))
    expected = sum(
        shapely.area(shapely.intersection(one, two)) > 0.05
        for number, one in enumerate(shapes)
        for two in shapes[number + 1 :]
    )
    assert found.findings.counts["topology.overlap", "warning", "parcel"] == expected


# Keys


def test_duplicates_are_counted_once_each() -> None:
    rows = [{"tree_id": key, "geom": shapely.Point(EAST, NORTH)} for key in ("a", "b", "a", "a", "c", None, None)]
    found = run("duplicates", "tree", rows, places=np.array(["05974040"] * 7, object))
    assert codes(found) == [("duplicates.key", "warning", "a")]
    assert "3-mal" in found.findings.kept[0].sentence.de


def test_the_same_key_in_two_municipalities_is_none() -> None:
    rows = [{"tree_id": "a"}, {"tree_id": "a"}]
    assert codes(run("duplicates", "tree", rows, places=np.array(["05974040", "05974044"], object))) == []


@pytest.mark.parametrize(
    ("key", "sound"),
    [("05432002500008______", True), ("05432002500008____", True), ("5432002500008______", False), ("abc", False)],
)
def test_flurstueckskennzeichen(key: str, sound: bool) -> None:
    found = run("keys", "parcel", [{"flurstueckskennzeichen": key, "geom": box(0, 0)}])
    assert (codes(found) == []) == sound


def test_identifiers_and_municipality_keys() -> None:
    rows = [
        {"building_id": "ok", "ags": "05974040"}, {"building_id": " a\n", "ags": "5974040"},
        {"building_id": None, "ags": "59x"},
    ]  # fmt: skip
    assert {code for code, _, _ in codes(run("keys", "building", rows))} == {
        "keys.identifier", "keys.missing", "keys.ags",
    }  # fmt: skip


# Values


def test_implausible_values_with_unit_and_local_writing() -> None:
    rows = [
        {"building_id": "a", "measured_height": 320.5, "storeys_above_ground": -2, "year_of_construction": 2091},
        {"building_id": "b", "measured_height": 12.5, "storeys_above_ground": 0, "year_of_construction": 1912},
    ]
    found = run("plausibility", "building", rows)
    assert [code for code, _, _ in codes(found)] == ["plausibility.value", "plausibility.value", "plausibility.year"]
    assert all(feature == "a" for _, _, feature in codes(found))
    height, _, year = (one.sentence for one in found.findings.kept)
    assert "320,5 m" in height.de and "320.5 m" in height.en
    assert "2091" in year.de and "2026" in year.de


@pytest.mark.parametrize(("official", "sound"), [(100, True), (104, True), (140, False), (None, True), (0, True)])
def test_areas_against_the_register(official: float | None, sound: bool) -> None:
    rows = [{**parcels(box(0, 0))[0], "amtliche_flaeche": official}]
    found = [code for code, _, _ in codes(run("plausibility", "parcel", rows)) if code.endswith("register_area")]
    assert (found == []) == sound


def test_solids() -> None:
    sound = {"closed": True, "lod": 2, "footprint_area": 100.0, "measured_height": 10.0, "volume": 800.0}
    rows = [
        {"building_id": "sound", **sound},
        {"building_id": "open", **sound, "closed": False, "volume": None, "missing_surfaces": "wall,roof"},
        {"building_id": "mended", **sound, "closed": False, "missing_surfaces": "ground"},
        {"building_id": "small", **sound, "volume": 5.0},
        {"building_id": "flat", **sound, "lod": 0, "volume": None},
    ]
    assert codes(run("solid", "building", rows)) == [
        ("solid.open", "warning", "open"),
        ("solid.closed_by_us", "notice", "mended"),
        ("solid.volume_contradicts", "warning", "small"),
    ]


def test_times() -> None:
    rows = [
        {"plan_id": "a", "genehmigung": date(2030, 1, 1)},
        {"plan_id": "b", "genehmigung": date(1642, 1, 1)},
        {"plan_id": "c", "auslegung_start": date(2020, 2, 1), "auslegung_end": date(2020, 1, 1)},
        {"plan_id": "d", "genehmigung": date(2020, 1, 1), "untergang": date(2090, 1, 1)},
    ]
    found = run("time", "plan", rows)
    assert sorted(codes(found)) == [
        ("time.future", "warning", "a"), ("time.long_ago", "warning", "b"), ("time.reversed", "warning", "c"),
    ]  # fmt: skip
    assert "01.01.2030" in next(one.sentence.de for one in found.findings.kept if one.feature == "a")


def test_codes_that_no_list_has_are_said_once_a_value() -> None:
    rows = [
        {"building_id": "a", "function_code": "31001_1010", "function": "Wohnhaus"},
        *({"building_id": key, "function_code": "31001_9", "function": None} for key in "bc"),
        {"building_id": "d", "height_source": "0815"},
    ]
    found = run("codes", "building", rows)
    assert codes(found) == [("codes.unnamed", "notice", "b"), ("codes.unknown", "warning", "d")]
    assert "2" in found.findings.kept[0].sentence.de


# Text


def test_text_that_was_encoded_twice_is_mended() -> None:
    rows = [
        {"tree_id": "a", "location": "Stra\u00c3\u0178e"}, {"tree_id": "b", "location": "Straße"},
        {"tree_id": "c", "location": "Stra?e 5"}, {"tree_id": "d", "location": "M\ufffdhle"},
        {"tree_id": "e", "location": "Was? Ja."}, {"tree_id": "f", "location": "http://x.de/?a=b"},
    ]  # fmt: skip
    found = run("encoding", "tree", rows)
    assert codes(found) == [
        ("encoding.mojibake", "notice", "a"), ("encoding.lost", "warning", "c"), ("encoding.lost", "warning", "d"),
    ]  # fmt: skip
    assert found.kept().column("location")[0].as_py() == "Straße"


@given(st.text(alphabet="äöüÄÖÜß–„“éñ abcXYZ", min_size=1))
def test_what_was_encoded_twice_is_undone(text: str) -> None:
    try:
        twice = text.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        return
    assert undone(twice) == (text if twice != text else None)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("5,71E+06", "scientific"), ("3.45E+05", "scientific"), ("5.712.345", "thousands"), ("333 123,5", "thousands"),
        ("5'712'345", "thousands"), ("512345678", "lost_decimal"), ("05.07.2012", "date"), ("12. Mai", "date"),
        ("Mrz 45", "date"), ("2012-07-05", "date"), ("333123.45", ""), ("32333123,45", ""), ("5712345", ""),
        ("7,123", ""), ("51.5678", ""), ("", ""), ("Eiche", ""), ("1e999", ""),
    ],
)  # fmt: skip
def test_raw_coordinates(cell: str, problem: str) -> None:
    assert ruin(cell, coordinate=True) == problem


def test_sizes_may_be_short() -> None:
    assert ruin("1.200", coordinate=False) == ""
    assert ruin("05. Mrz", coordinate=False) == "date"


def test_a_ruined_cell_makes_a_finding_with_its_line() -> None:
    found = raw_finding("scientific", "tree", "7", column="HOCHWERT", value="5,71E+06", line=12, row={"id": "7"})
    assert (found.code, found.severity, found.line, found.content) == ("raw.scientific", "error", 12, '{"id": "7"}')
    assert "5,71E+06" in found.sentence.de
