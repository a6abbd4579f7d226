from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.language import Language, use_language
from twin.number import grouped, percent, written


@pytest.mark.parametrize(
    ("value", "de", "en"),
    [
        (4706, "4.706", "4,706"), (1234567.5, "1.234.567,5", "1,234,567.5"), (12.0, "12", "12"),
        (0.1239, "0,124", "0.124"),
        (0.0001, "0,0001", "0.0001"), (-3, "-3", "-3"),
        (float("nan"), "–", "–"), (float("inf"), "∞", "∞"), (100.0, "100", "100"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(value: float, de: str, en: str) -> None:
    assert (written(value, "de"), written(value, "en")) == (de, en)


@given(st.integers(-(10**12), 10**12))
def test_counts_lose_no_digit(count: int) -> None:
    use_language("de")
    assert int(grouped(count).replace(".", "")) == count
    use_language(None)


@pytest.mark.parametrize(("language", "more", "less"), [("de", "+2,7 %", "−12,5 %"), ("en", "+2.7 %", "−12.5 %")])
def test_a_difference_has_its_sign(language: Language, more: str, less: str) -> None:
    use_language(language)
    assert (percent(0.0271), percent(-0.125)) == (more, less)
    use_language(None)
