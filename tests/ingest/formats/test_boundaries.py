"""Municipal borders from vector files."""

from __future__ import annotations

import json
import zipfile

import geopandas
import numpy as np
import pytest
import shapely
import shapely.affinity

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.boundaries import FORMAT
from ingest.source_file import SourceFile
from layers.municipality import LAYER
from twin.errors import InvalidDelivery, MissingCRS


def take(source: SourceFile, options: Options | None = None):
    """Rows by key, rejects, facts."""
    items = list(FORMAT.read(source, options or Options()))
    rows = {row["ags"]: row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()}
    assert all(item.table.schema == LAYER.read_schema for item in items if isinstance(item, Batch))
    return rows, [item for item in items if isinstance(item, Reject)], items[-1]


def borders(**columns) -> geopandas.GeoDataFrame:
    count = len(next(iter(columns.values())))
    squares = [shapely.box(430_000 + 5000 * n, 5_710_000, 435_000 + 5000 * n, 5_715_000) for n in range(count)]
    return geopandas.GeoDataFrame(columns, geometry=squares, crs="EPSG:25832")


TWO = {"AGS": ["05974040", "05974044"], "GEN": ["Soest", "Warstein"], "EWZ": [47000, 25000], "KFL": [85.81, 158.04]}


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("a.gpkg", "GPKG"),
        ("a.shp", "ESRI Shapefile"),
        ("a.geojson", "GeoJSON"),
        ("a.fgb", "FlatGeobuf"),
        ("a.gml", "GML"),
    ],
)
def test_every_container_gives_the_same_rows(tmp_path, name, driver):
    borders(**TWO).to_file(tmp_path / name, driver=driver)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    source = SourceFile(tmp_path / name)
    assert FORMAT.recognise(source)
    rows, rejects, facts = take(source)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert rejects == []
    assert facts.crs == "EPSG:25832"
    assert facts.extent is None
    assert {key: (row["name"], row["population"], row["area"]) for key, row in rows.items()} == {
        "05974040": ("Soest", 47000, pytest.approx(85.81e6)),
        "05974044": ("Warstein", 25000, pytest.approx(158.04e6)),
    }
    assert shapely.from_wkb(rows["05974044"]["geom"]).area == pytest.approx(25e6, rel=1e-6)


@pytest.mark.parametrize(
    ("column", "keys"),
    [
        ("ARS", ["059740040040", "059740044044"]),
        ("RS", ["059740040040", "059740044044"]),
        ("KN", ["05974040", "05974044"]),
        ("Schluessel", ["05974040", "05974044"]),
        ("ags", [5974040, 5974044]),
    ],
)
def test_keys_by_other_names_and_lengths(tmp_path, column, keys):
    borders(**{column: keys, "GN": ["Soest", "Warstein"]}).to_file(tmp_path / "a.gpkg")
    assert FORMAT.recognise(SourceFile(tmp_path / "a.gpkg"))
    rows, _, _ = take(SourceFile(tmp_path / "a.gpkg"))
    assert {key: row["name"] for key, row in rows.items()} == {"05974040": "Soest", "05974044": "Warstein"}


def test_pieces_are_united_and_their_figures_not_added_up(tmp_path):
    frame = borders(AGS=["05974040", "05974040", "05974044"], GEN=["Soest"] * 2 + ["Warstein"], EWZ=[47000, 47000, 9])
    frame.to_file(tmp_path / "a.gpkg")
    rows, _, facts = take(SourceFile(tmp_path / "a.gpkg"))
    assert rows["05974040"]["population"] == 47000
    assert shapely.from_wkb(rows["05974040"]["geom"]).area == 50e6
    assert any("3" in note and "2" in note for note in facts.notes)


def test_broken_rings_are_mended_and_features_without_place_told(tmp_path):
    frame = borders(AGS=["05974040", "05974044", "05974052", "abc"])
    bow_tie = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    frame.loc[0, "geometry"] = shapely.affinity.translate(bow_tie, 430_000, 5_710_000)
    frame.loc[1, "geometry"] = None
    frame.to_file(tmp_path / "a.gpkg")
    rows, rejects, facts = take(SourceFile(tmp_path / "a.gpkg"))
    assert sorted(rows) == ["05974040", "05974052"]
    mended = shapely.from_wkb(rows["05974040"]["geom"])
    assert mended.is_valid
    assert mended.area == 5000
    assert len(facts.notes) == 1
    assert [reject.feature for reject in rejects] == ["05974044", "feature 4"]


def test_the_layer_of_municipalities_is_chosen(tmp_path):
    borders(AGS=["05974"], GEN=["Kreis Soest"], AGS_0=["05974000"]).to_file(tmp_path / "a.gpkg", layer="vg250_krs")
    borders(**TWO).to_file(tmp_path / "a.gpkg", layer="vg250_gem")
    borders(value=[1, 2]).to_file(tmp_path / "a.gpkg", layer="else")
    rows, _, _ = take(SourceFile(tmp_path / "a.gpkg"))
    assert sorted(rows) == ["05974040", "05974044"]


def test_districts_are_valid_but_nothing_for_us(tmp_path):
    borders(AGS=["05974", "05958"], AGS_0=["05974000", "05958000"]).to_file(tmp_path / "a.gpkg")
    source = SourceFile(tmp_path / "a.gpkg")
    assert FORMAT.recognise(source)
    rows, rejects, facts = take(source)
    assert (rows, rejects) == ({}, [])
    assert facts.notes


@pytest.mark.parametrize(
    "frame",
    [
        borders(flstkennz=["05123400100001______"], gmdschl=["05974040"]),
        borders(AGS=["05974040"] * 9, height=list(range(9))),
        borders(AGS=["99999999", "98765432"]),
        borders(name=["Soest", "Warstein"]),
        borders(AGS=["05974040"], gebnutzbez=["Wohnhaus"]),
    ],
    ids=["parcel", "many of one", "no state", "no key", "building"],
)
def test_other_vector_files_are_not_borders(tmp_path, frame):
    frame.to_file(tmp_path / "a.gpkg")
    assert not FORMAT.recognise(SourceFile(tmp_path / "a.gpkg"))


def test_points_are_not_borders(tmp_path):
    frame = borders(**TWO)
    frame["geometry"] = frame.geometry.centroid
    frame.to_file(tmp_path / "a.gpkg")
    assert not FORMAT.recognise(SourceFile(tmp_path / "a.gpkg"))


def test_a_missing_crs_is_asked_for(tmp_path):
    borders(**TWO).set_crs(None, allow_override=True).to_file(tmp_path / "a.shp")
    source = SourceFile(tmp_path / "a.shp")
    assert FORMAT.recognise(source)
    with pytest.raises(MissingCRS):
        take(source)
    rows, _, _ = take(source, Options(crs="EPSG:25832"))
    assert shapely.from_wkb(rows["05974040"]["geom"]).bounds[:2] == (430_000, 5_710_000)


def test_geojson_is_in_degrees_unless_it_says_otherwise(tmp_path):
    borders(**TWO).to_crs(4326).to_file(tmp_path / "a.geojson", driver="GeoJSON")
    rows, _, _ = take(SourceFile(tmp_path / "a.geojson"), Options(crs="EPSG:25833"))
    west, south, *_ = shapely.from_wkb(rows["05974040"]["geom"]).bounds
    assert (west, south) == (pytest.approx(430_000, abs=0.01), pytest.approx(5_710_000, abs=0.01))
    legacy = json.loads(borders(**TWO).to_json(drop_id=True))
    legacy["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    (tmp_path / "b.json").write_text(json.dumps(legacy))
    rows, _, facts = take(SourceFile(tmp_path / "b.json"))
    assert facts.crs == "EPSG:25832"
    assert shapely.from_wkb(rows["05974040"]["geom"]).bounds[0] == pytest.approx(430_000)


def test_a_shapefile_inside_a_zip(tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    borders(**TWO).to_file(folder / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"inner/{path.name}")
    source = SourceFile(tmp_path / "a.zip", "inner/a.shp")
    assert FORMAT.recognise(source)
    rows, _, _ = take(source)
    assert rows["05974044"]["name"] == "Warstein"


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_damaged_geopackage_is_told_as_damaged(tmp_path, share):
    borders(**TWO).to_file(tmp_path / "a.gpkg")
    whole = (tmp_path / "a.gpkg").read_bytes()
    (tmp_path / "a.gpkg").write_bytes(whole[: int(len(whole) * share)])
    source = SourceFile(tmp_path / "a.gpkg")
    assert FORMAT.recognise(source)
    with pytest.raises(InvalidDelivery) as error:
        take(source)
    assert str(tmp_path) not in str(error.value)


def test_names_that_lost_their_encoding(tmp_path):
    borders(AGS=["05974032"], GEN=["Möhnesee"]).to_file(tmp_path / "a.shp", encoding="utf-8")
    (tmp_path / "a.cpg").unlink()
    rows, _, _ = take(SourceFile(tmp_path / "a.shp"))
    assert rows["05974032"]["name"] == "Möhnesee"


def test_kreis_soest_has_fourteen(shared_data):
    path = shared_data / "boundaries" / "vg5000_gem_kreis_soest_25832.gpkg"
    rows, rejects, _ = take(SourceFile(path))
    assert (len(rows), rejects) == (14, [])
    direct = geopandas.read_file(path).set_index("AGS")
    for key, row in rows.items():
        assert row["name"] == direct.loc[key, "GEN"]
        assert shapely.from_wkb(row["geom"]).symmetric_difference(direct.loc[key, "geometry"]).area < 1e-3


def test_germany_from_gauss_krueger(shared_data):
    source = SourceFile(shared_data / "boundaries" / "VG5000_GEM_germany_gk3_shape.zip", "VG5000_GEM.shp")
    assert FORMAT.recognise(source)
    rows, _, facts = take(source)
    assert facts.crs == "EPSG:31467"
    assert len(rows) == 10_997
    exact, _, _ = take(SourceFile(shared_data / "boundaries" / "vg5000_gem_nrw_25832.gpkg"))
    assert len(exact) == 396
    mine = shapely.centroid(shapely.from_wkb([rows[key]["geom"] for key in exact]))
    theirs = shapely.centroid(shapely.from_wkb([row["geom"] for row in exact.values()]))
    assert np.max(shapely.distance(mine, theirs)) < 5  # the datum shift without the state's grid


@pytest.mark.parametrize(
    "name",
    [
        "osm/wesel-buildings/osm_buildings_wesel.gpkg",
        "boundaries/dvg1gem_nw_ATTRIBUTES-ONLY.dbf",
        "boundaries/destatis_gemeinden_nrw.json",
        "addresses/essen_wfs_070.gml",
        "cityjson/delft_3dbag.city.json",
        "imagery/dop20_rgb_335_5728_EPSG25832_REPROJECTED.tif",
    ],
)
def test_real_files_of_other_kinds_are_left_alone(shared_data, name):
    assert not FORMAT.recognise(SourceFile(shared_data / name))


def test_districts_of_north_rhine_westphalia_are_nothing_for_us(shared_data):
    source = SourceFile(shared_data / "boundaries" / "vg250_kreise_nrw_sim200.geojson")
    assert FORMAT.recognise(source)
    rows, _, facts = take(source)
    assert rows == {}
    assert isinstance(facts, Facts)
    assert facts.notes
