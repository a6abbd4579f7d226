"""Raw text: numbers that a spreadsheet has ruined, seen before they are read as numbers.

Readers of delimited text ask `ruin` cell by cell; the check itself has nothing to look at in finished rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ingest.check import Check, Problem
from ingest.finding import Finding, Severity, said
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

_SCIENTIFIC = re.compile(r"[+-]?\d{1,3}(?:[.,]\d*)?[eE][+-]?\d{1,2}")
_MONTHS = "jan|feb|m[aä]r|mrz|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]"
_DATE = re.compile(
    rf"\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d{{2}})?|\d{{4}}-\d{{2}}-\d{{2}}(?:[T ].*)?|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}"
    rf"|\d{{0,2}}[. -]{{0,2}}(?:{_MONTHS})[a-z]*[. -]{{0,2}}\d{{0,4}}",
    re.IGNORECASE,
)
_GROUPED = re.compile(
    r"\d{1,3}(?:([. '\u00a0\u202f’])\d{3})(?:\1\d{3})+|\d{1,3}(?:[ '\u00a0\u202f’]\d{3})+(?:[.,]\d+)?"
)
_DIGITS = re.compile(r"[+-]?\d{9,15}")
_LONGEST = 40

_SPREADSHEET = Text(
    "Die Spalte im Tabellenprogramm als Zahl mit Nachkommastellen oder als Text formatieren und neu ausgeben, besser: "
    "die Datei aus dem Fachverfahren ausgeben, ohne sie im Tabellenprogramm zu öffnen.",
    "Format the column as a number with decimals or as text in the spreadsheet and export again; better: export the "
    "file from its own system, without opening it in a spreadsheet.",
)

PROBLEMS = {
    "scientific": Problem(
        "error",
        Text("Koordinate im Tabellenprogramm gerundet", "Coordinate rounded by a spreadsheet"),
        Text(
            "{column}: erwartet alle Stellen, gefunden „{value}“; die übrigen Ziffern sind verloren.",
            "{column}: expected all digits, found “{value}”; the others are lost.",
        ),
        _SPREADSHEET,
    ),
    "date": Problem(
        "error",
        Text("Zahl zum Datum geworden", "Number turned into a date"),
        Text(
            "{column}: erwartet eine Zahl, gefunden das Datum „{value}“.",
            "{column}: expected a number, found the date “{value}”.",
        ),
        _SPREADSHEET,
    ),
    "thousands": Problem(
        "error",
        Text("Tausendertrennzeichen in einer Koordinate", "Thousands separators in a coordinate"),
        Text(
            "{column}: erwartet eine Zahl ohne Tausendertrennzeichen, gefunden „{value}“.",
            "{column}: expected a number without thousands separators, found “{value}”.",
        ),
        Text("Die Zahlen ohne Tausendertrennzeichen ausgeben.", "Export the numbers without thousands separators."),
    ),
    "lost_decimal": Problem(
        "error",
        Text("Dezimalkomma verloren", "Decimal sign lost"),
        Text(
            "{column}: erwartet eine Koordinate mit höchstens acht Stellen vor dem Komma, gefunden „{value}“.",
            "{column}: expected a coordinate of eight digits before its decimal sign at most, found “{value}”.",
        ),
        Text(
            "Die Datei mit Dezimalkomma oder -punkt neu ausgeben; beim Umwandeln ist er verloren gegangen.",
            "Export the file again with decimal commas or points; a conversion has lost them.",
        ),
    ),
    "not_a_number": Problem(
        "warning",
        Text("Keine Zahl", "Not a number"),
        Text(
            "{column}: erwartet eine Zahl, gefunden „{value}“; bleibt leer.",
            "{column}: expected a number, found “{value}”; stays empty.",
        ),
        Text("Den Wert in der Quelle berichtigen.", "Put the value right in its source."),
    ),
}


def ruin(text: str, *, coordinate: bool) -> str:
    """What has happened to the text of a number: one of the problems, empty if nothing.

    Parameters
    ----------
    text : str
        The cell.
    coordinate : bool
        Whether it is an easting or northing; other numbers may be short and round.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return ""
    if _DATE.fullmatch(text) and not text.isdecimal():
        return "date"
    if not coordinate:
        return ""
    if _SCIENTIFIC.fullmatch(text):
        return "scientific"
    if _GROUPED.fullmatch(text):
        return "thousands"
    return "lost_decimal" if _DIGITS.fullmatch(text) else ""


def raw_finding(
    problem: str,
    layer: str,
    feature: str,
    *,
    column: str,
    value: str,
    line: int | None = None,
    row: Mapping[str, object] | None = None,
    severity: Severity | None = None,
) -> Finding:
    """The finding about one cell.

    Parameters
    ----------
    problem : str
        As of `ruin`.
    layer, feature, line
        Whose cell.
    column, value : str
        The column's name in the file, and the cell.
    row : mapping of str to value
        What the line says, for the quarantine if it is rejected.
    severity : {"error", "warning", "notice"} or None
        Other than the problem's own: a feature may do without a size, not without a place.
    """
    what = PROBLEMS[problem]
    grade = severity or what.severity
    sentence = said(what.sentence, column=column, value=value[:_LONGEST])
    content = json.dumps(row, ensure_ascii=False, default=str) if row and grade == "error" else ""
    return Finding(f"raw.{problem}", grade, layer, feature, sentence, line=line, advice=what.advice, content=content)


def _run(_sheet: Sheet) -> None:
    """Rows that have been read are numbers already."""


def _applies(_layer: Layer) -> bool:
    return False


CHECK = Check("raw", Text("Rohtext", "Raw text"), PROBLEMS, _run, _applies)
