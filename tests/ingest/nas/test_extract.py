# ruff: noqa: E501 (a piece of GML is read as one line)
"""A Bestandsdatenauszug becomes rows, joined across the document."""

from __future__ import annotations

import datetime
import json
import re

import pyproj
import pytest
import shapely

from twin.errors import MissingCRS

STREET = (
    "<AX_VerschluesselteLagebezeichnung><land>05</land><regierungsbezirk>9</regierungsbezirk><kreis>74</kreis>"
    "<gemeinde>040</gemeinde><lage>01234</lage></AX_VerschluesselteLagebezeichnung>"
)
NUMBER = (
    f"<lagebezeichnung><AX_Lagebezeichnung><verschluesselt>{STREET}</verschluesselt></AX_Lagebezeichnung></lagebezeichnung>"
    "<hausnummer>0012 a</hausnummer>"
)


def link(name: str, key: str) -> str:
    return f'<{name} xlink:href="urn:adv:oid:{key}"/>'


def catalogue(nas) -> list[str]:
    return [
        nas.thing(
            "AX_Gemarkung",
            "DENW0000000000G1",
            "<schluessel><AX_Gemarkung_Schluessel><land>05</land><gemarkungsnummer>4320</gemarkungsnummer>"
            "</AX_Gemarkung_Schluessel></schluessel><bezeichnung>Musterfeld</bezeichnung>",
        ),
        nas.thing(
            "AX_LagebezeichnungKatalogeintrag",
            "DENW0000000000S1",
            f"<schluessel>{STREET}</schluessel><bezeichnung>Hauptstraße</bezeichnung>",
        ),
    ]


def test_parcel_has_its_key_parts_area_and_municipality(nas):
    row = nas.read(nas.extract(nas.parcel(area=99))).one("parcel")
    assert row["flurstueckskennzeichen"] == "05432002500008______"
    assert (row["gemarkung"], row["gemarkungsnummer"], row["flur"], row["zaehler"]) == ("054320", "054320", 25, 8)
    assert row["nenner"] is None
    assert row["area"] == pytest.approx(100)
    assert row["area_deviation"] == pytest.approx(1 / 99)
    assert row["recorded_on"] == datetime.date(1998, 5, 6)
    assert row["ags"] == "05974040"
    assert row["geom"].bounds == (450_000, 5_713_000, 450_010, 5_713_010)


def test_relations_are_joined_wherever_they_stand_in_the_document(nas):
    address = nas.thing("AX_LagebezeichnungMitHausnummer", "DENW0000000000L1", NUMBER)
    label = nas.thing(
        "AP_PTO",
        "DENW0000000000P1",
        "<position><gml:Point><gml:pos>450003 5713004</gml:pos></gml:Point></position><art>HNR</art>"
        + link("dientZurDarstellungVon", "DENW0000000000L1"),
    )
    parcel = nas.parcel(inner=link("weistAuf", "DENW0000000000L1"))
    building = nas.building(inner=link("zeigtAuf", "DENW0000000000L1"))
    orders = ([parcel, building, address, label, *catalogue(nas)], [*catalogue(nas), label, address, building, parcel])
    seen = [nas.read(nas.extract(*objects)) for objects in orders]
    for found in seen:
        assert found.one("parcel")["location"] == "Hauptstraße 12a"
        assert found.one("parcel")["gemarkung"] == "Musterfeld"
        assert found.one("building")["address"] == "Hauptstraße 12a"
        row = found.one("address")
        assert (row["street"], row["house_number"], row["ags"]) == ("Hauptstraße", "12a", "05974040")
        assert row["building_id"] == "DENW00000000000B"
        assert row["flurstueckskennzeichen"] == "05432002500008______"
        assert row["geom"] == shapely.Point(450_003, 5_713_004)
    assert seen[0].facts == seen[1].facts


def test_building_takes_the_municipality_of_its_parcel(nas):
    away = nas.building("DENW00000000000C", nas.surface(nas.square(100, 100)))
    found = nas.read(nas.extract(nas.building(), away, nas.parcel()))
    assert {row["building_id"]: row["ags"] for row in found.rows["building"]} == {
        "DENW00000000000B": "05974040",
        "DENW00000000000C": None,
    }


def test_building_row_is_a_footprint(nas):
    inner = "<baujahr>2001</baujahr><baujahr>1890</baujahr><dachform>3100</dachform><bauweise>1100</bauweise>"
    row = nas.read(nas.extract(nas.building(inner=inner + "<weitereGebaeudefunktion>1170</weitereGebaeudefunktion>")))
    row = row.one("building")
    assert row["function_code"] == "31001_1010"
    assert (row["lod"], row["source_object"], row["footprint_area"]) == (0, "alkis", pytest.approx(16))
    assert (row["year_of_construction"], row["roof_code"], row["volume"]) == (1890, "3100", None)
    assert json.loads(row["attributes"]) == {"bauweise": "1100", "weitereGebaeudefunktion": ["1170"]}


@pytest.mark.parametrize(
    ("kind", "inner", "code", "use"),
    [
        ("AX_Landwirtschaft", "<vegetationsmerkmal>1010</vegetationsmerkmal>", "43001_1010", "Ackerland"),
        ("AX_Wohnbauflaeche", "<artDerBebauung>1000</artDerBebauung>", "41001_1000", "Wohnbaufläche, offen"),
        ("AX_FlaecheGemischterNutzung", "<artDerBebauung>1000</artDerBebauung><funktion>2730</funktion>", "41006_2730", "Land- und Forstwirtschaft, Wohnen und Betrieb"),
        ("AX_Heide", "", "43004", "Heide"),
        ("AX_FlaecheZurZeitUnbestimmbar", "", "43008", "Fläche zurzeit unbestimmbar"),
        ("AX_Weg", "<funktion>4711</funktion>", "42006_4711", "Weg"),
        ("AX_Platz", '<funktion xlink:href="https://registry.gdi-de.org/codelist/de.adv-online.gid/AX_Funktion_Platz/5310"/>', "42009_5310", "Parkplatz"),
    ],
)  # fmt: skip
def test_land_use_has_class_code_and_name(nas, kind, inner, code, use):
    area = f"<position>{nas.surface(nas.square())}</position>"
    row = nas.read(nas.extract(nas.thing(kind, "DENW0000000000U1", area + inner), version="7.1")).one("land_use")
    assert (row["land_use_class"], row["land_use_code"], row["land_use"]) == (kind, code, use)
    assert row["area"] == pytest.approx(100)


def test_street_name_of_a_traffic_area_comes_from_the_catalogue(nas):
    inner = f"<position>{nas.surface(nas.square())}</position><name><AX_Lagebezeichnung><verschluesselt>{STREET}</verschluesselt></AX_Lagebezeichnung></name>"
    found = nas.read(nas.extract(nas.thing("AX_Strassenverkehr", "DENW0000000000U1", inner), *catalogue(nas)))
    assert found.one("land_use")["name"] == "Hauptstraße"


def test_building_address_object_adds_position_and_post_code(nas):
    address = (
        "<position><gml:Point><gml:pos>450001 5713002</gml:pos></gml:Point></position><land>05</land>"
        "<regierungsbezirk>9</regierungsbezirk><kreis>74</kreis><gemeinde>040</gemeinde>"
        "<strassenschluessel>01234</strassenschluessel><hausnummer>12</hausnummer><adressierungszusatz>a</adressierungszusatz>"
        "<postalischeAdresse><AX_Post><postleitzahl>59494</postleitzahl><ortsnamePost>Soest</ortsnamePost>"
        "<strassenname>Hauptstraße</strassenname></AX_Post></postalischeAdresse>"
    )
    own = nas.thing(
        "AX_GeoreferenzierteGebaeudeadresse", "DENW0000000000A1", address + link("hatAuch", "DENW0000000000L1")
    )
    for objects in ([own], [own, nas.thing("AX_LagebezeichnungMitHausnummer", "DENW0000000000L1", NUMBER)]):
        row = nas.read(nas.extract(*objects)).one("address")
        assert row["address_id"] == "DENW0000000000L1"
        assert (row["street"], row["house_number"]) == ("Hauptstraße", "12a")
        assert (row["postcode"], row["place"], row["ags"]) == ("59494", "Soest", "05974040")
        assert row["geom"] == shapely.Point(450_001, 5_713_002)


@pytest.mark.parametrize("version", ["6.0", "7.1"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_namespaces_prefixes_and_byte_order_mark_make_no_difference(nas, version, mark):
    plain = nas.extract(nas.parcel(), nas.building(), version=version)
    prefixed = re.sub(r"<(/?)(\w+)(?=[\s>/])", r"<\1adv:\2", plain).replace("xmlns=", "xmlns:adv=")
    one, other = nas.read(mark + plain), nas.read(mark + prefixed)
    assert one.facts.version == other.facts.version == f"GeoInfoDok {version}"
    assert one.one("parcel")["flurstueckskennzeichen"] == other.one("parcel")["flurstueckskennzeichen"]
    assert one.one("building")["geom"] == other.one("building")["geom"]


def test_empty_extract_is_empty_and_valid(nas):
    found = nas.read(nas.extract())
    assert (found.rows, found.rejects, found.facts.mode) == ({}, [], "replace")


def test_historic_objects_are_not_taken(nas):
    found = nas.read(nas.extract(nas.parcel(ends="<endet>2024-02-01T00:00:00Z</endet>")))
    assert found.rows == {}
    assert any("nicht mehr bestehen" in note or "no longer exist" in note for note in found.facts.notes)


def test_parcels_that_differ_beyond_rounding_are_reported(nas):
    found = nas.read(nas.extract(nas.parcel(area=99.8), nas.parcel("DENW000000000002", 9, area=150)))
    (note,) = found.facts.notes
    assert "05432002500009______" in note
    assert ": 1, " in note


def test_one_bad_object_does_not_sink_the_rest(nas):
    broken = nas.parcel(
        "DENW000000000002", 9, geometry=nas.surface(nas.square()).replace("450010.000", "Mustermann", 1)
    )
    nowhere = nas.thing("AX_Gebaeude", "DENW000000000003", "<gebaeudefunktion>1000</gebaeudefunktion>")
    keyless = nas.parcel("DENW000000000004").replace("05432002500008______", "x").replace("<zaehler>8<", "<zaehler>-<")
    found = nas.read(nas.extract(nas.parcel(), broken, nowhere, keyless))
    assert len(found.rows["parcel"]) == 1
    assert {(reject.feature, reject.layer) for reject in found.rejects} == {
        ("DENW000000000002", "parcel"),
        ("DENW000000000003", "building"),
        ("DENW000000000004", "parcel"),
    }
    assert not any("Mustermann" in reject.reason for reject in found.rejects)


@pytest.mark.parametrize(("name", "code"), [("DE_DHDN_3GK2", 31466), ("DE_DHDN_3GK3_NW101", 31467)])
def test_gauss_krueger_comes_out_in_the_stores_crs(nas, name, code):
    moved = pyproj.Transformer.from_crs(25832, code, always_xy=True)

    def in_zone(pair: re.Match[str]) -> str:
        return "{:.3f} {:.3f}".format(*moved.transform(float(pair[1]), float(pair[2])))

    text = re.sub(r"(45\d{4}\.\d+) (571\d{4}\.\d+)", in_zone, nas.extract(nas.parcel(), crs=f"urn:adv:crs:{name}"))
    row = nas.read(text).one("parcel")
    assert row["geom"].hausdorff_distance(shapely.box(450_000, 5_713_000, 450_010, 5_713_010)) < 0.01
    assert row["area"] == pytest.approx(100, abs=0.05)
    zone = code - 31464
    without = re.sub(rf"\b{zone}(\d{{6}}\.\d+ )", r"\1", text)
    assert without != text
    assert nas.read(without).one("parcel")["geom"].equals_exact(row["geom"], 1e-6)


def test_local_systems_are_never_read_as_the_standard(nas):
    local = '<position><gml:Point srsName="urn:adv:crs:DE_Ortsnetz_Soest"><gml:pos>450003 5713004</gml:pos></gml:Point></position>'
    label = local + "<art>HNR</art>" + link("dientZurDarstellungVon", "DENW0000000000L1")
    address = nas.thing("AX_LagebezeichnungMitHausnummer", "DENW0000000000L1", NUMBER)
    parcel = nas.parcel(geometry=nas.surface(nas.square(), srs="urn:adv:crs:DE_Ortsnetz_Soest"))
    found = nas.read(nas.extract(parcel, address, nas.thing("AP_PTO", "DENW0000000000P1", label)))
    assert [reject.layer for reject in found.rejects] == ["parcel"]
    assert found.rows["address"][0]["geom"] is None
    assert any(note.endswith(": 1.") for note in found.facts.notes)


def test_geometry_in_another_known_system_is_transformed(nas):
    near = nas.read(
        nas.extract(nas.parcel(geometry=nas.surface(nas.square(), srs="urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH")))
    )
    assert near.one("parcel")["geom"].bounds[0] == 450_000
    far = nas.read(nas.extract(nas.parcel(geometry=nas.surface(nas.square(), srs="urn:adv:crs:ETRS89_UTM33"))))
    assert far.one("parcel")["geom"].bounds[0] > 800_000


def test_without_a_crs_the_user_is_asked(nas):
    text = nas.extract(nas.parcel(), crs="")
    with pytest.raises(MissingCRS):
        nas.read(text)
    assert nas.read(text, crs="EPSG:25832").one("parcel")["area"] == pytest.approx(100)
    named = nas.extract(nas.parcel(geometry=nas.surface(nas.square(), srs="urn:adv:crs:ETRS89_UTM32")), crs="")
    assert nas.read(named).one("parcel")["area"] == pytest.approx(100)


def test_an_answer_of_a_conformant_wfs_is_an_extract(nas):
    parcel = nas.parcel(geometry=nas.surface(nas.square(), srs="urn:adv:crs:ETRS89_UTM32"))
    text = (
        '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns="http://www.adv-online.de/namespaces/adv/gid/7.1"'
        ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink" numberReturned="1">'
        f"<wfs:member>{parcel}</wfs:member></wfs:FeatureCollection>"
    )
    found = nas.read(text)
    assert found.one("parcel")["zaehler"] == 8
    assert (found.facts.mode, found.facts.crs, found.facts.version) == ("replace", "EPSG:25832", "GeoInfoDok 7.1")


def test_parts_of_the_key_stand_in_where_it_is_damaged(nas):
    text = nas.extract(nas.parcel().replace("05432002500008______", "0543200250000"))
    assert nas.read(text).one("parcel")["flurstueckskennzeichen"] == "05432002500008______"
