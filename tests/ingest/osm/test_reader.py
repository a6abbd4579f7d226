from __future__ import annotations

import bz2
import gzip
import itertools
import random
import struct
import zlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import osmium
import pyproj
import pytest
import shapely

import twin
from ingest.finding import Finding
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.formats.osm import FORMAT
from ingest.job import Request, ingest
from ingest.osm.road import is_street
from ingest.osm.tag_table import kinds
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.discovery import discover
from twin.errors import DeliveryError, InvalidDelivery, UnsafeDelivery

LON, LAT = 8.1, 51.57


@pytest.fixture
def village(new_extract):
    """A street, a school, a pond and a stop."""
    extract = new_extract()
    for number, (x, y) in enumerate([(0, 0), (1, 0), (1, 1), (0, 1)], 1):
        extract.node(number, LON + 0.001 * x, LAT + 0.001 * y)
    extract.node(9, LON + 0.0005, LAT, highway="bus_stop", name="Kirche")
    extract.way(1, [1, 2, 3], highway="residential", name="Dorfstraße")
    extract.way(2, [1, 2, 3, 4, 1], natural="water")
    extract.way(3, [1, 2, 3, 1], amenity="school")
    extract.bounds = (LON - 0.001, LAT - 0.001, LON + 0.002, LAT + 0.002)
    return extract


def _read(path: Path) -> list[Item]:
    return list(FORMAT.read(SourceFile(path), Options()))


def _counts(items: list[Item]) -> Counter[str]:
    found: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Batch):
            found[item.layer] += item.table.num_rows
    return found


@pytest.mark.parametrize("name", ["a.osm", "a.xml", "a.osm.pbf", "a.osm.gz", "a.osm.bz2", "a.pbf.gz", "anything"])
def test_it_is_known_by_its_content(village, tmp_path: Path, name: str) -> None:
    plain = village.write(tmp_path / ("p.osm.pbf" if "pbf" in name else "p.osm")).read_bytes()
    path = tmp_path / name
    path.write_bytes(
        bz2.compress(plain) if name.endswith(".bz2") else gzip.compress(plain) if name.endswith(".gz") else plain
    )
    assert recognise(SourceFile(path)) is FORMAT
    assert _counts(_read(path)) == {"street": 1, "facility": 2, "land_cover": 1}


@pytest.mark.parametrize(
    "text",
    [
        "<osmChange version='0.6'/>",
        "<osm xmlns='urn:other' version='1'/>",
        "<gpx version='1.1'/>",
        "<osm/>",
        "<!-- <osm version='0.6'> --><gpx/>",
    ],
)
def test_others_are_not(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.osm"
    path.write_text(text)
    assert not FORMAT.recognise(SourceFile(path))
    with pytest.raises(InvalidDelivery):
        _read(path)


def test_it_says_where_when_and_whose_it_is(village, tmp_path: Path) -> None:
    facts = _read(village.write(tmp_path / "a.osm"))[-1]
    assert isinstance(facts, Facts)
    assert (facts.crs, facts.licence, facts.mode) == ("EPSG:4326", "odbl-1.0", "replace")
    assert "OpenStreetMap" in facts.notes[0]
    to_store = pyproj.Transformer.from_crs(4326, 25832, always_xy=True)
    claimed = shapely.box(*facts.extent)
    west, south, east, north = village.bounds
    ring = [to_store.transform(*corner) for corner in ((west, south), (east, south), (east, north), (west, north))]
    assert shapely.Polygon(ring).buffer(0.01).contains(claimed)
    assert claimed.area > 0.9 * shapely.Polygon(ring).area


def test_a_selection_of_tags_claims_no_extent(village, tmp_path: Path) -> None:
    """Or streets alone would retire what else an earlier, whole extract brought."""
    del village.ways[3], village.nodes[9]
    facts = _read(village.write(tmp_path / "a.osm"))[-1]
    assert facts.extent is None
    assert "facility" in facts.notes[-1]


def test_without_bounds_it_claims_no_extent(village, tmp_path: Path) -> None:
    village.bounds = None
    assert _read(village.write(tmp_path / "a.osm"))[-1].extent is None


def test_the_day_is_that_of_the_data(village, tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text(
        village.xml().replace("generator='test'", "generator='x' timestamp='2026-03-01T20:21:22Z'"), "utf-8"
    )
    assert _read(path)[-1].date == "2026-03-01"
    path.write_text(village.xml().replace("<bounds", "<meta osm_base='2026-04-02T00:00:00Z'/><bounds"), "utf-8")
    assert _read(path)[-1].date == "2026-04-02"


# Hostile input


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'><node id='1' lat='&a;'/></osm>",
        "<!DOCTYPE osm SYSTEM 'file:///etc/passwd'><osm version='0.6'/>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><osm version='0.6'/>",
        "<!-- <osm version='0.6'/> --><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'/>",
    ],
)
def test_a_document_type_never_reaches_the_parser(tmp_path: Path, monkeypatch, text: str) -> None:
    path = tmp_path / "a.osm"
    path.write_text(text)
    monkeypatch.setattr("osmium.io.Reader", None)
    with pytest.raises(UnsafeDelivery):
        _read(path)


def test_a_document_type_far_behind_hides_in_vain(tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text(f"<!--{' ' * 100_000}--><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'/>")
    with pytest.raises(InvalidDelivery):
        _read(path)
    path.write_text("<?xml version='1.0'?><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'/>", "utf-16")
    with pytest.raises(DeliveryError):
        _read(path)


@pytest.mark.parametrize(
    "inner",
    [
        "<node id='1' lat='51' lon='8'><tag k='amenity' v='" + "x" * 5000 + "'/></node>",
        "<node id='99999999999999999999' lat='51' lon='8'/>",
        "<node id='x' lat='51' lon='8'/>",
        "<node id='1' lat='51' lon='1000000'/>",
        "<node id='1' lat='51' lon='8'",
    ],
)
def test_damage_is_refused_in_words(tmp_path: Path, inner: str) -> None:
    path = tmp_path / "a.osm"
    path.write_text(f"<osm version='0.6'>{inner}</osm>")
    with pytest.raises(InvalidDelivery, match=r"a\.osm"):
        _read(path)


def test_a_made_up_id_costs_no_memory(new_extract, tmp_path: Path) -> None:
    extract = new_extract()
    extract.node(1, LON, LAT)
    extract.node(2**62, LON, LAT + 0.001)
    extract.way(2**61, [1, 2**62], highway="path")
    assert _counts(_read(extract.write(tmp_path / "a.osm"))) == {"street": 1}


def test_history_is_refused(village, tmp_path: Path) -> None:
    path = tmp_path / "a.osh.pbf"
    header = osmium.io.Header()
    header.has_multiple_object_versions = True
    with osmium.SimpleWriter(str(path), header=header) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, version=1, location=(LON, LAT)))
        writer.add_node(osmium.osm.mutable.Node(id=1, version=2, location=(LON, LAT)))
    with pytest.raises(InvalidDelivery):
        _read(path)


@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf", "a.osm.gz", "a.osm.bz2"])
def test_truncation_anywhere_is_refused_or_read(village, tmp_path: Path, name: str) -> None:
    whole = village.write(tmp_path / ("p.osm.pbf" if "pbf" in name else "p.osm")).read_bytes()
    if name.endswith("z2"):
        whole = bz2.compress(whole)
    elif name.endswith(".gz"):
        whole = gzip.compress(whole)
    path = tmp_path / name
    for share in range(0, 100, 3):
        path.write_bytes(whole[: len(whole) * share // 100])
        with pytest.raises((DeliveryError, EOFError, OSError)):
            _read(path)


def test_flipped_bits_are_refused_or_read(village, tmp_path: Path) -> None:
    whole = bytearray(village.write(tmp_path / "p.osm.pbf").read_bytes())
    chance = random.Random(7)
    path = tmp_path / "a.osm.pbf"
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            for item in _read(path):
                assert isinstance(item, Batch | Reject | Finding | Facts)
        except DeliveryError as error:
            assert path.name in str(error)


def test_a_bzip2_bomb_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("ingest.osm.plain_file._FREE", 1 << 20)
    path = tmp_path / "a.osm.bz2"
    path.write_bytes(bz2.compress(b"<osm version='0.6'>" + b" " * (8 << 20) + b"</osm>"))
    with pytest.raises(UnsafeDelivery):
        _read(path)


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def _blob(kind: bytes, data: bytes, raw_size: int | None = None) -> bytes:
    packed = _varint(2 << 3) + _varint(len(data) if raw_size is None else raw_size) + _field(3, zlib.compress(data))
    header = _field(1, kind) + _varint(3 << 3) + _varint(len(packed))
    return struct.pack(">I", len(header)) + header + packed


_HEADER = _blob(b"OSMHeader", _field(4, b"OsmSchema-V0.6") + _field(4, b"DenseNodes"))


def test_a_block_of_gigabytes_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    """A string of 1 kB, named four million times in 4 MB that pack to 4 kB."""
    strings = _field(1, _field(1, b"") + _field(1, b"k" * 1000) + _field(1, b"v" * 1000))
    ids = b"\x02" * 1000
    named = (b"\x01\x02" * 2000 + b"\x00") * 1000
    dense = _field(2, _field(1, ids) + _field(8, ids) + _field(9, ids) + _field(10, named))
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(_HEADER + _blob(b"OSMData", strings + _field(2, dense)))
    assert path.stat().st_size < 50_000
    with pytest.raises(UnsafeDelivery):
        _read(path)
    way = _field(3, _varint(1 << 3) + _varint(1) + _field(2, b"\x01" * 50_000) + _field(3, b"\x02" * 50_000))
    path.write_bytes(_HEADER + _blob(b"OSMData", strings + _field(2, way * 40)))
    with pytest.raises(UnsafeDelivery):
        _read(path)


def test_a_block_of_nothing_but_objects_is_refused(tmp_path: Path) -> None:
    """Two million empty ways in 4 MB, or as many nodes of three bytes."""
    path = tmp_path / "a.osm.pbf"
    empty = _field(1, _field(1, b"")) + _field(2, b"\x1a\x00" * 2_000_000)
    path.write_bytes(_HEADER + _blob(b"OSMData", empty))
    with pytest.raises(UnsafeDelivery):
        _read(path)
    ids = b"\x02" * 2_000_000
    dense = _field(2, _field(1, ids) + _field(8, ids) + _field(9, ids))
    path.write_bytes(_HEADER + _blob(b"OSMData", _field(1, _field(1, b"")) + _field(2, dense)))
    with pytest.raises(UnsafeDelivery):
        _read(path)


def test_many_blobs_that_pack_too_well_are_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("ingest.osm.blob.FREE", 1 << 20)
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(_HEADER + _blob(b"Unknown", b"\0" * (1 << 20)) * 4)
    with pytest.raises(UnsafeDelivery):
        _read(path)


@pytest.mark.parametrize("raw_size", [1 << 40, 33 << 20])
def test_a_blob_larger_than_the_format_allows_is_refused(tmp_path: Path, raw_size: int) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(_HEADER + _blob(b"OSMData", b"", raw_size))
    with pytest.raises(InvalidDelivery):
        _read(path)


def test_a_large_honest_block_is_read(new_extract, tmp_path: Path) -> None:
    extract = new_extract()
    for number in range(1, 8001):
        extract.node(number, LON + number * 1e-6, LAT, amenity="bench", note="ü" * 250, name=f"Bank {number}" * 10)
    extract.node(9000, LON, LAT, amenity="school")
    assert _counts(_read(extract.write(tmp_path / "a.osm.pbf"))) == {"facility": 1}


# Real data


@pytest.fixture(scope="module")
def monaco(shared_data: Path) -> Path:
    return shared_data / "osm" / "monaco.osm.pbf"


def test_monaco_splits_without_loss(monaco: Path) -> None:
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
    table = next(item.table for item in _read(monaco) if isinstance(item, Batch) and item.layer == "street")
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


def test_monacos_areas_are_those_that_osmium_builds(monaco: Path) -> None:
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
        for item in _read(monaco)
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


def test_a_small_extract_is_read(shared_data: Path) -> None:
    (path,) = (shared_data / "osm").glob("planet_*.osm")
    items = _read(path)
    assert _counts(items)["street"] == 23
    assert items[-1].date == "2020-08-10"


def test_batches_are_bounded(monaco: Path, monkeypatch) -> None:
    whole = _counts(_read(monaco))
    monkeypatch.setattr("ingest.osm.reader._AT_ONCE", 500)
    monkeypatch.setattr("ingest.osm.reader._POINTS_AT_ONCE", 50)
    items = _read(monaco)
    assert _counts(items) == whole
    assert sum(isinstance(item, Batch) for item in items) > 30
    ids = list(
        itertools.chain.from_iterable(
            item.table.column("street_id").to_pylist()
            for item in items
            if isinstance(item, Batch) and item.layer == "street"
        )
    )
    assert len(set(ids)) == len(ids)
