"""Water and green as OpenStreetMap has them: the ground's cover, not the cadastre's land use."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import ODBL
from twin.style import Area, Classes, ColourClass, Style

# A column is read as one line.
# fmt: off

KIND = Classes(
    name="land_cover_kind",
    title=Text("Art", "Kind"),
    column="kind",
    classes=(
        ColourClass(Text("Gewässer", "Water"), "#8DBBE0", ("water", "river", "canal", "lake", "pond", "reservoir", "basin"), texture="water"),
        ColourClass(Text("Feuchtgebiet", "Wetland"), "#9FC7B8", ("wetland",), texture="grass"),
        ColourClass(Text("Wald", "Wood"), "#5C9E6A", ("wood",), texture="wood"),
        ColourClass(Text("Gebüsch, Heide", "Scrub, heath"), "#96AE6E", ("scrub",), texture="wood"),
        ColourClass(Text("Rasen, Wiese, Weide", "Grass, meadow"), "#B9D58B", ("grass", "meadow"), texture="grass"),
        ColourClass(Text("Acker", "Farmland"), "#E4DDA8", ("farmland",), texture="grass"),
        ColourClass(Text("Obst, Wein, Gartenbau", "Orchard, vineyard, horticulture"), "#C7CF7F", ("orchard", "horticulture"), texture="grass"),
        ColourClass(Text("Park, Friedhof, Kleingärten", "Park, cemetery, allotments"), "#8CC472", ("park", "cemetery", "allotments"), texture="grass"),
        ColourClass(Text("Sport und Spiel", "Sports and play"), "#A6D9C0", ("sports", "playground"), texture="grass"),
        ColourClass(Text("Sonstige", "Other"), "#D9CFB8"),
    ),
)

LAYER = Layer(
    name="land_cover",
    title=Text("Wasser und Grün", "Water and green"),
    row=Text("eine Fläche", "an area"),
    description=Text(
        "Gewässer, Wald, Wiesen, Äcker, Parks und andere Flächen, wie sie in OpenStreetMap stehen. Flächen liegen auch übereinander (ein Teich im Park); "
        "rechtlich maßgeblich ist die tatsächliche Nutzung des Katasters (`land_use`). Gewässer, die nur als Linie erfasst sind, fehlen.",
        "Water, wood, meadows, fields, parks and other areas as they are in OpenStreetMap. Areas also lie over each other (a pond in a park); "
        "what counts legally is the cadastre's actual use (`land_use`). Water mapped as a line only is missing.",
    ),
    columns=(
        Column("land_cover_id", "VARCHAR", Text("Kennung", "Land cover id"), note=Text("Objekt der Quelle: way/…, relation/….", "Object of the source: way/…, relation/….")),
        Column("kind", "VARCHAR", Text("Art", "Kind"), codes="land_cover_kind", source="natural, water, waterway, landuse, leisure"),
        Column("name", "VARCHAR", Text("Name", "Name"), source="name"),
        Column("area", "DOUBLE", Text("Fläche", "Area"), unit="m2", note=Text("In der Abbildungsebene, ohne Löcher.", "In the plane of projection, without holes.")),
        Column("geom", "GEOMETRY", Text("Umriss", "Outline")),
    ),
    key=("land_cover_id",),
    geometry="polygon",
    style=Style(colour="#B9D58B", order=8, visible=False, themes=(KIND,), group="nature", shapes=(Area(opacity=1.0),), label=("name", "kind"), searched=True),
    licence=ODBL,
    reference="OpenStreetMap, Map features; INSPIRE Land Cover",
)
