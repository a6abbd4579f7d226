"""Reads the files of a delivery, side by side in worker processes where that helps."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import wait as wait_for_process
from pathlib import Path

import pyarrow as pa

from ingest.format import Batch, Facts, Format, Options, Reject, Retire
from ingest.recognition import chosen
from ingest.source_file import UNREADABLE, SourceFile
from twin.discovery import find
from twin.errors import InvalidDelivery
from twin.language import Language, Text, language, use_language

REJECTS_KEPT = 1_000
"""Rejected features of a file that are named one by one; beyond, they are only counted."""

_DAMAGED = Text("eine lesbare Datei", "a readable file")
_SURVIVES = Text("ein Leseprozess, der zu Ende liest", "a reader that reads to the end")
_DIED = Text("er endete vorzeitig (etwa Speichermangel)", "it ended early (out of memory, for instance)")


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read.

    Attributes
    ----------
    part : int
        Its number in the delivery.
    source : SourceFile
        The file.
    format : str
        Name of the format.
    options : Options
        What the user said.
    folder : Path
        Where its rows are put.
    """

    part: int
    source: SourceFile
    format: str
    options: Options
    folder: Path


@dataclass(slots=True)
class Part:
    """What one file held; its rows lie in Arrow files beside.

    Attributes
    ----------
    part : int
        Number of the file in the delivery.
    name : str
        Name for people.
    sha256 : str
        Of the unpacked bytes.
    files : dict of str to Path
        Layer to Arrow file.
    rows : dict of str to int
        Layer to number of rows.
    rejects : list of Reject
        At most `REJECTS_KEPT`.
    rejected : int
        How many there were.
    retired : dict of str to list of str
        Layer to keys that the file says are gone.
    facts : Facts
        What the file says about itself.
    seconds : float
        Time that reading took. [s]
    """

    part: int
    name: str
    sha256: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    rejected: int = 0
    retired: dict[str, list[str]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    seconds: float = 0.0

    def table(self, layer: str) -> pa.Table:
        """Rows of `layer`, memory-mapped: they cost address space, not memory."""
        with pa.memory_map(str(self.files[layer])) as mapped:
            return pa.ipc.open_file(mapped).read_all()


def default_workers(files: int) -> int:
    """Processes for that many files: one a core that this process may use, never more than files."""
    return max(1, min(files, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


def read_parts(tasks: Sequence[Task], workers: int, done: Callable[[Part], None]) -> list[Part]:
    """Read all files; the result is in the order of `tasks`, however many processes there are.

    Parameters
    ----------
    tasks : sequence of Task
        The files of one delivery.
    workers : int
        Number of processes; 1 reads in this one.
    done : callable
        Called with each part as it is finished.

    Raises
    ------
    twin.errors.DeliveryError
        If a file cannot be read, or a process died over it. All reading has stopped by then.
    """
    if workers <= 1 or len(tasks) == 1:
        parts = []
        for task in tasks:
            parts.append(read_part(task))
            done(parts[-1])
        return parts
    return _read_side_by_side(tasks, min(workers, len(tasks)), done)


def read_part(task: Task) -> Part:
    """Read one file and write its rows, layer by layer, as Arrow files into the task's folder."""
    started = time.perf_counter()
    part = Part(task.part, task.source.name)
    format_ = chosen(task.format)
    folder = task.folder / str(task.part)
    folder.mkdir(parents=True)
    try:
        with ExitStack() as stack:
            _write(format_, task, part, folder, stack)
        part.sha256 = _digest(task.source)
    except UNREADABLE as damage:
        raise InvalidDelivery(
            file=task.source.name, format=format_.title, where="–", expected=_DAMAGED, found=type(damage).__name__
        ) from damage
    part.seconds = time.perf_counter() - started
    (folder / "done").touch()
    return part


def _write(format_: Format, task: Task, part: Part, folder: Path, stack: ExitStack) -> None:
    writers: dict[str, pa.RecordBatchFileWriter] = {}
    for item in format_.read(task.source, task.options):
        if isinstance(item, Batch):
            schema = find("LAYER", item.layer).read_schema
            if item.layer not in writers:
                part.files[item.layer] = folder / f"{item.layer}.arrow"
                writers[item.layer] = stack.enter_context(pa.ipc.new_file(str(part.files[item.layer]), schema))
            writers[item.layer].write_table(item.table.select(schema.names).cast(schema))
            part.rows[item.layer] = part.rows.get(item.layer, 0) + item.table.num_rows
        elif isinstance(item, Reject):
            part.rejected += 1
            if len(part.rejects) < REJECTS_KEPT:
                part.rejects.append(item)
        elif isinstance(item, Retire):
            part.retired.setdefault(item.layer, []).extend(item.keys)
        else:
            part.facts = item


def _digest(source: SourceFile) -> str:
    digest = hashlib.sha256()
    with source.open() as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _read_side_by_side(tasks: Sequence[Task], workers: int, done: Callable[[Part], None]) -> list[Part]:
    # Spawned, not forked: the parent has threads (Arrow, the database) that a fork would tear in half.
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(language(),)
    )
    try:
        # Largest first, so that no big file starts when the others are done.
        order = sorted(tasks, key=_size, reverse=True)
        futures = {pool.submit(read_part, task): task for task in order}
        found = {part.part: part for part in _finished(futures, done)}
        pool.shutdown()
        return [found[task.part] for task in tasks]
    except BrokenProcessPool as broken:
        raise _death(tasks) from broken
    except BaseException:
        # Nobody waits for what the other processes still read.
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise


def _finished(futures: dict[Future[Part], Task], done: Callable[[Part], None]) -> Iterator[Part]:
    waiting = set(futures)
    while waiting:
        ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ready:
            part = future.result()
            done(part)
            yield part


def _death(tasks: Sequence[Task]) -> InvalidDelivery:
    # A pool does not say over which file its process died; the folders that were begun and not finished do.
    begun = [task for task in tasks if (task.folder / str(task.part)).is_dir()]
    open_ = [task for task in begun if not (task.folder / str(task.part) / "done").exists()] or list(tasks)
    names = ", ".join(task.source.name for task in open_[:3])
    return InvalidDelivery(file=names, format=chosen(open_[0].format).title, where="–", expected=_SURVIVES, found=_DIED)


def _size(task: Task) -> int:
    return task.source.size


def _begin(chosen_language: Language) -> None:
    """Set up a worker: the parent's language; interrupts are the parent's matter; no life without the parent."""
    use_language(chosen_language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait_for_process([sentinel])
    os._exit(1)
