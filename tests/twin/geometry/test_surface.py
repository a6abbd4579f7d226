"""Areas, normals, azimuth and tilt; cleaning."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from polygons import star_outlines, surfaces

from twin.geometry.surface import Surfaces, cleaned

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


@pytest.mark.parametrize(
    ("ring", "azimuth", "tilt"),
    [
        ([(0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 1)], 180.0, 90.0),
        ([(0, 0, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1)], 90.0, 90.0),
        ([(1, 0, 0), (0, 0, 0), (0, 0, 1), (1, 0, 1)], 0.0, 90.0),
        ([(0, 1, 0), (0, 0, 0), (0, 0, 1), (0, 1, 1)], 270.0, 90.0),
        ([(0, 0, 0), (4, 0, 0), (4, 3, 3), (0, 3, 3)], 180.0, 45.0),
        ([(0, 0, 5), (1, 0, 5), (1, 1, 5)], np.nan, 0.0),
        ([(0, 0, 5), (1, 1, 5), (1, 0, 5)], np.nan, 180.0),
    ],
)
def test_where_a_surface_faces(ring, azimuth, tilt):
    one = surfaces([ring])
    assert one.azimuths[0] == pytest.approx(azimuth, nan_ok=True)
    assert one.tilts[0] == pytest.approx(tilt)


@given(star_outlines(), st.floats(-1e6, 6e6))
def test_a_level_polygon_has_the_area_that_shapely_says(outline, far):
    one = surfaces([[(x + far, y + far, 3.0) for x, y in outline]])
    assert one.areas[0] == pytest.approx(shapely.Polygon(outline).area, rel=1e-6)


@pytest.mark.parametrize("hole", [[(3, 3), (3, 6), (6, 6), (6, 3)], [(3, 3), (6, 3), (6, 6), (3, 6)]])
def test_a_hole_is_taken_off_whichever_way_it_runs(hole):
    one = surfaces([[(x, y, 0) for x, y in SQUARE], [(x, y, 0) for x, y in hole]])
    assert one.areas[0] == pytest.approx(91)
    assert one.with_holes_against().areas[0] == pytest.approx(91)


def test_turning_mirrors_the_normal_and_keeps_the_area():
    one = surfaces([[(x, y, 0) for x, y in SQUARE]], [[(0, 0, 0), (1, 0, 0), (1, 0, 1)]])
    turned = one.turned(np.array([True, False]))
    assert np.allclose(turned.vectors, one.vectors * [[-1], [1]])


def test_cleaning_drops_closing_points_twins_and_what_has_no_area():
    ring = [(0, 0, 0), (10, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0), (0, 0, 0)]
    line = [(0, 0, 0), (5, 0, 0), (9, 0, 0), (0, 0, 0)]
    broken = [(0, 0, 0), (np.nan, 0, 0), (9, 0, 0), (5, 5, 5)]
    clean, kept = cleaned(surfaces([ring, [(1, 1, 0), (2, 1, 0), (1, 1, 0)]], [line], [broken], [ring]))
    assert kept.tolist() == [0, 3]
    assert np.diff(clean.rings).tolist() == [4, 4]
    assert clean.areas.tolist() == [100, 100]


def test_nothing_cleans_to_nothing():
    none = np.zeros(1, np.int64)
    clean, kept = cleaned(Surfaces(np.zeros((0, 3)), none, none))
    assert len(clean) == len(kept) == 0
