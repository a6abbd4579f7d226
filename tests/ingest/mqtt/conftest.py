"""A real broker, started for a test and by it alone, and feeds that listen to it."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest

import twin
from ingest.job import Request, ingest
from ingest.run import Options
from ingest.source import Catch, Gatherer, Setting
from ingest.sources.mqtt import SOURCE
from twin.errors import Unreachable
from twin.feeds.feed import Feed
from twin.municipalities import Municipality

SOEST = "05974040"
_PUBLISHER, _SUBSCRIBER = (Path(__file__).with_name(name) for name in ("publisher.py", "subscriber.py"))


class Mosquitto:
    """Debian's broker on a port of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self.config = ["persistence true", f"persistence_location {folder}/", "sys_interval 1", "user root"]
        self.config += ["max_queued_messages 0", "allow_anonymous true", f"listener {self.port} 127.0.0.1"]

    def start(self) -> None:
        file = self.folder / "mosquitto.conf"
        file.write_text("\n".join(self.config) + "\n")
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([self.program, "-c", str(file)], stdout=log, stderr=log)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "mosquitto.log").read_text())

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Starts a broker; lines of configuration may be replaced: ``mosquitto("max_queued_messages 1000")``."""
    program = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
    if program is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    made: list[Mosquitto] = []

    def start(*lines: str, without: str = "") -> Mosquitto:
        folder = tmp_path / f"broker{len(made)}"
        folder.mkdir()
        broker = Mosquitto(program, folder)
        made.append(broker)
        names = {line.split()[0] for line in lines} | {without}
        broker.config = [line for line in broker.config if line.split()[0] not in names] + list(lines)
        broker.start()
        return broker

    yield start
    for broker in made:
        broker.end(signal.SIGKILL)


class Listening:
    """A feed at work, without a runner: asked, landed, acknowledged by the test."""

    def __init__(self, home: Any, folder: Path, port: int, secret: str = "", **options: str) -> None:
        defaults = {one.name: one.default for one in SOURCE.options if one.default}
        given = {"host": "127.0.0.1", "port": str(port), **{name: value for name, value in options.items() if value}}
        self.feed = Feed(SOEST, "mqtt", "mqtt", defaults | given, saved_at="2026-06-01T00:00:00Z")
        self.home, self.folder, self.secret = home, folder, secret
        self.cursor: dict[str, Any] = {}
        self.reports: list[Any] = []
        self.gatherer: Gatherer | None = None

    def open(self) -> Gatherer:
        if self.gatherer is None:
            self.folder.mkdir(exist_ok=True)
            self.gatherer = SOURCE.open(Setting(self.feed, self.cursor, self.folder, self.secret))
        return self.gatherer

    def ask(self) -> int:
        """One asking; how many readings have been loaded."""
        return sum(self.land(catch) for catch in self.open().gather())

    def die_after_landing(self) -> None:
        """Ask in a process of its own, that kills itself when something has landed and before it says so."""
        assert self.gatherer is None
        self.folder.mkdir(exist_ok=True)
        declared = {"feed": asdict(self.feed), "cursor": self.cursor}
        (self.folder / "feed").write_text(json.dumps(declared), "utf-8")
        words = [sys.executable, str(_SUBSCRIBER), str(self.home.home.path), str(self.folder)]
        assert subprocess.run(words, timeout=120, check=False).returncode == -signal.SIGKILL
        self.cursor.update(json.loads((self.folder / "cursor").read_text("utf-8")))

    def land(self, catch: Catch) -> int:
        report = ingest(
            self.home, [str(catch.path)],
            Request(Options(ags=SOEST), format=catch.format, workers=1, author="feed mqtt", tenants=(SOEST,)),
        ).deliveries[0]  # fmt: skip
        assert not report.error, report.error
        self.reports.append(report)
        self.cursor.update(catch.cursor or {})
        catch.landed()
        catch.path.unlink()
        return sum(report.loaded.get("observation", {}).values())

    def until(self, count: int, seconds: float = 60.0) -> None:
        """Ask until the twin holds so many readings."""
        end = time.monotonic() + seconds
        while self.count() < count and time.monotonic() < end:
            try:
                self.ask()
            except Unreachable:
                self.close()  # as the runner does: the next asking begins anew
            time.sleep(0.05)

    def until_said(self, code: str, seconds: float = 60.0) -> None:
        """Ask until a finding has been made."""
        end = time.monotonic() + seconds
        while not any(finding.code == code for report in self.reports for finding in report.findings.kept):
            assert time.monotonic() < end, f"no {code}"
            self.ask()

    def count(self) -> int:
        return self.home.sql("SELECT count(*) FROM observation").fetchall()[0][0]

    def close(self) -> None:
        if self.gatherer is not None:
            self.gatherer.close()
            self.gatherer = None


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1,localhost")
    with twin.init(tmp_path / "home", "05974") as made:
        made.register([Municipality(SOEST, "Soest")])
        made.join(SOEST, ["sensor"], "open")
        yield made


@pytest.fixture
def listen(home, tmp_path: Path):
    made: list[Listening] = []

    def begin(broker: Mosquitto | int, secret: str = "", **options: str) -> Listening:
        port = broker if isinstance(broker, int) else broker.port
        made.append(Listening(home, tmp_path / "feed", port, secret, **options))
        return made[-1]

    yield begin
    for one in made:
        one.close()


@pytest.fixture
def publish():
    """Publishes messages at once, by QoS 1 unless said: ``publish(broker, {topic: payload, …})``."""

    def send(broker: Mosquitto, messages: dict[str, Any] | list[tuple[str, Any]], qos: int = 1, retain: bool = False):
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        pairs = list(messages.items()) if isinstance(messages, dict) else messages
        for info in [client.publish(topic, payload, qos, retain) for topic, payload in pairs]:
            info.wait_for_publish(20)
        client.disconnect()
        client.loop_stop()

    return send


@pytest.fixture
def publisher() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a publisher in a process of its own: ``publisher(broker, count, rate)``; see ``publisher.py``."""
    started: list[subprocess.Popen[bytes]] = []

    def start(broker: Mosquitto, count: int, rate: float) -> subprocess.Popen[bytes]:
        words = [sys.executable, str(_PUBLISHER), str(broker.port), str(count), str(rate)]
        started.append(subprocess.Popen(words))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
