"""Datastreams as formats find them, and their rows of layer ``sensor``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from ingest.checks.observation import CHECK
from ingest.finding import Finding, said
from ingest.format import Batch, Item
from ingest.point_rows import within
from twin.discovery import find
from twin.geometry.crs import Reference
from twin.observations.unit import Unit

LAYER = "sensor"

WGS84 = Reference("EPSG:4326")
UTM32 = Reference("EPSG:25832")

_LONGEST = 500
_LARGEST = 64_000
_WEST, _EAST, _SOUTH, _NORTH = 200_000.0, 1_000_000.0, 5_200_000.0, 6_200_000.0


@dataclass(frozen=True, slots=True)
class Datastream:
    """What measures one quantity in one place.

    Attributes
    ----------
    sensor_id : str
        Source and id of the datastream.
    observed_property : str or None
        Of ``data/codes/observed_property.json``.
    unit : Unit or None
        None if it is not known.
    unit_source : str
        As the source writes it.
    position : (float, float) or None
        Longitude and latitude. [deg]
    interval : int or None
        Between two readings. [s]
    height : float or None
        Above sea level. [m]
    attributes : mapping
        What else the source says.
    """

    sensor_id: str
    name: str = ""
    thing: str = ""
    observed_property: str | None = None
    unit: Unit | None = None
    unit_source: str = ""
    provider: str = ""
    station: str = ""
    source_url: str = ""
    interval: int | None = None
    height: float | None = None
    position: tuple[float, float] | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """Columns of the layer but ``geom``."""
        return {
            "sensor_id": self.sensor_id,
            "name": self.name[:_LONGEST] or None,
            "thing": self.thing[:_LONGEST] or None,
            "observed_property": self.observed_property,
            "unit": self.unit.code if self.unit else None,
            "unit_source": self.unit_source[:_LONGEST] or None,
            "provider": self.provider[:_LONGEST] or None,
            "station": self.station[:_LONGEST] or None,
            "source_url": self.source_url[:_LONGEST] or None,
            "interval": self.interval,
            "height": self.height,
            "attributes": _fitting(self.attributes),
        }


def sensor_items(streams: Iterable[Datastream]) -> Iterator[Item]:
    """Rows of layer ``sensor``, one a datastream, and findings about their positions.

    A sensor without a position is kept; one whose position lies outside Central Europe is rejected, unless its numbers
    are plainly easting and northing of UTM zone 32.
    """
    kept: list[Datastream] = []
    places: list[bytes | None] = []
    for stream in {one.sensor_id: one for one in streams}.values():
        if stream.position is None:
            kept.append(stream)
            places.append(None)
            continue
        first, second = stream.position
        projected = _WEST < first < _EAST and _SOUTH < second < _NORTH
        point = (UTM32 if projected else WGS84).to_store(np.array([first]), np.array([second]))
        if not within(point)[0]:
            yield _finding("position", stream)
            continue
        if projected:
            yield _finding("projected", stream)
        kept.append(stream)
        places.append(shapely.to_wkb(shapely.Point(point[0])))
    if kept:
        schema = find("LAYER", LAYER).read_schema
        rows = [{**stream.row(), "geom": place} for stream, place in zip(kept, places, strict=True)]
        yield Batch(LAYER, pa.Table.from_pylist(rows, schema))


def _fitting(attributes: Mapping[str, Any]) -> str | None:
    """What is said as JSON, without the largest parts where it is too much; None if nothing is left."""
    said = {name: value for name, value in attributes.items() if value not in (None, "", [], {})}
    parts = {name: json.dumps(value, ensure_ascii=False, default=str) for name, value in said.items()}
    while sum(len(name) + len(part) + 6 for name, part in parts.items()) > _LARGEST:
        del parts[max(parts, key=lambda name: len(parts[name]))]
    return "{" + ", ".join(f"{json.dumps(name)}: {part}" for name, part in parts.items()) + "}" if parts else None


def _finding(problem: str, stream: Datastream) -> Finding:
    declared = CHECK.problems[problem]
    assert stream.position is not None
    first, second = stream.position
    return Finding(
        f"{CHECK.name}.{problem}",
        declared.severity,
        LAYER,
        stream.sensor_id,
        said(declared.sentence, first=first, second=second),
        advice=declared.advice,
        content=json.dumps({**stream.row(), "position": [first, second]}, ensure_ascii=False)
        if declared.severity == "error"
        else "",
    )
