"""A delivery's report as one HTML page: nothing to load, German and English, good to print and to send on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from shapely.geometry.base import BaseGeometry

from ingest.finding import SEVERITIES, Finding, Severity
from ingest.problem import advice_of, title_of
from ingest.report import DeliveryReport
from ingest.report_map import map_of
from ingest.report_style import STYLE
from ingest.report_words import reason_text, refusal_parts
from twin.discovery import discover
from twin.language import LANGUAGES, Text, language
from twin.number import written

if TYPE_CHECKING:
    from twin import Twin

SHOWN = 50
"""Findings of one kind that a page names; the JSON report has more."""

_LONGEST = 300

_SEVERITIES: dict[Severity, tuple[Text, Text]] = {
    "error": (
        Text("Abgewiesen", "Rejected"),
        Text(
            "Nicht in den Zwilling gekommen. Was diese Objekte enthielten, liegt in Quarantäne, soweit es lesbar war.",
            "Not in the twin. What these features held is in quarantine, as far as it could be read.",
        ),
    ),
    "warning": (
        Text("Zu prüfen", "To be looked at"),
        Text("Gespeichert wie geliefert, aber zweifelhaft.", "Stored as delivered, but doubtful."),
    ),
    "notice": (
        Text("Hinweise", "Notices"),
        Text("Berichtigt oder nur gesagt; nichts ist verloren.", "Mended or merely said; nothing is lost."),
    ),
}
_NONE = Text("Die Prüfungen haben nichts zu beanstanden.", "The checks have nothing to object to.")
_COLUMNS = (
    Text("Objekt", "Feature"),
    Text("Befund", "Finding"),
    Text("Gemeinde", "Municipality"),
    Text("Ost / Nord", "East / north"),
    Text("Datei, Zeile", "File, line"),
)
_TABLE = (
    Text("Schicht", "Layer"),
    Text("gelesen", "read"),
    Text("gespeichert", "stored"),
    Text("abgelöst", "retired"),
)
_MORE = Text("… und {count} weitere dieser Art.", "… and {count} more of this kind.")
_ADVICE = Text("Was zu tun ist:", "What to do:")
_PLACES = Text("Fundstellen", "Places")
_ROWS = Text("Was gelesen wurde", "What was read")
_REMARKS = Text("Anmerkungen", "Remarks")
_REFUSED = Text("Nicht gespeichert", "Not stored")
_FAILED = Text("Nichts gespeichert", "Nothing stored")
_DRY = Text("Probelauf: nichts gespeichert.", "Dry run: nothing stored.")
_SAME = Text("Unverändert, schon geladen.", "Unchanged, loaded before.")
_HEADING = Text("Bericht zur Lieferung", "Report on a delivery")
_SWITCH = {"de": "Deutsch", "en": "English"}


def page(report: DeliveryReport, areas: Sequence[BaseGeometry] = ()) -> str:
    """The page of one delivery.

    Parameters
    ----------
    report : DeliveryReport
        What became of it.
    areas : sequence of shapely geometry
        Municipalities that the map shows beneath the places.
    """
    chosen = language()
    inputs = "".join(
        f'<input class="lang" type="radio" name="lang" id="{one}"{" checked" if one == chosen else ""} '
        f'aria-label="{_SWITCH[one]}">'
        for one in LANGUAGES
    )
    labels = "".join(f'<label for="{one}">{_SWITCH[one]}</label>' for one in LANGUAGES)
    kind = " · ".join(part for part in (report.format, report.version, report.crs, report.delivery_id) if part)
    sections = [
        _outcome(report),
        _sums(report),
        _map(report, areas),
        _findings(report),
        _rows(report),
        _remarks(report),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{chosen}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(report.file)}</title><style>{STYLE}</style></head><body>{inputs}"
        f'<header><div class="switch">{labels}</div><p class="dim">{both(_HEADING)}</p>'
        f'<h1>{escape(report.file)}</h1><p class="dim">{escape(kind)}</p></header>'
        f"<main>{''.join(section for section in sections if section)}</main></body></html>\n"
    )


def both(text: Text, **values: object) -> str:
    """A text in both languages, of which the page shows one; numbers are written as the language does."""
    found = []
    for one in LANGUAGES:
        filled = {
            name: written(value, one) if isinstance(value, int | float) else value for name, value in values.items()
        }
        wording = text.within(one).format(**filled) if values else text.within(one)
        found.append(f'<span lang="{one}">{escape(wording)}</span>')
    return "".join(found) if text.de != text.en or values else escape(text.de)


def _outcome(report: DeliveryReport) -> str:
    lines = []
    if report.error:
        lines.append(f'<h2>{both(_FAILED)}</h2><p class="error">{escape(report.error)}</p>')
    elif report.unchanged:
        lines.append(f"<p>{both(_SAME)}</p>")
    elif report.dry_run:
        lines.append(f"<p>{both(_DRY)}</p>")
    return f"<section>{''.join(lines)}</section>" if lines else ""


def _sums(report: DeliveryReport) -> str:
    if report.error and not report.findings.counts:
        return ""
    if not report.findings.counts:
        return f"<section><p>{both(_NONE)}</p></section>"
    counts = {severity: report.findings.severe(severity) for severity in SEVERITIES}
    cards = "".join(
        f'<li class="{severity}"><b>{_number(count)}</b>{both(_SEVERITIES[severity][0])}</li>'
        for severity, count in counts.items()
    )
    return f'<section><ul class="sums">{cards}</ul></section>'


def _map(report: DeliveryReport, areas: Sequence[BaseGeometry]) -> str:
    drawn = map_of(report.findings.kept, areas)
    return f"<section><h2>{both(_PLACES)}</h2>{drawn}</section>" if drawn else ""


def _findings(report: DeliveryReport) -> str:
    sections = []
    for severity in SEVERITIES:
        counts: Counter[tuple[str, str]] = Counter()
        for (code, own, layer), count in report.findings.counts.items():
            if own == severity:
                counts[code, layer] += count
        if not counts:
            continue
        title, about = _SEVERITIES[severity]
        kinds = "".join(
            _kind(report.findings.kept, severity, code, layer, count)
            for (code, layer), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        )
        sections.append(f'<section><h2>{both(title)}</h2><p class="dim">{both(about)}</p>{kinds}</section>')
    return "".join(sections)


def _kind(kept: Sequence[Finding], severity: Severity, code: str, layer: str, count: int) -> str:
    own = [one for one in kept if (one.code, one.severity, one.layer) == (code, severity, layer)]
    told = next((one.advice for one in own if one.advice is not None), None) or advice_of(code)
    declared = discover("LAYER").get(layer)
    where = f" · {both(declared.title)}" if declared is not None else ""
    heading = f"<h3>{both(title_of(code))}{where}: {_number(count)}</h3>"
    advice = f'<p class="advice"><b>{both(_ADVICE)}</b> {both(told)}</p>' if told is not None and told.de else ""
    head = "".join(f"<th>{both(title)}</th>" for title in _COLUMNS)
    body = "".join(_row(one) for one in own[:SHOWN])
    more = f'<p class="dim">{both(_MORE, count=count - SHOWN)}</p>' if count > SHOWN else ""
    table = (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>' if own else ""
    )
    return f'{heading}<p class="dim"><code>{escape(code)}</code></p>{advice}{table}{more}'


def _row(one: Finding) -> str:
    place = "" if one.east is None or one.north is None else f"{one.east:.1f}<br>{one.north:.1f}"
    # Of a member of an archive its own name: the archive stands in the heading.
    file = one.file.rpartition("/")[2]
    where = ", ".join(part for part in (escape(file), str(one.line) if one.line else "") if part)
    said = Text(one.sentence.de[:_LONGEST], one.sentence.en[:_LONGEST])
    cells = (escape(one.feature), both(said), escape(one.ags), place, where)
    kinds = ("", "", "", ' class="n"', "")
    return f"<tr>{''.join(f'<td{kind}>{cell}</td>' for kind, cell in zip(kinds, cells, strict=True))}</tr>"


def _rows(report: DeliveryReport) -> str:
    if not report.read and not report.refused:
        return ""
    layers = discover("LAYER")
    head = "".join(f"<th{'' if number == 0 else ' class=n'}>{both(title)}</th>" for number, title in enumerate(_TABLE))
    body = []
    for name in sorted({*report.read, *report.loaded, *report.retired}):
        title = both(layers[name].title) if name in layers else escape(name)
        counts = (report.read[name], sum(report.loaded.get(name, {}).values()), report.retired[name])
        body.append(f"<tr><td>{title}</td>{''.join(f'<td class=n>{_number(count)}</td>' for count in counts)}</tr>")
    refused = "".join(
        f"<li>{both(layers[layer].title) if layer in layers else escape(layer)} {escape(ags)}: {_number(count)} – "
        f"{both(reason_text(kind))}</li>"
        for kind, layer, ags, count in refusal_parts(report.refused.items())
    )
    extra = f"<h3>{both(_REFUSED)}</h3><ul>{refused}</ul>" if refused else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>" if body else ""
    return f"<section><h2>{both(_ROWS)}</h2>{table}{extra}</section>"


def _remarks(report: DeliveryReport) -> str:
    lines = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    return f"<section><h2>{both(_REMARKS)}</h2><ul>{lines}</ul></section>" if lines else ""


def _number(count: int) -> str:
    return both(Text("{count}", "{count}"), count=count) if count >= 1000 else str(count)


def write_page(file: Path, report: DeliveryReport, twin: Twin) -> None:
    """Write the page of a delivery, its map over the borders that the twin holds; the folder is made if need be."""
    frame = twin.read("municipality")
    areas = [area for area in frame.geometry if area is not None and not area.is_empty]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(report, areas), "utf-8")


def page_name(report: DeliveryReport, number: int) -> str:
    """File name of a delivery's page: good on every system, and no two of a run alike."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", report.file).strip("._")[:80] or "delivery"
    return f"{number:03}-{plain}.html"
