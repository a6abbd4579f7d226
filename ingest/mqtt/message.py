"""What a message says: readings, as lines of SensorThings JSON, or nothing that makes sense."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from twin.language import Text

LARGEST = 64 << 10
"""Size of a message that is read: one or a few readings. [B]"""

REASONS = {
    "large": Text("zu groß", "too large"),
    "content": Text("ohne lesbaren Wert", "without a value that can be read"),
    "sensor": Text("von unbekannten Sensoren", "of unknown sensors"),
    "topic": Text("mit Themen, nach denen nicht mehr gefragt ist", "of topics that are not asked for any more"),
    "time": Text("ohne lesbare Zeit", "without a time that can be read"),
    "unit": Text("in anderer Einheit als erklärt", "in another unit than declared"),
    "old": Text("aufgehobene ohne eigene Zeit", "retained ones without a time of their own"),
}
"""Why a message is kept out."""


class Senseless(Exception):
    """A message that is kept out, for one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came.

    Attributes
    ----------
    topic : str
        Where it was published.
    payload : bytes
        What it says.
    retained : bool
        Whether the broker had kept it for whoever comes: it may be of any age.
    received : datetime
        When it came, UTC, naive; no two of a feed at the same moment.
    """

    topic: str
    payload: bytes
    retained: bool
    received: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """Readings of a message.

    Attributes
    ----------
    lines : tuple of str
        JSON of an Observation each, with the link to its Datastream.
    streams : tuple of str
        The names of their datastreams.
    doubtful : tuple of str
        Those of them that have to be described along, because a reading is off their scale.
    timed : bool
        Whether they say their own time: if not, it is the time when they came.
    """

    lines: tuple[str, ...]
    streams: tuple[str, ...]
    doubtful: tuple[str, ...]
    timed: bool


class Dialect(Protocol):
    """A way to write readings into messages."""

    def read(self, message: Message) -> Said:
        """What a message says.

        Raises
        ------
        Senseless
            If it says nothing.
        """
        ...

    def described(self, streams: set[str]) -> dict[str, dict[str, Any]]:
        """Datastreams as SensorThings entities, of those that can be described."""
        ...

    def version(self) -> str:
        """Changes when what `described` gives does."""
        ...


def content(payload: bytes) -> Any:
    """A payload as JSON; as text where it is none.

    Raises
    ------
    Senseless
        If it is too large, or no text.
    """
    if len(payload) > LARGEST:
        raise Senseless("large")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Senseless("content") from None
    try:
        return json.loads(text, parse_constant=lambda word: None)
    except (ValueError, RecursionError):
        return text


def line(link: str, observation: dict[str, Any]) -> str:
    """JSON of an observation of a datastream.

    Raises
    ------
    Senseless
        If it is longer than any reading.
    """
    text = json.dumps({"Datastream@iot.navigationLink": link, **observation}, ensure_ascii=False)
    if len(text) > _LONGEST:
        raise Senseless("large")
    # Half a surrogate pair, as JSON may hold it, can be written nowhere.
    return text.encode("utf-8", "replace").decode("utf-8")


_LONGEST = 4_000
