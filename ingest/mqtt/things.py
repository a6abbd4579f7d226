"""The dialect of SensorThings servers: topic ``v1.1/Datastreams(7)/Observations``, the Observation as JSON."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from ingest.mqtt.message import Message, Said, Senseless, content, line
from ingest.mqtt.topic import Topic
from twin.errors import FeedError
from twin.language import Text

_STREAM = re.compile(r"Datastreams\(\s*('?)([^()']{1,200})\1\s*\)")
_VERSION = re.compile(r"/v\d+(?:\.\d+)?(?:/|$)")
_KEPT = ("phenomenonTime", "resultTime", "result", "resultQuality")
_BAD = Text(
    "Option service: erwartet die Adresse des Dienstes, etwa https://frost.example.org/FROST-Server/v1.1, gefunden „{found}“.",  # noqa: E501
    "option service: expected the address of the service, such as https://frost.example.org/FROST-Server/v1.1, found “{found}”.",  # noqa: E501
)


class Things:
    """Reads Observations.

    Parameters
    ----------
    topics : tuple of Topic
        What is listened to.
    service : str
        Root of the service: ids of datastreams are its own, and the same as where it is asked by HTTP.
    feed : str
        Name of the feed, for errors.

    Raises
    ------
    FeedError
        If the service is none.
    """

    def __init__(self, topics: tuple[Topic, ...], service: str, feed: str) -> None:
        try:
            parts = urlsplit(service)
            good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and not parts.query
        except ValueError:
            good = False
        if not good:
            raise FeedError(feed=feed, problem=_BAD.filled(found=service[:200]))
        root = service.rstrip("/")
        self._root = root if _VERSION.search(root) else f"{root}/v1.1"
        self._topics = topics

    def read(self, message: Message) -> Said:
        """The reading of an Observation; see `Dialect.read`."""
        if all(topic.sensor(message.topic) is None for topic in self._topics):
            raise Senseless("topic")
        entity = content(message.payload)
        if not isinstance(entity, dict) or entity.get("result") is None:
            raise Senseless("content")
        # A topic may be of all observations (v1.1/Observations): then the message tells whose it is.
        link = entity.get("Datastream@iot.navigationLink")
        found = _STREAM.search(message.topic) or _STREAM.search(link if isinstance(link, str) else "")
        if found is None:
            raise Senseless("sensor")
        kept = {name: entity[name] for name in _KEPT if entity.get(name) is not None}
        timed = "phenomenonTime" in kept or "resultTime" in kept
        if not timed:
            if message.retained:
                raise Senseless("old")
            kept["phenomenonTime"] = f"{message.received.isoformat()}Z"
        return Said((line(f"{self._root}/{found[0]}", kept),), (found[2],), (), timed)

    def described(self, streams: set[str]) -> dict[str, dict[str, Any]]:
        """None: the service describes them by HTTP, not here."""
        del streams
        return {}

    def version(self) -> str:
        """Nothing is described, so nothing changes."""
        return ""
