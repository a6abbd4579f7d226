"""A SensorThings service that is polled: everything comes, once, however it pages, flaps or lags."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.sources.sensor_things import SOURCE
from twin.errors import FeedError, TwinError


@pytest.fixture
def feed(poller: Callable[..., Any], frost: Any) -> Any:
    frost.add_stream(1)
    frost.add_stream(2, name="Niederschlag", unit="mm")
    return poller(SOURCE, url=frost.root, timeout="2", page="7")


def test_everything_comes_once_and_then_only_what_is_new(feed: Any, frost: Any, moment_of: Any, held: Any) -> None:
    for minute in range(0, 300, 10):
        frost.add("1", moment_of(minute), minute)
        frost.add("2", moment_of(minute), 0.5)
    reports = feed.poll()
    assert [report.loaded for report in reports] == [{"sensor": {"05974040": 2}}, {"observation": {"05974040": 60}}]
    assert feed.stored() == held(frost)
    asked = len(frost.asked)
    assert feed.poll() == []
    assert len(frost.asked) == asked + 1  # one question: up to when there is what
    frost.add("2", moment_of(300), 3.5)
    assert [report.loaded for report in feed.poll()] == [{"observation": {"05974040": 1}}]
    assert feed.stored() == held(frost)


def test_a_restart_goes_on_from_the_cursor(feed: Any, frost: Any, moment_of: Any, held: Any) -> None:
    for minute in range(0, 3000, 10):
        frost.add("1", moment_of(minute), minute % 500)
    feed.poll()
    feed.start()
    frost.asked.clear()
    frost.add("1", moment_of(3010), 5)
    feed.poll()
    assert feed.stored() == held(frost)
    assert (
        len([path for path in frost.asked if "Observations" in path]) == 2
    )  # an hour's overlap and one more, not 43 pages


def test_late_and_corrected_readings_come_too(feed: Any, frost: Any, moment_of: Any, held: Any) -> None:
    for minute in range(0, 1200, 10):
        frost.add("1", moment_of(minute), 1, stated=moment_of(minute + 1))
    feed.poll()
    frost.add("1", moment_of(1155), 2, stated=moment_of(1156))  # late, within the overlap
    frost.add("1", moment_of(1200), 2, stated=moment_of(1201))
    frost.add("1", moment_of(100), 3, stated=moment_of(1202))  # corrected long after
    feed.poll()
    assert feed.stored() == held(frost)


def test_once_a_day_it_looks_further_back(feed: Any, frost: Any, moment_of: Any, held: Any) -> None:
    for minute in range(0, 1200, 10):
        frost.add("1", moment_of(minute), 1)
    feed.poll()
    frost.add("1", moment_of(105), 3)  # late by more than the overlap, and it does not say so
    frost.add("1", moment_of(1210), 3)
    feed.poll()
    assert feed.stored() != held(frost)
    feed.cursor["reviewed"] = "2020-01-01T00:00:00Z"
    feed.start()
    feed.poll()
    assert feed.stored() == held(frost)


@pytest.mark.parametrize(
    "fault", ["reset", "stall", "half", "500", "503", "401", "loop", "private", "file", "drip", "html", "torn", "bomb"]
)
def test_a_fault_is_said_in_time_and_moves_nothing(
    fault: str, feed: Any, frost: Any, moment_of: Any, held: Any
) -> None:
    for minute in range(0, 100, 10):
        frost.add("1", moment_of(minute), minute)
    feed.poll()
    before = dict(feed.cursor)
    for minute in range(100, 400, 10):
        frost.add("1", moment_of(minute), minute)
        frost.add("2", moment_of(minute), 1.0)
    frost.faults = [fault]  # the question what there is
    began = time.monotonic()
    with pytest.raises(TwinError):
        feed.poll()
    assert time.monotonic() - began < 6
    assert feed.cursor == before
    frost.faults = ["", "", fault]  # the second page of readings
    with pytest.raises(TwinError):
        feed.poll()
    feed.poll()
    assert feed.stored() == held(frost)


@pytest.mark.parametrize("fault", ["gzip", "type"])
def test_odd_answers_that_can_be_read_are_read(fault: str, feed: Any, frost: Any, moment_of: Any, held: Any) -> None:
    frost.add("1", moment_of(0), 1)
    frost.faults = [fault, fault, fault]
    feed.poll()
    assert feed.stored() == held(frost)


def test_one_broken_datastream_does_not_keep_the_others(feed: Any, frost: Any, moment_of: Any) -> None:
    frost.add("1", moment_of(0), 1)
    frost.add("2", moment_of(0), 2)
    frost.faults = ["", "500"]
    with pytest.raises(TwinError, match="HTTP 500"):
        feed.poll()
    assert {row[0] for row in feed.stored()} == {"2"}
    feed.poll()
    assert {row[0] for row in feed.stored()} == {"1", "2"}


def test_what_does_not_land_comes_again(feed: Any, frost: Any, moment_of: Any, held: Any) -> None:
    for minute in range(0, 100, 10):
        frost.add("1", moment_of(minute), minute)
    catches = feed.gatherer.gather()
    assert next(catches).cursor is None  # what there is
    feed.home.sql("SELECT 1")
    catches.close()
    feed.poll()
    assert feed.stored() == held(frost)


def test_links_to_the_name_inside_are_asked_of_the_service(feed: Any, frost: Any, moment_of: Any, held: Any) -> None:
    frost.links = "http://frost-internal:8080/FROST-Server/v1.1"
    for minute in range(0, 300, 10):
        frost.add("1", moment_of(minute), minute)
    feed.poll()
    assert feed.stored() == held(frost)


@pytest.mark.parametrize("link", ["http://10.0.0.1/other", "https://example.org/", "file:///etc/passwd", "//["])
def test_links_that_lead_away_are_refused(link: str, feed: Any, frost: Any, moment_of: Any) -> None:
    answer = frost.answer
    frost.answer = lambda path, query: (200, {}, json.dumps({"value": [], "@iot.nextLink": link}).encode())
    with pytest.raises(TwinError):
        feed.poll()
    assert len(frost.asked) == 1
    frost.answer = answer


def test_links_in_a_circle_are_noticed(feed: Any, frost: Any) -> None:
    frost.answer = lambda path, query: (
        200,
        {},
        json.dumps({"value": [], "@iot.nextLink": f"{frost.root}/Things?$skip=1"}).encode(),
    )
    with pytest.raises(TwinError):
        feed.poll()
    assert len(frost.asked) == 2


def test_clocks_that_are_ahead_do_not_stop_a_feed(feed: Any, frost: Any, moment_of: Any) -> None:
    frost.add("1", moment_of(0), 1)
    frost.add("1", "2099-01-01T00:00:00.000Z", 2)
    feed.poll()
    frost.add("1", moment_of(10), 3)
    feed.poll()
    assert {row[2] for row in feed.stored()} == {1.0, 3.0}


def test_readings_off_scale_are_found_by_the_unit_of_their_datastream(feed: Any, frost: Any, moment_of: Any) -> None:
    frost.add("1", moment_of(0), 1)
    feed.poll()
    frost.add("1", moment_of(10), 1e7)
    (report,) = feed.poll()
    assert [finding.code for finding in report.findings.kept] == ["observation.off_scale"]
    assert feed.poll() == []


def test_new_datastreams_are_noticed_and_observed_properties_chosen(poller: Any, frost: Any, moment_of: Any) -> None:
    frost.add_stream(1)
    frost.add_stream(2, name="Niederschlag", unit="mm")
    feed = poller(SOURCE, url=frost.root, observed="precipitation")
    for key in ("1", "2"):
        frost.add(key, moment_of(0), 1)
    feed.poll()
    assert {row[0] for row in feed.stored()} == {"2"}
    asked = len(frost.asked)
    feed.poll()
    assert len(frost.asked) == asked + 1
    frost.add_stream(3, name="Niederschlag", unit="mm", thing=1)
    frost.add("3", moment_of(0), 1)
    feed.poll()
    assert {row[0] for row in feed.stored()} == {"2", "3"}


def test_secrets_go_to_the_service_only_and_never_in_clear(poller: Any, frost: Any, monkeypatch: Any) -> None:
    frost.add_stream(1)
    poller(SOURCE, "s3cret", url=frost.root).poll()
    poller(SOURCE, "s3cret", url=frost.root, user="anna").poll()
    assert [headers["Authorization"] for headers in frost.headers] == [
        "Bearer s3cret",
        "Bearer s3cret",
        "Basic YW5uYTpzM2NyZXQ=",
        "Basic YW5uYTpzM2NyZXQ=",
    ]
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "")
    with pytest.raises(FeedError):
        poller(SOURCE, "s3cret", url=frost.root)


@pytest.mark.parametrize(
    "option",
    [
        {"url": "ftp://x"},
        {"url": "http://a:b@x/v1.1"},
        {"overlap": "long"},
        {"box": "1,2,3"},
        {"since": "?"},
        {"page": "0"},
        {"timeout": "nan"},
        {"observed": "water_level,gold"},
    ],
)
def test_options_that_make_no_sense_are_refused_at_once(option: dict[str, str], poller: Any) -> None:
    with pytest.raises(FeedError):
        poller(SOURCE, **{"url": "http://127.0.0.1/v1.1", **option})


def test_the_real_replies_are_polled(poller: Any, peer: Any, shared_data: Path) -> None:
    """Things as Hamburg answers them, and under one of their Datastreams what the geological survey answers."""
    folder = shared_data / "sensors/sensorthings"
    reply = json.loads((folder / "hamburg_frost_Things_expand_Locations_Datastreams.json").read_text("utf-8"))
    things = json.dumps({"value": reply["value"]}).encode()  # its link leads to nowhere
    readings = json.loads((folder / "bgs_frost_observationsDataFixtureRealExample.json").read_text("utf-8"))

    def answer(path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/v1.1/Things":
            return 200, {}, things
        first = int(query.get("$skip", 0))
        own = readings if "(10433)" in path else []
        more = {"@iot.nextLink": f"https://iot.hamburg.de{path}?$skip={first + 40}"} if first + 40 < len(own) else {}
        return 200, {}, json.dumps({"value": own[first : first + 40], **more}).encode()

    peer.answer = answer
    feed = poller(SOURCE, url=f"{peer.url}/v1.1", since="2020-01-01")
    feed.poll()
    sql = "SELECT sensor_id, count(*), min(quality) FROM observation GROUP BY 1"
    assert feed.home.sql(sql).fetchall() == [("sensorthings:iot.hamburg.de:10433", 101, "verified")]
    assert feed.home.sql("SELECT count(*), count(unit), count(geom) FROM sensor").fetchall() == [(8, 8, 8)]


@st.composite
def days(draw: Any) -> list[list[tuple[str, int, int, int]]]:
    """What comes between polls: (datastream, time, result, when it was determined), late and corrected ones too."""
    polls = []
    now = 0
    for _ in range(draw(st.integers(1, 4))):
        now += draw(st.integers(10, 60))
        fresh = [(draw(st.sampled_from("12")), at, draw(st.integers(0, 400)), now) for at in range(now - 10, now)]
        # Late ones say when they were determined, or lie within the overlap.
        late = draw(st.lists(st.tuples(st.sampled_from("12"), st.integers(0, now), st.integers(0, 400)), max_size=4))
        polls.append(draw(st.permutations([*fresh, *((*one, now) for one in late)])))
    return polls


@settings(max_examples=5, suppress_health_check=list(HealthCheck), database=None)
@given(
    polls=days(),
    page=st.integers(1, 40),
    ordered=st.booleans(),
    says=st.booleans(),
    fault=st.sampled_from(["", "500", "torn"]),
    restart=st.booleans(),
)
def test_whatever_comes_when_the_table_is_what_the_service_has(
    tmp_path_factory: Any, moment_of: Any, held: Any, make_frost: Any, poller_in: Any,
    polls: Any, page: int, ordered: bool, says: bool, fault: str, restart: bool,
) -> None:  # fmt: skip
    frost = make_frost()
    frost.page, frost.ordered, frost.says_ends = page, ordered, says
    frost.add_stream(1)
    frost.add_stream(2)
    feed = poller_in(tmp_path_factory.mktemp("truth"), SOURCE, url=frost.root, page=str(page), timeout="5")
    for readings in polls:
        for key, at, result, stated in readings:
            frost.add(key, moment_of(at), result, stated=moment_of(stated))
        frost.faults = ["", "", fault] if fault else []
        with suppress(TwinError):
            feed.poll()
        frost.faults = []
        if restart:
            feed.start()
        feed.poll()
        assert feed.stored() == held(frost)
