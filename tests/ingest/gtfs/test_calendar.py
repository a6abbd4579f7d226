from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.gtfs import calendar as module
from ingest.gtfs.calendar import WEEKDAYS, calendar
from ingest.gtfs.clock import clock, seconds
from ingest.gtfs.feed import Feed
from ingest.source_file import SourceFile

FIRST = date(2026, 1, 1)
_DAYS = st.integers(0, 80).map(lambda day: FIRST + timedelta(day))
_SERVICES = st.sampled_from("ABCD")
_REGULAR = st.dictionaries(_SERVICES, st.tuples(st.lists(st.booleans(), min_size=7, max_size=7), _DAYS, _DAYS))
_CHANGES = st.dictionaries(st.tuples(_SERVICES, _DAYS), st.booleans(), max_size=30)


def _feed(folder: Path, regular: dict, changes: dict) -> Feed:
    (folder / "stops.txt").write_text("stop_id,stop_lat,stop_lon\n")
    lines = [",".join(("service_id", *WEEKDAYS, "start_date", "end_date"))]
    for service, (flags, start, end) in regular.items():
        lines.append(",".join([service, *(str(int(flag)) for flag in flags), f"{start:%Y%m%d}", f"{end:%Y%m%d}"]))
    (folder / "calendar.txt").write_text("\n".join(lines) + "\n")
    lines = ["service_id,date,exception_type"]
    lines += [f"{service},{day:%Y%m%d},{1 if added else 2}" for (service, day), added in changes.items()]
    (folder / "calendar_dates.txt").write_text("\n".join(lines) + "\n")
    return Feed(SourceFile(folder / "stops.txt"))


def _days_of(service: str, regular: dict, changes: dict) -> set[date]:
    """As the specification says it, day by day."""
    found = set()
    for number in range(-2, 90):
        day = FIRST + timedelta(number)
        flags, start, end = regular.get(service, ([False] * 7, FIRST, FIRST))
        runs = start <= day <= end and flags[day.weekday()]
        if changes.get((service, day), runs):
            found.add(day)
    return found


def _weekdays(days: set[date]) -> str:
    if not days:
        return "0000000"
    span = [min(days) + timedelta(number) for number in range((max(days) - min(days)).days + 1)]
    share = [
        sum(day.weekday() == weekday for day in days) / max(sum(day.weekday() == weekday for day in span), 1)
        for weekday in range(7)
    ]
    return "".join("1" if one and one >= min(0.5, max(share)) else "0" for one in share)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(regular=_REGULAR, changes=_CHANGES, at_once=st.sampled_from([1, 3, 20_000]))
def test_it_is_what_the_specification_says(tmp_path: Path, regular: dict, changes: dict, at_once: int) -> None:
    before, module._AT_ONCE = module._AT_ONCE, at_once
    try:
        found = calendar(_feed(tmp_path, regular, changes))
        folded = found.folded()
        each = found.trips(np.ones(len(found.services), np.int64))
    finally:
        module._AT_ONCE = before
    expected = {service: _days_of(service, regular, changes) for service in found.services}
    assert set(found.services) == {*regular, *(service for service, _ in changes)}
    for number in range(found.days):
        day = found.first.astype(object) + timedelta(number)
        assert dict(zip(found.services, found.on(number), strict=True)) == {
            service: day in days for service, days in expected.items()
        }
        assert each[number] == sum(day in days for days in expected.values())
        assert found.weekdays[number] == day.weekday()
    for place, service in enumerate(found.services):
        days = expected[service]
        assert folded.days[place] == len(days)
        assert folded.weekdays[place] == _weekdays(days)
        if days:
            assert (folded.first[place].astype(object), folded.last[place].astype(object)) == (min(days), max(days))


def test_a_calendar_of_centuries_is_cut_around_its_middle(tmp_path: Path) -> None:
    regular = {"A": ([True] * 7, date(1900, 1, 1), date(2026, 6, 1)), "B": ([True] * 7, FIRST, date(9999, 12, 31))}
    found = calendar(_feed(tmp_path, regular, {("A", FIRST): False, ("A", date(2, 1, 1)): True}))
    assert found.days <= 1101
    assert not found.on(int((np.datetime64(FIRST) - found.first).astype(int)))[0]


@given(st.lists(st.integers(0, 4 * 86_400)))
def test_times_are_read_as_they_are_written(times: list[int]) -> None:
    assert seconds(clock(np.array(times, np.int64))).tolist() == times


def test_what_is_no_time_is_none() -> None:
    given = ["8:00:00", " 08:00:01 ", "24:00:00", "8:60:00", "8:00", "x", "", None, "-1:00:00", "9999:00:00"]
    assert seconds(pa.array(given, pa.string())).tolist() == [28_800, 28_801, 86_400, -1, -1, -1, -1, -1, -1, -1]
