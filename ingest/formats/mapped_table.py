"""Any table or vector file that a mapping fits."""

from __future__ import annotations

from ingest.format import Format
from ingest.mapping.reading import read
from ingest.mapping.validation import layers
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Never: content alone does not say what columns mean. `ingest.delivery` asks the saved mappings, last of all."""
    return False


FORMAT = Format(
    name="mapped_table",
    title=Text("Tabelle mit Zuordnung", "Table with a mapping"),
    versions=("CSV", "XLSX", "XLS", "ODS", "GeoPackage", "ESRI Shapefile", "GeoJSON", "FlatGeobuf", "GML", "JSON"),
    layers=tuple(layers()),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Spalten, die die Zuordnung nicht nennt; Höhen der Geometrie; Sichten (Views) in Datenbanken.",
        "Columns that the mapping does not name; heights of the geometry; views in databases.",
    ),
    example="twin ingest leitungen.gpkg --mapping wasser",
    suffixes=(
        *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods"),
        *(".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".fgb", ".gml"),
    ),
    crs=Text(
        "Wie die Zuordnung es nennt, sonst wie die Datei, sonst --crs.",
        "As the mapping names it, else as the file does, else --crs.",
    ),
    limits=Text(
        "1 000 Spalten; Tabellenkalkulationen bis 6 Millionen Zellen je Blatt und 400 MB entpackt.",
        "1 000 columns; spreadsheets up to 6 million cells a sheet and 400 MB unpacked.",
    ),
)
