"""Air quality of the Umweltbundesamt (air data API 3): stations and measures, as a feed puts their replies together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.delimited import invalid
from ingest.format import Facts, Item
from ingest.sensor.air_component import AirComponent, air_components
from ingest.sensor.datastream import Datastream, sensor_items
from ingest.sensor.document import document, number, word
from ingest.sensor.moment import moment
from ingest.sensor.observation import Reading, observations
from ingest.source_file import SourceFile
from twin.language import Text

TITLE = Text("UBA-Luftdaten (JSON)", "UBA air data (JSON)")

MARK = "uba_air_data"
"""Key that the document begins with: what the API answers does not say which stations it speaks of."""

_HOUR = 3600
_CET = "+01:00"
_CONTENT = Text("stations oder measures", "stations or measures")


def sensor_id(code: str, component: AirComponent) -> str:
    """Id of the sensor that a component of a station becomes."""
    return f"uba:{re.sub(r'[^0-9A-Za-z]', '_', code)[:20]}:{component.observed_property}"


def read(source: SourceFile) -> Iterator[Item]:
    """Rows of layers ``sensor`` and ``observation``, findings, and the facts.

    Raises
    ------
    InvalidDelivery
        If it is no JSON, or holds nothing of that.
    UnsafeDelivery
        If it is too large.
    """
    content = document(source, TITLE)
    content = content if isinstance(content, dict) else {}
    stations, measures = content.get("stations"), content.get("measures")
    if not isinstance(stations, dict) or not isinstance(measures, list):
        raise invalid(source, str(TITLE), "–", _CONTENT, "–")
    wanted = content.get("components")
    chosen = {str(one) for one in wanted} if isinstance(wanted, list) else set()
    components = {key: one for key, one in air_components().items() if not chosen or key in chosen}
    known: dict[str, Datastream] = {}
    streams: dict[str, Datastream] = {}
    for own, station in stations.items():
        for component in components.values() if isinstance(station, dict) else ():
            stream = _stream(str(own), station, component)
            # A station that is only named says whose readings these are; what it is has come before.
            (streams if station.get("name") else known)[stream.sensor_id] = stream
    yield from sensor_items(streams.values())
    yield from observations(list(_readings(measures, stations)), {**known, **streams})
    yield Facts(version="UBA 3", crs="EPSG:4326", mode="update", licence="dl-de/by-2-0")


def _stream(own: str, station: dict[str, Any], component: AirComponent) -> Datastream:
    longitude, latitude = number(station.get("longitude")), number(station.get("latitude"))
    name = word(station.get("name"))
    return Datastream(
        sensor_id(word(station.get("code")) or own, component),
        name=f"{name} {component.short}".strip(),
        thing=name,
        observed_property=component.observed_property,
        unit=component.unit,
        unit_source=component.unit.code if component.unit else "",
        provider="Umweltbundesamt",
        station=word(station.get("code")) or own,
        interval=_HOUR,
        position=(longitude, latitude) if longitude is not None and latitude is not None else None,
        attributes={key: station.get(key) for key in ("city", "setting", "type")},
    )


def _readings(measures: list[Any], stations: dict[str, Any]) -> Iterator[Reading]:
    for measure in measures:
        for own, rows in measure.items() if isinstance(measure, dict) else ():
            station = stations.get(own)
            code = word(station.get("code")) if isinstance(station, dict) else ""
            for begin, row in rows.items() if isinstance(rows, dict) else ():
                component = air_components().get(word(row[0])) if isinstance(row, list) and len(row) > 3 else None
                # Hours without a value are listed too.
                if component is not None and row[2] is not None:
                    yield _reading(sensor_id(code or own, component), begin, row)


def _reading(owner: str, begin: str, row: list[Any]) -> Reading:
    """A reading; the API's clock shows Central European Time all year."""
    end = moment(word(row[3]) + _CET)
    return Reading(owner, moment(begin.strip() + _CET), number(row[2]), end, "provisional", None, begin[:40])
