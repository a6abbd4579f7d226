"""Moments as people here write them: in the clock of Germany, and how long ago they are."""

from __future__ import annotations

from datetime import UTC, datetime

from twin.language import Language, Text
from viewer.pages.markup import escaped
from viewer.sensors.period import ZONE

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_UNITS = (
    (_DAY, Text("Tag", "day"), Text("Tagen", "days"), Text("Tage", "days")),
    (_HOUR, Text("Stunde", "hour"), Text("Stunden", "hours"), Text("Stunden", "hours")),
    (_MINUTE, Text("Minute", "minute"), Text("Minuten", "minutes"), Text("Minuten", "minutes")),
    (1, Text("Sekunde", "second"), Text("Sekunden", "seconds"), Text("Sekunden", "seconds")),
)
"""Seconds of a unit; one of it, several in the dative (German), several."""

_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_ENGLISH = "January February March April May June July August September October November December"
_MONTHS = tuple(Text(german, english) for german, english in zip(_GERMAN.split(), _ENGLISH.split(), strict=True))
_SINGLE = {"Tag": "einem Tag", "Stunde": "einer Stunde", "Minute": "einer Minute", "Sekunde": "einer Sekunde"}
_YESTERDAY = Text("gestern", "yesterday")
_NOW, _AGO, _AHEAD = Text("gerade eben", "just now"), Text("vor {time}", "{time} ago"), Text("in {time}", "in {time}")


def moment(written: str) -> datetime | None:
    """A moment of the registry; None if it is empty or none."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def clock(found: datetime, language: Language, present: datetime) -> str:
    """A moment by the clock here: the time alone if it is today, and the day by its name if that was yesterday."""
    here = found.astimezone(ZONE)
    days = (present.astimezone(ZONE).date() - here.date()).days
    if not days:
        return f"{here:%H:%M}"
    if days == 1:
        return f"{_YESTERDAY.within(language)}, {here:%H:%M}"
    return f"{here:%d.%m.%Y, %H:%M}" if language == "de" else f"{here:%Y-%m-%d, %H:%M}"


def month(written: str, language: Language) -> str:
    """Month of a moment of the registry: ``November 2026``."""
    found = moment(written)
    if found is None:
        return "–"
    here = found.astimezone(ZONE)
    return f"{_MONTHS[here.month - 1].within(language)} {here.year}"


def age(found: datetime, language: Language, present: datetime) -> str:
    """How long ago a moment is, or in what time it comes: in minutes, hours or days."""
    seconds = (present - found).total_seconds()
    if abs(seconds) < _MINUTE:
        return _NOW.within(language)
    wording = (_AGO if seconds > 0 else _AHEAD).within(language)
    size, single, dative, _ = next(unit for unit in _UNITS if abs(seconds) >= unit[0])
    count = int(abs(seconds) // size)
    several = f"{count} {dative.within(language)}"
    one = _SINGLE[single.de] if language == "de" else f"1 {single.en}"
    return wording.format(time=one if count == 1 else several)


def length(seconds: float, language: Language) -> str:
    """A time span in the largest unit that counts it whole: ``10 Minuten``."""
    size, single, _, several = next(
        (unit for unit in _UNITS if seconds >= unit[0] and not seconds % unit[0]), _UNITS[-1]
    )
    count = int(seconds // size)
    return f"{count} {(single if count == 1 else several).within(language)}"


def time_tag(written: str, language: Language, present: datetime, *, ago: bool = True) -> str:
    """A moment of the registry as HTML, its age or its time in the open and the other as a tooltip; ``–`` for none."""
    found = moment(written)
    if found is None:
        return "–"
    exact, passed = clock(found, language, present), age(found, language, present)
    shown, hidden = (passed, exact) if ago else (exact, passed)
    stamp = found.astimezone(UTC).isoformat(timespec="seconds")
    return f'<time datetime="{escaped(stamp)}" title="{escaped(hidden)}">{escaped(shown)}</time>'
