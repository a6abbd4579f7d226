"""One line of the table that `make bench` prints."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of a function cost.

    Attributes
    ----------
    seconds : float
        Wall time. [s]
    peak : float
        Largest resident memory of its process and of the processes that it started. [MB]
    result : object
        What it returned.
    """

    seconds: float
    peak: float
    result: Any


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison, measured in one run on the same input.

    Attributes
    ----------
    task : str
        What was done, on what.
    ours, peer : float
        Figure of the twin and of the peer, in `unit`.
    unit : str
        Unit of both; a rate ends in ``/s``, and then more is better.
    against : str
        Who the peer is.
    goal : float
        Smallest ratio ours ÷ peer that we want of a rate, largest of a duration; 0 for none.
    peak : float
        Largest resident memory of ours. [MB]; 0 where it was not measured.
    """

    task: str
    ours: float
    peer: float
    unit: str
    against: str
    goal: float = 0.0
    peak: float = 0.0

    @property
    def ratio(self) -> float:
        """Ours ÷ peer."""
        return self.ours / self.peer

    @property
    def verdict(self) -> str:
        """Whether the goal was reached."""
        if not self.goal:
            return ""
        reached = self.ratio >= self.goal if self.unit.endswith("/s") else self.ratio <= self.goal
        return "reached" if reached else "missed"


def measure(function: Callable[..., Any], *arguments: Any, runs: int = 1) -> Measured:
    """Run `function` in a fresh process, `runs` times, and give the fastest; memory is the largest of all runs."""
    context = get_context("spawn")
    best: Measured | None = None
    for _ in range(runs):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(theirs, function, arguments))
        process.start()
        theirs.close()
        answer = ours.recv()
        process.join()
        if isinstance(answer, BaseException):
            raise answer
        if best is None or answer.seconds < best.seconds:
            best = Measured(answer.seconds, max(answer.peak, best.peak if best else 0.0), answer.result)
    assert best is not None
    return best


def _run(pipe: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        start = time.perf_counter()
        result = function(*arguments)
        seconds = time.perf_counter() - start
        used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        scale = 1e6 if sys.platform == "darwin" else 1e3
        pipe.send(Measured(seconds, max(used) / scale, result))
    except BaseException as problem:  # noqa: BLE001 – the parent raises it
        pipe.send(RuntimeError(f"{type(problem).__name__}: {problem}"))
