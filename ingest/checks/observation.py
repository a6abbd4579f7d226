"""Readings: from the future, off scale, of unknown unit, without time or value."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from ingest.check import Check, Problem
from ingest.plausibility import settings
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

_CLOCK = Text("Die Uhr oder die Zeitzone des Sensors prüfen.", "Look at the sensor's clock or time zone.")

PROBLEMS = {
    "future": Problem(
        "error",
        Text("Messwert aus der Zukunft", "Reading from the future"),
        Text("Erwartet eine vergangene Zeit, gefunden {value} UTC.", "Expected a time in the past, found {value} UTC."),
        _CLOCK,
    ),
    "off_scale": Problem(
        "error",
        Text("Messwert außerhalb des Messbereichs", "Reading off scale"),
        Text(
            "{property}: erwartet {lowest} bis {highest} {unit}, gefunden {value}.",
            "{property}: expected {lowest} to {highest} {unit}, found {value}.",
        ),
        Text(
            "Den Sensor und seine Einheit prüfen; was zutrifft, kann über data/plausibility.json zugelassen werden.",
            "Look at the sensor and its unit; what is right can be allowed by data/plausibility.json.",
        ),
    ),
    "unit": Problem(
        "error",
        Text("Messwert in unbekannter Einheit", "Reading in an unknown unit"),
        Text("Erwartet eine Einheit nach UCUM, gefunden „{unit}“.", "Expected a unit of UCUM, found “{unit}”."),
        Text(
            "Die Einheit der Messreihe in der Quelle angeben oder in data/sensor/units.json ergänzen.",
            "State the datastream's unit in its source, or add it to data/sensor/units.json.",
        ),
    ),
    "time": Problem(
        "error",
        Text("Messwert ohne lesbare Zeit", "Reading without a time that can be read"),
        Text("Erwartet eine Zeit nach ISO 8601, gefunden „{value}“.", "Expected an ISO 8601 time, found “{value}”."),
        _CLOCK,
    ),
    "empty": Problem(
        "error",
        Text("Messwert ohne Wert", "Reading without a value"),
        Text("Erwartet einen Wert, gefunden „{value}“.", "Expected a value, found “{value}”."),
        Text(
            "Den Messwert in der Quelle ergänzen oder weglassen.", "Fill in the reading at its source, or leave it out."
        ),
    ),
    "position": Problem(
        "error",
        Text("Sensor außerhalb Mitteleuropas", "Sensor outside Central Europe"),
        Text(
            "Erwartet Länge und Breite in Mitteleuropa, gefunden {first} und {second}.",
            "Expected longitude and latitude in Central Europe, found {first} and {second}.",
        ),
        Text("Die Koordinaten in der Quelle berichtigen.", "Put the coordinates right in their source."),
    ),
    "projected": Problem(
        "notice",
        Text("Sensor in UTM statt in Grad", "Sensor in UTM instead of degrees"),
        Text(
            "Erwartet Länge und Breite, gefunden {first} und {second}: als UTM-Zone 32 gelesen.",
            "Expected longitude and latitude, found {first} and {second}: read as UTM zone 32.",
        ),
        Text("Die Koordinaten in der Quelle berichtigen.", "Put the coordinates right in their source."),
    ),
}


def _run(sheet: Sheet) -> None:
    times = sheet.column("phenomenon_time").to_numpy(zero_copy_only=False).astype("datetime64[us]")
    ahead = np.timedelta64(int(settings()["reading_ahead"]), "s")
    late = times > np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us") + ahead
    if late.any():
        sheet.find("future", late, value=[str(time)[:19] for time in times])


def _applies(layer: Layer) -> bool:
    return layer.name == "observation"


CHECK = Check("observation", Text("Messwerte", "Readings"), PROBLEMS, _run, _applies)
