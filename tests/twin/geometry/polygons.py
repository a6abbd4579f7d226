"""Polygons that tests are made of."""

import numpy as np
from hypothesis import strategies as st

from twin.geometry.solid import GROUND, ROOF, WALL, Solids
from twin.geometry.surface import Surfaces, offsets


def surfaces(*polygons):
    """Surfaces from polygons, each a list of rings, each a list of points."""
    rings = [ring for polygon in polygons for ring in polygon]
    return Surfaces(
        np.array([point for ring in rings for point in ring], float).reshape(-1, 3),
        offsets(np.array([len(ring) for ring in rings], np.int64)),
        offsets(np.array([len(polygon) for polygon in polygons], np.int64)),
    )


def prism(outline, low, high):
    """Faces of a prism over a counter-clockwise outline: ground, walls, roof; normals outward."""
    bottom = [(x, y, low) for x, y in outline]
    top = [(x, y, high) for x, y in outline]
    walls = [
        [[bottom[i], bottom[(i + 1) % len(outline)], top[(i + 1) % len(outline)], top[i]]] for i in range(len(outline))
    ]
    return [[bottom[::-1]], *walls, [top]]


def solid(faces, kinds=None):
    """One body of the given faces."""
    if kinds is None:
        kinds = [GROUND] + [WALL] * (len(faces) - 2) + [ROOF]
    return Solids(surfaces(*faces), np.array(kinds, np.uint8), np.array([0, len(faces)]))


@st.composite
def star_outlines(draw, most=12):
    """Simple polygons about the origin, counter-clockwise, seldom convex."""
    count = draw(st.integers(3, most))
    radii = draw(st.lists(st.floats(1.0, 20.0), min_size=count, max_size=count))
    shift = draw(st.floats(0.0, 6.0))
    angles = shift + 2 * np.pi * np.arange(count) / count
    return [(r * np.cos(a), r * np.sin(a)) for r, a in zip(radii, angles, strict=True)]
