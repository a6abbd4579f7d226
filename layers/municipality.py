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
        "Die Gemeinden des Kreises, ob sie beigetreten sind oder nicht. Amtliche Eckdaten sind offen und brauchen keine Zustimmung.",
        "The municipalities of the district, whether they have joined or not. Official key figures are open and need no consent.",
    ),
    columns=(
        Column("name", "VARCHAR", Text("Name", "Name")),
        Column("population", "INTEGER", Text("Einwohner", "Population"), unit="1"),
        Column("area", "DOUBLE", Text("Fläche", "Area"), unit="m2", note=Text("Amtliche Fläche.", "Official area.")),
        Column("geom", "GEOMETRY", Text("Grenze", "Border")),
    ),
    key=("ags",),
    geometry="polygon",
    placement="district",
    style=Style(colour="#5B6770", outline="#5B6770", order=50, shapes=()),
    licence=DL_DE_BY,
    reference="INSPIRE Administrative Units",
)
