"""Broadband by municipality, as the federal atlas publishes it."""

from __future__ import annotations

from ingest.broadband.coverage import LAYER, TITLE, dialect, read
from ingest.format import Format
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the columns are those of a dialect in ``data/broadband/coverage.json``."""
    return dialect(source.head) is not None


FORMAT = Format(
    name="broadband_coverage",
    title=TITLE,
    versions=("2018", "2021"),
    layers=(LAYER,),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Gemeinden anderer Kreise: gezählt, nicht gespeichert.",
        "Municipalities of other districts: counted, not stored.",
    ),
    example="twin ingest gemeinde_bezirke_privat_2021_mitte.csv",
    suffixes=(".csv", ".txt"),
    crs=Text(
        "Keines nötig: Zeilen gehören über den Gemeindeschlüssel zu einer Gemeinde.",
        "None needed: rows belong to a municipality by its key.",
    ),
    licence=Text(
        "Die Datei nennt keine: --licence.",
        "The file names none: --licence.",
    ),
)
