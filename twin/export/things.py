"""Rows of layer ``sensor`` as Things, Locations and Datastreams of SensorThings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from twin.reference import reference_path

_UCUM = "https://ucum.org/ucum#"
_MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
_GEOJSON = "application/geo+json"
_SEPARATOR = ":"
_OWN = "sensorthings:"


@dataclass(frozen=True, slots=True)
class SensorRow:
    """A row of layer ``sensor``, with what its source said of it."""

    columns: Mapping[str, Any]
    said: Mapping[str, Any]

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> SensorRow:
        """The row with these columns, ``longitude`` and ``latitude`` among them."""
        try:
            said = json.loads(columns["attributes"] or "{}")
        except (ValueError, RecursionError):
            said = {}
        return cls(columns, said if isinstance(said, dict) else {})

    @property
    def is_sensor_things(self) -> bool:
        """Whether it came as a Datastream."""
        return str(self.columns["sensor_id"]).startswith(_OWN)

    @property
    def group(self) -> tuple[str, ...]:
        """What datastreams of one Thing have in common."""
        columns = self.columns
        thing = self._thing
        if thing:
            service = str(columns["sensor_id"]).rpartition(_SEPARATOR)[0]
            return str(columns["ags"]), service, json.dumps(thing, sort_keys=True), self._located
        if self.is_sensor_things:
            return str(columns["ags"]), str(columns["sensor_id"]), "", ""
        source = str(columns["sensor_id"]).partition(_SEPARATOR)[0]
        name = columns["station"] or columns["thing"] or columns["name"] or columns["sensor_id"]
        return str(columns["ags"]), source, str(name), ""

    def thing(self) -> dict[str, Any]:
        """The Thing, without its Datastreams."""
        if self._thing:
            entity = dict(self._thing)
        else:
            columns = self.columns
            name = columns["thing"] or columns["name"] or columns["station"] or columns["sensor_id"]
            entity = {
                "@iot.id": _SEPARATOR.join(filter(None, self.group[1:3])),
                "name": name,
                "description": columns["provider"] or name,
            }
        locations = self._said_list("Locations") or self._location()
        return {**entity, **({"Locations": locations} if locations else {})}

    def datastream(self, first: datetime | None, last: datetime | None, stated: tuple[Any, Any]) -> dict[str, Any]:
        """The Datastream, without its Observations.

        Parameters
        ----------
        first, last : datetime or None
            Between which moments there are readings.
        stated : (datetime or None, datetime or None)
            Between which moments they were determined.
        """
        entity = self._said_stream() if self.is_sensor_things else self._made_stream()
        for name, begin, end in (("phenomenonTime", first, last), ("resultTime", *stated)):
            span = _widened(self.said.get(name) if self.is_sensor_things else None, begin, end)
            if span:
                entity[name] = span
        return entity

    def _said_stream(self) -> dict[str, Any]:
        columns, said = self.columns, self.said
        own = said.get("@iot.id", str(columns["sensor_id"]).rpartition(_SEPARATOR)[2])
        names = ("observationType", "unitOfMeasurement", "observedArea", "properties", "ObservedProperty", "Sensor")
        entity = {
            "@iot.selfLink": columns["source_url"],
            "@iot.id": own,
            "name": said.get("name") or columns["name"],
            "description": said.get("description"),
            **{name: said[name] for name in names if name in said},
        }
        entity.setdefault("unitOfMeasurement", {})
        return {name: value for name, value in entity.items() if value is not None}

    def _made_stream(self) -> dict[str, Any]:
        columns = self.columns
        code, unit = columns["observed_property"], columns["unit"]
        properties = {name: columns[name] for name in ("interval", "height", "source_url") if columns[name] is not None}
        return {
            "@iot.id": columns["sensor_id"],
            "name": columns["name"] or columns["sensor_id"],
            "description": self.said.get("description") or columns["name"] or "",
            "observationType": _MEASUREMENT,
            "unitOfMeasurement": {
                "name": columns["unit_source"] or unit or "",
                "symbol": unit or columns["unit_source"] or "",
                "definition": f"{_UCUM}{unit}" if unit else "",
            },
            "properties": {**properties, "ownerData": columns["provider"] or "", "station": columns["station"] or ""},
            "ObservedProperty": {
                "name": _titles().get(code, code) if code else columns["name"] or "",
                "definition": "",
                "description": code or "",
            },
            "Sensor": {"name": columns["name"] or "", "description": "", "encodingType": "text/plain", "metadata": ""},
        }

    @property
    def _thing(self) -> dict[str, Any]:
        thing = self.said.get("thing")
        if not self.is_sensor_things or not isinstance(thing, dict) or not thing.get("@iot.id"):
            return {}
        return {**thing, "name": thing.get("name") or self.columns["thing"] or ""}

    @property
    def _located(self) -> str:
        return json.dumps(self.said.get("Locations"), sort_keys=True)

    def _said_list(self, name: str) -> list[Any]:
        found = self.said.get(name)
        return found if self.is_sensor_things and isinstance(found, list) else []

    def _location(self) -> list[dict[str, Any]]:
        longitude, latitude = self.columns["longitude"], self.columns["latitude"]
        if longitude is None or (self.is_sensor_things and "observedArea" in self.said):
            return []
        point = {"type": "Point", "coordinates": [round(longitude, 8), round(latitude, 8)]}
        return [{"name": self.columns["name"] or "", "description": "", "encodingType": _GEOJSON, "location": point}]


def instant(at: datetime) -> str:
    """A moment as SensorThings has it."""
    whole = at.isoformat(timespec="microseconds")
    return whole.rstrip("0").rstrip(".") + "Z"


def _widened(said: object, begin: datetime | None, end: datetime | None) -> str:
    """What the source said of a span of time, with what is stored; as it was said where it holds all of that."""
    first, _, last = said.partition("/") if isinstance(said, str) else ("", "", "")
    known = [_moment(first), _moment(last or first)]
    if begin is None or end is None:
        return said if isinstance(said, str) else ""
    if known[0] is not None and known[1] is not None:
        if known[0] <= begin and end <= known[1]:
            return str(said)
        begin, end = min(begin, known[0]), max(end, known[1])
    return f"{instant(begin)}/{instant(end)}"


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = found.utcoffset()
    return found if offset is None else (found - offset).replace(tzinfo=None)


@cache
def _titles() -> dict[str, str]:
    declared: dict[str, str] = json.loads(reference_path("codes/observed_property.json").read_text("utf-8"))["en"]
    return declared
