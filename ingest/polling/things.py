"""What a SensorThings service says that it has: its Things, and which of their Datastreams a feed wants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingest.polling.paging import Paging
from ingest.sensor.document import word
from ingest.sensor.moment import period
from ingest.sensor.observed_property import observed_property
from ingest.sensor.sensor_things import sensor_id, unit_of
from twin.errors import UnsafeDelivery

MOST = 100_000
"""Datastreams of one feed."""

PAGE = 100
"""Things of a page: each has its Datastreams with it."""

_SIZE = 5 << 20
_WHOLE = "Locations,Datastreams($expand=ObservedProperty,Sensor)"
_ENDS = "Datastreams($select=@iot.id,phenomenonTime,resultTime)"
_MOVING = ("phenomenonTime", "resultTime", "Observations", "Observations@iot.nextLink")


@dataclass(frozen=True, slots=True)
class Stream:
    """A Datastream that is read.

    Attributes
    ----------
    key : str
        As it stands between the brackets of a link: ``7``, or ``'a'``.
    sensor_id : str
        Of the sensor that it becomes.
    reference : dict
        What its readings say of it: which it is, and what they are in.
    """

    key: str
    sensor_id: str
    reference: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ends:
    """Up to when a service has readings of a datastream; None where it does not say. UTC."""

    time: datetime | None
    stated: datetime | None


class Things:
    """Things of a service.

    Parameters
    ----------
    paging : Paging
        Who is asked.
    filter_ : str
        OData filter of the Things; empty for all.
    observed : tuple of str
        Properties that are wanted; empty for all.
    """

    def __init__(self, paging: Paging, filter_: str, observed: tuple[str, ...]) -> None:
        self._paging, self._observed = paging, observed
        self._filter = f"&$filter={quote(filter_)}" if filter_ else ""

    def described(self) -> tuple[list[dict[str, Any]], dict[str, Stream], dict[str, Ends]]:
        """Things with all that belongs to them, the streams that are wanted, and up to when any has readings.

        Raises
        ------
        UnsafeDelivery
            If there are more than `MOST`.
        """
        things: list[dict[str, Any]] = []
        streams: dict[str, Stream] = {}
        ends: dict[str, Ends] = {}
        for thing, found in self._all(_WHOLE):
            wanted = [entity for entity in found if self._wanted(entity)]
            ends |= {_key(entity): _ends(entity) for entity in found if _key(entity)}
            for entity in wanted:
                stream = self._stream(entity)
                streams[stream.key] = stream
                if len(streams) > MOST:
                    raise UnsafeDelivery(file=self._paging.root, found=f"> {MOST:,} Datastreams", expected=f"{MOST:,}")
            if wanted:
                kept = [{name: value for name, value in one.items() if name not in _MOVING} for one in wanted]
                more = {name: value for name, value in thing.items() if name != "Datastreams@iot.nextLink"}
                things.append({**more, "Datastreams": kept})
        return sorted(things, key=lambda one: word(one.get("@iot.id"))), streams, ends

    def ends(self) -> dict[str, Ends]:
        """Up to when each Datastream has readings, and nothing else."""
        select = "&$select=@iot.id"
        return {
            _key(entity): _ends(entity) for _, found in self._all(_ENDS, select) for entity in found if _key(entity)
        }

    def _all(self, expand: str, select: str = "") -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        url = f"{self._paging.root}/Things?$expand={expand}&$top={PAGE}{select}{self._filter}"
        for page in self._paging.entities(url):
            for thing in page:
                yield thing, self._paging.nested(thing, "Datastreams")

    def _wanted(self, entity: dict[str, Any]) -> bool:
        if not _key(entity) or "unitOfMeasurement" not in entity:
            return False
        if not self._observed:
            return True
        quantity = entity.get("ObservedProperty")
        words = (word(quantity.get("name")) if isinstance(quantity, dict) else "", word(entity.get("name")))
        own, written = unit_of(entity)
        return observed_property((*words, word(entity.get("description"))), own, written) in self._observed

    def _stream(self, entity: dict[str, Any]) -> Stream:
        key, own = _key(entity), word(entity["@iot.id"])
        given = word(entity.get("@iot.selfLink"))
        link = given if given.startswith(("http://", "https://")) else f"{self._paging.root}/Datastreams({key})"
        quantity = entity.get("ObservedProperty")
        named = {"name": quantity.get("name")} if isinstance(quantity, dict) else {}
        telling = ("name", "description", "observationType", "unitOfMeasurement")
        reference = {
            "@iot.id": entity["@iot.id"],
            "@iot.selfLink": link,
            **{name: entity[name] for name in telling if name in entity},
            "ObservedProperty": named,
        }
        return Stream(key, sensor_id(link, own), reference)


def write_things(things: list[dict[str, Any]], folder: Path) -> Iterator[Path]:
    """Write Things into files of some megabytes; the same Things give the same bytes."""
    rows: list[str] = []
    size = number = 0
    for place, thing in enumerate(things):
        rows.append(json.dumps(thing, ensure_ascii=False, sort_keys=True))
        size += len(rows[-1])
        if size >= _SIZE or place == len(things) - 1:
            path = folder / f"things-{number}.json"
            path.write_text('{"value": [\n' + ",\n".join(rows) + "\n]}\n", "utf-8")
            yield path
            rows, size, number = [], 0, number + 1


def _key(entity: dict[str, Any]) -> str:
    own = entity.get("@iot.id")
    if isinstance(own, str) and own:
        return "'" + own.replace("'", "''") + "'"
    return str(own) if isinstance(own, int) and not isinstance(own, bool) else ""


def _ends(entity: dict[str, Any]) -> Ends:
    times = (period(word(entity.get(name))) for name in ("phenomenonTime", "resultTime"))
    return Ends(*(last or first for first, last in times))
