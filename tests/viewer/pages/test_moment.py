"""Moments by the clock here, and how long ago they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from viewer.pages.moment import age, clock, length, month, time_tag

PRESENT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("back", "german", "english"),
    [
        (timedelta(seconds=20), "gerade eben", "just now"),
        (timedelta(seconds=-20), "gerade eben", "just now"),
        (timedelta(minutes=1), "vor einer Minute", "1 minute ago"),
        (timedelta(minutes=59), "vor 59 Minuten", "59 minutes ago"),
        (timedelta(hours=1), "vor einer Stunde", "1 hour ago"),
        (timedelta(hours=25), "vor einem Tag", "1 day ago"),
        (timedelta(days=400), "vor 400 Tagen", "400 days ago"),
        (timedelta(minutes=-7), "in 7 Minuten", "in 7 minutes"),
    ],
)
def test_an_age_is_said_as_people_say_it(back, german, english):
    assert age(PRESENT - back, "de", PRESENT) == german
    assert age(PRESENT - back, "en", PRESENT) == english


def test_the_clock_is_that_of_germany_in_winter_and_summer():
    assert clock(PRESENT, "de", PRESENT) == "05:30"
    assert clock(PRESENT - timedelta(hours=6), "de", PRESENT) == "gestern, 23:30"
    assert clock(datetime(2026, 7, 1, 10, tzinfo=UTC), "de", PRESENT) == "01.07.2026, 12:00"
    assert clock(datetime(2026, 7, 1, 10, tzinfo=UTC), "en", PRESENT) == "2026-07-01, 12:00"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "5 Sekunden"),
        (60, "1 Minute"),
        (90, "90 Sekunden"),
        (600, "10 Minuten"),
        (3600, "1 Stunde"),
        (86400, "1 Tag"),
        (0, "0 Sekunden"),
    ],
)
def test_a_length_is_in_the_largest_unit_that_counts_it_whole(seconds, said):
    assert length(seconds, "de") == said


def test_a_month_is_that_of_the_clock_here():
    assert month("2026-10-31T23:30:00+00:00", "de") == "November 2026"
    assert month("2026-03-01T10:00:00+00:00", "en") == "March 2026"


@pytest.mark.parametrize("written", ["", "never", "<b>"])
def test_what_is_no_moment_is_a_dash(written):
    assert time_tag(written, "de", PRESENT) == "–"
    assert month(written, "de") == "–"
