"""Lines of utilities: water, sewers, electricity, gas, heat, street lights, ducts and fibre."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import INTERNAL
from twin.style import Classes, ColourClass, Ramp, Style, Sunk

MEDIUM_CLASSES = (
    ColourClass(Text("Trinkwasser", "Water"), "#1F6FD0", ("water",)),
    ColourClass(Text("Schmutz- und Mischwasser", "Sewage"), "#8A5A2B", ("sewer",)),
    ColourClass(Text("Regenwasser", "Rainwater"), "#6EC3F0", ("rainwater",)),
    ColourClass(Text("Strom", "Electricity"), "#D62728", ("electricity",)),
    ColourClass(Text("Gas", "Gas"), "#F2C500", ("gas",)),
    ColourClass(Text("Wärme", "Heat"), "#F28C28", ("heat",)),
    ColourClass(Text("Straßenbeleuchtung", "Street lights"), "#B58900", ("street_light",)),
    ColourClass(Text("Leerrohr", "Duct"), "#8E5EBF", ("duct",)),
    ColourClass(Text("Glasfaser", "Fibre"), "#2FA36B", ("fibre",)),
    ColourClass(Text("Sonstiges", "Other"), "#8C8C88"),
)
"""After the marking colours of the trade: water blue, gas yellow, electricity red; sewers brown as in ISYBAU plans."""

LAYER = Layer(
    name="utility_line",
    title=Text("Leitungen", "Utility lines"),
    row=Text("ein Leitungsabschnitt, eine Haltung oder eine Trasse", "a section of a line, a sewer reach or a route"),
    description=Text(
        "Leitungen der Ver- und Entsorgung, wie die Betreiber sie führen. Lage und Tiefe sind Auskunft und kein Ersatz für Einweisung und Suchschachtung vor dem Graben. "
        "Wer sie nicht freigibt, zeigt sie niemandem: die Voreinstellung der Lizenz ist „nur für den Dienstgebrauch“.",
        "Lines of supply and disposal as their operators keep them. Position and depth are information and do not replace briefing and trial pits before digging. "
        "Who does not share them shows them to nobody: the licence assumed is internal use.",
    ),
    columns=(
        Column(
            "line_id",
            "VARCHAR",
            Text("Leitungskennung", "Line id"),
            note=Text(
                "Die des Betreibers; mit Vorsatz, wo mehrere dieselben Nummern vergeben.",
                "The operator's; with a prefix where several give the same numbers.",
            ),
        ),
        Column("medium", "VARCHAR", Text("Medium", "Medium"), codes="utility_medium"),
        Column("kind", "VARCHAR", Text("Leitungsart", "Kind"), codes="utility_line_kind"),
        Column(
            "material",
            "VARCHAR",
            Text("Werkstoff", "Material"),
            note=Text(
                "Wie der Betreiber ihn nennt (PE-HD, GGG, Stz, B …).",
                "As the operator calls it (PE-HD, GGG, Stz, B …).",
            ),
        ),
        Column(
            "diameter",
            "DOUBLE",
            Text("Nennweite", "Nominal diameter"),
            unit="mm",
            note=Text("DN; bei nicht runden Profilen die Höhe.", "DN; of profiles that are not round, the height."),
        ),
        Column(
            "depth",
            "DOUBLE",
            Text("Tiefe", "Depth"),
            unit="m",
            note=Text(
                "Unter Gelände, nach unten positiv; was gemessen wurde, steht in `depth_reference`.",
                "Below ground, positive downwards; what was measured is in `depth_reference`.",
            ),
        ),
        Column(
            "depth_reference", "VARCHAR", Text("Bezug der Tiefe", "Depth reference"), codes="utility_depth_reference"
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
        Column(
            "length",
            "DOUBLE",
            Text("Länge", "Length"),
            unit="m",
            note=Text("Aus der Geometrie, wo die Quelle keine nennt.", "Of the geometry where the source names none."),
        ),
        Column("geom", "GEOMETRY", Text("Verlauf", "Course")),
    ),
    key=("line_id",),
    geometry="line",
    consent="utility",
    style=Style(
        colour="#8C8C88",
        order=58,
        visible=False,
        themes=(
            Classes("utility_medium", Text("Medium", "Medium"), "medium", MEDIUM_CLASSES),
            Ramp(
                "utility_year",
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
            Ramp(
                "utility_depth",
                Text("Tiefe", "Depth"),
                "depth",
                ((0.0, "#F4E9CD"), (1.0, "#E9C46A"), (2.0, "#E07A3F"), (4.0, "#9B2F4C"), (8.0, "#3B1145")),
            ),
            Ramp(
                "utility_diameter",
                Text("Nennweite", "Nominal diameter"),
                "diameter",
                ((0.0, "#D8E4F2"), (100.0, "#9DB9DA"), (300.0, "#5A86B8"), (800.0, "#2C4F86"), (2000.0, "#12234A")),
            ),
        ),
        group="utility",
        shapes=(Sunk(depth="depth", usual=1.2, diameter="diameter"),),
        label=("line_id",),
        searched=True,
    ),
    licence=INTERNAL,
    reference="INSPIRE Utility Networks; DIN 2425; DWA-M 150; ISYBAU",
)
