from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.delivery_checks import delivery_findings
from ingest.placement import Borders, Placement, municipality_key, slices
from ingest.workers import Part
from twin.discovery import find

WEST, EAST = "05974004", "05974008"
BORDERS = Borders({WEST: shapely.box(0, 0, 10, 10), EAST: shapely.box(10, 0, 20, 10)})


def _part(folder: Path, number: int, **layers: list[dict]) -> Part:
    part = Part(number, f"{number}")
    for name, rows in layers.items():
        schema = find("LAYER", name).read_schema
        filled = [{column: row.get(column) for column in schema.names} for row in rows]
        for row in filled:
            if row.get("geom"):
                row["geom"] = shapely.to_wkb(row["geom"])
        part.files[name] = folder / f"{number}-{name}.arrow"
        with pa.ipc.new_file(str(part.files[name]), schema) as writer:
            writer.write_table(pa.Table.from_pylist(filled, schema))
    return part


def _keys(placement: Placement, places) -> list[str | None]:
    return [placement.keys[place] if place >= 0 else None for place in places]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("05974040", "05974040"),
        (" 05974040 ", "05974040"),
        ("059740040040", "05974040"),
        ("5974040", "05974040"),
        ("05974", ""),
        ("Soest", ""),
        (None, ""),
        ("", ""),
    ],
)
def test_keys_are_read_as_they_are_written(value: str | None, key: str) -> None:
    assert municipality_key(value) == key


@given(st.text())
def test_a_key_is_eight_digits_or_nothing(value: str) -> None:
    key = municipality_key(value)
    assert key == "" or (len(key) == 8 and key.isdecimal())


def test_attribute_before_border_before_option(tmp_path: Path) -> None:
    inside_west, outside = shapely.box(1, 1, 2, 2), shapely.box(100, 100, 101, 101)
    rows = [
        {"building_id": "attribute", "ags": EAST, "geom": inside_west},
        {"building_id": "border", "geom": inside_west},
        {"building_id": "mostly east", "geom": shapely.box(9, 1, 19, 2)},
        {"building_id": "nonsense attribute", "ags": "x", "geom": inside_west},
        {"building_id": "elsewhere by attribute", "ags": "09162000", "geom": inside_west},
        {"building_id": "outside", "geom": outside},
        {"building_id": "no place"},
    ]
    part = _part(tmp_path, 0, building=rows)
    placement = Placement(BORDERS, "")
    found = _keys(placement, placement.places([part])[0, "building"])
    assert found == [EAST, WEST, EAST, WEST, "09162000", None, None]
    given_ = Placement(BORDERS, "05974040")
    assert _keys(given_, given_.places([part])[0, "building"])[-2:] == ["05974040", "05974040"]


def test_borders_are_not_looked_at_where_every_row_names_its_municipality(tmp_path: Path) -> None:
    def never() -> dict:
        raise AssertionError

    part = _part(tmp_path, 0, building=[{"building_id": "a", "ags": EAST}], building_surface=[{"building_id": "a"}])
    placement = Placement(Borders(never), "")
    places = placement.places([part])
    assert _keys(placement, places[0, "building"]) == _keys(placement, places[0, "building_surface"]) == [EAST]


def test_what_belongs_to_a_building_goes_where_it_goes(tmp_path: Path) -> None:
    west, east = shapely.box(1, 1, 2, 2), shapely.box(11, 1, 12, 2)
    first = _part(
        tmp_path,
        0,
        building=[{"building_id": "w", "geom": west}, {"building_id": "e", "geom": east}, {"building_id": None}],
        # The part lies in the east, its building's representative point in the west.
        building_part=[{"part_id": "p", "building_id": "w", "geom": east}, {"part_id": "q", "building_id": "other"}],
        building_surface=[{"building_id": "e"}, {"building_id": "w"}, {"building_id": "none"}, {"building_id": None}],
    )
    second = _part(
        tmp_path,
        1,
        building=[{"building_id": "other", "ags": EAST}],
        building_surface=[{"building_id": "w"}, {"building_id": "other"}],
    )
    placement = Placement(BORDERS, "")
    places = placement.places([first, second])
    assert _keys(placement, places[0, "building_part"]) == [WEST, EAST]
    assert _keys(placement, places[0, "building_surface"]) == [EAST, WEST, None, None]
    assert _keys(placement, places[1, "building_surface"]) == [WEST, EAST]


def test_readings_find_their_station_in_the_only_other_file(tmp_path: Path) -> None:
    readings = _part(tmp_path, 0, observation=[{"sensor_id": "b"}, {"sensor_id": "a"}, {"sensor_id": "x"}])
    stations = [{"sensor_id": "a", "geom": shapely.Point(1, 1)}, {"sensor_id": "b", "geom": shapely.Point(11, 1)}]
    placement = Placement(BORDERS, "")
    places = placement.places([readings, _part(tmp_path, 1, sensor=stations)])
    assert _keys(placement, places[0, "observation"]) == [EAST, WEST, None]


def test_a_point_on_the_border_goes_to_the_smaller_key() -> None:
    keys, found = BORDERS.at(shapely.points([[10, 5], [5, 5], [15, 5], [50, 50]]))
    assert [keys[place] if place >= 0 else None for place in found] == [WEST, WEST, EAST, None]


def test_slices_hold_each_row_of_the_municipality_once() -> None:
    import numpy as np

    places = np.array([0, 1, 0, -1, 1] * 50, np.int32)
    table = pa.table({"n": np.arange(len(places))})
    rows = pa.concat_tables(slices(table, places, 1, size=56)).column("n").to_pylist()
    assert rows == [number for number in range(len(places)) if places[number] == 1]


def test_many_rows_are_placed_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"building_id": f"{x}", "ags": EAST if x % 5 == 0 else None, "geom": shapely.box(x, 1, x + 1, 2)}
        for x in range(23)
    ]
    part = _part(tmp_path, 0, building=rows)
    at_once = Placement(BORDERS, "").places([part])[0, "building"]
    monkeypatch.setattr("ingest.placement._SHAPES", 4)
    few = Placement(BORDERS, "")
    assert _keys(few, few.places([part])[0, "building"]) == _keys(few, at_once)
    assert [key for key, row in zip(_keys(few, at_once), rows, strict=True) if row["ags"]] == [EAST] * 5


def test_checks_of_the_whole_leave_out_what_lies_nowhere(tmp_path: Path) -> None:
    nowhere = [{"building_id": "far", "geom": shapely.box(900, 900, 901, 901)} for _ in range(8)]
    twice = [{"building_id": "twice", "geom": shapely.box(1, 1, 2, 2)} for _ in range(2)]
    part = _part(tmp_path, 0, building=[*nowhere[:4], *twice, *nowhere[4:]])
    placement = Placement(BORDERS, "")
    findings = delivery_findings([part], placement.places([part]), placement.keys, BORDERS, "")
    assert {(one.code, one.feature) for one in findings.kept if one.code.startswith("duplicates")} == {
        ("duplicates.key", "twice")
    }
