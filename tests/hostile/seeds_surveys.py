# ruff: noqa: E501 (a piece of GML is read as one line)
"""Seeds of what surveys and timetables come in: simplified ALKIS, point clouds, GTFS."""

from __future__ import annotations

import io
import zipfile

import laspy
import numpy as np
from pyproj import CRS, Transformer

Seed = tuple[str, bytes]


def alkis_simple(east: float, north: float) -> Seed:
    """Two parcels and a house of the feature service."""

    def shape(west: float, size: float) -> str:
        ring = [(west, 0), (west + size, 0), (west + size, size), (west, size), (west, 0)]
        numbers = " ".join(f"{east + x} {north + y}" for x, y in ring)
        return (
            '<ave:geometrie><gml:MultiSurface srsName="urn:ogc:def:crs:EPSG::25832"><gml:surfaceMember><gml:Polygon>'
            f"<gml:exterior><gml:LinearRing><gml:posList>{numbers}</gml:posList></gml:LinearRing></gml:exterior>"
            "</gml:Polygon></gml:surfaceMember></gml:MultiSurface></ave:geometrie>"
        )

    parcels = "".join(
        f'<wfs:member><ave:Flurstueck gml:id="F{n}"><ave:oid>DENW11AL0000000{n}</ave:oid><ave:idflurst>DENW11AL0000000{n}'
        f"</ave:idflurst><ave:aktualit>2026-03-01</ave:aktualit><ave:flaeche>900</ave:flaeche><ave:flstkennz>"
        f"0554320020001{n}______</ave:flstkennz><ave:gemarkung>Muster</ave:gemarkung><ave:gemaschl>055432</ave:gemaschl>"
        f"<ave:flur>2</ave:flur><ave:flstnrzae>1{n}</ave:flstnrzae><ave:gemeinde>Soest</ave:gemeinde><ave:gmdschl>05974040"
        f"</ave:gmdschl><ave:tntxt>Wohnbaufläche;600|Landwirtschaft;300</ave:tntxt>{shape(40 * n, 30)}</ave:Flurstueck></wfs:member>"
        for n in range(2)
    )
    house = (
        '<wfs:member><ave:GebaeudeBauwerk gml:id="G1"><ave:oid>DENW11AL10000001</ave:oid><ave:aktualit>2026-03-01</ave:aktualit>'
        "<ave:gebnutzbez>Gebäude</ave:gebnutzbez><ave:funktion>Wohngebäude</ave:funktion><ave:gfkzshh>31001_1000</ave:gfkzshh>"
        f"<ave:gmdschl>05974040</ave:gmdschl>{shape(5, 10)}</ave:GebaeudeBauwerk></wfs:member>"
    )
    return "alkis_vereinfacht.gml", (
        '<?xml version="1.0" encoding="UTF-8"?>\n<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" '
        'xmlns:ave="http://repository.gdi-de.org/schemas/adv/produkt/alkis-vereinfacht/2.0">'
        f"{parcels}{house}</wfs:FeatureCollection>\n"
    ).encode()


def laz(east: float, north: float) -> Seed:
    """A slope of 40 by 40 m with some trees, one point a metre."""
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.offsets, header.scales = [east, north, 0], [0.01, 0.01, 0.01]
    header.add_crs(CRS.from_epsg(25832))
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(40) + 0.5, np.arange(40) + 0.5))
    cloud = laspy.LasData(header)
    cloud.x, cloud.y = east + x, north + y
    tree = (x.astype(int) % 9 == 0) & (y.astype(int) % 7 == 0)
    cloud.z = 80 + x / 10 + np.where(tree, 8.0, 0.0)
    cloud.classification = np.where(tree, 5, 2).astype(np.uint8)
    target = io.BytesIO()
    cloud.write(target, do_compress=True, laz_backend=laspy.LazBackend.Lazrs)
    return "3dm_32_440_5710_1_nw.laz", target.getvalue()


def gtfs(east: float, north: float) -> Seed:
    """A bus between two stops, three times on weekdays."""
    to_degrees = Transformer.from_crs(25832, 4326, always_xy=True).transform
    places = [to_degrees(east + 50 * n, north) for n in range(2)]
    stops = "".join(f"S{n},Am Anger {n},{lat:.6f},{lon:.6f}\n" for n, (lon, lat) in enumerate(places))
    trips = "".join(f"R1,W,T{n},Markt\n" for n in range(3))
    times = "".join(
        f"T{n},{7 + n:02}:00:00,{7 + n:02}:00:00,S0,1\nT{n},{7 + n:02}:05:00,{7 + n:02}:05:00,S1,2\n" for n in range(3)
    )
    files = {
        "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,Muster,https://example.org,Europe/Berlin\n",
        "stops.txt": f"stop_id,stop_name,stop_lat,stop_lon\n{stops}",
        "routes.txt": "route_id,agency_id,route_short_name,route_type\nR1,A,C1,3\n",
        "trips.txt": f"route_id,service_id,trip_id,trip_headsign\n{trips}",
        "stop_times.txt": f"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n{times}",
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nW,1,1,1,1,1,0,0,20260101,20261231\n",
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return "gtfs.zip", target.getvalue()
