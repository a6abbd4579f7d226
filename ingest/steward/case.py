"""A steward's case: an examination in the words of `twin.desk`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ingest.examination import Examination
from ingest.finding import SEVERITIES
from ingest.format import Options
from ingest.job import Request, examine
from ingest.report import DeliveryReport
from ingest.report_page import page
from ingest.report_words import reason_text, refusal_parts
from ingest.watch import Nobody
from twin import Twin
from twin.desk import Errand, Summary
from twin.discovery import discover, find
from twin.language import Text

_READING = Text("{file} wird gelesen …", "Reading {file} …")
_STEP = Text("{file}: {step} …", "{file}: {step} …")
_REASON = Text("{layer}: {reason}", "{layer}: {reason}")


class StewardCase:
    """What `examine` gives; see `twin.desk.Case`."""

    def __init__(self, twin: Twin, examination: Examination) -> None:
        self._twin, self._examination = twin, examination

    @property
    def summaries(self) -> list[Summary]:
        """One a delivery."""
        return [_summary(report) for report in self._examination.report.deliveries]

    @property
    def publishable(self) -> bool:
        """Whether there is anything to store."""
        return self._examination.publishable

    def preview(self, most: int, /) -> Mapping[str, Any]:
        """First rows of each layer."""
        return self._examination.preview(most)

    def page(self, number: int, /) -> str:
        """Report as HTML."""
        return page(self._examination.report.deliveries[number])

    def publish(self) -> None:
        """Store."""
        self._examination.publish()

    def discard(self) -> None:
        """Forget."""
        self._examination.discard()


class _Teller(Nobody):
    """Says in words how far the job is."""

    def __init__(self, errand: Errand) -> None:
        self._told, self._file = errand.told, ""

    def begin(self, name: str, files: int) -> None:
        """A delivery begins."""
        self._file = name
        self._told(_READING.filled(file=name))

    def step(self, title: Text) -> None:
        """It has got to a step."""
        self._told(_STEP.filled(file=self._file, step=title) if self._file else title)


def open_case(twin: Twin, errand: Errand) -> StewardCase:
    """Read and check what a steward hands in."""
    request = Request(Options(crs=errand.crs, ags=errand.ags), author=errand.author, tenants=errand.tenants, workers=1)
    return StewardCase(twin, examine(twin, [str(errand.source)], request, _Teller(errand)))


def _summary(report: DeliveryReport) -> Summary:
    formats = discover("FORMAT")
    more = ", ".join(part for part in (report.version, report.crs) if part)
    title = formats[report.format].title if report.format in formats else Text("", "")
    kind = Text(*(f"{wording} ({more})" if more and wording else wording for wording in (title.de, title.en)))
    refused: Counter[tuple[str, str]] = Counter()
    for reason, layer, _, count in refusal_parts(report.refused.items()):
        refused[reason, layer] += count
    return Summary(
        file=report.file,
        kind=kind,
        rows=tuple((layer, read, dict(report.loaded.get(layer, {}))) for layer, read in sorted(report.read.items())),
        refused=tuple(
            (_REASON.filled(layer=_layer_title(layer), reason=reason_text(reason)), count)
            for (reason, layer), count in sorted(refused.items())
        ),
        findings={severity: count for severity in SEVERITIES if (count := report.findings.severe(severity))},
        notes=tuple(report.notes),
        error=report.error,
        unmapped=report.unknown,
        unchanged=report.unchanged,
        delivery_id=report.delivery_id,
    )


def _layer_title(name: str) -> Text:
    return find("LAYER", name).title if name in discover("LAYER") else Text(name, name)
