from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from filelock import Timeout

import twin
from ingest.commands.feed_run import LOCK
from ingest.demo.live import NAME, at_work
from ingest.demo.places import DISTRICT
from ingest.demo.sensors import SILENT, sensor
from ingest.demo.things import network
from twin.feeds.feed import feeds

pytestmark = pytest.mark.slow

PATIENCE = 240.0
LATEST = "SELECT sensor_id, max(phenomenon_time) FROM observation GROUP BY 1"


def eventually(true: Callable[[], bool]) -> bool:
    """Whether it comes true before patience ends."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.5)
    return False


def moved_on(home: Path, seen: dict[str, datetime]) -> bool:
    """Whether there are later readings of all."""
    found = latest(home)
    return all(found[name] > at for name, at in seen.items())


def latest(home: Path) -> dict[str, datetime]:
    with twin.open(home) as t:
        return dict(t.sql(LATEST).fetchall())


def is_running(home: Path) -> bool:
    """Whether a runner of feeds holds the home."""
    with twin.open(home) as t:
        try:
            with t.home.lock(LOCK, timeout=0):
                return False
        except Timeout:
            return True


def test_readings_go_on_while_it_works_and_nothing_is_left_when_it_ends(fresh: Path) -> None:
    with at_work(fresh, every=1) as child:
        known = {one.sensor_id: one for one in network()}
        assert eventually(lambda: len(latest(fresh)) == len(known) - 1)
        first = latest(fresh)
        assert set(first) == set(known) - {sensor(SILENT).sensor_id}
        # New readings of those that are live arrive again and again.
        live = [name for name, one in known.items() if one.live]
        for _ in range(2):
            assert eventually(partial(moved_on, fresh, {name: first[name] for name in live}))
            first = latest(fresh)
        assert child.poll() is None
    assert child.returncode == 0
    assert not is_running(fresh)
    with twin.open(fresh) as t, t.registry.read() as transaction:
        assert [(feed.ags, feed.name, feed.enabled) for feed in feeds(transaction)] == [(DISTRICT, NAME, False)]
    assert "TWIN_ALLOW_HOSTS" not in os.environ


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_it_ends_with_a_demo_that_is_killed(fresh: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from ingest.demo.live import at_work\n"
        "with at_work(Path(sys.argv[1]), every=1): time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(fresh)]) as parent:
        try:
            assert eventually(lambda: is_running(fresh))
        finally:
            parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: not is_running(fresh))


def test_it_ends_with_an_interrupt(fresh: Path) -> None:
    with at_work(fresh, every=1) as child:
        assert eventually(lambda: is_running(fresh))
        child.send_signal(signal.SIGINT)
        assert child.wait(PATIENCE) == 0
