"""Streets, ways and paths as a routable graph: one row an edge between two junctions."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import ODBL
from twin.style import Classes, ColourClass, Line, Ramp, Style

# A column is read as one line.
# fmt: off

ROAD_CLASS = Classes(
    name="road_class",
    title=Text("Straßenklasse", "Road class"),
    column="road_class",
    classes=(
        ColourClass(Text("Autobahn", "Motorway"), "#D9576B", ("motorway", "motorway_link"), width=12.0),
        ColourClass(Text("Autobahnähnlich", "Trunk road"), "#E0765A", ("trunk", "trunk_link"), width=10.0),
        ColourClass(Text("Bundesstraße", "Federal road"), "#EBA04E", ("primary", "primary_link"), width=8.5),
        ColourClass(Text("Landesstraße", "State road"), "#F2C94C", ("secondary", "secondary_link"), width=7.5),
        ColourClass(Text("Kreisstraße", "County road"), "#F5E08A", ("tertiary", "tertiary_link"), width=6.5),
        ColourClass(Text("Gemeinde- und Wohnstraße", "Local and residential road"), "#FFFFFF", ("unclassified", "residential", "road"), width=5.5),
        ColourClass(Text("Verkehrsberuhigt, Fußgängerzone", "Living street, pedestrian zone"), "#D6DCE8", ("living_street", "pedestrian"), width=5.0),
        ColourClass(Text("Zufahrt", "Service road"), "#E8E5DF", ("service", "busway", "bus_guideway"), width=3.5),
        ColourClass(Text("Wirtschaftsweg", "Track"), "#B58B5A", ("track",), width=3.0),
        ColourClass(Text("Radweg", "Cycleway"), "#3F7CC4", ("cycleway",), width=2.4),
        ColourClass(Text("Gehweg, Pfad, Treppe", "Footway, path, steps"), "#C0594F", ("footway", "path", "steps", "bridleway", "corridor"), width=1.8),
        ColourClass(Text("Sonstige", "Other"), "#9A978F"),
    ),
)

SPEED = Ramp(
    name="max_speed",
    title=Text("Höchstgeschwindigkeit", "Speed limit"),
    column="max_speed",
    stops=((0.0, "#2F6B3A"), (10.0, "#3E9A5B"), (30.0, "#A8C957"), (50.0, "#F2C94C"), (70.0, "#E58A3C"), (100.0, "#C8443C"), (130.0, "#7A1F4A")),
)

LAYER = Layer(
    name="street",
    title=Text("Straßen und Wege", "Streets and ways"),
    row=Text("ein Abschnitt zwischen zwei Knoten", "an edge between two junctions"),
    description=Text(
        "Straßen, Wege und Pfade als Netz: Wege sind an jedem Knoten geteilt, den zwei von ihnen teilen; `from_node` und `to_node` verbinden die Abschnitte. "
        "Einbahnstraßen verlaufen in Fahrtrichtung. Zugang nach Klasse und Tags, ohne zeitliche Bedingungen, Abbiegeverbote und Fahrzeugmaße.",
        "Streets, ways and paths as a network: ways are split at every node that two of them share; `from_node` and `to_node` join the edges. "
        "One-way streets run with the traffic. Access by class and tags, without conditions in time, turn restrictions and vehicle sizes.",
    ),
    columns=(
        Column("street_id", "VARCHAR", Text("Abschnittskennung", "Edge id"), note=Text("Weg und Knoten, an dem der Abschnitt auf ihm beginnt: way/4711/42.", "Way, and the node at which the edge begins on it: way/4711/42.")),
        Column("name", "VARCHAR", Text("Name", "Name"), source="name"),
        Column("number", "VARCHAR", Text("Straßennummer", "Road number"), source="ref", note=Text("Etwa B 1, L 735, K 7.", "Such as B 1, L 735, K 7.")),
        Column("road_class", "VARCHAR", Text("Straßenklasse", "Road class"), codes="street_class", source="highway"),
        Column("surface", "VARCHAR", Text("Belag", "Surface"), codes="street_surface", source="surface"),
        Column("one_way", "BOOLEAN", Text("Einbahn", "One-way"), source="oneway, junction, highway=motorway", note=Text("Für Fahrzeuge, in Richtung der Geometrie.", "For vehicles, in the direction of the geometry.")),
        Column("foot", "BOOLEAN", Text("Zu Fuß", "On foot"), source="foot, access", note=Text("Erlaubt nach Tags, sonst nach Klasse.", "Allowed by tags, else by class.")),
        Column("bicycle", "BOOLEAN", Text("Rad", "Bicycle"), source="bicycle, vehicle, access", note=Text("Fahrend; wo nur geschoben werden darf, nicht.", "Riding; not where it may only be pushed.")),
        Column("bicycle_contraflow", "BOOLEAN", Text("Rad gegen die Einbahn", "Bicycle contraflow"), source="oneway:bicycle, cycleway", note=Text("Nur bei Einbahnstraßen wahr.", "True of one-way streets only.")),
        Column("motor_vehicle", "BOOLEAN", Text("Kraftfahrzeug", "Motor vehicle"), source="motor_vehicle, vehicle, access", note=Text("Anlieger frei zählt als erlaubt; land- und forstwirtschaftlich nicht.", "Residents only counts as allowed, agricultural traffic only does not.")),
        Column("max_speed", "DOUBLE", Text("Höchstgeschwindigkeit", "Speed limit"), unit="km/h", source="maxspeed", note=Text("Leer, wo nichts gilt oder nichts bekannt ist: `speed_limit`.", "Empty where nothing holds or nothing is known: `speed_limit`.")),
        Column("speed_limit", "VARCHAR", Text("Herkunft der Höchstgeschwindigkeit", "Origin of the speed limit"), codes="speed_limit"),
        Column("lanes", "SMALLINT", Text("Fahrstreifen", "Lanes"), unit="1", source="lanes"),
        Column("width", "DOUBLE", Text("Breite", "Width"), unit="m", source="width, lanes"),
        Column("width_estimated", "BOOLEAN", Text("Breite geschätzt", "Width estimated"), note=Text("Aus Fahrstreifen oder Klasse, weil die Quelle keine nennt.", "From lanes or class, for the source names none.")),
        Column("bridge", "BOOLEAN", Text("Brücke", "Bridge"), source="bridge"),
        Column("tunnel", "BOOLEAN", Text("Tunnel", "Tunnel"), source="tunnel"),
        Column("length", "DOUBLE", Text("Länge", "Length"), unit="m", note=Text("Auf dem Ellipsoid, ohne Steigung.", "On the ellipsoid, without slope.")),
        Column("from_node", "VARCHAR", Text("Von Knoten", "From node"), source="nd ref"),
        Column("to_node", "VARCHAR", Text("Nach Knoten", "To node"), source="nd ref"),
        Column("geom", "GEOMETRY", Text("Verlauf", "Course")),
    ),
    key=("street_id",),
    geometry="line",
    style=Style(colour="#FFFFFF", outline="#B8B2A6", order=35, visible=False, themes=(ROAD_CLASS, SPEED), group="traffic", shapes=(Line(width=4.0, column="width", casing="#A39C8E"),), label=("name", "road_class"), searched=True),
    licence=ODBL,
    reference="OpenStreetMap, Key:highway; INSPIRE Transport Networks (RoadLink)",
)
