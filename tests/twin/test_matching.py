"""A building of several sources stands once, whatever came first, and both keys are kept."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
import shapely
from delivering import SOEST, TILE, WERL

import twin

Row = tuple[str, float, float]
"""Key, western edge and width of a building of 10 m depth; from `TILE`'s corner on. [m]"""

LOD2: list[Row] = [("L1", 0, 10), ("L2", 20, 10), ("L3", 40, 10)]
OSM: list[Row] = [("o1", 0.5, 10), ("o2", 21, 9), ("o9", 100, 10)]
ALKIS: list[Row] = [("a1", 0.2, 10), ("a9", 100.3, 10)]
SOURCES = {
    "citygml": (LOD2, 2, "citygml", "lod2.zip"),
    "footprints": (OSM, 1, "osm", "osm.gpkg"),
    "alkis_simple": (ALKIS, 1, "alkis", "alkis.gpkg"),
}


def table(rows: Sequence[Row], lod: int, source: str | None) -> pa.Table:
    west, south = TILE[0] + 100, TILE[1] + 100
    shapes = [shapely.box(west + x, south, west + x + wide, south + 10) for _, x, wide in rows]
    return pa.table(
        {
            "building_id": pa.array([key for key, _, _ in rows], pa.string()),
            "lod": pa.array([lod] * len(rows), pa.int32()),
            "source_object": pa.array([source] * len(rows), pa.string()),
            "name": pa.array([f"name of {key}" for key, _, _ in rows], pa.string()),
            "measured_height": pa.array([6.0] * len(rows), pa.float64()),
            "geom": pa.array(shapely.to_wkb(shapes).tolist(), pa.binary()),
        }
    )


def bring(
    t: twin.Twin, name: str, rows: Sequence[Row] | None = None, *, extent: Any = None, ags: str = SOEST, file: str = ""
) -> twin.Outcome:
    """Land what a source says now."""
    stock, lod, source, usual = SOURCES[name]
    rows = stock if rows is None else rows
    layers = ("building", "building_mesh")
    with t.stage(twin.DeliveryHeader(file=file or usual, format=name, layers=layers)) as staging:
        staging.file(0, file or usual, extent=extent)
        staging.add(ags, "building", table(rows, lod, source))
        staging.add(ags, "building_mesh", pa.table({"building_id": pa.array([row[0] for row in rows], pa.string())}))
        return staging.commit()


def state(t: twin.Twin) -> tuple[list[str], list[tuple[str, str]]]:
    """Keys of the buildings that stand, and who stands for whom; a building without its mesh is an error."""
    standing = [row[0] for row in t.sql("SELECT building_id FROM building ORDER BY 1").fetchall()]
    meshes = [row[0] for row in t.sql("SELECT building_id FROM building_mesh ORDER BY 1").fetchall()]
    assert standing == meshes
    return standing, t.sql("SELECT building_id, matched_id FROM building_match ORDER BY ALL").fetchall()


def test_a_footprint_over_a_lod2_building_gives_way_and_leaves_its_key(t: twin.Twin) -> None:
    bring(t, "citygml")
    outcome = bring(t, "footprints")
    assert outcome.kept_better == {"building": 2}
    assert state(t) == (["L1", "L2", "L3", "o9"], [("L1", "o1"), ("L2", "o2")])
    (row,) = t.sql("SELECT * FROM building_match WHERE matched_id = 'o1'").df().to_dict("records")
    assert row["overlap"] == pytest.approx(0.95)
    assert (row["source_object"], row["name"], row["measured_height"]) == ("osm", "name of o1", 6.0)
    assert row["delivery_id"] == outcome.delivery_id, "who brought the footprint, not who displaced it"


def test_a_lod2_building_takes_the_place_of_a_footprint(t: twin.Twin) -> None:
    first = bring(t, "footprints")
    outcome = bring(t, "citygml")
    assert outcome.retired == {}, "it gave way, nobody took it back"
    assert state(t) == (["L1", "L2", "L3", "o9"], [("L1", "o1"), ("L2", "o2")])
    assert t.sql("SELECT DISTINCT delivery_id FROM building_match").fetchall() == [(first.delivery_id,)]


@pytest.mark.parametrize("order", list(itertools.permutations(SOURCES)), ids="-".join)
def test_three_sources_come_to_the_same_in_any_order(t: twin.Twin, order: tuple[str, ...]) -> None:
    for name in order:
        bring(t, name)
    standing, matches = state(t)
    assert standing == ["L1", "L2", "L3", "a9"], "the register before OpenStreetMap"
    assert matches == [("L1", "a1"), ("L1", "o1"), ("L2", "o2"), ("a9", "o9")]


def test_the_same_again_changes_nothing(t: twin.Twin) -> None:
    for name in SOURCES:
        bring(t, name)
    before = state(t)
    for name in (*SOURCES, *reversed(SOURCES)):
        bring(t, name)
        assert state(t) == before


def test_a_footprint_that_is_no_longer_delivered_leaves_no_match(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints")
    bring(t, "footprints", OSM[1:])
    assert state(t) == (["L1", "L2", "L3", "o9"], [("L2", "o2")])


def test_not_even_where_all_of_them_had_given_way(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints", OSM[:2])
    bring(t, "footprints", [OSM[2]])
    assert state(t) == (["L1", "L2", "L3", "o9"], [])


def test_a_building_that_is_retired_leaves_no_match(t: twin.Twin) -> None:
    bring(t, "citygml", extent=TILE)
    bring(t, "footprints")
    bring(t, "citygml", LOD2[1:], extent=TILE)
    assert state(t) == (["L2", "L3", "o9"], [("L2", "o2")])


def test_a_footprint_comes_back_when_it_is_delivered_again_after_its_building_went(t: twin.Twin) -> None:
    bring(t, "citygml", extent=TILE)
    bring(t, "footprints")
    bring(t, "citygml", LOD2[1:], extent=TILE)
    bring(t, "footprints")
    assert state(t) == (["L2", "L3", "o1", "o9"], [("L2", "o2")])


def test_a_building_with_a_new_key_inherits_the_match(t: twin.Twin) -> None:
    bring(t, "citygml", extent=TILE)
    bring(t, "footprints")
    bring(t, "citygml", [("N1", 0, 10), *LOD2[1:]], extent=TILE)
    assert state(t) == (["L2", "L3", "N1", "o9"], [("L2", "o2"), ("N1", "o1")])


def test_a_footprint_that_moved_away_stands_again(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints")
    bring(t, "footprints", [("o1", 200, 10), *OSM[1:]])
    assert state(t) == (["L1", "L2", "L3", "o1", "o9"], [("L2", "o2")])


def test_a_footprint_that_moved_onto_a_building_gives_way(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints")
    bring(t, "footprints", [*OSM[:2], ("o9", 40, 10)])
    assert state(t) == (["L1", "L2", "L3"], [("L1", "o1"), ("L2", "o2"), ("L3", "o9")])


def test_neighbours_stand_beside_each_other(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints", [("wall", 10, 8), ("lean", 47, 14), ("block", -5, 40)])
    # "block" covers two houses that LoD2 has apart; "lean" shares 3 m of its 14.
    assert state(t) == (["L1", "L2", "L3", "lean", "wall"], [("L1", "block"), ("L2", "block")])


def test_what_several_cover_together_gives_way_to_the_one_that_covers_most(t: twin.Twin) -> None:
    bring(t, "citygml", [("A", 0, 20), ("B", 20, 20), ("C", 40, 20)])
    bring(t, "footprints", [("across", 13, 18)])
    assert state(t) == (["A", "B", "C"], [("B", "across")])


def test_municipalities_do_not_meddle_with_each_other(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints", ags=WERL)
    assert state(t)[0] == ["L1", "L2", "L3", "o1", "o2", "o9"]


def test_withdrawal_takes_the_matches_along(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints")
    t.withdraw(SOEST, "building")
    assert state(t) == ([], [])


def test_rows_without_a_shape_or_with_a_broken_one_do_no_harm(t: twin.Twin) -> None:
    bring(t, "citygml")
    rows = table(OSM, 1, "osm").to_pylist()
    rows[0]["geom"] = None
    rows[1]["geom"] = shapely.to_wkb(shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))
    with t.stage(twin.DeliveryHeader(file="odd.gpkg", format="footprints", layers=("building",))) as staging:
        staging.add(SOEST, "building", pa.Table.from_pylist(rows, table(OSM, 1, "osm").schema))
        staging.commit()
    standing = [row[0] for row in t.sql("SELECT building_id FROM building ORDER BY 1").fetchall()]
    assert standing == ["L1", "L2", "L3", "o1", "o2", "o9"]


def test_a_delivery_that_is_finished_after_a_kill_comes_to_the_same(t: twin.Twin, monkeypatch) -> None:
    bring(t, "footprints")
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr("twin.store.Store._publish", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        bring(t, "citygml")
    assert state(t) == (["o1", "o2", "o9"], [])
    with twin.open(t.home.path) as again:
        assert state(again) == (["L1", "L2", "L3", "o9"], [("L1", "o1"), ("L2", "o2")])


def test_history_tells_what_gave_way(t: twin.Twin) -> None:
    bring(t, "citygml")
    bring(t, "footprints")
    entry = t.history("building")[-1]
    assert json.loads(json.dumps(entry.counts))["building"] == {"loaded": 1, "kept_better": 2}
