"""Footprints of every source: recognised by content, extruded, with a height that says where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats import boundaries
from ingest.formats.footprints import FORMAT
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.errors import DeliveryError, InvalidDelivery, MissingCRS

WEST, SOUTH = 440_000.0, 5_700_000.0


def square(number: int = 0, size: float = 10) -> Any:
    return shapely.box(WEST + 50 * number, SOUTH, WEST + 50 * number + size, SOUTH + size)


def written(path: Path, shapes: list[Any], crs: str | None = "EPSG:25832", layer: str = "", **columns: Any) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    frame.to_file(path, **({"layer": layer} if layer else {}))
    return path


def read(path: Path, crs: str = "") -> tuple[list[dict[str, Any]], dict[str, int], list[Reject], Facts]:
    buildings: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    rejects, facts = [], None
    for item in FORMAT.read(SourceFile(path), Options(crs=crs)):
        if isinstance(item, Batch):
            counts[item.layer] = counts.get(item.layer, 0) + item.table.num_rows
            buildings += item.table.to_pylist() if item.layer == "building" else []
        elif isinstance(item, Reject):
            rejects.append(item)
        else:
            facts = item
    assert isinstance(facts, Facts)
    return buildings, counts, rejects, facts


def test_openstreetmap_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path / "export.gpkg",
        [square(n) for n in range(6)],
        layer="multipolygons",
        osm_id=["1", "2", "3", "4", "5", "6"],
        building=["house", "church", "yes", "garage", "yes", "yes"],
        height=["7,5 m", None, "25 ft", None, "900", None],
        **{"building:levels": [None, "3", None, None, None, "2;1"]},
        name=["", "St. Patrokli", None, None, None, None],
    )
    assert recognise(SourceFile(path)) is FORMAT
    buildings, counts, rejects, facts = read(path)
    assert not rejects
    assert counts == {"building": 6, "building_surface": 36, "building_mesh": 6}
    assert [row["building_id"] for row in buildings] == [f"osm_{n}" for n in range(1, 7)]
    found = [(row["measured_height"], row["height_source"]) for row in buildings]
    assert found[0] == (7.5, "stated")
    assert found[1] == (9.0, "2000")
    assert found[2] == (pytest.approx(7.62), "stated")
    assert found[3] == (3.0, "3000")
    assert found[4] == (6.0, "3000"), "no building is 900 m high"
    assert found[5] == (6.0, "2000")
    assert buildings[1]["function"] == "Kirche"
    assert buildings[1]["name"] == "St. Patrokli"
    assert buildings[0]["volume"] == pytest.approx(750.0)
    assert {row["source_object"] for row in buildings} == {"osm"}
    assert len(facts.notes) == 2


def test_tags_in_one_column_as_ogr_writes_them(tmp_path: Path) -> None:
    path = written(
        tmp_path / "extract.gpkg",
        [square()],
        layer="multipolygons",
        osm_way_id=["77"],
        building=["yes"],
        other_tags=['"building:levels"=>"4","addr:street"=>"Am \\"Hof\\"","addr:housenumber"=>"3a"'],
    )
    ((row,), _, _, _) = read(path)
    assert (row["building_id"], row["measured_height"], row["address"]) == ("osm_77", 12.0, 'Am "Hof" 3a')


@pytest.mark.parametrize("ending", [".shp", ".gpkg", ".geojson", ".fgb"])
def test_hausumringe_in_every_container(tmp_path: Path, ending: str) -> None:
    path = written(
        tmp_path / f"005974{ending}",
        [square(0), square(1), square(2, 3)],
        OI=["DENWAL0000000001", "DENWAL0000000002", "DENWAL0000000002"],
        GFK=["31001_1000", "31001_2721", "31001_2463"],
        AGS=["05974040"] * 3,
    )
    if ending == ".geojson":
        gpd.read_file(path).to_crs(4326).to_file(path)
    assert not boundaries.recognise(SourceFile(path)), "a key of municipalities does not make borders"
    assert recognise(SourceFile(path)) is FORMAT
    buildings, _, rejects, _ = read(path)
    assert not rejects
    buildings.sort(key=lambda row: row["building_id"])  # FlatGeobuf sorts by place
    assert [row["building_id"][-3:] for row in buildings] == ["001", "002", "2_2"], "two outlines of one id"
    assert {row["function"] for row in buildings} == {"Wohngebäude", "Scheune", "Garage"}
    assert {row["source_object"] for row in buildings} == {"hausumringe"}
    assert {row["ags"] for row in buildings} == {"05974040"}
    assert buildings[0]["function"] == "Wohngebäude"
    assert shapely.from_wkb(buildings[0]["geom"]).symmetric_difference(square()).area < 0.1


def test_a_layer_that_says_that_it_holds_buildings_will_do(tmp_path: Path) -> None:
    path = written(tmp_path / "x.gpkg", [square()], layer="Gebaeude_Umrisse", irgendwas=[1])
    buildings, _, _, facts = read(path)
    assert buildings[0]["building_id"] == "E440005.00N5700005.00"
    assert buildings[0]["source_object"] == "footprint"
    assert facts.crs == "EPSG:25832"


@pytest.mark.parametrize(
    ("layer", "columns"),
    [
        ("strassen", {"name": ["a"]}),
        ("gebaeude", {"dachform": ["3100"]}),
        ("building_parts", {"osm_id": ["1"]}),
        ("bp_baugrenze", {"id": [1]}),
        ("gemeinden", {"AGS": ["05974040"]}),
    ],
)
def test_what_is_something_else_is_left_to_others(tmp_path: Path, layer: str, columns: dict[str, Any]) -> None:
    assert not FORMAT.recognise(SourceFile(written(tmp_path / "x.gpkg", [square()], layer=layer, **columns)))


def test_one_bad_shape_does_not_sink_the_rest(tmp_path: Path) -> None:
    bow = shapely.Polygon([(WEST, SOUTH), (WEST + 10, SOUTH + 10), (WEST + 10, SOUTH), (WEST, SOUTH + 10)])
    teeth = [(WEST + x / 10, SOUTH + (5 if x % 2 else 0)) for x in range(2400)]
    comb = shapely.Polygon([*teeth, *((x, 2 * SOUTH + 4 - y) for x, y in reversed(teeth))])
    shapes = [
        square(0),
        None,
        bow,
        shapely.box(1e9, 1e9, 1e9 + 1, 1e9 + 1),
        shapely.Polygon([(WEST, SOUTH), (WEST + 1, SOUTH), (WEST + 2, SOUTH)]),
        square(0),
        comb,
        shapely.Polygon(),
        square(1).difference(square(1).buffer(-2)),
        shapely.union_all([square(3), square(4)]),
    ]
    keys = ["a", "missing", "bow", "far", "line", "a", "comb", "empty", "yard", "two"]
    path = written(tmp_path / "b.gpkg", shapes, layer="buildings", osm_id=keys)
    buildings, counts, rejects, facts = read(path)
    assert [row["building_id"] for row in buildings] == ["osm_a", "osm_bow", "osm_yard", "osm_two"]
    assert {reject.feature for reject in rejects} == {"missing", "far", "line", "a", "comb", "empty"}
    assert counts["building_mesh"] == 4
    assert all(row["closed"] for row in buildings)
    assert len(facts.notes) == 2


def test_without_a_crs_one_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "b.shp", [square()], crs=None, osm_id=["1"], building=["yes"])
    with pytest.raises(MissingCRS):
        read(path)
    assert len(read(path, crs="EPSG:25832")[0]) == 1


def test_bodies_wait_for_their_ground(tmp_path: Path) -> None:
    path = written(tmp_path / "b.gpkg", [square()], layer="buildings", osm_id=["1"])
    for item in FORMAT.read(SourceFile(path), Options()):
        if isinstance(item, Batch) and item.layer == "building":
            (row,) = item.table.to_pylist()
            assert (row["lod"], row["ground_height"], row["roof_height"], row["ground_source"]) == (1, None, None, None)
        elif isinstance(item, Batch) and item.layer == "building_mesh":
            (mesh,) = item.table.to_pylist()
            assert mesh["origin_z"] == 0.0
            heights = np.reshape(mesh["vertices"], (-1, 3))[:, 2]
            assert (heights.min(), heights.max()) == (0.0, 6.0)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".fgb", ".geojson"])
def test_a_truncated_file_is_read_in_part_or_refused_by_name(tmp_path: Path, ending: str, share: float) -> None:
    path = written(
        tmp_path / f"b{ending}", [square(n) for n in range(200)], osm_id=[str(n) for n in range(200)], building="yes"
    )
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    try:
        buildings, _, _, _ = read(path, crs="EPSG:25832")
    except DeliveryError as error:
        assert path.name in str(error)
    else:
        assert len(buildings) <= 200


def test_flipped_bits_end_loaded_or_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "b.gpkg", [square(n) for n in range(50)], layer="buildings", osm_id=range(50))
    content = path.read_bytes()
    chance = np.random.default_rng(7)
    for _ in range(40):
        broken = bytearray(content)
        for place in chance.integers(100, len(content), 30):
            broken[place] ^= 1 << int(chance.integers(8))
        path.write_bytes(bytes(broken))
        try:
            read(path)
        except DeliveryError as error:
            assert path.name in str(error)


def test_a_file_without_footprints_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x.gpkg", [square()], layer="wald", art=["Buche"])
    with pytest.raises(InvalidDelivery, match=r"x\.gpkg"):
        read(path)


def test_the_footprints_of_wesel(shared_data: Path) -> None:
    path = shared_data / "osm" / "wesel-buildings" / "osm_buildings_wesel.gpkg"
    assert recognise(SourceFile(path)) is FORMAT
    buildings, counts, rejects, facts = read(path)
    assert counts["building"] == counts["building_mesh"] == 10_144
    assert not rejects
    assert facts.crs == "EPSG:4326"
    assert sum(row["closed"] for row in buildings) == 10_144
