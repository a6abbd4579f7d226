"""The dialect of plain messages: a number, or JSON with the value and its time somewhere in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isnan
from typing import Any

from ingest.delimited import number
from ingest.mqtt.device import Device, bounds, demand_unit, position
from ingest.mqtt.message import Message, Said, Senseless, content, line
from ingest.mqtt.topic import Topic
from ingest.sensor.document import word
from ingest.sensor.moment import moment
from twin.observations.unit import unit

MOST = 5_000
"""Sensors that no list names and a feed takes all the same: names of topics are made up easily."""

_LONGEST = 200
_BEGINNING = datetime(1970, 1, 1)
_STEPS = ((1e11, 1), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
_UNSAFE = re.compile(r"[()'\"<>%\\\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Plain:
    """Reads numbers and JSON.

    Attributes
    ----------
    topics : tuple of Topic
        What is listened to; each says where the sensor's name is.
    service : str
        Stands before the sensor's name in its id.
    value, time, unit : str
        Keys of the value, its time and its unit in the message; dots lead into objects and lists.
    devices : mapping of str to tuple of Device
        By sensor; only these are taken, unless there are none.
    other : Device
        What is known of a sensor where none are listed.
    units : dict of str to str
        Of sensors that no list names: the units that messages have named, by datastream; filled as they come.
    """

    topics: tuple[Topic, ...]
    service: str
    value: str
    time: str
    unit: str
    devices: Mapping[str, tuple[Device, ...]]
    other: Device
    units: dict[str, str]

    def read(self, message: Message) -> Said:
        """The readings of a message; see `Dialect.read`."""
        sensor = next((name for one in self.topics if (name := one.sensor(message.topic)) is not None), None)
        if sensor is None:
            raise Senseless("topic")
        known = self.devices.get(sensor, ()) if self.devices else (replace(self.other, sensor=sensor),)
        if not known or len(sensor) > _LONGEST:
            raise Senseless("sensor")
        said = content(message.payload)
        time, timed = self._time(said, message)
        lines, streams, doubtful = [], [], []
        for device in known:
            value = _value(said, device.value or self.value)
            if value is None:
                continue
            stream = self._stream(device)
            self._see_unit(device, stream, said)
            lines.append(line(self._link(stream), {"phenomenonTime": time, "result": value}))
            streams.append(stream)
            lowest, highest = bounds(replace(device, sensor="", unit=device.unit or self.units.get(stream, "")))
            if isinstance(value, float | int) and not lowest <= value <= highest:
                doubtful.append(stream)
        if not lines:
            raise Senseless("content")
        return Said(tuple(lines), tuple(streams), tuple(doubtful), timed)

    def described(self, streams: set[str]) -> dict[str, dict[str, Any]]:
        """Datastreams of the list, and of other sensors that have come."""
        listed = {self._stream(one): one for every in self.devices.values() for one in every}
        if self.devices:
            found = {stream: listed[stream] for stream in streams if stream in listed}
        else:
            found = {stream: replace(self.other, sensor=stream) for stream in streams}
        named = {stream: replace(one, unit=one.unit or self.units.get(stream, "")) for stream, one in found.items()}
        return {stream: one.entity(stream, self._link(stream)) for stream, one in named.items()}

    def version(self) -> str:
        """Digest of what is declared."""
        declared = repr((self.service, sorted(self.devices.items()), self.other))
        return hashlib.sha256(declared.encode("utf-8", "replace")).hexdigest()[:16]

    def _stream(self, device: Device) -> str:
        own = device.value if device.value and device.value != self.value else ""
        # Brackets and quotes end an id where links are read; percent signs keep different names different.
        return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", ":".join(filter(None, (device.sensor, own))))[
            :_LONGEST
        ]

    def _link(self, stream: str) -> str:
        return f"http://{self.service}/v1.1/Datastreams('{stream}')"

    def _time(self, said: object, message: Message) -> tuple[str, bool]:
        stated = _at(said, self.time) if self.time else None
        if stated is None:
            if message.retained:
                raise Senseless("old")
            return f"{message.received.isoformat()}Z", False
        found = _epoch(stated) if isinstance(stated, int | float) else moment(word(stated))
        if found is None:
            raise Senseless("time")
        return f"{found.isoformat()}Z", True

    def _see_unit(self, device: Device, stream: str, said: object) -> None:
        """A value in another unit than its sensor's would be off by a factor that nobody sees."""
        stated = word(_at(said, self.unit)) if self.unit else ""
        known = device.unit or self.units.get(stream, "")
        if unit(stated or known) is None or (known and unit(stated or known) != unit(known)):
            raise Senseless("unit")
        if not self.devices and stream not in self.units:
            if len(self.units) >= MOST:
                raise Senseless("sensor")
            self.units[stream] = stated


def plain(options: Mapping[str, str], topics: tuple[Topic, ...], listed: tuple[Device, ...], feed: str) -> Plain:
    """The dialect as the options of a feed say it.

    Raises
    ------
    FeedError
        If nothing tells the unit of a value.
    """
    other = Device(
        "",
        name=options.get("name", ""),
        property=options.get("property", ""),
        unit=options.get("unit", ""),
        position=position(options.get("longitude", ""), options.get("latitude", "")),
    )
    # Where a unit is declared it has to be one; where none is, messages have to name it.
    if not listed and (other.unit or not options.get("unit_key")):
        demand_unit(replace(other, sensor=feed), feed)
    by_sensor: dict[str, list[Device]] = {}
    for one in listed:
        by_sensor.setdefault(one.sensor, []).append(one)
    return Plain(
        topics, options["sensor"], options.get("value_key", ""), options.get("time_key", ""),
        options.get("unit_key", ""), {name: tuple(every) for name, every in by_sensor.items()}, other, {},
    )  # fmt: skip


def _value(said: object, key: str) -> float | str | bool | None:
    found = _at(said, key) if isinstance(said, dict | list) else said
    if isinstance(found, bool) or found is None:
        return found
    if isinstance(found, int | float):
        return found if abs(found) < 1e18 else None
    if isinstance(found, str):
        figure = number(found)
        if not isnan(figure):
            return figure if abs(figure) < 1e18 else None
        # A word that JSON holds is a state, such as "open"; a message that is no JSON is no reading.
        return found.strip()[:_LONGEST] or None if isinstance(said, dict | list) else None
    return None


def _at(said: object, path: str) -> object:
    """What stands at ``a.b.0`` in objects and lists; None if nothing does."""
    if isinstance(said, dict) and path in said:
        found: object = said[path]
        return found
    for key in path.split("."):
        if isinstance(said, dict):
            said = said.get(key)
        elif isinstance(said, list) and key.isdecimal() and len(key) < 6 and int(key) < len(said):
            said = said[int(key)]
        else:
            return None
    return said


def _epoch(stated: float) -> datetime | None:
    """Seconds since 1970, or thousandths, millionths, billionths of them: which, their size tells."""
    for largest, parts in _STEPS:
        if 0 < stated < largest and not isinstance(stated, bool):
            return _BEGINNING + timedelta(microseconds=round(stated * 1e6 / parts))
    return None
