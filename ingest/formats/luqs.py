"""Air quality of North Rhine-Westphalia (LUQS) and of the Umweltbundesamt."""

from __future__ import annotations

import re

from ingest.delimited import delimiter, first_lines, split
from ingest.format import Format
from ingest.sensor.luqs import NEEDED, TITLE, read
from ingest.sensor.luqs_current import is_current
from ingest.sensor.uba_air import MARK
from ingest.source_file import SourceFile
from twin.language import Text

_UBA = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"' + MARK.encode() + rb'"\s*:')


def recognise(source: SourceFile) -> bool:
    """Whether the first lines are those of the list of stations or of current values, or of a feed's UBA document."""
    if _UBA.match(source.head) or is_current(source.head):
        return True
    lines = first_lines(source.head, 1)
    names = {name.lower() for name in split(lines[0], delimiter(lines[0]))} if lines else set()
    return names >= {*NEEDED, "disko"}


FORMAT = Format(
    name="luqs",
    title=TITLE,
    versions=("CSV", "UBA 3"),
    layers=("sensor", "observation"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Nichts; die Liste der Stationen enthält keine Messwerte, die aktuellen Werte keine Lage.",
        "Nothing; the list of stations holds no readings, and current values hold no positions.",
    ),
    example="twin ingest luqs_stations.csv",
    suffixes=(".csv", ".json"),
    crs=Text(
        "WGS 84; Rechts- und Hochwerte der UTM-Zone 32 werden erkannt.",
        "WGS 84; eastings and northings of UTM zone 32 are told apart.",
    ),
    licence=Text(
        "Stationen: die Datei nennt keine (--licence); LUQS dl-de/zero-2-0, UBA dl-de/by-2-0.",
        "Stations: the file names none (--licence); LUQS dl-de/zero-2-0, UBA dl-de/by-2-0.",
    ),
)
