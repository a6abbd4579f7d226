"""A service that answers as FROST does, as far as feeds ask, one that flaps, and a home that what it has lands in."""

from __future__ import annotations

import gzip
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import twin
from ingest.job import Request, ingest
from ingest.run import Options
from ingest.source import Gatherer, Setting, Source
from twin.feeds.feed import Feed
from twin.municipalities import Municipality

SOEST = "05974040"
_COMPARISON = re.compile(r"(\w+) (gt|ge|lt|le|eq) ([^\s()]+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
}  # fmt: skip


class Peer:
    """A server on this machine whose answers are told by a function, and spoiled by the faults that come first."""

    def __init__(self) -> None:
        self.answer: Callable[[str, dict[str, str]], tuple[int, dict[str, str], bytes]] = lambda path, query: (
            404,
            {},
            b"",
        )
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.stopping = threading.Event()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:
                peer.asked.append(self.path)
                peer.headers.append(dict(self.headers.items()))
                fault = "loop" if self.path == "/loop" else peer.faults.pop(0) if peer.faults else ""
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                status, headers, body = peer.answer(parts.path, query)
                peer.spoil(self, fault, status, headers, body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def spoil(self, handler: Any, fault: str, status: int, headers: dict[str, str], body: bytes) -> None:  # noqa: PLR0912 – a branch a fault
        if fault == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        if fault == "stall":
            self.stopping.wait(30)
            return
        if fault in ("500", "503", "401", "404"):
            status, body = int(fault), b"no"
        if fault in ("loop", "private", "file"):
            goal = {
                "loop": "/loop",
                "private": "http://169.254.169.254/latest/meta-data",
                "file": "file:///etc/passwd",
            }
            status, headers, body = 302, {"Location": goal[fault]}, b""
        if fault == "html":
            headers, body = {"Content-Type": "text/html"}, b"<!doctype html><html><body>Anmeldung</body></html>"
        if fault == "torn":
            body = body[: len(body) // 2]
        if fault == "gzip":
            headers, body = {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)
        if fault == "bomb":
            headers, body = {**headers, "Content-Encoding": "gzip"}, gzip.compress(b" " * (80 << 20))
        if fault == "type":
            headers = {"Content-Type": "application/octet-stream"}
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if fault == "half":
            handler.wfile.write(body[: len(body) // 2])
        elif fault == "drip":
            for place in range(len(body)):
                if self.stopping.wait(0.05):
                    return
                handler.wfile.write(body[place : place + 1])
                handler.wfile.flush()
        else:
            handler.wfile.write(body)


class Frost(Peer):
    """SensorThings 1.1: Things with their Datastreams, and Observations with $filter, $orderby, $top and $skip."""

    def __init__(self) -> None:
        super().__init__()
        self.root = f"{self.url}/FROST/v1.1"
        self.links = self.root
        self.things: list[dict[str, Any]] = []
        self.observations: dict[str, list[dict[str, Any]]] = {}
        self.page = 1000
        self.things_page = 100
        self.ordered = True
        self.says_ends = True
        self.answer = self._answer

    def add_stream(self, number: int, *, name: str = "Wasserstand", unit: str = "cm", thing: int | None = None) -> str:
        key = str(number)
        stream = {
            "@iot.id": number, "@iot.selfLink": f"{self.links}/Datastreams({key})", "name": name, "description": "",
            "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
            "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": f"ucum:{unit}"},
            "ObservedProperty": {"@iot.id": 1, "name": name, "definition": "https://example.org/p", "description": "p"},
            "Sensor": {"@iot.id": 1, "name": "Sonde", "encodingType": "text/html", "metadata": "https://example.org"},
        }  # fmt: skip
        own = thing or number
        found = next((one for one in self.things if one["@iot.id"] == own), None)
        if found is None:
            place = {"type": "Point", "coordinates": [8.1 + own / 10_000, 51.57]}
            located = {"@iot.id": own, "name": "Ort", "encodingType": "application/geo+json", "location": place}
            found = {
                "@iot.id": own,
                "name": f"Pegel {own}",
                "properties": {"n": own},
                "Locations": [located],
                "Datastreams": [],
            }
            self.things.append(found)
        found["Datastreams"].append(stream)
        self.observations[key] = []
        return key

    def add(self, key: str, at: str, result: Any, stated: str | None = None, quality: Any = None) -> None:
        entity = {"phenomenonTime": at, "result": result, "resultTime": stated, "resultQuality": quality}
        former = [one for one in self.observations[key] if one["phenomenonTime"] != at]
        self.observations[key] = [*former, entity]

    def _answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        found = re.fullmatch(r"/FROST/v1\.1/(Things|Datastreams\(([^()]+)\)/Observations)", path)
        if found is None or (found[2] and found[2] not in self.observations):
            return 404, {}, b"{}"
        if found[1] == "Things":
            entities, most = [self._thing(one, "Observations" not in query) for one in self.things], self.things_page
        else:
            entities, most = self._chosen(found[2], query), self.page
        top = min(int(query.get("$top", most)), most)
        skip = int(query.get("$skip", 0))
        page: dict[str, Any] = {"value": entities[skip : skip + top]}
        if skip + top < len(entities):
            rest = "&".join(f"{name}={value}" for name, value in query.items() if name != "$skip")
            page["@iot.nextLink"] = f"{self.links}{path.removeprefix('/FROST/v1.1')}?{rest}&$skip={skip + top}"
        return 200, {}, json.dumps(page).encode()

    def _thing(self, thing: dict[str, Any], whole: bool) -> dict[str, Any]:
        streams = []
        for stream in thing["Datastreams"]:
            times = sorted(one["phenomenonTime"] for one in self.observations[str(stream["@iot.id"])])
            stated = sorted(filter(None, (one["resultTime"] for one in self.observations[str(stream["@iot.id"])])))
            ends = {"phenomenonTime": f"{times[0]}/{times[-1]}"} if times and self.says_ends else {}
            ends |= {"resultTime": f"{stated[0]}/{stated[-1]}"} if stated and self.says_ends else {}
            streams.append({**stream, **ends})
        return {**thing, "Datastreams": streams}

    def _chosen(self, key: str, query: dict[str, str]) -> list[dict[str, Any]]:
        condition = query.get("$filter", "")

        def fits(entity: dict[str, Any]) -> bool:
            def told(found: re.Match[str]) -> str:
                value = entity.get(found[1])
                return str(value is not None and _COMPARE[found[2]](value, found[3]))

            words = _COMPARISON.sub(told, condition)
            assert re.fullmatch(r"(?:True|False|and|or|[() ])*", words), words
            return bool(eval(words)) if words else True

        # Texts of one form sort as their times do.
        found = [entity for entity in self.observations[key] if fits(entity)]
        if self.ordered and query.get("$orderby", "").startswith("phenomenonTime"):
            found.sort(key=lambda entity: entity["phenomenonTime"])
        return found


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1")


@pytest.fixture
def peer() -> Iterator[Peer]:
    started = Peer()
    yield started
    started.stop()


@pytest.fixture
def frost() -> Iterator[Frost]:
    started = Frost()
    yield started
    started.stop()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[twin.Twin]:
    with twin.init(tmp_path / "home", "05974") as made:
        made.register([Municipality(SOEST, "Soest")])
        made.join(SOEST, ["sensor"], "open")
        yield made


class Poller:
    """A feed at work: what it catches lands, and its cursor is kept as the registry would keep it."""

    def __init__(
        self, home: twin.Twin, source: Source, folder: Path, options: dict[str, str], secret: str = ""
    ) -> None:
        self.home, self.source, self.folder, self.options, self.secret = home, source, folder, options, secret
        self.cursor: dict[str, Any] = {}
        self.reports: list[Any] = []
        self.folder.mkdir(exist_ok=True)
        self.gatherer: Gatherer = self.start()

    def start(self) -> Gatherer:
        """As after a restart of the process: only the cursor is left."""
        feed = Feed(SOEST, "pegel", self.source.name, self.options)
        kept = json.loads(json.dumps(self.cursor))
        self.gatherer = self.source.open(Setting(feed, kept, self.folder, self.secret, self._latest))
        return self.gatherer

    def poll(self) -> list[Any]:
        """Reports of what landed; whatever goes wrong is raised after that."""
        reports: list[Any] = []
        try:
            for catch in self.gatherer.gather():
                wanted = Request(Options(ags=SOEST, crs=catch.crs), format=catch.format, workers=1)
                reports += ingest(self.home, [str(catch.path)], wanted).deliveries
                if catch.cursor is not None:
                    self.cursor = catch.cursor
                catch.landed()
                catch.path.unlink(missing_ok=True)
        finally:
            self.reports += reports
        assert not [report.error for report in reports if report.error]
        return reports

    def _latest(self, ids: list[str]) -> dict[str, Any]:
        sql = "SELECT sensor_id, max(phenomenon_time) FROM observation WHERE sensor_id IN (SELECT unnest(?)) GROUP BY 1"
        return dict(self.home.sql(sql, values=[ids]).fetchall())

    def stored(self) -> set[tuple[str, str, float]]:
        sql = (
            "SELECT split_part(sensor_id, ':', -1), strftime(phenomenon_time, '%Y-%m-%dT%H:%M:%S.000Z'), result "
            "FROM observation"
        )
        rows = self.home.sql(sql).fetchall()
        assert len(rows) == len({row[:2] for row in rows})
        return set(rows)


@pytest.fixture
def poller(home: twin.Twin, tmp_path: Path) -> Callable[..., Poller]:
    def make(source: Source, secret: str = "", **options: str) -> Poller:
        return Poller(home, source, tmp_path / "catch", options, secret)

    return make


@pytest.fixture
def make_frost() -> Iterator[Callable[[], Frost]]:
    """Makes services, for tests with many examples."""
    made: list[Frost] = []

    def make() -> Frost:
        made.append(Frost())
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def poller_in() -> Iterator[Callable[..., Poller]]:
    """Makes feeds, each with a home of its own in a folder."""
    homes: list[twin.Twin] = []

    def make(folder: Path, source: Source, **options: str) -> Poller:
        made = twin.init(folder / "home", "05974")
        homes.append(made)
        made.register([Municipality(SOEST, "Soest")])
        made.join(SOEST, ["sensor"], "open")
        return Poller(made, source, folder / "catch", options)

    yield make
    for one in homes:
        one.close()


@pytest.fixture
def held() -> Callable[[Frost], set[tuple[str, str, float]]]:
    """What a service has, as `Poller.stored` gives what has landed."""

    def of(frost: Frost) -> set[tuple[str, str, float]]:
        return {
            (key, one["phenomenonTime"], float(one["result"]))
            for key, many in frost.observations.items()
            for one in many
        }

    return of


@pytest.fixture
def moment_of() -> Callable[[int], str]:
    """So many minutes after a moment three days ago."""
    since = time.time() // 3600 * 3600 - 86_400 * 3
    return lambda minute: time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(since + 60 * minute))
