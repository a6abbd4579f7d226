from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import shapely

from ingest.demo import osm
from ingest.demo.district import District
from ingest.demo.road_network import RoadNetwork


def test_all_streets_hang_together(graph: RoadNetwork) -> None:
    assert graph.parts(graph.lengths).max() == 0
    assert 1_500 < len(graph.edges) < 2_000


def test_no_street_runs_through_a_house(graph: RoadNetwork, district: District) -> None:
    lines = np.array([edge.line for edge in graph.edges], dtype=object)
    line, house = district.footprints.query(lines, predicate="crosses")
    inside = shapely.intersection(lines[line], np.asarray(district.footprints.geometries, dtype=object)[house])
    assert len(line) <= 2
    assert shapely.length(inside).sum() < 30


def test_shortest_paths_are_those_of_scipy(graph: RoadNetwork) -> None:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    best: dict[tuple[int, int], float] = {}
    for edge, length in zip(graph.edges, graph.lengths, strict=True):
        for pair in ((edge.first, edge.second), (edge.second, edge.first)):
            best[pair] = min(best.get(pair, np.inf), float(length))
    rows, columns = np.array(list(best)).T
    matrix = coo_array((list(best.values()), (rows, columns)), shape=(len(graph.nodes),) * 2)
    expected = dijkstra(matrix.tocsr(), indices=7)
    assert np.allclose(graph.shortest(graph.lengths, [7]).distance, expected)


def test_the_extract_holds_streets_with_the_names_of_the_addresses(
    graph: RoadNetwork, district: District, tmp_path: Path
) -> None:
    osm.write(tmp_path / "a.osm.pbf", district, graph)
    osm.write(tmp_path / "b.osm.pbf", district, graph)
    assert (tmp_path / "a.osm.pbf").read_bytes() == (tmp_path / "b.osm.pbf").read_bytes()
    tags = [dict(found.tags) for found in osmium.FileProcessor(str(tmp_path / "a.osm.pbf"))]
    streets = {found["name"] for found in tags if "highway" in found and "name" in found}
    fronted = {building.street for building in district.buildings if building.number and building.street}
    land = {piece.name for piece in district.land.pieces}
    assert fronted - land <= streets
    for key, value, least in (
        ("amenity", "school", 4), ("amenity", "kindergarten", 6), ("amenity", "doctors", 3), ("amenity", "pharmacy", 2),
        ("amenity", "fire_station", 8), ("amenity", "police", 1), ("amenity", "townhall", 4),
        ("highway", "bus_stop", 20),
        ("shop", "supermarket", 1), ("natural", "water", 5), ("landuse", "forest", 10),
    ):  # fmt: skip
        assert sum(found.get(key) == value for found in tags) >= least, (key, value)
