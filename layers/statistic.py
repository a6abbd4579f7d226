"""Statistics on grids: one figure of one cell."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_BY
from twin.style import Area, Ramp, Style

FIGURES = Ramp(
    name="statistic_value",
    title=Text("Statistik: Wert", "Statistics: value"),
    column="value",
    stops=((0.0, "#FBF3DF"), (10.0, "#E9C46A"), (50.0, "#E07A3F"), (150.0, "#B23A48"), (500.0, "#5B1A4A")),
)

LAYER = Layer(
    name="statistic",
    title=Text("Statistik im Gitter", "Statistics on a grid"),
    row=Text("eine Kennzahl einer Gitterzelle", "a figure of a grid cell"),
    description=Text(
        "Kennzahlen des Zensus je Gitterzelle. Die Zellen sind Quadrate in EPSG:3035 und stehen hier leicht gedreht. Eine Zelle gehört der Gemeinde ihres Mittelpunkts. "
        "Was die Statistik geheim hält, fehlt; Kennzahlen über Energie unter 5 auch. Kennzahlen je Gemeinde stehen in municipality_statistic.",
        "Census figures by grid cell. Cells are squares in EPSG:3035 and stand slightly turned here. A cell belongs to the municipality of its centre. What the statistics withhold is "
        "missing; so are figures about energy below 5. Figures by municipality are in municipality_statistic.",
    ),
    columns=(
        Column(
            "statistic_id",
            "VARCHAR",
            Text("Kennung", "Id"),
            note=Text("Zelle, Kennzahl und Stichtag.", "Cell, figure and reference date."),
        ),
        Column(
            "level",
            "VARCHAR",
            Text("Ebene", "Level"),
            note=Text(
                "grid_100m, grid_1km oder grid_10km: nie über Ebenen hinweg summieren.",
                "grid_100m, grid_1km or grid_10km: never sum over levels.",
            ),
        ),
        Column(
            "cell_id",
            "VARCHAR",
            Text("Gitterzelle", "Grid cell"),
            source="GITTER_ID (INSPIRE Geographical grid systems)",
        ),
        Column("indicator", "VARCHAR", Text("Kennzahl", "Figure"), codes="statistic_indicator"),
        Column(
            "value",
            "DOUBLE",
            Text("Wert", "Value"),
            note=Text("In der Einheit der Spalte unit.", "In the unit that column unit names."),
        ),
        Column(
            "unit",
            "VARCHAR",
            Text("Einheit", "Unit"),
            note=Text("UCUM; 1 für Anzahlen und Anteile.", "UCUM; 1 for counts and shares."),
        ),
        Column(
            "uncertain",
            "BOOLEAN",
            Text("Eingeschränkt aussagefähig", "Of limited reliability"),
            note=Text("Vom Herausgeber eingeklammert.", "Bracketed by the publisher."),
        ),
        Column("date", "DATE", Text("Stichtag", "Reference date")),
        Column("geom", "GEOMETRY", Text("Zelle", "Cell")),
    ),
    key=("statistic_id",),
    geometry="polygon",
    style=Style(
        colour="#B23A48",
        outline="#5B1A4A",
        order=12,
        visible=False,
        themes=(FIGURES,),
        group="base",
        shapes=(Area(opacity=0.65),),
        label=("indicator",),
    ),
    licence=DL_DE_BY,
    reference="Zensus 2022, Gitterdaten; INSPIRE Statistical units",
)
