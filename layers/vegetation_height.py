"""Height of trees and shrubs above the ground, in raster tiles."""

from twin.language import Text
from twin.layer import Column, Layer

LAYER = Layer(
    name="vegetation_height",
    title=Text("Bewuchshöhe", "Vegetation height"),
    row=Text("eine Rasterkachel", "a raster tile"),
    description=Text(
        "Höhe von Bäumen und Sträuchern über dem Gelände, aus klassifizierten Laserpunkten; ohne Bewuchs 0. Gebaut wie terrain, gelesen über Fenster.",
        "Height of trees and shrubs above the ground, from classified laser points; 0 where nothing grows. Laid out like terrain, read by windows.",
    ),
    columns=(
        Column(
            "tile_id",
            "VARCHAR",
            Text("Kachel", "Tile"),
            note=Text(
                "Zellgröße, Spalte und Zeile im Kachelgitter.", "Cell size, column and row in the grid of tiles."
            ),
        ),
        Column("cell_size", "DOUBLE", Text("Zellgröße", "Cell size"), unit="m"),
        Column(
            "west",
            "DOUBLE",
            Text("Westrand", "West edge"),
            unit="m",
            note=Text("Außenkante der ersten Zelle.", "Outer edge of the first cell."),
        ),
        Column("south", "DOUBLE", Text("Südrand", "South edge"), unit="m"),
        Column("east", "DOUBLE", Text("Ostrand", "East edge"), unit="m"),
        Column("north", "DOUBLE", Text("Nordrand", "North edge"), unit="m"),
        Column("columns", "INTEGER", Text("Spalten", "Columns"), unit="1"),
        Column("rows", "INTEGER", Text("Zeilen", "Rows"), unit="1"),
        Column("lowest", "DOUBLE", Text("Kleinste Höhe", "Lowest"), unit="m"),
        Column("highest", "DOUBLE", Text("Größte Höhe", "Highest"), unit="m"),
        Column("missing", "INTEGER", Text("Zellen ohne Wert", "Cells without value"), unit="1"),
        Column(
            "pixels",
            "BLOB",
            Text("Bildpunkte", "Pixels"),
            unit="mm",
            note=Text(
                "Siehe twin.geometry.raster: verlustfrei auf 1 mm.", "See twin.geometry.raster: lossless to 1 mm."
            ),
        ),
        Column("geom", "GEOMETRY", Text("Umring", "Extent")),
    ),
    key=("tile_id",),
    geometry="polygon",
    placement="raster",
    reference="ASPRS LAS 1.4: Klassen 3–5",
)
