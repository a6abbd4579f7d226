"""Time: dates in the future or long ago, and periods that end before they begin."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from ingest.check import Check, Problem
from ingest.plausibility import settings
from ingest.sheet import Mask, Sheet
from twin.language import Text
from twin.layer import Column, Layer

_ENDS = ("end", "until", "expires", "untergang", "planned")
"""Words in the names of columns whose dates may lie ahead."""

_FOREVER = 9000
"""From this year on, a date says “without end”."""

_PAIRS = (("start", "end"), ("begin", "end"), ("from", "until"), ("inkrafttreten", "untergang"))

PROBLEMS = {
    "future": Problem(
        "warning",
        Text("Datum in der Zukunft", "Date in the future"),
        Text("{column}: {value} liegt in der Zukunft.", "{column}: {value} lies in the future."),
        Text(
            "Das Datum in der Quelle prüfen (Jahrhundert, Tag und Monat).",
            "Look at the date in its source (century, day and month).",
        ),
    ),
    "long_ago": Problem(
        "warning",
        Text("Datum vor 1800", "Date before 1800"),
        Text("{column}: {value} liegt vor 1800.", "{column}: {value} is before 1800."),
        Text(
            "Das Datum in der Quelle prüfen; 1.1.0001 und 30.12.1899 stehen oft für „unbekannt“.",
            "Look at the date in its source; 0001-01-01 and 1899-12-30 often stand for “unknown”.",
        ),
    ),
    "reversed": Problem(
        "warning",
        Text("Ende vor dem Beginn", "End before the beginning"),
        Text("{first} {begin} liegt nach {last} {end}.", "{first} {begin} is after {last} {end}."),
        Text(
            "Beginn und Ende in der Quelle vertauschen oder berichtigen.",
            "Swap beginning and end in the source, or put them right.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    times = {column.name: (column, _days(sheet, column.name)) for column in _dates(sheet.layer)}
    today, earliest = _number(sheet.today), _number(date.fromisoformat(settings()["dates"]["earliest"]))
    for column, days in times.values():
        ahead = days > today
        if set(column.name.split("_")) & set(_ENDS):
            ahead = np.zeros(len(sheet), bool)
        _report(sheet, "future", column, ahead & (days < _number(date(_FOREVER, 1, 1))), days)
        _report(sheet, "long_ago", column, days < earliest, days)
    for first, last in _periods(set(times)):
        (one, begin), (other, end) = times[first], times[last]
        wrong = begin > end
        if wrong.any():
            values = {"begin": _texts(begin), "end": _texts(end)}
            sheet.find("reversed", wrong, first=one.title, last=other.title, **values)


def _report(sheet: Sheet, problem: str, column: Column, wrong: Mask, days: NDArray[np.float64]) -> None:
    if wrong.any():
        sheet.find(problem, wrong, column=column.title, value=_texts(days))


def _days(sheet: Sheet, name: str) -> NDArray[np.float64]:
    """Days since 1970, NaN where there is no date."""
    given = sheet.column(name).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    days: NDArray[np.float64] = given.astype(np.float64)
    days[np.isnat(given)] = np.nan
    return days


def _texts(days: NDArray[np.float64]) -> list[Text]:
    return [Text("–", "–") if np.isnan(day) else _text(np.datetime64(int(day), "D")) for day in days]


def _text(day: np.datetime64) -> Text:
    year, month, number = str(day).rsplit("-", 2)
    return Text(f"{number}.{month}.{year}", str(day))


def _number(day: date) -> float:
    return float(np.datetime64(day, "D").astype(np.int64))


def _periods(names: set[str]) -> list[tuple[str, str]]:
    found = []
    for begin, end in _PAIRS:
        for name in sorted(names):
            other = name.replace(begin, end)
            if begin in name.split("_") and other in names:
                found.append((name, other))
    return found


def _dates(layer: Layer) -> list[Column]:
    return [column for column in layer.columns if column.type in {"DATE", "TIMESTAMP"}]


def _applies(layer: Layer) -> bool:
    return layer.placement != "raster" and bool(_dates(layer))


CHECK = Check("time", Text("Zeitangaben", "Times"), PROBLEMS, _run, _applies)
