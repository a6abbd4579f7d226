"""One process that asks all feeds in their turns, for years: what they bring lands one after another, in one thread."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.feed.alerting import Alerting
from ingest.feed.clock import Clock
from ingest.feed.counter import Counter
from ingest.feed.health import Health
from ingest.feed.journal import Journal
from ingest.feed.landing import Landing, digest, land, latest, unchanged
from ingest.feed.member import NOTHING, Member
from ingest.feed.roster import Roster
from ingest.feed.schedule import after_answer, back_off
from ingest.feed.setting import spool
from ingest.feed.turn import Turn, closing_thread
from ingest.source import Catch
from twin.failure import record_failure
from twin.feeds.state import save_state
from twin.language import Text

if TYPE_CHECKING:
    from twin import Twin

TURNS = 8
"""Feeds that are asked at the same time."""

STALL = 900.0
"""A turn without a sign of life for so long is given up; sources themselves are far less patient. [s]"""

REREAD, ALERTS = 5.0, 60.0
"""How often the registry is read for feeds, and alerts look at the time that has passed. [s]"""

LANDINGS, RENEW = 50, 3600.0
"""After so many landings, or so long, the database is let go of and connected anew: it keeps a third of a megabyte of
each landing otherwise. [1], [s]"""

_TICK, _SOON, _FAREWELL = 1.0, 2.0, 10.0
_SILENT = Text("Seit {seconds:.0f} s kein Lebenszeichen.", "No sign of life for {seconds:.0f} s.")


class Runner:
    """The feeds of a twin at work. Nobody else in its process uses the twin, and it uses it from one thread.

    Parameters
    ----------
    twin : Twin
        Open for the operator.
    journal : Journal
        Where it writes what happens.
    clock : Clock
        Whose time it goes by.
    chance : random.Random or None
        For the jitter of back-off.

    Attributes
    ----------
    health : Health
        How all of it fares; may be read from any thread.
    """

    def __init__(
        self, twin: Twin, journal: Journal, clock: Clock | None = None, chance: random.Random | None = None
    ) -> None:
        self.twin, self.home, self.journal = twin, twin.home, journal
        self.clock = clock or Clock()
        self.health = Health(self.clock)
        self._chance = chance or random.Random()  # noqa: S311 – jitter, not cryptography
        self._roster = Roster(twin.registry, twin.district, self.clock)
        self._counter = Counter(self._trouble)
        self._turns: set[Turn] = set()
        self._alerts = Alerting(twin, self._trouble)
        self._stopping = False
        self._landings, self._renew_at = 0, self.clock.monotonic() + RENEW
        self._reread_at = self._alerts_at = self.clock.monotonic()
        self._recorded_at = -ALERTS + self._reread_at

    # From any thread

    def stop(self) -> None:
        """End as soon as what is landing has landed. May be called by a signal's handler."""
        self._stopping = True
        self._counter.put(_nothing)

    def land(self, turn: Turn, catch: Catch) -> Landing:
        """See `ingest.feed.turn.Desk`."""
        return self._counter.ask(lambda: self._land(turn, catch), lambda: self._wants(turn))

    def latest(self, turn: Turn, sensors: list[str]) -> dict[str, datetime]:
        """See `ingest.feed.turn.Desk`."""
        find = latest(self.twin, turn.member.feed)
        return self._counter.ask(lambda: find(sensors), lambda: self._wants(turn))

    def done(self, turn: Turn) -> None:
        """See `ingest.feed.turn.Desk`."""
        self._counter.put(lambda: self._close_turn(turn))

    # In the runner's own thread

    def run(self) -> None:
        """Go on until `stop`."""
        self._begin("run")
        try:
            while not self._stopping:
                self._step()
        finally:
            self._farewell()

    def once(self, wanted: Callable[[Member], bool]) -> list[Member]:
        """Ask some feeds once, however long they have to wait for each other; gives them."""
        self._begin("once")
        asked: list[Member] = []
        try:
            self._reread()
            asked = [member for member in self._roster if wanted(member)]
            waiting = list(asked)
            while not self._stopping and (waiting or self._turns):
                while waiting and len(self._turns) < TURNS:
                    self._begin_turn(waiting.pop(0))
                self._wait(_TICK)
                self._give_up()
                self._renew()
            self._alerts.look()
        finally:
            self._farewell()
        return asked

    def _begin(self, how: str) -> None:
        self.journal.write("started", how=how)

    def _step(self) -> None:
        try:
            now = self.clock.monotonic()
            if now >= self._reread_at:
                self._reread()
            if now >= self._alerts_at:
                self._alerts_at = now + ALERTS
                self._alerts.look()
            self._give_up()
            self._renew()
            for member in self._due():
                self._begin_turn(member)
            self._wait(self._idle())
            self.health.beat(self._roster)
        except Exception as error:
            self._trouble(error)
            self._reread_at = self.clock.monotonic() + REREAD
            self._wait(_TICK)

    def _trouble(self, error: Exception) -> None:
        """Go on: a locked registry or a full disk passes."""
        self.journal.write("trouble", bad=True, problem=type(error).__name__, log=self._recorded(error))

    def _recorded(self, error: Exception) -> str:
        now = self.clock.monotonic()
        if now < self._recorded_at + ALERTS:
            return ""  # whatever goes wrong every second need not fill the disk
        self._recorded_at = now
        return str(record_failure(self.home.path, error))

    def _reread(self) -> None:
        self._reread_at = self.clock.monotonic() + REREAD
        found = self._roster.read()
        for event, feeds in (("added", found.added), ("changed", found.changed), ("removed", found.removed)):
            for feed in feeds:
                self.journal.write(event, ags=feed.ags, feed=feed.name, source=feed.source, enabled=feed.enabled)

    def _due(self) -> Collection[Member]:
        """Who is asked now: those that have waited longest, as many as there is room for."""
        now = self.clock.monotonic()
        due = sorted((one for one in self._roster if one.runs and one.free and one.due <= now), key=lambda one: one.due)
        return due[: max(TURNS - len(self._turns), 0)]

    def _idle(self) -> float:
        """How long nothing is due. [s]"""
        now = self.clock.monotonic()
        coming = [self._reread_at, self._alerts_at]
        if len(self._turns) < TURNS:
            coming += [one.due for one in self._roster if one.runs and one.free]
        return min(max(min(coming) - now, 0.0), REREAD)

    def _wait(self, seconds: float) -> None:
        """Do what turns have brought, or wait for it."""
        self._counter.serve(self.clock.lasting(seconds))

    def _begin_turn(self, member: Member) -> None:
        turn = Turn(member, self, self.clock.monotonic())
        member.turn = turn
        self._turns.add(turn)
        turn.start()

    def _wants(self, turn: Turn) -> bool:
        return not turn.member.gone and turn in self._turns

    def _renew(self) -> None:
        """Let go of the database now and then; whoever asks next connects anew."""
        now = self.clock.monotonic()
        if (self._landings >= LANDINGS or now >= self._renew_at) and not self._alerts.busy:
            self.twin.close()
            self._landings, self._renew_at = 0, now + RENEW

    def _give_up(self) -> None:
        """Leave turns alone that do not come back."""
        now = self.clock.monotonic()
        for turn in [one for one in self._turns if not one.waiting and now - one.sign > STALL]:
            turn.problem = _SILENT.filled(seconds=STALL)
            gatherer, turn.member.gatherer = turn.member.gatherer, None
            self._close_turn(turn)
            turn.member.after = turn
            if gatherer is not None:
                closing_thread(gatherer)

    def _land(self, turn: Turn, catch: Catch) -> Landing:
        member, feed = turn.member, turn.member.feed
        began = self.clock.monotonic()
        self.health.beat(self._roster)  # a long history may take its time to land
        content = digest(catch)
        landing = unchanged(catch) if content == member.digest else land(self.twin, feed, catch)
        report = landing.report
        member.digest = content if landing.problem is None and not report.refused.total() else ""
        if landing.final:
            member.move(catch.cursor)
            member.brought += landing.readings
            changes: dict[str, Any] = {}
            if landing.readings or landing.sensors:
                changes = {"landed_at": self.clock.text(), "delivery_id": report.delivery_id}
                changes["readings"] = member.state.readings + landing.readings
            save_state(self.twin.registry, member.keep(self.clock, **changes))
        facts = {"delivery": report.delivery_id, "unchanged": report.unchanged, "readings": landing.readings}
        facts |= {"sensors": landing.sensors, "rejected": report.rejected_count, "refused": dict(report.refused)}
        event = "landed" if landing.problem is None else "refused" if landing.final else "not landed"
        seconds = round(self.clock.monotonic() - began, 3)
        self._write(member, event, bad=landing.problem is not None, file=catch.path.name, **facts, seconds=seconds,
                    problem=landing.problem)  # fmt: skip
        if report.delivery_id and not report.unchanged:
            self._alerts.look(report.delivery_id)
        self._landings += 1
        return landing

    def _close_turn(self, turn: Turn) -> None:
        """Keep how a feed fares, and when it is asked again."""
        if turn not in self._turns:
            return  # given up before
        self._turns.discard(turn)
        member = turn.member
        member.turn = None
        if member.gone or turn.ended:
            if member.gatherer is not None:
                closing_thread(member.gatherer)
                member.gatherer = None
            return
        member.asked = True
        # It is written down once, and shown for as long as it holds.
        remark = turn.remark if turn.remark != member.state.problem else None
        now, every = self.clock.monotonic(), member.feed.every
        at = self.clock.text()
        changes: dict[str, Any] = {"tried_at": at}
        if turn.problem is None:
            member.due, member.answered = after_answer(member.due, every, now), now
            changes |= {"succeeded_at": at, "failures": 0, "problem": turn.refusal or turn.remark or NOTHING}
        else:
            failures = member.state.failures + 1
            member.due = now + back_off(failures, every, self._chance)
            changes |= {"failures": failures, "problem": turn.problem}
        state = member.keep(self.clock, **changes)
        facts = {"files": turn.files, "readings": turn.readings, "seconds": round(now - turn.began, 3)}
        event = "answered" if turn.problem is None else "failed"
        self._write(member, event, bad=(turn.problem or remark) is not None, **facts, failures=state.failures,
                    problem=turn.problem, remark=remark, next_at=state.next_at)  # fmt: skip
        if not member.runs and member.gatherer is not None:
            member.after, member.gatherer = closing_thread(member.gatherer), None
        save_state(self.twin.registry, state)

    def _write(self, member: Member, event: str, **facts: Any) -> None:
        facts = {name: value for name, value in facts.items() if value not in (None, {}, "")}
        feed, secrets = member.feed, (member.secret,)
        self.journal.write(event, secrets=secrets, ags=feed.ags, feed=feed.name, source=feed.source, **facts)

    def _farewell(self) -> None:
        """Let go of everything; turns that still wait for somebody end with the process."""
        self._counter.close()
        until = time.monotonic() + _FAREWELL
        turns = list(self._turns)
        # Who is done soon closes by itself; whoever waits for the other side is woken by losing the connection.
        self._join(turns, time.monotonic() + _SOON)
        open_ = [one.gatherer for one in (*self._roster, *(turn.member for turn in turns)) if one.gatherer is not None]
        threads = [*turns, *(closing_thread(one) for one in dict.fromkeys(open_))]
        self._join(threads, until)
        self._counter.drain()
        self._alerts.finish(max(until - time.monotonic(), 0.0))
        shutil.rmtree(spool(self.home), ignore_errors=True)
        self.journal.write("stopped", unfinished=sum(thread.is_alive() for thread in threads))

    def _join(self, threads: Iterable[threading.Thread], until: float) -> None:
        """Wait for threads, and take note of what they say meanwhile: not a single landing more."""
        for thread in threads:
            while thread.is_alive() and time.monotonic() < until:
                self._counter.serve(0.05)


def _nothing() -> None:
    return
