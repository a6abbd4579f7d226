from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from ingest.demo.readings import measured
from ingest.demo.sensors import BROOK, SILENT, sensor
from ingest.demo.station import PULSE, LiveService
from ingest.demo.things import network, stations
from ingest.polling.paging import Paging
from ingest.polling.peer import Peer
from ingest.polling.things import Things, write_things

BEGAN = np.datetime64("2026-03-04T05:06:07", "s")


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> np.datetime64:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def service(time: Time) -> Iterator[LiveService]:
    with LiveService(0, time) as started:
        yield started


def ask(service: LiveService, path: str) -> dict[str, Any]:
    with urllib.request.urlopen(service.url + path, timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_it_says_what_it_has(service: LiveService) -> None:
    things = ask(service, "/Things?$expand=Locations,Datastreams&$top=100")["value"]
    streams = {stream["@iot.id"]: stream for thing in things for stream in thing["Datastreams"]}
    assert set(streams) == {one.number for one in network()}
    assert "phenomenonTime" not in streams[SILENT]
    assert streams[BROOK]["phenomenonTime"].endswith("/2026-03-04T05:00:00Z")
    assert all(thing["Locations"][0]["location"]["type"] == "Point" for thing in things)


def test_a_feed_finds_the_things_that_were_delivered(
    service: LiveService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1")
    paging = Paging(Peer("test", service.url, user="", secret="", timeout=20), service.url)
    things, streams, _ = Things(paging, "", ()).described()
    assert {stream.sensor_id for stream in streams.values()} == {one.sensor_id for one in network()}
    assert [path.read_bytes() for path in write_things(things, tmp_path)] == [stations()]


def test_a_new_reading_comes_with_every_pulse(service: LiveService, time: Time) -> None:
    asked = f"/Datastreams({BROOK})/Observations?$filter={quote('phenomenonTime gt 2026-03-04T04:00:00Z')}"
    first = ask(service, asked)["value"]
    assert [one["phenomenonTime"] for one in first] == ["2026-03-04T05:00:00Z"]
    time.now = BEGAN + 3 * PULSE
    later = ask(service, asked)["value"]
    assert [one["phenomenonTime"][-10:] for one in later] == ["T05:00:00Z", "T05:06:10Z", "T05:06:20Z", "T05:06:30Z"]
    times = np.array([one["phenomenonTime"][:-1] for one in later], "datetime64[s]")
    assert [one["result"] for one in later] == measured(sensor(BROOK), times).values.tolist()


def test_pages_hang_together(service: LiveService, time: Time) -> None:
    time.now = BEGAN + 100 * PULSE
    path, seen = f"/Datastreams({BROOK})/Observations?$top=70&$orderby=phenomenonTime%20asc", []
    while path:
        page = ask(service, path)
        seen += [one["phenomenonTime"] for one in page["value"]]
        path = str(page.get("@iot.nextLink", "")).removeprefix(service.url)
    assert seen == sorted(set(seen))
    assert len(seen) == 30 * 24 + 1 + 100


def test_most_sensors_report_by_the_hour(service: LiveService, time: Time) -> None:
    time.now = BEGAN + 3600
    asked = f"/Datastreams(50)/Observations?$filter={quote('phenomenonTime gt 2026-03-04T04:00:00Z')}"
    assert [one["phenomenonTime"] for one in ask(service, asked)["value"]] == [
        "2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/Datastreams(1)/Observations", "/Datastreams(x)/Observations", "/Sensors"])
def test_whatever_else_is_not_there(service: LiveService, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask(service, path)


def test_a_port_that_is_taken_is_no_trouble(service: LiveService, time: Time) -> None:
    taken = int(service.url.split(":")[2].partition("/")[0])
    with LiveService(taken, time) as second:
        assert second.url != service.url
        assert ask(second, "/Things")["value"]
