"""Documents: several plans and sections, geometry of every kind, what is left out, what is refused."""

from __future__ import annotations

import math

import pyproj
import pytest
import shapely

from ingest.xplan import document
from twin.errors import InvalidDelivery, MissingCRS, UnsafeDelivery

ARC = (
    '<gml:Curve srsName="EPSG:25832"><gml:segments><gml:ArcString><gml:posList>440000 5710000 440010 5710010 440020 '
    "5710000</gml:posList></gml:ArcString><gml:LineStringSegment><gml:posList>440020 5710000 440030 5710000"
    "</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve>"
)


def test_several_plans_and_sections_in_one_file(xplan):
    found = xplan.read(
        xplan.plan("P1", '<xplan:bereich xlink:href="#B1"/>', xplan.square(0, 0, 10)),
        xplan.plan("P2", "", xplan.square(20, 0, 10)),
        xplan.thing("BP_Bereich", "B1", section=""),
        xplan.section("B2", "P2"),
        xplan.section("B3", "P2", '<xplan:planinhalt xlink:href="#A3"/>'),
        xplan.area(key="A1", section="B1"),
        xplan.area(key="A2", section="B2"),
        xplan.area(key="A3", section=""),
        xplan.area(key="A4", section=""),
    )
    assert [(row["plan_id"], row["sections"]) for row in found.rows["plan"]] == [("P1", 1), ("P2", 2)]
    belonging = {row["plan_area_id"]: (row["plan_id"], row["section_id"]) for row in found.rows["plan_area"]}
    assert belonging == {"A1": ("P1", "B1"), "A2": ("P2", "B2"), "A3": ("P2", "B3"), "A4": (None, None)}


def test_older_versions_call_the_relation_otherwise(xplan):
    inner = '<xplan:gehoertZuBP_Bereich xlink:href="#B"/>'
    found = xplan.read(xplan.plan(), xplan.section(), xplan.area(inner=inner, section=""), version="4/1")
    assert (found.one()["section_id"], found.facts.notes) == ("B", ())


def test_without_gehoertzubereich_the_only_plan_is_meant(xplan):
    found = xplan.read(xplan.area(section=""), xplan.section(), xplan.plan())
    assert (found.one()["plan_id"], found.one()["section_id"]) == ("P", "B")
    (note,) = found.facts.notes
    assert "gehoertZuBereich: 1" in note


def test_a_plan_without_an_area_has_that_of_its_sections(xplan):
    inner = f"<xplan:geltungsbereich>{xplan.square(0, 0, 50)}</xplan:geltungsbereich>"
    found = xplan.read(xplan.plan(geometry=""), xplan.section(inner=inner))
    assert found.one("plan")["area"] == 2500
    assert not found.rejects
    found = xplan.read(xplan.plan(geometry=""), xplan.section(), xplan.area())
    assert [(reject.feature, reject.layer) for reject in found.rejects] == [("P, line 3", "plan")]
    assert list(found.rows) == ["plan_area"]


def test_lines_points_and_arcs(xplan):
    def position(geometry: str) -> str:
        return f"<xplan:position>{geometry}</xplan:position>"

    rows = xplan.read(
        xplan.plan(),
        xplan.thing("BP_BauGrenze", "L1", position(ARC) + '<xplan:bautiefe uom="m">14</xplan:bautiefe>'),
        xplan.thing(
            "BP_BauLinie",
            "L2",
            position(
                '<gml:MultiCurve srsName="EPSG:25832"><gml:curveMember><gml:LineString><gml:posList>440000 5710000 '
                "440003 5710004</gml:posList></gml:LineString></gml:curveMember><gml:curveMember><gml:LineString>"
                "<gml:posList>440010 5710000 440010 5710007</gml:posList></gml:LineString></gml:curveMember>"
                "</gml:MultiCurve>"
            ),
        ),
        xplan.thing(
            "BP_HoehenMass",
            "P1",
            position('<gml:Point srsName="EPSG:25832"><gml:pos>440000 5710000</gml:pos></gml:Point>'),
        ),
    ).rows["plan_area"]
    arc, lines, point = rows
    assert [row["shape"] for row in rows] == ["line", "line", "point"]
    assert arc["length"] == pytest.approx(10 * math.pi + 10, abs=0.05)
    assert (arc["planzeichen"], arc["building_depth"], arc["area"]) == ("baugrenze", 14, None)
    assert (lines["planzeichen"], lines["length"]) == ("baulinie", 12)
    assert shapely.from_wkb(lines["geom"]).geom_type == "MultiLineString"
    assert shapely.from_wkb(point["geom"]).equals(shapely.Point(440000, 5710000))


@pytest.mark.parametrize(("srs", "zone"), [("EPSG:25833", 25833), ("EPSG:31467", 31467)])
def test_other_reference_systems_are_transformed_geometry_by_geometry(xplan, srs, zone):
    there = pyproj.Transformer.from_crs(25832, zone, always_xy=True).transform(440_000, 5_710_000)
    ring = " ".join(f"{there[0] + x} {there[1] + y}" for x, y in ((0, 0), (9, 0), (9, 9), (0, 9), (0, 0)))
    polygon = (
        f'<gml:Polygon srsName="{srs}"><gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing>'
        "</gml:exterior></gml:Polygon>"
    )
    found = xplan.read(xplan.plan(), xplan.area(geometry=polygon), xplan.area(key="A2"))
    one, other = (shapely.from_wkb(row["geom"]) for row in found.rows["plan_area"])
    assert other.distance(shapely.Point(440_000, 5_710_000)) == 0
    assert one.exterior.distance(shapely.Point(440_000, 5_710_000)) < 0.01


@pytest.mark.parametrize("where", ["document", "object", "user", "nowhere"])
def test_where_geometries_name_no_reference_system(xplan, where):
    box = '<gml:boundedBy><gml:Envelope srsName="EPSG:25832"/></gml:boundedBy>'
    text = xplan.text(
        xplan.plan(inner=box if where == "object" else "", geometry=xplan.square(srs="")),
        head=box if where == "document" else "",
    )
    if where == "nowhere":
        with pytest.raises(MissingCRS):
            xplan.parse(text)
        return
    found = xplan.parse(text, crs="EPSG:25832" if where == "user" else "")
    assert found.one("plan")["area"] == 100
    assert found.facts.crs == "EPSG:25832"


def test_bad_objects_are_rejected_by_place_and_the_rest_goes_on(xplan):
    ring = (
        '<gml:Polygon srsName="EPSG:25832"><gml:exterior><gml:LinearRing><gml:posList>{}</gml:posList>'
        "</gml:LinearRing></gml:exterior></gml:Polygon>"
    )
    found = xplan.read(
        xplan.plan(),
        xplan.area(key="A1", geometry=ring.format("1 1 2 2")),
        xplan.area(key="A2", geometry=ring.format("1 1 2 x 3 3 1 1")),
        xplan.area(key="A3", geometry=xplan.square(srs="EPSG:999999")),
        xplan.area(key="A4", geometry="<gml:Solid/>"),
        xplan.area(key="A5", geometry=" "),
        xplan.area(key="A 6"),
        xplan.area(key="A7"),
        xplan.area(key="A7"),
        xplan.thing("BP_Wegerecht", "A8"),
        xplan.thing("XP_PPO", "A9"),
    )
    assert [row["plan_area_id"] for row in found.rows["plan_area"]] == ["A7"]
    assert {reject.feature for reject in found.rejects} == {
        *("A1, line 4", "A2, line 5", "A3, line 6", "A4, line 7", "A5, line 8", "line 9", "A7, line 11")
    }
    assert {reject.layer for reject in found.rejects} == {"plan_area"}
    assert found.facts.dropped == {"BP_Wegerecht": 1, "XP_PPO": 1}


@pytest.mark.parametrize(
    ("root", "member"),
    [
        ("wfs:FeatureCollection", "wfs:member"),
        ("gml:FeatureCollection", "gml:featureMember"),
        ("xplan:XPlanAuszug", "gml:featureMember"),
    ],
)
def test_roots_and_members(xplan, root, member):
    found = xplan.read(xplan.plan(), xplan.section(), xplan.area(), root=root, member=member)
    assert found.one()["plan_id"] == "P"
    assert found.facts.version == "XPlanGML 6.0"


def test_all_objects_in_one_member(xplan, monkeypatch):
    objects = "".join([xplan.plan(), xplan.section(), *(xplan.area(key=f"A{number}") for number in range(50))])
    monkeypatch.setattr(document, "BATCH", 20)
    found = xplan.read(objects, member="gml:featureMembers")
    assert len(found.rows["plan_area"]) == 50
    assert not found.rejects


def test_versions(xplan):
    for version in ("4/1", "5/0", "5/1", "5/2", "5/3", "5/4", "6/0", "6/1"):
        assert xplan.read(xplan.plan(), version=version).one("plan")["xplan_version"] == version.replace("/", ".")
    for version in ("3/0", "7/0"):
        with pytest.raises(InvalidDelivery, match=version.replace("/", r"\.")):
            xplan.read(xplan.plan(), version=version)


@pytest.mark.parametrize("padding", [0, 70_000])
def test_document_types_are_refused(xplan, padding):
    text = xplan.text(xplan.plan())
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    start = text.index("<xplan:XPlanAuszug")
    hidden = f"{text[:start]}<!--{' ' * padding}-->{bomb}{text[start:].replace('Am Anger', '&b;')}"
    source = xplan.write(hidden)
    with pytest.raises(UnsafeDelivery, match="DOCTYPE"):
        list(document.Document(source, document.Options()).items())


def test_a_cut_document_is_refused_with_its_line(xplan):
    text = xplan.text(xplan.plan(), xplan.area())
    with pytest.raises(InvalidDelivery, match=r"(Zeile|line) \d"):
        xplan.parse(text[: len(text) * 3 // 4])
