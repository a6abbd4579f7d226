"""Addresses of feature services, in the dialects that servers speak."""

import pytest
import shapely

from ingest.address.reference import service_reference
from ingest.format import Batch, Options, Reject
from ingest.formats.address_wfs import FORMAT
from ingest.source_file import SourceFile
from twin.errors import DeliveryError, InvalidDelivery, MissingCRS, UnsafeDelivery

FEATURE = """<wfs:member><a:Hauskoordinaten gml:id="H.{number}">
 <a:STRNAME>Ährenweg</a:STRNAME><a:HSNR>{number}</a:HSNR><a:HSNRZU>b</a:HSNRZU>
 <a:PLZ>59494</a:PLZ><a:ORT>Soest</a:ORT>
 <a:EIGENTUEMER>Erika Mustermann</a:EIGENTUEMER><a:AGS>5974040</a:AGS>
 <a:SHAPE>
 <gml:Point srsName="{crs}"><gml:pos>{place}</gml:pos></gml:Point></a:SHAPE></a:Hauskoordinaten></wfs:member>"""
ESRI = "urn:ogc:def:crs:EPSG::102329"


def reply(*features, matched="unknown", before=""):
    return (
        f'<?xml version="1.0"?>{before}<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        f'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:a="https://a" numberMatched="{matched}">'
        f"{''.join(features)}</wfs:FeatureCollection>"
    )


def feature(number=1, place="5713000.5 32440000.25", crs=ESRI):
    return FEATURE.format(number=number, place=place, crs=crs)


@pytest.fixture
def load(tmp_path):
    def read(content, crs=""):
        path = tmp_path / "wfs.gml"
        path.write_text(content, "utf-8")
        items = list(FORMAT.read(SourceFile(path), Options(crs=crs)))
        rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
        return rows, [item for item in items if isinstance(item, Reject)], items[-1]

    return read


@pytest.mark.parametrize(
    ("crs", "place"),
    [
        (ESRI, "5713000.5 32440000.25"),
        (ESRI, "32440000.25 5713000.5"),
        ("urn:ogc:def:crs:EPSG::25832", "440000.25 5713000.5"),
        ("EPSG:25832", "440000.25 5713000.5"),
        ("EPSG:25832", "5713000.5 440000.25"),
        ("http://www.opengis.net/gml/srs/epsg.xml#25832", "440000.25,5713000.5"),
    ],
)
def test_the_place_is_right_whatever_the_server_promises(load, crs, place):
    (row,), _, _ = load(reply(feature(place=place, crs=crs)))
    found = shapely.from_wkb(row["geom"])
    assert (found.x, found.y) == (pytest.approx(440_000.25, abs=1e-4), pytest.approx(5_713_000.5, abs=1e-4))


def test_what_an_address_says(load):
    (row,), _, facts = load(reply(feature()))
    assert row["address_id"] == "H.1" and (row["street"], row["house_number"]) == ("Ährenweg", "1b")
    assert (row["postcode"], row["place"], row["ags"]) == ("59494", "Soest", "05974040")
    assert "Mustermann" not in str(row)
    assert facts.version == "WFS 2.0" and facts.crs == "ESRI:102329" and not facts.notes


def test_all_features_may_be_in_one_member(load):
    single = load(reply(feature(), feature(2)))[0]
    joined = reply(feature(), feature(2)).replace("</wfs:member><wfs:member>", "")
    assert load(joined.replace("wfs:member", "gml:featureMembers"))[0] == single and len(single) == 2


def test_a_part_of_a_reply_is_said_to_be_one(load):
    assert "7" in load(reply(feature(), matched="7"))[2].notes[0]


def test_axes_against_the_promise_are_noted(load):
    assert load(reply(feature(place="32440000.25 5713000.5")))[2].notes
    assert not load(reply(feature()))[2].notes


def test_features_without_point_or_address_are_rejected(load):
    bare = "<wfs:member><a:X/></wfs:member>"
    lost = feature(2).replace("gml:pos", "gml:nothing")
    rows, rejects, _ = load(reply(feature(), bare, lost, feature(3, "x y"), feature(4, "1e999 1"), feature(5, "0 0")))
    assert len(rows) == 1 and len(rejects) == 5


def test_a_reply_without_crs_needs_the_user_s_word(load):
    text = reply(feature(place="440000.25 5713000.5", crs=""))
    with pytest.raises(MissingCRS):
        load(text)
    assert load(text, crs="EPSG:25832")[0]


def test_entities_are_refused(load):
    with pytest.raises(UnsafeDelivery):
        load(reply(feature(), before='<!DOCTYPE x [<!ENTITY y "z">]>'))


def test_cut_off_anywhere_it_is_refused(load):
    text = reply(feature(), feature(2))
    for percent in range(0, 100, 5):
        with pytest.raises(DeliveryError):
            load(text[: len(text) * percent // 100])
    with pytest.raises(InvalidDelivery):
        load("<a><member/></a>")


def test_only_addresses_are_claimed(tmp_path):
    def claimed(text):
        path = tmp_path / "other.gml"
        path.write_text(text)
        return FORMAT.recognise(SourceFile(path))

    assert claimed(reply(feature()))
    assert not claimed(reply(feature().replace("HSNR", "X").replace("STRNAME", "Y")))
    assert not claimed(reply(feature().replace("gml:Point", "gml:Polygon")))
    assert not claimed(reply(feature().replace("https://a", "x"), '<x xmlns="http://www.xplanung.de/xplangml/5/4"/>'))


def test_esri_s_codes_are_known_and_others_not_guessed():
    assert service_reference(ESRI).northing_first and not service_reference("ESRI:102329").northing_first
    assert service_reference("EPSG:102999") is None and service_reference("") is None
