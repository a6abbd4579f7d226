"""One delivery on its way in: begun, when its files may be read, and landed, when its turn has come."""

from __future__ import annotations

import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import pyarrow as pa

from ingest.delivery import Delivery
from ingest.delivery_checks import delivery_findings, records
from ingest.municipality_facts import COMPLETED
from ingest.readers import Reading
from ingest.report import REJECTED_KEPT, DeliveryReport
from ingest.rows import RowSorter
from ingest.run import Run
from ingest.settling import Settling
from ingest.stored_owner import stored_owners
from ingest.watch import COMMITTING, PLACING
from ingest.workers import Part, Task
from twin.consent import MUNICIPALITIES
from twin.deliveries import DeliveryRecord
from twin.delivery import DeliveryHeader, Outcome
from twin.discovery import find
from twin.errors import TwinError, UnknownFormat, UnplacedFeatures
from twin.failure import record_failure
from twin.language import Text
from twin.layer import Layer
from twin.number import grouped
from twin.staging import Staging

_log = logging.getLogger(__name__)

_FOLDER = "read"
_NOTES_KEPT = 50
_PREVIEWED = 1_000  # rows of each layer that an examination can show

_UNEXPECTED = Text(
    "Unerwarteter Fehler ({kind}); nichts gespeichert. Einzelheiten ohne Inhalte der Daten stehen in {log}.",
    "Unexpected error ({kind}); nothing stored. Details, without any content of the data, are in {log}.",
)
_PASSED_OVER = Text(
    "{count} Dateien in keinem bekannten Format, etwa {name}", "{count} files in no known format, such as {name}"
)
_MORE_NOTES = Text("… und {count} weitere Hinweise", "… and {count} more notes")


class Intake:
    """A delivery of a run. Close it, whatever becomes of it.

    Parameters
    ----------
    delivery : Delivery
        What comes in.
    run : Run
        What it shares with the others of its run.
    """

    def __init__(self, delivery: Delivery, run: Run) -> None:
        self.delivery, self.run = delivery, run
        self._staging: Staging | None = None
        self._reading: Reading | None = None
        self._held = False
        self._commit: Callable[[], None] | None = None
        self.previews: dict[str, pa.Table] = {}

    @cached_property
    def header(self) -> DeliveryHeader:
        """What the twin is to know of the delivery."""
        format_ = self.delivery.format
        assert format_ is not None
        options = self.run.request.options
        header = DeliveryHeader(
            file=self.delivery.name,
            format=format_.name,
            sha256=self.delivery.digest(),
            ags=options.ags,
            crs=options.crs,
            author=self.run.request.author,
            layers=format_.layers,
            tenants=self.run.request.tenants,
        )
        if not self.run.request.continues:
            return header
        return replace(header, continues=self.run.twin.continued_delivery(header))

    def begin(self) -> None:
        """Let its files be read already, unless the twin seems to hold them."""
        if self.delivery.error is not None:
            return
        try:
            if self._known() is None:
                self._read()
        except Exception:
            # Whatever it is, `land` meets it again, and reports it in its place.
            _log.debug("begin", exc_info=True)
            self.close()

    def land(self, meanwhile: Callable[[], None]) -> DeliveryReport:
        """Bring it in, and say what became of it.

        Parameters
        ----------
        meanwhile : callable
            Called when its files have been read: the readers are free for others while it is placed and stored.
        """
        dry_run = self.run.request.dry_run or self._held
        report = DeliveryReport(self.delivery.name, dry_run=dry_run, parts=len(self.delivery.sources))
        if self.delivery.format is not None:
            report.format = self.delivery.format.name
        self._guarded(report, lambda: self._land(report, meanwhile))
        return report

    def _guarded(self, report: DeliveryReport, work: Callable[[], None]) -> None:
        """Do it; what goes wrong stands in the report, and nowhere else."""
        started = time.perf_counter()
        try:
            work()
        except TwinError as error:
            report.error, report.unknown, report.cause = str(error), isinstance(error, UnknownFormat), error
        except Exception as error:
            if isinstance(error.__cause__, KeyboardInterrupt):
                # The engine's way to say that the user wants to stop.
                raise KeyboardInterrupt from error
            # Our own fault, and still no reason to let the other deliveries down.
            log = record_failure(self.run.twin.home.path, error)
            report.error, report.cause = _UNEXPECTED.format(kind=type(error).__name__, log=log), error
        report.seconds += time.perf_counter() - started

    def check(self, meanwhile: Callable[[], None]) -> DeliveryReport:
        """Read, place and check it, as `land` does, and leave it staged; `publish` lets it land."""
        self._held = True
        return self.land(meanwhile)

    def publish(self, report: DeliveryReport) -> None:
        """Let what `check` has left staged land, and complete its report."""
        if self._commit is not None:
            commit, self._commit = self._commit, None
            self._guarded(report, commit)
            report.dry_run = False

    @property
    def ready(self) -> bool:
        """Whether `publish` has something to store."""
        return self._commit is not None

    def close(self) -> None:
        """Stop reading, and remove what has not landed."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if self._staging is not None:
            self._staging.discard()
            self._staging = None

    def _known(self) -> DeliveryRecord | None:
        """The delivery, if the twin holds exactly this and would find no more in it now."""
        header = self.header
        known = self.run.twin.known_delivery(header.sha256, header.ags, header.crs, header.format)
        # Rows that found no municipality then might find one since.
        moved = known is not None and any(
            entry.at > known.committed_at for entry in self.run.twin.history("municipality")
        )
        return None if moved else known

    def _read(self) -> tuple[Reading, Staging]:
        """What is read and where to, begun if it has not been yet."""
        if self._staging is None or self._reading is None:
            self._staging = self.run.twin.stage(self.header)
            folder, format_ = self._staging.folder / _FOLDER, self.header.format
            options = replace(self.run.request.options, mappings=self.delivery.mappings)
            self._reading = self.run.readers.read(
                [Task(part, source, format_, options, folder) for part, source in enumerate(self.delivery.sources)]
            )
        return self._reading, self._staging

    def _land(self, report: DeliveryReport, meanwhile: Callable[[], None]) -> None:
        if self.delivery.error is not None:
            raise self.delivery.error
        # Asked again: a delivery that landed since `begin` may have brought the same, or replaced it.
        known = self._known()
        if known is not None:
            report.delivery_id, report.unchanged = known.delivery_id, True
            return
        self.run.watch.begin(self.delivery.name, len(self.delivery.sources))
        reading, staging = self._read()
        parts = reading.parts(self._file_done)
        _withhold(parts)
        meanwhile()
        self.run.watch.step(PLACING)
        self._describe(parts, report, staging)
        sorter = self._sort(parts, report, staging)
        if self._held:
            self.previews = _previews(parts, sorter)
        shutil.rmtree(staging.folder / _FOLDER)

        def commit() -> None:
            self.run.watch.step(COMMITTING)
            # Before the commit: after it, a kill would lose them.
            self.run.register(sorter.municipalities)
            self._tell(staging.commit(), report)

        if self._held:
            self._commit = commit
        elif not self.run.request.dry_run:
            commit()

    def _file_done(self, part: Part) -> None:
        counts = ", ".join(f"{layer} {grouped(rows)}" for layer, rows in part.rows.items())
        _log.info("%s: %s (%.1f s)", part.name, counts or "–", part.seconds)
        self.run.watch.file_done(part)

    def _describe(self, parts: Sequence[Part], report: DeliveryReport, staging: Staging) -> None:
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
                licence=facts.licence or self.run.request.licence,
                date=facts.date or self.run.request.dates.get(self.delivery.name, ""),
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
        passed_over = self.delivery.passed_over
        if passed_over:
            report.notes.append(_PASSED_OVER.format(count=len(passed_over), name=passed_over[0]))

    def _sort(self, parts: Sequence[Part], report: DeliveryReport, staging: Staging) -> RowSorter:
        run = self.run
        ags, settling = run.request.options.ags, Settling(run.twin)
        sorter = RowSorter(
            staging, run.borders, run.twin.district, run.registered, ags, settling, stored_owners(run.twin), run.facts
        )
        sorter.sort(parts)
        if sorter.completed:
            report.notes.append(COMPLETED.format(count=sorter.completed))
        unplaced = sum(count for reason, count in sorter.refused.items() if reason.startswith("unplaced:"))
        withheld = sum(part.withheld for part in parts)
        if unplaced and unplaced + withheld == report.read.total():
            raise UnplacedFeatures(file=self.delivery.name, count=unplaced)
        for layer, counts in sorter.loaded.items():
            for ags, rows in counts.items():
                report.load(layer, ags, rows)
        report.refused.update({reason: count for reason, count in sorter.refused.items() if count})
        given = run.request.options.ags
        report.findings = delivery_findings(parts, sorter.places, sorter.keys, run.borders, given)
        staging.find(*records(report.findings, parts))
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
                self.run.touch(ags, layer)
        if MUNICIPALITIES in outcome.loaded:
            self.run.borders_moved()
        for layer in report.retired:
            # The store does not say whose rows went: look at all that have some.
            for ags in (*self.run.registered, self.run.twin.district):
                self.run.touch(ags, layer)


def _previews(parts: Sequence[Part], sorter: RowSorter) -> dict[str, pa.Table]:
    """The first rows of each layer, in memory, with the municipality that they were put to."""
    found: dict[str, list[pa.Table]] = {}
    for part in parts:
        for name in part.files:
            layer: Layer = find("LAYER", name)
            if layer.consent and not layer.geometry:
                continue  # meshes and the like: the layer that they belong to shows where they are
            table = part.table(name).slice(0, _PREVIEWED)
            places = sorter.places.get((part.part, name))
            if places is not None:
                named = [sorter.keys[number] if number >= 0 else "" for number in places[:_PREVIEWED].tolist()]
                table = table.set_column(table.schema.get_field_index("ags"), "ags", pa.array(named, pa.string()))
                table = table.filter(pa.array([bool(ags) and sorter.staging.accepts(ags, name) for ags in named]))
            # Copied: the file that it is mapped from goes.
            found.setdefault(name, []).append(table.take(pa.array(range(table.num_rows))))
    return {name: pa.concat_tables(tables).slice(0, _PREVIEWED) for name, tables in found.items()}


def _withhold(parts: Sequence[Part]) -> None:
    """Let every file know what was rejected in any: a building's surfaces may stand in another."""
    gone: dict[str, list[str]] = {}
    for part in parts:
        for layer, keys in part.gone.items():
            gone.setdefault(layer, []).extend(keys)
    for part in parts:
        part.gone = gone
