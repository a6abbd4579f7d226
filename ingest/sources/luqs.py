"""Air quality of the Umweltbundesamt and of North Rhine-Westphalia, polled by HTTP."""

from __future__ import annotations

from ingest.polling.air_quality import LuqsCurrent, UbaAirData
from ingest.source import Gatherer, Option, Setting, Source
from twin.errors import FeedError
from twin.language import Text

OPTIONS = (
    Option(
        "network",
        Text("uba (Stundenwerte mit Vergangenheit) oder luqs (aktuelle Stunde).", "uba (hours, also past) or luqs."),
        default="uba",
    ),
    Option(
        "stations",
        Text("Stationen, mit Komma: DENW042 (uba), SOES (luqs).", "Stations, with commas: DENW042 (uba), SOES (luqs)."),
    ),
    Option("box", Text("uba: Stationen in West,Süd,Ost,Nord [°].", "uba: stations within west,south,east,north [°].")),
    Option(
        "components", Text("uba: PM10,PM2,O3,NO2,SO2,CO.", "uba: PM10,PM2,O3,NO2,SO2,CO."), default="PM10,PM2,O3,NO2"
    ),
    Option("since", Text("uba: von wann an am Anfang.", "uba: from when on in the beginning."), default="30d"),
    Option("url", Text("Adresse, wenn nicht die übliche.", "URL, if not the usual one.")),
    Option("timeout", Text("Höchstdauer einer Anfrage [s].", "Longest time of a request [s]."), default="120"),
)

_NETWORK = Text("network: erwartet uba oder luqs.", "network: expected uba or luqs.")
_NO_STATION = Text("erwartet stations oder box.", "expected stations or box.")


def _open(setting: Setting) -> Gatherer:
    options = setting.feed.options
    network = options.get("network", "uba")
    if network == "luqs":
        return LuqsCurrent(setting, OPTIONS)
    if network != "uba":
        raise FeedError(feed=setting.feed.name, problem=_NETWORK)
    if not options.get("stations") and not options.get("box"):
        raise FeedError(feed=setting.feed.name, problem=_NO_STATION)
    return UbaAirData(setting, OPTIONS)


SOURCE = Source(
    name="luqs",
    title=Text("Luftqualität (UBA, LUQS)", "Air quality (UBA, LUQS)"),
    description=Text(
        "Stundenwerte der Luftqualität: vom Umweltbundesamt mit Vergangenheit und Lage der Stationen, oder die "
        "aktuelle Stunde des Landesnetzes LUQS.",
        "Hourly values of air quality: of the Umweltbundesamt with the past and the stations' places, or the current "
        "hour of the state's network LUQS.",
    ),
    options=OPTIONS,
    open=_open,
    every=1800,
    example="twin feed add 05974 luft --source luqs --option box=7.8,51.3,8.6,51.7",
)
