from __future__ import annotations

import numpy as np

from twin import Principal
from viewer.scene.ground import COARSE, MARGIN, Ground, coarse_heights
from viewer.scene.tenant import Tenant

OPEN, CLOSED = "05974040", "05974012"


def test_terrain_tells_where_there_is_one(open_district):
    ground = Ground(Tenant(open_district(Principal.operator()), OPEN))
    east, north = np.array([400_100.0, 400_500.0]), np.array([5_700_300.0, 5_700_300.0])
    np.testing.assert_allclose(ground.sample(east, north), [52.0, 60.0], atol=0.05)


def test_buildings_tell_where_there_is_none(open_district):
    ground = Ground(Tenant(open_district(Principal.operator()), CLOSED))
    found = ground.sample(
        np.array([402_012.0, 402_440.0, 410_000.0]), np.array([5_700_022.0, 5_700_360.0, 5_700_000.0])
    )
    assert abs(found[0] - 50.2) < 2.5
    assert 55 < found[1] < 63
    assert np.isnan(found[2])


def test_the_estimate_ends_at_the_border(open_district):
    ground = Ground(Tenant(open_district(Principal.operator()), CLOSED))
    heights = ground.window(401_000.0, 5_700_000.0, 403_000.0, 5_700_800.0, 16.0)
    assert np.isnan(heights[:, :60]).all()
    assert np.isfinite(heights[:, 64:110]).any()


def test_medians_are_kept_and_gaps_lie_between_their_neighbours():
    east = np.array([50.0, 60.0, 70.0, 1050.0])
    column, row, grid = coarse_heights(east, np.full(4, 50.0), np.array([10.0, 11.0, 99.0, 30.0]))
    assert (column, row) == (-MARGIN, -MARGIN)
    assert grid[MARGIN, MARGIN] == 11.0
    assert grid[MARGIN, MARGIN + int(1000 / COARSE)] == 30.0
    assert np.isfinite(grid).all()
    assert 11.0 <= grid.min() <= grid.max() <= 30.0
