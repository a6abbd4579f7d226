"""The ingest job: whatever a user points at becomes rows of the municipalities that consent."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.archive import is_archive
from ingest.delivery import deliveries
from ingest.download import is_url
from ingest.examination import Examination
from ingest.intake import Intake
from ingest.readers import Readers
from ingest.report import DeliveryReport, Report
from ingest.run import Request, Run
from ingest.settling import settle_again
from ingest.watch import DERIVING, Nobody, Watch
from ingest.wfs import boxed
from twin.discovery import discover
from twin.errors import TwinError, UnknownMunicipality
from twin.failure import record_failure
from twin.language import Text

if TYPE_CHECKING:
    from twin import Twin

__all__ = ["Examination", "Request", "examine", "ingest"]

_NO_DERIVATIVE = Text(
    "„{name}“ wurde nicht erneuert ({problem}); die Daten sind gespeichert, 'twin serve' holt es nach.",
    "“{name}” was not renewed ({problem}); the data is stored, 'twin serve' makes up for it.",
)
_NOT_SETTLED = Text(
    "Grundrisse wurden nicht auf das Gelände gesetzt ({problem}); die Daten sind gespeichert, das nächste Einlesen "
    "holt es nach.",
    "Footprints were not set on the ground ({problem}); the data is stored, the next run makes up for it.",
)
_NOTHING = Text("Keine Datei gefunden, die einzulesen wäre.", "Found no file to ingest.")


def ingest(twin: Twin, words: Sequence[str], request: Request | None = None, watch: Watch | None = None) -> Report:
    """Ingest files, folders, archives and URLs.

    Several files, of one delivery or of many, are read side by side, ahead of their turn, by processes that import the
    calling script anew: a script needs the usual ``if __name__ == "__main__":``, or ``Request(workers=1)``. Deliveries
    land one after another, in the order of their names.

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
    wanted = request or Request()
    with Readers(wanted.workers) as readers:
        return _Job(Run(twin, wanted, watch or Nobody(), readers)).ingest(words)


def examine(
    twin: Twin, words: Sequence[str], request: Request | None = None, watch: Watch | None = None
) -> Examination:
    """Read and check files without publishing them; somebody looks at the findings and then decides.

    Nothing is visible and nothing is in the registry until `Examination.publish`. The rows stay staged meanwhile, for
    as long as this process lives.

    Parameters
    ----------
    twin, words, request, watch
        As in `ingest`; the twin has to stay open. Deliveries of one examination are placed by the borders that the
        twin holds already, not by each other's.

    Returns
    -------
    examination : Examination
        With the report and the findings of each delivery.

    Raises
    ------
    twin.errors.UnknownMunicipality
        If nobody knows the municipality that the user named.
    twin.errors.UnknownName
        If there is no such format.
    """
    wanted = request or Request()
    with Readers(wanted.workers) as readers:
        return _Job(Run(twin, wanted, watch or Nobody(), readers)).examine(words)


class _Job:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.report = Report()
        self._begun: deque[Intake] = deque()
        ags = run.request.options.ags
        if ags and ags not in run.registered | {run.twin.district}:
            raise UnknownMunicipality(ags=ags)

    def ingest(self, words: Sequence[str]) -> Report:
        if _many(words):
            self.run.readers.warm_up()
        with tempfile.TemporaryDirectory(prefix="twin-ingest-") as folder:
            words = [boxed(word, self._box()) if is_url(word) else word for word in words]
            self._coming = deliveries(words, Path(folder), self.run.request.format, self.run.mappings)
            try:
                self._look_ahead()
                while self._begun:
                    self._land(self._begun.popleft())
                    self._look_ahead()
            finally:
                self.run.readers.close()
                for intake in self._begun:
                    intake.close()
        if not self.report.deliveries:
            self.report.notes.append(str(_NOTHING))
        if self.run.touched:
            self._settle()
            self._derive()
        return self.report

    def examine(self, words: Sequence[str]) -> Examination:
        """Bring all deliveries as far as their commit."""
        intakes: list[tuple[Intake, DeliveryReport]] = []
        try:
            with tempfile.TemporaryDirectory(prefix="twin-ingest-") as folder:
                for delivery in deliveries(words, Path(folder), self.run.request.format, self.run.mappings):
                    intake = Intake(delivery, self.run)
                    intakes.append((intake, intake.check(lambda: None)))
        except BaseException:
            self.run.readers.close()
            for intake, _ in intakes:
                intake.close()
            raise
        self.report.deliveries += [report for _, report in intakes]
        if not intakes:
            self.report.notes.append(str(_NOTHING))
        return Examination(intakes, self.report, self._finish)

    def _finish(self, changed: bool) -> None:
        if changed and self.run.touched:
            self._derive()

    def _box(self) -> tuple[float, float, float, float] | None:
        """Box around the municipality that the user named; None if none is named or its border is not known."""
        ags = self.run.request.options.ags
        area = self.run.borders.areas.get(ags) if ags else None
        return None if area is None else area.bounds

    def _look_ahead(self) -> None:
        """Begin deliveries until the readers have enough to do; they land one after another, in their order."""
        readers = self.run.readers
        enough = 2 * readers.workers if readers.workers > 1 else 1
        while not self._begun or (readers.unread < enough and len(self._begun) < 2 * enough):
            delivery = next(self._coming, None)
            if delivery is None:
                return
            self._begun.append(Intake(delivery, self.run))
            self._begun[-1].begin()

    def _land(self, intake: Intake) -> None:
        try:
            self.report.deliveries.append(intake.land(self._look_ahead))
        except BaseException:
            # Whoever interrupts does not want to wait for what is being read.
            self.run.readers.close()
            raise
        finally:
            intake.close()

    def _settle(self) -> None:
        """Set stored footprints on ground that has come; the next run makes up for it, so it undoes nothing."""
        try:
            settle_again(self.run)
        except Exception as error:
            if isinstance(error.__cause__, KeyboardInterrupt):
                raise KeyboardInterrupt from error
            record_failure(self.run.twin.home.path, error)
            problem = str(error) if isinstance(error, TwinError) else type(error).__name__
            self.report.notes.append(_NOT_SETTLED.format(problem=problem))

    def _derive(self) -> None:
        """Renew what is made from the tables, once for all deliveries; it can be made again, so it undoes nothing."""
        self.run.watch.step(DERIVING)
        for name, derivative in discover("DERIVATIVE").items():
            try:
                derivative.update(self.run.twin, self.run.touched)
            except Exception as error:
                if isinstance(error.__cause__, KeyboardInterrupt):
                    raise KeyboardInterrupt from error
                record_failure(self.run.twin.home.path, error)
                problem = str(error) if isinstance(error, TwinError) else type(error).__name__
                self.report.notes.append(_NO_DERIVATIVE.format(name=name, problem=problem))


def _many(words: Sequence[str]) -> bool:
    """Whether more than one file is to be expected."""
    paths = [Path(word) for word in words if not is_url(word)]
    return len(words) > 1 or any(path.is_dir() or is_archive(path) for path in paths)
