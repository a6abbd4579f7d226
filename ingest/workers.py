"""What a reader does with one file: its rows become Arrow files, layer by layer."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ingest.checking import checked
from ingest.damage import WHOLE, in_words
from ingest.finding import Finding, Findings
from ingest.format import Batch, Facts, Format, Options, Reject, Retire
from ingest.problem import REPAIR, UNREAD, advice_of
from ingest.recognition import chosen
from ingest.sheet import Sheet
from ingest.source_file import UNREADABLE, SourceFile
from twin.discovery import find
from twin.errors import InvalidDelivery
from twin.language import Text
from twin.layer import Layer

REJECTS_KEPT = 1_000
"""Rejected features of a file that are named one by one; beyond, they are only counted."""

KEPT_OF_FILE = 5_000
"""Findings of a file that are kept one by one, whatever their kinds."""

DONE, STOP = "done", "stop"
"""Empty files that say that a file has been read to its end, and that no more of a delivery is wanted."""


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
        What the format and the checks say about single features.
    withheld : int
        Rows that checks have rejected; they count as read.
    gone : dict of str to list of str
        Layer to keys of the rows that checks have rejected: what belongs to them is left out with them.
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
    withheld: int = 0
    gone: dict[str, list[str]] = field(default_factory=dict)
    retired: dict[str, list[str]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    seconds: float = 0.0

    def table(self, layer: str) -> pa.Table:
        """Rows of `layer`, memory-mapped: they cost address space, not memory. Not those whose owner was rejected."""
        with pa.memory_map(str(self.files[layer])) as mapped:
            table = pa.ipc.open_file(mapped).read_all()
        declared: Layer = find("LAYER", layer)
        gone = self.gone.get(declared.consent)
        if gone:
            key = find("LAYER", declared.consent).key[0]
            if key in table.column_names:
                table = table.filter(pc.invert(pc.is_in(table.column(key), value_set=pa.array(gone, pa.string()))))
        return table

    def reject(self, reject: Reject) -> None:
        """Count a feature that could not be taken, and name it while there are not too many."""
        self.rejected += 1
        if len(self.rejects) < REJECTS_KEPT:
            self.rejects.append(reject)

    def take(self, sheet: Sheet) -> None:
        """Note what checks have found in a batch."""
        self.findings.take(sheet.findings, sheet.findings.kept[: KEPT_OF_FILE - len(self.findings.kept)])
        if not sheet.rejected.any():
            return
        self.withheld += int(sheet.rejected.sum())
        for finding in sheet.findings.kept:
            if finding.severity == "error" and len(self.rejects) < REJECTS_KEPT:
                self.rejects.append(Reject(finding.feature, str(finding.sentence), finding.layer))
        self.rejected += int(sheet.rejected.sum())
        if not sheet.layer.consent:
            keys = sheet.column(sheet.layer.key[0]).filter(pa.array(sheet.rejected))
            self.gone.setdefault(sheet.layer.name, []).extend(key for key in keys.to_pylist() if key is not None)


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
        part.sha256 = task.source.sha256
    except UNREADABLE as damage:
        raise InvalidDelivery(
            file=task.source.name, format=format_.title, where="–", expected=WHOLE, found=in_words(damage)
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
            layer = find("LAYER", item.layer)
            schema = layer.read_schema
            if item.layer not in writers:
                part.files[item.layer] = folder / f"{item.layer}.arrow"
                writers[item.layer] = stack.enter_context(pa.ipc.new_file(str(part.files[item.layer]), schema))
            sheet = checked(layer, item.table.select(schema.names).cast(schema))
            part.take(sheet)
            writers[item.layer].write_table(sheet.kept())
            part.rows[item.layer] = part.rows.get(item.layer, 0) + item.table.num_rows
        elif isinstance(item, Reject):
            part.reject(item)
            said = Text(item.reason, item.reason)
            code = item.code or UNREAD
            part.findings.add(
                Finding(
                    code,
                    "error",
                    item.layer,
                    item.feature,
                    said,
                    advice=advice_of(code) or REPAIR,
                    content=item.content,
                )
            )
        elif isinstance(item, Finding):
            part.findings.add(item)
            if item.severity == "error":
                part.reject(Reject(item.feature, str(item.sentence), item.layer))
        elif isinstance(item, Retire):
            part.retired.setdefault(item.layer, []).extend(item.keys)
        else:
            part.facts = item
