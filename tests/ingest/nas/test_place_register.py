"""House numbers and positions of addresses."""

from __future__ import annotations

import pytest
import shapely

from ingest.nas.place_register import house_number


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12", "12"),
        ("12 a", "12a"),
        ("0012A", "12A"),
        ("12a-14b", "12a-14b"),
        ("7 1/2", "7 1/2"),
        (" ", None),
        (None, None),
        ("0", None),
    ],
)
def test_house_numbers_as_people_write_them(text, shown):
    assert house_number(text) == shown


def address(nas, number: str = "12") -> str:
    return nas.thing(
        "AX_LagebezeichnungMitHausnummer",
        "DENW0000000000L1",
        "<lagebezeichnung><AX_Lagebezeichnung><unverschluesselt>Am Markt</unverschluesselt></AX_Lagebezeichnung>"
        f"</lagebezeichnung><hausnummer>{number}</hausnummer>",
    )


def test_an_address_stands_at_its_building_else_on_its_parcel_else_nowhere(nas):
    link = '<{} xlink:href="urn:adv:oid:DENW0000000000L1"/>'.format
    building, parcel = nas.building(inner=link("zeigtAuf")), nas.parcel(inner=link("weistAuf"))
    at_building = nas.read(nas.extract(address(nas), building, parcel)).one("address")
    assert shapely.box(450_002, 5_713_002, 450_006, 5_713_006).contains(at_building["geom"])
    on_parcel = nas.read(nas.extract(parcel, address(nas))).one("address")
    assert shapely.box(450_000, 5_713_000, 450_010, 5_713_010).contains(on_parcel["geom"])
    assert on_parcel["ags"] == "05974040"
    row = nas.read(nas.extract(address(nas))).one("address")
    assert (row["street"], row["house_number"], row["geom"], row["ags"]) == ("Am Markt", "12", None, None)


def test_a_parcel_names_each_of_its_locations_once(nas):
    plain = nas.thing(
        "AX_LagebezeichnungOhneHausnummer",
        "DENW0000000000L2",
        "<lagebezeichnung><AX_Lagebezeichnung><unverschluesselt>Feldmark</unverschluesselt></AX_Lagebezeichnung></lagebezeichnung>",
    )
    links = "".join(
        f'<{name} xlink:href="urn:adv:oid:DENW0000000000L{number}"/>'
        for name, number in (("zeigtAuf", 2), ("weistAuf", 1), ("weistAuf", 1), ("weistAuf", 9))
    )
    found = nas.read(nas.extract(nas.parcel(inner=links), plain, address(nas)))
    assert found.one("parcel")["location"] == "Am Markt 12; Feldmark"
    assert len(found.rows["address"]) == 1
