"""Rows with a position: transformed, placed, told apart."""

import shapely

from ingest.format import Batch, Reject
from ingest.point_rows import PointRows
from twin.geometry.crs import Reference, reference

UTM = reference("EPSG:25832")


def flushed(points):
    items = list(points.flush())
    tables = [item.table for item in items if isinstance(item, Batch)]
    return (tables[0].to_pylist() if tables else []), [item for item in items if isinstance(item, Reject)]


def test_several_systems_in_one_file_meet_in_the_store_s():
    points = PointRows("tree")
    points.add({"tree_id": "a"}, (440_000.0, 5_713_000.0), UTM, "line 1")
    points.add({"tree_id": "b"}, (32_440_000.0, 5_713_000.0), UTM, "line 2")
    points.add({"tree_id": "c"}, (8.137, 51.563), Reference("EPSG:4326"), "line 3")
    rows, rejects = flushed(points)
    places = {row["tree_id"]: shapely.from_wkb(row["geom"]) for row in rows}
    assert places["a"].equals(places["b"]) and places["a"].distance(places["c"]) < 1000
    assert not rejects


def test_what_lies_abroad_or_nowhere_is_rejected_and_ids_count_once():
    points = PointRows("tree")
    for place in [(440_000.0, 5_713_000.0), (0.0, 0.0), (1e308, 1e308), (float("nan"), 1.0), (440_001.0, 5_713_000.0)]:
        points.add({"tree_id": "same"}, place, UTM, f"at {place[0]}")
    rows, rejects = flushed(points)
    assert len(rows) == 1 and len(rejects) == 4
    points.add({"tree_id": "same"}, (440_002.0, 5_713_000.0), UTM, "later")
    rows, rejects = flushed(points)
    assert not rows and "later" in rejects[0].reason


def test_ids_are_made_of_the_place_where_there_is_none():
    points = PointRows("tree")
    points.add({}, (440_000.123, 5_713_000.0), UTM, "line 1")
    assert flushed(points)[0][0]["tree_id"] == "E440000.12N5713000.00"


def test_the_first_rows_tell_the_order_of_the_axes():
    points = PointRows("address", either_order=True)
    points.add({"address_id": "a"}, (5_713_000.0, 440_000.0), UTM, "a")
    rows, _ = flushed(points)
    assert points.swapped and shapely.from_wkb(rows[0]["geom"]).x == 440_000
    points.add({"address_id": "b"}, (440_000.0, 5_713_000.0), UTM, "b")
    assert not flushed(points)[0]
