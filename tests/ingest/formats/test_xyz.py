"""Terrain models as XYZ text."""

from __future__ import annotations

import gzip
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.format import Batch, Options, Reject
from ingest.formats import geotiff
from ingest.formats.xyz import FORMAT
from ingest.raster import lattice, points
from ingest.source_file import SourceFile
from layers.terrain import LAYER
from twin.errors import InvalidDelivery, MissingCRS
from twin.geometry.raster import decode

STORE = Options(crs="EPSG:25832")
EAST, SOUTH = 430_000, 5_711_000


def lines(columns=6, rows=5, size=1.0, shift=0.5, height=lambda column, row: 90 + column + row / 10):
    """Text of a small model, from the south-west, and its heights from the north-west."""
    text = [
        f"{EAST + (column + shift) * size:.2f} {SOUTH + (row + shift) * size:.2f} {height(column, row):.2f}"
        for row in range(rows)
        for column in range(columns)
    ]
    heights = np.array([[height(column, row) for column in range(columns)] for row in reversed(range(rows))])
    return text, heights


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else "\n".join([*text, ""]).encode())
    return SourceFile(path)


def take(source, options=STORE):
    items = list(FORMAT.read(source, options))
    tables = [item.table for item in items if isinstance(item, Batch)]
    rejects = [item for item in items if isinstance(item, Reject)]
    return (pa.concat_tables(tables) if tables else LAYER.read_schema.empty_table()), rejects, items[-1]


def heights_of(table):
    assert table.num_rows == 1
    return decode(table.column("pixels")[0].as_py())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: ["x y z", *text],
        lambda text: ['"E";"N";"H"', *(line.replace(" ", ";") for line in text)],
        lambda text: ["X,Y,Z", *(line.replace(" ", ",") for line in text)],
        lambda text: [line.replace(" ", "\t") for line in text],
        lambda text: [line.replace(" ", "   ") + "  " for line in text],
        lambda text: ["  " + line + "\r" for line in text],
        lambda text: [line.replace(".", ",") for line in text],
        lambda text: [line.replace(".", ",").replace(" ", ";") for line in text],
        lambda text: [line.replace(" ", "; ") for line in text],
        lambda text: list(reversed(text)),
        lambda text: sorted(text, key=lambda line: line[::-1]),
        lambda text: [part for line in text for part in (line, "")],
        lambda text: ["\ufeff" + text[0], *text[1:]],
        lambda text: "\n".join(text).encode(),
        lambda text: gzip.compress("\n".join(text).encode()),
    ],
    ids=[
        *(
            "plain",
            "header",
            "semicolon",
            "comma",
            "tab",
            "blanks",
            "return",
            "decimal comma",
            "both",
            "semicolon blank",
        ),
        *("reversed", "shuffled", "blank lines", "mark", "no last newline", "gzip"),
    ],
)
def test_every_dialect_gives_the_same(tmp_path, change):
    text, heights = lines()
    source = write(tmp_path / "a.xyz", change(text))
    assert FORMAT.recognise(source)
    table, rejects, facts = take(source)
    np.testing.assert_allclose(heights_of(table), heights, atol=1e-4)
    assert rejects == []
    assert facts.extent == (EAST, SOUTH, EAST + 6, SOUTH + 5)
    assert (facts.version, facts.crs, facts.notes) == ("XYZ", "EPSG:25832", ())
    assert table.schema == LAYER.read_schema


@given(st.sampled_from([0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0]), st.sampled_from([0.0, 0.5]), st.randoms())
@settings(deadline=None, max_examples=25)
def test_the_cell_size_is_found_in_any_order_with_holes(tmp_path_factory, size, shift, chance):
    text, heights = lines(12, 9, size, shift)
    chance.shuffle(text)
    table, rejects, facts = take(write(tmp_path_factory.mktemp("xyz") / "a.xyz", text[8:]))
    assert rejects == []
    assert set(table.column("cell_size").to_pylist()) == {size}
    west, south = EAST + (shift - 0.5) * size, SOUTH + (shift - 0.5) * size
    total = sum(np.nansum(decode(pixels.as_py())) for pixels in table.column("pixels"))
    gone = sum(float(line.split()[2]) for line in text[:8])
    assert total == pytest.approx(heights.sum() - gone, abs=0.01)
    assert west <= min(table.column("west").to_pylist()) <= west + 2 * size
    assert south <= min(table.column("south").to_pylist()) <= south + 2 * size
    assert facts.extent is None


def test_a_crs_is_asked_for_and_never_guessed(tmp_path):
    source = write(tmp_path / "dgm1_32_430_5711_1_nw.xyz", lines()[0])
    with pytest.raises(MissingCRS):
        take(source, Options())
    with pytest.raises(MissingCRS):
        take(source, Options(crs="EPSG:99"))
    with pytest.raises(InvalidDelivery):
        take(source, Options(crs="EPSG:4326"))


def test_lines_that_are_no_point_are_told_by_number(tmp_path):
    text, heights = lines()
    text[3:3] = ["", "430003.50 5711000.50 high", "430003.50 5711000.50"]
    text.append("430003.50 5711000.50 1.0 2.0")
    source = write(tmp_path / "a.xyz", ["x y z", *text])
    _, rejects, facts = take(source)
    assert [reject.feature for reject in rejects] == ["line 6", "line 7", f"line {len(text) + 1}"]
    assert "high" in rejects[0].reason
    assert len(facts.notes) == 1
    assert heights.size == 30


def test_a_line_of_other_letters_is_told_without_a_stack_trace(tmp_path, monkeypatch):
    traces = []
    monkeypatch.setattr(sys, "unraisablehook", traces.append)
    text, _ = lines()
    text.insert(3, "430003.50 5711000.50 1.0 \xff")
    source = write(tmp_path / "a.xyz", "\n".join(text).encode("latin-1"))
    _, rejects, _ = take(source)
    assert [reject.feature for reject in rejects] == ["line 4"]
    assert not traces


def test_points_beside_the_lattice_are_told_by_number(tmp_path):
    text, heights = lines(20, 20)
    text[7] = text[7].replace(".50 ", ".83 ", 1)
    table, rejects, facts = take(write(tmp_path / "a.xyz", text))
    assert [reject.feature for reject in rejects] == ["line 8"]
    assert np.isnan(heights_of(table)).sum() == 1
    assert len(facts.notes) == 2
    assert heights.size == 400


def test_repeated_points_are_noted_and_the_last_counts(tmp_path):
    text, _ = lines()
    table, _, facts = take(write(tmp_path / "a.xyz", [*text, f"{EAST}.5 {SOUTH}.5 7.25"]))
    assert heights_of(table)[-1, 0] == 7.25
    assert len(facts.notes) == 1
    assert facts.notes[0].startswith("1 ")


def test_a_point_cloud_is_no_lattice(tmp_path):
    cloud = np.random.default_rng(0).uniform(0, 1000, (5000, 3))
    cloud[:, :2] += EAST, SOUTH
    source = write(tmp_path / "a.xyz", [" ".join(f"{value:.3f}" for value in point) for point in cloud])
    with pytest.raises(InvalidDelivery, match=r"Raster|lattice"):
        take(source)
    with pytest.raises(InvalidDelivery):
        take(write(tmp_path / "b.xyz", [f"{EAST} {SOUTH} 1", f"{EAST} {SOUTH} 2"]))


def test_swapped_axes_are_refused(tmp_path):
    text = [" ".join([line.split()[1], line.split()[0], line.split()[2]]) for line in lines()[0]]
    with pytest.raises(InvalidDelivery):
        take(write(tmp_path / "a.xyz", text))


def test_a_zone_prefix_is_taken_off(tmp_path):
    text, heights = lines()
    table, _, facts = take(write(tmp_path / "a.xyz", ["32" + line for line in text]))
    np.testing.assert_allclose(heights_of(table), heights, atol=1e-4)
    assert facts.extent[0] == EAST
    assert len(facts.notes) == 1


def test_a_torn_gzip_is_refused(tmp_path):
    packed = gzip.compress("\n".join(lines(300, 300)[0]).encode())
    with pytest.raises(InvalidDelivery):
        take(write(tmp_path / "a.xyz.gz", packed[: len(packed) // 2]))


def test_another_crs_is_resampled_as_a_geotiff_is(tmp_path):
    text, heights = lines(60, 50, height=lambda column, row: 90 + column / 7 + row / 9)
    source = write(tmp_path / "a.xyz", [line.replace("430", "10", 1) for line in text])
    table, _, facts = take(source, Options(crs="EPSG:25833"))
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=60, height=50, count=1, dtype="float32", crs="EPSG:25833",
        transform=rasterio.Affine(1, 0, 10_000, 0, -1, SOUTH + 50), nodata=-9999,
    ) as copy:  # fmt: skip
        copy.write(np.round(heights, 2).astype(np.float32), 1)
    *batches, expected = geotiff.FORMAT.read(SourceFile(tmp_path / "a.tif"), Options())
    assert facts.extent == expected.extent
    assert facts.crs == "EPSG:25833"
    for mine, theirs in zip(table.to_pylist(), pa.concat_tables([b.table for b in batches]).to_pylist(), strict=True):
        np.testing.assert_allclose(decode(mine["pixels"]), decode(theirs["pixels"]), atol=0.002)


def test_small_chunks_and_little_memory_change_nothing(tmp_path, monkeypatch):
    source = write(tmp_path / "a.xyz", ["x y z", *lines(40, 30)[0]])
    whole, _, _ = take(source)
    monkeypatch.setattr(points, "CHUNK", 101)
    monkeypatch.setattr(lattice, "_IN_MEMORY", 10)
    monkeypatch.setattr(lattice, "_KEPT", 5000)
    again, rejects, _ = take(source)
    assert rejects == []
    assert again.equals(whole)


@pytest.mark.parametrize(
    "text",
    [
        *("", "1 2 3", "a b c\nd e f\n", "1 2\n3 4\n", "1 2 3 4\n5 6 7 8\n", "1;2;3;4\n1;2;3;4\n", "x,y\n1,2\n3,4\n"),
        *("{\n1 2 3\n}\n", "1 2 3\n4 5 6\nthe rest is silence\n"),
    ],
)
def test_other_text_is_not_ours(tmp_path, text):
    assert not FORMAT.recognise(write(tmp_path / "a.txt", text.encode()))


@pytest.mark.parametrize(
    "name",
    ["trees/Baumkataster_Wesel.csv", "indexes/ndom_nw_head400.csv", "terrain/3dm_32_360_5721_thinned.laz"],
)
def test_real_files_of_other_kinds_are_left_alone(shared_data, name):
    assert not FORMAT.recognise(SourceFile(shared_data / name))


def test_a_state_tile_as_text_is_the_same_as_its_geotiff(tmp_path, shared_data):
    original = SourceFile(shared_data / "terrain" / "dtm1m_32_360_5721_from-3dm-class2_DERIVED.tif")
    with rasterio.open(original.path) as file:
        heights = file.read(1)
    row, column = np.nonzero(heights > -9999)
    text = pa.table([360_000.5 + column, 5_721_999.5 - row, heights[row, column].astype(float).round(2)], list("xyz"))
    path = tmp_path / "dgm1_32_360_5721_1_nw.xyz.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        pyarrow.csv.write_csv(text, file, pyarrow.csv.WriteOptions(delimiter=";", quoting_style="none"))
    mine, rejects, facts = take(SourceFile(path))
    *batches, expected = geotiff.FORMAT.read(original, Options())
    assert rejects == []
    assert facts.extent == expected.extent
    assert mine.equals(pa.concat_tables([batch.table for batch in batches]))
