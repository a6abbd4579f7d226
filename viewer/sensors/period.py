"""Periods of a chart: the last day, week, month or year, or any days, in the district's own time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
"""What clocks in the district show."""

LENGTHS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
"""Periods that end now, by their name."""

FIRST, LAST = date(1800, 1, 1), date(2199, 12, 31)
"""Days that may be asked for."""

_FREE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment to another, the second not included.

    Attributes
    ----------
    start, end : datetime
        In UTC, with their zone.
    """

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it is. [s]"""
        return (self.end - self.start).total_seconds()

    def bounds(self) -> list[datetime]:
        """Start and end as the tables have times: UTC without a zone."""
        return [self.start.replace(tzinfo=None), self.end.replace(tzinfo=None)]


def parse_days(text: str) -> tuple[date, date] | None:
    """Two days written ``2026-01-01..2026-01-31``; None if it is nothing of the kind."""
    match = _FREE.fullmatch(text)
    if match is None:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in match.groups())
    except ValueError:
        return None
    return (first, last) if FIRST <= first <= last <= LAST else None


def is_period(text: str) -> bool:
    """Whether a text names a period."""
    return text in LENGTHS or parse_days(text) is not None


def period(text: str, latest: datetime | None, now: datetime | None = None) -> Period:
    """The period that a text names.

    Parameters
    ----------
    text : str
        A key of `LENGTHS`, or days as in `parse_days`, both included; anything else is a week.
    latest : datetime or None
        When the last reading was, in UTC: where nothing was read within the period up to now, it ends there instead.
    now : datetime, optional
        The moment that it ends at.
    """
    days = parse_days(text)
    if days is not None:
        start, end = (datetime.combine(day, time(), ZONE).astimezone(UTC) for day in (days[0], _after(days[1])))
        return Period(start, end)
    length = LENGTHS.get(text, LENGTHS["week"])
    end = now or datetime.now(UTC)
    if latest is not None and latest < end - length:
        end = latest + timedelta(seconds=1)
    return Period(end - length, end)


def _after(day: date) -> date:
    return day + timedelta(days=1)
