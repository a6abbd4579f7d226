"""Writes what lies under the streets as a town hall's information system exports it: GeoPackage, German columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from ingest.demo import geopackage
from ingest.demo.carriageway import width
from ingest.demo.district import District
from ingest.demo.places import DISTRICT_NAME, ORIGIN, PLACES, SEED
from ingest.demo.road_network import Edge, RoadNetwork
from ingest.demo.sewer import Plant, Sewer, served, sewers
from ingest.demo.streets import STREET

LINES, NODES = "leitungen", "bauwerke"
"""Tables of the GeoPackage."""

LINE_COLUMNS = ("Leitung_Nr", "Medium", "Leitungsart", "DN", "Werkstoff", "Tiefe_m", "Sohle_oben", "Sohle_unten",
                "Gefaelle_Promille", "Baujahr", "Eigentuemer", "Status", "Strasse", "Ort")  # fmt: skip
NODE_COLUMNS = ("Bauwerk_Nr", "Medium", "Bauwerksart", "Tiefe_m", "Deckelhoehe", "Werkstoff", "Baujahr", "Eigentuemer",
                "Status", "Strasse")  # fmt: skip

MEDIA = {
    "Trinkwasser": "water", "Mischwasser": "sewer", "Schmutzwasser": "sewer", "Regenwasser": "rainwater",
    "Strom": "electricity", "Gas": "gas", "Fernwärme": "heat", "Straßenbeleuchtung": "street_light",
    "Leerrohr": "duct", "Glasfaser": "fibre",
}  # fmt: skip
LINE_KINDS = {
    "Freispiegelkanal": "gravity_sewer", "Mischwasserkanal": "combined_sewer", "Druckleitung": "pressure_sewer",
    "Hauptleitung": "main", "Versorgungsleitung": "supply", "Mittelspannung": "medium_voltage",
    "Niederspannung": "low_voltage", "Beleuchtungskabel": "lighting_cable", "Rohrverband": "conduit",
    "Hauptkabel": "feeder", "Verteilkabel": "distribution", "Backbone": "backbone",
}  # fmt: skip
NODE_KINDS = {
    "Schacht": "manhole", "Kläranlage": "treatment_plant", "Pumpwerk": "pumping_station", "Auslass": "outlet",
    "Unterflurhydrant": "hydrant", "Schieber": "valve", "Trafostation": "transformer_station",
    "Kabelverteilerschrank": "cabinet", "Glasfaserverteiler": "fibre_distributor", "Leuchte": "street_light",
    "Gasdruckregelanlage": "regulator", "Hauptverteiler (PoP)": "pop",
}  # fmt: skip

WORKS = f"Stadtwerke {DISTRICT_NAME}"
_FIBRE = {"Musterstadt": 0.93, "Auenrode": 0.55, "Ostendorf": 0.5, "Hainberg": 0.45}
_GAS = ("Musterstadt", "Auenrode", "Hainberg", "Birkhagen")


@dataclass(frozen=True)
class _Supply:
    """What runs along a street: how far from its middle, how deep, and what of."""

    medium: str
    kind: str
    aside: float
    depth: float
    material: Callable[[int], str]
    sizes: tuple[int, ...]
    owner: str


_SUPPLIES = (
    _Supply("Trinkwasser", "Versorgungsleitung", 0.24, 1.25,
            lambda y: "GG" if y < 1968 else "PVC" if y < 1990 else "PE 100", (100, 100, 150, 80), WORKS),
    _Supply("Gas", "Versorgungsleitung", -0.26, 0.95,
            lambda y: "Stahl" if y < 1985 else "PE-HD", (100, 80, 150), WORKS),
    _Supply("Strom", "Niederspannung", 0.43, 0.7, lambda y: "Papier-Blei" if y < 1965 else "NAYY 4x150", (), WORKS),
    _Supply("Straßenbeleuchtung", "Beleuchtungskabel", 0.47, 0.6, lambda y: "NYY-J 5x10", (), "Gemeinde"),
    _Supply("Leerrohr", "Rohrverband", -0.44, 0.6, lambda y: "PE-HD", (50,), f"Breitband {DISTRICT_NAME} GmbH"),
    _Supply("Glasfaser", "Verteilkabel", -0.44, 0.6, lambda y: "LWL 96", (), f"Breitband {DISTRICT_NAME} GmbH"),
)  # fmt: skip


def fibre_streets(district: District, graph: RoadNetwork) -> np.ndarray:
    """Whether there is fibre in the street of each edge: all of a street's edges in a place alike."""
    rng = np.random.default_rng([SEED, 111])
    place_of = served(district, graph)
    luck: dict[tuple[str, str], float] = {}
    found = np.zeros(len(graph.edges), bool)
    for number, edge in enumerate(graph.edges):
        if place_of[number]:
            chance = luck.setdefault((place_of[number], edge.way.name), float(rng.random()))
            found[number] = chance < _FIBRE.get(place_of[number], 0.0)
    return found


def write(path: Path, district: District, graph: RoadNetwork) -> None:
    """Write lines and structures of all networks; the same district gives the same bytes."""
    rng = np.random.default_rng([SEED, 110])
    pipes, plants = sewers(district, graph)
    lines = [*_sewer_lines(pipes, rng), *_supply_lines(district, graph, rng)]
    nodes = [*_sewer_nodes(pipes, plants, graph, rng), *_supply_nodes(district, graph, rng)]
    tables = [
        (LINES, _frame(lines, LINE_COLUMNS, "L"), "LineString"),
        (NODES, _frame(nodes, NODE_COLUMNS, "B"), "Point"),
    ]
    geopackage.write(path, tables)


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...], letter: str) -> geopandas.GeoDataFrame:
    for number, row in enumerate(rows):
        row[columns[0]] = f"{letter}{number + 1:06d}"
    shapes = shapely.transform(
        np.array([row["geom"] for row in rows], dtype=object), lambda points: (points + np.asarray(ORIGIN)).round(3)
    )
    shapes = shapely.remove_repeated_points(shapes)
    data = {name: [row.get(name) for row in rows] for name in columns}
    return geopandas.GeoDataFrame(data, geometry=shapes, crs="EPSG:25832")


def _year(street: str, place: str, earliest: int = 1925) -> int:
    """Year in which a street was dug up: the same for all that was laid then."""
    number = sum(ord(letter) * (index + 3) for index, letter in enumerate(street + place))
    return earliest + number % (2022 - earliest)


_SIZES = ((400, 1000), (160, 800), (60, 600), (24, 500), (8, 400), (3, 300), (0, 250))


def _sewer_lines(pipes: list[Sewer], rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for pipe in pipes:
        year = _year(pipe.street, pipe.place)
        combined = pipe.place == "Musterstadt" and year < 1975
        size = 125 if pipe.pressure else next(size for least, size in _SIZES if pipe.houses >= least)
        material = "PE-HD" if pipe.pressure else "Stz" if size <= 500 and year < 1995 else "B" if size > 500 else "PP"
        depth = (pipe.cover_start - pipe.bottom_start + pipe.cover_end - pipe.bottom_end) / 2
        fall = (pipe.bottom_start - pipe.bottom_end) / max(1.0, pipe.line.length) * 1000
        yield {
            "Medium": "Mischwasser" if combined else "Schmutzwasser",
            "Leitungsart": "Druckleitung" if pipe.pressure else "Mischwasserkanal" if combined else "Freispiegelkanal",
            "DN": size, "Werkstoff": material, "Tiefe_m": round(depth, 2), "Sohle_oben": pipe.bottom_start,
            "Sohle_unten": pipe.bottom_end, "Gefaelle_Promille": None if pipe.pressure else round(fall, 1),
            "Baujahr": year, "Eigentuemer": f"Abwasserwerk {DISTRICT_NAME}", "Status": "in Betrieb",
            "Strasse": pipe.street, "Ort": pipe.place, "geom": pipe.line,
        }  # fmt: skip


def _sewer_nodes(
    pipes: list[Sewer], plants: list[Plant], graph: RoadNetwork, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    owner = f"Abwasserwerk {DISTRICT_NAME}"
    for pipe in pipes:
        year = _year(pipe.street, pipe.place)
        row = {"Medium": "Schmutzwasser", "Baujahr": year, "Eigentuemer": owner, "Status": "in Betrieb",
               "Strasse": pipe.street}  # fmt: skip
        kind = "Pumpwerk" if pipe.pressure else "Schacht"
        depth = pipe.cover_start - pipe.bottom_start + (2.5 if pipe.pressure else 0.0)
        yield row | {"Bauwerksart": kind, "Tiefe_m": round(depth, 2), "Deckelhoehe": pipe.cover_start,
                     "Werkstoff": "Beton" if year > 1960 else "Mauerwerk",
                     "geom": shapely.Point(graph.nodes[pipe.start])}  # fmt: skip
        if not pipe.pressure:
            # A manhole at least every 60 m.
            for at in np.arange(60.0, pipe.line.length - 25.0, 60.0):
                share = at / pipe.line.length
                cover = pipe.cover_start + share * (pipe.cover_end - pipe.cover_start)
                bottom = pipe.bottom_start + share * (pipe.bottom_end - pipe.bottom_start)
                yield row | {"Bauwerksart": "Schacht", "Tiefe_m": round(max(0.8, cover - bottom), 2),
                             "Deckelhoehe": round(cover, 2), "Werkstoff": "Beton",
                             "geom": pipe.line.interpolate(float(at))}  # fmt: skip
    for plant in plants:
        yield {"Medium": "Schmutzwasser", "Bauwerksart": "Kläranlage", "Baujahr": 1978, "Eigentuemer": owner,
               "Status": "in Betrieb", "Tiefe_m": 5.5, "Werkstoff": "Stahlbeton",
               "Strasse": f"Kläranlage {plant.place}",
               "geom": shapely.Point(plant.position)}  # fmt: skip


def _beside(edge: Edge, share: float) -> shapely.LineString | None:
    """The line at `share` of the street's width to the left of its middle."""
    line = edge.line.offset_curve(share * edge.way.width)
    parts = [part for part in shapely.get_parts(line) if part.length > 1.0]
    return max(parts, key=lambda part: part.length) if parts else None


def _supply_lines(district: District, graph: RoadNetwork, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    place_of, fibre = served(district, graph), fibre_streets(district, graph)
    for number, edge in enumerate(graph.edges):
        place = str(place_of[number])
        if not place or edge.line.length < 4:
            continue
        for supply in _SUPPLIES:
            if supply.medium == "Gas" and place not in _GAS:
                continue
            if supply.medium in ("Leerrohr", "Glasfaser") and not fibre[number]:
                continue
            line = _beside(edge, supply.aside)
            if line is None:
                continue
            year = _year(
                edge.way.name + supply.medium[:2], place, 2014 if supply.medium in ("Leerrohr", "Glasfaser") else 1950
            )
            size = supply.sizes[year % len(supply.sizes)] if supply.sizes else None
            yield {
                "Medium": supply.medium, "Leitungsart": supply.kind, "DN": size, "Werkstoff": supply.material(year),
                "Tiefe_m": round(supply.depth + 0.12 * float(rng.uniform(-1, 1)), 2), "Baujahr": year,
                "Eigentuemer": place if supply.owner == "Gemeinde" else supply.owner, "Status": "in Betrieb",
                "Strasse": edge.way.name, "Ort": place, "geom": line,
            }  # fmt: skip
    yield from _trunks(graph, place_of, rng)


def _trunks(graph: RoadNetwork, place_of: np.ndarray, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Water main, medium voltage and backbone from the town to every village, along the roads."""
    roads = np.array([edge.way.kind in ("road", STREET, "lane") for edge in graph.edges])
    town = int(np.argmin(np.hypot(*(graph.nodes - np.asarray(PLACES[0].position)).T)))
    paths = graph.shortest(np.where(roads, graph.lengths, np.inf), [town])
    used: set[int] = set()
    for place in PLACES[1:]:
        at = int(np.argmin(np.hypot(*(graph.nodes - np.asarray(place.position)).T)))
        while paths.before[at] >= 0:
            used.add(int(paths.edge[at]))
            at = int(paths.before[at])
    for number in sorted(used):
        edge = graph.edges[number]
        for medium, kind, share, depth, size, material, owner in (
            ("Trinkwasser", "Hauptleitung", 0.31, 1.5, 300, "GGG", WORKS),
            ("Strom", "Mittelspannung", 0.39, 0.9, None, "NA2XS2Y 3x1x240", WORKS),
            ("Leerrohr", "Rohrverband", -0.39, 0.8, 110, "PE-HD", f"Breitband {DISTRICT_NAME} GmbH"),
            ("Glasfaser", "Backbone", -0.39, 0.8, None, "LWL 288", f"Breitband {DISTRICT_NAME} GmbH"),
        ):
            line = _beside(edge, share)
            if line is not None:
                yield {"Medium": medium, "Leitungsart": kind, "DN": size, "Werkstoff": material, "Tiefe_m": depth,
                       "Baujahr": _year(edge.way.name, medium, 1972), "Eigentuemer": owner, "Status": "in Betrieb",
                       "Strasse": edge.way.name, "Ort": str(place_of[number]) or None, "geom": line}  # fmt: skip


def _supply_nodes(district: District, graph: RoadNetwork, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    place_of, fibre = served(district, graph), fibre_streets(district, graph)
    for number, edge in enumerate(graph.edges):
        place = str(place_of[number])
        if not place:
            continue
        rows: list[tuple[str, str, float, float, float, str, str]] = [
            ("Trinkwasser", "Unterflurhydrant", 105.0, 0.24, 1.1, "GG", WORKS),
            ("Straßenbeleuchtung", "Leuchte", 34.0, 0.47, 0.0, "Stahlmast, LED", place),
            ("Strom", "Kabelverteilerschrank", 190.0, 0.49, 0.0, "Kunststoff", WORKS),
        ]
        if fibre[number]:
            rows.append(
                ("Glasfaser", "Glasfaserverteiler", 260.0, -0.49, 0.0, "Kunststoff", f"Breitband {DISTRICT_NAME} GmbH")
            )
        for medium, kind, every, share, depth, material, owner in rows:
            line = _beside(edge, share)
            if line is None:
                continue
            for at in np.arange(float(rng.uniform(0.1, 1.0)) * every, line.length, every):
                yield {"Medium": medium, "Bauwerksart": kind, "Tiefe_m": depth or None, "Werkstoff": material,
                       "Baujahr": _year(edge.way.name + kind, place, 1980), "Eigentuemer": owner,
                       "Status": "in Betrieb", "Strasse": edge.way.name,
                       "geom": line.interpolate(float(at))}  # fmt: skip
    for site in PLACES:
        for index, aside in enumerate((18.0, -160.0, 240.0)[: 3 if not site.houses else 1]):
            spot = shapely.Point(site.position[0] + aside, site.position[1] + 24.0 + index * 90)
            edges = [edge for number, edge in enumerate(graph.edges) if place_of[number] == site.name]
            edge = min(edges, key=lambda edge: edge.line.distance(spot))
            point = _beside(edge, 0.5 + 1.0 / max(4.0, width(edge.way)))
            if point is not None:
                yield {"Medium": "Strom", "Bauwerksart": "Trafostation", "Werkstoff": "Beton", "Baujahr": 1975 + index,
                       "Eigentuemer": WORKS, "Status": "in Betrieb", "Strasse": edge.way.name,
                       "geom": point.interpolate(0.5, normalized=True)}  # fmt: skip


def mappings() -> list[dict[str, Any]]:
    """How the tables become rows of ``utility_line`` and ``utility_node``: mappings for the assistant."""
    status = {"source": "Status", "codes": {"in Betrieb": "in_use"}}
    common = {"owner": {"source": "Eigentuemer"}, "year": {"source": "Baujahr"}, "material": {"source": "Werkstoff"},
              "depth": {"source": "Tiefe_m"}, "status": status,
              "medium": {"source": "Medium", "codes": MEDIA, "otherwise": "other"}}  # fmt: skip
    return [
        {
            "name": "leitungen_musterkreis", "layer": "utility_line", "table": LINES, "fits": list(LINE_COLUMNS),
            "columns": common | {"kind": {"source": "Leitungsart", "codes": LINE_KINDS, "otherwise": "other"},
                                 "diameter": {"source": "DN"}},
            "geometry": {"kind": "own"}, "crs": "", "key": {"columns": ["Leitung_Nr"]},
        },
        {
            "name": "bauwerke_musterkreis", "layer": "utility_node", "table": NODES, "fits": list(NODE_COLUMNS),
            "columns": common | {"kind": {"source": "Bauwerksart", "codes": NODE_KINDS, "otherwise": "other"}},
            "geometry": {"kind": "own"}, "crs": "", "key": {"columns": ["Bauwerk_Nr"]},
        },
    ]  # fmt: skip
