"""Heights of footprints: what is stated, storeys, defaults; nothing that no building has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.footprint.height import DEFAULT, HIGHEST, LOWEST, STATED, STOREYS, heights, storey
from twin.reference import codes


def height(stated: str | None = None, levels: str | None = None, function: str | None = None, area: float = 100.0):
    found = heights([stated], [levels], [function], np.array([area]))
    return found.height[0], found.source[0]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("7.5", 7.5), ("7,5", 7.5), ("7.5 m", 7.5), ("12m", 12.0), ("10 ft", 3.048), ("10'", 3.048)],
)
def test_what_is_stated_counts(stated: str, expected: float) -> None:
    assert height(stated, "9", "31001_2463") == (pytest.approx(expected), STATED)


@pytest.mark.parametrize("stated", [None, "", "0", "0.01", "-3", "hoch", "1e3", "nan", "inf", "99999", "7.5.1"])
def test_else_its_storeys_do(stated: str | None) -> None:
    assert height(stated, "2") == (2 * storey(), STOREYS)


@pytest.mark.parametrize(("levels", "expected"), [("1", 3.0), ("2.5", 7.5), ("3;4", 9.0), ("0.5", 3.0)])
def test_storeys_as_people_write_them(levels: str, expected: float) -> None:
    assert height(None, levels) == (expected, STOREYS)


def test_the_default_is_that_of_the_longest_key() -> None:
    assert height(function="31001_2463") == (3.0, DEFAULT)
    assert height(function="31001_1010") == (7.5, DEFAULT)
    assert height(function="31001_3041") == (12.0, DEFAULT)


def test_small_ones_without_a_function_are_low() -> None:
    assert height(area=20.0)[0] < height(area=200.0)[0]


def test_every_function_has_one() -> None:
    for code in codes("building_function"):
        if code.startswith("31001_"):
            assert 2.0 <= height(function=code)[0] <= 15.0


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_written_a_building_has_a_height(stated: str, levels: str, function: str) -> None:
    found, source = height(stated, levels, function)
    assert LOWEST <= found <= HIGHEST
    assert source in {STATED, STOREYS, DEFAULT}
