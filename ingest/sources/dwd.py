"""Station archives of the DWD's Climate Data Center, polled by HTTP."""

from __future__ import annotations

from ingest.polling.dwd import DwdArchives
from ingest.source import Gatherer, Option, Setting, Source
from twin.language import Text

OPTIONS = (
    Option(
        "stations",
        Text("Stationsnummern, mit Komma, etwa 1766,15000.", "Numbers of stations, with commas, such as 1766,15000."),
        required=True,
    ),
    Option(
        "parameters",
        Text(
            "Parameter, mit Komma: precipitation, air_temperature, wind …", "Parameters, with commas: precipitation …"
        ),
        default="precipitation,air_temperature",
    ),
    Option("resolution", Text("10_minutes oder hourly.", "10_minutes or hourly."), default="10_minutes"),
    Option(
        "periods",
        Text("Zeiträume, mit Komma: recent, now, historical.", "Periods, with commas: recent, now, historical."),
        default="recent,now",
    ),
    Option(
        "url",
        Text("Wurzel der Archive.", "The archives' root."),
        default="https://opendata.dwd.de/climate_environment/CDC/observations_germany/climate",
    ),
    Option("timeout", Text("Höchstdauer einer Anfrage [s].", "Longest time of a request [s]."), default="300"),
)


def _open(setting: Setting) -> Gatherer:
    return DwdArchives(setting, OPTIONS)


SOURCE = Source(
    name="dwd",
    title=Text("Deutscher Wetterdienst (CDC)", "Deutscher Wetterdienst (CDC)"),
    description=Text(
        "Stationsarchive des DWD: 10-Minuten- und Stundenwerte. recent sind die letzten 500 Tage (täglich neu), now "
        "der heutige Tag (halbstündlich neu, nur 10_minutes), historical geprüfte Jahre. Was sich nicht geändert "
        "hat, wird nicht noch einmal geholt.",
        "Station archives of the DWD: ten-minute and hourly values. recent are the last 500 days (new every day), now "
        "is today (new every half hour, 10_minutes only), historical checked years. What has not changed is not "
        "fetched again.",
    ),
    options=OPTIONS,
    open=_open,
    every=1800,
    example="twin feed add 05974 wetter --source dwd --option stations=5480 --option parameters=precipitation",
)
