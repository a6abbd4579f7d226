"""Replies of SensorThings services."""

from __future__ import annotations

import re

from ingest.format import Format
from ingest.sensor.sensor_things import TITLE, read
from ingest.source_file import SourceFile
from twin.language import Text

_HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*[\[{]")
_OWN = re.compile(rb'"(?:\w+)?@iot\.(?:id|selfLink|nextLink|navigationLink|count)"')


def recognise(source: SourceFile) -> bool:
    """Whether it is JSON with the ids and links that only SensorThings has."""
    return _HEAD.match(source.head) is not None and _OWN.search(source.head) is not None


FORMAT = Format(
    name="sensor_things",
    title=TITLE,
    versions=("OGC SensorThings API 1.1", "1.0"),
    layers=("sensor", "observation"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Weitere Seiten (nextLink), MultiDatastreams, FeaturesOfInterest, HistoricalLocations; Observations, die keinen Datastream nennen.",  # noqa: E501
        "Further pages (nextLink), MultiDatastreams, FeaturesOfInterest, HistoricalLocations; Observations that name no Datastream.",  # noqa: E501
    ),
    example="twin ingest things.json",
    suffixes=(".json",),
    crs=Text("Immer WGS 84 (GeoJSON).", "Always WGS 84 (GeoJSON)."),
    limits=Text("JSON bis 64 MB.", "JSON of up to 64 MB."),
)
