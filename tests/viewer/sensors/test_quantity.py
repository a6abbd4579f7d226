from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.reference import reference_path
from viewer.sensors.quantity import aggregation, converted, quantities, short, sign, value_text, word


@pytest.mark.parametrize(
    ("value", "unit", "german", "english"),
    [
        (3.42, "m", "3,42 m", "3.42 m"),
        (3.4, "m", "3,40 m", "3.40 m"),
        (1234.0, "cm", "1.234 cm", "1,234 cm"),
        (-0.26, "Cel", "-0,3 °C", "-0.3 °C"),
        (21.94, "ug/m3", "21,9 µg/m³", "21.9 µg/m³"),
        (270.0, "deg", "270°", "270°"),
        (42.0, "1", "42", "42"),
        (0.5, "1", "0,5", "0.5"),
        (5.0, "1/8", "5/8", "5/8"),
        (0.00012, "furlong", "0,00012 furlong", "0.00012 furlong"),
        (1.5, None, "1,5", "1.5"),
        (None, "m", "–", "–"),
        (float("nan"), "m", "–", "–"),
    ],
)
def test_values_are_written_as_people_write_them(value, unit, german, english):
    assert value_text(value, unit, "de") == german
    assert value_text(value, unit, "en") == english


def test_every_unit_that_sources_may_have_is_written_without_brackets_of_the_code():
    known = json.loads(reference_path("sensor/units.json").read_text("utf-8"))["units"]
    for code in known:
        assert not set("[]^{}") & set(sign(code)), code
        assert "u" not in sign(code).replace("FNU", ""), code


def test_what_is_not_averaged_is_a_known_quantity():
    assert aggregation("precipitation") == "sum"
    assert aggregation("air_temperature") == aggregation(None) == "mean"
    presentation = json.loads(reference_path("sensor/presentation.json").read_text("utf-8"))
    assert set(presentation["aggregations"]) <= set(quantities())


def test_quantities_have_words_in_both_languages():
    assert word("observed_property", "water_level", "de") == "Wasserstand"
    assert word("observed_property", "water_level", "en") == "water level"
    assert word("observed_property", "none such", "en") == ""


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


def test_a_text_result_is_one_short_line():
    assert short("a\n\tb\x00c") == "a b c"
    assert len(short("x" * 5000)) == 60
