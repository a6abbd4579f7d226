from __future__ import annotations

import numpy as np
import shapely

from viewer.scene.parcel_tiles import LIFT, STEP, boundary_segments, parcel_tiles


def test_a_shared_boundary_is_drawn_once():
    left, right = shapely.box(0, 0, 8, 8), shapely.box(8, 0, 16, 8)
    segments = boundary_segments(np.array([left, right]))
    assert np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).sum() == 7 * 8
    assert len(boundary_segments(np.array([left, left]))) == 4


def test_long_lines_are_cut_and_holes_are_drawn():
    holed = shapely.box(0, 0, 100, 25).difference(shapely.box(10, 10, 12, 12))
    segments = boundary_segments(np.array([holed]))
    lengths = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    assert lengths.max() <= STEP
    assert np.isclose(lengths.sum(), 250 + 8)


def test_lines_lie_on_the_ground_in_their_square(parse_glb):
    parcels = np.array([shapely.box(400_480, 5_700_100, 400_530, 5_700_140)])
    tiles = list(parcel_tiles(parcels, lambda east, north: (east - 400_000) * 0.1))
    assert [tile[0].column for tile in tiles] == [800, 801]
    total = 0.0
    for _, centre, box, data in tiles:
        glb = parse_glb(data)
        assert glb.primitive["mode"] == 1
        points = glb.positions + centre
        np.testing.assert_allclose(points[:, 2], (points[:, 0] - 400_000) * 0.1 + LIFT, atol=0.05)
        ends = points[glb.faces].reshape(-1, 2, 3)
        total += np.linalg.norm((ends[:, 1] - ends[:, 0])[:, :2], axis=1).sum()
        assert box[0] <= points[:, 0].min() + 0.02
    assert abs(total - 180) < 0.1


def test_nothing_is_drawn_where_the_ground_is_unknown():
    parcels = np.array([shapely.box(0, 0, 5, 5)])
    assert list(parcel_tiles(parcels, lambda east, north: np.full_like(east, np.nan))) == []
