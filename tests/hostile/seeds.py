# ruff: noqa: E501 (a piece of GML is read as one line)
"""A small whole file of every format, near one place, as its authority would deliver it."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import shapely
from pyproj import Transformer
from rasterio.io import MemoryFile
from seeds_sensors import dwd_archive, dwd_report, luqs, pegel_online, sensor_things
from seeds_surveys import alkis_simple, gtfs, laz

EAST, NORTH = 440_000, 5_710_000
"""South-west corner of all that the seeds hold; see `BORDER`. [m]"""

BORDER = shapely.box(EAST - 5_000, NORTH - 5_000, EAST + 5_000, NORTH + 5_000)

Seed = tuple[str, bytes]
"""Name of the file and what it holds."""


def citygml() -> Seed:
    """Two houses, one of them in parts."""
    houses = "".join(_house(number) for number in range(2))
    return "LoD2_32_440_5710_1_NW.gml", (
        '<?xml version="1.0" encoding="UTF-8"?>\n<core:CityModel xmlns:core="http://www.opengis.net/citygml/1.0" '
        'xmlns:bldg="http://www.opengis.net/citygml/building/1.0" xmlns:gen="http://www.opengis.net/citygml/generics/1.0" '
        'xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<gml:boundedBy><gml:Envelope srsDimension="3" srsName="urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH*GCG2016">'
        f"<gml:lowerCorner>{EAST} {NORTH} 80</gml:lowerCorner><gml:upperCorner>{EAST + 1000} {NORTH + 1000} 99"
        f"</gml:upperCorner></gml:Envelope></gml:boundedBy>{houses}</core:CityModel>\n"
    ).encode()


def _house(number: int) -> str:
    west, south, low, high = EAST + 30 * number, NORTH, 80, 86
    ground = [(west, south), (west, south + 8), (west + 10, south + 8), (west + 10, south)]
    rings = {"Ground": [[(x, y, low) for x, y in ground]], "Roof": [[(x, y, high) for x, y in reversed(ground)]]}
    rings["Wall"] = [
        [(*b, low), (*a, low), (*a, high), (*b, high)] for a, b in zip(ground, ground[1:] + ground[:1], strict=True)
    ]
    surfaces = ""
    for kind, faces in rings.items():
        for face, corners in enumerate(faces):
            numbers = " ".join(f"{x}.0 {y}.0 {z}.0" for x, y, z in [*corners, corners[0]])
            surfaces += (
                f'<bldg:boundedBy><bldg:{kind}Surface gml:id="{kind}{number}_{face}"><bldg:lod2MultiSurface>'
                f"<gml:MultiSurface><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing>"
                f'<gml:posList srsDimension="3">{numbers}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>'
                f"</gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:{kind}Surface></bldg:boundedBy>"
            )
    return (
        f'<core:cityObjectMember><bldg:Building gml:id="DENW_{number}"><core:creationDate>2020-01-01</core:creationDate>'
        '<gen:stringAttribute name="Gemeindeschluessel"><gen:value>05974040</gen:value></gen:stringAttribute>'
        "<bldg:function>31001_1010</bldg:function><bldg:roofType>1000</bldg:roofType>"
        '<bldg:measuredHeight uom="urn:adv:uom:m">6.0</bldg:measuredHeight>'
        f"<bldg:storeysAboveGround>2</bldg:storeysAboveGround>{surfaces}</bldg:Building></core:cityObjectMember>"
    )


def cityjson() -> Seed:
    """A box."""
    corners = [[x, y, z] for z in (0, 6000) for x, y in ((0, 0), (10000, 0), (10000, 8000), (0, 8000))]
    faces = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    kinds = ["GroundSurface", "RoofSurface", "WallSurface"]
    return "block.city.json", json.dumps(
        {
            "type": "CityJSON",
            "version": "2.0",
            "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/25832"},
            "transform": {"scale": [0.001, 0.001, 0.001], "translate": [EAST, NORTH, 80]},
            "CityObjects": {
                "house": {
                    "type": "Building",
                    "attributes": {"measuredHeight": 6.0, "roofType": "1000", "storeysAboveGround": 2},
                    "geometry": [
                        {
                            "type": "Solid",
                            "lod": "2.2",
                            "boundaries": [[[face] for face in faces]],
                            "semantics": {
                                "surfaces": [{"type": kind} for kind in kinds],
                                "values": [[0, 1, 2, 2, 2, 2]],
                            },
                        }
                    ],
                }
            },
            "vertices": corners,
        }
    ).encode()


def xplan() -> Seed:
    """A plan with one area."""

    def square(size: int) -> str:
        ring = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
        numbers = " ".join(f"{EAST + x} {NORTH + y}" for x, y in ring)
        return (
            f'<gml:Polygon srsName="EPSG:25832" gml:id="g{size}"><gml:exterior><gml:LinearRing><gml:posList>{numbers}'
            "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
        )

    return "bplan.gml", (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xplan:XPlanAuszug xmlns:xplan="http://www.xplanung.de/xplangml/6/0" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink" gml:id="G">'
        '<gml:featureMember><xplan:BP_Plan gml:id="P"><xplan:name>Am Anger</xplan:name><xplan:nummer>12</xplan:nummer>'
        f"<xplan:raeumlicherGeltungsbereich>{square(100)}</xplan:raeumlicherGeltungsbereich>"
        '<xplan:bereich xlink:href="#B"/><xplan:rechtsstand>4000</xplan:rechtsstand></xplan:BP_Plan></gml:featureMember>'
        '<gml:featureMember><xplan:BP_Bereich gml:id="B"><xplan:gehoertZuPlan xlink:href="#P"/></xplan:BP_Bereich>'
        '</gml:featureMember><gml:featureMember><xplan:BP_BaugebietsTeilFlaeche gml:id="A">'
        f'<xplan:gehoertZuBereich xlink:href="#B"/><xplan:position>{square(90)}</xplan:position>'
        "<xplan:flaechenschluss>true</xplan:flaechenschluss><xplan:GFZ>1.2</xplan:GFZ><xplan:GRZ>0.4</xplan:GRZ>"
        "<xplan:Z>2</xplan:Z><xplan:besondereArtDerBaulNutzung>1200</xplan:besondereArtDerBaulNutzung>"
        "</xplan:BP_BaugebietsTeilFlaeche></gml:featureMember></xplan:XPlanAuszug>\n"
    ).encode()


def nas() -> Seed:
    """Two parcels and a house."""

    def ring(west: int, size: int) -> str:
        corners = [(west, 0), (west + size, 0), (west + size, size), (west, size), (west, 0)]
        members = "".join(
            f"<gml:curveMember><gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>{EAST + a[0]}.000 "
            f"{NORTH + a[1]}.000 {EAST + b[0]}.000 {NORTH + b[1]}.000</gml:posList></gml:LineStringSegment>"
            "</gml:segments></gml:Curve></gml:curveMember>"
            for a, b in pairwise(corners)
        )
        return (
            '<position><gml:Surface srsName="urn:adv:crs:ETRS89_UTM32"><gml:patches><gml:PolygonPatch><gml:exterior>'
            f"<gml:Ring>{members}</gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface></position>"
        )

    life = (
        "<lebenszeitintervall><AA_Lebenszeitintervall><beginnt>2024-01-01T00:00:00Z</beginnt></AA_Lebenszeitintervall>"
        "</lebenszeitintervall>"
    )
    parcels = "".join(
        f'<gml:featureMember><AX_Flurstueck gml:id="DENWF{n}">{life}{ring(40 * n, 30)}<gemarkung><AX_Gemarkung_Schluessel>'
        "<land>05</land><gemarkungsnummer>1234</gemarkungsnummer></AX_Gemarkung_Schluessel></gemarkung>"
        f"<flurstuecksnummer><AX_Flurstuecksnummer><zaehler>{n + 1}</zaehler></AX_Flurstuecksnummer></flurstuecksnummer>"
        f"<flurstueckskennzeichen>0512340010000{n + 1}______</flurstueckskennzeichen><amtlicheFlaeche>900"
        "</amtlicheFlaeche><flurnummer>1</flurnummer><gemeindezugehoerigkeit><AX_Gemeindekennzeichen><land>05</land>"
        "<regierungsbezirk>9</regierungsbezirk><kreis>74</kreis><gemeinde>040</gemeinde></AX_Gemeindekennzeichen>"
        "</gemeindezugehoerigkeit></AX_Flurstueck></gml:featureMember>"
        for n in range(2)
    )
    house = (
        f'<gml:featureMember><AX_Gebaeude gml:id="DENWG1">{life}{ring(5, 10)}<gebaeudefunktion>1010</gebaeudefunktion>'
        "</AX_Gebaeude></gml:featureMember>"
    )
    return "bestand.xml", (
        '<?xml version="1.0" encoding="UTF-8"?>\n<AX_Bestandsdatenauszug '
        'xmlns="http://www.adv-online.de/namespaces/adv/gid/7.1" xmlns:gml="http://www.opengis.net/gml/3.2" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"><enthaelt><FeatureCollection>'
        f"{parcels}{house}</FeatureCollection></enthaelt></AX_Bestandsdatenauszug>\n"
    ).encode()


def address_wfs() -> Seed:
    """Five addresses of a feature service."""
    members = "".join(
        f'<wfs:member><a:Hauskoordinaten gml:id="H.{n}"><a:STRNAME>Am Anger</a:STRNAME><a:HSNR>{n + 1}</a:HSNR>'
        f"<a:PLZ>59494</a:PLZ><a:ORT>Musterstadt</a:ORT><a:AGS>05974040</a:AGS><a:SHAPE>"
        f'<gml:Point srsName="urn:ogc:def:crs:EPSG::102329"><gml:pos>{NORTH + n}.5 32{EAST + n}.25</gml:pos></gml:Point>'
        "</a:SHAPE></a:Hauskoordinaten></wfs:member>"
        for n in range(5)
    )
    return "adressen.gml", (
        '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        f'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:a="https://a">{members}</wfs:FeatureCollection>\n'
    ).encode()


def orthophoto() -> Seed:
    """A picture of 100 by 100 cells."""
    shades = np.add.outer(np.arange(100), np.arange(100)).astype("uint8")
    return "dop_32_440_5710.tif", _tiff(np.stack([shades, shades.T, 255 - shades]), "uint8", 0.5, photometric="rgb")


def footprints() -> Seed:
    """Three houses of OpenStreetMap."""
    places = [shapely.box(EAST + 20 * n, NORTH, EAST + 20 * n + 10, NORTH + 8) for n in range(3)]
    frame = geopandas.GeoDataFrame(
        {"osm_id": ["1", "2", "3"], "building": ["house", "garage", "yes"], "building:levels": ["2", None, "1"]},
        geometry=places,
        crs=25832,
    ).to_crs(4326)
    return _vector("buildings.gpkg", frame, driver="GPKG", layer="buildings")


def osm() -> Seed:
    """A crossing, a school and a pond."""
    to_degrees = Transformer.from_crs(25832, 4326, always_xy=True).transform
    places = [(0, 0), (100, 0), (200, 0), (100, 100), (100, -100), (20, 20), (40, 20), (40, 40), (20, 40)]
    nodes = ""
    for number, (x, y) in enumerate(places, 1):
        lon, lat = to_degrees(EAST + x, NORTH + y)
        nodes += f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>'
    return "ort.osm", (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="seed">{nodes}'
        f'<way id="1" version="1">{_refs(1, 2, 3)}'
        '<tag k="highway" v="residential"/><tag k="name" v="Am Anger"/><tag k="maxspeed" v="30"/></way>'
        f'<way id="2" version="1">{_refs(4, 2, 5)}'
        '<tag k="highway" v="track"/></way>'
        f'<way id="3" version="1">{_refs(6, 7, 8, 9, 6)}'
        '<tag k="natural" v="water"/></way>'
        f'<way id="4" version="1">{_refs(6, 7, 8, 9, 6)}'
        '<tag k="amenity" v="school"/><tag k="name" v="Angerschule"/></way></osm>\n'
    ).encode()


def tree_csv() -> Seed:
    """Twenty trees."""
    lines = ["Baumnr;Baumart;Hoehe;Kronendurchmesser;Pflanzjahr;Rechtswert;Hochwert"]
    lines += [f"{n};Tilia cordata;{5 + n},5;4,0;19{60 + n};{EAST + 7 * n},25;{NORTH + 3 * n},5" for n in range(20)]
    return "baumkataster.csv", "\r\n".join([*lines, ""]).encode()


def broadband_csv() -> Seed:
    """Lines at ten addresses."""
    lines = ["strasse;hausnummer;plz;ort;x_25832;y_25832;technologie;download_mbits;upload_mbits;anbieter;stand"]
    lines += [
        f"Am Anger;{n + 1};59494;Musterstadt;{EAST + 9 * n},5;{NORTH},0;FTTC;{25 * n};{5 * n},5;Muster-Net;01.10.2026"
        for n in range(10)
    ]
    return "breitband.csv", "\r\n".join([*lines, ""]).encode()


def broadband_coverage() -> Seed:
    """Shares of households in one municipality."""
    classes = ("alle Technologien", "leitungsg. Technologien")
    names = ["AGS"] + [f"{kind} ≥ {speed} Mbit/s" for kind in classes for speed in (16, 50, 100, 1000)]
    values = ["05974040", "99.1", "97.2", "80", "12.5", "98", "90", "70.25", "12.5"]
    rows = [",".join(f'"{name}"' for name in names), ",".join(values), ""]
    return "gemeinden.csv", "\n".join(rows).encode()


def census_grid() -> Seed:
    """Inhabitants of twenty cells of 100 m."""
    east, north = Transformer.from_crs(25832, 3035, always_xy=True).transform(EAST, NORTH)
    east, north = int(east) // 100 * 100, int(north) // 100 * 100
    lines = ["GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner"]
    lines += [f"CRS3035RES100mN{north}E{east + 100 * n};{east + 100 * n + 50};{north + 50};{3 + n}" for n in range(20)]
    return "Zensus2022_Bevoelkerungszahl_100m-Gitter.csv", "\r\n".join([*lines, ""]).encode()


def municipality_figures() -> Seed:
    """Figures of one municipality."""
    figures = {"RS": "059740040040", "area": 85.8, "population": 48_000, "center_lon": "8,10", "center_lat": "51,57"}
    return "gemeinden.json", json.dumps({"059740040040": figures}, indent=1).encode()


def house_coordinates() -> Seed:
    """Ten addresses of Hauskoordinaten 3.1."""
    lines = [
        f"N;DENW05AL0000000{n};A;05;9;74;040;0000;00304;{n + 1};;32{EAST + 9 * n},002;{NORTH + n},566;Am Anger;59494;"
        "Musterstadt;;"
        for n in range(10)
    ]
    return "hauskoordinaten.csv", "\r\n".join([*lines, ""]).encode()


def boundaries() -> Seed:
    """One municipality."""
    frame = geopandas.GeoDataFrame(
        {"AGS": ["05974040"], "GEN": ["Musterstadt"], "EWZ": [12_000]}, geometry=[BORDER], crs=25832
    )
    return _vector("vg250_gem.gpkg", frame, driver="GPKG", layer="vg250_gem")


def xyz() -> Seed:
    """Heights of 30 by 30 cells."""
    rows = [f"{EAST + x}.5 {NORTH + y}.5 {80 + (x * y) % 9}.25" for y in range(30) for x in range(30)]
    return "dgm1_32_440_5710_1_nw.xyz", "\n".join([*rows, ""]).encode()


def geotiff() -> Seed:
    """Heights of 60 by 60 cells."""
    heights = np.add.outer(np.arange(60), np.arange(60)).astype("float32")
    return "dgm1_32_440_5710_1_nw.tif", _tiff(heights[None], "float32", 1.0, nodata=-9999)


def _tiff(bands: np.ndarray, kind: str, cell: float, **more: object) -> bytes:
    count, height, width = bands.shape
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", dtype=kind, count=count, width=width, height=height, crs="EPSG:25832",
            transform=rasterio.Affine(cell, 0, EAST, 0, -cell, NORTH + cell * height), **more,
        ) as raster:  # fmt: skip
            raster.write(bands.astype(kind))
        return bytes(memory.read())


MAPPING = {
    "name": "strom",
    "layer": "utility_line",
    "fits": ["DN", "GEOM", "NR", "SPARTE"],
    "columns": {"medium": {"source": "SPARTE", "codes": {"Strom": "electricity"}}, "diameter": {"source": "DN"}},
    "geometry": {"kind": "wkt", "columns": ["GEOM"]},
    "key": {"columns": ["NR"]},
    "crs": "EPSG:25832",
}
"""What `mapped_table` is read by."""


def mapped_table() -> Seed:
    """Cables in a spreadsheet, with a mapping that a municipality has kept (`MAPPING`)."""
    rows = [["NR", "SPARTE", "DN", "GEOM"]]
    rows += [[f"K{n}", "Strom", "110", f"LINESTRING ({EAST + n} {NORTH}, {EAST + n} {NORTH + 9})"] for n in range(5)]
    cells = [
        "".join(
            f'<c r="{letter}{y}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for letter, cell in zip("ABCD", row, strict=True)
        )
        for y, row in enumerate(rows, 1)
    ]
    data = "".join(f'<row r="{y}">{row}</row>' for y, row in enumerate(cells, 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _zipped(
        "kabel.xlsx",
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Kabel" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
        },
    )


def _refs(*nodes: int) -> str:
    return "".join(f'<nd ref="{node}"/>' for node in nodes)


def _vector(name: str, frame: geopandas.GeoDataFrame, **more: object) -> Seed:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        frame.to_file(path, **more)
        return name, path.read_bytes()


def _zipped(name: str, files: dict[str, str]) -> Seed:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return name, target.getvalue()


SEEDS: dict[str, Callable[[], Seed]] = {
    "citygml": citygml,
    "cityjson": cityjson,
    "xplan": xplan,
    "nas": nas,
    "address_wfs": address_wfs,
    "orthophoto": orthophoto,
    "footprints": footprints,
    "osm": osm,
    "tree_csv": tree_csv,
    "house_coordinates": house_coordinates,
    "broadband_csv": broadband_csv,
    "broadband_coverage": broadband_coverage,
    "census_grid": census_grid,
    "municipality_figures": municipality_figures,
    "boundaries": boundaries,
    "mapped_table": mapped_table,
    "alkis_simple": partial(alkis_simple, EAST, NORTH),
    "laz": partial(laz, EAST, NORTH),
    "gtfs": partial(gtfs, EAST, NORTH),
    "sensor_things": partial(sensor_things, EAST, NORTH),
    "pegel_online": partial(pegel_online, EAST, NORTH),
    "dwd_archive": partial(dwd_archive, EAST, NORTH),
    "dwd_report": dwd_report,
    "luqs": partial(luqs, EAST, NORTH),
    "xyz": xyz,
    "geotiff": geotiff,
}
"""Name of the format to its seed."""
