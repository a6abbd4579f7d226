from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely

from twin.discovery import find
from twin.style import Sunk
from viewer.scene.pipe_tiles import SIDES, axes, depths, pipe_tile, radii, tubes

LINES = find("LAYER", "utility_line")
SHAPE = Sunk(depth="depth", usual=1.5, diameter="diameter", exaggeration=4.0, least=0.4)


def objects(*values):
    found = np.empty(len(values), object)
    found[:] = values
    return found


def slope(east, north):
    return 100.0 + 0.1 * np.asarray(east)


def rows(*entries):
    names = ("medium", "depth", "diameter")
    types = (pa.string(), pa.float64(), pa.float64())
    return pa.table({n: pa.array([e.get(n) for e in entries], t) for n, t in zip(names, types, strict=True)})


def test_a_pipe_follows_the_ground_at_its_depth():
    line = shapely.LineString([(0, 0), (100, 0), (100, 50)])
    points, tube, row = axes(objects(line), np.array([2.0]), slope)
    np.testing.assert_allclose(points[:, 2], 98.0 + 0.1 * points[:, 0])
    assert np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1).max() <= 8.0 + 1e-9
    assert (tube == 0).all()
    assert row.tolist() == [0]
    assert points[0, :2].tolist() == [0, 0]
    assert points[-1, :2].tolist() == [100, 50]


def test_a_node_is_a_shaft_up_to_the_ground():
    points, tube, _ = axes(objects(shapely.Point(10, 0)), np.array([3.0]), slope)
    assert tube.tolist() == [0, 0]
    np.testing.assert_allclose(points[:, 2], [98.0, 101.05])


def test_what_is_no_line_has_no_axis():
    odd = objects(shapely.LineString(), shapely.Point(), shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (0, 0)]))
    points, tube, _ = axes(odd, np.full(4, 1.0), slope)
    assert len(points) == len(tube) == 0


def test_where_nothing_tells_of_the_ground_a_pipe_lies_as_high_as_the_others():
    lines = objects(shapely.LineString([(0, 0), (8, 0)]), shapely.LineString([(50, 0), (58, 0)]))
    points, _, _ = axes(lines, np.zeros(2), lambda x, y: np.where(x < 20, 7.0, np.nan))
    assert (points[:, 2] == 7.0).all()


def test_depth_and_diameter_have_their_units_and_their_usual_values():
    table = rows({"depth": 2.5, "diameter": 300.0}, {}, {"depth": 900.0, "diameter": 50.0})
    assert depths(SHAPE, table).tolist() == [2.5, 1.5, 60.0]
    # Millimetres in the table; four times as thick; half of it is the radius.
    assert radii(LINES, SHAPE, table).tolist() == pytest.approx([0.6, 0.2, 0.2])


def test_a_tube_is_closed_and_round():
    points = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 1], [0, 0, 5], [0, 0, 9]], float)
    vertices, normals, faces = tubes(points, np.array([0, 0, 0, 1, 1]), np.full(5, 0.5))
    assert len(vertices) == 5 * SIDES
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0)
    np.testing.assert_allclose(np.linalg.norm(vertices - np.repeat(points, SIDES, axis=0), axis=1), 0.5)
    # Every edge belongs to two faces, once in each direction: no hole, and all faces look outwards.
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    there = {tuple(edge) for edge in edges.tolist()}
    assert len(there) == len(edges)
    assert all((b, a) in there for a, b in there)
    corners = vertices[faces]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume > 0


def test_a_tile_keeps_place_colour_and_key(parse_glb):
    table = rows({"medium": "water", "depth": 1.0, "diameter": 100.0}, {"medium": "gas", "depth": 2.0})
    lines = objects(shapely.LineString([(0, 0), (40, 0)]), shapely.LineString([(0, 10), (40, 10)]))
    texts = {"key": pa.array(["W1", "G1"]), "title": pa.array(["Wasser", "Gas"])}
    centre = np.array([20.0, 5.0, 99.0])
    data, vertices = pipe_tile(LINES, SHAPE, table, lines, slope, texts, centre, "Amt")
    glb = parse_glb(data)
    assert glb.column("key") == ["W1", "G1"]
    np.testing.assert_allclose(glb.positions + centre, vertices, atol=0.01)
    feature = glb.attribute("_FEATURE_ID_0")
    assert set(feature.tolist()) == {0, 1}
    water, gas = (glb.attribute("COLOR_0")[feature == n][0] for n in (0, 1))
    assert water[2] > water[0]
    assert gas[0] > gas[2]
    assert glb.json["asset"]["copyright"] == "Amt"
    assert pipe_tile(LINES, SHAPE, table[:1], objects(None), slope, texts, centre)[0] == b""
