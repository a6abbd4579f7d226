from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from ingest.osm.road import is_street

GEOD = pyproj.Geod(ellps="WGS84")
LON, LAT = 8.1, 51.57


def _grid(extract, count: int) -> None:
    for number in range(1, count + 1):
        extract.node(number, LON + 0.001 * (number % 5), LAT + 0.0007 * (number // 5))


def _length(extract, refs: list[int]) -> float:
    places = [extract.nodes[ref][:2] for ref in refs]
    return sum(GEOD.inv(*a, *b)[2] for a, b in pairwise(places))


@pytest.fixture
def crossing(new_extract):
    """Two streets that cross at node 3, the second passing on to 6."""
    extract = new_extract()
    _grid(extract, 9)
    extract.way(10, [1, 2, 3, 4], highway="residential", name="Lange Straße")
    extract.way(11, [8, 3, 6], highway="tertiary", oneway="yes")
    return extract


@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf"])
def test_streets_are_split_where_they_meet(crossing, read_osm, tmp_path: Path, name: str) -> None:
    found = read_osm(crossing.write(tmp_path / name))
    ends = {key: (row["from_node"], row["to_node"]) for key, row in found.street.items()}
    assert ends == {
        "way/10/1": ("node/1", "node/3"),
        "way/10/3": ("node/3", "node/4"),
        "way/11/8": ("node/8", "node/3"),
        "way/11/3": ("node/3", "node/6"),
    }
    assert found.street["way/10/1"]["length"] == pytest.approx(_length(crossing, [1, 2, 3]), abs=0.002)
    line = shapely.from_wkb(found.street["way/10/1"]["geom"])
    assert len(line.coords) == 3
    # The plane of projection shortens by 0.4 per mille at most here.
    assert line.length == pytest.approx(found.street["way/10/1"]["length"], rel=1e-3)
    expected = pyproj.Transformer.from_crs(4326, 25832, always_xy=True).transform(*crossing.nodes[1][:2])
    assert line.coords[0] == pytest.approx(expected, abs=1e-3)


def test_a_way_against_its_traffic_is_turned(crossing, read_osm, tmp_path: Path) -> None:
    crossing.way(11, [8, 3, 6], highway="tertiary", oneway="-1")
    street = read_osm(crossing.write(tmp_path / "a.osm")).street
    assert {(row["from_node"], row["to_node"]) for key, row in street.items() if key.startswith("way/11")} == {
        ("node/6", "node/3"),
        ("node/3", "node/8"),
    }
    assert all(row["one_way"] for key, row in street.items() if key.startswith("way/11"))
    first = shapely.from_wkb(street["way/11/6"]["geom"])
    again = shapely.from_wkb(street["way/11/3"]["geom"])
    assert first.coords[-1] == again.coords[0]


def test_a_way_that_meets_itself_is_split_there(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    _grid(extract, 6)
    extract.way(7, [1, 2, 3, 4, 2, 3, 5], highway="track")
    street = read_osm(extract.write(tmp_path / "a.osm")).street
    assert set(street) == {"way/7/1", "way/7/2", "way/7/3", "way/7/2/2", "way/7/3/2"}
    assert sum(row["length"] for row in street.values()) == pytest.approx(
        _length(extract, [1, 2, 3, 4, 2, 3, 5]), abs=0.01
    )


def test_a_ring_of_its_own_is_an_edge_to_itself(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    _grid(extract, 6)
    extract.way(7, [1, 2, 6, 1], highway="residential", junction="roundabout")
    (row,) = read_osm(extract.write(tmp_path / "a.osm")).street.values()
    assert row["from_node"] == row["to_node"] == "node/1"
    assert row["one_way"]


def test_what_is_no_street_splits_none(crossing, read_osm, tmp_path: Path) -> None:
    crossing.way(12, [2, 7], highway="proposed")
    crossing.way(13, [2, 7], power="line")
    crossing.way(14, [2, 7, 9, 2], landuse="grass")
    assert len(read_osm(crossing.write(tmp_path / "a.osm")).street) == 4


def test_a_street_cut_at_the_border_keeps_what_is_there(crossing, read_osm, tmp_path: Path) -> None:
    crossing.way(15, [1, 99, 98, 5, 6, 97, 7], highway="service")
    found = read_osm(crossing.write(tmp_path / "a.osm"))
    mine = {key: row for key, row in found.street.items() if key.startswith("way/15")}
    assert [(row["from_node"], row["to_node"]) for row in mine.values()] == [("node/5", "node/6")]
    assert found.facts.dropped["incomplete_street"] == 1


def test_nodes_may_stand_behind_ways(crossing, read_osm, tmp_path: Path) -> None:
    """As Overpass answers ``out; >; out;``."""
    path = tmp_path / "a.osm"
    path.write_text(crossing.xml(ways_first=True), "utf-8")
    turned = read_osm(path)
    assert turned.street == read_osm(crossing.write(tmp_path / "b.osm")).street
    assert not turned.facts.dropped


def test_new_objects_of_an_editor_have_negative_ids(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    for number in range(1, 5):
        extract.node(-number, LON + 0.001 * number, LAT)
    extract.node(5, LON, LAT)
    extract.way(-10, [-1, -2, 5], highway="residential")
    extract.way(-11, [-2, -3, -4], highway="residential")
    street = read_osm(extract.write(tmp_path / "a.osm")).street
    assert set(street) == {"way/-10/-1", "way/-10/-2", "way/-11/-2"}
    assert street["way/-11/-2"]["length"] == pytest.approx(_length(extract, [-2, -3, -4]), abs=0.01)


def test_a_node_named_twice_in_a_row_counts_once(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    _grid(extract, 5)
    extract.way(1, [1, 2, 2, 3], highway="path")
    extract.way(2, [4, 4], highway="path")
    assert set(read_osm(extract.write(tmp_path / "a.osm")).street) == {"way/1/1"}


def test_two_nodes_of_one_place_stay_connected(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    _grid(extract, 3)
    extract.node(9, *extract.nodes[2][:2])
    extract.way(1, [1, 2], highway="path")
    extract.way(2, [2, 9], highway="steps")
    extract.way(3, [9, 3], highway="path")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    assert set(found.street) == {"way/1/1", "way/2/2", "way/3/9"}
    assert found.street["way/2/2"]["length"] == 0


def test_streets_at_the_end_of_the_world_are_rejected_by_name(new_extract, read_osm, tmp_path: Path) -> None:
    extract = new_extract()
    extract.node(1, 151.2, -33.8)
    extract.node(2, 151.3, -33.8)
    extract.node(3, LON, LAT)
    extract.node(4, LON, LAT + 0.01)
    extract.way(1, [1, 2], highway="path")
    extract.way(2, [3, 4], highway="path")
    found = read_osm(extract.write(tmp_path / "a.osm"))
    assert set(found.street) == {"way/2/3"}
    assert [reject.feature for reject in found.rejects] == ["way/1"]


@st.composite
def _networks(draw) -> list[list[int]]:
    nodes = st.integers(1, 14)
    return draw(st.lists(st.lists(nodes, min_size=2, max_size=8), min_size=1, max_size=8))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=_networks(), backward=st.sets(st.integers(0, 7)))
def test_any_network_stays_what_it_is(
    new_extract, read_osm, tmp_path: Path, ways: list[list[int]], backward: set[int]
) -> None:
    extract = new_extract()
    _grid(extract, 14)
    for number, refs in enumerate(ways):
        extract.way(100 + number, refs, highway="service", oneway="-1" if number in backward else "no")
    found = read_osm(extract.write(tmp_path / "a.osm")).street
    places = {f"node/{number}": at for number, at in _projected(extract).items()}
    uses: Counter[str] = Counter()
    for row in found.values():
        line = shapely.from_wkb(row["geom"])
        # The ends of an edge are its nodes.
        assert line.coords[0] == pytest.approx(places[row["from_node"]], abs=1e-6)
        assert line.coords[-1] == pytest.approx(places[row["to_node"]], abs=1e-6)
        inner = [_at(places, point) for point in line.coords[1:-1]]
        uses.update(inner)
        # No edge runs through a junction.
        assert not any(node in {row["from_node"], row["to_node"]} for node in inner)
        uses.update({row["from_node"], row["to_node"]})
    ends = {end for row in found.values() for end in (row["from_node"], row["to_node"])}
    for node, count in uses.items():
        assert count == 1 or node in ends
    # Nothing is lost by splitting.
    for number, refs in enumerate(ways):
        own = [row["length"] for key, row in found.items() if key.startswith(f"way/{100 + number}/")]
        assert sum(own) == pytest.approx(_length(extract, refs), abs=0.01)
    assert _components(_pairs(found, places)) == _components(
        [(a, b) for refs in ways for a, b in pairwise(refs) if a != b]
    )


def _projected(extract) -> dict[int, tuple[float, float]]:
    transform = pyproj.Transformer.from_crs(4326, 25832, always_xy=True).transform
    return {number: transform(round(lon, 7), round(lat, 7)) for number, (lon, lat, _) in extract.nodes.items()}


def _at(places: dict[str, tuple[float, float]], point: tuple[float, float]) -> str:
    return min(places, key=lambda node: (places[node][0] - point[0]) ** 2 + (places[node][1] - point[1]) ** 2)


def _pairs(street: dict[str, dict], places: dict[str, tuple[float, float]]) -> list[tuple[int, int]]:
    """Neighbours along all edges."""
    found = []
    for row in street.values():
        inner = [_at(places, point) for point in shapely.from_wkb(row["geom"]).coords[1:-1]]
        found += pairwise(int(node[5:]) for node in (row["from_node"], *inner, row["to_node"]))
    return found


def _components(pairs: list[tuple[int, int]]) -> set[frozenset[int]]:
    """Sets of nodes that hang together, by scipy."""
    if not pairs:
        return set()
    first, second = np.array(pairs).T
    count, label = connected_components(
        coo_array((np.ones(len(first)), (first, second)), shape=(15, 15)), directed=False
    )
    groups = [frozenset(np.flatnonzero(label == number).tolist()) for number in range(count)]
    touched = set(first) | set(second)
    return {group for group in groups if group & touched}


def test_ways_through_monaco_are_as_long_as_through_its_nodes(shared_data: Path, read_osm) -> None:
    """Shortest ways on edges against shortest ways on the bare nodes, both by scipy."""
    path = shared_data / "osm" / "monaco.osm.pbf"
    pairs, lengths = [], []
    for way in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if way.is_way() and is_street(way.tags.get("highway")):
            places = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
            for first, second in pairwise(places):
                pairs.append((first[0], second[0]))
                lengths.append(GEOD.inv(*first[1:], *second[1:])[2])
    edges = list(read_osm(path).street.values())
    ends = [(int(row["from_node"][5:]), int(row["to_node"][5:])) for row in edges]
    junctions = np.unique(np.array(ends))
    chosen = np.random.default_rng(3).choice(junctions, 12, replace=False)
    bare = _distances(pairs, lengths, chosen, junctions)
    split = _distances(ends, [row["length"] for row in edges], chosen, junctions)
    assert np.isfinite(bare).mean() > 0.8
    np.testing.assert_allclose(split, bare, rtol=1e-4, atol=0.5)


def _distances(pairs, lengths, sources, targets) -> np.ndarray:
    nodes, places = np.unique(np.array(pairs), return_inverse=True)
    first, second = places.reshape(-1, 2).T
    # Of several edges between two nodes the shortest counts; an edge to itself leads nowhere.
    order = np.argsort(lengths)[::-1]
    shortest = {}
    for place in order.tolist():
        shortest[min(first[place], second[place]), max(first[place], second[place])] = max(lengths[place], 1e-6)
    keys = np.array([key for key in shortest if key[0] != key[1]])
    weights = [shortest[tuple(key)] for key in keys]
    graph = coo_array((weights, (keys[:, 0], keys[:, 1])), shape=(len(nodes), len(nodes))).tocsr()
    found = dijkstra(graph, directed=False, indices=np.searchsorted(nodes, sources))
    return found[:, np.searchsorted(nodes, targets)]
