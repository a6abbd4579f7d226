"""Grid data of the German census."""

from __future__ import annotations

from ingest.format import Format
from ingest.source_file import SourceFile
from ingest.statistic.grid import LAYER, TITLE, columns, read
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the first line names a grid cell and its centre."""
    return columns(source.head, source.name) is not None


FORMAT = Format(
    name="census_grid",
    title=TITLE,
    versions=("Zensus 2022", "Zensus 2011"),
    layers=(LAYER,),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Spalten, die data/statistic/indicators.json nicht nennt; Werte ohne Angabe; Zahlen über Energie unter 5.",
        "Columns that data/statistic/indicators.json does not name; values not stated; figures about energy below 5.",
    ),
    example="twin ingest Zensus2022_Bevoelkerungszahl.zip",
    suffixes=(".csv",),
    crs=Text(
        "EPSG:3035; aus Mittelpunkten werden Quadrate in EPSG:25832.",
        "EPSG:3035; centres become squares in EPSG:25832.",
    ),
    licence=Text(
        "dl-de/by-2-0 (© Statistische Ämter des Bundes und der Länder).",
        "dl-de/by-2-0 (© Statistische Ämter des Bundes und der Länder).",
    ),
)
