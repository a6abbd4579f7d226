"""Tables over HTTP: CSV and JSON become readings by a saved mapping, and nothing lands twice."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import twin
from ingest.feed.landing import land
from ingest.mapping.mapping import ColumnRule, GeometryRule, KeyRule, Mapping
from ingest.mapping.saved import save
from ingest.source import Setting
from ingest.sources import http_table
from ingest.sources.http_table import SOURCE
from twin.errors import FeedError, TwinError, UnsafeDelivery
from twin.feeds.feed import Feed

SOEST = "05974040"
PARKING = Mapping(
    "parken",
    "observation",
    {"phenomenon_time": ColumnRule("zeit"), "result": ColumnRule("frei.plaetze")},
    geometry=GeometryRule("none"),
    key=KeyRule(("haus",), "parken:"),
)


class Asked:
    """A feed of this source, whose cursor is kept as the runner keeps it."""

    def __init__(self, folder: Path, url: str, secret: str = "", **options: str) -> None:
        folder.mkdir(exist_ok=True)
        reference = "env:TOKEN" if secret else ""
        self.feed = Feed(SOEST, "parken", SOURCE.name, {"url": url, **options}, reference)
        self.cursor: dict[str, Any] = {}
        self.gatherer = SOURCE.open(Setting(self.feed, self.cursor, folder, secret))

    def ask(self, home: twin.Twin | None = None) -> list[Any]:
        found = []
        for catch in self.gatherer.gather():
            found.append(catch.path.read_bytes() if home is None else land(home, self.feed, catch))
            self.cursor.clear()
            self.cursor.update(json.loads(json.dumps(catch.cursor)))
        return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "catch"


def test_json_becomes_readings(home: twin.Twin, peer, folder: Path) -> None:
    rows = [
        {"haus": "Dom", "zeit": "2026-06-01T14:00:00+02:00", "frei": {"plaetze": 12}},
        {"haus": "Dom", "zeit": "2026-06-01T15:00:00+02:00", "frei": {"plaetze": 9}},
        {"haus": "Bahnhof", "zeit": 1780322400, "frei": {"plaetze": 3}},
        {"haus": "Bahnhof", "zeit": "", "frei": {"plaetze": 4}},
    ]
    peer.answer = lambda path, query: (200, {}, json.dumps({"stand": 1, "werte": rows}).encode())
    save(home, PARKING, SOEST)
    (landing,) = Asked(folder, f"{peer.url}/p", mapping="parken").ask(home)
    assert (landing.problem, landing.readings, landing.report.rejected_count) == (None, 3, 1)
    found = home.sql("SELECT ags, sensor_id, phenomenon_time, result FROM observation ORDER BY 2, 3").fetchall()
    assert found == [
        (SOEST, "parken:Bahnhof", datetime(2026, 6, 1, 14), 3.0),
        (SOEST, "parken:Dom", datetime(2026, 6, 1, 12), 12.0),
        (SOEST, "parken:Dom", datetime(2026, 6, 1, 13), 9.0),
    ]


def test_csv_becomes_readings(home: twin.Twin, peer, folder: Path) -> None:
    content = "haus;zeit;frei.plaetze\nDom;01.06.2026 14:00;12,5\nDom;1.6.2026 4:05:30;3\n"
    peer.answer = lambda path, query: (200, {"Content-Type": "text/csv"}, content.encode())
    save(home, PARKING, SOEST)
    (landing,) = Asked(folder, f"{peer.url}/p", mapping="parken").ask(home)
    assert (landing.problem, landing.readings) == (None, 2)
    found = home.sql("SELECT phenomenon_time, result FROM observation ORDER BY 1").fetchall()
    # No zone: legal time in Germany.
    assert found == [(datetime(2026, 6, 1, 2, 5, 30), 3.0), (datetime(2026, 6, 1, 12), 12.5)]


def test_a_mapping_that_is_not_there_is_said(home: twin.Twin, peer, folder: Path) -> None:
    peer.answer = lambda path, query: (200, {}, b'[{"a": 1}]')
    with pytest.raises(TwinError, match="nirgends"):
        Asked(folder, f"{peer.url}/p", mapping="nirgends").ask(home)


def test_what_has_not_changed_is_not_brought_again(peer, folder: Path) -> None:
    def answer(path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if peer.headers[-1].get("If-None-Match") == '"1"':
            return 304, {}, b""
        return 200, {"ETag": '"1"', "Last-Modified": "Mon, 01 Jun 2026 00:00:00 GMT"}, b"[]"

    peer.answer = answer
    asked = Asked(folder, f"{peer.url}/p")
    assert asked.ask() == [b"[]"]
    assert asked.ask() == []
    assert peer.headers[-1]["If-Modified-Since"] == "Mon, 01 Jun 2026 00:00:00 GMT"
    peer.answer = lambda path, query: (200, {}, b"[]")  # a server that knows no ETag
    assert asked.ask() == []
    peer.answer = lambda path, query: (200, {}, b"[1]")
    assert asked.ask() == [b"[1]"]


def test_times_in_the_address(peer, folder: Path) -> None:
    seen: list[dict[str, str]] = []

    def answer(path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        seen.append(query)
        return 200, {}, json.dumps(query).encode()

    peer.answer = answer
    asked = Asked(folder, f"{peer.url}/p?from={{since}}&to={{now}}&x={{y}}", begin="2d", time="%Y-%m-%dT%H:%M:%S+00:00")
    asked.ask()
    asked.ask()
    spans = [datetime.fromisoformat(one["to"]) - datetime.fromisoformat(one["from"]) for one in seen]
    assert spans[0].total_seconds() == 2 * 86400
    assert 3600 <= spans[1].total_seconds() < 3700
    assert seen[0]["x"] == "{y}"
    assert "If-None-Match" not in peer.headers[-1]


@pytest.mark.parametrize("fault", ["reset", "500", "401", "loop", "half", "private", "file"])
def test_faults_are_said_and_move_nothing(peer, folder: Path, fault: str) -> None:
    peer.answer = lambda path, query: (200, {}, b"[1, 2, 3, 4]")
    peer.faults = [fault]
    asked = Asked(folder, f"{peer.url}/p?key=geheim")
    with pytest.raises(TwinError) as said:
        asked.ask()
    assert "geheim" not in str(said.value)
    assert asked.cursor == {}
    assert asked.ask() == [b"[1, 2, 3, 4]"]


def test_a_stall_ends(peer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_table, "PATIENCE", http_table.Patience(idle=0.2, total=1.0))
    peer.faults = ["stall"]
    with pytest.raises(TwinError):
        Asked(folder, f"{peer.url}/p").ask()


def test_too_much_is_refused(peer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_table, "LARGEST", 10)
    peer.answer = lambda path, query: (200, {}, b"x" * 11)
    with pytest.raises(UnsafeDelivery):
        Asked(folder, f"{peer.url}/p").ask()


def test_the_secret_goes_into_a_header(peer, folder: Path) -> None:
    peer.answer = lambda path, query: (200, {}, b"[]")
    Asked(folder, f"{peer.url}/p", "geheim").ask()
    assert peer.headers[-1]["Authorization"] == "Bearer geheim"
    Asked(folder, f"{peer.url}/p", "geheim", header="X-Key").ask()
    assert peer.headers[-1]["X-Key"] == "geheim"
    assert "Authorization" not in peer.headers[-1]


@pytest.mark.parametrize(
    "options",
    [
        {"url": "file:///etc/passwd"},
        {"url": "//x"},
        {"url": "http://x.example/", "secret": "s"},
        {"url": "https://x", "begin": "x"},
        {"url": "https://x", "header": "A: b\r\n"},
        {"url": "https://x", "time": ""},
    ],
)
def test_options_that_make_no_sense(folder: Path, options: dict[str, str]) -> None:
    with pytest.raises(FeedError):
        Asked(folder, **options)
