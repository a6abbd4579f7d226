"""A Flurstückskennzeichen survives being printed and parsed, in every form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.flurstueckskennzeichen import Flurstueckskennzeichen

keys = st.builds(
    Flurstueckskennzeichen,
    land=st.integers(1, 16),
    gemarkung=st.integers(0, 9999),
    flur=st.none() | st.integers(1, 999),
    zaehler=st.integers(1, 99_999),
    nenner=st.none() | st.integers(1, 9999),
    folge=st.sampled_from(["", "01", "0A", "ZZ", "17"]),
)


@given(keys)
def test_official_form_round_trips(key):
    assert len(str(key)) == 20
    assert Flurstueckskennzeichen.parse(str(key)) == key
    assert Flurstueckskennzeichen.parse(str(key).rstrip("_")) == key


@given(keys)
def test_display_form_round_trips(key):
    assert Flurstueckskennzeichen.parse(key.display) == key
    assert str(Flurstueckskennzeichen.parse(key.display)) == str(key)


@given(st.text(max_size=24))
def test_anything_else_is_refused_without_being_repeated(text):
    if Flurstueckskennzeichen.check(text):
        assert len(str(Flurstueckskennzeichen.parse(text))) == 20
    else:
        with pytest.raises(ValueError, match="expected") as refused:
            Flurstueckskennzeichen.parse(text)
        assert len(text) < 6 or text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("05432002500008______", "05432002500008______"),
        ("020125___00139______", "020125___00139______"),
        ("05432002500008", "05432002500008______"),
        ("054320025000080001", "054320025000080001__"),
        ("05432002500008000100", "054320025000080001__"),
        ("05432000000008000000", "054320___00008______"),
        ("05-4320-25-8/1", "054320025000080001__"),
        ("054320-025-00008/0001.00", "054320025000080001__"),
        ("05 4320 25 8/1", "054320025000080001__"),
        ("02-0125--139", "020125___00139______"),
        ("054320/25/8", "05432002500008______"),
    ],
)
def test_forms_that_are_in_use(text, official):
    assert str(Flurstueckskennzeichen.parse(text)) == official


@pytest.mark.parametrize(
    "text",
    [
        "",
        "05",
        "17432002500008______",
        "05432002500000______",
        "0543200250000______8_",
        "05-4320-25-0",
        "05-4320-1000-8",
    ],
)
def test_wrong_ones_are_refused(text):
    assert not Flurstueckskennzeichen.check(text)


def test_parts_out_of_range_are_refused():
    with pytest.raises(ValueError, match="Zähler"):
        Flurstueckskennzeichen(5, 4320, 25, 100_000)
    with pytest.raises(ValueError, match="Flurstücksfolge"):
        Flurstueckskennzeichen(5, 4320, 25, 1, None, "abc")


def test_keys_sort_and_hash():
    first, second = Flurstueckskennzeichen(5, 4320, 25, 8), Flurstueckskennzeichen(5, 4320, 25, 9)
    assert first < second
    assert len({first, second, Flurstueckskennzeichen.parse(str(first))}) == 2
