"""When feeds are asked again: property tests of the grid, of back-off, and of moments that were kept."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.feed.schedule import CAP, FIRST, PATIENT, after_answer, back_off, remaining

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
EVERY = st.integers(1, 7 * 86400)


@given(due=st.floats(0, 1e6), every=EVERY, late=st.floats(0, 1e6))
def test_after_an_answer_it_is_asked_within_an_interval_and_on_its_grid(due: float, every: int, late: float) -> None:
    now = due + late
    following = after_answer(due, every, now)
    assert now < following + 1e-6
    assert following <= now + every + 1e-6
    off = (following - due) / every
    assert abs(off - round(off)) < 1e-6 * max(1.0, off)


@given(due=st.floats(0, 1e6), ahead=st.floats(0, 1e6), every=EVERY)
def test_asked_before_its_time_it_waits_no_longer_than_an_interval(due: float, ahead: float, every: int) -> None:
    now = due - ahead
    assert now < after_answer(due, every, now) <= now + every + 1e-6


@given(failures=st.integers(1, 100_000), every=EVERY, seed=st.integers())
def test_back_off_stays_within_its_bounds(failures: int, every: int, seed: int) -> None:
    wait = back_off(failures, every, random.Random(seed))
    assert min(1.0, every) <= wait <= min(max(every, PATIENT), CAP)


@given(every=EVERY)
def test_back_off_grows_up_to_its_cap_and_is_spread_over_all_of_it(every: int) -> None:
    chance = random.Random(4711)
    longest = min(max(every, PATIENT), CAP)
    tops = [max(back_off(failures, every, chance) for _ in range(200)) for failures in range(1, 20)]
    for number, top in enumerate(tops):
        assert top <= min(longest, min(every, FIRST) * 2**number) + 1e-9
    assert tops[-1] > 0.8 * longest
    assert min(back_off(19, every, chance) for _ in range(200)) < 0.2 * longest + 1


@given(every=EVERY, offset=st.integers(-(10**9), 10**9))
def test_a_kept_moment_is_waited_for_and_never_for_longer_than_any_feed_waits(every: int, offset: int) -> None:
    wait = remaining((NOW + timedelta(seconds=offset)).isoformat(), every, NOW)
    assert 0 <= wait <= max(every, PATIENT)
    if 0 <= offset <= every:
        assert wait == offset
    if offset < 0:
        assert wait == 0


@given(word=st.text(max_size=40), every=EVERY)
def test_any_word_is_a_moment_or_none(word: str, every: int) -> None:
    assert 0 <= remaining(word, every, NOW) <= max(every, PATIENT)
