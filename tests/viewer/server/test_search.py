from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import Principal
from viewer.server.search import folded, search

OPEN, CLOSED = "05974040", "05974012"


@pytest.fixture
def public(open_district):
    return open_district(Principal.public())


@pytest.mark.parametrize(
    "text",
    [
        "Soester Straße 5",
        "soester str. 5",
        "SOESTER STR 5",
        "soesterstraße 5",
        "Soester Strasse 5, 59494 Soest",
        "soester  str.5",
    ],
)
def test_an_address_is_found_however_it_is_typed(public, text):
    first = search(public, text, 8)[0]
    assert (first.kind, first.title, first.subtitle, first.key) == ("address", "Soester Straße 5", "59494 Soest", "A5")
    assert (first.east, first.north) == (400_015, 5_700_024)
    assert abs(first.height - 50.3) < 0.01


def test_suffixes_and_longer_numbers_come_after_the_exact_one(public):
    assert [hit.key for hit in search(public, "Soester Str. 5") if hit.kind == "address"] == ["A5", "A5a", "A50"]
    assert [hit.key for hit in search(public, "Soester Str. 5 a") if hit.kind == "address"] == ["A5a"]
    assert [hit.key for hit in search(public, "soester") if hit.kind == "address"] == ["A5", "A5a", "A12", "A50"]


@pytest.mark.parametrize(
    "text",
    [
        "055432012003450007__",
        "05543201200345000700",
        "05-5432-12-345/7",
        "Müllingsen 12 345/7",
        "muellingsen Flur 12 Flurstück 345/7",
        "Gemarkung Müllingsen, Flur 12, 345",
        "12-345/7",
    ],
)
def test_a_parcel_is_found_however_it_is_written(public, text):
    hits = [hit for hit in search(public, text) if hit.kind == "parcel"]
    assert [hit.key for hit in hits] == ["055432012003450007__"]
    assert hits[0].title == "Müllingsen, Flur 12, 345/7"
    assert 400_000 < hits[0].east < 400_060


def test_municipalities_come_first_and_need_no_data(public):
    assert [(hit.kind, hit.key) for hit in search(public, "anroechte")] == [("municipality", "05974004")]
    assert search(public, "Soest")[0].kind == "municipality"
    assert search(public, OPEN)[0].title == "Soest"


def test_a_building_is_found_by_its_id(public):
    (hit,) = search(public, "s3")
    assert (hit.kind, hit.ags, hit.key) == ("building", OPEN, "S3")


def test_a_building_is_found_by_the_address_it_carries(public):
    hits = search(public, "butenfeld 2")
    assert [(hit.kind, hit.title, hit.key) for hit in hits] == [("building", "Butenfeld 2, Soest", "S4")]
    assert search(public, "Butenfeld 2, Soest")[0].key == "S4"
    assert search(public, "Butenfeld 23") == []


def test_what_is_not_visible_is_not_found(open_district, public):
    assert search(public, "Geheime Gasse 1") == []
    assert search(public, "E3") == []
    assert search(open_district(Principal.county()), "Geheime Gasse 1") == []
    assert search(open_district(Principal.staff(CLOSED)), "Geheime Gasse 1")[0].key == "G1"


@pytest.mark.parametrize("text", ["", "   ", "'", "' OR 1=1 --", "%", "\0", "x" * 10_000, "\\", "0", "5/", "((("])
def test_any_text_is_only_a_text(public, text):
    assert all(hit.ags != CLOSED or hit.kind == "municipality" for hit in search(public, text))


def test_the_limit_holds(public):
    assert len(search(public, "soester", 2)) == 2
    assert search(public, "soester", 0) == []


@given(st.text(max_size=60))
def test_folding_is_stable(text):
    once = folded(text)
    assert folded(once) == once
    assert folded(text.upper()) == folded(text.lower()) or "ı" in text.lower() or "ſ" in text
