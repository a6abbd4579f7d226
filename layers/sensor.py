"""Sensors: what measures one quantity in one place."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Classes, ColourClass, Style

# A column is read as one line.
# fmt: off

PROPERTY = Classes(
    name="sensor_property",
    title=Text("Messgröße", "Observed property"),
    column="observed_property",
    classes=(
        ColourClass(Text("Wasser", "Water"), "#2878B8", ("water_level", "water_surface", "discharge", "groundwater_level", "water_temperature", "flow_velocity", "turbidity", "water_conductivity", "oxygen_content", "ph"), icon="water"),
        ColourClass(Text("Niederschlag", "Precipitation"), "#4A5FC1", ("precipitation", "precipitation_indicator", "precipitation_form", "snow_depth"), icon="rain"),
        ColourClass(Text("Wetter", "Weather"), "#E0A030", ("air_temperature", "dew_point", "ground_temperature", "soil_temperature", "soil_moisture", "relative_humidity", "air_pressure", "wind_speed", "wind_gust", "wind_direction", "global_radiation", "diffuse_radiation", "direct_radiation", "sunshine_duration", "cloud_cover", "cloud_base", "visibility", "evaporation", "weather"), icon="thermometer"),
        ColourClass(Text("Luftqualität", "Air quality"), "#7B4AA0", ("air_quality", "no", "no2", "nox", "pm10", "pm2_5", "o3", "so2", "co", "co2"), icon="air"),
        ColourClass(Text("Lärm", "Noise"), "#B23A48", ("noise",), icon="noise"),
        ColourClass(Text("Parken und Verkehr", "Parking and traffic"), "#3A4A5A", ("parking_free", "parking_occupied", "vehicle_count", "bicycle_count", "pedestrian_count"), icon="parking"),
        ColourClass(Text("Energie", "Energy"), "#D95F0E", ("power", "energy", "voltage", "current", "fill_level"), icon="charging"),
        ColourClass(Text("Sonstige", "Other"), "#6B7680", icon="sensor"),
    ),
)

LAYER = Layer(
    name="sensor",
    title=Text("Sensoren", "Sensors"),
    row=Text("eine Messreihe: eine Messgröße an einer Messstelle", "a datastream: one quantity at one station"),
    description=Text(
        "Was an einem Ort eine Größe misst; die Messwerte stehen in `observation`. Eine Station mit mehreren Größen hat mehrere Zeilen mit derselben `station`. "
        "Die Einheit steht als UCUM in `unit`, wie die Quelle sie nennt in `unit_source`; Werte werden nicht umgerechnet. Ohne Lage steht ein Sensor nur da, wenn --ags die Gemeinde nennt.",
        "What measures a quantity in a place; readings are in `observation`. A station of several quantities has several rows with the same `station`. "
        "The unit is in `unit` as UCUM, and as the source names it in `unit_source`; values are not converted. A sensor without a position is there only if --ags names its municipality.",
    ),
    columns=(
        Column("sensor_id", "VARCHAR", Text("Sensorkennung", "Sensor id"), note=Text("Quelle und Kennung der Messreihe, etwa dwd:15000:rr_stunde:R1.", "Source and id of the datastream, such as dwd:15000:rr_stunde:R1."), source="SensorThings Datastream @iot.id"),
        Column("thing", "VARCHAR", Text("Objekt", "Thing"), source="SensorThings Thing name", note=Text("Das Objekt oder Gewässer, an dem gemessen wird.", "The thing or water that is measured.")),
        Column("name", "VARCHAR", Text("Name", "Name"), source="SensorThings Datastream name"),
        Column("observed_property", "VARCHAR", Text("Messgröße", "Observed property"), codes="observed_property", source="SensorThings ObservedProperty", note=Text("Leer, wo die Quelle eine andere nennt; dann sagt es der Name.", "Empty where the source names another one; the name tells then.")),
        Column("unit", "VARCHAR", Text("Einheit", "Unit"), note=Text("UCUM; 1 für Anzahlen und Schlüssel, leer, wo keine bekannt ist.", "UCUM; 1 for counts and codes, empty where none is known."), source="SensorThings unitOfMeasurement"),
        Column("unit_source", "VARCHAR", Text("Einheit der Quelle", "Unit in the source")),
        Column("provider", "VARCHAR", Text("Betreiber", "Provider")),
        Column("station", "VARCHAR", Text("Messstelle", "Station"), note=Text("Nummer oder Kürzel beim Betreiber.", "The provider's number or short name.")),
        Column("source_url", "VARCHAR", Text("Quelle", "Source"), source="@iot.selfLink"),
        Column("interval", "INTEGER", Text("Takt", "Interval"), unit="s", note=Text("Zwischen zwei Messwerten; leer, wo die Quelle ihn nicht nennt.", "Between two readings; empty where the source does not say.")),
        Column("height", "DOUBLE", Text("Höhe", "Height"), unit="m", note=Text("Der Station über NHN, oder des Pegelnullpunkts.", "Of the station above sea level, or of the gauge's zero.")),
        Column("attributes", "VARCHAR", Text("Weitere Angaben", "More attributes"), note=Text("JSON, wie die Quelle sie nennt.", "JSON, as the source has them."), source="properties"),
        Column("geom", "GEOMETRY", Text("Lage", "Position"), note=Text("Einer Fläche: ein Punkt darin.", "Of an area: a point within."), source="SensorThings Location, observedArea"),
    ),
    key=("sensor_id",),
    geometry="point",
    style=Style(colour="#2878B8", order=58, visible=False, themes=(PROPERTY,), group="nature", shapes=(), label=("name", "station"), searched=True),
    reference="OGC SensorThings API 1.1 (18-088); UCUM",
)
