"""Parts of buildings, as the source splits them."""

from twin.language import Text
from twin.layer import Column, Layer
from twin.provenance import DL_DE_ZERO

LAYER = Layer(
    name="building_part",
    title=Text("Gebäudeteile", "Building parts"),
    row=Text("ein Gebäudeteil", "a building part"),
    description=Text(
        "Teile eines Gebäudes mit eigener Dachform oder Höhe. Ein Gebäude ohne Teile hat hier keine Zeile.",
        "Parts of a building with a roof or height of their own. A building without parts has no row here.",
    ),
    columns=(
        Column("part_id", "VARCHAR", Text("Teilkennung", "Part id"), source="gml:id"),
        Column("building_id", "VARCHAR", Text("Gebäudekennung", "Building id"), source="gml:id"),
        Column("function_code", "VARCHAR", Text("Nutzungsschlüssel", "Function code"), source="bldg:function"),
        Column("function", "VARCHAR", Text("Nutzung", "Function"), codes="building_function"),
        Column("roof_code", "VARCHAR", Text("Dachformschlüssel", "Roof code"), source="bldg:roofType"),
        Column("roof_type", "VARCHAR", Text("Dachform", "Roof type"), codes="roof_type"),
        Column("measured_height", "DOUBLE", Text("Höhe", "Height"), unit="m", source="bldg:measuredHeight"),
        Column(
            "storeys_above_ground", "INTEGER", Text("Geschosse", "Storeys"), unit="1", source="bldg:storeysAboveGround"
        ),
        Column("ground_height", "DOUBLE", Text("Bodenhöhe", "Ground height"), unit="m"),
        Column("roof_height", "DOUBLE", Text("Firsthöhe", "Ridge height"), unit="m"),
        Column("volume", "DOUBLE", Text("Volumen", "Volume"), unit="m3"),
        Column("closed", "BOOLEAN", Text("Hülle geschlossen", "Shell closed")),
        Column("footprint_area", "DOUBLE", Text("Grundfläche", "Footprint area"), unit="m2"),
        Column("lod", "INTEGER", Text("Detaillierungsgrad", "Level of detail"), unit="1"),
        Column("geom", "GEOMETRY", Text("Grundriss", "Footprint")),
    ),
    key=("part_id",),
    geometry="polygon",
    consent="building",
    licence=DL_DE_ZERO,
    reference="OGC CityGML 2.0 BuildingPart",
)
