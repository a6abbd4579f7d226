# ruff: noqa: E501 (a piece of GML is read as one line)
"""Areas of every GML form come out as the same shapes."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BOX = shapely.box(450_000, 5_713_000, 450_010, 5_713_010)


def area(nas, geometry: str):
    return nas.read(nas.extract(nas.parcel(geometry=geometry))).one("parcel")["geom"]


def flat(*points: tuple[float, float]) -> str:
    return " ".join(f"{450_000 + x} {5_713_000 + y}" for x, y in points)


CORNERS = flat((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
SINGLE = " ".join(
    f"<gml:pos>{pair}</gml:pos>"
    for pair in (CORNERS.split()[i] + " " + CORNERS.split()[i + 1] for i in range(0, 10, 2))
)


@pytest.mark.parametrize(
    "form",
    [
        f"<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>{CORNERS}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>",
        f"<gml:Polygon><gml:exterior><gml:LinearRing>{SINGLE}</gml:LinearRing></gml:exterior></gml:Polygon>",
        f"<gml:MultiSurface><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>\n {CORNERS}\t</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface>",
        f'<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList srsDimension="3">{" 77 ".join(" ".join(CORNERS.split()[i : i + 2]) for i in range(0, 10, 2))} 77</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>',
        f"<gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:LineString><gml:posList>{CORNERS}</gml:posList></gml:LineString></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>",
    ],
)  # fmt: skip
def test_straight_forms(nas, form):
    assert area(nas, form).equals(BOX)


def test_composite_turned_and_linked_curves(nas):
    lower = f'<gml:Curve gml:id="c1"><gml:segments>{nas.line([(0, 0), (10, 0)])}</gml:segments></gml:Curve>'
    turned = f'<gml:OrientableCurve orientation="-"><gml:baseCurve>{nas.member(nas.line([(10, 10), (10, 0)]))[17:-18]}</gml:baseCurve></gml:OrientableCurve>'
    ring = (
        f"<gml:curveMember><gml:CompositeCurve><gml:curveMember>{lower}</gml:curveMember>"
        f"<gml:curveMember>{turned}</gml:curveMember></gml:CompositeCurve></gml:curveMember>"
        + nas.member(nas.line([(10, 10), (0, 10)]), nas.line([(0, 10), (0, 0)]))
    )
    assert area(nas, nas.surface(ring)).equals(BOX)
    linked = ring.replace(lower, "").replace(
        "<gml:CompositeCurve><gml:curveMember></gml:curveMember>",
        '<gml:CompositeCurve><gml:curveMember xlink:href="#c1"/>',
    )
    apart = nas.parcel(geometry=nas.surface(linked), inner=f"<hilfslinie>{lower}</hilfslinie>")
    assert nas.read(nas.extract(apart)).one("parcel")["geom"].equals(BOX)
    (reject,) = nas.read(nas.extract(nas.parcel(geometry=nas.surface(linked)))).rejects
    assert "Verweis" in reject.reason or "xlink" in reject.reason


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(order=st.permutations(range(4)), turned=st.lists(st.booleans(), min_size=4, max_size=4))
def test_sides_in_any_order_and_direction(nas, order, turned):
    corners = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
    sides = [corners[number : number + 2][:: -1 if turned[number] else 1] for number in order]
    assert area(nas, nas.surface("".join(nas.member(nas.line(side)) for side in sides))).equals(BOX)


def test_hole_and_parts(nas):
    hole = nas.surface(nas.square(), nas.square(2, 2, 4))
    assert area(nas, hole).area == pytest.approx(84)
    parts = f"<gml:MultiSurface><gml:surfaceMember>{hole}</gml:surfaceMember><gml:surfaceMember>{nas.surface(nas.square(20, 0))}</gml:surfaceMember></gml:MultiSurface>"
    found = area(nas, parts)
    assert (found.geom_type, found.area) == ("MultiPolygon", pytest.approx(184))
    seam = f"<gml:CompositeSurface><gml:surfaceMember>{nas.surface(nas.square())}</gml:surfaceMember><gml:surfaceMember>{nas.surface(nas.square(10, 0))}</gml:surfaceMember></gml:CompositeSurface>"
    found = area(nas, seam)
    assert (found.geom_type, found.area) == ("Polygon", pytest.approx(200))


@pytest.mark.parametrize(
    ("segment", "size"),
    [
        ("arc", 100 + math.pi * 25 / 2),
        ("string", 100 + 2 * math.pi * 2.5**2 / 2),
    ],
)
def test_arcs_bulge_as_they_should(nas, segment, size):
    right = (
        nas.line([(10, 0), (15, 5), (10, 10)], "Arc")
        if segment == "arc"
        else nas.line([(10, 0), (12.5, 2.5), (10, 5), (12.5, 7.5), (10, 10)], "ArcString")
    )
    ring = (
        nas.member(nas.line([(0, 10), (0, 0)]))
        + nas.member(nas.line([(0, 0), (10, 0)]))
        + nas.member(right)
        + nas.member(nas.line([(10, 10), (0, 10)]))
    )
    found = area(nas, nas.surface(ring))
    assert found.area == pytest.approx(size, abs=0.01 * 16)
    assert found.area < size


def test_circle_is_a_ring_of_its_own(nas):
    for segment in (
        nas.line([(5, 0), (0, 5), (-5, 0)], "Circle"),
        '<gml:CircleByCenterPoint numArc="1"><gml:pos>450000 5713000</gml:pos><gml:radius uom="m">5</gml:radius></gml:CircleByCenterPoint>',
        '<gml:ArcByCenterPoint numArc="1"><gml:pos>450000 5713000</gml:pos><gml:radius uom="m">5</gml:radius>'
        '<gml:startAngle uom="deg">0</gml:startAngle><gml:endAngle uom="deg">360</gml:endAngle></gml:ArcByCenterPoint>',
    ):
        found = area(nas, nas.surface(nas.member(segment)))
        assert found.area == pytest.approx(math.pi * 25, abs=0.01 * 32)


def test_neighbours_along_an_arc_share_their_vertices(nas):
    arc, back = nas.line([(10, 0), (13, 5), (10, 10)], "Arc"), nas.line([(10, 10), (13, 5), (10, 0)], "Arc")
    west = nas.member(nas.line([(10, 10), (0, 10), (0, 0), (10, 0)])) + nas.member(arc)
    east = nas.member(nas.line([(10, 0), (20, 0), (20, 10), (10, 10)])) + nas.member(back)
    found = nas.read(
        nas.extract(
            nas.parcel(geometry=nas.surface(west)), nas.parcel("DENW000000000002", 9, geometry=nas.surface(east))
        )
    )
    one, other = (shapely.from_wkb(row["geom"]) for row in found.rows["parcel"])
    assert one.intersection(other).area == 0
    assert one.area + other.area == pytest.approx(200, abs=1e-6)
    assert one.union(other).geom_type == "Polygon"


@pytest.mark.parametrize(
    "ring",
    [
        [(0, 0), (10, 0)],
        [(0, 0), (10, 0), (0, 0)],
        [(0, 0), (10, 0), (10, 10), (0, 10)],
        [(0, 0), (5, 0), (10, 0), (0, 0)],
        [(0, 0), (10, 0), (10, float("nan")), (0, 0)],
        [(0, 0), (10, 0), (10, float("inf")), (0, 0)],
        [],
    ],
)
def test_what_is_no_area_is_rejected(nas, ring):
    found = nas.read(
        nas.extract(nas.parcel(geometry=nas.surface(nas.member(nas.line(ring)))), nas.parcel("DENW000000000002", 9))
    )
    assert [reject.feature for reject in found.rejects] == ["DENW000000000001"]
    assert len(found.rows["parcel"]) == 1


@pytest.mark.parametrize(
    "geometry",
    [
        "<gml:Point><gml:pos>450000 5713000</gml:pos></gml:Point>",
        "<gml:Surface><gml:patches/></gml:Surface>",
        "<gml:Surface><gml:patches><gml:PolygonPatch/></gml:patches></gml:Surface>",
        "<gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments><gml:CubicSpline><gml:posList>1 2 3 4</gml:posList></gml:CubicSpline></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>",
        "<gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments><gml:Arc><gml:posList>1 2 3 4</gml:posList></gml:Arc></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>",
    ],
)  # fmt: skip
def test_other_geometries_are_rejected_and_the_next_is_read(nas, geometry):
    found = nas.read(nas.extract(nas.parcel(geometry=geometry), nas.parcel("DENW000000000002", 9)))
    assert [reject.layer for reject in found.rejects] == ["parcel"]
    assert shapely.from_wkb(found.rows["parcel"][0]["geom"]).equals(BOX)


def test_a_boundary_that_crosses_itself_is_repaired_and_said(nas):
    bow = [(0, 0), (10, 10), (10, 0), (0, 10), (0, 0)]
    found = nas.read(nas.extract(nas.parcel(area=50, geometry=nas.surface(nas.member(nas.line(bow))))))
    assert found.one("parcel")["area"] == pytest.approx(50)
    assert found.one("parcel")["geom"].is_valid
    assert len(found.facts.notes) == 1


def test_wild_radii_do_not_exhaust_memory(nas):
    wild = nas.line([(0, 0), (1e13, 1e13), (2e13, 0)], "Arc")
    ring = "".join(nas.member(nas.line([(0, 0), (1e13, 1e13), (0, 0)], "Arc")) for _ in range(200)) + nas.member(wild)
    found = nas.read(nas.extract(nas.parcel(geometry=nas.surface(ring)), nas.parcel("DENW000000000002", 9)))
    assert [reject.feature for reject in found.rejects] == ["DENW000000000001"]
    assert len(found.rows["parcel"]) == 1
