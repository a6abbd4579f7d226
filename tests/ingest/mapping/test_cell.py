"""Cells as people and programs fill them."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mapping import cell


def column(*values):
    return pd.Series(list(values), dtype=object)


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1234,5", ",", 1234.5),
        ("1.234,5", ",", 1234.5),
        ("1,234.5", ",", 1234.5),
        ("1.234", ",", 1234),
        ("1.234", ".", 1.234),
        ("1,234", ".", 1234),
        ("1,234", ",", 1.234),
        ("0.35", ",", 0.35),
        ("1.234.567", ".", 1234567),
        ("1 234,50", ",", 1234.5),
        ("1'234.50", ".", 1234.5),
        ("DN 150", ",", 150),
        ("DN150", ",", 150),
        ("ca. 3,5 m", ",", 3.5),
        ("−2,5", ",", -2.5),
        ("+4", ",", 4),
        ("1e3", ".", 1000),
        ("1,5 €/m²", ",", 1.5),
    ],
)
def test_numbers_as_they_are_written(text, decimal, expected):
    values, wrong = cell.number(column(text), decimal)
    assert values[0] == pytest.approx(expected)
    assert not wrong[0]


@pytest.mark.parametrize("text", ["", "-", "k.A.", "unbekannt", None, "NULL", float("nan"), "#NV"])
def test_unknown_is_neither_a_number_nor_wrong(text):
    values, wrong = cell.number(column(text))
    assert np.isnan(values[0])
    assert not wrong[0]
    assert cell.text(column(text))[0] is None


@pytest.mark.parametrize(
    "text", ["Ei", "12 34 56 x y", "1/2", "DN", "1e999", "inf", "9" * 5000, "1" + " " * 5000 + "!"]
)
def test_what_is_no_number_is_told(text):
    values, wrong = cell.number(column(text))
    assert np.isnan(values[0])
    assert wrong[0]


def test_units_in_cells_count_where_the_column_is_a_length():
    values, _ = cell.number(column("1,2 m", "120 cm", "1200 mm", "1,2"), ",", "m")
    assert values.tolist() == [1.2, 1.2, 1.2, 1.2]
    values, _ = cell.number(column("0,3 m", "300", "30 cm"), ",", "mm")
    assert values.tolist() == [300, 300, 300]


@given(st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 2)), st.sampled_from([",", "."]))
def test_a_number_that_is_written_is_read_again(value, decimal):
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    for text in (english, german):
        values, wrong = cell.number(column(text), decimal)
        assert values[0] == pytest.approx(value)
        assert not wrong[0]


@given(
    st.lists(
        st.one_of(
            st.none(), st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes()
        )
    )
)
def test_no_cell_breaks_a_column(values):
    cells = column(*values)
    for found, wrong in (cell.number(cells), cell.year(cells), cell.day(cells), cell.yes(cells)):
        assert len(found) == len(wrong) == len(values)
    assert all(one is None or (one and isinstance(one, str)) for one in cell.text(cells))


def test_whole_numbers_of_spreadsheets_lose_their_decimals():
    assert cell.text(column(4711.0, 47.5, 12, True, date(2024, 1, 2), datetime(2024, 1, 2))).tolist() == [
        *("4711", "47.5", "12", "true", "2024-01-02", "2024-01-02"),
    ]


@pytest.mark.parametrize(
    ("value", "order", "expected"),
    [
        ("31.12.2024", "dmy", date(2024, 12, 31)),
        ("2024-12-31", "dmy", date(2024, 12, 31)),
        ("2024-12-31T00:00:00Z", "dmy", date(2024, 12, 31)),
        ("20241231", "dmy", date(2024, 12, 31)),
        ("3/4/2024", "dmy", date(2024, 4, 3)),
        ("3/4/2024", "mdy", date(2024, 3, 4)),
        (45292.0, "dmy", date(2024, 1, 1)),
        (datetime(2024, 5, 6, 7, 8), "dmy", date(2024, 5, 6)),
    ],
)
def test_dates_as_they_are_written(value, order, expected):
    values, wrong = cell.day(column(value), order)
    assert values[0] == expected
    assert not wrong[0]


@pytest.mark.parametrize("value", ["31.02.2024", "gestern", "2024", "99999999"])
def test_what_is_no_date_is_told(value):
    values, wrong = cell.day(column(value))
    assert values[0] is None
    assert wrong[0]


def test_years_are_found_in_text_and_a_zero_is_unknown():
    values, wrong = cell.year(column("1987", "um 1965", "03/1972", 2001.0, datetime(1999, 1, 1), "0", "alt"))
    assert values[:5].tolist() == [1987, 1965, 1972, 2001, 1999]
    assert wrong.tolist() == [False] * 6 + [True]


def test_yes_and_no():
    values, wrong = cell.yes(column("ja", "NEIN", "x", 1, 0, True, None, "vielleicht"))
    assert values.tolist() == [True, False, True, True, False, True, None, None]
    assert wrong.tolist() == [False] * 7 + [True]


def test_every_word_for_the_unknown_is_known():
    for word in cell.words("missing"):
        assert cell.text(column(word, word.upper()))[0] is None


@pytest.mark.parametrize(
    ("value", "order", "expected"),
    [
        ("2026-06-01T14:00:00Z", "dmy", datetime(2026, 6, 1, 14)),
        ("2026-06-01T14:00:00+02:00", "dmy", datetime(2026, 6, 1, 12)),
        ("2026-06-01 14:00", "dmy", datetime(2026, 6, 1, 12)),
        ("2026-12-01 14:00", "dmy", datetime(2026, 12, 1, 13)),
        ("01.06.2026 4:05", "dmy", datetime(2026, 6, 1, 2, 5)),
        ("1.6.2026, 14:05:30,5", "dmy", datetime(2026, 6, 1, 12, 5, 30, 500_000)),
        ("06/01/2026 14:00", "mdy", datetime(2026, 6, 1, 12)),
        ("31.12.2025", "dmy", datetime(2025, 12, 30, 23)),
        (1780322400, "dmy", datetime(2026, 6, 1, 14)),
        (1780322400000.0, "dmy", datetime(2026, 6, 1, 14)),
        ("1780322400", "dmy", datetime(2026, 6, 1, 14)),
        (datetime(2026, 6, 1, 14), "dmy", datetime(2026, 6, 1, 12)),
        (date(2026, 6, 2), "dmy", datetime(2026, 6, 1, 22)),
    ],
)
def test_moments_as_they_are_written(value, order, expected):
    values, wrong = cell.instant(column(value), order)
    assert values[0] == expected
    assert not wrong[0]


@pytest.mark.parametrize("value", ["31.02.2024 10:00", "gestern", "12", 45000.5, "1.6.2026 25:00", float("inf"), 1e300])
def test_what_is_no_moment_is_told(value):
    values, wrong = cell.instant(column(value))
    assert values[0] is None
    assert wrong[0]


def test_no_moment_is_no_problem():
    values, wrong = cell.instant(column("", None, "-"))
    assert values.tolist() == [None] * 3
    assert not wrong.any()


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)))
def test_moments_survive_being_written(moment):
    written = [f"{moment.isoformat()}Z", f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond:06}Z"]
    values, wrong = cell.instant(column(*written))
    assert values.tolist() == [moment] * 2
    assert not wrong.any()


@given(
    st.lists(
        st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.dates(), st.booleans()), max_size=5
    )
)
def test_any_cell_is_a_moment_or_told(values):
    found, wrong = cell.instant(column(*values))
    for value, bad in zip(found, wrong, strict=True):
        assert value is None or (isinstance(value, datetime) and value.tzinfo is None and not bad)
