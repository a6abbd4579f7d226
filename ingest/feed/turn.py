"""One asking of a feed, in a thread of its own: what it waits for keeps nobody else waiting."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from ingest.feed.clock import Clock
from ingest.feed.counter import Closed
from ingest.feed.discretion import said, whole
from ingest.feed.landing import Landing
from ingest.feed.member import Member
from ingest.feed.setting import setting, source_of, spool
from ingest.source import Catch, Gatherer
from twin.errors import TwinError
from twin.failure import record_failure
from twin.home import Home
from twin.language import Text

Found = TypeVar("Found")

_UNEXPECTED = Text(
    "Unerwarteter Fehler ({kind}); Einzelheiten ohne Inhalte der Daten stehen in {log}.",
    "Unexpected error ({kind}); details, without any content of the data, are in {log}.",
)


class Desk(Protocol):
    """Who lands what turns bring, one after another; its functions are called from their threads."""

    home: Home
    clock: Clock

    def land(self, turn: Turn, catch: Catch) -> Landing:
        """Land a file and keep where the feed stands; `Closed` if it is not wanted any more."""
        ...

    def latest(self, turn: Turn, sensors: list[str]) -> dict[str, datetime]:
        """Times of the latest stored readings."""
        ...

    def done(self, turn: Turn) -> None:
        """The turn has come to its end, one way or another."""
        ...


class Turn(threading.Thread):
    """Asks one feed once. It never raises; see `problem`.

    Attributes
    ----------
    member : Member
        Whose turn it is.
    files, readings, refused : int
        What it has brought so far, and files that were refused for what they are.
    problem : Text or None
        What went wrong; None if the other side has answered.
    refusal : Text or None
        Why a file was refused.
    remark : Text or None
        What the source says beside, though it has answered.
    ended : bool
        Whether it was cut short by us.
    sign : float
        When it last came forward, of the monotonic clock. [s]
    waiting : bool
        Whether it waits for us and not for the other side.
    """

    def __init__(self, member: Member, desk: Desk, now: float) -> None:
        super().__init__(name=f"feed {member.feed.ags} {member.feed.name}", daemon=True)
        self.member, self._desk = member, desk
        self.files = self.readings = self.refused = 0
        self.problem: Text | None = None
        self.refusal: Text | None = None
        self.remark: Text | None = None
        self.ended = False
        self.waiting = False
        self.began = self.sign = now

    def run(self) -> None:
        """Ask, land, acknowledge; then say that it is done."""
        gatherer: Gatherer | None = None
        try:
            gatherer = self.member.gatherer = self.member.gatherer or self._open()
            self._gather(gatherer)
        except Closed:
            self.ended = True
        except TwinError as error:
            self.problem = said(error, (self.member.secret,))
        except Exception as error:
            log = record_failure(self._desk.home.path, error)
            self.problem = _UNEXPECTED.filled(kind=type(error).__name__, log=log)
        finally:
            if gatherer is not None and (self.problem is not None or self.ended):
                # Where something broke, nothing is relied on: the next turn connects anew, from what is kept.
                self.member.gatherer = None
                close(gatherer)
            self._desk.done(self)

    def _open(self) -> Gatherer:
        given = setting(self.member.feed, self.member.cursor, self._desk.home, self._latest)
        self.member.secret = given.secret
        gatherer: Gatherer = source_of(self.member.feed).open(given)
        return gatherer

    def _gather(self, gatherer: Gatherer) -> None:
        catches = gatherer.gather()
        try:
            for catch in catches:
                if not self._take(catch):
                    return
        finally:
            # A generator that is left in the middle ends here, not whenever memory is swept.
            getattr(catches, "close", _nothing)()
            remark = getattr(gatherer, "remark", None)
            self.remark = None if remark is None else whole(remark, (self.member.secret,))

    def _take(self, catch: Catch) -> bool:
        """Let a file land and acknowledge it; false if it has to come again."""
        landing = self._waiting(lambda: self._desk.land(self, catch))
        self.files += 1
        self.readings += landing.readings
        catch.told(landing.report)
        if not landing.final:
            self.problem = landing.problem
            return False
        if landing.problem is not None:
            self.refused += 1
            self.refusal = landing.problem
        catch.landed()
        self._clear(catch.path)
        return True

    def _latest(self, sensors: list[str]) -> dict[str, datetime]:
        return self._waiting(lambda: self._desk.latest(self, sensors))

    def _waiting(self, work: Callable[[], Found]) -> Found:
        self.waiting = True
        try:
            return work()
        finally:
            # Waiting for us says nothing of the other side.
            self.sign = self._desk.clock.monotonic()
            self.waiting = False

    def _clear(self, path: Path) -> None:
        """Remove what has landed, where it is the runner's to remove."""
        if path.is_relative_to(spool(self._desk.home)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):
                    path.unlink(missing_ok=True)


def close(gatherer: Gatherer) -> None:
    """Let a source let go of its connections; what goes wrong with that is no matter: nothing is lost by it."""
    with suppress(Exception):
        gatherer.close()


def closing_thread(gatherer: Gatherer) -> threading.Thread:
    """Close it without waiting."""
    thread = threading.Thread(target=close, args=(gatherer,), name="feed closing", daemon=True)
    thread.start()
    return thread


def _nothing() -> None:
    return
