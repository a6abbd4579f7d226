"""Point clouds: terrain and vegetation height, and headers that lie."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import laspy
import numpy as np
import pytest
from pyproj import CRS

from ingest.format import Batch, Facts, Options
from ingest.formats import geotiff
from ingest.formats.laz import FORMAT
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.errors import DeliveryError, InvalidDelivery, MissingCRS, UnsafeDelivery
from twin.geometry.raster import decode

WEST, SOUTH = 400_000.0, 5_700_000.0
UTM = Options(crs="EPSG:25832")


def ground_at(x, y):
    return 80 + 0.02 * x + 0.5 * np.sin(y / 20)


def cloud(path, *, edge=100, trees=True, crs="EPSG:25832", house=True, form=6, classes=True):
    """Ground every 0.4 m, a house without ground points beneath, a wood of 12 m and a power line."""
    steps = np.arange(0.2, edge, 0.4)
    x, y = (axis.ravel() for axis in np.meshgrid(steps, steps))
    under = (x > 20) & (x < 30) & (y > 20) & (y < 34) if house else np.zeros(len(x), bool)
    parts = [(x[~under], y[~under], ground_at(x, y)[~under], 2, 1)]
    if house:
        parts.append((x[under], y[under], ground_at(x, y)[under] + 8, 6 if classes else 1, 1))
    if trees:
        wood = (x > 60) & (x < 90) & (y > 50) & (y < 90)
        rough = np.random.default_rng(2).uniform(-2, 2, (edge, edge))[x[wood].astype(int), y[wood].astype(int)]
        crowns = ground_at(x, y)[wood] + 12 + rough
        parts.append((x[wood], y[wood], crowns, 5 if classes else 1, 3))
        line = np.arange(1, edge, 3.0)
        parts.append((line, np.full(len(line), 40.0), ground_at(line, 40.0) + 25, 5 if classes else 1, 2))
    header = laspy.LasHeader(point_format=form, version="1.4" if form >= 6 else "1.2")
    header.scales, header.offsets = [0.01] * 3, [WEST, SOUTH, 0]
    if crs:
        header.add_crs(CRS.from_user_input(crs))
    points = laspy.LasData(header)
    points.x, points.y, points.z = (np.concatenate([p[k] for p in parts]) + o for k, o in enumerate((WEST, SOUTH, 0)))
    points.classification = np.concatenate([np.full(len(p[0]), p[3], np.uint8) for p in parts])
    returns = np.concatenate([np.full(len(p[0]), p[4], np.uint8) for p in parts])
    points.number_of_returns = points.return_number = returns
    points.write(path)
    return SourceFile(path)


def take(source, options=None):
    grids, facts = {}, None
    for item in FORMAT.read(source, options or Options()):
        if isinstance(item, Facts):
            facts = item
        elif isinstance(item, Batch):
            grids.setdefault(item.layer, []).extend(item.table.to_pylist())
    return {layer: frame(rows) for layer, rows in grids.items()}, facts


def frame(rows):
    west, north = min(row["west"] for row in rows), max(row["north"] for row in rows)
    east, south = max(row["east"] for row in rows), min(row["south"] for row in rows)
    grid = np.full((round(north - south), round(east - west)), np.nan, np.float32)
    for row in rows:
        top, left = round(north - row["north"]), round(row["west"] - west)
        grid[top : top + row["rows"], left : left + row["columns"]] = decode(row["pixels"])
    return grid


def wanted(edge=100):
    x, y = np.arange(edge) + 0.5, np.arange(edge)[::-1] + 0.5
    return ground_at(x[None, :], y[:, None])


@pytest.mark.parametrize("name", ["a.laz", "a.las"])
@pytest.mark.parametrize("form", [1, 3, 6, 7])
def test_ground_points_become_terrain(tmp_path, name, form):
    source = cloud(tmp_path / name, form=form)
    assert recognise(source) is FORMAT
    grids, facts = take(source)
    assert grids["terrain"].shape == (100, 100)
    assert np.abs(grids["terrain"] - wanted()).max() < 0.12  # under the house as well
    assert facts.extent == (WEST, SOUTH, WEST + 100, SOUTH + 100)
    assert facts.crs == "EPSG:25832"
    assert facts.version == ("LAZ " if name.endswith("laz") else "LAS ") + ("1.4" if form >= 6 else "1.2")


@pytest.mark.parametrize("classes", [True, False])
def test_trees_have_heights_and_houses_and_wires_have_none(tmp_path, classes):
    grids, facts = take(cloud(tmp_path / "a.laz", classes=classes))
    heights = grids["vegetation_height"]
    wood = heights[11:49, 61:89]  # north of 50, counted from the north
    assert 10 < np.median(wood) < 14
    assert (wood > 8).mean() > 0.97
    assert not heights[66:80, 20:30].any()
    assert (heights[57:62, :59] > 0).mean() < 0.03
    assert not np.isnan(heights).any()
    assert any("estimat" in note or "geschätzt" in note for note in facts.notes) != classes


def test_wide_holes_stay_holes_and_then_nothing_is_claimed(tmp_path):
    source = cloud(tmp_path / "a.laz", trees=False, house=False)
    data = laspy.read(source.path)
    x, y = np.asarray(data.x) - WEST, np.asarray(data.y) - SOUTH
    data.points = data.points[~((x > 10) & (x < 80) & (y > 10) & (y < 80))]
    data.write(tmp_path / "b.laz")
    grids, facts = take(SourceFile(tmp_path / "b.laz"))
    assert np.isnan(grids["terrain"][40:60, 35:55]).all()
    assert np.isfinite(grids["terrain"][:9]).all()
    assert facts.extent is None


def test_a_crs_is_asked_for(tmp_path):
    source = cloud(tmp_path / "a.laz", crs=None)
    with pytest.raises(MissingCRS, match=r"a\.laz"):
        take(source)
    assert take(source, UTM)[1].crs == "EPSG:25832"


def test_other_zones_are_transformed(tmp_path):
    from pyproj import Transformer

    east, north = Transformer.from_crs(25832, 25833, always_xy=True).transform(WEST + 50, SOUTH + 50)
    source = cloud(tmp_path / "a.las", crs="EPSG:25833")
    data = laspy.read(source.path)
    data.change_scaling(offsets=[east - 50, north - 50, 0])
    data.x, data.y = np.asarray(data.x) - WEST + east - 50, np.asarray(data.y) - SOUTH + north - 50
    data.write(tmp_path / "b.las")
    grids, facts = take(SourceFile(tmp_path / "b.las"))
    assert facts.crs == "EPSG:25833"
    row, column = (size // 2 for size in grids["terrain"].shape)
    assert abs(grids["terrain"][row, column] - ground_at(50, 50)) < 0.3


# Hostile.


def patched(path, place, form, *values):
    raw = bytearray(path.read_bytes())
    struct.pack_into(form, raw, place, *values)
    path.write_bytes(raw)
    return SourceFile(path)


@pytest.mark.parametrize("name", ["a.laz", "a.las"])
@pytest.mark.parametrize(
    ("place", "form", "values"),
    [
        (24, "<BB", (9, 9)),  # version
        (94, "<H", (0,)),  # header size
        (96, "<I", (2**32 - 1,)),  # offset to points
        (100, "<I", (2**32 - 1,)),  # number of records
        (104, "<B", (63,)),  # point format
        (105, "<H", (1,)),  # point length
        (131, "<d", (1e308,)),  # scale
        (131, "<d", (0.0,)),
        (139, "<d", (float("nan"),)),
        (155, "<d", (1e308,)),  # offset
        (179, "<d", (1e308,)),  # bounds
        (187, "<d", (float("inf"),)),
        (179, "<dd", (400_000.0, 500_000.0)),  # highest below lowest
        (179, "<d", (WEST + 1e6,)),  # an area of 100 000 km²
        (179, "<dd", (WEST + 1100, WEST + 1000)),  # beside the points
        (243, "<I", (2**32 - 1,)),  # extended records
        (247, "<Q", (2**63,)),  # points
        (247, "<Q", (10**9,)),
        (247, "<QI", (0, 0)),
    ],
)
def test_lies_of_the_header_are_refused_by_name(tmp_path, name, place, form, values):
    source = cloud(tmp_path / name, edge=40, trees=False, house=False)
    if place == 247 and values[0] == 0:
        patched(source.path, 107, "<I", 0)
    patched(source.path, place, form, *values)
    with pytest.raises((InvalidDelivery, UnsafeDelivery), match=re.escape(name)):
        take(source)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_table_of_more_chunks_than_fit_is_refused_by_name(tmp_path, streamed):
    """Memory is taken for as many as it says, and where there is none the process ends."""
    source = cloud(tmp_path / "a.laz", edge=40, trees=False, house=False)
    raw = source.path.read_bytes()
    start = struct.unpack_from("<I", raw, 96)[0]
    place = struct.unpack_from("<q", raw, start)[0]
    patched(source.path, place + 4, "<I", 2**32 - 2)
    if streamed:
        patched(source.path, start, "<q", -1)
        source.path.write_bytes(source.path.read_bytes() + struct.pack("<q", place))
    with pytest.raises(InvalidDelivery, match=re.escape("a.laz")):
        take(source)


@pytest.mark.parametrize("name", ["a.laz", "a.las"])
@pytest.mark.parametrize("share", [0.001, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.999])
def test_truncated_clouds_are_refused_by_name(tmp_path, name, share):
    source = cloud(tmp_path / name, edge=60)
    source.path.write_bytes(source.path.read_bytes()[: int(source.path.stat().st_size * share)])
    with pytest.raises(DeliveryError, match=re.escape(name)):
        take(source)


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bits_end_in_words_or_in_terrain(tmp_path, seed):
    source = cloud(tmp_path / "a.laz", edge=40)
    raw = bytearray(source.path.read_bytes())
    generator = np.random.default_rng(seed)
    # Half of them in header and records, half anywhere.
    for place in generator.integers(0, 2000 if seed % 2 else len(raw), 3):
        raw[place] ^= 1 << int(generator.integers(0, 8))
    source.path.write_bytes(raw)
    try:
        grids, _ = take(source, UTM)
        assert set(grids) <= {"terrain", "vegetation_height"}
    except DeliveryError as error:
        assert "a.laz" in str(error)


def test_clouds_without_points_or_ground_are_refused(tmp_path):
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales, header.offsets = [0.01] * 3, [WEST, SOUTH, 0]
    header.add_crs(CRS.from_epsg(25832))
    laspy.LasData(header).write(tmp_path / "empty.laz")
    with pytest.raises(InvalidDelivery, match="empty"):
        take(SourceFile(tmp_path / "empty.laz"))
    source = cloud(tmp_path / "high.laz", trees=False)
    data = laspy.read(source.path)
    data.classification[:] = 5
    data.write(source.path)
    with pytest.raises(InvalidDelivery, match="high"):
        take(source)


# Real.


def test_the_real_cloud_agrees_with_the_delivered_model(shared_data: Path):
    source = SourceFile(shared_data / "terrain" / "3dm_32_360_5721_thinned.laz")
    grids, facts = take(source)
    assert facts.extent == (360_000.0, 5_721_000.0, 361_000.0, 5_722_000.0)
    model = SourceFile(shared_data / "terrain" / "dtm1m_32_360_5721_from-3dm-class2_DERIVED.tif")
    rows = [
        row
        for item in geotiff.FORMAT.read(model, Options())
        if isinstance(item, Batch)
        for row in item.table.to_pylist()
    ]
    difference = grids["terrain"] - frame(rows)
    known = np.isfinite(difference)
    assert known.mean() > 0.995
    assert np.sqrt((difference[known] ** 2).mean()) < 0.08
    assert abs(difference[known].mean()) < 0.01
    heights = grids["vegetation_height"]
    assert 0.2 < (heights > 2).mean() < 0.4
    assert 10 < np.median(heights[heights > 2]) < 30
