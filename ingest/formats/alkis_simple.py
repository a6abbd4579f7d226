"""ALKIS in the simplified schema (ave:), as states give it away: WFS reply, GeoPackage, Shapefile."""

from ingest.alkis_simple.document import TITLE
from ingest.alkis_simple.reader import read, recognise
from ingest.format import Format
from twin.language import Text

FORMAT = Format(
    name="alkis_simple",
    title=TITLE,
    versions=("ave 1.0, 2.0: GML (WFS 1.1, 2.0)", "GeoPackage", "ESRI Shapefile", "GeoJSON", "FlatGeobuf"),
    layers=("parcel", "land_use", "building", "building_surface", "building_mesh"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Bauteile, Bauwerke und Unterirdisches: gezählt. NutzungFlurstueck, wo es Nutzung gibt. Katasterbezirke, "
        "Verwaltungseinheiten, Punkte. Eigentümer: nie gelesen. Gebäude werden auf eine angenommene Höhe gebracht.",
        "Building parts, works and what is underground: counted. NutzungFlurstueck where there is Nutzung. Cadastral "
        "districts, administrative units, points. Owners: never read. Buildings get an assumed height.",
    ),
    example="twin ingest alkis_vereinfacht.gpkg",
    suffixes=(".gml", ".xml", ".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".fgb"),
    licence=Text(
        "In Nordrhein-Westfalen dl-de/zero-2-0; die Datei nennt keine: --licence.",
        "In North Rhine-Westphalia dl-de/zero-2-0; the file names none: --licence.",
    ),
)
