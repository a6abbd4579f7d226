"""OpenStreetMap extracts: streets, facilities, water and green."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.format import Format, Item, Options
from ingest.osm.plain_file import content
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether the first bytes are those of OSM PBF or of an ``osm`` element, bzip2 taken off."""
    return content(source.head) != ""


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Streets, facilities and land cover of an extract; see `ingest.osm`."""
    from ingest.osm.reader import read as read_osm  # noqa: PLC0415 – osmium: telling an extract does not need it

    yield from read_osm(source, options)


FORMAT = Format(
    name="osm",
    title=Text("OpenStreetMap", "OpenStreetMap"),
    versions=("OSM PBF", "OSM XML 0.6"),
    layers=("street", "facility", "land_cover"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Gebäude, Bahnen, Grenzen, Gewässerlinien, Abbiegeverbote und zeitliche Bedingungen. Adressen und Bäume: die "
        "amtlichen Hauskoordinaten und das Baumkataster haben sie, und zweimal gezählt wären sie falsch. Wer etwas "
        "kartiert hat, wird nicht gelesen. Änderungsdateien (.osc) und Auszüge mit Geschichte werden abgelehnt.",
        "Buildings, railways, boundaries, water lines, turn restrictions and conditions in time. Addresses and trees: "
        "official house coordinates and tree registers have them, and counted twice they would be wrong. Who mapped a "
        "thing is not read. Change files (.osc) and extracts with history are refused.",
    ),
    example="twin ingest soest.osm.pbf",
    suffixes=(".pbf", ".osm", ".bz2"),
    crs=Text("Immer WGS 84 (EPSG:4326).", "Always WGS 84 (EPSG:4326)."),
    licence=Text("Immer ODbL 1.0 (© OpenStreetMap-Mitwirkende).", "Always ODbL 1.0 (© OpenStreetMap contributors)."),
    limits=Text(
        "PBF: 32 MB je Block, 16 MB Text je Block, 50 : 1 im Ganzen; bzip2: 100 : 1; kein Dokumenttyp, nur UTF-8.",
        "PBF: 32 MB a block, 16 MB of text a block, 50 : 1 over all; bzip2: 100 : 1; no document type, UTF-8 only.",
    ),
)
