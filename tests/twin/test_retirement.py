"""What a full delivery retires, and what it leaves alone."""

from __future__ import annotations

import pyarrow as pa
from delivering import SOEST, TILE, WERL, buildings, deliver, keys, surfaces

import twin

EAST = (TILE[2], TILE[1], TILE[2] + 1000, TILE[3])
BOTH = (TILE[0], TILE[1], EAST[2], TILE[3])


def test_same_tile_again_retires_what_it_no_longer_holds_with_its_dependants(t: twin.Twin) -> None:
    deliver(t, ["stays", "goes"])
    outcome = deliver(t, ["stays"], file="renamed.gml", count=3)
    assert outcome.retired == {"building": 1, "building_surface": 2}
    assert keys(t) == ["stays"]
    assert keys(t, layer="building_surface") == ["stays"] * 3


def test_neighbouring_tile_leaves_an_overhanging_building_alone(t: twin.Twin) -> None:
    deliver(t, ["overhangs"], west=EAST[0] + 10)
    outcome = deliver(t, ["east"], file="east.gml", extent=EAST, west=EAST[0] + 200)
    assert outcome.retired == {}
    assert keys(t) == ["east", "overhangs"]


def test_partial_overlap_retires_only_what_stands_in_the_new_extent(t: twin.Twin) -> None:
    deliver(t, ["west"], file="both.gml", extent=BOTH)
    half = (TILE[2] - 500, TILE[1], EAST[2], TILE[3])
    deliver(t, ["edge"], file="more.gml", extent=BOTH, west=TILE[2] - 100)
    assert keys(t) == ["edge"], "the same extent under another name replaces"
    deliver(t, ["west"], file="west.gml", extent=TILE)
    assert keys(t) == ["west"], "it stood in the first tile"
    deliver(t, ["new"], file="half.gml", extent=half, west=TILE[2] + 100)
    assert keys(t) == ["new", "west"], "it stands outside the half"


def test_archive_of_tiles_describes_their_union(t: twin.Twin) -> None:
    deliver(t, ["old"], file="large.gml", extent=BOTH)
    with t.stage(twin.DeliveryHeader(file="tiles.zip", format="citygml", layers=("building",))) as staging:
        staging.file(0, "tiles.zip/west.gml", extent=TILE)
        staging.file(1, "tiles.zip/east.gml", extent=EAST)
        staging.add(SOEST, "building", buildings(["new"]), 0)
        outcome = staging.commit()
    assert outcome.retired == {"building": 1, "building_surface": 2}
    assert keys(t) == ["new"]


def test_empty_tile_retires_what_stood_there_in_every_lake(t: twin.Twin) -> None:
    deliver(t, ["a"])
    deliver(t, ["b"], ags=WERL, file="other.gml", extent=EAST, west=EAST[0])
    outcome = deliver(t, [], extent=BOTH, file="empty.gml")
    assert outcome.retired == {"building": 2, "building_surface": 4}
    assert keys(t) == []


def test_building_that_moved_to_another_municipality_is_there_once(t: twin.Twin) -> None:
    deliver(t, ["a"])
    deliver(t, ["a"], ags=WERL)
    assert t.sql("SELECT ags, building_id FROM building").fetchall() == [(WERL, "a")]
    assert keys(t, layer="building_surface") == ["a", "a"]


def test_other_format_is_left_alone(t: twin.Twin) -> None:
    deliver(t, ["a"])
    assert deliver(t, ["b"], file="alkis.xml", format="nas", lod=0).retired == {}
    assert keys(t) == ["a", "b"]


def test_update_retires_nothing_but_replaces_by_key(t: twin.Twin) -> None:
    deliver(t, ["a", "b"])
    deliver(t, ["a"], file="update.xml", mode="update", height=20, count=1)
    assert keys(t) == ["a", "b"]
    assert keys(t, layer="building_surface") == ["a", "b", "b"]
    assert t.sql("SELECT measured_height FROM building WHERE building_id = 'a'").fetchall() == [(20.0,)]


def test_file_without_extent_retires_only_its_own_earlier_rows(t: twin.Twin) -> None:
    deliver(t, ["a"], file="one.xml", extent=None)
    deliver(t, ["b"], file="two.xml", extent=None)
    outcome = deliver(t, ["c"], file="one.xml", extent=None)
    assert outcome.retired == {"building": 1, "building_surface": 2}
    assert keys(t) == ["b", "c"]


def test_keys_that_a_delivery_names_go_in_every_lake_with_what_depends_on_them(t: twin.Twin) -> None:
    deliver(t, ["a", "b"])
    deliver(t, ["c"], ags=WERL, file="w.gml", extent=EAST, west=EAST[0])
    outcome = deliver(t, [], file="nba.xml", extent=None, mode="update", retire=["a", "c", "unknown"])
    assert outcome.retired == {"building": 2, "building_surface": 4}
    assert keys(t) == ["b"]
    assert set(keys(t, layer="building_surface")) == {"b"}


def test_better_row_of_another_format_is_kept_with_its_dependants(t: twin.Twin) -> None:
    deliver(t, ["a"], lod=2)
    outcome = deliver(t, ["a", "b"], file="alkis.xml", format="nas", lod=0, count=1)
    assert outcome.kept_better == {"building": 1}
    assert outcome.loaded["building"] == {SOEST: 1}
    assert t.sql("SELECT building_id, lod FROM building ORDER BY 1").fetchall() == [("a", 2), ("b", 0)]
    assert keys(t, layer="building_surface") == ["a", "a", "b"]
    deliver(t, ["a"], file="lower.gml", lod=1)
    assert t.sql("SELECT lod FROM building WHERE building_id = 'a'").fetchall() == [(1,)], "the same format may"


def test_key_that_two_files_hold_comes_in_once_with_the_dependants_of_one(t: twin.Twin) -> None:
    with t.stage(twin.DeliveryHeader(file="tiles.zip", format="citygml")) as staging:
        for part, count in enumerate((2, 3)):
            staging.file(part, f"{part}.gml")
            staging.add(SOEST, "building", buildings(["a"]), part)
            staging.add(SOEST, "building_surface", surfaces(["a"], count), part)
        outcome = staging.commit()
    assert outcome.loaded == {"building": {SOEST: 1}, "building_surface": {SOEST: 3}}
    assert set(t.sql("SELECT delivery_part FROM building_surface").fetchall()) == {(1,)}


def test_key_of_several_columns(t: twin.Twin) -> None:
    table = pa.table({"building_id": ["a", "a"], "surface_index": pa.array([0, 0], pa.int32()), "kind": ["x", "y"]})
    with t.stage(twin.DeliveryHeader(file="s", format="citygml")) as staging:
        staging.add(SOEST, "building_surface", table)
        assert staging.commit().loaded == {"building_surface": {SOEST: 1}}
