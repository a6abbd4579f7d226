"""Values as a message writes them."""

from __future__ import annotations

from datetime import datetime

from ingest.sensor.moment import GERMANY
from twin.language import Language, Text
from twin.number import written
from twin.observations.quantity import sign

_DAY = 86_400
_CLOCK = Text("{0:%d.%m.%Y, %H:%M} Uhr ({0:%Z})", "{0:%Y-%m-%d %H:%M} {0:%Z}")
_WORDS = {_DAY: Text("Tage", "days"), 3600: Text("Stunden", "hours"), 60: Text("Minuten", "minutes")}
_ONE = {_DAY: Text("Tag", "day"), 3600: Text("Stunde", "hour"), 60: Text("Minute", "minute")}


def amount(value: float | None, unit: str, language: Language) -> str:
    """A value with its unit: ``3,5 m``."""
    if value is None:
        return "–"
    return f"{written(float(value), language)} {sign(unit)}".strip()


def clock(moment: str, language: Language) -> str:
    """A moment of the registry by the clocks in Germany; a dash for none."""
    if not moment:
        return "–"
    return _CLOCK.within(language).format(datetime.fromisoformat(moment).astimezone(GERMANY))


def span(seconds: int, language: Language) -> str:
    """A time in the largest unit that divides it: ``2 Stunden``."""
    size = next((size for size in _WORDS if seconds % size == 0), 60)
    count = seconds / size
    word = (_ONE if count == 1 else _WORDS)[size].within(language)
    return f"{written(count, language, 1)} {word}"
