"""Land values (Bodenrichtwerte): zones of the valuation committees."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO
from twin.style import Area, Classes, ColourClass, Ramp, Style

LAYER = Layer(
    name="land_value",
    title=Text("Bodenrichtwerte", "Land values"),
    row=Text("ein Bodenrichtwert einer Zone", "a land value of a zone"),
    description=Text(
        "Durchschnittlicher Bodenwert einer Zone mit im Wesentlichen gleichen Merkmalen, je m² eines unbebauten Grundstücks, zum Stichtag (§ 196 BauGB). Kein Verkehrswert. "
        "Zonen verschiedener Nutzung liegen auch übereinander.",
        "Average value of land in a zone of essentially equal features, by m² of an unbuilt plot, at the valuation date (§ 196 BauGB). Not a market value. "
        "Zones of different uses lie over each other too.",
    ),
    columns=(
        Column(
            "land_value_id",
            "VARCHAR",
            Text("Kennung", "Id"),
            source="WNUM, GENA",
            note=Text(
                "Nummer der Zone; mit dem Stichtag, wo die Quelle mehrere Jahre hat.",
                "Number of the zone; with the date where the source has several years.",
            ),
        ),
        Column("zone", "VARCHAR", Text("Richtwertzone", "Zone"), source="BRZNAM, WNUM"),
        Column("value", "DOUBLE", Text("Bodenrichtwert", "Land value"), unit="EUR/m2", source="BRW"),
        Column("valid_on", "DATE", Text("Stichtag", "Valuation date"), source="STAG"),
        Column("use", "VARCHAR", Text("Art der Nutzung", "Use"), codes="land_value_use", source="NUTA"),
        Column("use_supplement", "VARCHAR", Text("Ergänzung zur Nutzung", "Supplement to use"), source="ERGNUTA"),
        Column(
            "development_state",
            "VARCHAR",
            Text("Entwicklungszustand", "Development state"),
            codes="land_value_development_state",
            source="ENTW",
        ),
        Column(
            "plot_ratio",
            "DOUBLE",
            Text("Wertrelevante GFZ", "Value-relevant floor area ratio"),
            unit="1",
            source="WGFZ, GFZ",
        ),
        Column("site_coverage", "DOUBLE", Text("GRZ", "Site coverage"), unit="1", source="GRZ"),
        Column(
            "storeys",
            "VARCHAR",
            Text("Geschosszahl", "Storeys"),
            source="GEZ",
            note=Text("Auch ein Bereich wie I-II.", "A range such as I-II, too."),
        ),
        Column(
            "plot_area",
            "DOUBLE",
            Text("Fläche des Richtwertgrundstücks", "Area of the typical plot"),
            unit="m2",
            source="FLAE",
        ),
        Column(
            "plot_depth",
            "DOUBLE",
            Text("Tiefe des Richtwertgrundstücks", "Depth of the typical plot"),
            unit="m",
            source="GTIE",
        ),
        Column("geom", "GEOMETRY", Text("Zone", "Zone")),
    ),
    key=("land_value_id",),
    geometry="polygon",
    style=Style(
        colour="#C9A66B",
        outline="#7A5C2E",
        order=34,
        visible=False,
        themes=(
            Ramp(
                "land_value",
                Text("Bodenrichtwert", "Land value"),
                "value",
                ((0.0, "#F6EFD9"), (50.0, "#EBCF8F"), (150.0, "#DE9A4C"), (300.0, "#B8543C"), (600.0, "#6E1E45")),
            ),
            Classes(
                "land_value_use",
                Text("Art der Nutzung", "Use"),
                "use",
                (
                    ColourClass(Text("Wohnbaufläche", "Residential"), "#F0A58F", ("W", "WS", "WR", "WA", "WB")),
                    ColourClass(
                        Text("Gemischte Baufläche", "Mixed use"), "#C98B5C", ("M", "MD", "MDW", "MI", "MK", "MU")
                    ),
                    ColourClass(Text("Gewerbliche Baufläche", "Commercial"), "#A9A6B8", ("G", "GE", "GI")),
                    ColourClass(
                        Text("Landwirtschaft", "Agriculture"),
                        "#D3DC7E",
                        ("LW", "A", "GR", "EGA", "SK", "WG", "KUP", "UN"),
                    ),
                    ColourClass(Text("Forst", "Forest"), "#5C9E7D", ("F",)),
                    ColourClass(Text("Sonstiges", "Other"), "#D9D5CC"),
                ),
            ),
        ),
        group="planning",
        shapes=(Area(opacity=0.55, outline=1.0),),
        label=("zone", "land_value_id"),
    ),
    licence=DL_DE_ZERO,
    reference="BRW-RL 2011, Anlagen 1 und 3; VBORIS 2.0; BORIS.NRW",
)
