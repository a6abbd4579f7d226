"""Height of trees and shrubs above the ground, in raster tiles."""

from dataclasses import replace

from layers.terrain import LAYER as TERRAIN
from twin.language import Text
from twin.layer import Layer

_TITLES = {"lowest": Text("Kleinste Höhe", "Lowest"), "highest": Text("Größte Höhe", "Highest")}

LAYER = Layer(
    name="vegetation_height",
    title=Text("Bewuchshöhe", "Vegetation height"),
    row=Text("eine Rasterkachel", "a raster tile"),
    description=Text(
        "Höhe von Bäumen und Sträuchern über dem Gelände, aus klassifizierten Laserpunkten; ohne Bewuchs 0. Gebaut wie terrain, gelesen über Fenster.",
        "Height of trees and shrubs above the ground, from classified laser points; 0 where nothing grows. Laid out like terrain, read by windows.",
    ),
    # Laid out like terrain, pixel for pixel: what reads and cuts the one does the other.
    columns=tuple(replace(column, title=_TITLES.get(column.name, column.title)) for column in TERRAIN.columns),
    key=("tile_id",),
    geometry="polygon",
    placement="raster",
    reference="ASPRS LAS 1.4: Klassen 3–5",
)
