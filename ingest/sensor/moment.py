"""Moments as sources write them, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

GERMANY = ZoneInfo("Europe/Berlin")
"""CET in winter, CEST in summer: what a German source means that names no zone."""

_LONGEST = 80
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?(?:\d\d)?)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def moment(text: str) -> datetime | None:
    """A moment in UTC, without a zone of its own; None if the text names none.

    Read are ISO 8601 with or without fractions, ``Z`` or an offset. What names no zone is legal time in Germany: of the
    hour that comes twice in autumn it is the first, and in the hour that spring leaves out the clock had not been put
    forward.
    """
    found = _ISO.fullmatch(text.strip()[:_LONGEST])
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction, zone = found[7], found[8]
    try:
        # 24:00 is the end of a day, and a leap second the beginning of the next minute.
        extra = timedelta(days=1) if hour == 24 and minute == second == 0 else timedelta(seconds=second == 60)
        hour, second = (0 if hour == 24 and extra.days else hour), (59 if second == 60 else second)
        micro = int((fraction or "").ljust(6, "0")[:6])
        local = datetime(year, month, day, hour, minute, second, micro) + extra
        if zone is None:
            return local.replace(tzinfo=GERMANY).astimezone(UTC).replace(tzinfo=None)
        if zone.upper() == "Z":
            return local
        digits = zone[1:].replace(":", "").ljust(4, "0")
        shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return local - shift if zone[0] == "+" else local + shift
    except (ValueError, OverflowError):
        return None


def period(text: str) -> tuple[datetime | None, datetime | None]:
    """Beginning and end of a time: ``a/b`` is a period, anything else an instant without an end."""
    first, slash, last = text.strip()[: 2 * _LONGEST].partition("/")
    begin = moment(first)
    end = moment(last) if slash else None
    if slash and (begin is None or end is None or end < begin):
        return None, None
    return begin, end
