"""Tiles of pictures: packed, unpacked, and cut so that nothing of a neighbour is left in them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.orthophoto import LAYER
from twin.geometry.picture import PictureGrid, cut, decode, encode, picture_edge

rng = np.random.default_rng(7)
SMOOTH = np.add.outer(np.arange(200), np.arange(240))[..., None] // np.array([2, 3, 4]) % 256


def rows(colours, known, west=400_000.0, north=5_700_200.0, size=1.0):
    high, wide = known.shape
    pixels, mask = encode(colours.astype(np.uint8), known)
    entry = {
        "tile_id": "t", "kind": "rgb", "cell_size": size, "west": west, "south": north - high * size,
        "east": west + wide * size, "north": north, "columns": wide, "rows": high, "missing": int((~known).sum()),
        "pixels": pixels, "mask": mask, "geom": shapely.box(west, north - high * size, west + wide * size, north).wkb,
    }  # fmt: skip
    return pa.Table.from_pylist([entry], LAYER.read_schema)


def test_a_whole_picture_has_no_mask_and_comes_back_nearly():
    pixels, mask = encode(SMOOTH.astype(np.uint8), np.ones((200, 240), bool))
    colours, known = decode(pixels, mask)
    assert mask is None
    assert known.all()
    assert np.abs(colours.astype(int) - SMOOTH).mean() < 4


@given(seed=st.integers(0, 1000))
@settings(max_examples=30)
def test_the_mask_is_exact(seed):
    known = np.random.default_rng(seed).random((61, 83)) < 0.5
    pixels, mask = encode(np.zeros((61, 83, 3), np.uint8), known)
    assert np.array_equal(decode(pixels, mask)[1], known)


def test_a_neighbours_colours_are_in_none_of_the_bytes():
    """Blue beyond the border: after the cut, no pixel that is unpacked, known or not, is blue."""
    colours = np.zeros((200, 240, 3), int)
    colours[:, :120], colours[:, 120:] = (200, 40, 30), (10, 20, 250)
    own = cut(rows(colours, np.ones((200, 240), bool)), shapely.box(400_000, 5_700_000, 400_119.5, 5_700_200))
    assert own.num_rows == 1
    seen, known = decode(own.column("pixels")[0].as_py(), own.column("mask")[0].as_py())
    assert known[:, :119].all()
    assert not known[:, 120:].any()
    assert own.column("missing")[0].as_py() == (~known).sum()
    # One column beside the border carries a little of it: JPEG halves the resolution of colours before the cut.
    assert seen[..., 2].max() < 120
    assert seen[:, 124:, 2].max() < 60


@given(x=st.floats(1, 239), slope=st.floats(-60, 60))
@settings(max_examples=40)
def test_neighbours_complete_each_other_to_the_pixel(x, slope):
    table = rows(SMOOTH, np.ones((200, 240), bool))
    a, b = (400_000 + x + slope, 5_699_900.0), (400_000 + x - slope, 5_700_300.0)
    west = shapely.Polygon([(399_000, 5_699_900), a, b, (399_000, 5_700_300)])
    east = shapely.Polygon([a, (401_000, 5_699_900), (401_000, 5_700_300), b])
    total = np.zeros((200, 240), int)
    for area in (west, east):
        for row in cut(table, area).to_pylist():
            total += decode(row["pixels"], row["mask"])[1]
    assert (total == 1).all()


def test_what_lies_outside_goes_and_what_lies_inside_stays_as_it_is():
    table = rows(SMOOTH, np.ones((200, 240), bool))
    assert cut(table, shapely.box(0, 0, 1, 1)).num_rows == 0
    assert cut(table, shapely.box(300_000, 5_600_000, 500_000, 5_800_000)).equals(table)


def test_damaged_tiles_say_so():
    pixels, _ = encode(SMOOTH.astype(np.uint8), np.ones((200, 240), bool))
    for broken in (b"", b"nonsense", pixels[:200], b"\x89PNG" + pixels):
        with pytest.raises(ValueError, match=r"tile|damaged"):
            decode(broken, None)
    with pytest.raises(ValueError, match="damaged"):
        decode(pixels, b"nonsense")


@pytest.mark.parametrize(
    ("size", "edge"), [(0.1, 500), (0.2, 500), (0.4, 500), (0.5, 500), (0.05, 500), (0.3, 512), (0.37, 512)]
)
def test_a_kilometre_fills_its_tiles(size, edge):
    assert picture_edge(size) == edge
    assert PictureGrid.of(size, 0, 0).span == pytest.approx(edge * size)
