"""What a reader does with one file: its rows become Arrow files, layer by layer."""

from __future__ import annotations

import hashlib
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from ingest.finding import Finding, Findings
from ingest.format import Batch, Facts, Format, Options, Reject, Retire
from ingest.recognition import chosen
from ingest.source_file import UNREADABLE, SourceFile
from twin.discovery import find
from twin.errors import InvalidDelivery
from twin.language import Text

REJECTS_KEPT = 1_000
"""Rejected features of a file that are named one by one; beyond, they are only counted."""

DONE, STOP = "done", "stop"
"""Empty files that say that a file has been read to its end, and that no more of a delivery is wanted."""

_DAMAGED = Text("eine lesbare Datei", "a readable file")


class Stopped(Exception):
    """Nobody wants the result any more."""


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
    findings : Findings
        What the format says about single features.
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
    findings: Findings = field(default_factory=Findings)
    retired: dict[str, list[str]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    seconds: float = 0.0

    def table(self, layer: str) -> pa.Table:
        """Rows of `layer`, memory-mapped: they cost address space, not memory."""
        with pa.memory_map(str(self.files[layer])) as mapped:
            return pa.ipc.open_file(mapped).read_all()


def read_part(task: Task) -> Part:
    """Read one file and write its rows, layer by layer, as Arrow files into the task's folder.

    Raises
    ------
    twin.errors.DeliveryError
        If it cannot be read.
    Stopped
        If a file `STOP` appears in the task's folder.
    """
    started = time.perf_counter()
    if (task.folder / STOP).exists():
        raise Stopped
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
    (folder / DONE).touch()
    return part


def _write(format_: Format, task: Task, part: Part, folder: Path, stack: ExitStack) -> None:
    writers: dict[str, pa.RecordBatchFileWriter] = {}
    stop = task.folder / STOP
    for item in format_.read(task.source, task.options):
        if stop.exists():
            raise Stopped
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
        elif isinstance(item, Finding):
            part.findings.add(item)
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
