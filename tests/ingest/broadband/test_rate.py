"""Rates as cells hold them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.broadband.rate import groups_thousands, rate, without_unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("1000", 1000), ("50,5", 50.5), ("50.5", 50.5), ("≥ 30 Mbit/s", 30), (">=100", 100), ("1 Gbit/s", 1000)),
        *(("16000 kbit/s", 16), ("1.234,5", 1234.5), ("0", 0), ("bis zu 250 Mbps", 250), ("ca. 6", 6)),
    ],
)
def test_it_is_read(text, expected):
    assert rate(text) == expected


@pytest.mark.parametrize("text", ["", "-1", "schnell", "1e9", "200000", "nan", "1 2", "12-16", "9" * 400])
def test_what_is_none_is_nan(text):
    assert math.isnan(rate(text))


def test_a_point_groups_digits_only_beside_whole_numbers():
    assert groups_thousands(["500", "1.000", "50"])
    assert not groups_thousands(["50.000", "1.000"])
    assert not groups_thousands(["50.5", "1.000", "16"])
    assert not groups_thousands(["500", "16"])
    assert rate("1.000", thousands=True) == 1000
    assert rate("1.000") == 1


@pytest.mark.parametrize(
    ("name", "bare", "factor"),
    [
        *(
            ("Download [Mbit/s]", "Download", 1),
            ("download_mbits", "download", 1),
            ("Downloadrate (kbit/s)", "Downloadrate", 1e-3),
        ),
        *(("down Gbps", "down", 1000), ("down Gbit", "down", 1000), ("download", "download", 1)),
    ],
)
def test_units_of_columns(name, bare, factor):
    assert without_unit(name) == (bare, factor)


@given(st.floats(0, 100_000, allow_nan=False).map(lambda value: round(value, 2)))
def test_comma_and_point_say_the_same(value):
    assert rate(f"{value:.2f}") == rate(f"{value:.2f}".replace(".", ",")) == pytest.approx(value)


@given(st.text(max_size=80))
def test_any_text_gives_a_rate_or_none(text):
    found = rate(text, thousands=True)
    assert math.isnan(found) or 0 <= found <= 100_000
