"""Triangles cover their polygon once and look the same way."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from polygons import star_outlines, surfaces

from twin.geometry.triangulation import triangulate


def vectors(one, faces):
    a, b, c = (one.points[faces[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a) / 2


def check(one):
    faces, owner = triangulate(one)
    assert (np.diff(owner) >= 0).all()
    found = vectors(one, faces)
    areas = np.linalg.norm(found, axis=1)
    assert np.bincount(owner, areas, minlength=len(one)) == pytest.approx(one.areas, rel=1e-6, abs=1e-9)
    assert (np.einsum("ij,ij->i", found, one.normals[owner]) >= -1e-6 * one.areas[owner]).all()
    assert (np.searchsorted(one.corners, faces, side="right") - 1 == owner[:, None]).all()
    return faces, owner


tilted = st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.booleans())


@given(st.lists(st.tuples(star_outlines(), tilted), min_size=1, max_size=6))
def test_areas_add_up_and_normals_agree_for_any_simple_polygon(drawn):
    rings = []
    for outline, (east, north, upright) in drawn:
        ring = [(x, y, east * x + north * y) for x, y in outline]
        rings.append([[(x, z, y) for x, y, z in ring] if upright else ring])
    check(surfaces(*rings))


@given(star_outlines(), st.floats(0.05, 0.4), st.booleans())
def test_holes_stay_open(outline, share, other_way):
    hole = [(x * share, y * share) for x, y in outline][:: -1 if other_way else 1]
    one = surfaces([[(x, y, 2 * x) for x, y in outline], [(x, y, 2 * x) for x, y in hole]]).with_holes_against()
    faces, _ = check(one)
    middle = one.points[faces].mean(axis=1)[:, :2]
    inside_hole = shapely.contains_xy(shapely.Polygon(hole).buffer(-1e-6), middle)
    assert not inside_hole.any()


def test_a_spiral_with_many_reflex_corners_is_cut():
    spiral = [(0, 0), (9, 0), (9, 9), (2, 9), (2, 4), (5, 4), (5, 6), (4, 6), (4, 7), (7, 7), (7, 2), (0, 2)]
    check(
        surfaces(
            [[(x, y, 0) for x, y in spiral]], [[(0, x, y) for x, y in spiral]], [[(0, 0, 0), (1, 0, 0), (0, 1, 0)]]
        )
    )
