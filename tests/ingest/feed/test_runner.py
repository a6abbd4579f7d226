"""The runner: each feed in its turn, whatever the others do; nothing acknowledged before it is stored."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ingest.feed.runner as runner_module
from ingest.feed.health import Health
from ingest.feed.landing import Landing
from ingest.feed.member import chosen
from ingest.feed.runner import TURNS, Runner
from ingest.feed.setting import spool
from ingest.source import Catch
from tests.ingest.feed.conftest import SOEST, WERL, Fast, Sources, Told, entities, until
from twin import Twin
from twin.errors import Unreachable
from twin.feeds.feed import Feed, feeds, forget_feed, save_feed
from twin.feeds.state import FeedState, feed_states, save_state


def readings(home: Twin) -> list[tuple[int, float]]:
    sql = "SELECT hour(phenomenon_time), result FROM observation ORDER BY 1, 2"
    return home.sql(sql).fetchall()


def hourly(told: Told) -> Iterator[Catch]:
    """One more hour each time, from where the cursor stands."""
    hour = int(told.setting.cursor.get("hour", -1)) + 1
    if hour < 5:
        yield told.catch(entities([hour]), {"hour": hour})


def once(home: Twin, names: tuple[str, ...] = (), clock: Any = None) -> dict[str, FeedState]:
    clock = clock or Fast()
    with closing(runner_module.Journal(home.home.path, clock, quiet=True)) as journal:
        asked = Runner(home, journal, clock).once(chosen(names, "", clock))
    return {member.feed.name: member.state for member in asked}


def test_readings_come_and_the_cursor_moves(home: Twin, sources: Sources, declare, running) -> None:
    log = sources.add("hourly", hourly)
    declare("hourly", every=60)
    with running() as run:
        until(lambda: run.states().get("hourly") and run.states()["hourly"].readings >= 5)
        state = run.states()["hourly"]
    assert [hour for hour, _ in readings(home)] == [0, 1, 2, 3, 4]
    assert state.cursor == {"hour": 4}
    assert state.problem.de == ""
    assert log.count("open") == 1  # it stays at work from turn to turn
    assert log.count("landed") == 5
    assert log[-1] == "close"
    assert not spool(home.home).exists()


def test_a_feed_that_hangs_or_breaks_stops_no_other(home: Twin, sources: Sources, declare, running) -> None:
    ended = threading.Event()

    def hang(told: Told) -> Iterator[Catch]:
        ended.wait(60)
        yield from ()

    def broken(told: Told) -> Iterator[Catch]:
        raise KeyError("Erika Mustermann")
        yield

    sources.add("hourly", hourly)
    sources.add("hang", hang)
    sources.add("broken", broken)
    declare("hang", every=60)
    declare("broken", every=60)
    declare("hourly", every=60)
    try:
        with running() as run:
            until(lambda: run.states().get("hourly") and run.states()["hourly"].readings >= 3)
            until(lambda: run.states().get("broken") and run.states()["broken"].failures >= 2)
            states = run.states()
            ended.set()
    finally:
        ended.set()
    assert "hang" not in states
    assert "KeyError" in states["broken"].problem.de
    text = (home.home.path / "log" / "feed.jsonl").read_text()
    assert "Mustermann" not in text + states["broken"].problem.de


def test_a_feed_that_never_comes_back_is_given_up_and_its_thread_not_doubled(
    home: Twin, sources: Sources, declare, running
) -> None:
    ended = threading.Event()

    def hang(told: Told) -> Iterator[Catch]:
        ended.wait(60)
        yield from ()

    log = sources.add("hang", hang)
    declare("hang", every=60)
    try:
        with running(Fast(2000)) as run:
            until(lambda: run.states().get("hang") and run.states()["hang"].failures == 1)
            until(lambda: "close" in log)
            assert log.count("gather") == 1
            ended.set()
            until(lambda: log.count("gather") >= 2)
    finally:
        ended.set()


def test_what_is_refused_for_good_is_acknowledged_and_recorded(home: Twin, sources: Sources, declare) -> None:
    def bad_then_good(told: Told) -> Iterator[Catch]:
        yield told.catch("{", {"at": 1})
        yield told.catch(entities([3]), {"at": 2})

    log = sources.add("feed", bad_then_good)
    declare("feed")
    state = once(home)["feed"]
    assert state.cursor == {"at": 2}
    assert state.failures == 0
    assert "JSON" in state.problem.en
    assert log.count("landed") == 2
    assert readings(home) == [(3, 3.0)]


def test_what_could_not_be_stored_comes_again(
    home: Twin, sources: Sources, declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = sources.add("hourly", hourly)
    declare("hourly")
    real = runner_module.land

    def full(twin: Twin, feed: Feed, catch: Catch) -> Landing:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(runner_module, "land", full)
    clock = Fast()
    state = once(home, clock=clock)["hourly"]
    assert (state.failures, state.cursor, "landed" in log) == (1, {}, False)
    monkeypatch.setattr(runner_module, "land", real)
    assert once(home, ("hourly",), clock)["hourly"].cursor == {"hour": 0}
    assert readings(home) == [(0, 0.0)]


def test_an_unreachable_other_side_is_asked_later_and_said_without_its_query(
    home: Twin, sources: Sources, declare, running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "sehr-geheim")

    def away(told: Told) -> Iterator[Catch]:
        assert told.setting.secret == "sehr-geheim"
        raise Unreachable(file="https://user:word@x.example/a?key=1", found="sehr-geheim ist falsch")
        yield

    log = sources.add("away", away)
    declare("away", every=60, secret="env:TOKEN")
    with running() as run:
        until(lambda: run.states().get("away") and run.states()["away"].failures >= 3)
        state, lines = run.states()["away"], run.lines("failed")
    said = state.problem.de + json.dumps(lines) + (home.home.path / "log" / "feed.jsonl").read_text()
    assert "https://x.example/a" in said
    for secret in ("key=1", "sehr-geheim", "user:word"):
        assert secret not in said
    assert log.count("open") == log.count("gather")  # after a failure it connects anew


def test_what_is_declared_paused_changed_or_removed_is_noticed(home: Twin, sources: Sources, declare, running) -> None:
    sources.add("hourly", hourly)
    with running() as run:
        feed = declare("hourly", every=60)
        until(lambda: "hourly" in run.states())
        save_feed(home.registry, replace(feed, enabled=False))
        until(lambda: any(one.status == "paused" for one in run.runner.health.feeds))
        gathered = sources.logs["hourly"].count("gather")
        threading.Event().wait(0.3)
        assert sources.logs["hourly"].count("gather") == gathered
        save_feed(home.registry, replace(feed, enabled=True))
        until(lambda: sources.logs["hourly"].count("gather") > gathered)
        # Other options: another source, from its beginning.
        save_feed(home.registry, replace(feed, options={"url": "b"}))
        until(lambda: sources.open[-1].setting.feed.options == {"url": "b"} and sources.open[-1].gathered)
        assert sources.open[-1].gathered == 1
        forget_feed(home.registry, SOEST, "hourly")
        until(lambda: not run.runner.health.feeds)
        until(lambda: sources.logs["hourly"].count("close") == len(sources.open))
    assert [line["event"] for line in run.lines("added", "changed", "removed")] == [
        *("added", "changed", "changed", "changed", "removed")
    ]


def test_a_withdrawn_municipality_is_asked_no_more(home: Twin, sources: Sources, declare, running) -> None:
    sources.add("hourly", hourly)
    declare("hourly", every=60)
    with running() as run:
        until(lambda: readings(home))
        home.withdraw(SOEST, "sensor")
        until(lambda: not run.runner.health.feeds)
    assert readings(home) == []
    with home.registry.read() as transaction:
        assert feed_states(transaction) == {}


def test_expired_consent_rests_a_feed(home: Twin, sources: Sources, declare, running) -> None:
    log = sources.add("hourly", hourly)
    home.join(WERL, ["sensor"], "open", valid_until="2020-01-01")
    declare("hourly", ags=WERL)
    with running() as run:
        until(lambda: run.runner.health.feeds)
        assert [one.status for one in run.runner.health.feeds] == ["no consent"]
    assert log == []


def test_the_wall_clock_may_be_set(home: Twin, sources: Sources, declare, running) -> None:
    log = sources.add("feed", lambda told: iter(()))
    declare("feed", every=3600)
    clock = Fast(20_000)
    with running(clock) as run:
        until(lambda: "feed" in run.states())
        for step in (-400 * 86400.0, 800 * 86400.0, 0.0):
            clock.step = step
            gathered = log.count("gather")
            until(lambda before=gathered: log.count("gather") >= before + 2)
        # No flood: at twenty thousand times the speed an hour lasts 0.18 s.
        gathered = log.count("gather")
        threading.Event().wait(0.5)
        assert log.count("gather") - gathered <= 4


def test_a_next_try_of_a_wrong_clock_is_not_believed(home: Twin, sources: Sources, declare, running) -> None:
    log = sources.add("feed", lambda told: iter(()))
    declare("feed", every=60)
    save_state(home.registry, FeedState(SOEST, "feed", next_at="2999-01-01T00:00:00+00:00"))
    with running() as run:
        assert run
        until(lambda: log.count("gather"), 5)


def test_it_goes_on_after_trouble_with_the_registry(
    home: Twin, sources: Sources, declare, running, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources.add("hourly", hourly)
    declare("hourly", every=60)
    failing = threading.Event()
    real = runner_module.save_state

    def locked(registry: Any, state: FeedState) -> None:
        if not failing.is_set():
            failing.set()
            raise sqlite3.OperationalError("database is locked")
        real(registry, state)

    monkeypatch.setattr(runner_module, "save_state", locked)
    with running() as run:
        until(lambda: run.states().get("hourly") and run.states()["hourly"].readings >= 2)
    assert failing.is_set()
    assert [hour for hour, _ in readings(home)][:2] == [0, 1]


def test_once_asks_what_is_due_and_a_broken_one_stops_no_other(home: Twin, sources: Sources, declare) -> None:
    def broken(told: Told) -> Iterator[Catch]:
        raise Unreachable(file="x", found="y")
        yield

    sources.add("hourly", hourly)
    sources.add("broken", broken)
    declare("broken")
    declare("hourly")
    for number in range(TURNS + 2):
        declare(f"more-{number}", "hourly")
    states = once(home)
    assert len(states) == TURNS + 4
    assert {name for name, state in states.items() if state.failures} == {"broken"}
    # Nothing is due; what is broken is asked again after a while of chance, which may be over.
    assert set(once(home)) <= {"broken"}
    assert set(once(home, ("hourly",))) == {"hourly"}


def test_the_same_again_makes_no_delivery(home: Twin, sources: Sources, declare) -> None:
    def twice(told: Told) -> Iterator[Catch]:
        for name in ("a.json", "b.json"):
            yield told.catch(entities([1, 2]), name=name)

    log = sources.add("same", twice)
    declare("same")
    assert once(home)["same"].readings == 2
    assert log.count("landed") == 2
    assert sum(one.action == "load" or bool(one.delivery_id) for one in home.history()) == 1


def test_two_municipalities_keep_apart(home: Twin, sources: Sources, declare) -> None:
    sources.add("hourly", hourly)
    home.join(WERL, ["sensor"], "open")
    declare("hourly")
    declare("hourly", ags=WERL)
    once(home)
    assert set(home.sql("SELECT DISTINCT ags FROM observation").fetchall()) <= {(SOEST,), (WERL,)}
    with home.registry.read() as transaction:
        assert set(feed_states(transaction)) == {(SOEST, "hourly"), (WERL, "hourly")}
        assert len(feeds(transaction)) == 2


def test_latest_is_the_stored_reading(home: Twin, sources: Sources, declare) -> None:
    found: list[dict[str, Any]] = []

    def ask(told: Told) -> Iterator[Catch]:
        yield told.catch(entities([1, 4]))
        found.append(told.setting.latest(["sensorthings:frost.example.org:1", "nobody"]))

    sources.add("ask", ask)
    declare("ask")
    once(home)
    assert {name: at.hour for name, at in found[0].items()} == {"sensorthings:frost.example.org:1": 4}


def test_it_lets_go_of_the_database_now_and_then(
    home: Twin, sources: Sources, declare, running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "LANDINGS", 2)
    sources.add("hourly", hourly)
    declare("hourly", every=60)
    closed: list[int] = []
    with running() as run:
        real = run.twin.close
        monkeypatch.setattr(run.twin, "close", lambda: (closed.append(1), real()))
        until(lambda: run.states().get("hourly") and run.states()["hourly"].readings >= 5)
        until(lambda: len(closed) >= 2)
    assert [hour for hour, _ in readings(home)] == [0, 1, 2, 3, 4]


def test_a_stuck_loop_is_seen() -> None:
    clock = Fast(1_000_000)
    health = Health(clock)
    until(lambda: health.is_stuck)
    health.beat(())
    assert health.as_dict()["feeds"] == []


def test_stopping_lets_go(home: Twin, sources: Sources, declare, running, tmp_path: Path) -> None:
    log = sources.add("hourly", hourly)
    declare("hourly", every=60)
    with running() as run:
        until(lambda: run.states().get("hourly"))
    assert log[-1] == "close"
    assert run.lines()[-1]["event"] == "stopped"
