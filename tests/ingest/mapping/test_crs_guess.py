"""Coordinates in Germany are told by their ranges."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mapping.crs_guess import guess

SOEST = (430_000.0, 5_690_000.0, 480_000.0, 5_730_000.0)


def within(crs, lon, lat):
    east, north = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    return np.array([east]), np.array([north])


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("crs", ["EPSG:25832", "EPSG:4326", "EPSG:31466", "EPSG:31467", "EPSG:3857"])
def test_kreis_soest_in_every_usual_system(crs, swapped):
    lon, lat = (6.6, 51.6) if crs == "EPSG:31466" else (8.1, 51.57)
    first, second = within(crs, lon, lat)
    found = guess(second, first) if swapped else guess(first, second)
    assert (found.crs, found.swapped) == (crs, swapped)
    assert found.confidence >= 0.8
    assert found.reason.de != found.reason.en


@given(st.floats(6, 14.9), st.floats(47.4, 54.9))
def test_no_place_in_germany_is_without_a_guess(lon, lat):
    assert guess(*within("EPSG:4326", lon, lat)).crs == "EPSG:4326"
    assert guess(*within("EPSG:31467", min(max(lon, 7.6), 10.4), lat)).crs == "EPSG:31467"


def test_the_zone_before_the_easting_tells():
    found = guess(np.array([32_440_000.0]), np.array([5_713_000.0]))
    assert (found.crs, found.confidence) == ("EPSG:25832", 0.98)
    assert guess(np.array([33_440_000.0]), np.array([5_713_000.0])).crs == "EPSG:25833"


def test_what_lies_in_the_district_is_surer():
    east, north = within("EPSG:25832", 8.1, 51.57)
    assert guess(east, north, SOEST).confidence > guess(east, north).confidence
    far = within("EPSG:25832", 10.0, 53.5)
    assert guess(*far, SOEST).confidence < guess(*far).confidence


@pytest.mark.parametrize("values", [([], []), ([0.0], [0.0]), ([np.nan], [1.0]), ([1e300], [-1e300]), ([5.0], [5.0])])
def test_nothing_is_guessed_of_nothing(values):
    assert guess(np.array(values[0]), np.array(values[1])).crs == ""
