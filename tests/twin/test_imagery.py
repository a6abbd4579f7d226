"""Pictures by window, against plain arrays."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import shapely

from layers.orthophoto import LAYER
from twin.geometry.picture import encode
from twin.imagery import Imagery

rng = np.random.default_rng(3)


class Stock:
    """Rows as `twin.Twin.table` gives them."""

    def __init__(self, *entries):
        self._connection = duckdb.connect()
        self._rows = pa.Table.from_pylist(list(entries), LAYER.schema)

    def table(self, _name):
        return self._connection.from_arrow(self._rows)


def tile(colour, west, north, size=1.0, edge=100, known=None, delivery="d1", **more):
    known = np.ones((edge, edge), bool) if known is None else known
    colours = np.broadcast_to(np.array(colour, np.uint8), (edge, edge, 3))
    pixels, mask = encode(colours, known)
    return {
        "tile_id": f"{size}_{west}_{north}_{delivery}", "kind": "rgb", "cell_size": size,
        "west": west, "south": north - edge * size, "east": west + edge * size, "north": north,
        "columns": edge, "rows": edge, "missing": 0, "pixels": pixels, "mask": mask, "ags": "05974040",
        "delivery_id": delivery, "geom": shapely.box(west, north - edge * size, west + edge * size, north).wkb,
    } | more  # fmt: skip


RED, GREEN, BLUE = (200, 30, 30), (30, 180, 40), (30, 40, 210)


def near(picture, colour):
    return (np.abs(picture[..., :3].astype(int) - colour) < 12).all(axis=-1) & (picture[..., 3] == 255)


def test_native_pixels_come_as_they_are():
    found = Imagery(Stock(tile(RED, 0.0, 100.0), tile(GREEN, 100.0, 100.0))).window(-10.0, 110.0, 1.0, 60, 220)
    assert found.shape == (60, 220, 4)
    assert not found[:10].any()
    assert not found[:, :10].any()
    assert near(found[10:, 10:110], RED).all()
    assert near(found[10:, 110:210], GREEN).all()
    assert not found[:, 210:].any()


@pytest.mark.parametrize("size", [0.3, 0.5, 2.0, 3.7, 25.0])
def test_other_pixels_meet_without_a_seam(size):
    """Two tiles of one colour: resampled, nothing tells where they meet."""
    stock = Stock(*(tile(RED, 100.0 * k, 100.0) for k in range(3)))
    count = int(200 / size)
    found = Imagery(stock).window(50.0, 95.0, size, max(1, int(60 / size)), count)
    assert near(found, RED).all()


def test_means_are_weighted_by_what_is_known():
    known = np.zeros((100, 100), bool)
    known[:, :49] = True
    found = Imagery(Stock(tile(GREEN, 0.0, 100.0, known=known))).window(0.0, 100.0, 2.0, 50, 50)
    assert near(found[:, :24], GREEN).all()
    assert (np.abs(found[:, 24, 3].astype(int) - 127) <= 1).all()
    assert (np.abs(found[:, 24, :3].astype(int) - GREEN) < 12).all()
    assert not found[:, 25:, 3].any()


def test_the_finer_then_the_later_picture_lies_above():
    stock = Stock(
        tile(RED, 0.0, 100.0, delivery="d9"),
        tile(GREEN, 0.0, 50.0, size=0.5, delivery="d1"),
        tile(BLUE, 0.0, 100.0, delivery="d8", year=2024),
    )
    found = Imagery(stock).window(0.0, 100.0, 1.0, 100, 100)
    assert near(found[50:, :50], GREEN).all()
    assert near(found[:50], BLUE).all()  # its flight is dated, the other's is not


def test_infrared_is_left_out():
    imagery = Imagery(Stock(tile(RED, 0.0, 100.0, kind="cir")))
    assert imagery.extent() is None
    assert imagery.finest() is None
    assert not imagery.window(0.0, 100.0, 1.0, 10, 10).any()


def test_memory_is_bounded_and_the_picture_the_same():
    entries = [tile(RED, 100.0 * k, 100.0) for k in range(8)]
    small = Imagery(Stock(*entries), cache_bytes=50_000)
    assert np.array_equal(
        small.window(0.0, 100.0, 1.0, 100, 800), Imagery(Stock(*entries)).window(0.0, 100.0, 1.0, 100, 800)
    )
    assert small._cached <= 50_000
    with pytest.raises(ValueError, match="pixels"):
        small.window(0.0, 0.0, 1.0, 10_000, 10_000)


def test_a_coarse_window_of_a_large_area_is_made_in_parts(monkeypatch):
    stock = Stock(*(tile((10 * i, 10 * j, 90), 100.0 * i, 100.0 * j + 100) for i in range(12) for j in range(9)))
    whole = Imagery(stock).window(-300.0, 1500.0, 7.0, 300, 400)
    monkeypatch.setattr("twin.imagery._MOSAIC", 20_000)
    parts = Imagery(stock, cache_bytes=200_000).window(-300.0, 1500.0, 7.0, 300, 400)
    assert np.array_equal(whole[..., 3], parts[..., 3])
    assert np.abs(whole.astype(int) - parts).max() <= 1
    assert Imagery(stock).window(-1e6, 1e6, 4000.0, 500, 500).any()
