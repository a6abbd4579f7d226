"""The NAS format on real deliveries, beside GDAL's NAS driver."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import shapely

from ingest.format import Batch, Facts, Item, Options
from ingest.formats.nas import FORMAT
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery
from twin.flurstueckskennzeichen import Flurstueckskennzeichen
from twin.reference import codes

PORTION = "alkis-nas/hamburg-gid6/ALKIS_NeuwScharh_0003.xml.gz"


def read(path: Path) -> list[Item]:
    source = SourceFile(path)
    assert FORMAT.recognise(source)
    return list(FORMAT.read(source, Options()))


@pytest.fixture(scope="module")
def hamburg(shared_data: Path) -> dict[str, list[dict]]:
    rows: dict[str, list[dict]] = {}
    for item in read(shared_data / PORTION):
        if isinstance(item, Batch):
            rows.setdefault(item.layer, []).extend(item.table.to_pylist())
        else:
            assert isinstance(item, Facts), item
            rows["facts"] = [{"facts": item}]
    return rows


def test_the_portion_holds_its_parcels_buildings_land_use_and_addresses(hamburg):
    assert {layer: len(found) for layer, found in hamburg.items() if layer != "facts"} == {
        "parcel": 137,
        "building": 57,
        "land_use": 61,
        "address": 18,
    }
    facts = hamburg["facts"][0]["facts"]
    assert (facts.version, facts.crs, facts.mode, facts.date) == (
        "GeoInfoDok 6.0",
        "EPSG:25832",
        "replace",
        "2016-01-02",
    )
    assert facts.dropped["AX_Flurstueck.istGebucht"] == 137
    assert facts.dropped["AX_Gelaendekante"] == 5395


def test_parcel_areas_agree_with_the_official_ones_but_for_those_reported(hamburg):
    deviating = [
        row["flurstueckskennzeichen"]
        for row in hamburg["parcel"]
        if abs(row["area"] - row["amtliche_flaeche"]) > max(0.01 * row["amtliche_flaeche"], 0.5)
    ]
    (note,) = hamburg["facts"][0]["facts"].notes
    assert deviating == ["020125___00421______"]
    assert all(key in note for key in deviating)


def test_rows_of_the_portion_are_complete(hamburg):
    for row in hamburg["parcel"]:
        assert str(Flurstueckskennzeichen.parse(row["flurstueckskennzeichen"])) == row["flurstueckskennzeichen"]
        assert row["location"] or row["parcel_id"]
    for layer in ("parcel", "building", "address"):
        assert {row["ags"] for row in hamburg[layer]} == {"02000000"}
    for layer in ("parcel", "building", "land_use"):
        assert shapely.is_valid(shapely.from_wkb([row["geom"] for row in hamburg[layer]])).all()
    assert all(row["house_number"] and row["building_id"] and row["geom"] for row in hamburg["address"])
    assert {row["street"] for row in hamburg["address"]} == {"Insel Neuwerk"}
    assert all(row["land_use_code"] in codes("land_use") for row in hamburg["land_use"])


def test_land_use_lies_side_by_side(hamburg):
    areas = shapely.from_wkb([row["geom"] for row in hamburg["land_use"]])
    tree = shapely.STRtree(areas)
    one, other = tree.query(areas, predicate="overlaps")
    assert shapely.area(shapely.intersection(areas[one], areas[other])).sum() < 1e-3 * shapely.area(areas).sum()


@pytest.mark.parametrize("portion", ["0001", "0016"])
def test_empty_portions_are_empty(shared_data, portion):
    (facts,) = read(shared_data / f"alkis-nas/hamburg-gid6/ALKIS_NeuwScharh_{portion}.xml.gz")
    assert isinstance(facts, Facts)
    assert facts.mode == "replace"


@pytest.mark.parametrize("kind", ["AX_Flurstueck", "AX_Gebaeude", "AX_Strassenverkehr"])
def test_single_objects_are_known_but_no_delivery(shared_data, kind):
    with pytest.raises(InvalidDelivery, match="AX_Bestandsdatenauszug"):
        read(shared_data / f"alkis-nas/gid71-fragments/{kind}.xml")


@pytest.mark.parametrize("kind", ["AX_Flurstueck", "AX_Gebaeude", "AX_Strassenverkehr"])
def test_geoinfodok_7_objects_are_read_within_an_order(shared_data, tmp_path, kind):
    text = (shared_data / f"alkis-nas/gid71-fragments/{kind}.xml").read_text("utf-8")
    spaces = re.search(r" xmlns:adv=.*?(?=>)", text)[0]
    thing = text.replace(spaces, "", 1).partition("?>")[2]
    whole = (
        f"<adv:AX_Bestandsdatenauszug{spaces} xmlns:wfs='http://www.opengis.net/wfs/2.0'><adv:koordinatenangaben>"
        "<adv:AA_Koordinatenreferenzsystemangaben><adv:crs xlink:href='urn:adv:crs:ETRS89_UTM32'/><adv:standard>true"
        "</adv:standard></adv:AA_Koordinatenreferenzsystemangaben></adv:koordinatenangaben><adv:enthaelt>"
        f"<wfs:FeatureCollection><wfs:member>{thing}</wfs:member></wfs:FeatureCollection></adv:enthaelt></adv:AX_Bestandsdatenauszug>"
    )
    path = tmp_path / "whole.xml"
    path.write_text(whole, "utf-8")
    batch, facts = read(path)
    assert facts.version == "GeoInfoDok 7.1"
    (row,) = batch.table.to_pylist()
    if kind == "AX_Flurstueck":
        assert row["flurstueckskennzeichen"] == "05432002500008______"
        assert row["ags"] == "05314000"
        assert abs(row["area_deviation"]) < 0.01
        assert shapely.from_wkb(row["geom"]).geom_type == "MultiPolygon"
    elif kind == "AX_Gebaeude":
        assert row["function_code"] == "31001_2500"
    else:
        assert (row["land_use_code"], row["name"]) == ("42001", "Autobahn Bonn-Meckenheim")


def test_other_files_are_not_recognised(shared_data, tmp_path):
    for name in ("citygml/berlin/3920_5818.gml", "addresses/essen_wfs_070.gml"):
        assert not FORMAT.recognise(SourceFile(shared_data / name))
    for number, text in enumerate(("", "<a/>", "<AX_Flurstueck/>", '{"AX_Flurstueck": 1}', "\x00\xff<AX_")):
        path = tmp_path / str(number)
        path.write_text(text, "utf-8")
        assert not FORMAT.recognise(SourceFile(path))


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="GDAL with its NAS driver (gdal-bin) is not installed")
@pytest.mark.parametrize(("kind", "layer"), [("AX_Flurstueck", "parcel"), ("AX_Gebaeude", "building")])
def test_gdal_reads_the_same(shared_data, tmp_path, hamburg, kind, layer):
    """GDAL keeps one geometry an object: objektkoordinaten would take the place of the area, so they are left out."""
    text = gzip.decompress((shared_data / PORTION).read_bytes()).decode("utf-8-sig")
    copy, out = tmp_path / "nas.xml", tmp_path / "out.json"
    copy.write_text(re.sub(r"<objektkoordinaten>.*?</objektkoordinaten>", "", text, flags=re.DOTALL), "utf-8")
    options = ["-lco", "RFC7946=NO", "-lco", "COORDINATE_PRECISION=4", "--config", "OGR_ARC_STEPSIZE", "0.05"]
    done = subprocess.run(
        ["ogr2ogr", "-f", "GeoJSON", *options, out, copy, kind], capture_output=True, text=True, check=False
    )
    if "Unable to open" in done.stderr:
        pytest.skip("this GDAL has no NAS driver")
    theirs = {
        feature["properties"]["gml_id"]: shapely.geometry.shape(feature["geometry"])
        for feature in json.loads(out.read_text("utf-8"))["features"]
    }
    ours = {row[f"{layer}_id"]: shapely.from_wkb(row["geom"]) for row in hamburg[layer]}
    assert ours.keys() == theirs.keys()
    for identifier, area in theirs.items():
        apart = ours[identifier].symmetric_difference(area).area
        assert apart <= 0.01 * area.length + 1e-3, identifier  # one centimetre along the boundary, for arcs
    total = np.sum([area.area for area in theirs.values()])
    assert np.sum([area.area for area in ours.values()]) == pytest.approx(total, rel=1e-5)
