"""The simplified schema: GML of every dialect, GeoPackage and Shapefile come to the same rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely
from made_stock import BUILDINGS, PARCELS, STOCK, USES, feature, frame, gml_polygon, reply

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.alkis_simple import FORMAT
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery, MissingCRS, UnsafeDelivery


def read(path: Path, crs: str = "") -> tuple[dict[str, list[dict[str, Any]]], list[Reject], Facts]:
    rows: dict[str, list[dict[str, Any]]] = {}
    rejects, facts = [], None
    for item in FORMAT.read(SourceFile(path), Options(crs=crs)):
        if isinstance(item, Batch):
            rows.setdefault(item.layer, []).extend(item.table.to_pylist())
        elif isinstance(item, Reject):
            rejects.append(item)
        else:
            facts = item
    assert isinstance(facts, Facts)
    return rows, rejects, facts


def expect_stock(rows: dict[str, list[dict[str, Any]]], facts: Facts) -> None:
    first, second = rows["parcel"]
    assert first["flurstueckskennzeichen"] == "05543200200017______"
    assert first["parcel_id"] == "DENW11AL00000001"
    assert (first["gemarkung"], first["gemarkungsnummer"], first["flur"]) == ("Ostönnen", "055432", 2)
    assert (first["zaehler"], first["nenner"], first["ags"]) == (17, None, "05974040")
    assert first["amtliche_flaeche"] == pytest.approx(first["area"]) == 400.0
    assert json.loads(first["land_use_areas"]) == {"Wohnbaufläche": 300.0, "Landwirtschaft": 100.0}
    assert first["location"] == "Hauptstraße 1"
    # Without a Flurstückskennzeichen its parts make the key.
    assert second["flurstueckskennzeichen"] == "055432002000180003__"
    assert second["area_deviation"] == pytest.approx(20 / 380)

    house, garage = rows["building"]
    assert (house["building_id"], house["function_code"]) == ("DENW11AL10000001", "31001_1000")
    assert (house["measured_height"], house["height_source"], house["storeys_above_ground"]) == (6.0, "2000", 2)
    assert (garage["measured_height"], garage["height_source"], garage["function"]) == (3.0, "3000", "Garage")
    assert {row["lod"] for row in rows["building"]} == {1}
    assert {row["source_object"] for row in rows["building"]} == {"alkis"}
    assert house["ground_height"] is None
    assert len(rows["building_mesh"]) == 2
    assert facts.dropped["GebaeudeBauwerk (Bauteil)"] == 1
    assert facts.dropped["GebaeudeBauwerk (unter der Erdoberfläche)"] == 1

    grass, port = rows["land_use"]
    assert (grass["land_use_class"], grass["land_use_code"]) == ("AX_Landwirtschaft", "43001_1020")
    assert (grass["land_use"], grass["area"]) == ("Grünland", pytest.approx(800.0))
    assert (port["land_use_class"], port["land_use"], port["name"]) == (None, "Raumhafen", "Startplatz")
    assert facts.date == "2026-03-02"
    assert any("1" in note and "055432002000180003__" in note for note in facts.notes)


@pytest.mark.parametrize(
    "dialect",
    [
        {},
        {"member": "gml:featureMember", "wfs": "http://www.opengis.net/wfs", "gml": "http://www.opengis.net/gml"},
        {"member": "gml:featureMembers", "version": "1.0"},
        {"srs": "EPSG:25832"},
        {"srs": "urn:adv:crs:ETRS89_UTM32"},
        {"srs": "http://www.opengis.net/def/crs/EPSG/0/25832"},
        {"srs": "urn:ogc:def:crs:EPSG::25832", "zone": "32"},
        {"srs": "urn:ogc:def:crs:EPSG::102329", "zone": "32", "north_first": True},
    ],
)
def test_every_dialect_of_gml_comes_to_the_same(written, dialect: dict[str, Any]) -> None:
    path = written(reply(STOCK, **dialect))
    assert recognise(SourceFile(path)) is FORMAT
    rows, rejects, facts = read(path)
    assert not rejects
    expect_stock(rows, facts)
    parcel = shapely.from_wkb(rows["parcel"][0]["geom"])
    assert parcel.symmetric_difference(PARCELS[0]["shape"]).area < 0.1


def test_a_geopackage_comes_to_the_same(tmp_path: Path) -> None:
    path = tmp_path / "gemeinde.gpkg"
    for name, rows in (*STOCK.items(), ("NutzungFlurstueck", [{**USES[0], "flstkennz": PARCELS[0]["flstkennz"]}])):
        frame(rows).to_file(path, layer=name)
    assert recognise(SourceFile(path)) is FORMAT
    found, rejects, facts = read(path)
    assert not rejects
    expect_stock(found, facts)
    # The same land is not stored twice.
    assert facts.dropped["NutzungFlurstueck"] == 1


def test_shapefiles_come_to_the_same_under_the_names_that_they_are_given(tmp_path: Path) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    dates, notes, dropped = [], [], {}
    for name, rows in zip(("Flurstueck", "GebauedeBauwerk", "Nutzung"), STOCK.values(), strict=True):
        path = tmp_path / f"{name}.shp"
        frame(rows).to_file(path)
        assert recognise(SourceFile(path)) is FORMAT
        own, rejects, facts = read(path)
        assert not rejects
        found |= own
        dates.append(facts.date)
        notes += facts.notes
        dropped |= facts.dropped
    expect_stock(found, Facts(date=max(dates), notes=tuple(notes), dropped=dropped))


def test_land_use_cut_along_parcels_is_taken_where_there_is_no_other(tmp_path: Path) -> None:
    path = tmp_path / "cut.gpkg"
    frame([{**USES[0], "flstkennz": row["flstkennz"] or "x", "shape": row["shape"]} for row in PARCELS]).to_file(
        path, layer="NutzungFlurstueck"
    )
    rows, _, _ = read(path)
    assert len({row["land_use_id"] for row in rows["land_use"]}) == 2


def test_one_bad_feature_does_not_sink_the_rest(written) -> None:
    srs = "urn:ogc:def:crs:EPSG::25832"
    good = gml_polygon(PARCELS[0]["shape"], srs)
    bad = [
        feature("Flurstueck", {**PARCELS[0], "oid": "KEYLESS", "flstkennz": "x", "gemaschl": ""}, good),
        feature("Flurstueck", {**PARCELS[0], "oid": "AREALESS", "flstkennz": "05543200200019______"}, ""),
        feature("Nutzung", {**USES[0], "oid": "NAN"}, good.replace("440000.000", "NaN")),
        feature("Nutzung", {**USES[0], "oid": "FAR"}, gml_polygon(USES[0]["shape"], "urn:ogc:def:crs:EPSG::999999")),
        feature(
            "Nutzung", {**USES[0], "oid": "POINT"}, f'<gml:Point srsName="{srs}"><gml:pos>1 2</gml:pos></gml:Point>'
        ),
        feature("FlurstueckEigentuemer", {"oid": "x", "eigentuemer": "Erika Mustermann"}, good),
    ]
    whole = reply(STOCK)
    members = "".join(f"<wfs:member>{text}</wfs:member>" for text in bad).encode()
    path = written(whole.replace(b"</wfs:FeatureCollection>", members + b"</wfs:FeatureCollection>"))
    rows, rejects, facts = read(path)
    expect_stock(rows, facts)
    assert len(rejects) == 5
    assert {"KEYLESS", "Flurstueck_AREALESS"} <= {reject.feature for reject in rejects}
    assert facts.dropped["FlurstueckEigentuemer"] == 1
    assert "Mustermann" not in repr((rows, rejects, facts))


def test_a_parcel_that_comes_twice_counts_once(written) -> None:
    rows, rejects, _ = read(written(reply({"Flurstueck": [*PARCELS, PARCELS[0]]})))
    assert len(rows["parcel"]) == 2
    assert [reject.feature for reject in rejects] == ["05543200200017______"]


def test_an_incomplete_reply_is_told(written) -> None:
    _, _, facts = read(written(reply(STOCK, root='numberMatched="7000" numberReturned="8"')))
    assert any("7.000" in note or "7,000" in note for note in facts.notes)


def test_an_empty_reply_is_no_error(written) -> None:
    rows, rejects, facts = read(written(reply({})))
    assert not rows
    assert not rejects
    assert facts.version == "ave 2.0"


def test_without_any_crs_one_is_asked_for(written) -> None:
    content = reply(STOCK).replace(b' srsName="urn:ogc:def:crs:EPSG::25832"', b"")
    with pytest.raises(MissingCRS):
        read(written(content))
    rows, _, facts = read(written(content), crs="EPSG:25832")
    expect_stock(rows, facts)


def test_a_document_type_is_refused(written) -> None:
    content = reply(STOCK).replace(b"?>\n", b'?>\n<!DOCTYPE x [<!ENTITY a "b">]>', 1)
    with pytest.raises(UnsafeDelivery):
        read(written(content))


def test_an_error_of_the_service_is_told(written) -> None:
    content = b'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception/></ows:ExceptionReport>'
    with pytest.raises(InvalidDelivery, match=r"Dienst|service"):
        read(written(content))


@pytest.mark.parametrize("share", [0.1, 0.35, 0.5, 0.8, 0.99])
def test_a_truncated_reply_is_refused_by_name(written, share: float) -> None:
    content = reply(STOCK)
    with pytest.raises(InvalidDelivery, match=r"reply\.gml"):
        read(written(content[: int(len(content) * share)]))


def test_a_truncated_geopackage_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "gemeinde.gpkg"
    frame(PARCELS).to_file(path, layer="Flurstueck")
    path.write_bytes(path.read_bytes()[:30_000])
    with pytest.raises(InvalidDelivery, match=r"gemeinde\.gpkg"):
        read(path)


def test_tables_have_the_layers_columns(written) -> None:
    for item in FORMAT.read(SourceFile(written(reply(STOCK))), Options()):
        if isinstance(item, Batch):
            assert isinstance(item.table, pa.Table)
            assert item.table.column_names[-1] == "ags"


def test_buildings_are_told_apart_from_other_formats(tmp_path: Path) -> None:
    path = tmp_path / "gebaeude.gpkg"
    frame(BUILDINGS).to_file(path, layer="gebaeude")
    assert recognise(SourceFile(path)) is FORMAT
