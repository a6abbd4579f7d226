"""Zones of floods from rivers and of heavy rain."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Area, Classes, ColourClass, Ramp, Style

LAYER = Layer(
    name="flood_zone",
    title=Text("Hochwasser und Starkregen", "Floods and heavy rain"),
    row=Text(
        "eine Fläche, die unter den genannten Umständen unter Wasser steht",
        "an area under water in the circumstances named",
    ),
    description=Text(
        "Überschwemmungsgebiete, Hochwassergefahrenkarten und Starkregenkarten. Gespeichert sind Niederschlag, Dauer und Wiederkehrzeit, nie das Wort „selten“: es heißt je nach "
        "Herausgeber anderes. Hinweise einer Karte sind kein hydraulischer Nachweis.",
        "Flood plains, flood hazard maps and heavy rain maps. Stored are precipitation, duration and return period, never the word “rare”: it means different things with "
        "different publishers. What a map says is not a hydraulic proof.",
    ),
    columns=(
        Column(
            "flood_zone_id",
            "VARCHAR",
            Text("Kennung", "Id"),
            note=Text(
                "Aus dem Inhalt gebildet, wo die Quelle keine hat.", "Made of the content where the source has none."
            ),
        ),
        Column("kind", "VARCHAR", Text("Art", "Kind"), codes="flood_zone_kind"),
        Column(
            "precipitation",
            "DOUBLE",
            Text("Niederschlag", "Precipitation"),
            unit="mm",
            note=Text("Summe über die Dauer.", "Sum over the duration."),
        ),
        Column("duration", "DOUBLE", Text("Dauer", "Duration"), unit="h"),
        Column(
            "return_period",
            "DOUBLE",
            Text("Wiederkehrzeit", "Return period"),
            unit="a",
            note=Text(
                "Im Mittel einmal in so vielen Jahren; leer, wo keine genannt ist (Extremszenario).",
                "Once in so many years on average; empty where none is named (extreme scenario).",
            ),
        ),
        Column(
            "depth",
            "DOUBLE",
            Text("Wassertiefe", "Water depth"),
            unit="m",
            note=Text(
                "Von Klassen die Obergrenze; leer, wo nur die Fläche bekannt ist.",
                "Of classes the upper limit; empty where only the area is known.",
            ),
        ),
        Column("velocity", "DOUBLE", Text("Fließgeschwindigkeit", "Flow velocity"), unit="m/s"),
        Column(
            "designation",
            "VARCHAR",
            Text("Bezeichnung", "Designation"),
            note=Text(
                "Rechtliche Festsetzung oder Name in der Quelle, wie sie dort stehen.",
                "Legal designation or name in the source, as it stands there.",
            ),
        ),
        Column("water", "VARCHAR", Text("Gewässer", "Water body")),
        Column("geom", "GEOMETRY", Text("Fläche", "Area")),
    ),
    key=("flood_zone_id",),
    geometry="polygon",
    style=Style(
        colour="#4F8FC6",
        outline="#24578A",
        order=36,
        visible=False,
        themes=(
            Ramp(
                "flood_return_period",
                Text("Wiederkehrzeit", "Return period"),
                "return_period",
                ((1.0, "#14204F"), (20.0, "#2B6CB8"), (100.0, "#8BC0E8"), (1000.0, "#E3F1FB")),
            ),
            Ramp(
                "flood_depth",
                Text("Wassertiefe", "Water depth"),
                "depth",
                (
                    (0.0, "#D6ECFA"),
                    (0.1, "#A9D3F0"),
                    (0.5, "#5FA3DB"),
                    (1.0, "#2B6CB8"),
                    (2.0, "#1B3F86"),
                    (4.0, "#14204F"),
                ),
            ),
            Classes(
                "flood_kind",
                Text("Art", "Kind"),
                "kind",
                (
                    ColourClass(Text("Hochwasser", "River flood"), "#2B6CB8", ("flood",)),
                    ColourClass(Text("Starkregen", "Heavy rain"), "#5B4FB0", ("heavy_rain",)),
                    ColourClass(Text("Sonstiges", "Other"), "#8C8C88"),
                ),
            ),
        ),
        group="nature",
        shapes=(Area(opacity=0.6, outline=1.0),),
        label=("designation", "water"),
    ),
    reference="§ 76 und § 78b WHG; EU-HWRM-RL 2007/60/EG; LAWA; DWA-M 119",
)
