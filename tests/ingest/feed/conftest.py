"""A district with a municipality that shares sensors, sources that do as a test tells them, and a fast clock."""

from __future__ import annotations

import io
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import ingest.feed.setting
import twin
from ingest.feed.clock import Clock
from ingest.feed.journal import Journal
from ingest.feed.runner import Runner
from ingest.source import Catch, Option, Setting, Source
from twin import Twin
from twin.errors import UnknownName
from twin.feeds.feed import Feed, save_feed
from twin.feeds.state import FeedState, feed_states
from twin.language import Text

SOEST, WERL = "05974040", "05974052"
SERVICE = "https://frost.example.org/v1.1"


class Fast(Clock):
    """Runs so many times as fast as the world; the wall's may be set."""

    def __init__(self, factor: float = 100.0) -> None:
        self.factor = factor
        self.step = 0.0
        self._begin, self._wall = super().monotonic(), super().now()

    def monotonic(self) -> float:
        return (super().monotonic() - self._begin) * self.factor

    def now(self):
        from datetime import timedelta

        return self._wall + timedelta(seconds=self.monotonic() + self.step)

    def lasting(self, seconds: float) -> float:
        return seconds / self.factor


def entities(hours: list[int], sensor: int = 1, value: float = 0.0) -> dict[str, Any]:
    """A sensor and its readings, as SensorThings has them."""
    unit = {"name": "Zentimeter", "symbol": "cm", "definition": "ucum:cm"}
    link = f"{SERVICE}/Datastreams({sensor})"
    readings = [
        {"phenomenonTime": f"2026-06-{1 + hour // 24:02}T{hour % 24:02}:00:00Z", "result": value + hour}
        for hour in hours
    ]
    stream = {"@iot.id": sensor, "@iot.selfLink": link, "name": "Wasserstand", "unitOfMeasurement": unit}
    return {"value": [{**stream, "Observations": readings}]}


class Told:
    """A gatherer that does as it is told; `log` says what was done with it."""

    def __init__(self, setting: Setting, plan: Callable[[Told], Iterator[Catch]], log: list[str]) -> None:
        self.setting, self._plan, self.log = setting, plan, log
        self.gathered = 0
        log.append("open")

    def gather(self) -> Iterator[Catch]:
        self.gathered += 1
        self.log.append("gather")
        return self._plan(self)

    def close(self) -> None:
        self.log.append("close")

    def catch(self, content: object, cursor: dict[str, Any] | None = None, name: str = "") -> Catch:
        path = self.setting.folder / (name or f"{self.gathered}-{len(self.log)}.json")
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return Catch(path, "sensor_things", cursor, landed=lambda: self.log.append("landed"))


class Sources:
    """Sources by name, as `twin.discovery.find` finds them."""

    def __init__(self) -> None:
        self.plans: dict[str, Callable[[Told], Iterator[Catch]]] = {}
        self.logs: dict[str, list[str]] = {}
        self.open: list[Told] = []

    def add(self, name: str, plan: Callable[[Told], Iterator[Catch]]) -> list[str]:
        self.plans[name] = plan
        return self.logs.setdefault(name, [])

    def find(self, constant: str, name: str) -> Source:
        if name not in self.plans:
            raise UnknownName(kind="source", name=name, known=", ".join(self.plans))
        word = Text(name, name)

        def begin(setting: Setting) -> Told:
            told = Told(setting, self.plans[name], self.logs[name])
            self.open.append(told)
            return told

        return Source(name, word, word, (Option("url", word),), begin, every=60, secret=word)


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Sources:
    found = Sources()
    monkeypatch.setattr(ingest.feed.setting, "find", found.find)
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Twin]:
    with twin.init(tmp_path / "home", "05974") as made:
        made.join(SOEST, ["sensor"], "open")
        yield made


@pytest.fixture
def declare(home: Twin) -> Callable[..., Feed]:
    def declare(name: str, source: str = "", **more: Any) -> Feed:
        feed = Feed(more.pop("ags", SOEST), name, source or name, **more)
        save_feed(home.registry, feed)
        return feed

    return declare


class Running:
    """A runner in a thread of its own."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self.clock, self.stream = clock, io.StringIO()
        self.twin = twin.open(home)
        self.runner = Runner(self.twin, Journal(home, clock, self.stream), clock, random.Random(4711))
        self.thread = threading.Thread(target=self.runner.run, daemon=True)

    def states(self) -> dict[str, FeedState]:
        with self.twin.registry.read() as transaction:
            return {name: state for (_, name), state in feed_states(transaction).items()}

    def lines(self, *events: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return [line for line in found if line["event"] in events] if events else found


@pytest.fixture
def running(home: Twin) -> Callable[..., Any]:
    @contextmanager
    def run(clock: Clock | None = None) -> Iterator[Running]:
        found = Running(home.home.path, clock or Fast())
        found.thread.start()
        try:
            yield found
        finally:
            found.runner.stop()
            found.thread.join(30)
            assert not found.thread.is_alive()
            found.runner.journal.close()
            found.twin.close()

    return run


def until(done: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something is so."""
    event = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if done():
            return
        event.wait(0.02)
    raise AssertionError("it never came to that")
