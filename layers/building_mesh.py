"""Triangle meshes of buildings, made once at ingest."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO

LAYER = Layer(
    name="building_mesh",
    title=Text("Gebäudenetze", "Building meshes"),
    row=Text("das Dreiecksnetz eines Gebäudes", "the triangle mesh of a building"),
    description=Text(
        "Dreiecke aller Flächen eines Gebäudes um einen örtlichen Nullpunkt. Kein Eckpunkt wird von zwei Flächen geteilt.",
        "Triangles of all surfaces of a building about a local origin. No vertex is shared by two surfaces.",
    ),
    columns=(
        Column("building_id", "VARCHAR", Text("Gebäudekennung", "Building id")),
        Column("origin_x", "DOUBLE", Text("Ursprung Ost", "Origin east"), unit="m"),
        Column("origin_y", "DOUBLE", Text("Ursprung Nord", "Origin north"), unit="m"),
        Column(
            "origin_z",
            "DOUBLE",
            Text("Ursprung Höhe", "Origin height"),
            unit="m",
            note=Text("Bodenhöhe des Gebäudes.", "Ground height of the building."),
        ),
        Column(
            "vertices",
            "FLOAT[]",
            Text("Eckpunkte", "Vertices"),
            unit="m",
            note=Text(
                "x, y, z je Eckpunkt, bezogen auf den Ursprung.", "x, y, z of each vertex, relative to the origin."
            ),
        ),
        Column(
            "faces",
            "UINTEGER[]",
            Text("Dreiecke", "Triangles"),
            note=Text(
                "Drei Eckpunktnummern je Dreieck, von außen gegen den Uhrzeigersinn.",
                "Three vertex numbers a triangle, counter-clockwise from outside.",
            ),
        ),
        Column(
            "kinds",
            "UTINYINT[]",
            Text("Flächenart je Dreieck", "Kind of each triangle"),
            note=Text(
                "0 Wand, 1 Dach, 2 Boden, 3 Abschluss, 4 Außendecke, 5 Außenboden.",
                "0 wall, 1 roof, 2 ground, 3 closure, 4 outer ceiling, 5 outer floor.",
            ),
        ),
        Column(
            "surfaces",
            "UINTEGER[]",
            Text("Flächennummer je Dreieck", "Surface number of each triangle"),
            note=Text("building_surface.surface_index.", "building_surface.surface_index."),
        ),
    ),
    key=("building_id",),
    consent="building",
    licence=DL_DE_ZERO,
    reference="Khronos glTF 2.0 mesh primitives (triangles)",
)
