"""Actual use of land (tatsächliche Nutzung) of the cadastre."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO
from twin.style import Area, Classes, ColourClass, Style

LAYER = Layer(
    name="land_use",
    title=Text("Tatsächliche Nutzung", "Land use"),
    row=Text("eine Fläche gleicher Nutzung", "an area of one use"),
    description=Text(
        "Was auf der Fläche tatsächlich ist, nach dem Kataster: nicht, was ein Plan dort erlaubt.",
        "What actually is on the land by the cadastre: not what a plan permits there.",
    ),
    columns=(
        Column("land_use_id", "VARCHAR", Text("Objektkennung", "Object id"), source="gml:id"),
        Column(
            "land_use_class",
            "VARCHAR",
            Text("Objektart", "Object class"),
            source="AX_… der Objektartengruppe Tatsächliche Nutzung",
        ),
        Column(
            "land_use_code",
            "VARCHAR",
            Text("Schlüssel", "Code"),
            source="funktion, vegetationsmerkmal …",
            note=Text(
                "Kennung der Objektart und Wert, etwa 43001_1010; ohne Wert nur die Kennung.",
                "Code of the object class and value, such as 43001_1010; without a value the class alone.",
            ),
        ),
        Column("land_use", "VARCHAR", Text("Nutzung", "Use"), codes="land_use"),
        Column("name", "VARCHAR", Text("Name", "Name")),
        Column("area", "DOUBLE", Text("Fläche", "Area"), unit="m2"),
        Column("geom", "GEOMETRY", Text("Fläche", "Area geometry")),
    ),
    key=("land_use_id",),
    geometry="polygon",
    style=Style(
        colour="#DAD7C5",
        order=10,
        group="cadastre",
        shapes=(Area(opacity=1.0),),
        label=("name", "land_use"),
        themes=(
            Classes(
                name="land_use",
                title=Text("Nutzung", "Use"),
                column="land_use_class",
                classes=(
                    ColourClass(Text("Wohnen", "Housing"), "#DBD5BC", ("AX_Wohnbauflaeche",)),
                    ColourClass(
                        Text("Industrie und Gewerbe", "Industry and trade"),
                        "#C7C2C8",
                        ("AX_IndustrieUndGewerbeflaeche", "AX_Halde", "AX_Bergbaubetrieb", "AX_TagebauGrubeSteinbruch"),
                    ),
                    ColourClass(
                        Text("Gemischte und besondere Nutzung", "Mixed and special use"),
                        "#D6CAB6",
                        ("AX_FlaecheGemischterNutzung", "AX_FlaecheBesondererFunktionalerPraegung"),
                    ),
                    ColourClass(
                        Text("Sport, Freizeit, Erholung, Friedhof", "Sport, leisure, cemetery"),
                        "#A9C68A",
                        ("AX_SportFreizeitUndErholungsflaeche", "AX_Friedhof"),
                    ),
                    ColourClass(
                        Text("Verkehr", "Transport"),
                        "#C9C7C2",
                        (
                            "AX_Strassenverkehr",
                            "AX_Weg",
                            "AX_Platz",
                            "AX_Bahnverkehr",
                            "AX_Flugverkehr",
                            "AX_Schiffsverkehr",
                        ),
                    ),
                    ColourClass(Text("Landwirtschaft", "Agriculture"), "#D0CB93", ("AX_Landwirtschaft",)),
                    ColourClass(Text("Wald, Gehölz", "Forest, woodland"), "#6F9460", ("AX_Wald", "AX_Gehoelz")),
                    ColourClass(
                        Text("Heide, Moor, Sumpf, Unland", "Heath, bog, swamp, waste"),
                        "#B5B48A",
                        ("AX_Heide", "AX_Moor", "AX_Sumpf", "AX_UnlandVegetationsloseFlaeche"),
                    ),
                    ColourClass(
                        Text("Gewässer", "Water"),
                        "#7FAFC9",
                        ("AX_Fliessgewaesser", "AX_StehendesGewaesser", "AX_Hafenbecken", "AX_Meer"),
                    ),
                    ColourClass(Text("Sonstiges", "Other"), "#DAD7C5"),
                ),
            ),
        ),
    ),
    licence=DL_DE_ZERO,
    reference="AAA Tatsächliche Nutzung (GeoInfoDok 7.1)",
)
