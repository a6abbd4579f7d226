"""Topics as a feed names them: what a broker is asked for, and which sensor a message is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twin.errors import FeedError
from twin.language import Text

PLACE = "{sensor}"
"""Stands in a topic where the sensor's name is."""

_LONGEST, _MOST = 1_000, 100
_BAD = Text(
    "Thema „{topic}“: erwartet Ebenen mit „/“, + für eine beliebige, # am Ende für alle weiteren, höchstens einmal {place}, ohne $ am Anfang.",  # noqa: E501
    "topic “{topic}”: expected levels with “/”, + for any one, # at the end for all below, {place} once at most, and no $ at its beginning.",  # noqa: E501
)
_NUMBER = Text("erwartet 1 bis {most} Themen, gefunden {found}.", "expected 1 to {most} topics, found {found}.")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that is listened to.

    Attributes
    ----------
    asked : str
        Filter that the broker is asked for.
    pattern : re.Pattern
        What its messages' topics look like; group ``sensor`` is the sensor's name.
    """

    asked: str
    pattern: re.Pattern[str]

    def sensor(self, topic: str) -> str | None:
        """Sensor that a message is about: what stands at ``{sensor}``, or the whole topic; None if it does not fit."""
        found = self.pattern.fullmatch(topic)
        return None if found is None else found.groupdict().get("sensor", topic)


def topics(text: str, feed: str) -> tuple[Topic, ...]:
    """Topics that an option names, separated by blanks.

    Raises
    ------
    FeedError
        If there is none, or one that no broker understands.
    """
    words = text.split()
    if not 0 < len(words) <= _MOST:
        raise FeedError(feed=feed, problem=_NUMBER.filled(most=_MOST, found=len(words)))
    return tuple(_topic(word, feed) for word in words)


def _topic(text: str, feed: str) -> Topic:
    levels = text.split("/")
    wrong = text.startswith("$") or len(text) > _LONGEST or text.count(PLACE) > 1 or "\0" in text
    for place, level in enumerate(levels):
        wrong = wrong or (("+" in level or "#" in level) and len(level) > 1)
        wrong = wrong or (level == "#" and place < len(levels) - 1)
    if wrong:
        raise FeedError(feed=feed, problem=_BAD.filled(topic=text[:200], place=PLACE))
    below = levels[-1] == "#"
    patterns = [_level(level) for level in (levels[:-1] if below else levels)]
    whole = "/".join(patterns)
    if below:
        whole = f"{whole}(?:/.*)?" if patterns else ".*"
    return Topic("/".join("+" if PLACE in level else level for level in levels), re.compile(whole, re.DOTALL))


def _level(level: str) -> str:
    if level == "+":
        return "[^/]*"
    before, place, after = level.partition(PLACE)
    return re.escape(before) + ("(?P<sensor>[^/]+)" + re.escape(after) if place else "")
