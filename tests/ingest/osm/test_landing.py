from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import osmium
import pyproj
import pytest
import shapely

import twin
from ingest.format import Batch, Options
from ingest.job import Request, ingest
from ingest.osm.road import is_street
from ingest.osm.tag_table import kinds
from twin.discovery import discover

LON, LAT = 8.1, 51.57


@pytest.fixture(scope="module")
def monaco(shared_data: Path) -> Path:
    return shared_data / "osm" / "monaco.osm.pbf"


def test_monaco_splits_without_loss(items_of, monaco: Path) -> None:
    """Osmium's own reading as an oracle: each way's length and neighbours, straight from its nodes."""
    geod = pyproj.Geod(ellps="WGS84")
    lengths: dict[int, float] = {}
    nodes: set[int] = set()
    uses: Counter[int] = Counter()
    for way in osmium.FileProcessor(str(monaco), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if way.is_way() and is_street(way.tags.get("highway")):
            places = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(places) == len(way.nodes):
                lengths[way.id] = sum(geod.inv(*a[1:], *b[1:])[2] for a, b in pairwise(places))
            nodes.update(place[0] for place in places)
            uses.update(place[0] for place in places)
    table = next(item.table for item in items_of(monaco) if isinstance(item, Batch) and item.layer == "street")
    found: Counter[int] = Counter()
    ends: Counter[str] = Counter()
    for street_id, length, first, last in zip(
        *(table.column(name).to_pylist() for name in ("street_id", "length", "from_node", "to_node")), strict=True
    ):
        found[int(street_id.split("/")[1])] += length
        ends.update((first, last))
    assert len(lengths) > 2500
    for number, length in lengths.items():
        assert found[number] == pytest.approx(length, rel=1e-3, abs=0.02)
    # Whoever is used more than once is an end of edges, and nobody else is in the middle of a way.
    assert {node for node, count in uses.items() if count > 1} <= {int(end[5:]) for end in ends}
    assert table.num_rows > len(lengths)
    lines = shapely.from_wkb(table.column("geom").to_numpy(zero_copy_only=False))
    assert shapely.length(lines).sum() == pytest.approx(sum(table.column("length").to_pylist()), rel=1e-3)


def test_monacos_areas_are_those_that_osmium_builds(items_of, monaco: Path) -> None:
    """Osmium's multipolygon assembler as a second implementation."""
    to_store = pyproj.Transformer.from_crs(4326, 25832, always_xy=True)
    factory = osmium.geom.WKBFactory()
    oracle: dict[str, float] = {}
    for thing in osmium.FileProcessor(str(monaco)).with_areas():
        if thing.is_area() and kinds("land_cover").of(dict(thing.tags)) and thing.tags.get("area") != "no":
            name = f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}"
            try:
                area = shapely.from_wkb(factory.create_multipolygon(thing))
            except RuntimeError:
                continue
            oracle[name] = shapely.transform(area, to_store.transform, interleaved=False).area
    rows = {
        row["land_cover_id"]: row["area"]
        for item in items_of(monaco)
        if isinstance(item, Batch) and item.layer == "land_cover"
        for row in item.table.to_pylist()
    }
    assert len(oracle) > 150
    assert set(oracle) <= set(rows)
    for name, area in oracle.items():
        assert rows[name] == pytest.approx(area, rel=1e-6, abs=0.02), name


@pytest.fixture
def home(tmp_path: Path, monkeypatch):
    # Tiles have tests of their own.
    monkeypatch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
    with twin.init(tmp_path / "home", "05974") as made:
        yield made


def test_what_lies_in_no_municipality_says_so(home: twin.Twin, monaco: Path) -> None:
    home.join("05974040", ["street", "facility", "land_cover"], "open")
    (report,) = ingest(home, [str(monaco)], Request(workers=1)).deliveries
    assert "--ags" in report.error
    assert str(report.read.total()) in report.error.replace(".", "").replace(",", "")


def test_monaco_lands_within_its_borders(home: twin.Twin, monaco: Path, tmp_path: Path) -> None:
    """A made-up municipality over the western half; the other half is nobody's."""
    home.join("05974990", ["street", "facility"], "open", name="Monaco-West")
    west = shapely.box(7.40, 43.72, 7.42, 43.76)
    borders = gpd.GeoDataFrame({"AGS": ["05974990"], "GEN": ["Monaco-West"]}, geometry=[west], crs=4326)
    borders.to_crs(25832).to_file(tmp_path / "borders.gpkg")
    report = ingest(home, [str(tmp_path / "borders.gpkg"), str(monaco)], Request(workers=1))
    assert [one.error for one in report.deliveries] == ["", ""]
    last = report.deliveries[1]
    assert 500 < last.loaded["street"]["05974990"] < 4500
    assert last.refused["unplaced:street"] + last.loaded["street"]["05974990"] == last.read["street"]
    assert last.refused["no_consent:land_cover:05974990"] > 0
    (licence,) = home.sql("SELECT DISTINCT licence FROM delivery WHERE format = 'osm'").fetchall()[0]
    assert licence == "odbl-1.0"
    # The same again changes nothing.
    assert ingest(home, [str(monaco)], Request(workers=1)).deliveries[0].unchanged


def test_a_newer_extract_retires_what_is_gone_and_a_selection_nothing(home: twin.Twin, village, tmp_path: Path) -> None:
    home.join("05974040", ["street", "facility", "land_cover"], "open")
    request = Request(Options(ags="05974040"), workers=1)
    ingest(home, [str(village.write(tmp_path / "march.osm"))], request)
    assert home.sql("SELECT facility_id FROM facility ORDER BY 1").fetchall() == [("node/9",), ("way/3",)]
    del village.nodes[9]
    (report,) = ingest(home, [str(village.write(tmp_path / "april.osm"))], request).deliveries
    assert report.retired == {"facility": 1}
    del village.ways[2], village.ways[3]
    village.way(1, [1, 2], highway="residential", name="Neue Straße")
    (report,) = ingest(home, [str(village.write(tmp_path / "streets.osm"))], request).deliveries
    assert report.retired == {}
    assert home.sql("SELECT facility_id FROM facility").fetchall() == [("way/3",)]
    assert home.sql("SELECT count(*) FROM land_cover").fetchall() == [(1,)]
    assert home.sql("SELECT name FROM street").fetchall() == [("Neue Straße",)]
