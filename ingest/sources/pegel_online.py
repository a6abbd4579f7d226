"""PegelOnline: gauges of the federal waterways, polled by HTTP."""

from __future__ import annotations

from ingest.polling.pegel_online import PegelOnline
from ingest.source import Gatherer, Option, Setting, Source
from twin.language import Text

OPTIONS = (
    Option(
        "stations",
        Text("Messstellen: Namen, Nummern oder uuids, mit Komma.", "Stations: names, numbers or uuids, with commas."),
    ),
    Option("waters", Text("Gewässer, etwa RUHR, mit Komma.", "Waters, such as RUHR, with commas.")),
    Option("box", Text("Nur Messstellen in West,Süd,Ost,Nord [°].", "Only stations within west,south,east,north [°].")),
    Option(
        "series",
        Text(
            "Zeitreihen: W Wasserstand, Q Abfluss, WT Temperatur.",
            "Timeseries: W level, Q discharge, WT temperature.",
        ),
        default="W",
    ),
    Option("overlap", Text("So weit wird jedes Mal zurückgeblickt.", "How far it looks back each time."), default="1h"),
    Option(
        "review", Text("So weit wird einmal am Tag zurückgeblickt.", "How far it looks back once a day."), default="3d"
    ),
    Option(
        "url",
        Text("Wurzel des Dienstes.", "The service's root."),
        default="https://www.pegelonline.wsv.de/webservices/rest-api/v2",
    ),
    Option(
        "timeout", Text("Höchstdauer einer Anfrage [s].", "Longest time that a request may take [s]."), default="60"
    ),
)


def _open(setting: Setting) -> Gatherer:
    return PegelOnline(setting, OPTIONS)


SOURCE = Source(
    name="pegel_online",
    title=Text("PegelOnline (Bundeswasserstraßen)", "PegelOnline (federal waterways)"),
    description=Text(
        "Pegel der Bundeswasserstraßen: Rohwerte, ungeprüft, die letzten 31 Tage. Landesgewässer wie Möhne und Lippe "
        "sind nicht dabei.",
        "Gauges of the federal waterways: raw values, not checked, of the last 31 days. Rivers of the state, such as "
        "Möhne and Lippe, are not among them.",
    ),
    options=OPTIONS,
    open=_open,
    every=900,
    example="twin feed add 05974 kanal --source pegel_online --option stations=WALTROP,HAMM",
)
