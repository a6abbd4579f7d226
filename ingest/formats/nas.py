"""ALKIS NAS: the cadastre's exchange format, GeoInfoDok 6 and 7.1."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.format import Format, Item, Options
from ingest.gml.prologue import prologue
from ingest.nas.extract import Extract
from ingest.nas.header import NAMESPACE
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the root element is a NAS order or object: its name, and a GeoInfoDok namespace on it."""
    found = prologue(source.head)
    if not NAMESPACE.search(found.attributes):
        return False
    return found.root.startswith(("AX_", "AP_", "AA_")) or found.root == "FeatureCollection"


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Parcels, land use, buildings and addresses of a NAS document; see `ingest.nas`."""
    yield from Extract(source, options).items()


FORMAT = Format(
    name="nas",
    title=Text("ALKIS NAS", "ALKIS NAS"),
    versions=("GeoInfoDok 6.0", "GeoInfoDok 7.1"),
    layers=("parcel", "land_use", "building", "address"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Personen, Anschriften, Buchungen und was zu ihnen führt: beim Einlesen verworfen und gezählt. Bauteile, "
        "Bauwerke, Relief, Punkte, Bodenschätzung, rechtliche Festlegungen, Präsentationsobjekte: gezählt. "
        "Überlagernde weitere Nutzungen: gezählt. Flächen mit Splines werden zurückgewiesen.",
        "Persons, their addresses, land register entries and what leads to them: dropped while reading, and counted. "
        "Building parts, structures, relief, survey points, soil, legal designations, map labels: counted. "
        "Overlaid further uses: counted. Areas with splines are rejected.",
    ),
    example="twin ingest bestandsdaten.xml.gz",
    suffixes=(".xml", ".nas"),
    licence=Text(
        "In Nordrhein-Westfalen dl-de/zero-2-0; sonst --licence. Personendaten werden nie gespeichert.",
        "In North Rhine-Westphalia dl-de/zero-2-0; the file names none: --licence. Personal data is never stored.",
    ),
)
