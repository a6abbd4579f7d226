"""Plans' own attributes: status, dates, municipality."""

from __future__ import annotations

import datetime

import pytest

from ingest.xplan import code_list
from ingest.xplan.plan import DATES
from layers.plan import LAYER


def municipality(ags: str, name: str = "Werl", tag: str = "ags") -> str:
    return (
        f"<xplan:gemeinde><xplan:XP_Gemeinde><xplan:{tag}>{ags}</xplan:{tag}><xplan:gemeindeName>{name}"
        "</xplan:gemeindeName></xplan:XP_Gemeinde></xplan:gemeinde>"
    )


@pytest.mark.parametrize(
    ("inner", "ags", "names"),
    [
        (municipality("05974052"), "05974052", "Werl"),
        (municipality("059740052052"), "05974052", "Werl"),
        (municipality("059740052052", tag="rs"), "05974052", "Werl"),
        (municipality("00000000", "Test-Gemeinde"), None, "Test-Gemeinde"),
        (municipality("52"), None, "Werl"),
        (municipality("05974052") + municipality("05974040", "Soest"), None, "Werl; Soest"),
        ("", None, None),
    ],
)
def test_the_municipality_is_the_one_that_the_plan_names(xplan, inner, ags, names):
    found = xplan.read(xplan.plan(inner=inner), xplan.section(), xplan.area())
    assert (found.one("plan")["ags"], found.one("plan")["municipality"]) == (ags, names)
    assert found.one()["ags"] == ags


@pytest.mark.parametrize(
    ("kind", "inner", "status", "in_force"),
    [
        ("BP_Plan", "<xplan:rechtsstand>4000</xplan:rechtsstand>", "In Kraft getreten", True),
        ("FP_Plan", "<xplan:rechtsstand>4000</xplan:rechtsstand>", "Wirksamkeit", True),
        ("BP_Plan", "<xplan:rechtsstand>2300</xplan:rechtsstand>", "Trägerbeteiligung", False),
        ("BP_Plan", "<xplan:rechtsstand>3000</xplan:rechtsstand>", "Satzung", None),
        ("BP_Plan", "<xplan:rechtsstand>50000</xplan:rechtsstand>", "Aufgehoben", False),
        ("BP_Plan", "<xplan:inkrafttretensDatum>2020-08-01</xplan:inkrafttretensDatum>", None, True),
        ("LP_Plan", "<xplan:rechtsstand>6000</xplan:rechtsstand>", "In Fortschreibung", None),
        ("RP_Plan", "<xplan:rechtsstand>5500</xplan:rechtsstand>", "Teilweise außer Kraft", True),
        ("SO_Plan", "", None, None),
    ],
)
def test_status(xplan, kind, inner, status, in_force):
    row = xplan.read(xplan.plan(inner=inner, kind=kind)).one("plan")
    assert (row["kind"], row["legal_status"], row["in_force"]) == (kind[:2], status, in_force)


def test_dates_of_the_procedure(xplan):
    row = xplan.read(
        xplan.plan(
            kind="FP_Plan",
            inner="<xplan:aufstellungsbeschlussDatum>2019-01-02</xplan:aufstellungsbeschlussDatum>"
            "<xplan:auslegungsStartDatum>2020-05-01</xplan:auslegungsStartDatum>"
            "<xplan:auslegungsStartDatum>2019-05-01</xplan:auslegungsStartDatum>"
            "<xplan:auslegungsEndDatum>2019-06-01</xplan:auslegungsEndDatum>"
            "<xplan:auslegungsEndDatum>2020-06-01</xplan:auslegungsEndDatum>"
            "<xplan:planbeschlussDatum>2021-02-30</xplan:planbeschlussDatum>"
            "<xplan:wirksamkeitsDatum>2021-04-05</xplan:wirksamkeitsDatum>",
        )
    ).one("plan")
    assert row["aufstellungsbeschluss"] == datetime.date(2019, 1, 2)
    assert (row["auslegung_start"], row["auslegung_end"]) == (datetime.date(2019, 5, 1), datetime.date(2020, 6, 1))
    assert row["satzungsbeschluss"] is None  # there is no 30 February
    assert row["inkrafttreten"] == datetime.date(2021, 4, 5)


def test_every_date_has_its_column():
    assert set(DATES) <= {column.name for column in LAYER.columns if column.type == "DATE"}


def test_codes_of_versions():
    assert code_list.name("legal_status", "5.4", "2000", "BP") == "Entwurf"
    assert code_list.name("legal_status", "6.0", "2000", "BP") == "Im Verfahren"
    assert code_list.name("legal_status", "4.1", "5000", "RP") == "Untergegangen"
    assert code_list.name("legal_status", "5.4", "5000", "RP") == "Allgemeine Planungsabsicht"
    assert code_list.name("plan_type", "6.0", "4711", "BP") == "4711"
    assert code_list.name("plan_type", "6.0", None, "BP") is None
