"""Objects of plans: kinds of use, measures, heights, roofs, purposes, texts."""

from __future__ import annotations

import json

import pytest


def test_use_and_measure(xplan):
    row = xplan.read(
        xplan.plan(),
        xplan.section(),
        xplan.area(
            inner="<xplan:flaechenschluss>true</xplan:flaechenschluss><xplan:GFZ>1.2</xplan:GFZ>"
            "<xplan:GRZ>0.4</xplan:GRZ><xplan:GRZ_Ausn>0.6</xplan:GRZ_Ausn><xplan:GR uom='m2'>130</xplan:GR>"
            "<xplan:Zmin>2</xplan:Zmin><xplan:Zmax>4</xplan:Zmax><xplan:Z_Ausn>5</xplan:Z_Ausn>"
            "<xplan:MaxZahlWohnungen>2</xplan:MaxZahlWohnungen><xplan:VF uom='m2'>800</xplan:VF>"
            "<xplan:rechtscharakter>1000</xplan:rechtscharakter>"
            "<xplan:besondereArtDerBaulNutzung>1200</xplan:besondereArtDerBaulNutzung>"
            "<xplan:bauweise>2000</xplan:bauweise><xplan:bebauungsArt>4000</xplan:bebauungsArt>"
        ),
    ).one()
    assert (row["planzeichen"], row["use_code"], row["use"]) == ("WA", "1200", "Allgemeines Wohngebiet")
    assert (row["gfz"], row["grz"], row["grz_exceptional"], row["gr"]) == (1.2, 0.4, 0.6, 130)
    assert (row["storeys"], row["storeys_min"], row["storeys_max"], row["storeys_exceptional"]) == (None, 2, 4, 5)
    assert (row["max_dwellings"], row["building_method"]) == (2, "Geschlossene Bauweise")
    assert row["building_type"] == "Einzel- und Doppelhäuser"
    assert row["legal_nature"] == "Festsetzung BPlan"
    assert (row["shape"], row["area"], row["length"], row["closed_coverage"]) == ("area", 100, None, True)
    assert (row["plan_id"], row["section_id"]) == ("P", "B")
    assert json.loads(row["attributes"]) == {"VF": "800"}


def test_a_value_that_is_no_number_stays_readable(xplan):
    row = xplan.read(xplan.plan(), xplan.area(inner="<xplan:Z>II</xplan:Z><xplan:GRZ>nan</xplan:GRZ>")).one()
    assert (row["storeys"], row["grz"]) == (None, None)
    assert json.loads(row["attributes"]) == {"Z": "II", "GRZ": "nan"}


def test_of_several_heights_the_one_of_the_building_is_in_the_columns(xplan):
    def height(point: str, inner: str) -> str:
        return (
            f"<xplan:hoehenangabe><xplan:XP_Hoehenangabe><xplan:hoehenbezug>1000</xplan:hoehenbezug>"
            f"<xplan:bezugspunkt>{point}</xplan:bezugspunkt>{inner}</xplan:XP_Hoehenangabe></xplan:hoehenangabe>"
        )

    row = xplan.read(
        xplan.plan(),
        xplan.area(
            inner=height("1000", "<xplan:h uom='m'>106</xplan:h>")
            + height("2000", "<xplan:hMin>108</xplan:hMin><xplan:hMax>112.5</xplan:hMax>")
        ),
    ).one()
    assert (row["height"], row["height_min"], row["height_max"], row["height_exact"]) == (None, 108, 112.5, None)
    assert (row["height_point"], row["height_reference_code"]) == ("Firsthöhe", "1000")
    assert [entry["bezugspunkt"] for entry in json.loads(row["heights"])] == ["1000", "2000"]


@pytest.mark.parametrize("nested", [True, False])
def test_roofs_of_old_and_new_versions(xplan, nested):
    rules = "<xplan:dachform>3100</xplan:dachform><xplan:DNmin>35</xplan:DNmin><xplan:DNmax>45</xplan:DNmax>"
    if nested:
        rules = (
            f"<xplan:dachgestaltung><xplan:BP_Dachgestaltung>{rules}</xplan:BP_Dachgestaltung></xplan:dachgestaltung>"
        )
        rules += (
            "<xplan:dachgestaltung><xplan:BP_Dachgestaltung><xplan:dachform>1000</xplan:dachform>"
            "</xplan:BP_Dachgestaltung></xplan:dachgestaltung>"
        )
    row = xplan.read(xplan.plan(), xplan.area(inner=rules), version="6/0" if nested else "4/1").one()
    assert (row["roof_code"], row["roof_pitch_min"], row["roof_pitch_max"]) == ("3100", 35, 45)
    assert row["roof_type"] == ("Satteldach; Flachdach" if nested else "Satteldach")


@pytest.mark.parametrize(
    ("version", "kind", "inner", "code", "purpose", "planzeichen"),
    [
        (
            "5/2",
            "BP_GruenFlaeche",
            "<xplan:zweckbestimmung>1600</xplan:zweckbestimmung>",
            "1600",
            "Spielplatz",
            "gruen",
        ),
        (
            "6/0",
            "BP_GruenFlaeche",
            "<xplan:zweckbestimmung><xplan:BP_KomplexeZweckbestGruen><xplan:allgemein>1000</xplan:allgemein>"
            "<xplan:textlicheErgaenzung>am Bach</xplan:textlicheErgaenzung></xplan:BP_KomplexeZweckbestGruen>"
            "</xplan:zweckbestimmung>",
            "1000",
            "Parkanlage; am Bach",
            "gruen",
        ),
        (
            "4/1",
            "BP_GruenFlaeche",
            "<xplan:zweckbestimmung>1000</xplan:zweckbestimmung>"
            "<xplan:weitereZweckbestimmung1>1600</xplan:weitereZweckbestimmung1>",
            "1000",
            "Parkanlage; Spielplatz",
            "gruen",
        ),
        ("5/4", "SO_Gewaesser", "<xplan:artDerFestlegung>2000</xplan:artDerFestlegung>", "2000", "Hafen", "wasser"),
        (
            "6/0",
            "SO_Gewaesser",
            "<xplan:artDerFestlegung>2000</xplan:artDerFestlegung>",
            "2000",
            "Fließgewässer",
            "wasser",
        ),
        ("6/0", "BP_GruenFlaeche", "<xplan:zweckbestimmung>4711</xplan:zweckbestimmung>", "4711", "4711", "gruen"),
        ("6/0", "BP_NochNichtErdacht", "<xplan:typ>1</xplan:typ>", "1", "1", None),
        ("6/0", "FP_WaldFlaeche", "", None, None, "wald"),
    ],
)
def test_purposes(xplan, version, kind, inner, code, purpose, planzeichen):
    row = xplan.read(xplan.plan(), xplan.area(kind, inner=inner), version=version).one()
    assert (row["purpose_code"], row["purpose"], row["planzeichen"]) == (code, purpose, planzeichen)
    assert row["attributes"] is None


def test_special_areas(xplan):
    row = xplan.read(
        xplan.plan(),
        xplan.area(
            inner="<xplan:besondereArtDerBaulNutzung>2100</xplan:besondereArtDerBaulNutzung><xplan:sondernutzung>"
            "<xplan:BP_KomplexeSondernutzung><xplan:allgemein>23000</xplan:allgemein><xplan:nutzungText>Reha"
            "</xplan:nutzungText></xplan:BP_KomplexeSondernutzung></xplan:sondernutzung>"
        ),
    ).one()
    assert (row["planzeichen"], row["special_use_code"], row["special_use"]) == ("SO", "23000", "Klinikgebiet; Reha")


@pytest.mark.parametrize(("version", "nature"), [("5/4", "Hinweis"), ("4/1", "Hinweis"), ("6/0", "Darstellung FPlan")])
def test_the_same_code_means_another_legal_nature_from_6_0_on(xplan, version, nature):
    inner = "<xplan:rechtscharakter>3000</xplan:rechtscharakter>"
    assert xplan.read(xplan.plan(), xplan.area(inner=inner), version=version).one()["legal_nature"] == nature


def test_texts_follow_the_objects_that_refer_to_them_and_are_bounded(xplan):
    found = xplan.read(
        xplan.area(inner="<xplan:text>Dauergrünland</xplan:text><xplan:refTextInhalt xlink:href='#T1'/>"),
        xplan.plan(),
        xplan.thing(
            "XP_TextAbschnitt",
            "T1",
            "<xplan:schluessel>§2 Nr.1</xplan:schluessel><xplan:text>Läden sind zulässig.</xplan:text>",
        ),
        xplan.thing("XP_TextAbschnitt", "T2", f"<xplan:text>{'x' * 100_000}</xplan:text>"),
    )
    row, plan = found.one(), found.one("plan")
    assert row["text_keys"] == "§2 Nr.1"
    assert row["text"] == "Dauergrünland\n§2 Nr.1: Läden sind zulässig."
    assert plan["text"].startswith("§2 Nr.1: Läden sind zulässig.\nxxx")
    assert len(plan["text"]) < 25_000
