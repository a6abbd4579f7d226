"""What became of a delivery: for people, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from rich.console import Console
from rich.markup import escape

from ingest.finding import SEVERITIES, Findings
from ingest.problem import title_of
from ingest.report_words import reason_text, refusal_parts
from twin.discovery import discover
from twin.language import Text
from twin.layer import Layer
from twin.number import grouped

REJECTED_KEPT = 1_000
"""Rejected features that a report names one by one; ``rejected_count`` counts all."""

FINDINGS_SHOWN = 5_000
"""Findings that a report names one by one, grave ones first; ``finding_counts`` counts all."""

PERSONAL = frozenset(
    (
        *("AX_Person", "AX_PersonGruppe", "AX_Anschrift", "AX_Namensnummer", "AX_Buchungsblatt", "AX_Buchungsstelle"),
        *("AX_Verwaltung", "AX_Vertretung", "AX_Benutzer", "AX_Benutzergruppe"),
    )
)
"""Object classes about persons, or that lead to persons (GeoInfoDok: Angaben zu Personen, Eigentümer, Nutzer)."""

_SAMPLES = 5
_LONGEST = 200  # characters of a sentence on the terminal


@dataclass(slots=True)
class DeliveryReport:
    """One delivery of a run.

    Attributes
    ----------
    file : str
        Name of the file, archive or URL.
    format, version, crs : str
        As recognised and found; empty if it came to nothing.
    delivery_id : str
        Empty if nothing was stored.
    unchanged : bool
        Whether the twin has held exactly this already.
    dry_run : bool
        Whether nothing was to be stored.
    parts : int
        Number of files read.
    read : Counter
        Rows by layer.
    loaded : dict of str to Counter
        Rows by layer and municipality (or district).
    refused : Counter
        Rows by reason: ``no_consent:<layer>:<ags>``, ``not_yours:<layer>:<ags>``, ``unplaced:<layer>``,
        ``outside:<layer>``, ``kept_better:<layer>``, ``personal_data:<class>``.
    dropped : Counter
        Objects by class that were left out on purpose and are not about persons.
    rejected : list of dict
        ``feature`` and ``reason``, at most `REJECTED_KEPT`.
    rejected_count : int
        How many there were.
    retired : Counter
        Rows by layer that an earlier delivery held and this one does not any more.
    findings : Findings
        What checks have to say: of what was rejected, of what is doubtful, of what was mended.
    notes : list of str
        What a steward should read.
    error : str
        Why nothing was stored; empty if all went well.
    unknown : bool
        Whether the error is that the file is in no format that we know.
    seconds : float
        Time it took once its turn had come; what was read ahead until then counts for those before. [s]
    cause : Exception or None
        The error itself, for callers that treat kinds of errors differently; it is not in `as_dict`.
    """

    file: str
    format: str = ""
    version: str = ""
    crs: str = ""
    delivery_id: str = ""
    unchanged: bool = False
    dry_run: bool = False
    parts: int = 0
    read: Counter[str] = field(default_factory=Counter)
    loaded: dict[str, Counter[str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    rejected: list[dict[str, str]] = field(default_factory=list)
    rejected_count: int = 0
    retired: Counter[str] = field(default_factory=Counter)
    findings: Findings = field(default_factory=Findings)
    notes: list[str] = field(default_factory=list)
    error: str = ""
    unknown: bool = False
    seconds: float = 0.0
    cause: Exception | None = field(default=None, repr=False, compare=False)

    @property
    def loaded_rows(self) -> int:
        """Rows that were loaded, of all layers."""
        return sum(sum(counts.values()) for counts in self.loaded.values())

    def load(self, layer: str, ags: str, rows: int) -> None:
        """Count rows that were loaded."""
        self.loaded.setdefault(layer, Counter())[ags] += rows

    def drop(self, classes: dict[str, int]) -> None:
        """Count objects that were left out on purpose; those about persons are refused."""
        for name, count in classes.items():
            if name in PERSONAL:
                self.refused[f"personal_data:{name}"] += count
            else:
                self.dropped[name] += count

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {
            "file": self.file,
            "format": self.format,
            "version": self.version,
            "crs": self.crs,
            "delivery_id": self.delivery_id,
            "unchanged": self.unchanged,
            "dry_run": self.dry_run,
            "parts": self.parts,
            "read": dict(sorted(self.read.items())),
            "loaded": {layer: dict(sorted(counts.items())) for layer, counts in sorted(self.loaded.items())},
            "refused": dict(sorted(self.refused.items())),
            "dropped": dict(sorted(self.dropped.items())),
            "rejected": self.rejected,
            "rejected_count": self.rejected_count,
            "retired": dict(sorted(self.retired.items())),
            "findings": [finding.as_dict() for finding in self.findings.sorted()[:FINDINGS_SHOWN]],
            "finding_counts": [
                {"code": code, "severity": severity, "layer": layer, "count": count}
                for (code, severity, layer), count in sorted(self.findings.counts.items())
            ],
            "notes": self.notes,
            "error": self.error,
            "seconds": round(self.seconds, 3),
        }


@dataclass(slots=True)
class Report:
    """What became of all deliveries of a run.

    Attributes
    ----------
    deliveries : list of DeliveryReport
        In the order of the files.
    notes : list of str
        What concerns no single delivery.
    """

    deliveries: list[DeliveryReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        """Whether no delivery failed; a file in no known format only counts if nothing at all could be read."""
        failed = any(delivery.error and not delivery.unknown for delivery in self.deliveries)
        return not failed and any(not delivery.error for delivery in self.deliveries)

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it."""
        return {"deliveries": [delivery.as_dict() for delivery in self.deliveries], "notes": self.notes}

    def print(self, console: Console) -> None:
        """Write it for people."""
        for delivery in self.deliveries:
            _print_delivery(delivery, console)
        if len(self.deliveries) > _SAMPLES:
            console.print(f"[bold]{_summary(self.deliveries)}[/]")
        for note in self.notes:
            console.print(f"[yellow]•[/] {escape(note)}")


_UNCHANGED = Text("unverändert, schon geladen", "unchanged, loaded before")
_DRY_RUN = Text("Probelauf, nichts gespeichert", "dry run, nothing stored")
_NOTHING = Text("gültig, aber nichts für den Zwilling darin", "valid, but nothing in it for the twin")
_DELIVERIES = Text("Lieferungen", "deliveries")
_STORED = Text("geladen", "loaded")
_SAME = Text("unverändert", "unchanged")
_EMPTY = Text("ohne etwas für den Zwilling", "with nothing for the twin")
_UNKNOWN = Text("keine Lieferung", "no delivery")
_FAILED = Text("abgelehnt", "refused")
_READ = Text("gelesen", "read")
_LOADED = Text("geladen", "loaded")
_RETIRED = Text("abgelöst", "retired")
_REJECTED = Text("nicht lesbare Objekte", "rejected features")
_COLOURS = {"error": "red", "warning": "yellow", "notice": "dim"}


def _print_delivery(delivery: DeliveryReport, console: Console) -> None:
    kind = " · ".join(part for part in (delivery.format, delivery.version, delivery.crs) if part)
    title = (
        f"[bold]{escape(delivery.file)}[/]  [dim]{escape(kind)}  {delivery.seconds:.1f} s  {delivery.delivery_id}[/]"
    )
    console.print(title)
    if delivery.error:
        colour = "yellow" if delivery.unknown else "red"
        console.print(f"  [{colour}]{escape(_without_name(delivery))}[/]")
        return
    if delivery.unchanged:
        console.print(f"  {_UNCHANGED}")
        return
    if delivery.dry_run:
        console.print(f"  [yellow]{_DRY_RUN}[/]")
    if not delivery.read:
        console.print(f"  {_NOTHING}")
    for layer, rows in sorted(delivery.read.items()):
        counts = delivery.loaded.get(layer, Counter())
        line = f"  {_title(layer)}: {grouped(rows)} {_READ}, [green]{grouped(counts.total())} {_LOADED}[/]"
        if delivery.retired[layer]:
            line += f", {grouped(delivery.retired[layer])} {_RETIRED}"
        console.print(line)
    for line in _refusals(delivery.refused.items()):
        console.print(f"  [yellow]–[/] {escape(line)}")
    if delivery.rejected_count:
        console.print(f"  [yellow]–[/] {grouped(delivery.rejected_count)} {_REJECTED}")
        for reject in delivery.rejected[:_SAMPLES]:
            console.print(f"      {escape(reject['feature'])}: {escape(reject['reason'])}")
    _print_findings(delivery.findings, console)
    for note in delivery.notes:
        console.print(f"  [yellow]•[/] {escape(note)}")


def _without_name(delivery: DeliveryReport) -> str:
    """The error without the file's name, which stands above it."""
    for name in (delivery.file, PurePath(delivery.file).name):
        if delivery.error.startswith(f"{name}: "):
            return delivery.error.removeprefix(f"{name}: ")
    return delivery.error


def _summary(deliveries: Sequence[DeliveryReport]) -> str:
    """How many deliveries came to what."""
    stored = [one for one in deliveries if not one.error and not one.unchanged]
    counts = (
        (_STORED, sum(bool(one.loaded_rows) for one in stored)),
        (_SAME, sum(one.unchanged for one in deliveries)),
        (_EMPTY, sum(not one.loaded_rows for one in stored)),
        (_UNKNOWN, sum(bool(one.error) and one.unknown for one in deliveries)),
        (_FAILED, sum(bool(one.error) and not one.unknown for one in deliveries)),
    )
    return f"{grouped(len(deliveries))} {_DELIVERIES}: " + ", ".join(f"{grouped(n)} {text}" for text, n in counts if n)


def _refusals(refused: Iterable[tuple[str, int]]) -> list[str]:
    lines = []
    for kind, layer, ags, count in refusal_parts(refused):
        words = " ".join(word for word in (_title(layer), ags) if word)
        lines.append(f"{words}: {grouped(count)} – {reason_text(kind)}")
    return lines


def _print_findings(findings: Findings, console: Console) -> None:
    """One line a kind: how many, what, and one of them in full. Rejected features stand above."""
    order = sorted(findings.counts.items(), key=lambda item: (SEVERITIES.index(item[0][1]), -item[1], item[0]))
    for (code, severity, layer), count in order:
        if severity == "error" or not count:
            continue
        first = next(
            (one for one in findings.kept if (one.code, one.severity, one.layer) == (code, severity, layer)), None
        )
        line = f"  [{_COLOURS[severity]}]•[/] {escape(str(title_of(code)))} ({escape(_title(layer))}): {grouped(count)}"
        console.print(line)
        if first is not None:
            console.print(f"      [dim]{escape(first.feature)}: {escape(str(first.sentence)[:_LONGEST])}[/]")


def _title(layer: str) -> str:
    found: Layer | None = discover("LAYER").get(layer)
    return str(found.title) if found is not None else layer
