from __future__ import annotations

import json

import pytest

from twin.reference import reference_path
from viewer.sensors.quantity import aggregation, quantities, short, value_text


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


def test_what_is_not_averaged_is_a_known_quantity():
    assert aggregation("precipitation") == "sum"
    assert aggregation("air_temperature") == aggregation(None) == "mean"
    presentation = json.loads(reference_path("sensor/presentation.json").read_text("utf-8"))
    assert set(presentation["aggregations"]) <= set(quantities())


def test_a_text_result_is_one_short_line():
    assert short("a\n\tb\x00c") == "a b c"
    assert len(short("x" * 5000)) == 60
