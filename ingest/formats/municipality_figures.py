"""Figures of municipalities."""

from __future__ import annotations

from ingest.format import Format
from ingest.source_file import SourceFile
from ingest.statistic.municipality import LAYER, TITLE, read, recognise_csv, recognise_json
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether it begins with municipality keys and figures; see ``data/statistic/indicators.json``."""
    return recognise_json(source.head, source.name) or recognise_csv(source.head, source.name)


FORMAT = Format(
    name="municipality_figures",
    title=TITLE,
    versions=("JSON", "CSV"),
    layers=(LAYER,),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Kennzahlen, die data/statistic/indicators.json nicht nennt; Gemeinden anderer Kreise: gezählt, nicht gespeichert.",  # noqa: E501
        "Figures that data/statistic/indicators.json does not name; municipalities of other districts: counted, not stored.",  # noqa: E501
    ),
    example="twin ingest destatis_gemeinden_nrw.json",
    suffixes=(".json", ".csv", ".txt"),
    crs=Text(
        "Keines nötig: Zeilen gehören über den Gemeindeschlüssel zu einer Gemeinde.",
        "None needed: rows belong to a municipality by its key.",
    ),
    licence=Text(
        "Gemeindeverzeichnis und Landesdatenbanken: dl-de/by-2-0.",
        "Gemeindeverzeichnis and state databases: dl-de/by-2-0.",
    ),
    limits=Text(
        "JSON bis 24 MB.",
        "JSON of up to 24 MB.",
    ),
)
