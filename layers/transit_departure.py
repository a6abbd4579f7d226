"""Departures: when which line leaves a stop, and on which days."""

from twin.language import Text
from twin.layer import Column, Layer

# A column is read as one line.
# fmt: off

LAYER = Layer(
    name="transit_departure",
    title=Text("Abfahrten", "Departures"),
    row=Text("eine Abfahrt einer Fahrt an einer Haltestelle", "a trip's departure from a stop"),
    description=Text(
        "Fahrplanmäßige Abfahrten ohne Endhalte und Halte nur zum Aussteigen. `weekdays` faltet den Kalender: ein Wochentag zählt, wenn die Fahrt in ihrer Gültigkeit an mindestens der Hälfte "
        "dieser Tage fährt; `days` sagt, an wie vielen Tagen es wirklich ist.",
        "Scheduled departures, without last stops and stops only for alighting. `weekdays` folds the calendar: a weekday counts if the trip runs on at least half of those days within its validity; "
        "`days` says on how many days it really does.",
    ),
    columns=(
        Column("departure_id", "VARCHAR", Text("Abfahrtskennung", "Departure id"), note=Text("Fahrt und Halt: trip_id/stop_sequence, im Takt mit der Uhrzeit.", "Trip and call: trip_id/stop_sequence, with the time of day where it runs by frequency.")),
        Column("stop_id", "VARCHAR", Text("Haltestelle", "Stop"), source="stop_id"),
        Column("route", "VARCHAR", Text("Linie", "Route"), source="route_short_name, route_long_name"),
        Column("mode", "VARCHAR", Text("Verkehrsmittel", "Mode"), codes="transit_mode", source="route_type"),
        Column("headsign", "VARCHAR", Text("Ziel", "Headsign"), source="stop_headsign, trip_headsign"),
        Column("departure_time", "VARCHAR", Text("Abfahrt", "Departure"), source="departure_time", note=Text("HH:MM:SS des Betriebstags; nach Mitternacht über 24:00.", "HH:MM:SS of the day of service; after midnight above 24:00.")),
        Column("seconds", "INTEGER", Text("Sekunden des Betriebstags", "Seconds of the day of service"), unit="s", note=Text("Ab Mittag minus 12 Stunden.", "From noon minus 12 hours.")),
        Column("weekdays", "VARCHAR", Text("Wochentage", "Weekdays"), note=Text("Sieben Zeichen, Montag zuerst: 1111100 ist werktags.", "Seven signs, Monday first: 1111100 is on weekdays.")),
        Column("days", "INTEGER", Text("Tage", "Days"), unit="1", note=Text("An denen sie fährt.", "On which it runs.")),
        Column("valid_from", "DATE", Text("Erster Tag", "First day")),
        Column("valid_until", "DATE", Text("Letzter Tag", "Last day")),
        Column("by_frequency", "BOOLEAN", Text("Im Takt", "By frequency"), source="frequencies.txt", note=Text("Aus einem Takt errechnet, nicht einzeln im Fahrplan.", "Computed from a headway, not a time of the timetable.")),
    ),
    key=("departure_id",),
    consent="transit_stop",
    reference="GTFS Schedule, stop_times.txt, trips.txt, calendar.txt, calendar_dates.txt, frequencies.txt",
)
