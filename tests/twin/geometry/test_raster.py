"""Packing, unpacking and cutting of raster tiles."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
import shapely.ops
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from twin.geometry.raster import HIGHEST, LARGEST_EDGE, cut, decode, encode

shapes = arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12)
metres = st.one_of(st.just(float("nan")), st.floats(-HIGHEST, HIGHEST), st.integers(-400, 3000).map(float))


@given(arrays.arrays(np.float64, shapes, elements=metres))
@settings(deadline=None)
def test_what_is_packed_comes_back_to_a_millimetre(heights):
    found = decode(encode(heights))
    assert found.shape == heights.shape
    assert found.dtype == np.float32
    assert (np.isnan(found) == np.isnan(heights)).all()
    known = ~np.isnan(heights)
    # Half a millimetre for the packing, and what a float32 cannot hold.
    slack = 0.0005 + np.abs(heights[known]) * 2**-24 + 1e-9
    assert (np.abs(found[known] - heights[known]) <= slack).all()


@given(arrays.arrays(np.int32, shapes, elements=st.integers(-500_000, 4_000_000)))
@settings(deadline=None)
def test_packing_again_changes_nothing(millimetres):
    packed = encode(millimetres / 1000)
    assert encode(decode(packed)) == packed


@pytest.mark.parametrize("height", [np.inf, -np.inf, HIGHEST * 1.01, -3e38])
def test_extremes_are_refused(height):
    with pytest.raises(ValueError, match="heights lie within"):
        encode(np.array([[1.0, height]]))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (LARGEST_EDGE + 1, 1), (4,)])
def test_impossible_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="rows and columns"):
        encode(np.zeros(shape))


@given(st.binary(max_size=60), st.integers(0, 40), st.integers(0, 255))
def test_damaged_bytes_raise_value_error_or_give_heights(noise, place, byte):
    good = bytearray(encode(np.arange(20.0).reshape(4, 5)))
    good[place % len(good)] = byte
    for pixels in (noise, bytes(good), bytes(good[:-1])):
        try:
            heights = decode(pixels)
        except ValueError:
            continue
        assert max(heights.shape) <= LARGEST_EDGE


def test_smooth_terrain_takes_less_than_a_byte_a_cell():
    east, north = np.meshgrid(np.arange(250.0), np.arange(250.0))
    heights = 100 + 5 * np.sin(east / 30) + 3 * np.cos(north / 20)
    assert len(encode(np.round(heights, 2))) < 250 * 250


def _tiles(heights: dict[tuple[int, int], np.ndarray]) -> pa.Table:
    return pa.table(
        {
            "tile_id": [f"{column}_{row}" for column, row in heights],
            "west": [column * 10.0 for column, _ in heights],
            "south": [row * 10.0 for _, row in heights],
            "east": [column * 10.0 + 10 for column, _ in heights],
            "north": [row * 10.0 + 10 for _, row in heights],
            "lowest": [float(np.nanmin(tile)) for tile in heights.values()],
            "highest": [float(np.nanmax(tile)) for tile in heights.values()],
            "missing": pa.array([int(np.isnan(tile).sum()) for tile in heights.values()], pa.int32()),
            "pixels": pa.array([encode(tile) for tile in heights.values()], pa.binary()),
        }
    )


def _board(size: int = 3) -> pa.Table:
    values = np.arange(100.0).reshape(10, 10)
    return _tiles({(column, row): values + column + row for column in range(size) for row in range(size)})


def test_whole_tiles_stay_untouched_and_far_ones_go():
    board = _board()
    kept = cut(board, shapely.box(-1, -1, 20.5, 20))
    assert kept.schema == board.schema
    names = kept.column("tile_id").to_pylist()
    assert names == ["0_0", "0_1", "1_0", "1_1", "2_0", "2_1"]
    assert kept.column("pixels")[0] == board.column("pixels")[0]
    border = decode(kept.column("pixels")[4].as_py())
    assert not np.isnan(border[:, 0]).any()
    assert np.isnan(border[:, 1:]).all()
    assert kept.column("missing")[4].as_py() == 90


polygons = st.lists(st.tuples(st.floats(-5, 35), st.floats(-5, 35)), min_size=3, max_size=7).map(
    lambda ring: shapely.MultiPoint(ring).convex_hull.buffer(0.05)
)


@given(polygons)
@settings(deadline=None, max_examples=40)
def test_every_touched_cell_stays_and_no_far_one(polygon):
    board = _board()
    kept = cut(board, polygon)
    found = {row["tile_id"]: row for row in kept.to_pylist()}
    for row in board.to_pylist():
        centre_east, centre_north = np.meshgrid(np.arange(10) + 0.5, 9.5 - np.arange(10))
        x, y = centre_east + row["west"], centre_north + row["south"]
        touched = shapely.intersects(polygon, shapely.box(x - 0.499, y - 0.499, x + 0.499, y + 0.499))
        far = shapely.distance(polygon, shapely.points(x, y)) > 1.5
        mine = found.get(row["tile_id"])
        if mine is None:
            assert not touched.any()
            continue
        heights = decode(mine["pixels"])
        assert not np.isnan(heights[touched]).any()
        assert np.isnan(heights[far]).all()
        assert mine["lowest"] == np.nanmin(heights)
        assert mine["highest"] == np.nanmax(heights)
        assert mine["missing"] == np.isnan(heights).sum()


def test_neighbours_leave_no_gap():
    board = _board()
    line = shapely.LineString([(-5, 3), (12, 17), (35, 22)])
    west, east = shapely.ops.split(shapely.box(-5, -5, 35, 35), line).geoms
    cells = np.zeros((9, 100), int)
    for polygon in (west, east):
        for row in cut(board, polygon).to_pylist():
            column, line_ = map(int, row["tile_id"].split("_"))
            cells[column * 3 + line_] += ~np.isnan(decode(row["pixels"])).ravel()
    assert (cells >= 1).all()
    assert (cells == 2).sum() < 150
