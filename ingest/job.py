"""The ingest job: whatever a user points at becomes rows of the municipalities that consent."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.delivery import Delivery, deliveries
from ingest.format import Options
from ingest.placement import Borders
from ingest.report import REJECTED_KEPT, DeliveryReport, Report
from ingest.rows import RowSorter
from ingest.watch import COMMITTING, DERIVING, PLACING, Nobody, Watch
from ingest.workers import Part, Task, default_workers, read_parts
from twin.consent import MUNICIPALITIES
from twin.discovery import discover, find
from twin.errors import TwinError, UnknownFormat, UnknownMunicipality, UnplacedFeatures
from twin.failure import record_failure
from twin.language import Text
from twin.staging import DeliveryHeader, Outcome, Staging

if TYPE_CHECKING:
    from twin import Twin

_log = logging.getLogger(__name__)

_FOLDER = "read"
_NOTES_KEPT = 50

_UNEXPECTED = Text(
    "Unerwarteter Fehler ({kind}); nichts gespeichert. Einzelheiten ohne Inhalte der Daten stehen in {log}.",
    "Unexpected error ({kind}); nothing stored. Details, without any content of the data, are in {log}.",
)
_NO_DERIVATIVE = Text(
    "„{name}“ wurde nicht erneuert ({problem}); die Daten sind gespeichert, 'twin serve' holt es nach.",
    "“{name}” was not renewed ({problem}); the data is stored, 'twin serve' makes up for it.",
)
_PASSED_OVER = Text(
    "{count} Dateien in keinem bekannten Format, etwa {name}", "{count} files in no known format, such as {name}"
)
_NOTHING = Text("Keine Datei gefunden, die einzulesen wäre.", "Found no file to ingest.")
_MORE_NOTES = Text("… und {count} weitere Hinweise", "… and {count} more notes")


@dataclass(frozen=True, slots=True)
class Request:
    """What the user wants done.

    Attributes
    ----------
    options : Options
        CRS and municipality that were named.
    format : str
        Format that was named; empty to recognise it.
    licence : str
        Licence of files that name none; empty if not given.
    workers : int
        Processes that read; 0 for one a core.
    dry_run : bool
        Whether nothing is to be stored.
    author : str
        Who hands it in.
    """

    options: Options = field(default_factory=Options)
    format: str = ""
    licence: str = ""
    workers: int = 0
    dry_run: bool = False
    author: str = ""


def ingest(twin: Twin, words: Sequence[str], request: Request | None = None, watch: Watch | None = None) -> Report:
    """Ingest files, folders, archives and URLs.

    Archives of several files are read by worker processes that import the calling script anew: a script needs the
    usual ``if __name__ == "__main__":``, or ``Request(workers=1)``.

    Parameters
    ----------
    twin : Twin
        Where to.
    words : sequence of str
        Paths and URLs; see `ingest.delivery.deliveries`.
    request : Request, optional
        What is wanted beside.
    watch : Watch, optional
        Who is told how far it is.

    Returns
    -------
    report : Report
        One entry a delivery; a delivery that fails stores nothing and does not keep the others from landing.

    Raises
    ------
    twin.errors.UnknownMunicipality
        If nobody knows the municipality that the user named.
    twin.errors.UnknownName
        If there is no such format.
    """
    job = _Job(twin, request or Request(), watch or Nobody())
    return job.run(words)


class _Job:
    def __init__(self, twin: Twin, request: Request, watch: Watch) -> None:
        self.twin, self.request, self.watch = twin, request, watch
        self.report = Report()
        self.touched: dict[str, set[str]] = {}
        self.borders: Borders | None = None
        self.registered = frozenset(municipality.ags for municipality in twin.municipalities())
        ags = request.options.ags
        if ags and ags not in self.registered | {twin.district}:
            raise UnknownMunicipality(ags=ags)

    def run(self, words: Sequence[str]) -> Report:
        with tempfile.TemporaryDirectory(prefix="twin-ingest-") as folder:
            for delivery in deliveries(words, Path(folder), self.request.format):
                self.report.deliveries.append(self._ingest(delivery))
        if not self.report.deliveries:
            self.report.notes.append(str(_NOTHING))
        if self.touched:
            self._derive()
        return self.report

    def _ingest(self, delivery: Delivery) -> DeliveryReport:
        report = DeliveryReport(delivery.name, dry_run=self.request.dry_run, parts=len(delivery.sources))
        started = time.perf_counter()
        if delivery.format is not None:
            report.format = delivery.format.name
        try:
            if delivery.error is not None:
                raise delivery.error
            self._land(delivery, report)
        except TwinError as error:
            report.error, report.unknown = str(error), isinstance(error, UnknownFormat)
        except Exception as error:
            # Our own fault, and still no reason to let the other deliveries down.
            log = record_failure(self.twin.home.path, error)
            report.error = _UNEXPECTED.format(kind=type(error).__name__, log=log)
        report.seconds = time.perf_counter() - started
        return report

    def _land(self, delivery: Delivery, report: DeliveryReport) -> None:
        assert delivery.format is not None
        options = self.request.options
        header = DeliveryHeader(
            file=delivery.name,
            format=delivery.format.name,
            sha256=delivery.digest(),
            ags=options.ags,
            crs=options.crs,
            author=self.request.author,
            layers=delivery.format.layers,
        )
        known = self.twin.known_delivery(header.sha256, header.ags, header.crs, header.format)
        if known is not None and not self._borders_moved(known.committed_at):
            report.delivery_id, report.unchanged = known.delivery_id, True
            return
        self.watch.begin(delivery.name, len(delivery.sources))
        with self.twin.stage(header) as staging:
            folder = staging.folder / _FOLDER
            tasks = [
                Task(number, source, delivery.format.name, options, folder)
                for number, source in enumerate(delivery.sources)
            ]
            workers = self.request.workers or default_workers(len(tasks))
            parts = read_parts(tasks, workers, self._file_done)
            self.watch.step(PLACING)
            self._describe(delivery, parts, report, staging)
            sorter = self._sort(delivery, parts, report, staging)
            shutil.rmtree(folder)
            if not self.request.dry_run:
                self.watch.step(COMMITTING)
                self._register(sorter)
                self._tell(staging.commit(), report)

    def _file_done(self, part: Part) -> None:
        counts = ", ".join(f"{layer} {rows:,}" for layer, rows in part.rows.items())
        _log.info("%s: %s (%.1f s)", part.name, counts or "–", part.seconds)
        self.watch.file_done(part)

    def _borders_moved(self, since: str) -> bool:
        """Whether rows that found no municipality then might find one now."""
        return any(entry.at > since for entry in self.twin.history("municipality"))

    def _register(self, sorter: RowSorter) -> None:
        """Let the district know its municipalities by name. Before the commit: after it, a kill would lose them."""
        self.twin.register(sorter.municipalities)
        self.registered |= {municipality.ags for municipality in sorter.municipalities}

    def _describe(self, delivery: Delivery, parts: Sequence[Part], report: DeliveryReport, staging: Staging) -> None:
        notes: Counter[str] = Counter()
        for part in parts:
            facts = part.facts
            staging.file(
                part.part,
                part.name,
                part.sha256,
                version=facts.version,
                crs=facts.crs,
                extent=facts.extent,
                mode=facts.mode,
                licence=facts.licence or self.request.licence,
                date=facts.date,
                dropped=facts.dropped,
                notes=facts.notes,
            )
            for reject in part.rejects:
                staging.reject(reject.feature, reject.reason, reject.layer)
                if len(report.rejected) < REJECTED_KEPT:
                    report.rejected.append({"feature": reject.feature, "reason": reject.reason})
            report.rejected_count += part.rejected
            report.drop(facts.dropped)
            report.read.update(part.rows)
            for layer, keys in part.retired.items():
                staging.retire(layer, keys)
            notes.update(facts.notes)
        report.version = ", ".join(sorted({part.facts.version for part in parts if part.facts.version}))
        report.crs = ", ".join(sorted({part.facts.crs for part in parts if part.facts.crs}))
        report.notes = [note if count == 1 else f"{note} (× {count})" for note, count in notes.most_common(_NOTES_KEPT)]
        if len(notes) > _NOTES_KEPT:
            report.notes.append(_MORE_NOTES.format(count=len(notes) - _NOTES_KEPT))
        if delivery.passed_over:
            report.notes.append(_PASSED_OVER.format(count=len(delivery.passed_over), name=delivery.passed_over[0]))

    def _sort(self, delivery: Delivery, parts: Sequence[Part], report: DeliveryReport, staging: Staging) -> RowSorter:
        self.borders = self.borders or Borders.of(self.twin)
        sorter = RowSorter(staging, self.borders, self.twin.district, self.registered, self.request.options.ags)
        sorter.sort(parts)
        unplaced = sum(count for reason, count in sorter.refused.items() if reason.startswith("unplaced:"))
        if unplaced and unplaced == report.read.total():
            raise UnplacedFeatures(file=delivery.name, count=unplaced)
        for layer, counts in sorter.loaded.items():
            for ags, rows in counts.items():
                report.load(layer, ags, rows)
        report.refused.update({reason: count for reason, count in sorter.refused.items() if count})
        return sorter

    def _tell(self, outcome: Outcome, report: DeliveryReport) -> None:
        """What the store says counts: rows that came twice are one, and consents may have changed meanwhile."""
        report.delivery_id = outcome.delivery_id
        report.loaded = {layer: Counter(counts) for layer, counts in outcome.loaded.items() if sum(counts.values())}
        report.retired = Counter({layer: count for layer, count in outcome.retired.items() if count})
        for layer, counts in outcome.refused.items():
            for ags, count in counts.items():
                report.refused[f"no_consent:{layer}:{ags}"] = count
        for layer, count in outcome.kept_better.items():
            if count:
                report.refused[f"kept_better:{layer}"] = count
        for layer, counts in outcome.loaded.items():
            for ags in counts:
                self._touch(ags, layer)
        if MUNICIPALITIES in outcome.loaded:
            self.borders = None
        for layer in report.retired:
            # The store does not say whose rows went: look at all that have some.
            for ags in (*self.registered, self.twin.district):
                self._touch(ags, layer)

    def _touch(self, ags: str, layer: str) -> None:
        self.touched.setdefault(ags, set()).add(find("LAYER", layer).consent_class)

    def _derive(self) -> None:
        """Renew what is made from the tables, once for all deliveries; it can be made again, so it undoes nothing."""
        self.watch.step(DERIVING)
        for name, derivative in discover("DERIVATIVE").items():
            try:
                derivative.update(self.twin, self.touched)
            except Exception as error:
                record_failure(self.twin.home.path, error)
                problem = str(error) if isinstance(error, TwinError) else type(error).__name__
                self.report.notes.append(_NO_DERIVATIVE.format(name=name, problem=problem))
