"""Gauges that are polled."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.polling.standing import utc_now
from ingest.sources.pegel_online import SOURCE
from twin.errors import TwinError

UUID = "facc5c16-f700-4248-9893-a395bffaf2e4"
STATION = {
    "uuid": UUID, "number": "27800090", "shortname": "WALTROP", "longname": "WALTROP", "km": 2.144, "agency": "WSA",
    "longitude": 7.38, "latitude": 51.64, "water": {"shortname": "DHK", "longname": "DATTELN-HAMM-KANAL"},
    "timeseries": [{"shortname": "W", "longname": "WASSERSTAND ROHDATEN", "unit": "cm", "equidistance": 15}],
}  # fmt: skip


@pytest.fixture
def gauge(peer: Any) -> Any:
    peer.readings = {}

    def answer(path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/v2/stations.json":
            far = {**STATION, "uuid": "4ef9dd9c-b32b-43fc-bc5e-3849d4ab7ecc", "longitude": 12.0, "latitude": 48.0}
            return 200, {}, json.dumps([STATION, far]).encode()
        found = re.fullmatch(rf"/v2/stations/{UUID}/W/measurements.json", path)
        since = datetime.fromisoformat(query.get("start", "")).replace(tzinfo=None)
        rows = [
            {"timestamp": at.isoformat() + "Z", "value": value} for at, value in peer.readings.items() if at > since
        ]
        return (200, {}, json.dumps(rows).encode()) if found else (404, {}, b"")

    peer.answer = answer
    return peer


def test_what_is_new_comes_and_a_fault_moves_nothing(gauge: Any, poller: Any) -> None:
    feed = poller(SOURCE, url=f"{gauge.url}/v2", box="7,51,8,52", timeout="2")
    start = utc_now().replace(microsecond=0) - timedelta(days=2)
    for quarter in range(100):
        gauge.readings[start + timedelta(minutes=15 * quarter)] = 230.0 + quarter
    assert [report.loaded for report in feed.poll()] == [
        {"sensor": {"05974040": 1}},
        {"observation": {"05974040": 100}},
    ]
    assert feed.poll() == []
    before = dict(feed.cursor)
    gauge.readings[start + timedelta(minutes=15 * 99 - 7)] = 1.0  # late
    gauge.readings[start + timedelta(minutes=15 * 100)] = 231.0
    for fault in ("reset", "503", "html", "torn"):
        gauge.faults = [fault]
        with pytest.raises(TwinError):
            feed.poll()
        assert feed.cursor == before
    feed.start()
    feed.poll()
    assert len(feed.stored()) == 102
    rows = feed.home.sql("SELECT DISTINCT sensor_id, quality FROM observation").fetchall()
    assert rows == [(f"pegelonline:{UUID}:W", "provisional")]
    assert feed.home.sql("SELECT unit, interval, station FROM sensor").fetchall() == [("cm", 900, "27800090")]


def test_a_level_off_scale_is_found_by_its_unit(gauge: Any, poller: Any) -> None:
    feed = poller(SOURCE, url=f"{gauge.url}/v2", box="7,51,8,52")
    gauge.readings[utc_now() - timedelta(hours=1)] = 1e7
    reports = feed.poll()
    assert [finding.code for finding in reports[-1].findings.kept] == ["observation.off_scale"]
