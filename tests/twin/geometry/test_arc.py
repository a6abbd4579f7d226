"""Arcs stay within their chord error, keep their points, and are the same walked either way."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin.geometry.arc import CHORD_ERROR, arc, arc_by_centre, arc_string, circle, circle_by_centre, linearise

CENTRE = np.array([450_123.456, 5_712_345.678])
radii = st.floats(0.05, 5_000)
angles = st.floats(0, 2 * np.pi)
sweeps = st.floats(0.05, 6.2)


def on_circle(radius: float, angle: float) -> np.ndarray:
    return CENTRE + radius * np.array([np.cos(angle), np.sin(angle)])


def three(radius: float, start: float, sweep: float, clockwise: bool) -> np.ndarray:
    sign = -1 if clockwise else 1
    return np.array([on_circle(radius, start + sign * sweep * share) for share in (0, 0.4, 1)])


@given(radii, angles, sweeps, st.booleans())
def test_arc_stays_within_the_chord_error(radius, start, sweep, clockwise):
    points = three(radius, start, sweep, clockwise)
    # Where the arc is flat, the millimetres of its points do not fix a circle: not the arc's fault.
    assume(radius * (1 - np.cos(sweep / 2)) > 0.02)
    found = arc(points)
    from_centre = np.hypot(*(found - CENTRE).T)
    middles = np.hypot(*((found[1:] + found[:-1]) / 2 - CENTRE).T)
    assert np.abs(from_centre - radius).max() < 1e-3
    assert (radius - middles).max() < CHORD_ERROR + 1e-3
    length = np.hypot(*np.diff(found, axis=0).T).sum()
    assert length == pytest.approx(radius * sweep, rel=0.03)


@given(radii, angles, sweeps, st.booleans())
def test_given_points_are_kept_and_both_directions_agree_exactly(radius, start, sweep, clockwise):
    points = three(radius, start, sweep, clockwise)
    found = arc(points)
    assert np.array_equal(found[0], points[0])
    assert np.array_equal(found[-1], points[2])
    assert (found == points[1]).all(axis=1).any()
    assert np.array_equal(found, arc(points[::-1])[::-1])


def test_many_arcs_at_once_equal_one_by_one():
    generator = np.random.default_rng(7)
    all_points = np.array(
        [
            three(*values)
            for values in zip(
                generator.uniform(0.5, 300, 50),
                generator.uniform(0, 6, 50),
                generator.uniform(0.1, 6, 50),
                generator.random(50) < 0.5,
                strict=True,
            )
        ]
    )
    found, offsets = linearise(all_points[:, 0], all_points[:, 1], all_points[:, 2])
    for index, points in enumerate(all_points):
        assert np.array_equal(found[offsets[index] : offsets[index + 1]], arc(points))


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_points_on_a_line_stay_a_line(dx, dy):
    points = CENTRE + np.array([[0, 0], [dx, dy], [2 * dx, 2 * dy]])
    assert np.array_equal(arc(points), points)


def test_arc_string_has_each_joint_once():
    points = np.array([[0, 0], [5, 5], [10, 0], [15, -5], [20, 0]]) + CENTRE
    found = arc_string(points)
    assert len(np.unique(found, axis=0)) == len(found)
    assert np.array_equal(found[[0, -1]], points[[0, -1]])


@pytest.mark.parametrize("count", [2, 4])
def test_arc_string_refuses_an_even_number_of_points(count):
    with pytest.raises(ValueError, match="odd number"):
        arc_string(np.zeros((count, 2)))


@given(radii, st.lists(st.floats(0, 6.28), min_size=3, max_size=3))
def test_circle_is_closed_and_has_its_area(radius, where):
    gaps = np.diff(np.sort([*where, min(where) + 2 * np.pi]))
    assume(gaps.min() > 0.2)
    found = circle([on_circle(radius, angle) for angle in where])
    assert np.array_equal(found[0], found[-1])
    x, y = (found - CENTRE).T
    area = abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
    assert area == pytest.approx(np.pi * radius**2, rel=0.11, abs=2 * np.pi * radius * CHORD_ERROR)
    assert np.hypot(x, y).max() < radius + 1e-3


def test_circle_refuses_points_on_a_line():
    with pytest.raises(ValueError, match="one line"):
        circle([[0, 0], [1, 1], [2, 2]])


def test_full_arc_is_the_circle_over_the_diameter():
    found = arc([[0, 0], [10, 0], [0, 0]])
    assert np.array_equal(found[0], found[-1])
    assert found[:, 1].max() == pytest.approx(5, abs=0.02)
    assert found[:, 1].min() == pytest.approx(-5, abs=0.02)


def test_arc_by_centre_runs_from_start_to_end():
    found = arc_by_centre([100, 200], 10, 0, np.pi / 2)
    assert found[0] == pytest.approx([110, 200])
    assert found[-1] == pytest.approx([100, 210])
    assert np.hypot(*(found - [100, 200]).T) == pytest.approx(10)
    assert np.array_equal(circle_by_centre([0, 0], 1)[0], circle_by_centre([0, 0], 1)[-1])
    with pytest.raises(ValueError, match="positive radius"):
        circle_by_centre([0, 0], 0)


def test_no_radius_exhausts_memory():
    assert len(arc_by_centre([0, 0], 1e15, 0, 1)) <= 20_001
    huge = np.array([[0, 0], [1e9, 1e9], [2e9, 0]])
    assert len(arc(huge)) <= 40_001
    with pytest.raises(ValueError, match="vertices"):
        linearise(*(np.tile(point, (1000, 1)) for point in huge))
