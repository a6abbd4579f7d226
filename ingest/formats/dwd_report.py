"""Weather reports of a DWD station."""

from __future__ import annotations

from ingest.delimited import first_lines
from ingest.format import Format
from ingest.sensor.dwd_report import TITLE, read
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the first line begins as these reports do."""
    lines = first_lines(source.head, 1)
    return bool(lines) and lines[0].lower().startswith("surface observations;parameter description;")


FORMAT = Format(
    name="dwd_report",
    title=TITLE,
    versions=("BEOB",),
    layers=("sensor", "observation"),
    recognise=recognise,
    read=read,
    ignored=Text("Felder ohne Wert (---).", "Fields without a value (---)."),
    example="twin ingest 10315-BEOB.csv --ags 05974040",
    suffixes=(".csv",),
    crs=Text(
        "Keines: die Datei nennt keine Lage, --ags die Gemeinde.",
        "None: the file names no position, --ags the municipality.",
    ),
    licence=Text("DWD: cc-by-4.0.", "DWD: cc-by-4.0."),
)
