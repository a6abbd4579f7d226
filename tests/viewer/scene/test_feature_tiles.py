"""Layers that are drawn by their declaration alone: what stands in the tables comes back out of their tiles."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from twin.discovery import find
from viewer.scene import feature_rows
from viewer.scene.looks import look
from viewer.scene.products import PRODUCTS
from viewer.scene.tenant import Tenant
from viewer.scene.tiles import DERIVATIVE
from viewer.scene.tileset import read_tileset

OPEN, CLOSED = "05974040", "05974012"


def tree(number, east, north, **further):
    return {"tree_id": f"T{number}", "geom": shapely.Point(east, north).wkb} | further


TREES = [
    tree(1, 400_100.0, 5_700_100.0, species="Tilia", species_german="Winterlinde", height=20.0, crown_diameter=10.0),
    tree(2, 400_140.0, 5_700_120.0, species_german="Fichte", height=25.0),
    tree(3, 400_700.0, 5_700_700.0),
]  # fmt: skip


def product(name):
    return next(product for product in PRODUCTS if product.layer == name)


def tiles(twin, name, ags=OPEN):
    """Content of each tile: centre and bytes."""
    folder = product(name).folder(Tenant(twin, ags))
    found = read_tileset(folder)
    return {cell: (content, (folder / content.name(cell)).read_bytes()) for cell, content in found.contents.items()}


@pytest.fixture
def planted(district, deliver):
    deliver(district, OPEN, {"tree": TREES}, file="trees.csv")
    deliver(district, CLOSED, {"tree": [tree(9, 402_100.0, 5_700_100.0)]}, file="secret.csv")
    DERIVATIVE.update(district, None)
    return district


def test_trees_stand_where_they_are_and_keep_their_key(planted, parse_glb):
    found = {}
    for content, data in tiles(planted, "tree").values():
        glb = parse_glb(data)
        for place, key, title, size in zip(
            glb.positions, glb.column("key"), glb.column("title"), glb.attribute("_SIZE"), strict=True
        ):
            found[key] = (np.array(content.centre) + place, title, size.tolist())
    assert set(found) == {"T1", "T2", "T3"}
    where, title, size = found["T1"]
    # The hill rises by 2 cm a metre eastwards.
    np.testing.assert_allclose(where, [400_100.0, 5_700_100.0, 52.0], atol=0.15)
    assert (title, size) == ("Winterlinde", [200, 100])
    assert found["T3"][1] == ""


def test_bounds_hold_the_crowns(planted):
    for content, _ in tiles(planted, "tree").values():
        west, _, low, east, _, high = content.box
        assert east - west >= 5
        assert high - low >= 9


def test_only_touched_squares_are_made_again(planted, deliver):
    before = {cell: content.signature for cell, (content, _) in tiles(planted, "tree").items()}
    changed = [TREES[0] | {"height": 21.0}]
    deliver(planted, OPEN, {"tree": changed}, file="one.csv")
    assert DERIVATIVE.update(planted, {OPEN: {"tree"}}).get("tree") == 1
    after = {cell: content.signature for cell, (content, _) in tiles(planted, "tree").items()}
    assert before.keys() == after.keys()
    assert sum(before[cell] != after[cell] for cell in before) == 1


def test_withdrawal_takes_the_tiles(planted):
    folder = product("tree").folder(Tenant(planted, OPEN))
    assert list(folder.glob("*.glb"))
    planted.withdraw(OPEN, "tree")
    assert not folder.exists()


def test_signs_bear_their_class_and_name(district, deliver, parse_glb):
    places = [
        {
            "facility_id": "F1",
            "kind": "school",
            "name": "Patrokli-Schule",
            "geom": shapely.Point(400_100, 5_700_100).wkb,
        },
        {"facility_id": "F2", "kind": "pharmacy", "geom": shapely.Point(400_200, 5_700_100).wkb},
        {"facility_id": "F3", "kind": "never heard of"},
    ]
    deliver(district, OPEN, {"facility": places}, file="places.pbf")
    DERIVATIVE.update(district, None)
    ((_, data),) = tiles(district, "facility").values()
    glb = parse_glb(data)
    named = zip(glb.column("title"), glb.attribute("_CLASS").tolist(), strict=True)
    found = dict(zip(glb.column("key"), named, strict=True))
    classes = look(find("LAYER", "facility"))["classes"]
    assert found["F1"][0] == "Patrokli-Schule"
    assert classes[found["F1"][1]]["title"]["en"] == "School"
    # A place without a name is called by what it is.
    assert found["F2"][0] == "Apotheke"
    assert classes[found["F2"][1]]["icon"]
    assert set(found) == {"F1", "F2"}


def test_a_ramp_gives_signs_a_class_a_stop():
    layer = find("LAYER", "broadband")
    stops = layer.style.themes[0].stops
    values = pa.array([None, stops[0][0] - 1, stops[1][0], stops[-1][0] + 1], pa.float64())
    columns = {name: pa.nulls(4, pa.string()) for name in layer.style.label}
    table = pa.table(columns | {layer.style.themes[0].column: values})
    assert feature_rows.classes(layer, table).tolist() == [len(stops), 0, 1, len(stops) - 1]
    entries = look(layer)["classes"]
    assert len(entries) == len(stops) + 1
    assert [entry["colour"] for entry in entries[:-1]] == [colour for _, colour in stops]


def test_pipes_lie_under_the_hill(district, deliver, parse_glb):
    line = shapely.LineString([(400_100, 5_700_100), (400_140, 5_700_100)])
    deliver(
        district,
        OPEN,
        {"utility_line": [{"line_id": "L1", "medium": "water", "depth": 2.0, "geom": line.wkb}]},
        file="w.gpkg",
    )
    DERIVATIVE.update(district, None)
    ((content, data),) = tiles(district, "utility_line").values()
    glb = parse_glb(data)
    heights = (glb.positions + content.centre)[:, 2]
    assert 49.7 < heights.min() < heights.max() < 51.1
    assert glb.column("key") == ["L1"]
