"""``twin feed run`` and ``twin feed once``: feeds at work, for years or once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from filelock import Timeout
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.feed.health import health_of
from ingest.feed.health_page import DEFAULT, STATES, HealthPage
from ingest.feed.journal import Journal
from ingest.feed.member import chosen
from ingest.feed.runner import Runner
from twin.command import Session, command, option
from twin.errors import FeedError, UnknownName
from twin.feeds.feed import feeds
from twin.language import Text
from twin.number import grouped

if TYPE_CHECKING:
    from twin import Twin
    from twin.home import Home

LOCK = "feed"
"""Name of the lock that only one runner of a home can hold."""

_TAKEN = Text(
    "ein anderer Lauf ist in diesem Zwilling schon am Werk ('twin feed run' oder 'once').",
    "another runner is at work in this twin already ('twin feed run' or 'once').",
)
_NO_PAGE = Text("dort kann niemand zuhören ({problem}).", "nobody can listen there ({problem}).")
_HEALTH = Text(
    "Seite mit dem Zustand der Datenströme, auch als /health.json; ohne Angabe des Orts {default}.",
    "Page with the state of the feeds, also as /health.json; {default} unless a place is named.",
).filled(default=DEFAULT)
_AGS = Text("Nur Datenströme einer Gemeinde oder des Kreises.", "Only feeds of a municipality or the district.")
_NOTHING_DUE = Text("Kein Datenstrom ist fällig.", "No feed is due.")


@command(
    "run",
    text=Text(
        "Alle Datenströme abfragen, bis SIGTERM oder Strg+C es beendet. Schreibt ein Protokoll, ein JSON-Objekt je "
        "Zeile, auf die Fehlerausgabe und nach log/feed.jsonl. Neue und geänderte Datenströme bemerkt es von selbst.",
        "Ask all feeds until SIGTERM or Ctrl+C ends it. Writes a log, one JSON object a line, to standard error and to "
        "log/feed.jsonl. Notices new and changed feeds by itself.",
    ),
    examples=("twin feed run", "twin feed run --health 127.0.0.1:8095"),
)
@option("--health", "place", is_flag=False, flag_value=DEFAULT, default="", metavar="[HOST:PORT]", text=_HEALTH)
@click.pass_obj
def run_command(session: Session, *, place: str) -> None:
    """Run until told to stop."""
    with session.open() as twin, alone(twin.home):
        journal = Journal(twin.home.path, quiet=session.quiet)
        try:
            runner = Runner(twin, journal)
            with _page(runner, place), ended_by_signals(runner):
                runner.run()
        finally:
            journal.close()


@command(
    "once",
    text=Text(
        "Jeden fälligen Datenstrom einmal abfragen, oder die genannten; für cron. Einer, der scheitert, hält die "
        "anderen nicht auf.",
        "Ask every feed that is due once, or those that are named; for cron. One that fails does not stop the others.",
    ),
    examples=("twin feed once", "twin feed once pegel --ags 05974040"),
    reports=True,
)
@click.argument("names", metavar="[NAME …]", nargs=-1)
@option("--ags", default="", metavar="KEY", text=_AGS)
@click.pass_obj
def once_command(session: Session, *, names: tuple[str, ...], ags: str) -> int:
    """Ask feeds once; exit code 1 if one failed."""
    with session.open() as twin, alone(twin.home):
        _demand(twin, names, ags)
        journal = Journal(twin.home.path, quiet=True)
        try:
            runner = Runner(twin, journal)
            with ended_by_signals(runner):
                asked = runner.once(chosen(names, ags, runner.clock))
        finally:
            journal.close()
    health = [(member, health_of(member, runner.clock.monotonic())) for member in asked]
    failed = any(member.state.failures or not member.asked for member in asked)

    def show(console: Console) -> None:
        if not asked:
            console.print(str(_NOTHING_DUE))
            return
        table = Table("AGS", "Name", str(Text("Zustand", "State")), str(Text("neu", "new")), "Problem", box=None)
        for member, one in health:
            words = (one.ags, one.name, str(STATES[one.status]), grouped(member.brought), str(one.problem))
            table.add_row(*map(escape, words))
        console.print(table)

    data = [{**one.as_dict(), "brought": member.brought} for member, one in health]
    session.report({"feeds": data}, show, remark=not failed)
    return 1 if failed else 0


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """See that no other runner is at work in this home.

    Raises
    ------
    FeedError
        If one is.
    """
    try:
        with home.lock(LOCK, timeout=0):
            yield
    except Timeout:
        raise FeedError(feed="*", problem=_TAKEN) from None


@contextmanager
def ended_by_signals(runner: Runner) -> Iterator[None]:
    """SIGTERM and SIGINT end a runner orderly; the second one ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former: dict[signal.Signals, Any] = {}

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        runner.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        former[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def _page(runner: Runner, place: str) -> Iterator[None]:
    if not place:
        yield
        return
    try:
        page = HealthPage(runner.health, place)
    except (OSError, ValueError, OverflowError) as problem:
        raise FeedError(feed=f"--health {place}", problem=_NO_PAGE.filled(problem=problem)) from None
    runner.journal.write("health", url=page.url)
    try:
        yield
    finally:
        page.close()


def _demand(twin: Twin, names: tuple[str, ...], ags: str) -> None:
    """Raise `UnknownName` of a name that no feed has."""
    with twin.registry.read() as transaction:
        known = [feed.name for feed in feeds(transaction, ags)]
    for name in names:
        if name not in known:
            raise UnknownName(kind="feed", name=name, known=", ".join(known) or "–")
