"""The grid of raster tiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.geometry.tile_grid import LARGEST, TileGrid, tile_edge


def gaps(rows, columns):
    return np.zeros((rows, columns), bool)


@pytest.mark.parametrize(
    ("cell_size", "edge"),
    [(1, 250), (0.5, 250), (0.25, 250), (0.2, 250), (0.1, 250), (2, 250), (5, 200), (10, 100), (25, 200), (3, 250)],
)
def test_official_squares_fill_their_tiles(cell_size, edge):
    assert tile_edge(cell_size) == edge


@given(st.sampled_from([0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0]), st.integers(0, 900), st.integers(5000, 6100))
def test_a_cell_keeps_its_number_whatever_file_it_comes_in(cell_size, east, north):
    here = TileGrid.of(cell_size, east * 1000.0, north * 1000.0)
    assert here == TileGrid.of(cell_size, (east + 1) * 1000.0, (north - 3) * 1000.0)
    assert here.edge <= LARGEST
    assert here.easting(here.column(east * 1000.0)) == east * 1000.0
    assert here.northing(here.row(north * 1000.0)) == north * 1000.0


@given(st.integers(0, 900_000), st.integers(5_000_000, 6_000_000))
def test_points_on_whole_metres_have_a_grid_of_their_own(east, north):
    shifted = TileGrid.of(1.0, east - 0.5, north + 0.5)
    assert (shifted.east_shift, shifted.north_shift) == (-0.5, -0.5)
    assert shifted.easting(shifted.column(east - 0.5)) == east - 0.5
    assert shifted.tile_id(0, 0, gaps(250, 250)) != TileGrid.of(1.0, east, north).tile_id(0, 0, gaps(250, 250))


def test_a_file_that_ends_inside_a_square_has_its_own_key():
    grid = TileGrid(1.0)
    assert grid.tile_id(250, 500, gaps(250, 250)) == "1_1_2"
    assert grid.tile_id(250, 500, gaps(250, 100)) == "1_1_2_0.0_100x250"
    assert grid.tile_id(350, 500, gaps(250, 150)) == "1_1_2_100.0_150x250"


def test_what_a_border_leaves_of_a_square_has_its_own_key():
    grid = TileGrid(1.0)
    half = gaps(250, 250)
    half[:, :100] = True
    names = {grid.tile_id(0, 0, missing) for missing in (gaps(250, 250), half, ~half)}
    assert len(names) == 3
    assert grid.tile_id(0, 0, half) == grid.tile_id(0, 0, half.copy())
