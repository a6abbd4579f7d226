"""A runner in a process of its own, to be killed: its clocks run fast, and somebody keeps setting the wall's."""

from __future__ import annotations

import random
import sys
import threading
from datetime import datetime, timedelta

import twin
from ingest.commands.feed_run import alone, ended_by_signals
from ingest.feed import runner as module
from ingest.feed.clock import Clock
from ingest.feed.journal import Journal
from ingest.feed.runner import Runner


class Unsteady(Clock):
    """Runs so many times as fast as the world; the wall's jumps by days."""

    def __init__(self, factor: float, chance: random.Random) -> None:
        self._factor, self._chance = factor, chance
        self._begin, self._wall = super().monotonic(), super().now()
        self._step = 0.0

    def monotonic(self) -> float:
        return (super().monotonic() - self._begin) * self._factor

    def now(self) -> datetime:
        return self._wall + timedelta(seconds=self.monotonic() + self._step)

    def lasting(self, seconds: float) -> float:
        return seconds / self._factor

    def set(self) -> None:
        self._step = self._chance.choice((-40, -1, -0.04, 0, 0.04, 1, 400)) * 86400.0


def main(home: str, factor: float, seed: int) -> None:
    chance = random.Random(seed)
    clock = Unsteady(factor, chance)
    # What others take their time for takes it in this world, however fast the month passes.
    module.STALL = 60.0 * factor
    ended = threading.Event()

    def unsettle() -> None:
        while not ended.wait(chance.uniform(0.2, 2.0)):
            clock.set()

    threading.Thread(target=unsettle, daemon=True).start()
    with twin.open(home) as opened, alone(opened.home):
        runner = Runner(opened, Journal(opened.home.path, clock, quiet=True), clock, chance)
        with ended_by_signals(runner):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            runner.run()
    ended.set()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
