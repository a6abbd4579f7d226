"""Days as tables write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.day import day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("2026-10-01", date(2026, 10, 1)), ("01.10.2026", date(2026, 10, 1)), ("1.2.2026 12:30", date(2026, 2, 1))),
        *(("20261001", date(2026, 10, 1)), ("2026", date(2026, 12, 31)), ("02/2024", date(2024, 2, 29))),
        *(("2024-02", date(2024, 2, 29)), ("2026-10-01T00:00:00Z", date(2026, 10, 1)), ("12.2025", date(2025, 12, 31))),
        *(("", None), ("31.02.2026", None), ("bald", None), ("13/2026", None), ("0000-00-00", None), ("9999", None)),
    ],
)
def test_it_is_read(text, expected):
    assert day(text) == expected


@given(st.dates())
def test_iso_and_german_say_the_same(value):
    assert day(value.isoformat()) == day(f"{value.day:02}.{value.month:02}.{value.year:04}") == value


@given(st.text(max_size=50))
def test_any_text_gives_a_day_or_none(text):
    assert day(text) is None or isinstance(day(text), date)
