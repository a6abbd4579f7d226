"""A month of readings in a minute: servers that flap, clocks that jump, a runner that is killed again and again.

``TWIN_MONTH`` is how long it lasts. [s]
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import twin
from tests.ingest.sources.conftest import Frost
from twin.feeds.feed import Feed, save_feed
from twin.feeds.state import feed_states

SOEST = "05974040"
SECONDS = float(os.environ.get("TWIN_MONTH", "12"))
HOURS, SENSORS = 30 * 24, 4
FACTOR = HOURS * 3600 / SECONDS
FAULTS = ("reset", "half", "500", "503", "loop", "torn", "html", "stall")
"""What becomes of answers now and then; the runner is told to wait no longer than a second."""

_LOST = 90.0  # [s] after which what has not come is taken to be lost


class Month:
    """The world: hour by hour there is one more reading of every sensor, and once a day a file is dropped."""

    def __init__(self, frost: Frost, drop: Path, chance: random.Random) -> None:
        self.frost, self.drop, self.chance = frost, drop, chance
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.first = now - timedelta(hours=HOURS + 2)
        self.streams = [frost.add_stream(number) for number in range(1, SENSORS + 1)]
        self.over = threading.Event()
        self.expected: set[tuple[str, str, float]] = set()
        self._thread = threading.Thread(target=self._pass, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.over.set()
        self._thread.join(60)

    def _pass(self) -> None:
        began = time.monotonic()
        for hour in range(HOURS):
            until = began + (hour + 1) * SECONDS / HOURS
            if self.over.wait(max(until - time.monotonic(), 0.0)):
                return
            at = (self.first + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            for stream in self.streams:
                value = round(self.chance.uniform(0, 300), 2)
                self.frost.add(stream, at, value)
                self.expected.add((stream, at, value))
            if self.chance.random() < 0.1 and len(self.frost.faults) < 2:
                self.frost.faults.append(self.chance.choice(FAULTS))
            if hour % 24 == 23:
                self._drop(hour)
        self.frost.faults.clear()

    def _drop(self, hour: int) -> None:
        """A day's readings of one more sensor as a file, renamed when it is whole."""
        readings = []
        for one in range(hour - 23, hour + 1):
            at = (self.first + timedelta(hours=one)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            readings.append({"phenomenonTime": at, "result": float(one)})
            self.expected.add(("99", at, float(one)))
        link = f"{self.frost.root}/Datastreams(99)"
        unit = {"name": "cm", "symbol": "cm", "definition": "ucum:cm"}
        stream = {"@iot.id": 99, "@iot.selfLink": link, "name": "Wasserstand", "unitOfMeasurement": unit}
        part = self.drop / f"{hour}.json.part"
        part.write_text(json.dumps({"value": [{**stream, "Observations": readings}]}), "utf-8")
        part.rename(self.drop / f"{hour}.json")


def stored(home: Path) -> list[tuple[str, str, float]]:
    with twin.open(home) as opened:
        rows: list[Any] = opened.sql(
            """SELECT split_part(sensor_id, ':', -1), strftime(phenomenon_time, '%Y-%m-%dT%H:%M:%S.000Z'), result
               FROM observation"""
        ).fetchall()
    return rows


def memory(pid: int) -> int:
    """What a process holds. [kB]"""
    words = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()
    return int(words[0])


@pytest.fixture
def frost(monkeypatch: pytest.MonkeyPatch) -> Iterator[Frost]:
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1")
    started = Frost()
    yield started
    started.stop()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_month_of_kills_flaps_and_clock_steps_loses_and_doubles_nothing(frost: Frost, tmp_path: Path) -> None:
    chance = random.Random(4711)
    home, drop = tmp_path / "home", tmp_path / "drop"
    drop.mkdir()
    _declare(home, frost, drop)
    words = [sys.executable, str(Path(__file__).with_name("runner_process.py")), str(home), str(FACTOR)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([*words, str(chance.randrange(10**6))], env=environment, stdout=subprocess.PIPE)

    month = Month(frost, drop, chance)
    month.begin()
    kills = 0
    began = time.monotonic()
    process = start()
    try:
        while time.monotonic() - began < 0.7 * SECONDS:
            if kills % 4:
                _ready(process)  # else it is killed while it begins
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.0, 5.0))
                raise AssertionError("the runner ended by itself")
            process.kill()
            process.wait()
            kills += 1
            process = start()
        _ready(process)
        sizes = _to_its_end(month, home, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        month.end()
    found = stored(home)
    assert kills >= 2
    assert len(found) == len({row[:2] for row in found})  # none doubled
    assert set(found) == month.expected  # none lost, none changed
    assert sorted(path.name for path in drop.iterdir()) == [".taken", "done", "refused"]
    assert not list((drop / "refused").iterdir())
    assert len([path for path in (drop / "done").iterdir() if not path.name.endswith("report.json")]) == HOURS // 24
    with twin.open(home) as opened, opened.registry.read() as transaction:
        states = {name: state for (_, name), state in feed_states(transaction).items()}
    assert states["pegel"].failures == 0
    assert states["weg"].failures > 0
    # Memory: the first samples are of a process that still imports and attaches.
    half = len(sizes) // 2
    assert max(sizes[half:]) < 1.3 * max(sizes[:half])


def _declare(home: Path, frost: Frost, drop: Path) -> None:
    with twin.init(home, "05974") as made:
        made.join(SOEST, ["sensor"], "open")
        options = {"url": frost.root, "timeout": "1"}
        save_feed(made.registry, Feed(SOEST, "pegel", "sensor_things", options, every=3600))
        save_feed(made.registry, Feed(SOEST, "ablage", "folder", {"path": str(drop)}, every=6 * 3600))
        nobody = {"url": "http://127.0.0.1:9/"}
        save_feed(made.registry, Feed(SOEST, "weg", "http_table", nobody, every=3600))


def _ready(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"


def _to_its_end(month: Month, home: Path, process: subprocess.Popen[bytes]) -> list[int]:
    """Wait until everything has come; gives the sizes of the process by then and for a while more. [kB]"""
    sizes = []
    deadline = time.monotonic() + SECONDS + _LOST
    while time.monotonic() < deadline:
        time.sleep(0.25)
        sizes.append(memory(process.pid))
        if (
            len(month.expected) == HOURS * (SENSORS + 1)
            and len(sizes) % 8 == 0
            and len(stored(home)) >= len(month.expected)
        ):
            break
    for _ in range(20):
        time.sleep(0.25)
        sizes.append(memory(process.pid))
    return sizes
