"""Reads the files of a run's deliveries side by side, in worker processes where that helps."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import wait as wait_for_process
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Self

from ingest.recognition import chosen
from ingest.workers import DONE, STOP, Part, Task, read_part
from twin.errors import InvalidDelivery
from twin.language import Language, Text, language, use_language

_SURVIVES = Text("ein Leseprozess, der zu Ende liest", "a reader that reads to the end")
_DIED = Text("er endete vorzeitig (etwa Speichermangel)", "it ended early (out of memory, for instance)")

_PRELOADED = ("ingest.workers", "pandas", "pyarrow.compute", "shapely")
"""What readers of most formats import: once for all of them (pandas because Arrow looks whether it is there)."""

_FORKS = sys.platform.startswith("linux")
"""Whether readers are forked from a server that has imported what they need. Never from this process: its threads
(Arrow, the database) would be torn in half."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Readers:
    """The processes that read for one run. Use them as a context.

    They are started one by one as files wait, and none for a file that is alone: this process reads it itself.

    Parameters
    ----------
    workers : int
        Processes at most; 0 for one a core, 1 to read in this process, when it is asked for the result.
    apart : bool
        Whether a file that is alone is read in a process of its own, too.
    """

    def __init__(self, workers: int = 0, *, apart: bool = False) -> None:
        self.workers = workers or cores()
        self.apart = apart
        self._pool: _Pool | None = None
        self._open: list[Reading] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm_up(self) -> None:
        """Let readers be prepared in the background, for files that are about to come."""
        if self.workers > 1 and _FORKS:
            with _uninterrupted():
                _context().set_forkserver_preload(list(_PRELOADED))
                forkserver.ensure_running()

    @property
    def unread(self) -> int:
        """Files that wait or are being read."""
        return sum(reading.unread for reading in self._open)

    def read(self, tasks: Sequence[Task]) -> Reading:
        """Begin to read the files of a delivery."""
        reading = Reading(self, tasks)
        self._open.append(reading)
        several = self.apart or self._pool is not None or sum(len(one.tasks) for one in self._open) > 1
        if self.workers > 1 and several:
            for one in self._open:
                one.submit(self._running())
        return reading

    def close(self) -> None:
        """End all reading at once; returns when no reader writes any more."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.end(at_once=self.unread > 0)

    def forget(self, reading: Reading) -> None:
        """Count a delivery no more: it has been read, or nobody wants it."""
        if reading in self._open:
            self._open.remove(reading)

    def replace(self, broken: _Pool) -> None:
        """Use other processes from now on: one of these has died, and all with it."""
        if self._pool is broken:
            self._pool = None
        broken.end(at_once=True)

    def _running(self) -> _Pool:
        if self._pool is None:
            self.warm_up()
            self._pool = _Pool(self.workers)
        return self._pool


class _Pool:
    """Processes, and for how many deliveries they have worked."""

    def __init__(self, workers: int) -> None:
        self.deliveries = 0
        self._executor = ProcessPoolExecutor(workers, mp_context=_context(), initializer=_begin, initargs=(language(),))

    def submit(self, task: Task) -> Future[Part]:
        try:
            with _uninterrupted():  # it may start a process
                return self._executor.submit(read_part, task)
        except BrokenProcessPool as broken:
            future: Future[Part] = Future()
            future.set_exception(broken)
            return future

    def end(self, *, at_once: bool) -> None:
        # A copy: the executor forgets its processes while it shuts down.
        processes = list((getattr(self._executor, "_processes", None) or {}).values())
        self._executor.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            for process in processes:
                process.terminate()
            for process in processes:
                process.join()


class Reading:
    """The files of one delivery, while they are read; see `Readers.read`.

    Parameters
    ----------
    readers : Readers
        Who reads.
    tasks : sequence of Task
        The files.
    """

    def __init__(self, readers: Readers, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self._readers = readers
        self._pool: _Pool | None = None
        self._futures: list[Future[Part]] = []

    @property
    def unread(self) -> int:
        """Files that wait or are being read."""
        return sum(not future.done() for future in self._futures) if self._futures else len(self.tasks)

    def submit(self, pool: _Pool) -> None:
        """Hand the files to the readers, once."""
        if self._pool is None:
            self._pool = pool
            pool.deliveries += 1
            # Largest first, so that no big file starts when the others are done.
            order = sorted(self.tasks, key=lambda task: task.source.size, reverse=True)
            self._futures = [pool.submit(task) for task in order]

    def parts(self, done: Callable[[Part], None]) -> list[Part]:
        """Wait for all files; the result is in the order of the tasks, however many readers there are.

        Parameters
        ----------
        done : callable
            Called with each part once it is finished.

        Raises
        ------
        twin.errors.DeliveryError
            If a file cannot be read, or a reader died over it. Nothing of the delivery is read any more by then.
        """
        found: dict[int, Part] = {}
        try:
            for part in self._finished():
                found[part.part] = part
                done(part)
        except BrokenProcessPool as broken:
            assert self._pool is not None
            self._readers.replace(self._pool)
            unread = [task for task in self.tasks if task.part not in found]
            if self._pool.deliveries == 1:
                raise _death(unread) from broken
            # It may have been over a file of another delivery: this one gets readers of its own.
            for task in unread:
                shutil.rmtree(task.folder / str(task.part), ignore_errors=True)
            with Readers(self._readers.workers, apart=True) as readers:
                found |= {part.part: part for part in readers.read(unread).parts(done)}
        except Exception:
            self.cancel()
            raise
        self._readers.forget(self)
        return [found[task.part] for task in self.tasks]

    def cancel(self) -> None:
        """Stop reading; returns when nothing is written any more."""
        running = [future for future in self._futures if not future.cancel() and not future.done()]
        if running:
            # Readers look for it after each batch.
            self.tasks[0].folder.mkdir(parents=True, exist_ok=True)
            (self.tasks[0].folder / STOP).touch()
            wait(running)
        if self._pool is not None and any(_is_broken(future) for future in self._futures):
            self._readers.replace(self._pool)
        self._readers.forget(self)

    def _finished(self) -> Iterator[Part]:
        if self._futures:
            for future in as_completed(self._futures):
                yield future.result()
        else:
            for task in self.tasks:
                yield read_part(task)


def _is_broken(future: Future[Part]) -> bool:
    return not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)


def _death(tasks: Sequence[Task]) -> InvalidDelivery:
    # A pool does not say over which file its process died; the folders that were begun and not finished do.
    begun = [task for task in tasks if (task.folder / str(task.part)).is_dir()]
    open_ = [task for task in begun if not (task.folder / str(task.part) / DONE).exists()] or list(tasks)
    names = ", ".join(task.source.name for task in open_[:3])
    return InvalidDelivery(file=names, format=chosen(open_[0].format).title, where="–", expected=_SURVIVES, found=_DIED)


def _context() -> BaseContext:
    return multiprocessing.get_context("forkserver" if _FORKS else "spawn")


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes that are started within never hear of Ctrl-C: it is this one's matter to end them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(chosen_language: Language) -> None:
    """Set up a reader: the parent's language; interrupts are the parent's matter; no life without the parent."""
    use_language(chosen_language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait_for_process([sentinel])
    os._exit(1)
