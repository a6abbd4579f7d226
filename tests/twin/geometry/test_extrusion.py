"""Extruded bodies are closed, look outward and hold what they should."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from polygons import star_outlines
from shapely.affinity import rotate

from twin.geometry.extrusion import FLAT, GABLE, HIP, PENT, extrude
from twin.geometry.solid import ROOF, shells

BOX = shapely.box(400000, 5700000, 400010, 5700006)


@pytest.mark.parametrize(
    ("code", "volume", "roofs"), [(FLAT, 60 * 7.5, 1), (PENT, 60 * 7.5, 1), (GABLE, 60 * 7.5, 2), (HIP, 360 + 72, 4)]
)
@pytest.mark.parametrize("angle", [0, 33, 90, 211])
def test_roofs_over_a_rectangle(code, volume, roofs, angle):
    solids = extrude([rotate(BOX, angle)], base=50, eaves=56, ridge=59, roof_code=code)
    found = shells(solids)
    assert found.closed[0] and not found.turned[0] and found.missing == [()]
    assert found.volume[0] == pytest.approx(volume, rel=1e-3)
    assert (solids.kinds == ROOF).sum() == roofs
    assert solids.surfaces.highest().max() == pytest.approx(56 + 1.5 if code == FLAT else 59)


def test_a_gable_s_ridge_runs_along_the_longer_side():
    solids = extrude([BOX], 0, 6, 9, GABLE)
    assert sorted(solids.surfaces.azimuths[solids.kinds == ROOF]) == pytest.approx([0, 180])
    assert solids.surfaces.tilts[solids.kinds == ROOF] == pytest.approx(45)


@given(st.lists(star_outlines(), min_size=1, max_size=5), st.sampled_from([FLAT, PENT, GABLE, HIP, "9999"]))
def test_any_footprint_becomes_a_closed_body(outlines, code):
    footprints = [shapely.Polygon(outline) for outline in outlines]
    found = shells(extrude(footprints, 10.0, 15.0, 18.0, code))
    assert found.closed.all() and not found.turned.any()
    assert (found.volume > 0).all()


def test_courtyards_and_several_blocks_keep_their_volume():
    yard = shapely.Polygon(shapely.box(0, 0, 10, 10).exterior, [shapely.box(3, 3, 7, 7).exterior])
    blocks = shapely.MultiPolygon([shapely.box(0, 0, 5, 5), shapely.box(20, 0, 25, 5)])
    found = shells(extrude([yard, blocks], base=[0, 100], eaves=[6, 103], ridge=[6, 103], roof_code=FLAT))
    assert found.closed.all()
    assert found.volume == pytest.approx([84 * 6, 50 * 3])


def test_bodies_come_in_the_order_of_their_footprints():
    footprints = [rotate(shapely.box(0, 0, 10 + i, 5), i) for i in range(8)]
    solids = extrude(np.array(footprints), np.arange(8.0), 20.0, 22.0, [FLAT, GABLE, HIP, PENT] * 2)
    assert np.minimum.reduceat(solids.surfaces.lowest(), solids.bodies[:-1]).tolist() == list(range(8))


def test_impossible_wishes_are_refused():
    with pytest.raises(ValueError, match="above its ground"):
        extrude([BOX], 10, 9, 12)
    with pytest.raises(ValueError, match="polygon"):
        extrude([shapely.Point(0, 0)], 0, 6, 6)
