"""Datastreams as charts and lists name them, as far as whoever asks may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from twin.language import LANGUAGES, Language
from twin.observations.quantity import sign, word
from viewer.sensors.quantity import Aggregation, aggregation, quantities

if TYPE_CHECKING:
    from twin import Twin

LONGEST = 200
"""Characters of an id that are looked up."""

COLUMNS = "s.ags, s.sensor_id, s.thing, s.name, s.observed_property, s.unit, s.provider, s.station, s.interval"
"""Columns of ``sensor s`` that `Datastream.of` takes."""

SEARCHED = ("thing", "station", "name", "provider")
"""Columns that name a datastream."""

_MOST = 24
"""Datastreams of one station that are listed."""


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Datastream:
    """One quantity measured in one place.

    Attributes
    ----------
    ags, sensor_id : str
        Municipality, and key within it.
    thing, name, station, provider : str
        What and where it measures, in the source's words; empty where it says nothing.
    observed_property : str
        Key of the list ``observed_property``; empty where it is not known.
    unit : str
        UCUM code; empty where none is known.
    interval : int
        Between two readings; 0 where it is not known. [s]
    """

    ags: str
    sensor_id: str
    thing: str = ""
    name: str = ""
    observed_property: str = ""
    unit: str = ""
    provider: str = ""
    station: str = ""
    interval: int = 0

    @classmethod
    def of(cls, row: Sequence[Any]) -> Datastream:
        """From a row of ``sensor`` with the columns of this class in their order."""
        ags, key, thing, name, observed, unit, provider, station = (str(value or "") for value in row[:8])
        return cls(ags, key, thing, name, observed, unit, provider, station, max(0, int(row[8] or 0)))

    @property
    def aggregation(self) -> Aggregation:
        """How its readings are put together over a time."""
        return aggregation(self.observed_property)

    @property
    def summed(self) -> bool:
        """Whether its readings are added up over a time."""
        return self.aggregation == "sum"

    @property
    def scale(self) -> str:
        """What an axis has to be of to carry it: the unit, or the quantity where it has none."""
        return self.unit if self.unit and self.unit != "1" else f":{self.observed_property or self.name}"

    def what(self, language: Language) -> str:
        """The quantity in words: ``Wasserstand``; the source's name where it is of no list."""
        known = word("observed_property", self.observed_property, language)
        return known[:1].upper() + known[1:] or self.name or self.sensor_id

    def where(self) -> str:
        """The station in words; empty where the source names none.

        Sources that call the water a thing name the station in the datastream, before the quantity:
        ``OSTENDORF WASSERSTAND ROHDATEN`` of ``MUSTER`` stands in ``OSTENDORF (MUSTER)``.
        """
        known = word("observed_property", self.observed_property, "de").casefold()
        before, found, _ = self.name.casefold().partition(known) if known else ("", "", "")
        place = self.name[: len(before)].strip(" :,;·–-") if found and len(before) <= len(self.name) else ""
        thing = self.thing or self.station
        if not place or place.casefold() in thing.casefold():
            return thing
        return place if not self.thing or thing.casefold() in place.casefold() else f"{place} ({thing})"

    def title(self, language: Language) -> str:
        """Station and quantity: ``Lippstadt · Wasserstand``."""
        return " · ".join(dict.fromkeys(filter(None, (self.where(), self.what(language)))))

    def axis(self, language: Language) -> str:
        """What an axis of it says: ``Wasserstand [m]``."""
        unit = sign(self.unit)
        return f"{self.what(language)} [{unit}]" if unit else self.what(language)


def datastreams(twin: Twin, keys: Sequence[str]) -> list[Datastream]:
    """Datastreams with these ids that the twin's principal may see, in the order asked for.

    Parameters
    ----------
    twin : Twin
    keys : sequence of str
        Of ``sensor.sensor_id``; what is not there, or not visible, is left out.
    """
    wanted = [key for key in dict.fromkeys(keys) if 0 < len(key) <= LONGEST]
    if not wanted:
        return []
    reading = twin.reading()
    sql = f"SELECT {COLUMNS} FROM {reading.base}.sensor s WHERE list_contains(?, s.sensor_id) ORDER BY s.ags DESC"
    found = {stream.sensor_id: stream for stream in map(Datastream.of, reading.fetch(sql, [wanted]))}
    return [found[key] for key in wanted if key in found]


def together(twin: Twin, stream: Datastream) -> list[Datastream]:
    """All datastreams of a datastream's station, itself among them."""
    reading = twin.reading()
    same = "s.ags = ? AND coalesce(s.provider, '') = ? AND coalesce(s.station, '') = ? AND coalesce(s.thing, '') = ?"
    sql = (
        f"SELECT {COLUMNS} FROM {reading.base}.sensor s WHERE {same} ORDER BY s.observed_property, s.sensor_id LIMIT ?"
    )
    if not stream.where():
        return [stream]
    values = [stream.ags, stream.provider, stream.station, stream.thing, _MOST]
    found = [Datastream.of(row) for row in reading.fetch(sql, values)]
    return found if stream in found else [stream, *found]


@cache
def quantity_words() -> dict[str, str]:
    """Each quantity's names in both languages, lower case and with umlauts spelled out."""
    return {
        key: " ".join(word("observed_property", key, language).lower().translate(_UMLAUTS) for language in LANGUAGES)
        for key in quantities()
    }


def titles(streams: Sequence[Datastream], language: Language) -> list[str]:
    """A title of each datastream; those that would be called alike say their own name beside, or their id."""
    plain = [stream.title(language) for stream in streams]
    named = [
        f"{title} ({stream.name or stream.sensor_id})" if plain.count(title) > 1 else title
        for title, stream in zip(plain, streams, strict=True)
    ]
    return [
        f"{title} · {stream.sensor_id}" if named.count(title) > 1 else title
        for title, stream in zip(named, streams, strict=True)
    ]
