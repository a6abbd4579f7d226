"""Replies and files of the simplified schema in the official shape, made by the test."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

WEST, SOUTH = 440_000.0, 5_700_000.0

PARCELS: list[dict[str, Any]] = [
    {
        "oid": "DENW11AL00000001",
        "aktualit": "2026-03-01",
        "idflurst": "DENW11AL00000001",
        "flaeche": 400.0,
        "flstkennz": "05543200200017______",
        "land": "Nordrhein-Westfalen",
        "gemarkung": "Ostönnen",
        "gemaschl": "055432",
        "flur": "2",
        "flstnrzae": "17",
        "flstnrnen": "",
        "kreis": "Soest",
        "gemeinde": "Soest",
        "gmdschl": "05974040",
        "lagebeztxt": "Hauptstraße 1",
        "tntxt": "Wohnbaufläche;300|Landwirtschaft;100",
        "shape": shapely.box(WEST, SOUTH, WEST + 20, SOUTH + 20),
    },
    {
        "oid": "DENW11AL00000002",
        "aktualit": "2026-03-02",
        "idflurst": "DENW11AL00000002",
        "flaeche": 380.0,
        "flstkennz": "",
        "land": "Nordrhein-Westfalen",
        "gemarkung": "Ostönnen",
        "gemaschl": "055432",
        "flur": "2",
        "flstnrzae": "18",
        "flstnrnen": "3",
        "kreis": "Soest",
        "gemeinde": "Soest",
        "gmdschl": "05974040",
        "lagebeztxt": "",
        "tntxt": "Landwirtschaft;380",
        "shape": shapely.box(WEST + 20, SOUTH, WEST + 40, SOUTH + 20),
    },
]
BUILDINGS: list[dict[str, Any]] = [
    {
        "oid": "DENW11AL10000001",
        "aktualit": "2026-03-01",
        "gebnutzbez": "Gebäude",
        "funktion": "Wohngebäude",
        "gfkzshh": "31001_1000",
        "anzahlgs": 2,
        "gmdschl": "05974040",
        "lagebeztxt": "Hauptstraße 1",
        "name": "",
        "rellage": "",
        "shape": shapely.box(WEST + 2, SOUTH + 2, WEST + 12, SOUTH + 12),
    },
    {
        "oid": "DENW11AL10000002",
        "aktualit": "2026-03-01",
        "gebnutzbez": "Gebäude",
        "funktion": "Garage",
        "gfkzshh": "31001_2463",
        "anzahlgs": None,
        "gmdschl": "05974040",
        "lagebeztxt": "",
        "name": "",
        "rellage": "",
        "shape": shapely.box(WEST + 14, SOUTH + 2, WEST + 17, SOUTH + 8),
    },
    {
        "oid": "DENW11AL10000003",
        "aktualit": "2026-03-01",
        "gebnutzbez": "Bauteil",
        "funktion": "Durchfahrt im Gebäude",
        "gfkzshh": "31002_2610",
        "anzahlgs": None,
        "gmdschl": "05974040",
        "lagebeztxt": "",
        "name": "",
        "rellage": "",
        "shape": shapely.box(WEST + 2, SOUTH + 2, WEST + 4, SOUTH + 12),
    },
    {
        "oid": "DENW11AL10000004",
        "aktualit": "2026-03-01",
        "gebnutzbez": "Gebäude",
        "funktion": "Tiefgarage",
        "gfkzshh": "31001_2465",
        "anzahlgs": None,
        "gmdschl": "05974040",
        "lagebeztxt": "",
        "name": "",
        "rellage": "Unter der Erdoberfläche",
        "shape": shapely.box(WEST + 22, SOUTH + 2, WEST + 32, SOUTH + 12),
    },
]
USES: list[dict[str, Any]] = [
    {
        "oid": "DENW11AL20000001",
        "aktualit": "2026-03-01",
        "nutzart": "Landwirtschaft",
        "bez": "Grünland",
        "name": "",
        "shape": shapely.box(WEST, SOUTH, WEST + 40, SOUTH + 20),
    },
    {
        "oid": "DENW11AL20000002",
        "aktualit": "2026-03-01",
        "nutzart": "Raumhafen",
        "bez": "",
        "name": "Startplatz",
        "shape": shapely.box(WEST + 40, SOUTH, WEST + 60, SOUTH + 20),
    },
]
STOCK = {"Flurstueck": PARCELS, "GebaeudeBauwerk": BUILDINGS, "Nutzung": USES}


def gml_polygon(shape: Any, srs: str, *, north_first: bool = False, zone: str = "") -> str:
    def ring(line: Any) -> str:
        pairs = [(f"{zone}{x:.3f}", f"{y:.3f}") for x, y in line.coords]
        return " ".join(" ".join(pair[::-1] if north_first else pair) for pair in pairs)

    inner = "".join(
        f"<gml:interior><gml:LinearRing><gml:posList>{ring(hole)}</gml:posList></gml:LinearRing></gml:interior>"
        for hole in shape.interiors
    )
    return (
        f'<gml:MultiSurface srsName="{srs}"><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing>'
        f"<gml:posList>{ring(shape.exterior)}</gml:posList></gml:LinearRing></gml:exterior>{inner}"
        "</gml:Polygon></gml:surfaceMember></gml:MultiSurface>"
    )


def feature(kind: str, row: dict[str, Any], geometry: str) -> str:
    values = "".join(
        f"<ave:{name}>{value}</ave:{name}>"
        for name, value in row.items()
        if name != "shape" and value not in (None, "")
    )
    own = f'gml:id="{kind}_{row["oid"]}"'
    return f"<ave:{kind} {own}>{values}<ave:geometrie>{geometry}</ave:geometrie></ave:{kind}>"


def reply(
    stock: dict[str, list[dict[str, Any]]],
    *,
    member: str = "wfs:member",
    version: str = "2.0",
    wfs: str = "http://www.opengis.net/wfs/2.0",
    gml: str = "http://www.opengis.net/gml/3.2",
    srs: str = "urn:ogc:def:crs:EPSG::25832",
    root: str = "",
    **axes: Any,
) -> bytes:
    features = [
        feature(kind, row, gml_polygon(row["shape"], srs, **axes)) for kind, rows in stock.items() for row in rows
    ]
    if member.endswith("featureMembers"):
        body = f"<{member}>{''.join(features)}</{member}>"
    else:
        body = "".join(f"<{member}>{text}</{member}>" for text in features)
    space = f"http://repository.gdi-de.org/schemas/adv/produkt/alkis-vereinfacht/{version}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<wfs:FeatureCollection xmlns:wfs="{wfs}" xmlns:gml="{gml}" '
        f'xmlns:ave="{space}" {root}>{body}</wfs:FeatureCollection>'
    ).encode()


def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    columns = {name: [row[name] for row in rows] for name in rows[0] if name != "shape"}
    return gpd.GeoDataFrame(columns, geometry=[row["shape"] for row in rows], crs="EPSG:25832")
