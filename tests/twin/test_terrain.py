"""Terrain by window and point, against rasterio and scipy."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import reproject

from ingest.raster.lattice import Lattice, PointCells
from ingest.raster.tiling import Tally, tile_batches
from twin.terrain import Terrain

duckdb = pytest.importorskip("duckdb")
ndimage = pytest.importorskip("scipy.ndimage")

WEST, NORTH = 430_000.0, 5_712_000.0


class Twin:
    """What Terrain needs of a twin, and what it asked for."""

    def __init__(self, *tables: pa.Table) -> None:
        self.rows = pa.concat_tables(tables)
        self.connection = duckdb.connect()

    def table(self, name: str):
        assert name == "terrain"
        return self.connection.from_arrow(self.rows)


def rows(heights, *, west=WEST, north=NORTH, size=1.0, ags="05974040", delivery="d1") -> pa.Table:
    cells = PointCells(Lattice(size, west, north, heights.shape[1], heights.shape[0]), np.asarray(heights, np.float32))
    table = pa.concat_tables([batch.table for batch in tile_batches(cells, Tally())])
    count = table.num_rows
    table = table.drop(["ags"]).append_column("ags", pa.array([ags] * count))
    return table.append_column("delivery_id", pa.array([delivery] * count))


def hills(rows_=700, columns=600, seed=1):
    noise = np.random.default_rng(seed).normal(size=(rows_, columns))
    return np.round(200 + 300 * ndimage.gaussian_filter(noise, 12), 2).astype(np.float32)


HILLS = hills()
LAND = Terrain(Twin(rows(HILLS)))


def test_the_whole_comes_back_as_it_was():
    found = LAND.window(*LAND.extent())
    assert LAND.extent() == (WEST, NORTH - 700, WEST + 600, NORTH)
    assert LAND.cell_sizes() == (1.0,)
    np.testing.assert_allclose(found.heights, HILLS, atol=1e-4)


@given(st.integers(-20, 590), st.integers(-20, 690), st.integers(1, 300), st.integers(1, 300))
@settings(deadline=None, max_examples=40)
def test_a_window_is_a_slice(left, top, columns, height):
    found = LAND.window(WEST + left, NORTH - top - height, WEST + left + columns, NORTH - top)
    padded = np.pad(HILLS, 400, constant_values=np.nan)
    expected = padded[top + 400 : top + 400 + height, left + 400 : left + 400 + columns]
    np.testing.assert_allclose(found.heights, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("size", "left", "top"), [(2, 0, 0), (5, 30, 20), (7.5, 3.3, 11.9), (33.0, -20, 15), (1, 0.4, 0.7)]
)
def test_larger_cells_are_means_by_area(size, left, top):
    broken = HILLS.copy()
    broken[100:140, 200:260] = np.nan
    land = Terrain(Twin(rows(broken)))
    west, north, shape = WEST + left, NORTH - top, (40, 30)
    found = land.window(west, north - shape[0] * size, west + shape[1] * size, north, size)
    assert found.cell_size == size
    expected = np.full(shape, np.nan, np.float64)
    reproject(
        broken.astype(np.float64),
        expected,
        src_transform=Affine(1, 0, WEST, 0, -1, NORTH),
        src_crs="EPSG:25832",
        dst_transform=Affine(size, 0, west, 0, -size, north),
        dst_crs="EPSG:25832",
        src_nodata=np.nan,
        dst_nodata=np.nan,
        resampling=Resampling.average,
    )
    # GDAL does not weigh cells at holes and outer edges by their share: they are left to the next test.
    inner = ndimage.binary_erosion(~np.isnan(expected))
    assert inner.sum() > 200
    np.testing.assert_allclose(found.heights[inner], expected[inner], atol=0.002)


@given(st.integers(1, 40), st.integers(-50, 560), st.integers(-50, 660))
@settings(deadline=None, max_examples=30)
def test_means_leave_missing_cells_out(size, left, top):
    broken = HILLS.copy()
    broken[100:140, 200:260] = np.nan
    land = Terrain(Twin(rows(broken)))
    found = land.window(WEST + left, NORTH - top - 5 * size, WEST + left + 4 * size, NORTH - top, size)
    padded = np.pad(broken.astype(np.float64), 300, constant_values=np.nan)
    part = padded[top + 300 : top + 300 + 5 * size, left + 300 : left + 300 + 4 * size]
    cells = part.reshape(5, size, 4, size).swapaxes(1, 2).reshape(5, 4, -1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        np.testing.assert_allclose(found.heights, np.nanmean(cells, axis=2), atol=1e-3)


@given(st.lists(st.tuples(st.floats(1, 598), st.floats(1, 698)), min_size=1, max_size=50))
@settings(deadline=None, max_examples=40)
def test_points_are_interpolated_as_scipy_does(points):
    columns, lines = np.array(points).T
    found = LAND.sample(WEST + columns + 0.5, NORTH - lines - 0.5)
    expected = ndimage.map_coordinates(HILLS.astype(np.float64), [lines, columns], order=1)
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_points_outside_and_in_holes_have_no_height():
    broken = HILLS.copy()
    broken[10, 10] = np.nan
    land = Terrain(Twin(rows(broken)))
    x = WEST + np.array([-0.01, 0.01, 600.01, 599.99, 10.5, 10.4, np.nan])
    y = NORTH - np.array([5.0, 5.0, 5.0, 5.0, 10.5, 11.5, 5.0])
    assert np.isnan(land.sample(x, y)).tolist() == [True, False, True, False, True, False, True]
    assert land.sample(WEST + 3.5, NORTH - 4.5) == pytest.approx(HILLS[4, 3], abs=1e-3)
    assert land.sample(np.empty((0, 2)), np.empty((0, 2))).shape == (0, 2)


def test_smaller_cells_are_interpolated():
    found = LAND.window(WEST + 240, NORTH - 260, WEST + 260, NORTH - 240, 0.25)
    lines, columns = np.meshgrid(
        240 + (np.arange(80) + 0.5) / 4 - 0.5, 240 + (np.arange(80) + 0.5) / 4 - 0.5, indexing="ij"
    )
    expected = ndimage.map_coordinates(HILLS.astype(np.float64), [lines, columns], order=1)
    np.testing.assert_allclose(found.heights, expected, atol=2e-3)


def test_two_files_complete_one_square():
    west, east = HILLS[:, :300], HILLS[:, 300:]
    land = Terrain(Twin(rows(west), rows(east, west=WEST + 300, ags="05974044", delivery="d0")))
    np.testing.assert_allclose(land.window(*land.extent()).heights, HILLS, atol=1e-4)
    np.testing.assert_allclose(land.sample(WEST + 300.0, NORTH - 20.5), HILLS[20, 299:301].mean(), atol=1e-3)


def test_two_files_meet_at_a_border_through_a_square():
    beyond = np.add.outer(np.arange(250), np.arange(250)) < 250
    square = HILLS[:250, :250]
    parts = [rows(np.where(side, square, np.nan), delivery=name) for side, name in ((beyond, "d1"), (~beyond, "d2"))]
    assert parts[0].column("tile_id") != parts[1].column("tile_id")
    land = Terrain(Twin(*parts))
    np.testing.assert_allclose(land.window(*land.extent()).heights, square, atol=1e-4)


def test_the_finest_model_wins_and_the_later_delivery():
    coarse = rows(np.full((100, 100), 50.0), size=10.0, ags="05974040")
    fine = rows(np.full((100, 100), 60.0), ags="05974044")
    later = rows(np.full((100, 50), 61.0), ags="05974044", delivery="d2")
    land = Terrain(Twin(coarse, fine, later))
    assert land.cell_sizes() == (1.0, 10.0)
    found = land.window(WEST, NORTH - 200, WEST + 200, NORTH)
    assert found.cell_size == 1.0
    assert found.heights[5, [5, 70, 150]].tolist() == [61.0, 60.0, 50.0]
    assert land.sample(WEST + np.array([5, 70, 150]), NORTH - 5.0).tolist() == [61.0, 60.0, 50.0]
    assert land.window(WEST + 500, NORTH - 900, WEST + 700, NORTH - 800).cell_size == 10.0


def test_only_needed_pixels_are_read_and_kept_within_the_limit():
    asked: list[str] = []

    class Watched:
        def __init__(self, relation):
            self.relation = relation

        def filter(self, condition):
            return Watched(self.relation.filter(condition))

        def project(self, names):
            return Watched(self.relation.project(names))

        def order(self, names):
            return Watched(self.relation.order(names))

        def fetchall(self):
            found = self.relation.fetchall()
            if "pixels" in self.relation.columns:
                asked.extend(row[1] for row in found)
            return found

    class Watching(Twin):
        def table(self, name):
            return Watched(super().table(name))

    land = Terrain(Watching(rows(HILLS)), cache_bytes=300_000)
    assert asked == []
    land.window(WEST + 10, NORTH - 30, WEST + 30, NORTH - 10)
    assert len(asked) == 1
    land.sample(WEST + 15, NORTH - 15)
    assert len(asked) == 1
    land.window(WEST + 310, NORTH - 30, WEST + 330, NORTH - 10)
    land.window(WEST + 10, NORTH - 30, WEST + 30, NORTH - 10)
    assert len(asked) == 3


def test_several_threads_may_ask_at_once():
    land = Terrain(Twin(rows(HILLS)), cache_bytes=300_000)
    corners = [(WEST + 37 * n % 400, NORTH - 41 * n % 500) for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda at: land.window(at[0], at[1] - 60, at[0] + 60, at[1]).heights, corners))
    for (west, north), heights in zip(corners, found, strict=True):
        np.testing.assert_array_equal(heights, LAND.window(west, north - 60, west + 60, north).heights)


def test_without_terrain_there_are_no_heights():
    land = Terrain(Twin(rows(HILLS).slice(0, 0)))
    assert land.extent() is None
    assert land.cell_sizes() == ()
    assert np.isnan(land.window(0, 0, 10, 10).heights).all()
    assert np.isnan(land.sample([1.0], [2.0])).all()


@pytest.mark.parametrize("window", [(0, 0, 0, 10), (0, 10, 10, 0), (0, 0, 1e6, 1e6), (0, 0, 9, 9, 0), (0, 0, 9, 9, -1)])
def test_impossible_windows_are_refused(window):
    with pytest.raises(ValueError, match="a window"):
        LAND.window(*window)


def test_a_raster_that_overlaps_a_newer_one_keeps_the_cells_that_nothing_replaces(tmp_path):
    """A tile is retired only where it lies wholly within the newer file."""
    import rasterio

    import twin
    from ingest.job import ingest

    def write(name, west, height):
        path = tmp_path / name
        profile = {
            "driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:25832", "nodata": -9999,
            "width": 250, "height": 250, "transform": rasterio.Affine(1, 0, west, 0, -1, 5_700_250),
        }  # fmt: skip
        with rasterio.open(path, "w", **profile) as raster:
            raster.write(np.full((250, 250), height, "float32"), 1)
        return str(path)

    with twin.init(tmp_path / "home", "97001") as t:
        t.join("97001", ["terrain"], "open")
        ingest(t, [write("a.tif", 440_000, 10.0)])
        ingest(t, [write("b.tif", 440_100, 20.0)])
        heights = Terrain(t).sample([440_050.0, 440_300.0, 440_200.0], [5_700_100.0] * 3)
    assert heights.tolist() == [10.0, 20.0, 20.0]
