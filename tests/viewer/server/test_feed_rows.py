"""How feeds fare, what they brought, and what of them may be shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from twin import DeliveryHeader, Principal, Twin
from twin.feeds.feed import Feed, save_feed
from twin.feeds.state import FeedState
from twin.registry import execute, moment_text
from viewer.server.feed_rows import fares, feed_deliveries, feed_rows, tenants_of
from viewer.server.runner import is_at_work, pulse

SOEST, WERL, DISTRICT = "05974040", "05974052", "05974"
PRESENT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
FEED = Feed(SOEST, "pegel", "http_table", every=600)


def at(**back: float) -> str:
    return moment_text(PRESENT - timedelta(**back))


def state(**more: object) -> FeedState:
    return FeedState(SOEST, "pegel", **more)


@pytest.mark.parametrize(
    ("fared", "expected"),
    [
        (state(), "new"),
        (state(tried_at=at(minutes=9), succeeded_at=at(minutes=9)), "ok"),
        (state(tried_at=at(minutes=24), succeeded_at=at(minutes=24)), "ok"),
        (state(tried_at=at(minutes=26), succeeded_at=at(minutes=26)), "late"),
        (state(tried_at=at(minutes=1), succeeded_at=at(hours=5), failures=1), "failing"),
    ],
)
def test_how_a_feed_fares(fared, expected):
    assert fares(FEED, fared, PRESENT) == expected


def test_paused_and_without_consent_go_before_everything_else():
    failing = state(tried_at=at(minutes=1), failures=2)
    assert fares(Feed(SOEST, "pegel", "x", enabled=False), failing, PRESENT) == "paused"
    assert fares(FEED, failing, PRESENT, consented=False) == "no consent"


def test_stewards_stand_for_their_own():
    assert tenants_of(Principal.operator(), DISTRICT) is None
    assert tenants_of(Principal.staff(SOEST), DISTRICT) == (SOEST,)
    assert tenants_of(Principal.county(), DISTRICT) == (DISTRICT,)
    assert tenants_of(Principal.public(), DISTRICT) == ()


@pytest.fixture
def home(tmp_path):
    with Twin.init(tmp_path / "home", DISTRICT) as made:
        for ags in (SOEST, WERL):
            made.join(ags, "sensor", "open")
        yield made


def test_rows_are_those_of_the_tenants_and_trouble_comes_first(home):
    for feed in (FEED, Feed(WERL, "wetter", "dwd"), Feed(DISTRICT, "luft", "luqs", enabled=False)):
        save_feed(home.registry, feed)
    assert [row.name for row in feed_rows(home, None, PRESENT)] == ["pegel", "wetter", "luft"]
    # The district's feeds may bring its readings too: it sees them, and pauses its own.
    assert [(row.name, row.own) for row in feed_rows(home, (WERL,), PRESENT)] == [("wetter", True), ("luft", False)]
    assert feed_rows(home, (), PRESENT) == []
    with home.registry.write() as transaction:
        execute(transaction, "UPDATE consent SET valid_until = '2020-01-01' WHERE ags = :ags", ags=WERL)
    assert [(row.name, row.standing) for row in feed_rows(home, None, PRESENT)] == [
        ("wetter", "no consent"),
        ("pegel", "new"),
        ("luft", "paused"),
    ]


def test_deliveries_are_those_of_feeds_and_of_the_tenants(home):
    authors = (("feed pegel", SOEST), ("feed luft", ""), ("staff 05974040", SOEST))
    for day, (author, ags) in enumerate(authors, 1):
        with home.stage(DeliveryHeader(file="x.json", format="sensor_things", author=author, ags=ags)) as staging:
            staging.file(0, "x.json")
            reading = {"sensor_id": "s", "phenomenon_time": datetime(2026, 11, day), "result": 1.0, "ags": SOEST}
            staging.add(SOEST, "observation", pa.Table.from_pylist([reading]))
            staging.commit()
    assert [(one.feed, one.ags) for one in feed_deliveries(home, None)] == [("luft", DISTRICT), ("pegel", SOEST)]
    assert [one.feed for one in feed_deliveries(home, (SOEST,))] == ["pegel"]
    assert feed_deliveries(home, (WERL,)) == []


def test_the_runner_is_told_by_its_lock_and_missed_when_something_is_overdue(home):
    save_feed(home.registry, FEED)
    rows = feed_rows(home, None, PRESENT)
    present = datetime.now(UTC)
    assert not is_at_work(home.home)
    assert pulse(home.home, rows, present) == "resting"
    assert pulse(home.home, rows, present + timedelta(hours=1)) == "stopped"
    assert pulse(home.home, [], present) == "resting"
    with home.home.lock("feed"):
        assert is_at_work(home.home)
        assert pulse(home.home, rows, present + timedelta(hours=1)) == "running"
    assert not is_at_work(home.home)
    with home.home.lock("feed", timeout=0):
        pass
