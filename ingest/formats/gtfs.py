"""GTFS feeds: stops and departures of public transport."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.delimited import first_lines, split
from ingest.format import Format, Item, Options
from ingest.gtfs.feed import FILES, OTHERS
from ingest.gtfs.reader import read as read_feed
from ingest.source_file import SourceFile
from twin.language import Text

_STOPS = {"stop_id", "stop_lat", "stop_lon"}


def recognise(source: SourceFile) -> bool:
    """Whether it is ``stops.txt``, by the columns that only it has; the other files of a feed are read with it."""
    lines = first_lines(source.head[:4096], 1)
    return bool(lines) and {name.lower() for name in split(lines[0], ",")} >= _STOPS


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Stops and departures of a feed; see `ingest.gtfs`."""
    yield from read_feed(source, options)


FORMAT = Format(
    name="gtfs",
    title=Text("GTFS-Fahrplan", "GTFS timetable"),
    versions=("GTFS Schedule",),
    layers=("transit_stop", "transit_departure"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Linienwege (shapes.txt), Tarife, Umstiege, Übersetzungen, Ebenen und flexible Bediengebiete; Eingänge und "
        "Wegknoten: gezählt. Halte ohne eigene Zeit werden nicht geschätzt, sondern gezählt. Echtzeit (GTFS-RT) nicht.",
        "Courses of lines (shapes.txt), fares, transfers, translations, levels and flexible areas; entrances and nodes "
        "of paths: counted. Calls without a time of their own are not estimated but counted. No real time (GTFS-RT).",
    ),
    example="twin ingest fahrplan_gtfs.zip",
    suffixes=(".txt",),
    crs=Text("Immer WGS 84 (EPSG:4326).", "Always WGS 84 (EPSG:4326)."),
    licence=Text(
        "Die Datei nennt keine: --licence, etwa cc-by-4.0.", "The file names none: --licence, such as cc-by-4.0."
    ),
    limits=Text(
        "Fahrpläne bis 1100 Tage; außer stop_times.txt keine Datei über 256 MB.",
        "Timetables of up to 1100 days; no file but stop_times.txt above 256 MB.",
    ),
    beside=FILES + OTHERS,
)
