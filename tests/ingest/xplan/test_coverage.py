"""Flächenschluss: gaps and overlaps that are there, and none that are not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.xplan import coverage
from ingest.xplan.coverage import check

SECTION = shapely.box(0, 0, 100, 100)


def areas(*boxes: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*box) for box in boxes], dtype=object)


def test_a_closed_coverage_has_no_findings():
    found = check(areas((0, 0, 50, 100), (50, 0, 100, 100)), SECTION)
    assert (found.gaps.count, found.overlaps.count, found.outside.count, found.complete) == (0, 0, 0, True)


@given(cut=st.floats(10, 90), shift=st.floats(-0.0009, 0.0009))
def test_borders_within_the_tolerance_are_the_same(cut, shift):
    found = check(areas((0, 0, cut, 100), (cut + shift, 0, 100, 100)), SECTION)
    assert (found.gaps.count, found.overlaps.count) == (0, 0)


def test_gaps_overlaps_and_overhangs_are_measured():
    found = check(areas((0, 0, 40, 100), (38, 0, 60, 100), (61, 0, 103, 100), (70, 10, 71, 11)), SECTION)
    assert (found.gaps.count, found.gaps.largest) == (1, pytest.approx(100))
    assert 60 < found.gaps.east < 61
    assert (found.overlaps.count, found.overlaps.largest) == (2, pytest.approx(200))
    assert (found.outside.count, found.outside.largest) == (1, pytest.approx(300))


def test_without_a_section_only_overlaps_are_looked_for():
    found = check(areas((0, 0, 10, 10), (5, 0, 15, 10)), None)
    assert (found.gaps.count, found.overlaps.count, found.outside.count) == (0, 1, 0)


def test_too_many_neighbours_are_said_and_not_worked_through(monkeypatch):
    monkeypatch.setattr(coverage, "MANY_PAIRS", 100)
    assert not check(np.array([SECTION] * 300, dtype=object), SECTION).complete


def test_the_note_names_the_plan_and_the_place(xplan):
    closed = "<xplan:flaechenschluss>true</xplan:flaechenschluss>"
    found = xplan.read(
        xplan.plan(),
        xplan.section(),
        xplan.area(key="A1", inner=closed, geometry=xplan.square(0, 0, 90)),
        xplan.area(key="A2", inner=closed, geometry=xplan.square(80, 80, 20)),
        xplan.area(key="A3", inner=f"{closed}<xplan:ebene>-1</xplan:ebene>", geometry=xplan.square(0, 0, 100)),
        xplan.area(key="A4", geometry=xplan.square(0, 0, 100)),
    )
    (note,) = found.facts.notes
    assert "Am Anger" in note
    assert "Lücken: 2, die größte 800.00 m²" in note or "gaps: 2, the largest 800.00 m²" in note
    assert "100.00 m²" in note
