"""How seconds, processor time and memory are measured: in fresh processes, or in one, always taking turns."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_PAUSE = 0.1
"""Between two looks at the memory of a process and its children. [s]"""

Work = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function that a fresh process can import, and its arguments."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the fastest run of a function cost.

    Attributes
    ----------
    seconds : float
        Wall time. [s]
    work : float
        Processor time of its process, all threads, and of the processes that it started and waited for. [s]
    peak : float
        Largest resident memory of all its runs, children included; pages that several share count once. [MB]
    result : object
        What it returned.
    """

    seconds: float
    work: float = 0.0
    peak: float = 0.0
    result: Any = None


class Timed(float):
    """Seconds that a function has measured itself, because its preparation does not count; returned by it."""


def measure(function: Callable[..., Any], *arguments: Any, runs: int = 1) -> Measured:
    """Run `function` in a fresh process, `runs` times, and give the fastest; memory is the largest of all runs."""
    return take_turns([(function, arguments)], runs)[0]


def take_turns(contestants: Sequence[Work], runs: int) -> list[Measured]:
    """Run functions in fresh processes in turns, A B A B, so that a drift of the machine meets all of them.

    Parameters
    ----------
    contestants : sequence of (function, arguments)
        Who runs. A function may return `Timed` or (`Timed`, result) to say what counts.
    runs : int
        Rounds; of each contestant the fastest counts.
    """
    found: list[Measured | None] = [None] * len(contestants)
    for _ in range(runs):
        for place, (function, arguments) in enumerate(contestants):
            found[place] = _better(found[place], _in_process(function, arguments))
    return [one for one in found if one is not None]


def take_turns_here(contestants: Sequence[Callable[[], Any]], runs: int) -> list[Measured]:
    """Run functions in this process in turns, after one round that does not count, and give the fastest of each."""
    for run in contestants:
        run()
    found: list[Measured | None] = [None] * len(contestants)
    gc.collect()
    for _ in range(runs):
        for place, run in enumerate(contestants):
            work, start = time.process_time(), time.perf_counter()
            run()
            found[place] = _better(found[place], Measured(time.perf_counter() - start, time.process_time() - work))
    return [one for one in found if one is not None]


def here(function: Callable[[], Any]) -> Measured:
    """Run a function once in this process."""
    work, start = time.process_time(), time.perf_counter()
    result = function()
    return Measured(time.perf_counter() - start, time.process_time() - work, result=result)


def _better(one: Measured | None, other: Measured) -> Measured:
    if one is None:
        return other
    fastest = min(one, other, key=lambda run: run.seconds)
    return replace(fastest, work=min(one.work, other.work), peak=max(one.peak, other.peak))


def _in_process(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Measured:
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    peak = 0.0
    while not ours.poll(_PAUSE):
        peak = max(peak, _memory(process))
    try:
        answer = ours.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{function.__name__} ended with {process.exitcode}, out of memory?") from None
    process.join()
    if isinstance(answer, BaseException):
        raise answer
    assert isinstance(answer, Measured)
    return replace(answer, peak=max(answer.peak, peak))


def _run(pipe: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        before, start = _work(), time.perf_counter()
        result = function(*arguments)
        seconds, work = time.perf_counter() - start, _work() - before
        if isinstance(result, tuple) and isinstance(result[0], Timed):
            timed, result = result
        else:
            timed = result
        if isinstance(timed, Timed):
            seconds = float(timed)
        pipe.send(Measured(seconds, work, _high_water(), None if isinstance(result, Timed) else result))
    except BaseException as problem:
        pipe.send(RuntimeError(f"{type(problem).__name__}: {problem}"))


def _work() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _high_water() -> float:
    """Largest resident memory of this process. ru_maxrss would count what its parent held before exec."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _memory(process: BaseProcess) -> float:
    """Resident memory of a process and its descendants now, 0 where the system does not tell. [MB]"""
    total, waiting = 0.0, [process.pid]
    while waiting:
        folder = Path(f"/proc/{waiting.pop()}")
        try:
            lines = (folder / "smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("Pss:"))
            for task in (folder / "task").iterdir():
                waiting += [int(pid) for pid in (task / "children").read_text().split()]
        except (OSError, StopIteration):
            continue
    return total
