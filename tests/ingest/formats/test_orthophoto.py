"""Aerial pictures in all their containers."""

from __future__ import annotations

import re
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rasterio.transform import Affine

from ingest.format import Batch, Options
from ingest.formats import geotiff
from ingest.formats.orthophoto import FORMAT
from ingest.imagery.flight import Flight
from ingest.imagery.tiling import Tally, tile_batches
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from layers.orthophoto import LAYER
from twin.errors import DeliveryError, InvalidDelivery, MissingCRS, UnsafeDelivery
from twin.geometry.picture import decode, encode

WEST, NORTH = 430_000.0, 5_712_000.0
UTM = Options(crs="EPSG:25832")
SMOOTH = np.stack(np.broadcast_arrays(*np.ogrid[60:210:300j, 90:240:450j], 128.0)).astype(np.uint8)
"""Red grows to the south, green to the east; shape (3, 300, 450)."""


def write(path, bands=SMOOTH, *, size=0.2, crs="EPSG:25832", transform=None, driver="GTiff", **profile):
    with rasterio.open(
        path,
        "w",
        driver=driver,
        width=bands.shape[2],
        height=bands.shape[1],
        count=bands.shape[0],
        dtype=bands.dtype,
        crs=crs,
        transform=transform or Affine(size, 0, WEST, 0, -size, NORTH),
        **profile,
    ) as copy:
        copy.write(bands)
    return SourceFile(path)


def world(path, ending, size=0.2, west=WEST, north=NORTH):
    lines = (size, 0, 0, -size, west + size / 2, north - size / 2)
    path.with_suffix(ending).write_text("\n".join(f"{value:.6f}" for value in lines))


def take(source, options=None):
    items = list(FORMAT.read(source, options or Options()))
    tables = [item.table for item in items if isinstance(item, Batch)]
    return (pa.concat_tables(tables) if tables else LAYER.read_schema.empty_table()), items[-1]


def frame(table):
    """All tiles as one picture; every pixel at most once."""
    rows = table.to_pylist()
    west, north = min(row["west"] for row in rows), max(row["north"] for row in rows)
    east, south = max(row["east"] for row in rows), min(row["south"] for row in rows)
    size = rows[0]["cell_size"]
    shape = round((north - south) / size), round((east - west) / size)
    colours, count = np.zeros((*shape, 3), np.uint8), np.zeros(shape, int)
    for row in rows:
        part, known = decode(row["pixels"], row["mask"])
        assert known.shape == (row["rows"], row["columns"])
        assert row["missing"] == (~known).sum()
        top, left = round((north - row["north"]) / size), round((row["west"] - west) / size)
        target = np.s_[top : top + known.shape[0], left : left + known.shape[1]]
        count[target] += 1
        colours[target][known] = part[known]
    assert count.max() == 1
    return colours


def close(table, bands, worst=6.0):
    seen = np.moveaxis(frame(table).astype(int), -1, 0)
    return np.abs(seen - bands[:3]).mean() < worst


def test_a_geotiff_comes_as_tiles_of_the_grid(tmp_path):
    source = write(tmp_path / "dop20_32_430_5711_nw_2021.tif")
    assert recognise(source) is FORMAT
    table, facts = take(source)
    assert close(table, SMOOTH)
    assert set(table.column("kind").to_pylist()) == {"rgb"}
    assert set(table.column("year").to_pylist()) == {2021}
    assert facts.extent == (WEST, NORTH - 60, WEST + 90, NORTH)
    assert (facts.version, facts.crs, facts.date) == ("GeoTIFF 1.0", "EPSG:25832", "2021")


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("jpeg", {"compress": "jpeg", "photometric": "ycbcr", "tiled": True, "blockxsize": 128, "blockysize": 128}),
        ("lzw", {"compress": "lzw", "predictor": 2}),
        ("planar", {"interleave": "band"}),
        ("big", {"BIGTIFF": "YES"}),
    ],
)
def test_layouts_of_tiff_make_no_difference(tmp_path, name, profile):
    source = write(tmp_path / f"{name}.tif", **profile)
    assert recognise(source) is FORMAT
    assert close(take(source)[0], SMOOTH)


def test_terrain_and_pictures_are_told_apart_by_the_header(tmp_path):
    heights = write(tmp_path / "dgm.tif", np.full((1, 50, 50), 99.5, np.float32))
    assert recognise(heights) is geotiff.FORMAT
    assert recognise(write(tmp_path / "dgm16.tif", np.full((1, 50, 50), 99, np.uint16))) is geotiff.FORMAT
    assert recognise(write(tmp_path / "grey.tif", SMOOTH[:1])) is FORMAT
    assert recognise(write(tmp_path / "dop16.tif", SMOOTH.astype(np.uint16), photometric="RGB")) is FORMAT
    assert recognise(write(tmp_path / "floats.tif", SMOOTH.astype(np.float32))) is None


def test_sixteen_bits_are_shortened_by_what_is_used(tmp_path):
    bands = SMOOTH.astype(np.uint16) << 4  # cameras give twelve
    table, facts = take(write(tmp_path / "a.tif", bands, photometric="RGB"))
    assert close(table, SMOOTH)
    assert any("12" in note for note in facts.notes)


def test_a_fourth_band_is_infrared_or_alpha(tmp_path):
    four = np.concatenate([SMOOTH, np.full((1, 300, 450), 17, np.uint8)])
    infrared = write(tmp_path / "rgbi.tif", four, photometric="RGB", alpha="no")
    table, _ = take(infrared)
    assert close(table, SMOOTH)
    assert table.column("mask").null_count == table.num_rows
    alpha = four.copy()
    alpha[3] = np.where(np.arange(450) < 90, 0, 255)
    table, facts = take(write(tmp_path / "rgba.tif", alpha, photometric="RGB", alpha="yes"))
    assert sum(table.column("missing").to_pylist()) == 300 * 90
    assert facts.extent is None  # it ends at a border within its rectangle


def test_palettes_are_looked_up(tmp_path):
    path = tmp_path / "palette.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=64,
        height=64,
        count=1,
        dtype="uint8",
        crs="EPSG:25832",
        transform=Affine(1, 0, WEST, 0, -1, NORTH),
        photometric="palette",
    ) as copy:
        copy.write(np.full((1, 64, 64), 7, np.uint8))
        copy.write_colormap(1, {7: (200, 100, 50, 255)})
    assert recognise(SourceFile(path)) is FORMAT
    table, _ = take(SourceFile(path))
    assert (np.abs(frame(table).astype(int) - (200, 100, 50)) < 5).all()
    assert set(table.column("kind").to_pylist()) == {"rgb"}


def test_false_colours_have_keys_of_their_own_and_claim_nothing(tmp_path):
    true, _ = take(write(tmp_path / "dop_rgb.tif"))
    false, facts = take(write(tmp_path / "dop_cir.tif"))
    assert set(false.column("kind").to_pylist()) == {"cir"}
    assert not set(true.column("tile_id").to_pylist()) & set(false.column("tile_id").to_pylist())
    assert facts.extent is None


@pytest.mark.parametrize(
    ("ending", "companion", "form"), [(".jpg", ".jgw", "JPEG"), (".png", ".pgw", "PNG"), (".jpg", ".wld", "JPEG")]
)
def test_world_files_place_a_picture_whose_crs_is_asked_for(tmp_path, ending, companion, form):
    path = tmp_path / f"a{ending}"
    Image.fromarray(np.moveaxis(SMOOTH, 0, -1)).save(path, form, quality=92)
    assert recognise(SourceFile(path)) is None  # a picture like any other
    world(path, companion)
    assert recognise(SourceFile(path)) is FORMAT
    with pytest.raises(MissingCRS):
        take(SourceFile(path))
    table, facts = take(SourceFile(path), UTM)
    assert close(table, SMOOTH)
    assert facts.extent == pytest.approx((WEST, NORTH - 60, WEST + 90, NORTH))


def test_prj_and_aux_xml_name_the_crs(tmp_path):
    path = tmp_path / "a.jpg"
    Image.fromarray(np.moveaxis(SMOOTH, 0, -1)).save(path)
    world(path, ".jgw")
    wkt = rasterio.crs.CRS.from_epsg(25832).to_wkt()
    path.with_suffix(".prj").write_text(wkt)
    assert take(SourceFile(path))[1].crs == "EPSG:25832"
    path.with_suffix(".prj").unlink()
    aux = tmp_path / "a.jpg.aux.xml"
    aux.write_text(f"<PAMDataset><SRS>{wkt.replace('&', '&amp;')}</SRS></PAMDataset>")
    assert take(SourceFile(path))[1].crs == "EPSG:25832"
    aux.write_text(f'<!DOCTYPE a [<!ENTITY b "c">]><PAMDataset><SRS>{wkt}</SRS></PAMDataset>')
    with pytest.raises(MissingCRS):
        take(SourceFile(path))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jgw", "a.jpg", "a.jpg.aux.xml"]


def test_jpeg_2000_with_a_world_file(tmp_path):
    path = tmp_path / "a.jp2"
    write(path, driver="JP2OpenJPEG", crs=None, transform=Affine.identity(), QUALITY="60", REVERSIBLE="NO")
    assert recognise(SourceFile(path)) is FORMAT
    with pytest.raises(InvalidDelivery, match=r"j2w"):
        take(SourceFile(path), UTM)
    world(path, ".j2w")
    table, facts = take(SourceFile(path), UTM)
    assert close(table, SMOOTH)
    assert facts.version == "JPEG 2000"


def test_companions_come_out_of_an_archive(tmp_path):
    path = tmp_path / "a.jpg"
    Image.fromarray(np.moveaxis(SMOOTH, 0, -1)).save(path)
    world(path, ".jgw")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("a.jpg", "a.jgw"):
            archive.write(tmp_path / name, f"bilder/{name}")
    source = SourceFile(tmp_path / "a.zip", "bilder/a.jpg")
    assert recognise(source) is FORMAT
    assert close(take(source, UTM)[0], SMOOTH)


def test_scans_of_plans_belong_to_their_plan(tmp_path):
    path = tmp_path / "plan.png"
    Image.fromarray(np.moveaxis(SMOOTH, 0, -1)).save(path)
    world(path, ".pgw")
    with zipfile.ZipFile(tmp_path / "plan.zip", "w") as archive:
        for name in ("plan.png", "plan.pgw"):
            archive.write(tmp_path / name, name)
        archive.writestr("xplan.gml", "<a/>")
    assert recognise(SourceFile(tmp_path / "plan.zip", "plan.png")) is None
    assert recognise(SourceFile(path)) is FORMAT
    path.with_suffix(".gml").write_text("<a/>")
    assert recognise(SourceFile(path)) is None


def test_other_crs_are_resampled_and_lie_where_they_should(tmp_path):
    """A picture in UTM 33 with one white square: it comes out where the square is."""
    from pyproj import Transformer

    east, north = Transformer.from_crs(25832, 25833, always_xy=True).transform(WEST, NORTH)
    bands = np.full((3, 400, 400), 60, np.uint8)
    bands[:, 190:210, 190:210] = 250
    table, facts = take(
        write(tmp_path / "a.tif", bands, crs="EPSG:25833", transform=Affine(0.2, 0, east - 40, 0, -0.2, north + 40))
    )
    assert facts.crs == "EPSG:25833"
    colours = frame(table)
    rows, columns = np.nonzero(colours[..., 0] > 200)
    west, top = min(table.column("west").to_pylist()), max(table.column("north").to_pylist())
    assert west + (columns.mean() + 0.5) * 0.2 == pytest.approx(WEST, abs=0.15)
    assert top - (rows.mean() + 0.5) * 0.2 == pytest.approx(NORTH, abs=0.15)
    assert sum(table.column("missing").to_pylist()) > 0  # the corners


class Drawn:
    """Pixels that know where they are: no file, any place and size."""

    masked, warped = True, False

    def __init__(self, west, north, size, colours, known):
        self.west, self.north, self.cell_size = west, north, size
        self.height, self.width = known.shape
        self._colours, self._known = colours, known

    def read(self, row, column, rows, columns):
        part = np.s_[row : row + rows, column : column + columns]
        assert self._known[part].shape == (rows, columns)
        return self._colours[part], self._known[part]


@given(
    column=st.integers(-1200, 1200),
    row=st.integers(-1200, 1200),
    wide=st.integers(1, 1300),
    high=st.integers(1, 1300),
    size=st.sampled_from([0.1, 0.2, 0.25, 0.37, 1.0]),
    shift=st.sampled_from([0.0, 0.5, -0.25]),
    seed=st.integers(0, 99),
)
@settings(max_examples=30)
def test_tiling_loses_and_doubles_no_pixel_and_keeps_the_mask(column, row, wide, high, size, shift, seed):
    generator = np.random.default_rng(seed)
    known = np.kron(generator.random((high // 64 + 1, wide // 64 + 1)) < 0.8, np.ones((64, 64), bool))[:high, :wide]
    colours = np.zeros((high, wide, 3), np.uint8)
    west, north = 400_000 + (column + shift) * size, 5_700_000 + (row + shift) * size
    tally = Tally()
    count = np.zeros((high, wide), int)
    keys = []
    for batch in tile_batches(Drawn(west, north, size, colours, known), "rgb", Flight(), tally):
        for tile in batch.table.to_pylist():
            keys.append(tile["tile_id"])
            _, mask = decode(tile["pixels"], tile["mask"])
            top, left = round((north - tile["north"]) / size), round((tile["west"] - west) / size)
            count[top : top + tile["rows"], left : left + tile["columns"]] += mask
            assert tile["east"] - tile["west"] == pytest.approx(tile["columns"] * size, abs=1e-5)
    assert np.array_equal(count, known.astype(int))
    assert len(set(keys)) == len(keys) == tally.tiles
    assert tally.missing == (~known).sum()


# Hostile.


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("kind", ["tif", "jpeg.tif", "jpg", "png", "jp2"])
def test_truncated_files_are_refused_by_name(tmp_path, kind, share):
    noise = np.random.default_rng(5).integers(0, 255, (3, 400, 400)).astype(np.uint8)
    path = tmp_path / f"a.{kind}"
    if kind == "jp2":
        write(path, noise, driver="JP2OpenJPEG", QUALITY="40", REVERSIBLE="NO")
    elif kind.endswith("tif"):
        write(path, noise, **({"compress": "jpeg", "photometric": "ycbcr"} if kind == "jpeg.tif" else {}))
    else:
        Image.fromarray(np.moveaxis(noise, 0, -1)).save(path, quality=90)
        world(path, ".jgw" if kind == "jpg" else ".pgw")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DeliveryError, match=re.escape(path.name)):
        take(SourceFile(path), UTM)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    """A PNG of 60 000 × 60 000 pixels in a few megabytes, by its header alone."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    world(path, ".pgw")
    with pytest.raises(UnsafeDelivery, match=r"bomb\.png"):
        take(SourceFile(path), UTM)


def test_one_huge_block_is_refused(tmp_path):
    path = tmp_path / "strip.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=8000,
        height=8000,
        count=1,
        dtype="uint8",
        crs="EPSG:25832",
        transform=Affine(1, 0, WEST, 0, -1, NORTH),
        tiled=True,
        blockxsize=8192,
        blockysize=8192,
        SPARSE_OK=True,
    ):
        pass
    with pytest.raises(UnsafeDelivery, match=r"strip\.tif"):
        take(SourceFile(path))


def test_no_place_and_a_place_elsewhere_are_refused(tmp_path):
    with pytest.raises(InvalidDelivery, match="nowhere"):
        take(write(tmp_path / "nowhere.tif", transform=Affine.identity()))
    with pytest.raises(InvalidDelivery, match="africa"):
        take(write(tmp_path / "africa.tif", transform=Affine(0.2, 0, WEST, 0, -0.2, 100_000)))
    path = tmp_path / "endless.jpg"
    Image.fromarray(np.moveaxis(SMOOTH, 0, -1)).save(path)
    path.with_suffix(".jgw").write_text("1e308\n0\n0\n-1e308\nnan\n1\n")
    with pytest.raises(DeliveryError, match="endless"):
        take(SourceFile(path), UTM)


def test_memory_does_not_grow_with_the_picture(tmp_path):
    peaks = []
    for edge in (1000, 4000):
        source = write(
            tmp_path / f"{edge}.tif", np.full((3, edge, 1000), 99, np.uint8), compress="jpeg", photometric="ycbcr"
        )
        tracemalloc.start()
        for _ in FORMAT.read(source, Options()):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


# Real.


def test_the_real_picture_loses_its_collar_and_little_else(shared_data: Path):
    source = SourceFile(shared_data / "imagery" / "dop20_rgb_335_5728_EPSG25832_REPROJECTED.tif")
    assert recognise(source) is FORMAT
    table, facts = take(source)
    assert table.num_rows == 100
    assert facts.extent == (335_000.0, 5_728_000.0, 336_000.0, 5_729_000.0)
    missing = sum(table.column("missing").to_pylist()) / 25e6
    assert 0.029 < missing < 0.034
    assert sum(len(pixels.as_py()) for pixels in table.column("pixels")) < 7e6
    with rasterio.open(source.path) as original:
        bands = original.read(window=((2000, 2500), (2500, 3000)))
    tile = next(row for row in table.to_pylist() if (row["west"], row["north"]) == (335_500.0, 5_728_600.0))
    seen, _ = decode(tile["pixels"], tile["mask"])
    assert np.abs(np.moveaxis(seen, -1, 0).astype(int) - bands).mean() < 4
    again, _ = encode(seen, np.ones(seen.shape[:2], bool))
    assert len(again) == pytest.approx(len(tile["pixels"]), rel=0.1)
