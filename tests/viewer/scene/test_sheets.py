"""Pictures of declared layers, by pixel."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest
import shapely
from PIL import Image

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Area, Classes, ColourClass, Line, Related, Style
from viewer.scene import sheets
from viewer.scene.dashes import dashed
from viewer.scene.drape import drape

SQUARE = (0.0, 0.0, 128.0)


def layer(*shapes, colour="#336699", outline="", themes=(), geometry="polygon"):
    columns = tuple(
        Column(name, kind, Text(name, name))
        for name, kind in (("key", "VARCHAR"), ("kind", "VARCHAR"), ("over", "BOOLEAN"), ("width", "DOUBLE"))
    )
    style = Style(colour, outline, themes=themes, shapes=shapes)
    word = Text("x", "x")
    return Layer("made", word, word, word, columns, ("key",), geometry=geometry, style=style)


def objects(values):
    found = np.empty(len(values), object)
    found[:] = values
    return found


def picture(declared, *entries, pixels=128, tentative=(), theme=None):
    """RGBA of rows (geometry, columns), with north at the top."""
    names = ("kind", "over", "width")
    types = (pa.string(), pa.bool_(), pa.float64())
    table = pa.table(
        {name: pa.array([e[1].get(name) for e in entries], kind) for name, kind in zip(names, types, strict=True)}
    )
    marked = np.array([n in tentative for n in range(len(entries))], bool)
    rows = sheets.Rows(table, objects([entry[0] for entry in entries]), marked)
    chosen = theme or (declared.style.themes[0] if declared.style.themes else None)
    found = list(sheets.sheets(declared, chosen, rows, SQUARE[2] / pixels))
    return np.asarray(Image.open(io.BytesIO(drape(found, SQUARE, pixels))).convert("RGBA")).astype(int)


KINDS = Classes(
    "kind",
    Text("Art", "Kind"),
    "kind",
    (
        ColourClass(Text("Rot", "Red"), "#FF0000", ("red",), width=12.0),
        ColourClass(Text("Blau", "Blue"), "#0000FF", ("blue",), dash=(10.0, 10.0)),
        ColourClass(Text("Rest", "Rest"), "#808080"),
    ),
)


def test_an_area_has_its_colour_and_the_style_s_opacity():
    found = picture(layer(Area(opacity=0.5)), (shapely.box(0, 0, 64, 128), {}))
    assert (found[:, :62, 3] == 128).all()
    assert (found[:, 66:, 3] == 0).all()
    np.testing.assert_allclose(found[64, 20, :3], [0x33, 0x66, 0x99], atol=1)


def test_an_outline_lies_about_an_area_and_its_holes():
    ring = shapely.box(20, 20, 108, 108).difference(shapely.box(50, 50, 78, 78))
    found = picture(layer(Area(opacity=0.5, outline=4.0), outline="#111111"), (ring, {}))
    for row, column in ((128 - 64, 20), (128 - 64, 108), (128 - 64, 50), (128 - 50, 64)):
        np.testing.assert_allclose(found[row, column], [0x11, 0x11, 0x11, 255], atol=2)
    assert found[64, 64, 3] == 0
    assert found[64, 35, 3] == 128


def test_what_is_not_in_force_is_hatched():
    square = shapely.box(0, 0, 128, 128)
    solid = picture(layer(Area(opacity=1.0)), (square, {}))
    hatched = picture(layer(Area(opacity=1.0)), (square, {}), tentative={0})
    assert (solid[..., 3] == 255).all()
    alphas = hatched[..., 3]
    assert alphas.min() == pytest.approx(0.3 * 255, abs=2)
    assert alphas.max() == 255
    # Along the stripes nothing changes: they run from north-west to south-east.
    assert (np.diag(alphas) == alphas[0, 0]).mean() > 0.95


def test_stripes_meet_at_the_border_of_two_squares():
    areas = sheets.sheets(
        layer(Area(opacity=1.0)),
        None,
        sheets.Rows(pa.table({"kind": ["x"]}), objects([shapely.box(0, 0, 256, 128)]), np.array([True])),
        1.0,
    )
    (sheet,) = list(areas)

    def part(west, pixels, size):
        return np.asarray(Image.open(io.BytesIO(drape([sheet], (west, 0.0, size), pixels)))).astype(int)

    whole = part(0.0, 256, 256.0)[128:]
    np.testing.assert_allclose(np.concatenate([part(0.0, 128, 128.0), part(128.0, 128, 128.0)], axis=1), whole, atol=1)


def test_overlays_let_shine_through_what_they_lie_on():
    declared = layer(Area(opacity=1.0, overlay="over"), themes=(KINDS,))
    whole = shapely.box(0, 0, 128, 128)
    found = picture(
        declared, (whole, {"kind": "red", "over": True}), (shapely.box(0, 0, 64, 128), {"kind": "blue", "over": False})
    )
    np.testing.assert_allclose(found[64, 100], [255, 0, 0, 255], atol=1)
    red, _, blue, alpha = found[64, 20]
    assert alpha == 255
    assert 40 < blue < 110 < red


def test_plans_of_wider_view_lie_below():
    declared = layer(Area(opacity=1.0, below=("kind", "blue", "red")), themes=(KINDS,))
    small, large = shapely.box(0, 0, 100, 100), shapely.box(0, 0, 128, 128)
    found = picture(declared, (large, {"kind": "red"}), (small, {"kind": "blue"}))
    np.testing.assert_allclose(found[100, 20, :3], [255, 0, 0], atol=1)


def test_a_line_is_as_wide_as_its_class_or_its_column_says():
    declared = layer(Line(width=4.0, column="width"), themes=(KINDS,), geometry="line")
    across = lambda north: shapely.LineString([(-10, north), (140, north)])  # noqa: E731
    found = picture(declared, (across(30), {"kind": "red"}), (across(90), {"kind": "rest", "width": 20.0}))
    covered = (found[:, 64, 3] > 127).nonzero()[0]
    upper, lower = covered[covered < 64], covered[covered >= 64]
    assert (len(upper), len(lower)) == (pytest.approx(20, abs=1), pytest.approx(12, abs=1))
    np.testing.assert_allclose(found[128 - 30, 64, :3], [255, 0, 0], atol=1)


def test_a_thin_line_keeps_a_pixel_and_then_goes():
    declared = layer(Line(width=0.5), geometry="line")
    line = shapely.LineString([(-10, 64), (140, 64)])
    assert (picture(declared, (line, {}), pixels=128)[..., 3].max(axis=0) > 100).all()
    assert picture(declared, (line, {}), pixels=16).shape[:2] == (1, 1)


def test_a_casing_lies_beneath_all_lines():
    declared = layer(Line(width=10.0, casing="#000000"), colour="#FFFFFF", geometry="line")
    one, two = shapely.LineString([(0, 64), (128, 64)]), shapely.LineString([(64, 0), (64, 128)])
    found = picture(declared, (one, {}), (two, {}))
    # Where they cross, no edge of one cuts through the other.
    assert (found[60:68, 50:78, :3] > 250).all()
    assert (found[50:78, 60:68, :3] > 250).all()
    assert (found[20, 50:78, 0] < 60).sum() >= 1


def test_a_dash_is_as_long_as_it_says():
    line = shapely.LineString([(0, 0), (100, 0)])
    strokes, owner = dashed(objects([line, line]), [(5.0, 1.0, 2.0, 2.0), ()], 0.1)
    lengths = shapely.length(strokes)
    assert lengths[owner == 0].tolist() == pytest.approx([5.0, 2.0] * 10)
    assert lengths[owner == 1].tolist() == [100.0]
    assert len(dashed(objects([line]), [(5.0, 1.0)], 3.0)[0]) == 1
    found = picture(
        layer(Line(width=6.0), themes=(KINDS,), geometry="line"),
        (shapely.LineString([(0, 64), (128, 64)]), {"kind": "blue"}),
    )
    assert (found[64, :, 3] > 127).mean() == pytest.approx(0.55, abs=0.12)


def test_what_hatches_names_a_column_of_a_layer_that_is_there():
    declared = layer(Area(tentative=Related("plan", "plan_id", "in_force"), below=("kind", "a")))
    assert sheets.related(declared) == Related("plan", "plan_id", "in_force")
    assert sheets.columns(declared) == ["kind", "plan_id"]
    assert sheets.widest(layer(Line(width=3.0), themes=(KINDS,), geometry="line"), KINDS) == 12.0


def test_nothing_is_no_sheet():
    assert picture(layer(Area()), (shapely.Point(1, 1), {})).shape[:2] == (1, 1)
    empty = picture(layer(Line(), geometry="line"), (shapely.LineString(), {}), (shapely.Polygon(), {}))
    assert empty.shape[:2] in {(1, 1), (128, 128)}
