from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import twin
from twin.errors import FeedError, NotJoined, UnknownMunicipality, UnknownName
from twin.feeds.feed import Feed, feeds, forget_feed, save_feed
from twin.feeds.state import FeedState, feed_states, save_state
from twin.language import Text
from twin.municipalities import Municipality

AGS, OTHER = "05974040", "05974052"
PEGEL = Feed(AGS, "pegel", "pegel_online", {"stations": "SOEST"}, "env:TOKEN", 900)


@pytest.fixture
def home(tmp_path: Path):
    with twin.init(tmp_path / "home", "05974") as made:
        made.register([Municipality(AGS, "Soest"), Municipality(OTHER, "Werl")])
        made.join(AGS, ["sensor", "building"], "open")
        made.join(OTHER, ["building"], "open")
        yield made


def kept(home):
    with home.registry.read() as transaction:
        return feeds(transaction), feed_states(transaction)


def test_a_feed_is_kept_as_it_was_declared(home) -> None:
    save_feed(home.registry, PEGEL)
    (found,), _ = kept(home)
    assert replace(found, saved_at="") == PEGEL


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (replace(PEGEL, name="../x"), FeedError),
        (replace(PEGEL, secret="s3cret"), FeedError),
        (replace(PEGEL, every=0), FeedError),
        (replace(PEGEL, ags=OTHER), NotJoined),
        (replace(PEGEL, ags="09999999"), UnknownMunicipality),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(home, wrong: Feed, error: type[Exception]) -> None:
    with pytest.raises(error) as refused:
        save_feed(home.registry, wrong)
    assert "s3cret" not in str(refused.value)
    assert kept(home) == ([], {})


def test_a_cursor_stays_with_its_source_and_goes_with_another(home) -> None:
    save_feed(home.registry, PEGEL)
    state = FeedState(AGS, "pegel", {"since": "2026"}, failures=2, problem=Text("weg", "gone"))
    save_state(home.registry, state)
    save_feed(home.registry, replace(PEGEL, every=60))
    assert kept(home)[1] == {(AGS, "pegel"): state}
    save_feed(home.registry, replace(PEGEL, options={"stations": "WERL"}))
    assert kept(home)[1] == {}


def test_nothing_is_kept_of_a_feed_that_is_gone(home) -> None:
    save_feed(home.registry, PEGEL)
    forget_feed(home.registry, AGS, "pegel")
    save_state(home.registry, FeedState(AGS, "pegel"))
    assert kept(home) == ([], {})
    with pytest.raises(UnknownName):
        forget_feed(home.registry, AGS, "pegel")


def test_how_a_feed_fares_makes_no_reader_look_again(home) -> None:
    save_feed(home.registry, PEGEL)
    before = home.registry.setting("revision")
    save_state(home.registry, FeedState(AGS, "pegel", tried_at="2026"))
    assert home.registry.setting("revision") == before


@pytest.mark.parametrize(("layer", "left"), [("sensor", 0), (None, 0), ("building", 1)])
def test_a_withdrawal_of_sensors_ends_their_feeds(home, layer: str | None, left: int) -> None:
    save_feed(home.registry, PEGEL)
    save_state(home.registry, FeedState(AGS, "pegel"))
    receipt = home.withdraw(AGS, layer)
    assert not receipt.remains
    found, states = kept(home)
    assert len(found) == len(states) == left
