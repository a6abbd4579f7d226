"""Tables of buildings: sums over parts, heights, names of codes, meshes that match their surfaces."""

import numpy as np
import pytest
import shapely

from twin.discovery import find
from twin.geometry.buildings import building_tables
from twin.geometry.extrusion import extrude


@pytest.fixture(scope="module")
def tables():
    # One building of a high and a low part side by side, and one without parts.
    footprints = [shapely.box(0, 0, 10, 6), shapely.box(10, 0, 14, 6), shapely.box(100, 100, 110, 110)]
    solids = extrude(
        footprints, base=[50, 49, 30], eaves=[56, 52, 36], ridge=[59, 52, 36], roof_code=["3100", "1000", "1000"]
    )
    return building_tables(
        solids,
        {
            "building_id": ["one", "two"],
            "function_code": ["31001_1010", "1010"],
            "measured_height": [None, 6.2],
            "ags": ["05974040", None],
        },
        groups=np.array([0, 2, 3]),
        bodies={"part_id": ["high", "low", None], "roof_code": ["3100", "1000", "1000"], "lod": [2, 2, 1]},
    )


def test_tables_have_their_layers_schemas(tables):
    for layer, table in tables.by_layer().items():
        assert table.schema.equals(find("LAYER", layer).read_schema)


def test_a_building_sums_up_its_parts(tables):
    one, two = tables.building.to_pylist()
    assert one["volume"] == pytest.approx(60 * 7.5 + 24 * 3) and two["volume"] == pytest.approx(600)
    assert one["footprint_area"] == pytest.approx(84)
    assert (one["ground_height"], one["roof_height"], one["measured_height"]) == pytest.approx((49, 59, 10))
    assert one["eaves_height"] == pytest.approx(3)
    assert two["measured_height"] == 6.2
    assert (one["part_count"], two["part_count"]) == (2, 0)
    assert (one["roof_code"], one["roof_type"], two["roof_type"]) == ("5000", "Mischform", "Flachdach")
    assert one["function"] == two["function"] == "Wohnhaus"
    assert (one["lod"], two["lod"]) == (2, 1)
    assert shapely.from_wkb(one["geom"]).equals(shapely.box(0, 0, 14, 6))


def test_parts_have_rows_of_their_own(tables):
    high, low = tables.building_part.to_pylist()
    assert (high["part_id"], high["building_id"], high["ags"]) == ("high", "one", "05974040")
    assert low["volume"] == pytest.approx(72)


def test_surfaces_count_from_zero_and_add_up(tables):
    rows = tables.building_surface.to_pylist()
    one = [row for row in rows if row["building_id"] == "one"]
    assert [row["surface_index"] for row in one] == list(range(len(one)))
    assert {row["part_id"] for row in one} == {"high", "low"}
    assert sum(row["area"] for row in one) == pytest.approx(tables.building.to_pylist()[0]["surface_area"])


def test_meshes_are_their_surfaces(tables):
    surfaces = tables.building_surface.to_pylist()
    for mesh in tables.building_mesh.to_pylist():
        vertices = np.array(mesh["vertices"]).reshape(-1, 3)
        faces = np.array(mesh["faces"]).reshape(-1, 3)
        a, b, c = (vertices[faces[:, corner]] for corner in range(3))
        areas = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        own = [row for row in surfaces if row["building_id"] == mesh["building_id"]]
        assert np.bincount(mesh["surfaces"], areas) == pytest.approx([row["area"] for row in own], rel=1e-5)
        assert {
            own[number]["kind"] for number, kind in zip(mesh["surfaces"], mesh["kinds"], strict=True) if kind == 1
        } == {"roof"}
        assert vertices[:, 2].min() == 0
