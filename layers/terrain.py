"""Terrain: the digital terrain model in raster tiles."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO
from twin.style import Style

LAYER = Layer(
    name="terrain",
    title=Text("Gelände", "Terrain"),
    row=Text("eine Rasterkachel", "a raster tile"),
    description=Text(
        "Geländehöhen ohne Gebäude und Bewuchs. Die Bildpunkte einer Kachel liegen in ihrer Zeile; gelesen werden sie über Fenster.",
        "Heights of the bare ground. The pixels of a tile lie in its row; they are read by windows.",
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
        Column("lowest", "DOUBLE", Text("Tiefster Punkt", "Lowest"), unit="m"),
        Column("highest", "DOUBLE", Text("Höchster Punkt", "Highest"), unit="m"),
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
    style=Style(colour="#A8B58A", order=0, shapes=()),
    licence=DL_DE_ZERO,
    reference="AdV DGM; INSPIRE Elevation",
)
