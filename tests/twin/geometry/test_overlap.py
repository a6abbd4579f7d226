"""Which areas are the same, against one written out by hand, and whatever order they come in."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from twin.geometry.overlap import SAME, same_places

_BOX = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 6), st.integers(1, 6)).map(
    lambda box: shapely.box(box[0], box[1], box[0] + box[2], box[1] + box[3])
)
_BOXES = st.lists(_BOX, max_size=8).map(lambda boxes: np.array(boxes, object))


def found(ones, others) -> set[tuple[int, int]]:
    pairs = same_places(ones, others)
    return set(zip(pairs.one.tolist(), pairs.other.tolist(), strict=True))


def by_hand(ones, others) -> set[tuple[int, int]]:
    pairs = set()
    for i, a in enumerate(ones):
        shared = [a.intersection(b).area for b in others]
        own = {(i, j) for j, b in enumerate(others) if shared[j] > SAME * min(a.area, b.area)}
        if not own and sum(shared) > SAME * a.area:
            own = {(i, max(range(len(others)), key=lambda j: (shared[j], -j)))}
        pairs |= own
    return pairs


@given(_BOXES, _BOXES)
def test_it_finds_what_the_rule_says(ones, others) -> None:
    assert found(ones, others) == by_hand(ones, others)


@given(_BOXES, _BOXES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(ones, others, random) -> None:
    order = list(range(len(ones)))
    random.shuffle(order)
    shuffled = {(order[one], other) for one, other in found(ones[order] if order else ones, others)}
    assert shuffled == found(ones, others)


@given(_BOXES, _BOXES)
def test_who_overlaps_whom_by_half_is_mutual(ones, others) -> None:
    there, back = same_places(ones, others), same_places(others, ones)
    halves = [
        {(a, b) for a, b, share in zip(p.one.tolist(), p.other.tolist(), p.share.tolist(), strict=True) if share > SAME}
        for p in (there, back)
    ]
    assert halves[0] == {(a, b) for b, a in halves[1]}


@given(_BOXES)
def test_everything_is_its_own_place(ones) -> None:
    assert {(number, number) for number in range(len(ones))} <= found(ones, ones)


def test_kinds_say_who_may_be_compared() -> None:
    ones = np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)], object)
    kinds = np.array([0, 1]), np.array([1])
    pairs = same_places(ones, ones[:1], np.array([[False, True], [False, False]]), kinds)
    assert pairs.one.tolist() == [0]


def test_missing_empty_and_crossed_shapes() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    ones = np.array([None, shapely.Polygon(), bow], object)
    pairs = same_places(ones, np.array([shapely.box(6, 0, 10, 10)], object))
    assert pairs.one.tolist() == [2]
    assert pairs.share[0] == pytest.approx(24 / 40)


def test_a_courtyard_is_not_covered_by_what_stands_in_it() -> None:
    yard = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 8, 8))
    assert found(np.array([shapely.box(3, 3, 7, 7)], object), np.array([yard], object)) == set()
