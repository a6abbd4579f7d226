"""Air quality that is polled."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.polling.standing import utc_now
from ingest.sources.luqs import SOURCE
from twin.errors import FeedError, TwinError

_PLACE = [
    "2",
    "3",
    "4",
    "NW",
    "Nordrhein-Westfalen",
    "vorstädtisches Gebiet",
    "vorstädtisch",
    "Hintergrund",
    "Weg",
    "1",
    "5",
]
STATION = ["1179", "DENW068", "Soest-Ost", "Soest", "SOES", "1989-01-01", None, "8.148", "51.5706", *_PLACE]
TABLE = (
    "21.11.2026;10:00\r\nStation;Kürzel;Ozon;SO2;NO2;PM10;\r\nSoest-Ost;SOES;41;*;<10;18;\r\nAachen;VACW;-;1;30;20;\r\n"
)


@pytest.fixture
def uba(peer: Any) -> Any:
    peer.hours = {}

    def answer(path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/v3/stations/json":
            return 200, {}, json.dumps({"data": {"1179": STATION, "9": [*STATION[:8], "48", *STATION[9:]]}}).encode()
        rows = {
            begin: [int(query["component"]), 2, value, str(datetime.fromisoformat(begin) + timedelta(hours=1)), None]
            for begin, value in peer.hours.items()
            if query["date_from"] <= begin[:10] <= query["date_to"] and query["component"] == "5"
        }
        return 200, {}, json.dumps({"data": {"1179": rows} if rows else []}).encode()

    peer.answer = answer
    return peer


def test_hours_of_the_uba_come_with_their_place(uba: Any, poller: Any) -> None:
    feed = poller(SOURCE, url=f"{uba.url}/v3", box="8,51,9,52", components="NO2,O3", timeout="2")
    start = (utc_now() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0) - timedelta(hours=60)
    for hour in range(50):
        uba.hours[str(start + timedelta(hours=hour))] = 10.0 + hour
    uba.hours[str(start + timedelta(hours=50))] = None
    assert [report.loaded for report in feed.poll()] == [{"sensor": {"05974040": 2}}, {"observation": {"05974040": 50}}]
    sql = (
        "SELECT sensor_id, min(phenomenon_time), min(phenomenon_end) - min(phenomenon_time) FROM observation GROUP BY 1"
    )
    assert feed.home.sql(sql).fetchall() == [("uba:DENW068:no2", start - timedelta(hours=1), timedelta(hours=1))]
    assert feed.home.sql("SELECT DISTINCT unit, geom IS NULL FROM sensor").fetchall() == [("ug/m3", False)]
    assert feed.poll() == []
    before = dict(feed.cursor)
    uba.hours[str(start + timedelta(hours=50))] = 3.0
    for fault in ("reset", "503", "html"):
        uba.faults = [fault]
        with pytest.raises(TwinError):
            feed.poll()
        uba.faults = []
        if feed.cursor != before:
            break
    feed.start()
    feed.poll()
    assert len(feed.stored()) == 51


def test_the_current_hour_of_the_state(peer: Any, poller: Any) -> None:
    peer.answer = lambda path, query: (200, {"Content-Type": "text/csv"}, TABLE.encode("latin-1"))
    feed = poller(SOURCE, network="luqs", url=f"{peer.url}/eu_luftqualitaet.csv", stations="SOES")
    feed.poll()
    sql = "SELECT sensor_id, phenomenon_time, result, result_text FROM observation ORDER BY 1"
    nine = datetime(2026, 11, 21, 9)
    found = feed.home.sql(sql).fetchall()
    assert found == [
        ("luqs:SOES:no2", nine, None, "<10"),
        ("luqs:SOES:o3", nine, 41.0, None),
        ("luqs:SOES:pm10", nine, 18.0, None),
    ]
    assert feed.poll() == []
    peer.answer = lambda path, query: (200, {}, b"<html>")
    with pytest.raises(TwinError):
        feed.poll()


@pytest.mark.parametrize("option", [{}, {"network": "x"}, {"box": "1"}, {"stations": "A", "components": "gold"}])
def test_options_that_make_no_sense_are_refused_at_once(option: dict[str, str], poller: Any) -> None:
    with pytest.raises(FeedError):
        poller(SOURCE, **option)
