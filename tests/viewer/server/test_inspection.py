from __future__ import annotations

from datetime import date

import pytest

from twin import Principal
from twin.language import Text
from viewer.server.inspection import Row, inspect

OPEN, CLOSED = "05974040", "05974012"


@pytest.fixture
def public(open_district):
    return open_district(Principal.public())


def shown(card, language):
    return {row.name.within(language): row.text(language) for section in card.sections for row in section.rows}


def test_a_building_shows_its_attributes_with_units(public):
    card = inspect(public, "building", ags=OPEN, key="S1")
    german, english = shown(card, "de"), shown(card, "en")
    assert (card.kind, card.ags, card.key) == ("building", OPEN, "S1")
    assert german["Höhe"] == "6,0 m"
    assert english["Height"] == "6.0 m"
    assert german["Grundfläche"] == "80,0 m²"
    assert german["Hülle geschlossen"] == "ja"
    assert german["Baujahr"] == "1899"
    assert german["Qualitaet"] == "1000"
    assert card.outline[0][0] in ([400_130.0, 5_700_110.0], [400_140.0, 5_700_110.0])


def test_the_last_section_is_the_delivery(public):
    section = inspect(public, "building", ags=OPEN, key="S1").sections[-1]
    rows = {row.name.en: row for row in section.rows}
    assert rows["File"].text("de") == f"{OPEN}.gml"
    assert rows["Content as of"].text("de") == "01.03.2025"
    assert rows["Licence"].text("de") == "Datenlizenz Deutschland – Namensnennung – Version 2.0"
    assert rows["Licence"].note.de == "Die Quelle ist zu nennen."
    assert len(rows["SHA-256"].text("en")) == 64


def test_a_parcel_is_found_at_a_place(public):
    card = inspect(public, "parcel", east=400_100.0, north=5_700_010.0)
    german = shown(card, "de")
    assert card.key == "055432012003460007__"
    assert card.title.de == "Flurstück Müllingsen, Flur 12, 346/7"
    assert german["Flurstückskennzeichen"] == "05-5432-12-346/7 (055432012003460007__)"
    assert german["Abweichung der Flächen"] == "1,2 %"
    assert inspect(public, "parcel", east=1.0, north=1.0) is None


@pytest.mark.parametrize(
    ("ags", "key"), [(CLOSED, "E1"), (OPEN, "E1"), (OPEN, "none"), (OPEN, "' OR true --"), ("", ""), ("x'", "E1")]
)
def test_what_is_not_visible_has_no_card(public, ags, key):
    assert inspect(public, "building", ags=ags, key=key) is None


def test_own_staff_sees_it(open_district):
    assert inspect(open_district(Principal.staff(CLOSED)), "building", ags=CLOSED, key="E1").key == "E1"


def test_unknown_kinds_have_no_card(public):
    assert inspect(public, "building_mesh", ags=OPEN, key="S1") is None


@pytest.mark.parametrize(
    ("value", "unit", "german", "english"),
    [
        (12345.678, "m2", "12.345,7 m²", "12,345.7 m²"),
        (0.0123, "1", "1,2 %", "1.2 %"),
        (3, "1", "3", "3"),
        (181.6, "deg", "182°", "182°"),
        (date(2024, 3, 9), "", "09.03.2024", "2024-03-09"),
        (False, "", "nein", "no"),
    ],
)
def test_values_read_as_people_write_them(value, unit, german, english):
    row = Row(Text("x", "x"), value, unit)
    assert (row.text("de"), row.text("en")) == (german, english)
