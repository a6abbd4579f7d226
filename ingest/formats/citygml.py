"""CityGML buildings, versions 1.0, 2.0 and 3.0."""

from __future__ import annotations

import re

from ingest.citygml.reader import read
from ingest.format import Format
from ingest.gml.prologue import prologue
from ingest.source_file import SourceFile
from twin.language import Text

_NAMESPACE = re.compile(r"http://www\.opengis\.net/citygml/[123]\.0\b")


def recognise(source: SourceFile) -> bool:
    """Whether the first element is a ``CityModel`` of CityGML 1.0, 2.0 or 3.0."""
    # Closed here, so that a file that ends within its first tag is told as damaged CityGML, not as unknown.
    found = prologue(source.head + b">")
    return found.root == "CityModel" and _NAMESPACE.search(found.attributes) is not None


FORMAT = Format(
    name="citygml",
    title=Text("CityGML-Gebäude", "CityGML buildings"),
    versions=("1.0", "2.0", "3.0"),
    layers=("building", "building_part", "building_surface", "building_mesh"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Texturen, Innenräume (LoD4), Öffnungen, Anbauten (BuildingInstallation), Geländeschnittlinien und alle "
        "Objektarten außer Gebäuden; letztere werden gezählt.",
        "Textures, interiors (LoD4), openings, building installations, terrain intersections, and all features "
        "but buildings; the latter are counted.",
    ),
    example="twin ingest LoD2_32_337_5728_1_NW.gml",
    suffixes=(".gml", ".xml", ".citygml"),
    licence=Text(
        "LoD2: dl-de/zero-2-0 in Nordrhein-Westfalen und Berlin, CC BY 4.0 in Bayern; sonst --licence.",
        "LoD2: dl-de/zero-2-0 in North Rhine-Westphalia and Berlin, CC BY 4.0 in Bavaria; else --licence.",
    ),
)
