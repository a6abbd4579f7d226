"""Orthophotos for the engine: as far as the asking principal may see them."""

from __future__ import annotations

import io

import numpy as np
import pytest
import shapely
from PIL import Image

import twin
from twin import Principal
from twin.geometry.picture import encode
from viewer.scene.imagery import DERIVATIVE
from viewer.scene.imagery_tiles import PIXELS, Cell, corner, pixel, unpacked
from viewer.server.composition import compose
from viewer.server.imagery import ImagerySource, imagery

OPEN, CLOSED = "05974040", "05974012"
BORDER = 402_000.0
GREEN, RED = (40, 170, 60), (190, 40, 30)


def half(colour, west_of_border):
    """A tile over the border of which one municipality has its half."""
    known = np.zeros((500, 500), bool)
    known[:, :237] = west_of_border
    known[:, 237:] = not west_of_border
    pixels, mask = encode(np.broadcast_to(np.array(colour, np.uint8), (500, 500, 3)), known)
    west, north = BORDER - 237 * 0.2, 5_700_600.0
    return {
        "tile_id": "t", "kind": "rgb", "cell_size": 0.2, "west": west, "south": north - 100, "east": west + 100,
        "north": north, "columns": 500, "rows": 500, "missing": int((~known).sum()), "pixels": pixels, "mask": mask,
        "geom": shapely.box(west, north - 100, west + 100, north).wkb,
    }  # fmt: skip


@pytest.fixture
def photographed(district, deliver):
    deliver(district, OPEN, {"orthophoto": [half(GREEN, True)]}, file="a.tif")
    deliver(district, CLOSED, {"orthophoto": [half(RED, False)]}, file="b.tif")
    DERIVATIVE.update(district, None)
    return district


def picture(home_twin, level):
    """All that a principal sees at a level around the border, in one picture."""
    size = pixel(level) * PIXELS
    column, row = int(BORDER // size), int(5_700_550 // size)
    source, found = ImagerySource(), {}
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            data = source.prepare(home_twin, Cell(level, column + i, row + j))()
            if data:
                assert Image.open(io.BytesIO(data)).format == "WEBP"
                found[Cell(level, column + i, row + j)] = unpacked(data)
    return found


def sums(found):
    """Area [m²] of green and of red pixels, weighted by alpha."""
    green = red = 0.0
    for cell, part in found.items():
        area = part[..., 3] / 255 * pixel(cell.level) ** 2
        reddish = part[..., 0] > part[..., 1]
        green, red = green + float(area[~reddish].sum()), red + float(area[reddish].sum())
    return green, red


def test_each_sees_what_is_shared_with_them(photographed):
    path = photographed.home.path
    with (
        twin.open(path, principal=Principal.public()) as public,
        twin.open(path, principal=Principal.staff(CLOSED)) as staff,
    ):
        for level in (0, 1, 2, 3, 5):
            whole = sums(picture(photographed, level))
            assert sum(whole) == pytest.approx(10_000, rel=0.01)
            assert whole[0] == pytest.approx(4740, rel=0.03)
            green, red = sums(picture(public, level))
            assert green == pytest.approx(4740, rel=0.03)
            assert red < 2
            assert sums(picture(staff, level))[1] > 5000


def test_no_seam_runs_along_the_border(photographed):
    for cell, part in [found for level in (0, 1, 2, 4) for found in picture(photographed, level).items()]:
        level = cell.level
        west, north = corner(cell)
        east = west + (np.arange(PIXELS) + 0.5) * pixel(level)
        y = north - (np.arange(PIXELS) + 0.5) * pixel(level)
        margin = 2 * pixel(level)
        inside = np.outer(
            (y < 5_700_600 - margin) & (y > 5_700_500 + margin),
            (east > BORDER - 237 * 0.2 + margin) & (east < BORDER - 237 * 0.2 + 100 - margin),
        )
        assert (part[..., 3][inside] >= 254).all()


def test_the_scene_names_photos_and_the_switch_appears(photographed):
    scene = compose(photographed)
    assert scene["imagery"]["levels"] == [1, 9]
    assert scene["imagery"]["extent"] == [BORDER - 47.4, 5_700_500.0, BORDER + 52.6, 5_700_600.0]
    entry = next(entry for entry in scene["layers"] if entry["name"] == "orthophoto")
    assert entry["title"] == {"de": "Luftbild", "en": "Orthophoto"}
    assert not entry["draped"]
    with twin.open(photographed.home.path, principal=Principal.public()) as public:
        assert imagery(public)["revision"] != scene["imagery"]["revision"]
    photographed.withdraw(OPEN, "orthophoto")
    photographed.withdraw(CLOSED, "orthophoto")
    assert compose(photographed)["imagery"] is None
    assert picture(photographed, 2) == {}


def test_without_photos_there_is_no_switch(district):
    assert imagery(district) is None
    assert "orthophoto" not in {entry["name"] for entry in compose(district)["layers"]}


def test_cells_that_cannot_be_are_empty(photographed):
    source = ImagerySource()
    for cell in (Cell(50, 0, 0), Cell(1, 9_999_999, -9_999_999), Cell(9, 0, 0)):
        assert source.prepare(photographed, cell)() == b""


def test_another_delivery_is_seen_at_once(photographed, deliver):
    source = ImagerySource()
    cell = Cell(1, int(BORDER // 102.4), int(5_700_550 // 102.4))
    before = source.prepare(photographed, cell)()
    deliver(photographed, OPEN, {"orthophoto": [half((10, 10, 240), True)]}, file="a.tif")
    DERIVATIVE.update(photographed, None)
    after = source.prepare(photographed, cell)()
    assert before != after
    assert (unpacked(after)[..., 2] > 200).any()
