from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from viewer.scene.building_tiles import building_tiles

ORIGINS = [
    (400_010.0, 5_700_020.0, 31.0),
    (400_480.0, 5_700_490.0, 35.0),
    (400_510.0, 5_700_020.0, 40.0),
    (399_990.0, 5_700_020.0, 22.0),
]


def test_each_building_is_whole_in_the_tile_of_its_origin(houses, parse_glb):
    tiles = list(building_tiles(houses(ORIGINS), np.array([7, 5, 6, 4])))
    assert [(tile.cell.column, tile.cell.row) for tile in tiles] == [(799, 11400), (800, 11400), (801, 11400)]
    found = {}
    for tile in tiles:
        glb = parse_glb(tile.data)
        found |= dict(zip(glb.column("building_id"), glb.column("slot"), strict=True))
    assert found == {"B0": 7, "B1": 5, "B2": 6, "B3": 4}


def test_vertices_return_to_where_the_mesh_has_them(houses, parse_glb):
    table = houses(ORIGINS)
    source = {row["building_id"]: row for row in table.to_pylist()}
    for tile in building_tiles(table, np.arange(4)):
        glb = parse_glb(tile.data)
        ids = glb.column("building_id")
        positions = glb.positions + np.array(tile.centre)
        features = glb.attribute("_FEATURE_ID_0").astype(int)
        assert glb.primitive["extensions"]["EXT_mesh_features"]["featureIds"][0]["featureCount"] == len(ids)
        corners = positions[glb.faces].reshape(-1, 3, 3)
        owner = features[glb.faces].reshape(-1, 3)
        assert (owner == owner[:, :1]).all()
        for number, name in enumerate(ids):
            row = source[name]
            wanted = np.array(row["vertices"]).reshape(-1, 3)[np.array(row["faces"])].reshape(-1, 3, 3)
            wanted += [row["origin_x"], row["origin_y"], row["origin_z"]]
            np.testing.assert_allclose(corners[owner[:, 0] == number], wanted, atol=0.011)
        assert (positions.min(axis=0) >= np.array(tile.box[:3]) - 0.011).all()
        assert (positions.max(axis=0) <= np.array(tile.box[3:]) + 0.011).all()


def test_normals_are_flat_and_point_outwards(houses, parse_glb):
    glb = parse_glb(next(building_tiles(houses(ORIGINS[:1]), np.array([0]))).data)
    corners = glb.positions[glb.faces].reshape(-1, 3, 3)
    true = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    true /= np.linalg.norm(true, axis=1, keepdims=True)
    given = glb.normals[glb.faces].reshape(-1, 3, 3)
    assert np.einsum("tk,tvk->tv", true, given).min() > 0.999
    inside = glb.positions.mean(axis=0)
    assert (np.einsum("tk,tk->t", true, corners.mean(axis=1) - inside) > 0).all()


def test_kinds_tell_flat_roofs_from_pitched_ones(houses, parse_glb):
    glb = parse_glb(next(building_tiles(houses(ORIGINS[:2]), np.array([0, 1]))).data)
    features, kinds = glb.attribute("_FEATURE_ID_0").astype(int), glb.attribute("_KIND").astype(int)
    names = glb.column("building_id")
    assert set(kinds[features == names.index("B0")]) == {0, 2, 3}
    assert set(kinds[features == names.index("B1")]) == {0, 1, 3}


def test_attributes_and_attribution_travel_with_the_tile(houses, parse_glb):
    glb = parse_glb(next(building_tiles(houses(ORIGINS[:2]), np.array([0, 1]), "Kreis Ünna, dl-de/zero-2-0")).data)
    assert glb.json["asset"]["copyright"] == "Kreis Ünna, dl-de/zero-2-0"
    assert glb.column("measured_height") == [5.0, 6.0]
    assert glb.column("function_code") == ["", "31001_1010"]
    assert {"EXT_mesh_features", "EXT_structural_metadata"} <= set(glb.json["extensionsUsed"])


def test_a_square_with_many_vertices_gets_wide_indices(houses, parse_glb):
    random = np.random.default_rng(3)
    origins = [(400_000 + 480 * x, 5_700_000 + 480 * y, 0.0) for x, y in random.random((3200, 2))]
    (tile,) = building_tiles(houses(origins), np.arange(len(origins)))
    glb = parse_glb(tile.data)
    assert len(glb.attribute("POSITION")) > 65535
    assert glb.json["accessors"][glb.primitive["indices"]]["componentType"] == 5125
    assert glb.column("slot") == list(range(3200))


def test_no_rows_make_no_tiles(houses):
    assert list(building_tiles(houses(ORIGINS).slice(0, 0), np.array([], int))) == []


@pytest.mark.parametrize("empty", [[0], [0, 1]])
def test_a_building_without_triangles_sinks_nothing(houses, parse_glb, empty):
    table = houses(ORIGINS[:2])
    for name in ("vertices", "faces", "kinds"):
        values = [None if k in empty else value for k, value in enumerate(table.column(name).to_pylist())]
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pa.array(values, table.schema.field(place).type))
    tiles = list(building_tiles(table, np.arange(2)))
    assert len(tiles) == (1 if len(empty) == 1 else 0)
