from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.demo.roofs import FLAT, GABLE, HALF_HIP, HIP, PENT, TENT, Face, is_closed, solid, volume

ALL = (FLAT, PENT, GABLE, HIP, HALF_HIP, TENT)


def corners(width: float, depth: float, left: float, right: float) -> np.ndarray:
    """Four corners with parallel front and back; `left` and `right` lean the sides."""
    return np.array([(0, 0), (width, 0), (width - right, depth), (left, depth)], float)


@pytest.mark.parametrize("roof", ALL)
@given(
    width=st.floats(5, 60), depth=st.floats(4, 25), left=st.floats(-1.2, 1.2), right=st.floats(-1.2, 1.2),
    rise=st.floats(0.5, 12),
)  # fmt: skip
def test_every_roof_closes_its_solid_and_looks_outwards(
    roof: str, width: float, depth: float, left: float, right: float, rise: float
) -> None:
    ridge = 106.0 if roof == FLAT else 106.0 + rise
    found = solid(corners(width, depth, left, right), 100.0, 106.0, ridge, roof)
    assert is_closed(found)
    area = (2 * width - left - right) / 2 * depth
    assert area * 6 * 0.99 <= volume(found) <= area * (6 + rise) * 1.01


@pytest.mark.parametrize("roof", ALL)
def test_faces_are_plane_and_roofs_look_up(roof: str) -> None:
    for face in solid(corners(14, 9, 0.8, -0.5), 80.0, 86.0, 86.0 if roof == FLAT else 90.5, roof):
        ring = face.ring[:-1]
        assert np.linalg.svd(ring - ring.mean(axis=0))[1][-1] < 3e-3
        up = _normal(face)[2]
        assert {"RoofSurface": up > 0.1, "GroundSurface": up < -0.99, "WallSurface": abs(up) < 1e-3}[face.kind]


def _normal(face: Face) -> np.ndarray:
    ring = face.ring - face.ring[0]
    total = np.cross(ring[:-1], ring[1:]).sum(axis=0)
    return np.asarray(total / np.linalg.norm(total))


def test_a_gable_holds_a_box_and_a_prism() -> None:
    assert volume(solid(corners(10, 8, 0, 0), 0, 5, 9, GABLE)) == pytest.approx(10 * 8 * 5 + 10 * 8 * 4 / 2)


def test_a_missing_or_turned_face_is_told() -> None:
    found = solid(corners(10, 8, 0, 0), 0, 5, 9, HIP)
    assert not is_closed(found[1:])
    assert not is_closed([Face(found[0].kind, found[0].ring[::-1]), *found[1:]])
