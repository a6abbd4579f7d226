"""OGC SensorThings 1.1 services, polled by HTTP."""

from __future__ import annotations

from ingest.polling.sensor_things import SensorThingsService
from ingest.source import Gatherer, Option, Setting, Source
from twin.language import Text

OPTIONS = (
    Option(
        "url",
        Text(
            "Wurzel des Dienstes, mit Version: https://…/v1.1.", "The service's root, with its version: https://…/v1.1."
        ),
        required=True,
    ),
    Option(
        "filter",
        Text(
            "OData-Filter der Things, etwa properties/ort eq 'Soest'.",
            "OData filter of the Things, such as properties/town eq 'Soest'.",
        ),
    ),
    Option("box", Text("Nur Things in West,Süd,Ost,Nord [°].", "Only Things within west,south,east,north [°].")),
    Option(
        "observed",
        Text(
            "Nur diese Messgrößen, etwa water_level,precipitation.",
            "Only these properties, such as water_level,precipitation.",
        ),
    ),
    Option(
        "since",
        Text(
            "Von wann an am Anfang gelesen wird: Dauer oder Datum.",
            "From when on it is read in the beginning: span or date.",
        ),
        default="366d",
    ),
    Option(
        "overlap",
        Text(
            "So weit wird jedes Mal zurückgeblickt, für Verspätetes.",
            "How far it looks back each time, for what is late.",
        ),
        default="1h",
    ),
    Option(
        "review", Text("So weit wird einmal am Tag zurückgeblickt.", "How far it looks back once a day."), default="7d"
    ),
    Option("page", Text("Messwerte einer Seite ($top).", "Readings of a page ($top)."), default="1000"),
    Option(
        "timeout", Text("Höchstdauer einer Anfrage [s].", "Longest time that a request may take [s]."), default="120"
    ),
    Option(
        "user",
        Text(
            "Benutzer (Basic); ohne ihn ist das Geheimnis ein Bearer-Token.",
            "User (Basic); without one the secret is a bearer token.",
        ),
    ),
)


def _open(setting: Setting) -> Gatherer:
    return SensorThingsService(setting, OPTIONS)


SOURCE = Source(
    name="sensor_things",
    title=Text("SensorThings (HTTP)", "SensorThings (HTTP)"),
    description=Text(
        "Ein OGC-SensorThings-Dienst (FROST und andere) wird abgefragt: erst, was er hat, dann je Datastream, was seit "
        "dem letzten Messwert kam, mit Überlappung für Verspätetes und Berichtigtes.",
        "An OGC SensorThings service (FROST and others) is polled: first what it has, then of each Datastream what has "
        "come since the last reading, with an overlap for what is late or corrected.",
    ),
    options=OPTIONS,
    open=_open,
    every=600,
    secret=Text("Bearer-Token, oder mit user das Kennwort.", "Bearer token, or with user the password."),
    example="twin feed add 05974040 pegel --source sensor_things --url https://frost.example.org/v1.1",
)
