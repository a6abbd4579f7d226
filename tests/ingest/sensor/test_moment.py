"""Moments in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sensor.moment import moment, period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01T12:00:00Z", datetime(2026, 7, 1, 12)),
        ("2026-07-01T12:00:00.5Z", datetime(2026, 7, 1, 12, 0, 0, 500_000)),
        ("2021-08-01T16:00:00+02:00", datetime(2021, 8, 1, 14)),
        ("2021-08-01 16:00:00-0330", datetime(2021, 8, 1, 19, 30)),
        # Legal time in Germany: summer, winter, the hour that comes twice, and the end of a day.
        ("2026-07-01T12:00", datetime(2026, 7, 1, 10)),
        ("2026-01-01 12:00:00", datetime(2026, 1, 1, 11)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30)),
        ("2026-12-31T24:00", datetime(2026, 12, 31, 23)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1)),
    ],
)
def test_a_moment_is_read_as_utc(text: str, expected: datetime) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text", ["", "gestern", "2026-13-01T00:00Z", "2026-02-30T00:00Z", "2026-01-01T25:00Z", "9" * 99]
)
def test_what_names_none_is_none(text: str) -> None:
    assert moment(text) is None


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_any_offset_comes_to_the_same(at: datetime, zone: timezone) -> None:
    assert moment(at.replace(tzinfo=UTC).astimezone(zone).isoformat()) == at


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    assert moment(text) is None or moment(text).tzinfo is None
    begin, end = period(text)
    assert end is None or begin <= end


def test_periods() -> None:
    assert period("2026-01-01T00:00Z/2026-01-01T01:00Z") == (datetime(2026, 1, 1), datetime(2026, 1, 1, 1))
    assert period("2026-01-01T01:00Z/2026-01-01T00:00Z") == (None, None)
    assert period("2026-01-01T01:00Z/") == (None, None)
