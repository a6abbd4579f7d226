"""Outlines of a preview: few enough, where the features are, of every kind of shape."""

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from viewer.pages.preview import MOST_LINES, extent, outlines, view_of


def frame(*shapes):
    return geopandas.GeoDataFrame({"n": range(len(shapes))}, geometry=list(shapes), crs=25832)


def test_every_kind_of_shape_is_a_line():
    box = shapely.box(0, 0, 10, 10)
    holed = shapely.Polygon(box.exterior, [shapely.box(2, 2, 4, 4).exterior])
    lines = outlines(
        {"a": frame(holed), "b": frame(shapely.LineString([(0, 0), (5, 5)])), "c": frame(shapely.Point(3, 3))}
    )
    assert sorted(len(line) for line in lines) == [2, 5, 5, 5]
    assert all(isinstance(number, float) for line in lines for corner in line for number in corner)


def test_nothing_lies_nowhere():
    frames = {"a": frame(None, shapely.Point(), shapely.Point(np.inf, 0)), "b": pd.DataFrame({"x": [1]})}
    assert outlines(frames) == []
    assert extent(frames) is None


def test_many_features_are_shared_out():
    points = [shapely.Point(n, n) for n in range(2000)]
    assert len(outlines({"a": frame(*points), "b": frame(*points[:10])})) <= MOST_LINES


def test_a_long_ring_is_thinned():
    (line,) = outlines({"a": frame(shapely.Point(0, 0).buffer(100, quad_segs=2000))})
    assert len(line) <= 200
    assert line[0] == pytest.approx(line[-1])


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e7)), min_size=1, max_size=30))
def test_the_camera_looks_at_the_middle(places):
    west, south, east, north = extent({"a": frame(*(shapely.Point(place) for place in places))})
    view = view_of((west, south, east, north), 93.0)
    assert view["height"] == 93.0
    assert west <= view["east"] <= east
    assert south <= view["north"] <= north
    assert view["distance"] >= max(east - west, north - south)
