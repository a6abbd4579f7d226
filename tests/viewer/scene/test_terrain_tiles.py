from __future__ import annotations

import numpy as np

from viewer.scene.terrain_tiles import QUADS, edge, square, terrain_tile
from viewer.scene.tileset import Cell

CELL = Cell(1, 700, 11000)


def heights(function) -> np.ndarray:
    west, _, _, north = square(CELL)
    south = square(CELL)[1]
    step = edge(CELL) / QUADS
    columns = west + step * np.arange(-1, QUADS + 2)
    rows = north - step * np.arange(-1, QUADS + 2)
    return function(*np.meshgrid(columns - west, rows - south))


def test_vertices_lie_on_the_heights_and_faces_look_up(parse_glb):
    plane = heights(lambda x, y: 80 + 0.1 * x - 0.05 * y)
    centre, box, data = terrain_tile(CELL, plane)
    glb = parse_glb(data)
    west, south, east, north = square(CELL)
    assert glb.node["extras"]["square"] == [west, south, east, north]
    count = (QUADS + 1) ** 2
    points = glb.positions[:count] + centre
    expected = 80 + 0.1 * (points[:, 0] - west) - 0.05 * (points[:, 1] - south)
    np.testing.assert_allclose(points[:, 2], expected, atol=0.03)
    assert points[:, 0].min() <= west + 0.01
    assert points[:, 1].max() >= north - 0.01
    grid = glb.positions[glb.faces].reshape(-1, 3, 3)[: 2 * QUADS * QUADS]
    assert (np.cross(grid[:, 1] - grid[:, 0], grid[:, 2] - grid[:, 0])[:, 2] > 0).all()
    wanted = np.array([-0.1, 0.05, 1.0]) / np.linalg.norm([0.1, 0.05, 1.0])
    np.testing.assert_allclose(glb.normals, np.broadcast_to(wanted, glb.normals.shape), atol=0.01)
    assert box[2] < plane.min() < plane.max() <= box[5] + 60


def test_the_picture_has_north_at_its_top(parse_glb):
    _, _, data = terrain_tile(CELL, heights(lambda x, y: 50 + 0 * x))
    glb = parse_glb(data)
    texture, points = glb.attribute("TEXCOORD_0"), glb.positions
    size = edge(CELL)
    np.testing.assert_allclose(texture[:, 0], points[:, 0] / size + 0.5, atol=1e-3)
    np.testing.assert_allclose(texture[:, 1], 0.5 - points[:, 1] / size, atol=1e-3)


def test_the_skirt_hangs_down_all_around_and_looks_outwards(parse_glb):
    _, _, data = terrain_tile(CELL, heights(lambda x, y: 50 + 0 * x))
    glb = parse_glb(data)
    skirt = glb.positions[glb.faces].reshape(-1, 3, 3)[2 * QUADS * QUADS :]
    assert len(skirt) == 2 * 4 * QUADS
    normals = np.cross(skirt[:, 1] - skirt[:, 0], skirt[:, 2] - skirt[:, 0])
    assert (np.einsum("tk,tk->t", normals[:, :2], skirt.mean(axis=1)[:, :2]) > 0).all()


def test_only_quads_with_four_heights_are_drawn(parse_glb):
    holed = heights(lambda x, y: 50 + 0 * x)
    holed[10, 10] = np.nan  # vertex (9, 9): four quads
    holed[:, 40:] = np.nan  # vertex columns 39 …: quads 38 … 63 in all 64 rows
    _, _, data = terrain_tile(CELL, holed)
    glb = parse_glb(data)
    upward = glb.positions[glb.faces].reshape(-1, 3, 3)
    upward = upward[np.cross(upward[:, 1] - upward[:, 0], upward[:, 2] - upward[:, 0])[:, 2] > 0]
    assert len(upward) == 2 * (QUADS * 38 - 4)
    assert np.isfinite(glb.positions).all()
    assert terrain_tile(CELL, np.full_like(holed, np.nan)) is None
