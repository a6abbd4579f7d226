"""Days as people write them in tables."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: .*)?")
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_MONTH = re.compile(r"(\d{1,2})[./](\d{4})|(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST = 40


@lru_cache(maxsize=4096)
def day(text: str) -> date | None:
    """The day that a cell names: ``2026-10-01``, ``01.10.2026``, ``20261001``; None if it names none.

    Of a month (``10/2026``, ``2026-10``) or a year alone it is the last day: what is planned or known "for 2026" is so
    at its end.
    """
    text = text.strip()[:_LONGEST]
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _GERMAN.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _PACKED.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH.fullmatch(text):
            year, month = int(found[2] or found[3]), int(found[1] or found[4])
            return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return date(int(text), 12, 31) if _YEAR.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None
