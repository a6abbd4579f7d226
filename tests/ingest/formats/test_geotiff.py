"""Terrain models as GeoTIFF."""

from __future__ import annotations

import io
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import reproject
from scipy import ndimage

from ingest.format import Batch, Options
from ingest.formats.geotiff import FORMAT
from ingest.source_file import SourceFile
from layers.terrain import LAYER
from twin.errors import InvalidDelivery, MissingCRS, UnsafeDelivery
from twin.geometry.raster import decode

WEST, NORTH = 430_000.0, 5_712_000.0
ramp = np.round(np.add.outer(np.arange(0, 60, 0.2), np.arange(0, 40, 0.1)) + 90, 2).astype(np.float32)


def write(path, heights=ramp, *, transform=None, crs="EPSG:25832", tags=None, **profile):
    heights = np.asarray(heights)
    bands = heights if heights.ndim == 3 else heights[None]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=bands.shape[2],
        height=bands.shape[1],
        count=bands.shape[0],
        dtype=profile.pop("dtype", bands.dtype),
        crs=crs,
        transform=transform or Affine(1, 0, WEST, 0, -1, NORTH),
        **profile,
    ) as copy:
        copy.write(bands)
        for name, value in (tags or {}).items():
            setattr(copy, name, value)
    return SourceFile(path)


def take(source, options=None):
    items = list(FORMAT.read(source, options or Options()))
    tables = [item.table for item in items if isinstance(item, Batch)]
    return (pa.concat_tables(tables) if tables else LAYER.read_schema.empty_table()), items[-1]


def frame(table):
    """Edges around all tiles."""
    edges = [table.column(name).to_numpy() for name in ("west", "south", "east", "north")]
    return (*(edge.min() for edge in edges[:2]), *(edge.max() for edge in edges[2:]))


def mosaic(table):
    """The tiles put together again: an array over their frame, and its cell size."""
    size = table.column("cell_size")[0].as_py()
    west, south, east, north = frame(table)
    whole = np.full((round((north - south) / size), round((east - west) / size)), np.nan, np.float32)
    for row in table.to_pylist():
        line, column = round((north - row["north"]) / size), round((row["west"] - west) / size)
        heights = decode(row["pixels"])
        assert heights.shape == (row["rows"], row["columns"])
        place = whole[line : line + row["rows"], column : column + row["columns"]]
        assert np.isnan(place).all()
        place[:] = heights
    return whole, size


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"},
        {"compress": "lzw", "blockysize": 1},
        {"BIGTIFF": "YES"},
        {"ENDIANNESS": "BIG"},
        {"dtype": "float64"},
    ],
    ids=str,
)
def test_pixels_come_back(tmp_path, profile):
    source = write(tmp_path / "a.tif", **profile)
    assert FORMAT.recognise(source)
    table, facts = take(source)
    whole, size = mosaic(table)
    np.testing.assert_allclose(whole, ramp, atol=1e-4)
    assert size == 1.0
    assert facts.extent == (WEST, NORTH - 300, WEST + 400, NORTH)
    assert facts.crs == "EPSG:25832"
    assert "GeoTIFF 1." in facts.version
    assert facts.version.startswith("Big") == (profile.get("BIGTIFF") == "YES")
    assert table.schema == LAYER.read_schema
    assert facts.notes == ()
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


places = st.tuples(st.integers(-600, 600), st.integers(-600, 600))


@given(st.integers(1, 330), st.integers(1, 330), places, st.sampled_from([1.0, 0.5, 0.2, 5.0, 10.0]), st.booleans())
@settings(deadline=None, max_examples=25)
def test_any_place_is_tiled_without_gap_or_overlap(rows, columns, place, size, half):
    shift = size / 2 if half else 0.0
    east, north = place
    transform = Affine(size, 0, WEST + east * size - shift, 0, -size, NORTH + north * size - shift)
    heights = np.arange(rows * columns, dtype=np.float32).reshape(rows, columns) % 997
    with tempfile.TemporaryDirectory() as folder:
        table, _ = take(write(Path(folder) / "a.tif", heights, transform=transform))
    whole, _ = mosaic(table)
    np.testing.assert_allclose(whole, heights, atol=1e-4)
    names = table.column("tile_id").to_pylist()
    assert len(set(names)) == len(names)


def test_a_state_tile_fills_sixteen_squares_whatever_its_neighbour(tmp_path):
    one, _ = take(write(tmp_path / "a.tif", np.ones((1000, 1000), np.float32)))
    assert one.num_rows == 16
    assert set(one.column("rows").to_pylist()) == set(one.column("columns").to_pylist()) == {250}
    # A later file that covers more has the same keys for the squares it fills.
    more, _ = take(write(tmp_path / "b.tif", np.ones((2000, 1500), np.float32)))
    assert set(one.column("tile_id").to_pylist()) <= set(more.column("tile_id").to_pylist())


@pytest.mark.parametrize(("share", "claims"), [(0.0, True), (0.04, True), (0.06, False), (0.9, False)])
def test_a_file_that_ends_at_a_border_claims_no_extent(tmp_path, share, claims):
    heights = np.ones((100, 100), np.float32)
    heights.ravel()[: round(share * 10_000)] = np.nan
    _, facts = take(write(tmp_path / "a.tif", heights))
    assert facts.extent == ((WEST, NORTH - 100, WEST + 100, NORTH) if claims else None)


def test_scale_offset_units_and_nodata(tmp_path):
    numbers = np.full((10, 10), 5000, np.int16)
    numbers[0, 0] = -32768
    source = write(
        tmp_path / "a.tif", numbers, nodata=-32768, tags={"scales": (0.01,), "offsets": (100.0,), "units": ("m",)}
    )
    table, facts = take(source)
    assert (table.column("lowest")[0].as_py(), table.column("missing")[0].as_py()) == (150.0, 1)
    assert len(facts.notes) == 1
    assert facts.notes[0].startswith("1 ")
    feet, _ = take(write(tmp_path / "b.tif", np.full((2, 2), 1000, np.float32), tags={"units": ("ft",)}))
    assert feet.column("lowest")[0].as_py() == pytest.approx(304.8)
    with pytest.raises(InvalidDelivery, match="fathom"):
        take(write(tmp_path / "c.tif", tags={"units": ("fathom",)}))


def test_wild_heights_count_as_missing(tmp_path):
    wild = ramp.copy()
    wild[0, :5] = [-9999, 3e38, np.inf, -600, 9001]
    table, facts = take(write(tmp_path / "a.tif", wild))
    assert len(facts.notes) == 1
    assert facts.notes[0].startswith("5 ")
    assert sum(table.column("missing").to_pylist()) == 5
    assert max(table.column("highest").to_pylist()) < 200


def test_empty_tiles_are_left_out(tmp_path):
    heights = np.full((500, 500), np.nan, np.float32)
    heights[10, 10] = 7
    table, _ = take(write(tmp_path / "a.tif", heights))
    assert table.num_rows == 1
    nothing, facts = take(write(tmp_path / "b.tif", np.full((500, 500), -9999, np.float32), nodata=-9999))
    assert nothing.num_rows == 0
    assert facts.extent is None
    assert len(facts.notes) == 2


@pytest.mark.parametrize(
    ("crs", "transform", "size"),
    [
        ("EPSG:25833", Affine(1, 0, 10_000, 0, -1, 5_720_000), 1.0),
        ("EPSG:4326", Affine(1e-4, 0, 8.0, 0, -1e-4, 51.6), 5.0),
        ("EPSG:25832", Affine(0.8, 0.6, WEST, 0.6, -0.8, NORTH), 1.0),
        ("EPSG:25832", Affine(1, 0, WEST, 0, 1, NORTH), 1.0),
        ("EPSG:25832", Affine(1, 0, WEST, 0, -2, NORTH), 1.0),
    ],
    ids=["zone 33", "degrees", "rotated", "south up", "oblong"],
)
def test_cells_that_lie_otherwise_are_resampled(tmp_path, crs, transform, size):
    source = write(tmp_path / "a.tif", crs=crs, transform=transform, nodata=-9999)
    table, facts = take(source)
    whole, found = mosaic(table)
    assert found == size
    assert facts.crs == crs
    assert len([note for note in facts.notes if crs in note]) == 1
    expected = np.full(whole.shape, np.nan, np.float32)
    west, _, _, north = frame(table)
    with rasterio.open(source.path) as original:
        reproject(
            rasterio.band(original, 1),
            expected,
            dst_transform=Affine(size, 0, west, 0, -size, north),
            dst_crs="EPSG:25832",
            dst_nodata=np.nan,
            resampling=Resampling.bilinear,
        )
    # At the outer edge the two see different pieces of the source.
    inner = ndimage.binary_erosion(~np.isnan(expected), iterations=2)
    assert inner.sum() > 1000
    # GDAL finds the place of a cell to an eighth of one, by default.
    np.testing.assert_allclose(whole[inner], expected[inner], atol=0.04)
    # No border was made up of cells without value.
    assert np.nanmin(whole) > ramp.min() - 0.1


def test_a_compound_crs_and_one_without_code_are_the_stores(tmp_path):
    table, facts = take(write(tmp_path / "a.tif", crs="EPSG:25832+7837"))
    assert facts.notes == ()
    assert table.column("cell_size")[0].as_py() == 1.0


def test_a_missing_crs_is_asked_for_and_a_named_one_not_overridden(tmp_path):
    source = write(tmp_path / "a.tif", crs=None)
    assert FORMAT.recognise(source)
    with pytest.raises(MissingCRS):
        take(source)
    _, facts = take(source, Options(crs="EPSG:25832"))
    assert facts.crs == "EPSG:25832"
    _, facts = take(write(tmp_path / "b.tif"), Options(crs="EPSG:25833"))
    assert facts.crs == "EPSG:25832"


def test_a_file_far_from_germany_is_refused(tmp_path):
    with pytest.raises(InvalidDelivery, match=re.escape("0.0, 0.0, 400.0, 300.0")):
        take(write(tmp_path / "a.tif", transform=Affine(1, 0, 0, 0, -1, 300)))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_file_without_place_is_refused(tmp_path):
    with pytest.raises(InvalidDelivery):
        take(write(tmp_path / "a.tif", transform=Affine.identity()))


@pytest.mark.parametrize("keep", [100, 3000, 200_000])
def test_a_torn_file_is_refused(tmp_path, keep):
    source = write(tmp_path / "a.tif")
    whole = source.path.read_bytes()
    source.path.write_bytes(whole[:keep])
    with pytest.raises(InvalidDelivery) as error:
        take(SourceFile(source.path))
    assert str(tmp_path) not in str(error.value)


def test_a_size_beyond_reason_is_refused(tmp_path):
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=2_000_000, height=2_000_000, count=1, dtype="float32",
        crs="EPSG:25832", transform=Affine(1, 0, WEST, 0, -1, NORTH), SPARSE_OK=True, BIGTIFF="YES", tiled=True,
        blockxsize=16384, blockysize=16384,
    ):  # fmt: skip
        pass
    with pytest.raises(UnsafeDelivery):
        take(SourceFile(tmp_path / "a.tif"))


def test_pictures_are_not_terrain(tmp_path, shared_data):
    assert not FORMAT.recognise(write(tmp_path / "a.tif", np.zeros((3, 9, 9), np.uint8)))
    assert not FORMAT.recognise(write(tmp_path / "b.tif", np.zeros((9, 9), np.uint8)))
    assert not FORMAT.recognise(write(tmp_path / "c.tif", np.zeros((4, 9, 9), np.uint16)))
    assert not FORMAT.recognise(SourceFile(shared_data / "imagery/dop20_rgb_335_5728_EPSG25832_REPROJECTED.tif"))
    (tmp_path / "d.tif").write_bytes(b"II*\x00\xff\xff\xff\xff")
    assert not FORMAT.recognise(SourceFile(tmp_path / "d.tif"))
    assert not FORMAT.recognise(SourceFile(tmp_path / "missing.tif"))


@given(st.binary(max_size=300))
def test_no_bytes_upset_recognition(noise):
    class Source:
        head = b"II*\x00" + noise

        @contextmanager
        def open(self):
            yield io.BytesIO(self.head)

    assert FORMAT.recognise(Source()) in {True, False}


def test_the_real_tile(shared_data):
    path = shared_data / "terrain" / "dtm1m_32_360_5721_from-3dm-class2_DERIVED.tif"
    assert FORMAT.recognise(SourceFile(path))
    table, facts = take(SourceFile(path))
    whole, _ = mosaic(table)
    with rasterio.open(path) as original:
        expected = original.read(1, masked=True).filled(np.nan)
    np.testing.assert_allclose(whole, expected, atol=1e-3)
    assert facts.extent == (360_000, 5_721_000, 361_000, 5_722_000)
    assert table.num_rows == 16
    assert sum(table.column("missing").to_pylist()) == 656
    assert sum(len(pixels) for pixels in table.column("pixels").to_pylist()) < 1_000_000
