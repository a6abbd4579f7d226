"""Stations of the air quality network of North Rhine-Westphalia."""

from __future__ import annotations

from ingest.delimited import delimiter, first_lines, split
from ingest.format import Format
from ingest.sensor.luqs import NEEDED, TITLE, read
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the first line names the columns of the list of stations."""
    lines = first_lines(source.head, 1)
    names = {name.lower() for name in split(lines[0], delimiter(lines[0]))} if lines else set()
    return names >= {*NEEDED, "disko"}


FORMAT = Format(
    name="luqs",
    title=TITLE,
    versions=("CSV",),
    layers=("sensor",),
    recognise=recognise,
    read=read,
    ignored=Text("Nichts; Messwerte enthält die Liste nicht.", "Nothing; the list holds no readings."),
    example="twin ingest luqs_stations.csv",
    suffixes=(".csv",),
    crs=Text(
        "WGS 84; Rechts- und Hochwerte der UTM-Zone 32 werden erkannt.",
        "WGS 84; eastings and northings of UTM zone 32 are told apart.",
    ),
    licence=Text("Die Datei nennt keine: --licence.", "The file names none: --licence."),
)
