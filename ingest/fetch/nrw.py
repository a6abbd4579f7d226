"""North Rhine-Westphalia: what Geobasis NRW gives away on opengeodata.nrw.de.

Folders, names of files and the form of ``index.json`` are taken from public programs that read the portal
(for ``hm/dgm1_tiff`` and ``3dg/lod2_gml`` from 2026; for the orthophotos, which have moved twice, from 2022 to 2026).
"""

from ingest.fetch.state import Product, State
from twin.language import Text
from twin.provenance import DL_DE_ZERO

_CRS = "EPSG:25832"
_SQUARE = r"(?P<east>\d{3})_(?P<north>\d{4})"
_XML = (b"<?xml", b"\xef\xbb\xbf<?xml", b"<core:CityModel", b"<CityModel")
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_JP2 = (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")
_ZIP = (b"PK\x03\x04",)

STATE = State(
    name="nrw",
    title=Text("Nordrhein-Westfalen", "North Rhine-Westphalia"),
    publisher="Geobasis NRW",
    base_url="https://www.opengeodata.nrw.de/produkte/geobasis/",
    prefix="05",
    products=(
        Product(
            name="dgm1",
            title=Text("Geländemodell, 1 m (DGM1)", "Terrain model, 1 m (DGM1)"),
            layers=("terrain",),
            folders=("hm/dgm1_tiff/dgm1_tiff/",),
            pattern=rf"dgm1_32_{_SQUARE}_1_nw(?:_(?P<year>\d{{4}}))?\.tif",
            licence=DL_DE_ZERO,
            crs=_CRS,
            begins=_TIFF,
        ),
        Product(
            name="lod2",
            title=Text("3D-Gebäude (LoD2)", "3D buildings (LoD2)"),
            layers=("building",),
            folders=("3dg/lod2_gml/lod2_gml/",),
            pattern=rf"LoD2_32_{_SQUARE}_1_NW\.gml",
            licence=DL_DE_ZERO,
            crs=_CRS,
            begins=_XML,
            # Buildings overhang the edge of their tile by up to 37 m (tiles of Wesel).
            reach=50.0,
        ),
        Product(
            name="alkis",
            title=Text("Liegenschaftskataster, vereinfacht (GeoPackage)", "Cadastre, simplified (GeoPackage)"),
            layers=("parcel", "land_use", "building"),
            folders=("lk/akt/gru_vereinfacht_gpkg/",),
            pattern=r"gru_vereinf(?:acht)?_(?P<key>\d{8})_.+_EPSG25832_GeoPackage\.zip",
            licence=DL_DE_ZERO,
            crs=_CRS,
            begins=_ZIP,
            largest=16 << 30,
        ),
        Product(
            name="alkis_wfs",
            title=Text("Liegenschaftskataster, vereinfacht (WFS)", "Cadastre, simplified (WFS)"),
            layers=("parcel", "land_use", "building"),
            folders=(),
            pattern=r"(?P<key>\d{8})-.+\.gml",
            licence=DL_DE_ZERO,
            crs=_CRS,
            begins=_XML,
            service="https://www.wfs.nrw.de/geobasis/wfs_nw_alkis_vereinfacht",
        ),
        Product(
            name="dop",
            title=Text("Luftbilder, 10 cm (DOP)", "Orthophotos, 10 cm (DOP)"),
            layers=("orthophoto",),
            folders=("lusat/akt/dop/dop_jp2_f10/", "lusat/dop/dop_jp2_f10/", "lbi/dop/dop_jp2_f10/"),
            # Older tiles lack a sign after the zone.
            pattern=rf"dop10rgbi_32_?{_SQUARE}_1_nw(?:_(?P<year>\d{{4}}))?\.jp2",
            licence=DL_DE_ZERO,
            crs=_CRS,
            begins=_JP2,
            companions=(".j2w", ".jp2.aux.xml"),
        ),
        Product(
            name="laz",
            title=Text("Laserpunkte (3D-Messdaten)", "Laser points (3D-Messdaten)"),
            layers=("vegetation_height",),
            folders=("hm/3dm_l_las/3dm_l_las/",),
            pattern=rf"3dm_32_{_SQUARE}_1_nw(?:_(?P<year>\d{{4}}))?\.laz",
            licence=DL_DE_ZERO,
            crs=_CRS,
            begins=(b"LASF",),
        ),
    ),
)
