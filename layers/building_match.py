"""Footprints that gave way to a better building: which building stands for them, and what they said of it."""

from twin.language import Text
from twin.layer import Column, Layer

LAYER = Layer(
    name="building_match",
    title=Text("Zugeordnete Grundrisse", "Matched footprints"),
    row=Text(
        "ein Grundriss, an dessen Stelle ein besseres Gebäude steht", "a footprint whose place a better building has"
    ),
    description=Text(
        "Ein Gebäude, das mehrere Quellen beschreiben, steht einmal in building: mit dem höheren Detaillierungsgrad, bei gleichem aus "
        "der amtlicheren Quelle. Der andere Grundriss bleibt hier mit seiner Kennung und seinen Angaben. Dasselbe Gebäude sind zwei, "
        "wenn sie sich auf mehr als der Hälfte des kleineren decken.",
        "A building that several sources describe stands in building once: with the higher level of detail, or from the more official "
        "source. The other footprint stays here with its id and what it says. Two are one building where they share more than half of "
        "the smaller.",
    ),
    columns=(
        Column(
            "building_id",
            "VARCHAR",
            Text("Gebäudekennung", "Building id"),
            note=Text("Das Gebäude, das steht.", "The building that stands."),
        ),
        Column(
            "matched_id",
            "VARCHAR",
            Text("Kennung des Grundrisses", "Footprint id"),
            note=Text("Kennung in der Quelle, die zurücktritt.", "Id in the source that gave way."),
        ),
        Column(
            "overlap",
            "DOUBLE",
            Text("Überdeckung", "Overlap"),
            unit="1",
            note=Text("Gemeinsame Fläche, Anteil am kleineren der beiden.", "Shared area, as a share of the smaller."),
        ),
        Column("source_object", "VARCHAR", Text("Herkunft", "Origin")),
        Column("function_code", "VARCHAR", Text("Nutzungsschlüssel", "Function code")),
        Column("function", "VARCHAR", Text("Nutzung", "Function"), codes="building_function"),
        Column("storeys_above_ground", "INTEGER", Text("Geschosse", "Storeys"), unit="1"),
        Column("measured_height", "DOUBLE", Text("Höhe", "Height"), unit="m"),
        Column("height_source", "VARCHAR", Text("Quelle der Dachhöhe", "Source of roof height"), codes="height_source"),
        Column("address", "VARCHAR", Text("Adresse", "Address")),
        Column("name", "VARCHAR", Text("Name", "Name")),
        Column("year_of_construction", "INTEGER", Text("Baujahr", "Year of construction")),
        Column("attributes", "VARCHAR", Text("Weitere Angaben", "Further attributes")),
        Column("lod", "INTEGER", Text("Detaillierungsgrad", "Level of detail"), unit="1"),
        Column("geom", "GEOMETRY", Text("Grundriss", "Footprint")),
    ),
    key=("building_id", "matched_id"),
    geometry="polygon",
    consent="building",
    reference="AdV HU-DE; OpenStreetMap",
)
