"""Stops of public transport with their timetable: how often something leaves there."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Classes, ColourClass, Pin, Ramp, Style

# A column is read as one line.
# fmt: off

SERVICE = Ramp(
    name="departures_weekday",
    title=Text("Abfahrten je Werktag", "Departures a weekday"),
    column="departures_weekday",
    stops=((0.0, "#B3202A"), (10.0, "#E58A3C"), (30.0, "#F2C94C"), (80.0, "#8DC06A"), (200.0, "#2F8F6B"), (600.0, "#145A7A")),
)

KIND = Classes(
    name="transit_stop_kind",
    title=Text("Art", "Kind"),
    column="kind",
    classes=(
        ColourClass(Text("Station", "Station"), "#145A7A", ("station",)),
        ColourClass(Text("Haltestelle, Steig", "Stop, platform"), "#2878B8"),
    ),
)

LAYER = Layer(
    name="transit_stop",
    title=Text("Haltestellen mit Fahrplan", "Stops with a timetable"),
    row=Text("eine Haltestelle, ein Steig oder eine Station", "a stop, a platform or a station"),
    description=Text(
        "Haltestellen eines Fahrplans (GTFS). Eine Station fasst ihre Steige zusammen, auch deren Abfahrten: wer zählt, nimmt die einen oder die anderen (`kind`). "
        "Mit den Haltestellen aus OpenStreetMap (`facility`, `stop`) nicht zusammenzählen: es sind dieselben Orte.",
        "Stops of a timetable (GTFS). A station stands for its platforms and sums up their departures: whoever counts takes the ones or the others (`kind`). "
        "Do not add them to the stops of OpenStreetMap (`facility`, `stop`): they are the same places.",
    ),
    columns=(
        Column("stop_id", "VARCHAR", Text("Haltestellenkennung", "Stop id"), source="stop_id", note=Text("In Deutschland meist die DHID, etwa de:05974:23421.", "In Germany mostly the DHID, such as de:05974:23421.")),
        Column("kind", "VARCHAR", Text("Art", "Kind"), codes="transit_stop_kind", source="location_type"),
        Column("station_id", "VARCHAR", Text("Station", "Station"), source="parent_station", note=Text("Kennung der Station, zu der ein Steig gehört.", "Id of the station that a platform belongs to.")),
        Column("name", "VARCHAR", Text("Name", "Name"), source="stop_name"),
        Column("platform", "VARCHAR", Text("Steig", "Platform"), source="platform_code"),
        Column("wheelchair", "VARCHAR", Text("Rollstuhlgerecht", "Wheelchair access"), codes="wheelchair", source="wheelchair_boarding", note=Text("Leer, wo der Fahrplan nichts sagt.", "Empty where the timetable does not say.")),
        Column("modes", "VARCHAR", Text("Verkehrsmittel", "Modes"), note=Text("Alle, die dort abfahren, mit Strichpunkt; Schlüssel wie in `transit_departure.mode`.", "All that leave there, with semicolons; keys as in `transit_departure.mode`.")),
        Column("departures_weekday", "INTEGER", Text("Abfahrten je Werktag", "Departures a weekday"), unit="1", note=Text("Am Dienstag, Mittwoch oder Donnerstag des Fahrplans mit den meisten Fahrten.", "On the timetable's Tuesday, Wednesday or Thursday with the most trips.")),
        Column("departures_saturday", "INTEGER", Text("Abfahrten am Samstag", "Departures on Saturday"), unit="1", note=Text("Am Samstag mit den meisten Fahrten.", "On the Saturday with the most trips.")),
        Column("departures_sunday", "INTEGER", Text("Abfahrten am Sonntag", "Departures on Sunday"), unit="1", note=Text("Am Sonntag mit den meisten Fahrten.", "On the Sunday with the most trips.")),
        Column("geom", "GEOMETRY", Text("Lage", "Position"), source="stop_lat, stop_lon"),
    ),
    key=("stop_id",),
    geometry="point",
    style=Style(colour="#2878B8", order=57, visible=False, themes=(SERVICE, KIND), group="traffic", shapes=(Pin(reach=5000.0, icon="bus_stop"),), label=("name", "platform"), searched=True),
    reference="GTFS Schedule, stops.txt; VDV 432 (DHID)",
)
