"""Tree registers (Baumkataster) as delimited text."""

from __future__ import annotations

from ingest.format import Format
from ingest.source_file import SourceFile
from ingest.tree.register import columns, read
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the first line names a position and what only trees have; see ``data/columns/tree.json``."""
    return columns(source.head) is not None


FORMAT = Format(
    name="tree_csv",
    title=Text("Baumkataster (CSV)", "Tree register (CSV)"),
    versions=("CSV",),
    layers=("tree",),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Alle Spalten außer Kennung, Art, Höhe, Krone, Stamm, Pflanzjahr, Standort und Lage; Kontrollen und Schäden.",
        "All columns but id, species, height, crown, trunk, year planted, location and position; inspections, damage.",
    ),
    example="twin ingest baumkataster.csv --crs EPSG:25832",
    suffixes=(".csv", ".txt"),
    crs=Text(
        "Aus den Spaltennamen, der Zone vor dem Rechtswert oder dem SRID der Geometrie, sonst --crs.",
        "From the names of the columns, the zone before the easting or the geometry's SRID, else --crs.",
    ),
    licence=Text(
        "Je nach Gemeinde; die Datei nennt keine: --licence.",
        "The municipality's; the file names none: --licence.",
    ),
    limits=Text(
        "Zeilen bis 1 MB, Werte bis 65 536 Zeichen.",
        "Lines of up to 1 MB, values of up to 65 536 characters.",
    ),
)
