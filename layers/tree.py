"""Trees of municipal registers: one point a tree."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Ramp, Style, Tree

HEIGHTS = Ramp(
    name="height",
    title=Text("Höhe", "Height"),
    column="height",
    stops=((0.0, "#DCE8C4"), (8.0, "#9DBF7F"), (16.0, "#5E9150"), (25.0, "#2F6B3A"), (40.0, "#123F22")),
)

LAYER = Layer(
    name="tree",
    title=Text("Bäume", "Trees"),
    row=Text("ein Baum", "a tree"),
    description=Text(
        "Bäume der kommunalen Baumkataster, meist nur die an Straßen und in Anlagen. Maße sind geschätzt oder gemessen, je nach Kataster; "
        "eine Null und unmögliche Maße gelten als unbekannt.",
        "Trees of municipal registers, mostly those along streets and in parks. Sizes are estimated or measured, as the register has them; "
        "a zero and impossible sizes count as unknown.",
    ),
    columns=(
        Column(
            "tree_id",
            "VARCHAR",
            Text("Baumkennung", "Tree id"),
            note=Text(
                "Aus der Lage gebildet, wo die Quelle keine hat.", "Made of the position where the source has none."
            ),
        ),
        Column(
            "species",
            "VARCHAR",
            Text("Art", "Species"),
            note=Text(
                "Botanischer Name, mit Sorte; wo die Quelle nicht trennt, ihr ganzer Text.",
                "Botanical name with cultivar; the whole text where the source does not separate.",
            ),
        ),
        Column("species_german", "VARCHAR", Text("Deutscher Name", "German name")),
        Column(
            "height",
            "DOUBLE",
            Text("Höhe", "Height"),
            unit="m",
            note=Text(
                "Leer, wo die Quelle 0 oder mehr als 70 m nennt.", "Empty where the source says 0 or more than 70 m."
            ),
        ),
        Column(
            "crown_diameter",
            "DOUBLE",
            Text("Kronendurchmesser", "Crown diameter"),
            unit="m",
            note=Text(
                "Leer, wo die Quelle 0 oder mehr als 50 m nennt.", "Empty where the source says 0 or more than 50 m."
            ),
        ),
        Column(
            "trunk_girth",
            "DOUBLE",
            Text("Stammumfang", "Trunk girth"),
            unit="cm",
            note=Text(
                "In 1 m bis 1,3 m Höhe; aus dem Durchmesser, wo die Quelle nur ihn nennt.",
                "At 1 m to 1.3 m above ground; from the diameter where the source has only that.",
            ),
        ),
        Column("year_planted", "INTEGER", Text("Pflanzjahr", "Year planted")),
        Column(
            "location",
            "VARCHAR",
            Text("Standort", "Location"),
            note=Text("Straße, Anlage oder Beschreibung.", "Street, park or description."),
        ),
        Column("geom", "GEOMETRY", Text("Lage", "Position")),
    ),
    key=("tree_id",),
    geometry="point",
    style=Style(
        colour="#5E9150",
        order=45,
        themes=(HEIGHTS,),
        group="nature",
        shapes=(Tree(species=("species", "species_german")),),
        label=("species_german", "species"),
    ),
    reference="GALK Baumkataster; INSPIRE Plant cover",
)
