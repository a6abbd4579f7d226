"""OGC SensorThings 1.1: replies of a service as JSON, with what they are expanded by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import shapely
import shapely.geometry

from ingest.delimited import invalid
from ingest.format import Facts, Item, Options
from ingest.sensor.datastream import Datastream, sensor_items
from ingest.sensor.document import document, number, objects, word
from ingest.sensor.moment import moment, period
from ingest.sensor.observation import Reading, observations
from ingest.sensor.observed_property import observed_property
from ingest.sensor.quality import quality
from ingest.source_file import SourceFile
from twin.language import Text
from twin.observations.unit import Unit, unit

TITLE = Text("SensorThings (JSON)", "SensorThings (JSON)")

_STREAM = re.compile(r"Datastreams\(\s*('?)([^()]{1,200}?)\1\s*\)")
_SERVICE = re.compile(r"^(.*?)/v\d+(?:\.\d+)?(?:/|$)")
_THING = ("@iot.id", "@iot.selfLink", "name", "description", "properties")
_UNMEASURED = re.compile(r"OM_(?:Count|Category|Truth)\w*Observation|OM_Observation$")
_ENTITIES = Text("Things, Datastreams oder Observations", "Things, Datastreams or Observations")
_NO_STREAM = Text(
    "Observations mit ihrem Datastream ($expand=Datastream oder Datastreams(…)/Observations)",
    "Observations with their Datastream ($expand=Datastream or Datastreams(…)/Observations)",
)
_NAMELESS = Text("{count} ohne Angabe, zu welchem sie gehören", "{count} that do not say which one they belong to")
_MORE = Text(
    "Eine Seite von mehreren: {count} Verweise auf weitere (nextLink) nicht gelesen.",
    "One page of several: {count} links to more (nextLink) not read.",
)
_MULTI = Text("MultiDatastreams, nicht gelesen: {count}.", "MultiDatastreams, not read: {count}.")
_ORPHANS = Text("Observations ohne Datastream, ausgelassen: {count}.", "Observations without a Datastream: {count}.")


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layers ``sensor`` and ``observation``, findings, and the facts.

    Raises
    ------
    InvalidDelivery
        If it is no JSON, holds none of the entities, or observations whose datastream it does not name.
    UnsafeDelivery
        If it is too large.
    """
    del options  # positions are in WGS 84, always
    reply = _Reply(document(source, TITLE))
    if not reply.streams and not reply.readings:
        if reply.orphans:
            found = _NAMELESS.format(count=reply.orphans)
            raise invalid(source, str(TITLE), "Datastream@iot.navigationLink", _NO_STREAM, found)
        if not reply.things:
            raise invalid(source, str(TITLE), "–", _ENTITIES, "–")
    yield from sensor_items(reply.streams.values())
    yield from observations(reply.readings, {**reply.known, **reply.streams})
    counts = ((_MORE, reply.more), (_MULTI, reply.multi), (_ORPHANS, reply.orphans))
    yield Facts(
        version="SensorThings 1.1",
        crs="EPSG:4326",
        mode="update",
        dropped={"MultiDatastream": reply.multi} if reply.multi else {},
        notes=tuple(text.format(count=count) for text, count in counts if count),
    )


class _Reply:
    """What a reply holds, whichever entity it begins with."""

    def __init__(self, content: object) -> None:
        self.streams: dict[str, Datastream] = {}
        self.known: dict[str, Datastream] = {}
        self.readings: list[Reading] = []
        self.things = self.more = self.multi = self.orphans = 0
        around = content if isinstance(content, dict) else {}
        links = " ".join(word(around.get(name)) for name in ("@iot.nextLink", "@iot.selfLink", "@odata.context"))
        entities = objects(around["value"]) if "value" in around else objects(content)
        self._service = next((found for entity in [around, *entities] if (found := _service(entity))), "")
        self._count_link(around)
        for entity in entities:
            self._entity(entity, self._named(links))

    def _entity(self, entity: dict[str, Any], stream_id: str) -> None:
        if "unitOfMeasurement" in entity:
            thing = entity.get("Thing")
            self._stream(entity, thing if isinstance(thing, dict) else {})
        elif isinstance(entity.get("dataArray"), list):
            self._data_array(entity)
        elif "result" in entity:
            self._observation(entity, stream_id)
        elif any(name in entity for name in ("Datastreams", "Locations", "Datastreams@iot.navigationLink")):
            self.things += 1
            self._count_link(entity)
            self.multi += len(objects(entity.get("MultiDatastreams")))
            for stream in objects(entity.get("Datastreams")):
                self._stream(stream, entity)

    def _stream(self, entity: dict[str, Any], thing: dict[str, Any]) -> None:
        own = word(entity.get("@iot.id")) or self._number(word(entity.get("@iot.selfLink")))
        if not own:
            self.orphans += len(objects(entity.get("Observations")))
            return
        stream = _datastream(self._id(own, entity), entity, thing)
        self.streams[stream.sensor_id] = stream
        self._count_link(entity)
        for observation in objects(entity.get("Observations")):
            self._observation(observation, stream.sensor_id)

    def _observation(self, entity: dict[str, Any], stream_id: str) -> None:
        expanded = entity.get("Datastream")
        if isinstance(expanded, dict) and word(expanded.get("@iot.id")):
            if "unitOfMeasurement" in expanded:
                self._stream(expanded, expanded["Thing"] if isinstance(expanded.get("Thing"), dict) else {})
            stream_id = self._id(word(expanded["@iot.id"]), expanded)
        else:
            stream_id = self._named(word(entity.get("Datastream@iot.navigationLink"))) or stream_id
        if not stream_id:
            self.orphans += 1
            return
        self.readings.append(_reading(stream_id, entity))

    def _data_array(self, entity: dict[str, Any]) -> None:
        names = [word(name) for name in entity["components"]] if isinstance(entity.get("components"), list) else []
        given = entity.get("Datastream")
        stream: dict[str, Any] = given if isinstance(given, dict) else {}
        own = word(stream.get("@iot.id"))
        stream_id = self._id(own, stream) if own else self._named(word(entity.get("Datastream@iot.navigationLink")))
        if own and "unitOfMeasurement" in stream:
            # It says what the values are in; what the sensor is has come before.
            self.known[stream_id] = _datastream(stream_id, stream, {})
        for values in entity["dataArray"]:
            if isinstance(values, list) and len(values) == len(names):
                self._observation(dict(zip(names, values, strict=True)), stream_id)

    def _count_link(self, entity: dict[str, Any]) -> None:
        self.more += sum(name.endswith("@iot.nextLink") and bool(link) for name, link in entity.items())

    def _named(self, link: str) -> str:
        own = self._number(link)
        return f"sensorthings:{_service({'@iot.selfLink': link}) or self._service}:{own}" if own else ""

    def _id(self, own: str, entity: dict[str, Any]) -> str:
        return f"sensorthings:{_service(entity) or self._service}:{_plain(own)}"

    @staticmethod
    def _number(link: str) -> str:
        found = _STREAM.search(link)
        return _plain(found[2]) if found else ""


def sensor_id(link: str, own: str) -> str:
    """Id of the sensor that a Datastream becomes.

    Parameters
    ----------
    link : str
        Any link of its service, such as ``@iot.selfLink``.
    own : str
        Its ``@iot.id``.
    """
    return f"sensorthings:{_service({'@iot.selfLink': link})}:{_plain(own)}"


def _plain(own: str) -> str:
    return re.sub(r"[\x00-\x20<>\"]", "_", own)[:200]


def _service(entity: dict[str, Any]) -> str:
    """Host and path of the service that an entity's links name: ids are its own."""
    for name in ("@iot.selfLink", "@iot.nextLink", *entity):
        link = entity.get(name)
        if isinstance(link, str) and link.startswith(("http://", "https://")) and "iot." in name:
            try:
                parts = urlsplit(link[:2000])
            except ValueError:
                continue
            path = _SERVICE.match(parts.path)
            if path is not None:
                return _plain(f"{parts.netloc.rpartition('@')[2].lower()}{path[1]}")
    return ""


def _datastream(sensor_id: str, entity: dict[str, Any], thing: dict[str, Any]) -> Datastream:
    given = entity.get("unitOfMeasurement")
    stated: dict[str, Any] = given if isinstance(given, dict) else {}
    own, written = unit_of(entity)
    expanded = entity.get("ObservedProperty")
    quantity: dict[str, Any] = expanded if isinstance(expanded, dict) else {}
    more = entity.get("properties")
    properties: dict[str, Any] = more if isinstance(more, dict) else {}
    words = (word(quantity.get("name")), word(entity.get("name")), word(entity.get("description")))
    about = thing.get("properties")
    owner = about if isinstance(about, dict) else {}
    return Datastream(
        sensor_id,
        name=words[1],
        thing=word(thing.get("name")),
        observed_property=observed_property(words, own, written),
        unit=own,
        unit_source=written,
        provider=word(properties.get("ownerData")) or word(owner.get("ownerThing")) or word(owner.get("owner")),
        station=word(thing.get("@iot.id")),
        source_url=word(entity.get("@iot.selfLink")),
        position=_position(entity, thing),
        attributes={
            "description": entity.get("description"),
            "observationType": entity.get("observationType"),
            "unitOfMeasurement": stated,
            "properties": properties,
            "observedArea": entity.get("observedArea"),
            "ObservedProperty": _without_links(quantity),
            "Sensor": _without_links(entity.get("Sensor")),
            "Locations": [_without_links(location) for location in objects(thing.get("Locations"))],
            "thing": _without_links({name: thing[name] for name in _THING if thing.get(name)}),
            "phenomenonTime": entity.get("phenomenonTime"),
            "resultTime": entity.get("resultTime"),
            "@iot.id": entity.get("@iot.id"),
            # The columns hold them in one line.
            "name": entity.get("name") if entity.get("name") != words[1] else None,
        },
    )


def _without_links(entity: object) -> dict[str, Any]:
    """An entity without the links to those that it is not expanded by."""
    if not isinstance(entity, dict):
        return {}
    links = ("@iot.navigationLink", "@iot.nextLink")
    return {name: value for name, value in entity.items() if not name.endswith(links)}


def unit_of(entity: dict[str, Any]) -> tuple[Unit | None, str]:
    """Unit of a Datastream's readings, None if it is not known, and as it is written."""
    given, kind = entity.get("unitOfMeasurement"), word(entity.get("observationType"))
    stated: dict[str, Any] = given if isinstance(given, dict) else {}
    definition = word(stated.get("definition"))
    names = [word(stated.get("symbol")), word(stated.get("name")), re.split(r"[#/|:]", definition)[-1], definition]
    found = next((known for name in names if name and (known := unit(name)) is not None), None)
    if found is None and not any(names[:2]) and _UNMEASURED.search(kind):
        found = unit("1")  # counts, categories and truths have none
    return found, names[0] or names[1]


def _position(entity: dict[str, Any], thing: dict[str, Any]) -> tuple[float, float] | None:
    """Of the thing if it is a point, else of what is observed if that is one, else within the thing's area."""
    found = [_shape(location.get("location")) for location in objects(thing.get("Locations"))]
    shapes = [shape for shape in (*found, _shape(entity.get("observedArea"))) if shape is not None]
    if not shapes:
        return None
    shape = next((one for one in shapes if one.geom_type == "Point"), shapes[0])
    point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    return None if point.is_empty else (float(point.x), float(point.y))


def _shape(location: object) -> Any:
    """The geometry of a GeoJSON object; None if it is none."""
    if isinstance(location, dict) and location.get("type") == "Feature":
        location = location.get("geometry")
    if not isinstance(location, dict) or "coordinates" not in location:
        return None
    try:
        shape = shapely.geometry.shape(location)
        return None if shape.is_empty or not all(abs(bound) < 1e9 for bound in shape.bounds) else shape
    except Exception:  # whatever a hostile geometry makes the library raise: the sensor has no place then
        return None


def _reading(stream_id: str, entity: dict[str, Any]) -> Reading:
    written = word(entity.get("phenomenonTime")) or word(entity.get("resultTime"))
    begin, end = period(written)
    result = entity.get("result")
    return Reading(
        stream_id,
        begin,
        number(result) if isinstance(result, int | float) and not isinstance(result, bool) else result,
        end,
        quality(entity.get("resultQuality")),
        moment(word(entity.get("resultTime"))),
        written,
    )
