from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.observations.unit import converted, unit


@pytest.mark.parametrize(
    ("written", "code"),
    [("°C", "Cel"), ("Grad C", "Cel"), ("µg/m³", "ug/m3"), ("m³/s", "m3/s"), (" CM ", "cm"), ("Wh", "W.h"), ("%", "%")],
)
def test_what_sources_write_is_ucum(written: str, code: str) -> None:
    assert unit(written).code == code


def test_what_is_no_unit_is_none() -> None:
    assert unit("Furlong") is None
    assert unit("") is None


@given(st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same_value(value):
    there = converted(value, "cm", "m")
    assert there == pytest.approx(value / 100)
    assert converted(there, "m", "cm") == pytest.approx(value)
    assert converted(converted(value, "Cel", "K"), "K", "Cel") == pytest.approx(value, abs=1e-6)


def test_units_of_another_kind_are_not_converted():
    assert converted(1.0, "m", "Cel") is None
    assert converted(1.0, "", "m") is None
    assert converted(1.0, "furlong", "furlong") == 1.0


def test_what_is_converted_has_no_digits_of_the_machine():
    assert converted(3.5, "m", "cm") == 350.0
    assert converted(308.15, "K", "Cel") == 35.0
