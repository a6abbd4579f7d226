"""Cells as people and programs fill them: to text, numbers, dates and yes or no, column by column.

Every function takes a column of objects (text, numbers, dates, None) and gives its values with a mask of the cells
that hold something else.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.mapping.vocabulary import words
from ingest.sensor.moment import moment

Mask = NDArray[np.bool_]
Objects = NDArray[np.object_]

LONGEST = 20_000
"""Longest text that is kept. [characters]"""

_LONGEST_MISSING = 20
"""No word for what is unknown is longer. [characters]"""

LENGTHS = {"mm": 1e-3, "cm": 1e-2, "dm": 1e-1, "m": 1.0, "km": 1e3}
"""Units of length that may stand in a cell. [m]"""

_NUMBER = (
    r"^(?:(?:dn|da|di|od|d|ø|ca\.?|rd\.?|max\.?|min\.?|~|≈|<|>|≤|≥|<=|>=)\s*)?"
    r"([-+−]?\d[\d.,'’\s\u00a0]*(?:e[-+]?\d{1,3})?)\s*([a-zµ€²³%°/]+(?:/[a-z²³]+)?\.?)?$"
)
_LONGEST_NUMBER = 60
_THOUSANDS_DOT = r"[-+]?\d{1,3}(?:\.\d{3})+"
_THOUSANDS_COMMA = r"[-+]?\d{1,3}(?:,\d{3})+"
_EXCEL = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000
_ISO = r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$"
_PACKED = r"^(\d{4})(\d{2})(\d{2})$"
_WRITTEN = r"^(\d{1,2})[./\-](\d{1,2})[./\-](\d{4})(?:[ T,].*)?$"
_WRITTEN_TIME = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ T,]+(\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?))?")
_FIRST_SECOND, _MILLISECONDS = 1e8, 1e11  # 1973, and the year 5138
_YEAR = r"(?<!\d)(1[0-9]{3}|20\d{2}|2100)(?!\d)"


def text(column: pd.Series) -> Objects:
    """Texts; None where nothing is known. Whole numbers lose the decimals that spreadsheets give them."""
    found = np.full(len(column), None, object)
    missing = words("missing")
    for place, value in enumerate(column.to_numpy(object)):
        if value is None or value is pd.NaT:
            continue
        if isinstance(value, str):
            own = " ".join(value.split()) if "\n" in value or "\t" in value else value.strip()
            if len(own) > _LONGEST_MISSING:
                found[place] = own[:LONGEST]
                continue
        elif isinstance(value, bool | np.bool_):
            own = "true" if value else "false"
        elif isinstance(value, float | np.floating):
            if math.isnan(value):
                continue
            real = float(value)
            own = str(int(real)) if real.is_integer() and abs(real) < 1e15 else repr(real)
        elif isinstance(value, datetime):
            own = value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
        else:
            own = str(value)
        if own and own.lower() not in missing:
            found[place] = own[:LONGEST]
    return found


def number(column: pd.Series, decimal: str = ",", unit: str = "") -> tuple[NDArray[np.float64], Mask]:
    """Numbers, NaN where there is none.

    A cell may have a sign or word before the number (``DN 150``, ``ca. 3``) and a unit behind; one of length counts,
    if the column is of a length.

    Parameters
    ----------
    column : pandas.Series of object
        The cells.
    decimal : {",", "."}
        What ``1.234`` or ``1,234`` means: the other sign sets thousands apart.
    unit : str
        Unit of the layer's column where that is a length; empty for none.
    """
    values = np.full(len(column), np.nan)
    cells = text(column)
    raw = column.to_numpy(object)
    written = np.array([isinstance(value, str) for value in raw], bool)
    for place in np.flatnonzero(~written):
        if is_number(raw[place]):
            values[place] = _real(raw[place])
    if written.any():
        # Values repeat: each one is looked at once.
        places, different = pd.factorize(cells[written])
        values[written] = np.append(_written(different, decimal, unit), np.nan)[places]
    values[~np.isfinite(values)] = np.nan
    known = np.array([cell is not None for cell in cells], bool)
    return values, known & np.isnan(values)


def _written(cells: Objects, decimal: str, unit: str) -> NDArray[np.float64]:
    """Numbers of different texts: most are plain, the rest is looked at closely."""
    values = np.array([_plain(one, decimal) for one in cells], np.float64)
    left = np.isnan(values)
    if left.any():
        values[left] = _numbers(pd.Series(cells[left], dtype=object), decimal, unit)
    return values


def _plain(text: str, decimal: str) -> float:
    """A number that can be read in one way only; NaN for all others."""
    whole, _, behind = text.partition("," if "," in text else ".")
    sign = text[len(whole) : len(whole) + 1]
    if not whole.lstrip("+-").isascii() or not whole.lstrip("+-").isdigit() or (behind and not behind.isdigit()):
        return math.nan
    if len(behind) == 3 and sign != decimal:
        return math.nan  # thousands, or not
    try:
        return float(f"{whole}.{behind or 0}")
    except ValueError:
        return math.nan


def _numbers(cells: pd.Series, decimal: str, unit: str) -> NDArray[np.float64]:
    short = cells.where(cells.str.len() <= _LONGEST_NUMBER)
    parts = short.astype("string").str.lower().str.extract(_NUMBER)
    digits = parts[0].str.replace(r"[\s\u00a0'’]", "", regex=True).str.replace("−", "-", regex=False)
    commas, dots = digits.str.rfind(","), digits.str.rfind(".")
    # Both signs: the last one is the decimal sign. One of them: as it looks, and where it could be either, as told.
    last_comma = (commas > dots) & (dots >= 0)
    last_dot = (dots > commas) & (commas >= 0)
    groups = digits.str.fullmatch(_THOUSANDS_DOT) | digits.str.fullmatch(_THOUSANDS_COMMA)
    sign = digits.str.contains("." if decimal == "," else ",", regex=False)
    # 1.234.567 can only be thousands; of 1.234 the dialect decides. 01.01.2026 is neither.
    both_out = (groups & (sign | (digits.str.count(r"[.,]") > 1))).fillna(False)
    plain_comma = (commas >= 0) & (dots < 0) & ~both_out
    found = digits.mask(last_dot.fillna(False), digits.str.replace(",", "", regex=False))
    found = found.mask(
        last_comma.fillna(False), digits.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    )
    found = found.mask(both_out, digits.str.replace(r"[.,]", "", regex=True))
    found = found.mask(plain_comma.fillna(False), digits.str.replace(",", ".", regex=False))
    values: NDArray[np.float64] = pd.to_numeric(found, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    if unit in LENGTHS:
        stated = parts[1].str.rstrip(".").map(LENGTHS).to_numpy(np.float64, na_value=np.nan)
        values = np.where(np.isfinite(stated), values * stated / LENGTHS[unit], values)
    return values


def year(column: pd.Series) -> tuple[NDArray[np.float64], Mask]:
    """Years (1000 to 2100) of numbers, dates and text such as ``um 1965`` or ``03/1972``; NaN where there is none."""
    cells = pd.Series(text(column), dtype=object)
    found = cells.astype("string").str.extract(_YEAR)[0]
    values: NDArray[np.float64] = pd.to_numeric(found, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    # A zero is how registers say that they do not know.
    known = cells.notna().to_numpy() & ~cells.isin(["0", "0000", "9999"]).to_numpy()
    return values, known & np.isnan(values)


def day(column: pd.Series, order: str = "dmy") -> tuple[Objects, Mask]:
    """Dates, None where there is none: ISO, ``31.12.2024``, ``20241231``, or the serial numbers of spreadsheets."""
    found = np.full(len(column), None, object)
    wrong = np.zeros(len(column), bool)
    raw = column.to_numpy(object)
    cells = text(column)
    places, different = pd.factorize(cells)
    known = [*_date_parts(pd.Series(different, dtype=object), order), None]
    parts = [known[number] for number in places]
    for place, cell in enumerate(cells):
        value = raw[place]
        if cell is None:
            continue
        if isinstance(value, datetime):
            found[place] = value.date()
        elif isinstance(value, date):
            found[place] = value
        elif (own := parts[place]) is not None:
            found[place] = _date(*own)
        elif _is_serial(cell):
            found[place] = _EXCEL + timedelta(days=int(float(cell)))
        wrong[place] = found[place] is None
    return found, wrong


def instant(column: pd.Series, order: str = "dmy") -> tuple[Objects, Mask]:
    """Moments in UTC, None where there is none: ISO, ``31.12.2024 14:30``, seconds or milliseconds since 1970.

    What names no zone is legal time in Germany; see `ingest.sensor.moment`.
    """
    found = np.full(len(column), None, object)
    wrong = np.zeros(len(column), bool)
    cells = text(column)
    for place, value in enumerate(column.to_numpy(object)):
        cell = cells[place]
        if cell is None:
            continue
        found[place] = _since_1970(value) if is_number(value) else moment(_as_iso(cell, order)) or _since_1970(cell)
        wrong[place] = found[place] is None
    return found, wrong


def _as_iso(written: str, order: str) -> str:
    """``31.12.2024 14:30`` as ISO writes it; anything else as it is."""
    parts = _WRITTEN_TIME.fullmatch(written)
    if parts is None:
        return written
    first, second, year, clock = parts.groups()
    day, month = (first, second) if order == "dmy" else (second, first)
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{clock:0>{_clock_width(clock)}}" if clock else "")


def _clock_width(clock: str) -> int:
    """Width of a time of day whose hour has two digits."""
    return len(clock) + (clock.index(":") == 1)


def _since_1970(value: Any) -> datetime | None:
    """Seconds, or milliseconds, since 1970."""
    try:
        seconds = float(value)
        seconds = seconds / 1000 if seconds > _MILLISECONDS else seconds
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None) if seconds > _FIRST_SECOND else None
    except (ValueError, OverflowError, OSError):
        return None


def _date_parts(cells: pd.Series, order: str) -> list[tuple[int, int, int] | None]:
    written = cells.astype("string")
    found: list[tuple[int, int, int] | None] = [None] * len(cells)
    places = {_ISO: (0, 1, 2), _PACKED: (0, 1, 2), _WRITTEN: (2, 1, 0) if order == "dmy" else (2, 0, 1)}
    for pattern, (years, months, days) in places.items():
        parts = written.str.extract(pattern)
        for place in np.flatnonzero(parts[0].notna().to_numpy()):
            row = parts.iloc[place]
            found[place] = (int(row[years]), int(row[months]), int(row[days]))
    return found


def _date(years: int, months: int, days: int) -> date | None:
    try:
        return date(years, months, days) if 1000 <= years <= 2200 else None
    except ValueError:
        return None


def _is_serial(cell: str) -> bool:
    try:
        return _FIRST_SERIAL <= float(cell) <= _LAST_SERIAL
    except ValueError:
        return False


def yes(column: pd.Series) -> tuple[Objects, Mask]:
    """True, False, or None where nothing is known."""
    cells = text(column)
    low = [None if cell is None else cell.lower() for cell in cells]
    values = [
        None if cell is None else True if cell in words("true") else False if cell in words("false") else None
        for cell in low
    ]
    found = np.array([*values, None], object)[:-1]
    return found, np.array([cell is not None and value is None for cell, value in zip(low, values, strict=True)], bool)


def _real(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer of hundreds of digits
        return math.nan


def is_number(value: Any) -> bool:
    """Whether a value is a number and no yes or no."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
