"""The texts of charts and their panel, in both languages."""

from __future__ import annotations

from twin.language import Text

PERIODS = {
    "day": Text("Tag", "Day"),
    "week": Text("Woche", "Week"),
    "month": Text("Monat", "Month"),
    "year": Text("Jahr", "Year"),
    "free": Text("Zeitraum", "Range"),
}
STEPS = {
    "": Text("Automatisch", "Automatic"),
    "hour": Text("Stunden", "Hours"),
    "day": Text("Tage", "Days"),
    "month": Text("Monate", "Months"),
}
STEP = Text("Zusammengefasst", "Summarised")
BY = {
    "": Text("Einzelwerte", "Single readings"),
    "10min": Text("10-Minuten-Werte", "10-minute values"),
    "hour": Text("Stundenwerte", "Hourly values"),
    "3h": Text("3-Stunden-Werte", "3-hourly values"),
    "6h": Text("6-Stunden-Werte", "6-hourly values"),
    "day": Text("Tageswerte", "Daily values"),
    "week": Text("Wochenwerte", "Weekly values"),
    "month": Text("Monatswerte", "Monthly values"),
}
HOW = {
    "mean": Text("Mittel, mit Band von kleinstem bis größtem Wert", "mean, with a band from lowest to highest"),
    "sum": Text("Summen", "sums"),
    "level": Text(
        "energetisches Mittel, mit Band von kleinstem bis größtem Wert",
        "energetic mean, with a band from lowest to highest",
    ),
    "direction": Text("Vektormittel der Richtung", "vector mean of the direction"),
    "mode": Text("häufigster Schlüssel", "most frequent code"),
}
"""What a step shows, by `viewer.sensors.quantity.aggregation`."""
FROM = Text("Von", "From")
TO = Text("Bis", "To")
SENSORS = Text("Messreihen", "Datastreams")
ADD = Text("Messreihe hinzufügen", "Add a datastream")
NO_SENSOR = Text("Keine Messreihe zu „{text}“.", "No datastream for “{text}”.")
COMPARE = Text("Klick vergleicht", "Click compares")
COMPARE_NOTE = Text(
    "Ein Klick auf ein weiteres Zeichen der Karte fügt seine Messreihe hinzu, statt diese zu ersetzen.",
    "A click on another sign of the map adds its datastream instead of taking this one's place.",
)
KNOWN_AT = Text("Stand der Kenntnis", "As known at")
KNOWN_NOTE = Text(
    "Kenntnisstand {moment}: spätere Berichtigungen fehlen.", "As known at {moment}: later corrections are left out."
)
DOWNLOAD = Text("CSV", "CSV")
CLOSE = Text("Diagramm schließen", "Close the chart")
EARLIER = Text("Früher", "Earlier")
LATER = Text("Später", "Later")
NO_READINGS = Text("Zu dieser Auswahl gibt es keine Messwerte.", "There are no readings for this choice.")
NEVER_READ = Text("Von diesem Sensor liegt noch kein Messwert vor.", "No reading of this sensor is known yet.")
LAST_READ = Text("Letzter Messwert: {moment}.", "Last reading: {moment}.")
ENDS_THERE = Text(
    "Bis jetzt kam nichts Neues: Gezeigt wird der Zeitraum bis zum letzten Messwert.",
    "Nothing new has come until now: shown is the time up to the last reading.",
)
FAR = Text("Außerhalb des Bildes: {limits}.", "Beyond the picture: {limits}.")
MOST = Text("Höchstens {count} Messreihen zugleich.", "{count} datastreams at most at a time.")
TIME_AXIS = Text("Zeit (Europe/Berlin)", "Time (Europe/Berlin)")
TIME = Text("Zeit", "Time")
VALUE = Text("Wert", "Value")
QUALITY = Text("Güte", "Quality")
RANGE = Text("Spanne", "Range")
READINGS = Text("Messwerte", "Readings")
DOUBTFUL = Text("zweifelhaft, geschätzt oder fehlerhaft", "suspect, estimated or bad")
LEVELS = {"warning": Text("Warnung", "Warning"), "alarm": Text("Alarm", "Alarm")}
SOURCES = Text("Quellen", "Sources")

STATES = {
    "normal": Text("unauffällig", "within limits"),
    "warning": Text("Warnschwelle überschritten", "beyond a warning threshold"),
    "alarm": Text("Alarmschwelle überschritten", "beyond an alarm threshold"),
    "stale": Text("kein aktueller Wert", "no current value"),
}
STATE = Text("Zustand", "State")
PROPERTY = Text("Messgröße", "Observed property")
STALE_NOTE = Text(
    "Veraltet nach drei Takten ohne Messwert, bei unbekanntem Takt nach 24 h. Eine Zahl im Kreis: so viele Stationen.",
    "Stale after three intervals without a reading, 24 h where none is known. A number in a circle: so many stations.",
)
