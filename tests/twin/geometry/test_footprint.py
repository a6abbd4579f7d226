"""Footprints from ground surfaces, and without them."""

import numpy as np
import pytest
import shapely
from polygons import prism, solid, surfaces

from twin.geometry.footprint import flattened, footprints, united
from twin.geometry.solid import GROUND, ROOF, WALL, Solids

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
HOLE = [(3, 3), (7, 3), (7, 7), (3, 7)]


def test_the_ground_surface_is_the_footprint():
    (found,) = footprints(solid(prism(SQUARE, 0, 6)))
    assert found.equals(shapely.box(0, 0, 10, 10))
    assert found.exterior.is_ccw


def test_a_courtyard_stays_a_hole():
    ground = [[(x, y, 0) for x, y in SQUARE[::-1]], [(x, y, 0) for x, y in HOLE]]
    (found,) = footprints(Solids(surfaces(ground), np.array([GROUND], np.uint8), np.array([0, 1])))
    assert found.area == pytest.approx(84) and len(found.interiors) == 1


def test_neighbouring_grounds_are_united():
    two = [[[(0, 0, 0), (0, 5, 0), (5, 5, 0), (5, 0, 0)]], [[(5, 0, 1), (5, 5, 1), (9, 5, 1), (9, 0, 1)]]]
    (found,) = footprints(Solids(surfaces(*two), np.full(2, GROUND, np.uint8), np.array([0, 2])))
    assert found.geom_type == "Polygon" and found.area == pytest.approx(45)


def test_without_a_ground_surface_all_that_is_not_plumb_is_seen_from_above():
    faces = prism(SQUARE, 0, 6)[1:]
    (found,) = footprints(solid(faces, [WALL] * 4 + [ROOF]))
    assert found.equals(shapely.box(0, 0, 10, 10))


def test_walls_alone_cover_nothing():
    assert footprints(solid(prism(SQUARE, 0, 6)[1:5], [WALL] * 4))[0] is None


def test_a_bow_tie_is_mended():
    bow = flattened(surfaces([[(0, 0, 0), (4, 4, 0), (4, 0, 0), (0, 4, 0)]]))
    (found,) = united(bow, np.array([0]), 1)
    assert found.is_valid and found.area == pytest.approx(8)


def test_a_hostile_ring_costs_no_minutes():
    """Five thousand random corners cross each other millions of times: no footprint rather than no end."""
    random = np.random.default_rng(1)
    tangled = shapely.Polygon(random.random((5000, 2)) * 50)
    house = shapely.box(0, 0, 10, 8)
    found = united(np.array([tangled, house], object), np.array([0, 1]), 2)
    assert found[0] is None
    assert found[1].area == 80
