"""Words of options, and which links are followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.polling.paging import Paging
from ingest.polling.peer import Peer
from ingest.polling.standing import Place, Standing, written
from ingest.polling.words import Words
from ingest.source import Option
from twin.errors import FeedError, UnsafeDelivery
from twin.language import Text

TITLE = Text("x", "x")
ROOT = "https://frost.example.org/FROST/v1.1"


def words(**options: str) -> Words:
    return Words("feed", (Option("span", TITLE, default="6h"), Option("box", TITLE)), options)


def test_words_are_read_and_defaults_stand_in() -> None:
    assert words().span("span") == timedelta(hours=6)
    assert words(span="90 min").span("span") == timedelta(minutes=90)
    assert words(span="2026-01-01").begin("span") == datetime(2025, 12, 31, 23)
    ago = datetime.now(UTC).replace(tzinfo=None) - words(span="2d").begin("span")
    assert abs(ago - timedelta(days=2)) < timedelta(minutes=1)
    assert words().box("box") is None
    assert words(box="7.8, 51.3,8.6,51.7").box("box") == (7.8, 51.3, 8.6, 51.7)
    assert words(box="a,, b").several("box") == ("a", "b")
    assert words(span="1e3").number("span", 1, 1000) == 1000


@pytest.mark.parametrize("box", ["1,2,3", "8,51,7,52", "0,0,0,x", "nan,0,1,1", "0,0,999,1"])
def test_boxes_that_are_none_are_said(box: str) -> None:
    with pytest.raises(FeedError, match="box"):
        words(box=box).box("box")


@pytest.mark.parametrize(
    ("link", "goal"),
    [
        (f"{ROOT}/Things?$skip=100", f"{ROOT}/Things?$skip=100"),
        ("Things?$skip=100", "https://frost.example.org/FROST/Things?$skip=100"),
        ("http://localhost:8080/FROST-Server/v1.1/Things?$top=5&$skip=5", f"{ROOT}/Things?$top=5&$skip=5"),
        ("http://frost.example.org/FROST/v1.1/Things", f"{ROOT}/Things"),
        (f"{ROOT}/Things?$filter=name eq 'Möhne'", f"{ROOT}/Things?$filter=name%20eq%20'M%C3%B6hne'"),
        ("//evil.example.com/v1.1/Things", f"{ROOT}/Things"),
    ],
)
def test_links_stay_at_the_service(link: str, goal: str) -> None:
    assert Paging(Peer("feed", ROOT), ROOT).onward(ROOT, link) == goal


@pytest.mark.parametrize("link", ["https://evil.example.com/", "file:///etc/passwd", "http://[", "ftp://x/v1.1"])
def test_links_that_lead_away_are_refused(link: str) -> None:
    with pytest.raises(UnsafeDelivery):
        Paging(Peer("feed", ROOT), ROOT).onward(ROOT, link)


def test_a_standing_is_kept_as_it_is() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 123_000)
    standing = Standing({"1": Place(at, None), "'a'": Place(None, at)}, at)
    assert Standing.of(standing.cursor()) == standing
    assert written(at) == "2026-03-01T12:00:00.123Z"
    assert Standing.of({"streams": {"1": "x", "2": ["no time", 7]}, "reviewed": 5}) == Standing({"2": Place()}, None)


def test_a_day_later_or_a_clock_set_back_is_time_to_look_back() -> None:
    at = datetime(2026, 3, 1)
    assert Standing().review_due(at)
    assert not Standing(reviewed=at).review_due(at + timedelta(hours=23))
    assert Standing(reviewed=at).review_due(at + timedelta(hours=24))
    assert Standing(reviewed=at).review_due(at - timedelta(minutes=1))
