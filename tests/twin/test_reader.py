"""A reader keeps what it has made; what anybody changes meanwhile counts at the next question all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from delivering import SOEST, WERL, deliver, keys

import twin
from twin.consent import Consent, Principal, consents, permitted, standstill
from twin.registry import moment_text

OTHER = """
import sys, twin
sys.path.insert(0, sys.argv[2])
from delivering import *
with twin.open(sys.argv[1]) as t:
    print("ready", flush=True)
    for line in sys.stdin:
        exec(line)
        print("done", flush=True)
"""


@pytest.fixture
def other(home: Path) -> Iterator[Callable[[str], None]]:
    """Another process that has the district open and does what it is told."""
    command = [sys.executable, "-c", OTHER, str(home), str(Path(__file__).parent)]
    environment = {**os.environ, "PYTHONPATH": str(Path(twin.__file__).parents[1])}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        stdin, stdout = process.stdin, process.stdout
        assert stdout.readline() == "ready\n"

        def tell(line: str) -> None:
            stdin.write(line + "\n")
            stdin.flush()
            assert stdout.readline() == "done\n", line

        yield tell
        stdin.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the clock that consents are held against."""

    def turn(moment: str) -> None:
        monkeypatch.setattr("twin.reader.now", lambda: moment_text(f"{moment}+00:00"))

    return turn


def test_what_another_process_does_is_seen_by_the_next_question(home: Path, other: Callable[[str], None]) -> None:
    with twin.open(home, Principal.public()) as visitor, twin.open(home, Principal.county()) as county:

        def seen() -> tuple[list[str], list[str]]:
            return keys(visitor), keys(county)

        assert seen() == seen() == ([], [])
        other("deliver(t, ['w'], ags=WERL, extent=None); deliver(t, ['s'], file='soest.gml', extent=None)")
        assert seen() == seen() == (["w"], ["s", "w"])
        other("t.join(WERL, 'building', 'district')")
        assert seen() == ([], ["s", "w"])
        other("t.join(WERL, 'building', 'internal')")
        assert seen() == ([], ["s"])
        other("t.join(WERL, 'building', 'open', purpose='map')")
        assert seen() == (["w"], ["s", "w"])
        other("deliver(t, ['w', 'x'], ags=WERL, extent=None)")
        assert seen() == (["w", "x"], ["s", "w", "x"])
        other("t.withdraw(WERL, 'building')")
        assert seen() == ([], ["s"])
        other("t.withdraw(SOEST)")
        assert seen() == ([], [])


def test_a_consent_begins_and_ends_between_two_questions(
    t: twin.Twin, home: Path, clock: Callable[[str], None]
) -> None:
    deliver(t, ["a"], ags=WERL)
    t.join(WERL, "building", "open", valid_from="2041-01-01T00:00:00+00:00", valid_until="2041-02-01T00:00:00+00:00")
    with twin.open(home, Principal.public()) as visitor:
        for moment, expected in (
            ("2040-12-31T23:59:59.999999", []),
            ("2041-01-01T00:00:00", ["a"]),
            ("2041-01-31T23:59:59.999999", ["a"]),
            ("2041-02-01T00:00:00", []),
            ("2041-01-15T00:00:00", ["a"]),  # whoever sets the clock back
            ("2040-12-01T00:00:00", []),
        ):
            clock(moment)
            assert keys(visitor) == keys(visitor) == expected, moment


def test_nothing_is_made_again_while_nothing_changes(t: twin.Twin, home: Path, clock: Callable[[str], None]) -> None:
    deliver(t, ["a"], ags=WERL)
    t.join(SOEST, "building", "open", valid_from="2041-01-01")
    with twin.open(home, Principal.public()) as visitor:
        clock("2040-01-01T00:00:00")
        first = visitor.reading()
        assert visitor.reading() is first
        clock("2040-06-01T00:00:00")
        assert visitor.reading() is first
        clock("2041-06-01T00:00:00")
        assert visitor.reading() is not first
        with t.registry.write(quiet=True):
            pass
        second = visitor.reading()
        assert visitor.reading() is second


def test_the_present_outlives_many_looks_into_the_past(t: twin.Twin) -> None:
    past = [deliver(t, [f"b{n}"], extent=None, file=f"{n}.gml").delivery_id for n in range(9)]
    present = keys(t)
    for delivery in past:
        keys(t, delivery)
        assert keys(t) == present
    for delivery in past:
        keys(t, delivery)
    assert keys(t) == present


def test_tables_that_a_reading_gains_are_known(t: twin.Twin) -> None:
    first = deliver(t, ["a"]).delivery_id
    deliver(t, ["b"])
    reading = t.reading()
    before = reading.tables()
    schema = reading.as_of(first).split(".")[-1].strip('"')
    assert (schema, "building") not in before
    assert (schema, "building") in reading.tables()
    assert before < reading.tables()


def test_a_fresh_process_loads_nothing_that_a_question_does_not_need(t: twin.Twin, home: Path) -> None:
    deliver(t, ["a"])
    code = """
import sys, twin
with twin.open(sys.argv[1]) as t:
    loaded = t.sql("SELECT list(extension_name) FROM duckdb_extensions() WHERE loaded").fetchall()[0][0]
    assert t.sql("SELECT count(*) FROM building JOIN delivery USING (delivery_id)").fetchall() == [(1,)]
assert "pandas" not in sys.modules and "spatial" in loaded and "ducklake" not in loaded, loaded
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(twin.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", code, str(home)], env=environment, check=True)


def test_nothing_begins_or_ends_while_it_stands_still(t: twin.Twin) -> None:
    t.join(WERL, "building", "open", valid_from="2030-01-01", valid_until="2031-01-01")
    t.join(WERL, "parcel", "open", valid_from="2030-06-01")
    turns = [moment_text(day) for day in ("2030-01-01", "2030-06-01", "2031-01-01")]
    edges = ["", *turns, "~"]
    with t.registry.read() as transaction:
        found = [standstill(transaction, moment_text(day)) for day in ("2029-05-05", *turns, "2032-01-01")]
        given: list[Consent] = consents(transaction)
    assert found == [(edges[n], edges[n + 1]) for n in (0, 1, 2, 3, 3)]
    states = [permitted(given, Principal.public(), edge) for edge in edges[:-1]]
    assert all(one != other for one, other in pairwise(states))
