from __future__ import annotations

import io

import numpy as np
import shapely
from PIL import Image

from layers.land_use import LAYER as LAND_USE
from viewer.scene.areas import WOOD, Areas
from viewer.scene.colours import rgb
from viewer.scene.drape import drape


def objects(*values):
    found = np.empty(len(values), object)
    found[:] = values
    return found


def picture(sheets, square, pixels=128):
    return np.asarray(Image.open(io.BytesIO(drape(sheets, square, pixels))).convert("RGBA")).astype(int)


def land(*entries):
    ids, classes, codes, shapes = (objects(*column) for column in zip(*entries, strict=True))
    return Areas.of_land_use(ids, classes, codes, shapes)


def test_areas_lie_where_they_are():
    areas = land(("1", "AX_Strassenverkehr", "", shapely.box(100, 200, 150, 300)))
    found = picture([(areas, 1.0)], (100.0, 200.0, 100.0))
    assert (found[:, :63, 3] == 255).all()
    assert (found[:, 65:, 3] == 0).all()
    upper = land(("1", "AX_Strassenverkehr", "", shapely.box(100, 250, 200, 300)))
    found = picture([(upper, 1.0)], (100.0, 200.0, 100.0))
    assert (found[:63, :, 3] == 255).all()
    assert (found[65:, :, 3] == 0).all()


def test_holes_stay_open_and_small_areas_lie_on_large_ones():
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    small = shapely.box(10, 10, 20, 20)
    areas = land(("b", "AX_FliessGewaesser", "", small), ("a", "AX_IndustrieUndGewerbeflaeche", "", ring))
    found = picture([(areas, 1.0)], (0.0, 0.0, 100.0))
    assert found[64, 64, 3] == 0
    assert found[64, 10, 3] == 255
    assert abs(found[128 - 19, 19, :3] - found[64, 10, :3]).max() > 15


def test_edges_are_smooth():
    areas = land(("1", "AX_Strassenverkehr", "", shapely.Polygon([(0, 0), (100, 0), (100, 37)])))
    alpha = set(picture([(areas, 1.0)], (0.0, 0.0, 100.0))[..., 3].ravel().tolist())
    assert {0, 255} < alpha
    assert len(alpha) >= 4
    edge = picture([(areas, 1.0)], (0.0, 0.0, 100.0))
    seen = edge[edge[..., 3] > 0][:, :3]
    # A half covered pixel has the whole colour and half the alpha, not half the colour.
    assert np.abs(seen - seen[0]).max() < 6


def test_a_plain_area_has_its_theme_colour():
    areas = land(("1", "AX_IndustrieUndGewerbeflaeche", "", shapely.box(0, 0, 100, 100)))
    found = picture([(areas, 1.0)], (0.0, 0.0, 100.0))
    (theme,) = LAND_USE.style.themes
    declared = next(entry.colour for entry in theme.classes if "AX_IndustrieUndGewerbeflaeche" in entry.values)
    assert np.abs(found[..., :3] - rgb(declared)).max() <= 5


def test_neighbouring_squares_meet_without_a_seam():
    wood = land(("1", "AX_Wald", "", shapely.box(0, 0, 400, 400)))
    assert wood.textures.tolist() == [WOOD]
    whole = picture([(wood, 1.0)], (0.0, 0.0, 256.0), 256)
    left, right = picture([(wood, 1.0)], (0.0, 0.0, 128.0), 128), picture([(wood, 1.0)], (128.0, 0.0, 128.0), 128)
    np.testing.assert_allclose(np.concatenate([left, right], axis=1), whole[128:], atol=1)
    assert whole[..., 1].std() > 1


def test_sheets_are_laid_over_each_other_with_their_opacity():
    below = land(("1", "AX_IndustrieUndGewerbeflaeche", "", shapely.box(0, 0, 100, 100)))
    above = Areas.plain(objects(shapely.box(0, 0, 50, 100)), np.array([[255, 0, 0]]))
    found = picture([(below, 1.0), (above, 0.7)], (0.0, 0.0, 100.0))
    expected = 0.7 * np.array([255, 0, 0]) + 0.3 * found[64, 100, :3]
    assert np.abs(found[64, 20, :3] - expected).max() < 4
    assert (found[..., 3] == 255).all()


def test_nothing_is_one_clear_pixel():
    assert Image.open(io.BytesIO(drape([], (0.0, 0.0, 10.0)))).size == (1, 1)


def test_degenerate_areas_sink_nothing():
    odd = (shapely.Polygon(), shapely.Polygon([(0, 0), (1, 1), (0, 0)]), shapely.box(0, 0, 1e-7, 1e-7))
    areas = land(*((str(k), "AX_Landwirtschaft", "1010", shape) for k, shape in enumerate(odd)))
    assert picture([(areas, 1.0)], (0.0, 0.0, 100.0)).shape[2] == 4
