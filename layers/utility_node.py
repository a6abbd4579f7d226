"""Nodes of utilities: manholes, hydrants, valves, stations, cabinets, lamps."""

from layers.utility_line import MEDIUM_CLASSES
from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import INTERNAL
from twin.style import Classes, Ramp, Style, Sunk

LAYER = Layer(
    name="utility_node",
    title=Text("Bauwerke der Leitungsnetze", "Utility nodes"),
    row=Text(
        "ein Schacht, eine Armatur, eine Station oder ein Verteiler", "a manhole, a fitting, a station or a cabinet"
    ),
    description=Text(
        "Punkte der Ver- und Entsorgungsnetze, wie die Betreiber sie führen: Schächte, Hydranten, Schieber, Stationen, Verteiler, Leuchten.",
        "Points of supply and disposal networks as their operators keep them: manholes, hydrants, valves, stations, cabinets, lamps.",
    ),
    columns=(
        Column(
            "node_id",
            "VARCHAR",
            Text("Kennung", "Id"),
            note=Text(
                "Die des Betreibers; mit Vorsatz, wo mehrere dieselben Nummern vergeben.",
                "The operator's; with a prefix where several give the same numbers.",
            ),
        ),
        Column("medium", "VARCHAR", Text("Medium", "Medium"), codes="utility_medium"),
        Column("kind", "VARCHAR", Text("Art", "Kind"), codes="utility_node_kind"),
        Column(
            "depth",
            "DOUBLE",
            Text("Tiefe", "Depth"),
            unit="m",
            note=Text(
                "Der Sohle unter Gelände oder Deckel, nach unten positiv; leer, wo nichts in die Tiefe geht.",
                "Of the bottom below ground or cover, positive downwards; empty where nothing goes down.",
            ),
        ),
        Column(
            "material",
            "VARCHAR",
            Text("Werkstoff", "Material"),
            note=Text("Wie der Betreiber ihn nennt.", "As the operator calls it."),
        ),
        Column("year", "INTEGER", Text("Baujahr", "Year built")),
        Column(
            "owner",
            "VARCHAR",
            Text("Eigentümer oder Betreiber", "Owner or operator"),
            note=Text(
                "Ein Unternehmen oder eine Körperschaft, nie eine Person.", "A company or public body, never a person."
            ),
        ),
        Column("status", "VARCHAR", Text("Zustand der Nutzung", "Status"), codes="utility_status"),
        Column("geom", "GEOMETRY", Text("Lage", "Position")),
    ),
    key=("node_id",),
    geometry="point",
    consent="utility",
    style=Style(
        colour="#6F6A60",
        order=59,
        visible=False,
        themes=(
            Classes("utility_node_medium", Text("Medium", "Medium"), "medium", MEDIUM_CLASSES),
            Ramp(
                "utility_node_year",
                Text("Baujahr", "Year built"),
                "year",
                (
                    (1900.0, "#7A1F3D"),
                    (1950.0, "#C8553D"),
                    (1975.0, "#E9A23B"),
                    (2000.0, "#9DBF7F"),
                    (2025.0, "#2A7F62"),
                ),
            ),
        ),
        group="utility",
        shapes=(Sunk(depth="depth", usual=0.8, least=0.8),),
        label=("node_id",),
        searched=True,
    ),
    licence=INTERNAL,
    reference="INSPIRE Utility Networks; DIN 2425; DWA-M 150; ISYBAU",
)
