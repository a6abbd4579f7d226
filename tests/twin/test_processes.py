"""Several processes at once, and processes that are killed: proven with processes, not with threads."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from delivering import SOEST, WERL, replace_everywhere

import twin

SIZE = 40
KILLS = int(os.environ.get("TWIN_KILLS", "15"))
"""How many random moments; 200 for the full proof."""

SCRIPT = Path(__file__).with_name("delivering.py")
READER = """
import sys, twin
with twin.open(sys.argv[1]) as t:
    print("reading", flush=True)
    while not sys.stdin.closed:
        rows = t.sql("SELECT ags, measured_height, count(*) FROM building GROUP BY ALL").fetchall()
        other = t.sql("SELECT count(*) FROM building_surface").fetchall()
        assert len(rows) in (0, 2), rows
        assert len({(row[1], row[2]) for row in rows}) <= 1, f"between two deliveries: {rows}"
        print("ok", flush=True)
"""


def _start(*arguments: object, code: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, *(["-c", code] if code else [str(SCRIPT)]), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path(twin.__file__).parents[1])}
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _state(home: Path) -> tuple[int, int]:
    """Which round is there, and how many deliveries have been published; fails unless it is there whole."""
    with twin.open(home) as t:
        found = t.sql(
            """SELECT ags, measured_height::INTEGER, count(*), count(DISTINCT delivery_id) FROM building GROUP BY ALL"""
        ).fetchall()
        surfaces = t.sql("SELECT ags, count(*) FROM building_surface GROUP BY ALL").fetchall()
        deliveries = sum(entry.action == "deliver" for entry in t.history())
    rounds = {row[1] for row in found}
    assert len(rounds) == 1, found
    assert sorted(row[0] for row in found) == [SOEST, WERL]
    assert all(row[2:] == (SIZE, 1) for row in found), found
    assert dict(surfaces) == {SOEST: 2 * SIZE, WERL: 2 * SIZE}
    return rounds.pop(), deliveries


def test_several_read_whole_states_while_two_write(home: Path) -> None:
    replace_everywhere(home, 0, SIZE)
    readers = [_start(home, code=READER) for _ in range(2)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n", reader.communicate()[1]
    writers = [_start(home, number, SIZE) for number in (1, 2)]
    for writer in writers:
        output, errors = writer.communicate(timeout=300)
        assert writer.returncode == 0, errors
        assert output == "started\ndone\n"
    for reader in readers:
        reader.send_signal(signal.SIGTERM)
        output, errors = reader.communicate(timeout=60)
        assert errors == "", errors
        assert output.count("ok\n") >= 1
    found, deliveries = _state(home)
    assert found in (1, 2)
    assert deliveries == 3


@pytest.mark.slow
def test_killed_at_any_moment_either_the_old_or_the_new_delivery_is_there_whole(home: Path) -> None:
    replace_everywhere(home, 0, SIZE)
    whole = _start(home, 1, SIZE)
    assert whole.stdout is not None
    assert whole.stdout.readline() == "started\n"
    began = time.monotonic()
    assert whole.communicate(timeout=300)[0] == "done\n"
    duration = time.monotonic() - began
    chance = random.Random(20260)  # the same shares of the duration each time
    expected, landed = 1, 0
    for number in range(2, 2 + KILLS):
        writer = _start(home, number, SIZE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chance.uniform(0, duration))
        writer.kill()
        writer.communicate()
        found, _ = _state(home)
        assert found in (expected, number)
        landed += found == number
        expected = found
        assert not [folder for folder in (home / "staging").glob("2*") if folder.is_dir()], "left over"
    replace_everywhere(home, 999, SIZE)
    assert _state(home)[0] == 999
    assert 0 < landed < KILLS, (
        f"{landed} of {KILLS} had landed in {duration:.1f} s: the moments were all early or all late"
    )


@pytest.mark.parametrize("place", ["prepared", "first lake", "all lakes", "published"])
def test_killed_between_the_phases(home: Path, place: str) -> None:
    replace_everywhere(home, 1, SIZE)
    code = f"""
import os, signal, sys, pathlib
sys.path.insert(0, {str(SCRIPT.parent)!r})
import delivering, twin.store, twin.landing
place, count = {place!r}, 0
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
land, publish = twin.landing.Landing.land, twin.store.Store._publish
def counted(self):
    global count
    if place == "prepared" or (place == "first lake" and count == 1):
        die()
    count += 1
    return land(self)
def published(self, *given):
    if place == "all lakes":
        die()
    publish(self, *given)
    die()
twin.landing.Landing.land, twin.store.Store._publish = counted, published
delivering.replace_everywhere(pathlib.Path({str(home)!r}), 2, {SIZE})
"""
    writer = _start(code=code)
    errors = writer.communicate(timeout=300)[1]
    assert writer.returncode == -signal.SIGKILL, errors
    with twin.open(home, twin.Principal.county()) as reader:  # does not write, so it does not finish anything
        heights = {row[0] for row in reader.sql("SELECT measured_height FROM building").fetchall()}
    assert heights == ({2.0} if place == "published" else {1.0})
    assert _state(home) == (2, 2), "the next to open rolls it forward"
    assert not list((home / "staging").glob("2*"))
