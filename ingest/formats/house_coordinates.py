"""Hauskoordinaten of the surveying authorities, versions 3.1 to 5.0."""

from __future__ import annotations

from ingest.address.house_coordinates import dialect, read
from ingest.format import Format
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the first line has the columns' names, or 18 values in the forms that the specification gives them."""
    return dialect(source.head) is not None


FORMAT = Format(
    name="house_coordinates",
    title=Text("Amtliche Hauskoordinaten", "Official house coordinates"),
    versions=("3.1", "4.2", "5.0"),
    layers=("address",),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Ortsteile, Straßenschlüssel und die Qualität der Lage (gezählt); die Entschlüsselungsdatei daneben.",
        "Districts of places, street keys and the quality of the position (counted); the file of keys beside.",
    ),
    example="twin ingest hauskoordinaten_05974.csv",
    suffixes=(".csv", ".txt"),
    crs=Text(
        "Aus der Zone in der Spalte oder vor dem Rechtswert, sonst --crs.",
        "From the zone in its column or before the easting, else --crs.",
    ),
    licence=Text(
        "In Nordrhein-Westfalen dl-de/zero-2-0; die Datei nennt keine: --licence.",
        "In North Rhine-Westphalia dl-de/zero-2-0; the file names none: --licence.",
    ),
)
