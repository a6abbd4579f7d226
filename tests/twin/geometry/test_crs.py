"""Names of coordinate reference systems, axis order, and transformation to the store's."""

import numpy as np
import pytest

from twin.errors import MissingCRS
from twin.geometry.crs import Reference, reference, require


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH*GCG2016", Reference("EPSG:25832")),
        ("urn:ogc:def:crs,crs:EPSG:6.12:25833,crs:EPSG:6.12:5783", Reference("EPSG:25833")),
        ("urn:ogc:def:crs,crs:EPSG::25833,crs:EPSG::5783", Reference("EPSG:25833")),
        ("urn:ogc:def:crs:EPSG::7415", Reference("EPSG:28992")),
        ("urn:ogc:def:crs:EPSG::5555", Reference("EPSG:25832")),
        ("EPSG:25832", Reference("EPSG:25832")),
        ("epsg:4647", Reference("EPSG:4647")),
        ("http://www.opengis.net/def/crs/EPSG/0/31467", Reference("EPSG:31467", northing_first=True)),
        ("EPSG:31467", Reference("EPSG:31467")),
        ("urn:ogc:def:crs:EPSG::4258", Reference("EPSG:4258", northing_first=True)),
        ("urn:adv:crs:DE_DHDN_3GK2_NW101", Reference("EPSG:31466")),
        ("urn:adv:crs:ETRS89_Lat-Lon", Reference("EPSG:4258", northing_first=True)),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326", Reference("EPSG:4326")),
    ],
)
def test_names_of_all_spellings_are_understood(name, expected):
    assert reference(name) == expected


@pytest.mark.parametrize("name", ["", "here", "EPSG:999999", "urn:ogc:def:crs:EPSG::5783", "urn:adv:crs:DE_DHHN92_NH"])
def test_no_horizontal_system_is_no_reference(name):
    assert reference(name) is None
    with pytest.raises(MissingCRS):
        require(name, "a.gml")


def test_the_store_s_own_coordinates_stay():
    positions = Reference("EPSG:25832").to_store(np.array([398242.5]), np.array([5716000.25]))
    assert positions.tolist() == [[398242.5, 5716000.25]]


def test_a_zone_before_the_easting_is_taken_off():
    positions = Reference("EPSG:25832").to_store(np.array([32398242.5, 398242.5]), np.array([5716000.0, 5716000.0]))
    assert positions[:, 0].tolist() == [398242.5, 398242.5]


def test_axis_order_changes_nothing_but_the_order():
    east, north = np.array([3400000.0]), np.array([5700000.0])
    one = Reference("EPSG:31467").to_store(east, north)
    two = Reference("EPSG:31467", northing_first=True).to_store(north, east)
    assert np.allclose(one, two)


def test_the_zone_next_door_lies_where_geography_says():
    # 12° E is the border of the zones: the mirrored easting in zone 33 is the same place.
    there = Reference("EPSG:4258").to_store(np.array([12.0]), np.array([51.5]))
    from_33 = Reference("EPSG:25833").to_store(np.array([1_000_000 - there[0, 0]]), there[:, 1])
    assert np.allclose(there, from_33, atol=1e-3)
