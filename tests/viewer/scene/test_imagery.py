"""Pyramids of orthophotos: what is made, what is made again, and that nothing is left after a withdrawal."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from twin.geometry.picture import encode
from twin.imagery import Imagery
from viewer.scene.imagery import DERIVATIVE, pyramid_folder, wanted_tiles
from viewer.scene.imagery_tiles import (
    PIXELS,
    TOP,
    corner,
    edge,
    file_name,
    halved,
    merged,
    packed,
    pixel,
    read_index,
    unpacked,
)
from viewer.scene.tenant import Tenant
from viewer.scene.tileset import Cell

OPEN, CLOSED = "05974040", "05974012"


def photo(west, north, colour=(120, 140, 90), size=0.2, count=500, name=""):
    """A tile of layer ``orthophoto`` in one colour that darkens to the east."""
    shade = np.linspace(1, 0.6, count)[None, :, None]
    colours = np.broadcast_to(np.array(colour) * shade, (count, count, 3)).astype(np.uint8)
    pixels, mask = encode(colours, np.ones((count, count), bool))
    south, east = north - count * size, west + count * size
    return {
        "tile_id": name or f"{size}_{west:.0f}_{south:.0f}", "kind": "rgb", "cell_size": size, "west": west,
        "south": south, "east": east, "north": north, "columns": count, "rows": count, "missing": 0,
        "pixels": pixels, "mask": mask, "geom": shapely.box(west, south, east, north).wkb,
    }  # fmt: skip


SQUARE = [photo(400_000.0 + 100 * i, 5_700_100.0 + 100 * j) for i in range(4) for j in range(4)]


def names(folder):
    return {path.name for path in folder.iterdir() if path.suffix == ".webp"}


def test_every_level_is_the_mean_of_the_one_below(district, deliver):
    deliver(district, OPEN, {"orthophoto": SQUARE}, file="a.tif")
    assert DERIVATIVE.stale(district)
    assert DERIVATIVE.update(district, {OPEN: {"orthophoto"}})["orthophoto"] > 10
    assert DERIVATIVE.update(district, None) == {"orthophoto": 0}
    assert not DERIVATIVE.stale(district)
    tenant = Tenant(district, OPEN)
    index = read_index(pyramid_folder(tenant))
    assert index.finest == 1
    assert index.extent == (400_000.0, 5_700_000.0, 400_400.0, 5_700_400.0)
    assert {cell.level for cell in index.tiles} == set(range(2, TOP + 1))
    imagery = Imagery(tenant)
    for cell, sign in index.tiles.items():
        path = pyramid_folder(tenant) / file_name(cell, sign)
        assert path.is_file() != (cell in index.empty)
        if cell in index.empty:
            continue
        west, north = corner(cell)
        expected = imagery.window(west, north, pixel(cell.level), PIXELS, PIXELS).astype(float)
        seen = unpacked(path.read_bytes()).astype(float)
        assert np.abs(seen[..., 3] - expected[..., 3]).mean() < 2
        solid = (seen[..., 3] > 250) & (expected[..., 3] > 250)
        if solid.any():
            assert np.abs(seen - expected)[solid].mean() < 6


def test_only_what_a_delivery_touched_is_made_again(district, deliver):
    deliver(district, OPEN, {"orthophoto": SQUARE}, file="a.tif")
    DERIVATIVE.update(district, {OPEN: {"orthophoto"}})
    folder = pyramid_folder(Tenant(district, OPEN))
    before, index = names(folder), read_index(folder)
    deliver(district, OPEN, {"orthophoto": [photo(400_300.0, 5_700_400.0, colour=(30, 30, 200))]}, file="b.tif")
    DERIVATIVE.update(district, {OPEN: {"orthophoto"}})
    after = read_index(folder)
    same = [cell for cell in index.tiles if after.tiles[cell] == index.tiles[cell]]
    changed = [cell for cell in index.tiles if after.tiles[cell] != index.tiles[cell]]
    assert same
    for cell in changed:
        west, north = corner(cell)
        frame = shapely.box(west, north - edge(cell.level), west + edge(cell.level), north)
        assert frame.intersects(shapely.box(400_300, 5_700_300, 400_400, 5_700_400))
    # A reader of the index before still finds its files; after one more delivery they go.
    assert before <= names(folder)
    assert after.revision != index.revision
    deliver(district, OPEN, {"orthophoto": [photo(400_300.0, 5_700_400.0, colour=(200, 30, 30))]}, file="b.tif")
    DERIVATIVE.update(district, {OPEN: {"orthophoto"}})
    last = read_index(folder)
    assert names(folder) == {
        file_name(c, s) for known in (after, last) for c, s in known.tiles.items() if c not in known.empty
    }


def test_a_withdrawal_takes_photos_and_pyramids_to_the_last_byte(district, deliver):
    """Planted: what is in the lake and in the pyramid before is looked for in every file of the home after."""
    marked = photo(400_100.0, 5_700_200.0, colour=(250, 3, 77))
    deliver(district, OPEN, {"orthophoto": [*SQUARE, marked]}, file="a.tif")
    DERIVATIVE.update(district, None)
    folder = pyramid_folder(Tenant(district, OPEN))
    sample = next(path.read_bytes() for path in folder.iterdir() if path.suffix == ".webp")
    home = district.home.path
    found = [path for path in home.rglob("*") if path.is_file() and marked["pixels"][200:300] in path.read_bytes()]
    assert found or any("orthophoto" in str(path) for path in home.rglob("*.parquet"))
    receipt = district.withdraw(OPEN, "orthophoto")
    assert receipt.remains == ()
    assert receipt.tables["orthophoto"] >= 16
    assert not folder.exists()
    assert not [path for path in home.rglob("*") if {"orthophoto", OPEN} <= set(path.parts) and path.is_file()]
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert marked["pixels"][200:300] not in data
            assert sample not in data
    assert DERIVATIVE.update(district, None) == {"orthophoto": 0}
    assert not folder.exists()


def test_kills_in_between_leave_the_old_pyramid(district, deliver, monkeypatch):
    deliver(district, OPEN, {"orthophoto": SQUARE[:4]}, file="a.tif")
    DERIVATIVE.update(district, None)
    folder = pyramid_folder(Tenant(district, OPEN))
    before = read_index(folder)
    deliver(district, OPEN, {"orthophoto": SQUARE[4:]}, file="b.tif")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("viewer.scene.imagery.write_index", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        DERIVATIVE.update(district, None)
    assert read_index(folder) == before
    assert all((folder / file_name(c, s)).is_file() for c, s in before.tiles.items() if c not in before.empty)
    DERIVATIVE.update(district, None)
    assert len(read_index(folder).tiles) >= len(before.tiles)


@given(west=st.floats(-1e6, 1e6), south=st.floats(0, 6e6), wide=st.floats(1, 3000), high=st.floats(1, 3000))
def test_wanted_tiles_cover_a_picture_and_nothing_else(west, south, wide, high):
    frames = np.array([[west, south, west + wide, south + high]])
    found = wanted_tiles(frames, np.array([7], np.uint64), 2)
    for level in range(2, TOP + 1):
        cells = [cell for cell in found if cell.level == level]
        squares = [(*corner(cell), edge(level)) for cell in cells]
        boxes = shapely.box(*np.array([(w, n - e, w + e, n) for w, n, e in squares]).T)
        frame = shapely.box(*frames[0])
        assert shapely.difference(frame, shapely.union_all(boxes).buffer(0.01)).area == pytest.approx(0, abs=1e-6)
        assert shapely.intersects(boxes, frame).all()
        for cell in cells:
            assert level == TOP or cell.parent in found


def test_neighbours_shares_add_up():
    left = np.zeros((4, 4, 4), np.uint8)
    left[:, :2], left[:, 2] = (200, 100, 0, 255), (200, 100, 0, 85)
    right = np.zeros((4, 4, 4), np.uint8)
    right[:, 3], right[:, 2] = (50, 100, 240, 255), (50, 100, 240, 170)
    whole = merged([left, right])
    assert (whole[..., 3] == 255).all()
    assert np.abs(whole[0, 2, :3].astype(int) - (100, 100, 160)).max() <= 1
    assert merged([]) is None


def test_tiles_are_packed_with_and_without_alpha():
    picture = np.full((PIXELS, PIXELS, 4), 255, np.uint8)
    picture[..., 1] = 90
    assert np.abs(unpacked(packed(picture)).astype(int) - picture).max() < 6
    picture[:, 300:] = 0
    assert np.array_equal(unpacked(packed(picture))[..., 3], picture[..., 3])
    assert (halved(picture)[:, :150, 1] == 90).all()  # what is transparent weighs nothing
    for broken in (b"", b"nothing", packed(picture)[:100]):
        with pytest.raises(ValueError, match="tile"):
            unpacked(broken)
    with pytest.raises(ValueError, match="512"):
        unpacked(packed(picture[:100, :100]))


def test_cells_are_covered_by_what_is_above_them():
    from viewer.scene.imagery_tiles import Index

    index = Index("1", 1, {Cell(2, 10, 20): "s", Cell(2, 11, 20): "s"}, frozenset({Cell(2, 11, 20)}))
    assert index.covers(Cell(2, 10, 20))
    assert index.covers(Cell(1, 21, 41))
    assert index.covers(Cell(0, 43, 83))
    assert not index.covers(Cell(0, 44, 83))
    assert not index.covers(Cell(3, 5, 10))
