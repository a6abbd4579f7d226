"""Cells in polygons: an oracle, and partitions that share and lose nothing."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from twin.geometry.polygon_mask import edges, inside

ROWS, COLUMNS = 23, 31
_STEPS = st.integers(-4, 40)
_POINTS = st.lists(st.tuples(_STEPS, _STEPS), min_size=3, max_size=12, unique=True)


def mask(polygon, *, west=0.0, north=float(ROWS), size=1.0):
    return inside(edges(polygon), west=west, north=north, cell_size=size, rows=ROWS, columns=COLUMNS)


def centres(west=0.0, north=float(ROWS), size=1.0):
    return np.meshgrid(west + (np.arange(COLUMNS) + 0.5) * size, north - (np.arange(ROWS) + 0.5) * size)


@given(points=_POINTS, west=st.sampled_from([0.0, -3.25, 5.1]), size=st.sampled_from([1.0, 0.7, 1.9]))
def test_it_agrees_with_geos_off_the_border(points, west, size):
    polygon = shapely.make_valid(shapely.Polygon(points))
    polygon = shapely.union_all([part for part in shapely.get_parts(polygon) if part.geom_type == "Polygon"])
    x, y = centres(west=west, size=size)
    found = mask(polygon, west=west, size=size)
    clear = (
        shapely.distance(shapely.boundary(polygon), shapely.points(x, y)) > 1e-9 if not polygon.is_empty else x > -1e9
    )
    assert np.array_equal(found[clear], shapely.contains_xy(polygon, x, y)[clear])


@given(seeds=st.lists(st.tuples(_STEPS, _STEPS), min_size=3, max_size=9, unique=True), half=st.booleans())
def test_neighbours_share_no_cell_and_lose_none(seeds, half):
    """Corners of the partition lie on centres of cells, where ties are, as often as not."""
    whole = shapely.box(-50, -50, 90, 90)
    moved = np.array(seeds, float) + (0.5 if half else 0.0)
    parts = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(moved), extend_to=whole))
    # Vertices that neighbours do not both have would be another border: the coverage is noded once.
    noded = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.node(shapely.union_all(shapely.boundary(parts)))))
    )
    covered = sum(mask(part).astype(int) for part in noded)
    x, y = centres()
    assert (covered[shapely.contains_xy(shapely.union_all(noded), x, y)] == 1).all()
    assert covered.max() <= 1


def test_holes_and_parts_count():
    ring = shapely.box(2, 2, 20, 20).difference(shapely.box(5, 5, 10, 10)).union(shapely.box(25, 0, 31, 23))
    x, y = centres()
    assert np.array_equal(mask(ring), shapely.contains_xy(ring, x, y))
    assert not mask(shapely.Polygon()).any()


def test_a_level_border_through_centres_belongs_to_the_north():
    south, north = shapely.box(0, 0, 31, 10.5), shapely.box(0, 10.5, 31, 23)
    assert mask(north)[12].all()  # the row whose centres lie at 10.5
    assert not mask(south)[12].any()
    assert (mask(south) ^ mask(north)).all()
