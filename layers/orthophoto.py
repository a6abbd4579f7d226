"""Orthophotos: aerial pictures, corrected to lie on the map, in tiles."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.style import Style

LAYER = Layer(
    name="orthophoto",
    title=Text("Luftbild", "Orthophoto"),
    row=Text("eine Bildkachel", "a tile of a picture"),
    description=Text(
        "Entzerrte Luftbilder. Jedes Pixel gehört der Gemeinde, in der seine Mitte liegt; nur diese gibt es frei. Gelesen werden Bilder über Fenster.",
        "Aerial pictures without distortion. Each pixel belongs to the municipality that its centre lies in, and to no other; pictures are read by windows.",
    ),
    columns=(
        Column(
            "tile_id",
            "VARCHAR",
            Text("Kachel", "Tile"),
            note=Text(
                "Farben, Zellgröße, Spalte und Zeile im Kachelgitter.",
                "Colours, cell size, column and row in the grid of tiles.",
            ),
        ),
        Column("kind", "VARCHAR", Text("Farben", "Colours"), codes="orthophoto_kind"),
        Column("cell_size", "DOUBLE", Text("Bodenauflösung", "Ground resolution"), unit="m"),
        Column(
            "west",
            "DOUBLE",
            Text("Westrand", "West edge"),
            unit="m",
            note=Text("Außenkante des ersten Pixels.", "Outer edge of the first pixel."),
        ),
        Column("south", "DOUBLE", Text("Südrand", "South edge"), unit="m"),
        Column("east", "DOUBLE", Text("Ostrand", "East edge"), unit="m"),
        Column("north", "DOUBLE", Text("Nordrand", "North edge"), unit="m"),
        Column("columns", "INTEGER", Text("Spalten", "Columns"), unit="1"),
        Column("rows", "INTEGER", Text("Zeilen", "Rows"), unit="1"),
        Column("missing", "INTEGER", Text("Pixel ohne Bild", "Pixels without picture"), unit="1"),
        Column(
            "year",
            "INTEGER",
            Text("Jahr der Befliegung", "Year of the flight"),
            unit="a",
            note=Text("Wie der Dateiname es nennt.", "As the file's name gives it."),
        ),
        Column(
            "flight_date",
            "DATE",
            Text("Tag der Befliegung", "Day of the flight"),
            note=Text("Aus den Angaben der Datei oder ihrem Namen.", "From the file's metadata or its name."),
        ),
        Column(
            "pixels",
            "BLOB",
            Text("Bildpunkte", "Pixels"),
            note=Text("JPEG; siehe twin.geometry.picture.", "JPEG; see twin.geometry.picture."),
        ),
        Column(
            "mask",
            "BLOB",
            Text("Maske", "Mask"),
            note=Text(
                "Welche Pixel ein Bild haben; leer, wenn alle.", "Which pixels have a picture; null if all have."
            ),
        ),
        Column("geom", "GEOMETRY", Text("Umring", "Extent")),
    ),
    key=("tile_id",),
    geometry="polygon",
    placement="raster",
    style=Style(colour="#6F7F5A", order=1, visible=False, shapes=()),
    reference="AdV DOP; INSPIRE Orthoimagery",
)
