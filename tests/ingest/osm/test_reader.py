from __future__ import annotations

import bz2
import gzip
import itertools
import random
from pathlib import Path

import osmium
import pyproj
import pytest
import shapely

from ingest.finding import Finding
from ingest.format import Batch, Facts, Reject
from twin.errors import DeliveryError, InvalidDelivery

LON, LAT = 8.1, 51.57


def test_it_says_where_when_and_whose_it_is(items_of, village, tmp_path: Path) -> None:
    facts = items_of(village.write(tmp_path / "a.osm"))[-1]
    assert isinstance(facts, Facts)
    assert (facts.crs, facts.licence, facts.mode) == ("EPSG:4326", "odbl-1.0", "replace")
    assert "OpenStreetMap" in facts.notes[0]
    to_store = pyproj.Transformer.from_crs(4326, 25832, always_xy=True)
    claimed = shapely.box(*facts.extent)
    west, south, east, north = village.bounds
    ring = [to_store.transform(*corner) for corner in ((west, south), (east, south), (east, north), (west, north))]
    assert shapely.Polygon(ring).buffer(0.01).contains(claimed)
    assert claimed.area > 0.9 * shapely.Polygon(ring).area


def test_a_selection_of_tags_claims_no_extent(items_of, village, tmp_path: Path) -> None:
    """Or streets alone would retire what else an earlier, whole extract brought."""
    del village.ways[3], village.nodes[9]
    facts = items_of(village.write(tmp_path / "a.osm"))[-1]
    assert facts.extent is None
    assert "facility" in facts.notes[-1]


def test_without_bounds_it_claims_no_extent(items_of, village, tmp_path: Path) -> None:
    village.bounds = None
    assert items_of(village.write(tmp_path / "a.osm"))[-1].extent is None


def test_the_day_is_that_of_the_data(items_of, village, tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text(
        village.xml().replace("generator='test'", "generator='x' timestamp='2026-03-01T20:21:22Z'"), "utf-8"
    )
    assert items_of(path)[-1].date == "2026-03-01"
    path.write_text(village.xml().replace("<bounds", "<meta osm_base='2026-04-02T00:00:00Z'/><bounds"), "utf-8")
    assert items_of(path)[-1].date == "2026-04-02"


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
def test_damage_is_refused_in_words(items_of, tmp_path: Path, inner: str) -> None:
    path = tmp_path / "a.osm"
    path.write_text(f"<osm version='0.6'>{inner}</osm>")
    with pytest.raises(InvalidDelivery, match=r"a\.osm"):
        items_of(path)


def test_a_made_up_id_costs_no_memory(items_of, counts, new_extract, tmp_path: Path) -> None:
    extract = new_extract()
    extract.node(1, LON, LAT)
    extract.node(2**62, LON, LAT + 0.001)
    extract.way(2**61, [1, 2**62], highway="path")
    assert counts(items_of(extract.write(tmp_path / "a.osm"))) == {"street": 1}


def test_history_is_refused(items_of, village, tmp_path: Path) -> None:
    path = tmp_path / "a.osh.pbf"
    header = osmium.io.Header()
    header.has_multiple_object_versions = True
    with osmium.SimpleWriter(str(path), header=header) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, version=1, location=(LON, LAT)))
        writer.add_node(osmium.osm.mutable.Node(id=1, version=2, location=(LON, LAT)))
    with pytest.raises(InvalidDelivery):
        items_of(path)


@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf", "a.osm.gz", "a.osm.bz2"])
def test_truncation_anywhere_is_refused_or_read(items_of, village, tmp_path: Path, name: str) -> None:
    whole = village.write(tmp_path / ("p.osm.pbf" if "pbf" in name else "p.osm")).read_bytes()
    if name.endswith("z2"):
        whole = bz2.compress(whole)
    elif name.endswith(".gz"):
        whole = gzip.compress(whole)
    path = tmp_path / name
    for share in range(0, 100, 3):
        path.write_bytes(whole[: len(whole) * share // 100])
        with pytest.raises((DeliveryError, EOFError, OSError)):
            items_of(path)


def test_flipped_bits_are_refused_or_read(items_of, village, tmp_path: Path) -> None:
    whole = bytearray(village.write(tmp_path / "p.osm.pbf").read_bytes())
    chance = random.Random(7)
    path = tmp_path / "a.osm.pbf"
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            for item in items_of(path):
                assert isinstance(item, Batch | Reject | Finding | Facts)
        except DeliveryError as error:
            assert path.name in str(error)


def test_a_small_extract_is_read(items_of, counts, shared_data: Path) -> None:
    (path,) = (shared_data / "osm").glob("planet_*.osm")
    items = items_of(path)
    assert counts(items)["street"] == 23
    assert items[-1].date == "2020-08-10"


def test_batches_are_bounded(items_of, counts, shared_data: Path, monkeypatch) -> None:
    monaco = shared_data / "osm" / "monaco.osm.pbf"
    whole = counts(items_of(monaco))
    monkeypatch.setattr("ingest.osm.reader._AT_ONCE", 500)
    monkeypatch.setattr("ingest.osm.reader._POINTS_AT_ONCE", 50)
    items = items_of(monaco)
    assert counts(items) == whole
    assert sum(isinstance(item, Batch) for item in items) > 30
    ids = list(
        itertools.chain.from_iterable(
            item.table.column("street_id").to_pylist()
            for item in items
            if isinstance(item, Batch) and item.layer == "street"
        )
    )
    assert len(set(ids)) == len(ids)
