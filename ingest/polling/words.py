"""Words of options: spans of time, beginnings, numbers and boxes, or what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ingest.sensor.moment import moment
from ingest.source import Option
from twin.errors import FeedError
from twin.language import Text

_SPAN = re.compile(r"(\d{1,6})\s*(s|m|min|h|d|w)")
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_NO_SPAN = Text(
    "{name}: erwartet eine Dauer wie 30m, 6h oder 7d, gefunden „{found}“.",
    "{name}: expected a span such as 30m, 6h or 7d, found “{found}”.",
)
_NO_BEGIN = Text(
    "{name}: erwartet eine Dauer wie 30d oder ein Datum wie 2026-01-01, gefunden „{found}“.",
    "{name}: expected a span such as 30d or a date such as 2026-01-01, found “{found}”.",
)
_NO_NUMBER = Text(
    "{name}: erwartet eine Zahl von {lowest} bis {highest}, gefunden „{found}“.",
    "{name}: expected a number from {lowest} to {highest}, found “{found}”.",
)
_UNKNOWN = Text("{name}: „{found}“ gibt es nicht; bekannt: {known}.", "{name}: no “{found}”; known: {known}.")
_LONGEST = 2_000
_NO_BOX = Text(
    "{name}: erwartet West,Süd,Ost,Nord in Grad, gefunden „{found}“.",
    "{name}: expected west,south,east,north in degrees, found “{found}”.",
)


class Words:
    """Options of a feed, read with an error that names the one that makes no sense.

    Parameters
    ----------
    feed : str
        Name of the feed, for errors.
    declared : sequence of Option
        What there is, with defaults.
    options : mapping of str to str
        What was given.
    """

    def __init__(self, feed: str, declared: Sequence[Option], options: Mapping[str, str]) -> None:
        self._feed, self._options = feed, {option.name: option.default for option in declared} | dict(options)

    def text(self, name: str) -> str:
        """An option as it is."""
        return self._options.get(name, "").strip()

    def several(self, name: str) -> tuple[str, ...]:
        """What commas separate."""
        return tuple(filter(None, (part.strip() for part in self.text(name).split(","))))

    def known(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """What commas separate, each of it one of `known`."""
        found = self.several(name)
        for one in found:
            if one not in known:
                listed = ", ".join(known)
                raise FeedError(
                    feed=self._feed, problem=_UNKNOWN.filled(name=name, found=one[:60], known=listed[:_LONGEST])
                )
        return found

    def span(self, name: str) -> timedelta:
        """A span such as ``6h``."""
        found = _SPAN.fullmatch(self.text(name).lower())
        if found is None:
            raise self._wrong(name, _NO_SPAN)
        return timedelta(seconds=int(found[1]) * _UNITS[found[2]])

    def begin(self, name: str) -> datetime:
        """A moment, or so long ago; in UTC, without a zone of its own."""
        stated = moment(self.text(name))
        if stated is not None:
            return stated
        if _SPAN.fullmatch(self.text(name).lower()) is None:
            raise self._wrong(name, _NO_BEGIN)
        return datetime.now(UTC).replace(tzinfo=None) - self.span(name)

    def number(self, name: str, lowest: float, highest: float) -> float:
        """A number within bounds."""
        try:
            found = float(self.text(name))
        except ValueError:
            found = float("nan")
        if not lowest <= found <= highest:
            raise self._wrong(name, _NO_NUMBER, lowest=lowest, highest=highest)
        return found

    def box(self, name: str) -> tuple[float, float, float, float] | None:
        """West, south, east and north [deg]; None if there is no such option."""
        if not self.text(name):
            return None
        try:
            west, south, east, north = (float(part) for part in self.text(name).split(","))
        except ValueError:
            raise self._wrong(name, _NO_BOX) from None
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise self._wrong(name, _NO_BOX)
        return west, south, east, north

    def _wrong(self, name: str, sentence: Text, **values: object) -> FeedError:
        return FeedError(feed=self._feed, problem=sentence.filled(name=name, found=self.text(name)[:60], **values))
