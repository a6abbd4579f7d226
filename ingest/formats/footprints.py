"""Building footprints: OpenStreetMap, Hausumringe, or any vector layer that says it holds buildings."""

from ingest.footprint.reader import TITLE, read, recognise
from ingest.format import Format
from ingest.vector.container import VERSIONS
from twin.language import Text

FORMAT = Format(
    name="footprints",
    title=TITLE,
    versions=tuple(title for kind, title in VERSIONS.items() if kind != "gml"),
    layers=("building", "building_surface", "building_mesh"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "building:part, Dachformen und alles außer Kennung, Nutzung, Höhe, Geschossen, Name, Adresse und Baujahr. Wo "
        "ein genaueres Gebäude steht, wird der Grundriss ihm zugeordnet (building_match) und nicht gezeichnet.",
        "building:part, roof shapes and all but id, function, height, storeys, name, address and year. Where a more "
        "detailed building stands, the footprint is matched to it (building_match) and not drawn.",
    ),
    example="twin ingest osm_buildings.gpkg",
    suffixes=(".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".fgb"),
    licence=Text(
        "OpenStreetMap: ODbL 1.0; Hausumringe der Länder: meist dl-de/zero-2-0. Bitte mit --licence nennen.",
        "OpenStreetMap: ODbL 1.0; the states' Hausumringe: mostly dl-de/zero-2-0. Please name it with --licence.",
    ),
)
