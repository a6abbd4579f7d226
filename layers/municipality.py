"""Municipalities: name, key, population, area and border."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_BY
from twin.style import Style

LAYER = Layer(
    name="municipality",
    title=Text("Gemeinden", "Municipalities"),
    row=Text("eine Gemeinde", "a municipality"),
    description=Text(
        "Die Gemeinden des Kreises, ob sie beigetreten sind oder nicht. Amtliche Eckdaten sind offen und brauchen keine Zustimmung. Zeilen kommen mit den Grenzen; vorher nennt sie nur twin status.",
        "The municipalities of the district, whether they have joined or not. Official key figures are open and need no consent. Rows come with the borders; before that only twin status names them.",
    ),
    columns=(
        Column("name", "VARCHAR", Text("Name", "Name")),
        Column(
            "population",
            "INTEGER",
            Text("Einwohner", "Population"),
            unit="1",
            note=Text(
                "Aus der Grenzdatei; wo sie keine nennt, aus dem mitgelieferten Gemeindeverzeichnis (Destatis, 31.12.2018).",
                "Of the file of borders; where it names none, of the list that comes with the program (Destatis, 31 December 2018).",
            ),
        ),
        Column(
            "area",
            "DOUBLE",
            Text("Fläche", "Area"),
            unit="m2",
            note=Text(
                "Amtliche Fläche; aus der Grenzdatei oder dem mitgelieferten Gemeindeverzeichnis.",
                "Official area; of the file of borders or of the list that comes with the program.",
            ),
        ),
        Column("geom", "GEOMETRY", Text("Grenze", "Border")),
    ),
    key=("ags",),
    geometry="polygon",
    placement="district",
    style=Style(colour="#5B6770", outline="#5B6770", order=50, shapes=()),
    licence=DL_DE_BY,
    reference="INSPIRE Administrative Units",
)
