"""Reads one GTFS feed: stops with how much leaves there, and every departure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from ingest.format import Facts, Item, Options
from ingest.gtfs.calendar import Calendar, calendar
from ingest.gtfs.departure import Departures
from ingest.gtfs.feed import Feed
from ingest.gtfs.stop import WGS84, Stops
from ingest.gtfs.trip import Trips, trips
from ingest.source_file import SourceFile
from twin.language import Text

_SATURDAY, _SUNDAY = 5, 6
_MIDWEEK = (1, 2, 3)

_COUNTED = Text(
    "Abfahrten je Haltestelle gezählt am {weekday}, {saturday} und {sunday} (je der Tag mit den meisten Fahrten).",
    "Departures a stop counted on {weekday}, {saturday} and {sunday} (each the day with the most trips).",
)
_NO_TIMETABLE = Text(
    "Nur Haltestellen: neben stops.txt liegt kein Fahrplan.", "Stops only: there is no timetable beside stops.txt."
)
_LEFT_OUT = {
    "entrance_or_node": Text("Eingänge und Wegknoten: {count}.", "Entrances and nodes of paths: {count}."),
    "stop_without_id": Text("Haltestellen ohne Kennung: {count}.", "Stops without an id: {count}."),
    "stop_again": Text("Haltestellen mit schon vergebener Kennung: {count}.", "Stops whose id came before: {count}."),
    "date": Text("Kalendereinträge, die nicht lesbar sind: {count}.", "Calendar entries that cannot be read: {count}."),
    "unknown_route": Text("Fahrten unbekannter Linien: {count}.", "Trips of unknown routes: {count}."),
    "unknown_service": Text("Fahrten ohne Kalender: {count}.", "Trips without a calendar: {count}."),
    "unknown_trip": Text("Halte unbekannter Fahrten: {count}.", "Calls of unknown trips: {count}."),
    "unknown_stop": Text("Halte an unbekannten Haltestellen: {count}.", "Calls at unknown stops: {count}."),
    "without_time": Text("Halte ohne Abfahrtszeit: {count}.", "Calls without a departure time: {count}."),
    "never_running": Text("Halte von Fahrten, die nie fahren: {count}.", "Calls of trips that never run: {count}."),
    "frequency": Text("Takte ohne Sinn: {count}.", "Headways without sense: {count}."),
}


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layers ``transit_stop`` and ``transit_departure``, rejects, and the facts.

    Raises
    ------
    InvalidDelivery
        If a file that a timetable needs is missing or damaged.
    """
    del options  # positions are in WGS 84, always
    feed = Feed(source)
    stops = Stops(feed)
    notes: list[str] = []
    left_out = Counter(stops.left_out)
    if feed.timetable:
        feed.demand()
        days = calendar(feed)
        driven = trips(feed, days.services)
        reference = _reference_days(days, driven)
        departures = Departures(feed, stops, driven, days, list(reference.values()))
        yield from departures.items()
        left_out += Counter(
            date=days.left_out, unknown_route=driven.unknown_route, unknown_service=driven.unknown_service
        )
        left_out += departures.left_out
        if days.days:
            notes.append(_COUNTED.format(**{name: str(days.first + day) for name, day in reference.items()}))
    else:
        notes.append(str(_NO_TIMETABLE))
    yield from stops.items(timetable=feed.timetable)
    left_out += feed.malformed
    yield _facts(feed, left_out, notes)


def _reference_days(days: Calendar, driven: Trips) -> dict[str, int]:
    """The Tuesday to Thursday, Saturday and Sunday with the most trips, by number; none where there are no days."""
    each = days.trips(np.bincount(driven.service, minlength=len(days.services)))
    found = {}
    for name, wanted in (("weekday", _MIDWEEK), ("saturday", (_SATURDAY,)), ("sunday", (_SUNDAY,))):
        possible = np.flatnonzero(np.isin(days.weekdays, wanted))
        # The middle one of several: at either end of a timetable are holidays, which not every calendar knows.
        most = possible[each[possible] == each[possible].max(initial=0)]
        found[name] = int(most[len(most) // 2]) if len(most) else -1
    return found


def _facts(feed: Feed, left_out: Counter[str], notes: list[str]) -> Facts:
    info = (
        feed.table("feed_info.txt", ["feed_publisher_name", "feed_start_date", "feed_version"]).slice(0, 1).to_pylist()
    )
    said = info[0] if info else {}
    start = (said.get("feed_start_date") or "").strip()
    dropped = {name: count for name, count in left_out.items() if count}
    for name, count in dropped.items():
        notes.append(_LEFT_OUT[name].format(count=count) if name in _LEFT_OUT else f"{name}: {count}")
    if said.get("feed_publisher_name"):
        notes.insert(0, said["feed_publisher_name"][:200])
    return Facts(
        version="GTFS",
        crs=WGS84.name,
        date=f"{start[:4]}-{start[4:6]}-{start[6:]}" if len(start) == 8 and start.isdecimal() else "",
        dropped=dropped,
        notes=tuple(notes),
    )
