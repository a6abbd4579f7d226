"""Surfaces of buildings: walls, roofs, grounds, closures."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO

KINDS = ("wall", "roof", "ground", "closure", "outer_ceiling", "outer_floor")
"""Values of ``kind``; their places here are the codes in ``building_mesh.kinds``."""

LAYER = Layer(
    name="building_surface",
    title=Text("Gebäudeflächen", "Building surfaces"),
    row=Text("eine Wand-, Dach-, Boden- oder Abschlussfläche", "a wall, roof, ground or closure surface"),
    description=Text(
        "Flächen der Gebäude mit Größe und Ausrichtung, etwa für Solarpotenzial und Dämmung.",
        "Surfaces of buildings with size and orientation, for instance for solar potential and insulation.",
    ),
    columns=(
        Column(
            "surface_id",
            "VARCHAR",
            Text("Flächenkennung", "Surface id"),
            source="gml:id",
            note=Text("Erzeugt, wo die Quelle keine hat.", "Made where the source has none."),
        ),
        Column("building_id", "VARCHAR", Text("Gebäudekennung", "Building id")),
        Column(
            "part_id",
            "VARCHAR",
            Text("Teilkennung", "Part id"),
            note=Text(
                "Leer, wenn die Fläche dem Gebäude selbst gehört.", "Empty if the surface is the building's own."
            ),
        ),
        Column(
            "surface_index",
            "INTEGER",
            Text("Nummer", "Number"),
            unit="1",
            note=Text(
                "Zählt die Flächen eines Gebäudes ab 0; verbindet mit building_mesh.surfaces.",
                "Counts a building's surfaces from 0; joins to building_mesh.surfaces.",
            ),
        ),
        Column(
            "kind",
            "VARCHAR",
            Text("Art", "Kind"),
            note=Text(
                "wall, roof, ground, closure, outer_ceiling, outer_floor.",
                "wall, roof, ground, closure, outer_ceiling, outer_floor.",
            ),
        ),
        Column(
            "area",
            "DOUBLE",
            Text("Fläche", "Area"),
            unit="m2",
            note=Text("Wahre Fläche im Raum, Löcher abgezogen.", "True area in space, holes taken off."),
        ),
        Column(
            "azimuth",
            "DOUBLE",
            Text("Ausrichtung", "Azimuth"),
            unit="deg",
            note=Text(
                "Richtung der Flächennormalen, 0 Nord, 90 Ost, [0, 360); leer für waagerechte Flächen.",
                "Direction of the outward normal, 0 north, 90 east, [0, 360); empty for level surfaces.",
            ),
        ),
        Column(
            "tilt",
            "DOUBLE",
            Text("Neigung", "Tilt"),
            unit="deg",
            note=Text(
                "Winkel der Normalen zum Zenit: 0 nach oben, 90 Wand, 180 nach unten.",
                "Angle of the normal to the zenith: 0 up, 90 wall, 180 down.",
            ),
        ),
    ),
    key=("building_id", "surface_index"),
    consent="building",
    licence=DL_DE_ZERO,
    reference="OGC CityGML 2.0 BoundarySurface",
)
