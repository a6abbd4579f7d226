"""When a picture was taken, and in which colours, as far as a file's name and metadata tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_INFRARED = re.compile(r"(?<![a-z])(?:cir|nirrg|irrg)(?![a-z])", re.IGNORECASE)
_METADATA = ("ACQUISITIONDATETIME", "EXIF_DateTimeOriginal", "FLIGHT_DATE", "BILDFLUGDATUM")


@dataclass(frozen=True, slots=True)
class Flight:
    """When the picture was taken.

    Attributes
    ----------
    year : int or None
    day : date or None
        Where the day is known.
    """

    year: int | None = None
    day: date | None = None

    def __str__(self) -> str:
        """ISO date or year; empty if unknown."""
        return self.day.isoformat() if self.day else str(self.year or "")


def flight(name: str, metadata: dict[str, str]) -> Flight:
    """Day or year of a flight.

    Parameters
    ----------
    name : str
        File name; the survey authorities put the year at its end (``dop10rgbi_32_438_5713_1_nw_2021.jp2``).
    metadata : dict of str to str
        GDAL's, of the default and the imagery domain. The time stamp of a TIFF says when it was written, not flown.
    """
    for text in (*(metadata.get(key, "").replace(":", "-") for key in _METADATA), name):
        for found in reversed(list(_DATE.finditer(text))):
            try:
                day = date(*(int(part) for part in found.groups()))
            except ValueError:
                continue
            return Flight(day.year, day)
    years = _YEAR.findall(name)
    return Flight(int(years[-1])) if years else Flight()


def is_infrared(name: str) -> bool:
    """Whether the name says false colours: three bands do not tell by themselves."""
    return _INFRARED.search(name) is not None
