from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.sensors.period import is_period, parse_days, period

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_days_begin_and_end_at_local_midnight():
    found = period("2026-03-29..2026-03-29", None)
    assert found.start == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert found.seconds == 23 * 3600  # clocks go forward


def test_a_period_ends_now_or_where_readings_end():
    assert period("day", NOW - timedelta(hours=2), NOW).end == NOW
    old = NOW - timedelta(days=90)
    found = period("week", old, NOW)
    assert found.start < old < found.end < NOW
    assert found.seconds == 7 * 86400
    assert period("nonsense", None, NOW).seconds == 7 * 86400


@pytest.mark.parametrize(
    "text", ["", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01", "0001-01-01..9999-12-31", "..", "x"]
)
def test_what_is_no_period_is_none(text):
    assert parse_days(text) is None
    assert not is_period(text)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 4000))
def test_days_are_whole(first, count):
    last = min(first + timedelta(days=count), date(2199, 12, 31))
    found = period(f"{first}..{last}", None)
    # Summer time is one hour; in 1945 it was two.
    assert abs(found.seconds / 3600 - 24 * ((last - first).days + 1)) <= 2
