"""Gauges of PegelOnline."""

from __future__ import annotations

import re

from ingest.format import Format
from ingest.sensor.pegel_online import TITLE, read
from ingest.source_file import SourceFile
from twin.language import Text

# Possessive: of blanks without end, none is looked at twice.
_BEGIN = rb"\A(?:\xef\xbb\xbf)?\s*+(?:\[\s*+)?+\{\s*+"
_STATION = re.compile(_BEGIN + rb'"uuid"\s*+:[^\]]{0,400}"(?:shortname|longname)"\s*+:')
_SERIES = re.compile(_BEGIN + rb'"uuid"\s*+:\s*+"[^"]{1,60}"\s*+,\s*+"timeseries"\s*+:')
_READING = re.compile(_BEGIN + rb'"timestamp"\s*+:\s*+"[^"]{1,40}"\s*+,\s*+"value"\s*+:')


def recognise(source: SourceFile) -> bool:
    """Whether it begins with a station and its uuid, or with a time stamp and a value."""
    return any(pattern.match(source.head) for pattern in (_STATION, _SERIES, _READING))


FORMAT = Format(
    name="pegel_online",
    title=TITLE,
    versions=("REST 2",),
    layers=("sensor", "observation"),
    recognise=recognise,
    read=read,
    ignored=Text("Kennzeichnende Wasserstände und Tendenzen.", "Characteristic water levels and trends."),
    example="twin ingest stations.json",
    suffixes=(".json",),
    crs=Text("Immer WGS 84.", "Always WGS 84."),
    licence=Text("PegelOnline: dl-de/zero-2-0.", "PegelOnline: dl-de/zero-2-0."),
    limits=Text("JSON bis 64 MB.", "JSON of up to 64 MB."),
)
