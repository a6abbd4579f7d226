"""Plans, trees, places and pipes on the map page, in Chromium, on a small home of the test's own."""

from __future__ import annotations

import io
import json
import urllib.request

import numpy as np
import pyarrow as pa
import pytest
import shapely
from PIL import Image

import twin
from ingest.format import Options
from ingest.job import Request, ingest
from twin.discovery import find
from twin.geometry.raster import encode

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOEST, ENSE = "05974040", "05974012"
EAST, NORTH, HEIGHT = 440_500.0, 5_710_500.0, 95.0
"""Middle of the only terrain tile. [m]"""

PATIENCE = 120_000
"""How long something may take on a machine without a graphics card. [ms]"""

SRS = 'srsName="EPSG:25832"'

TREES = """Baum-Nr.;Baumart botanisch;Baumart deutsch;Baumhöhe [m];Kronendurchmesser (m);Ostwert;Nordwert
1;Tilia cordata;Winterlinde;14;9;440540;5710540
2;Picea abies;Fichte;18;;440560;5710540
3;Quercus robur;Stieleiche;;;440580;5710540
"""


def ring(west, south, size):
    corners = ((west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south))
    numbers = " ".join(f"{EAST + x} {NORTH + y}" for x, y in corners)
    exterior = f"<gml:LinearRing><gml:posList>{numbers}</gml:posList></gml:LinearRing>"
    return f"<gml:Polygon {SRS}><gml:exterior>{exterior}</gml:exterior></gml:Polygon>"


def member(kind, key, inner):
    return f'<gml:featureMember><xplan:{kind} gml:id="{key}">{inner}</xplan:{kind}></gml:featureMember>'


def xplan():
    place = f"<xplan:gemeinde><xplan:XP_Gemeinde><xplan:ags>{SOEST}</xplan:ags></xplan:XP_Gemeinde></xplan:gemeinde>"
    validity = f"<xplan:raeumlicherGeltungsbereich>{ring(100, 0, 100)}</xplan:raeumlicherGeltungsbereich>"
    plan = f"<xplan:name>Am Anger</xplan:name>{place}<xplan:rechtsstand>4000</xplan:rechtsstand>{validity}"
    use = "<xplan:besondereArtDerBaulNutzung>1200</xplan:besondereArtDerBaulNutzung><xplan:GRZ>0.4</xplan:GRZ>"
    closed = "<xplan:flaechenschluss>true</xplan:flaechenschluss>"
    belongs = '<xplan:gehoertZuBereich xlink:href="#B"/>'
    position = f"<xplan:position>{ring(100, 0, 100)}</xplan:position>"
    members = (
        member("BP_Plan", "P", plan)
        + member("BP_Bereich", "B", '<xplan:gehoertZuPlan xlink:href="#P"/>')
        + member("BP_BaugebietsTeilFlaeche", "A", belongs + position + use + closed)
    )
    spaces = (
        'xmlns:xplan="http://www.xplanung.de/xplangml/6/0" xmlns:gml="http://www.opengis.net/gml/3.2" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    return f'<?xml version="1.0"?><xplan:XPlanAuszug {spaces} gml:id="X">{members}</xplan:XPlanAuszug>'


def point(east, north):
    return shapely.Point(EAST + east, NORTH + north).wkb


def line(*corners):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in corners]).wkb


def plain(west):
    """A level terrain tile of 1 km²."""
    edges = {"west": EAST + west, "south": NORTH - 500, "east": EAST + west + 1000, "north": NORTH + 500}
    raster = {"cell_size": 10.0, "columns": 100, "rows": 100, "lowest": HEIGHT, "highest": HEIGHT, "missing": 0}
    pixels = encode(np.full((100, 100), HEIGHT))
    return {"tile_id": f"10_{west}", "pixels": pixels, "geom": shapely.box(*edges.values()).wkb} | edges | raster


STAGED = {
    "terrain": [plain(-500)],
    "facility": [{"facility_id": "F1", "kind": "school", "name": "Patrokli-Schule", "geom": point(-60, 20)}],
    "street": [
        {"street_id": "S1", "name": "Walburger Weg", "road_class": "residential", "geom": line((-100, -40), (90, -40))}
    ],
    "utility_line": [
        {"line_id": "L1", "medium": "water", "diameter": 300.0, "depth": 1.5, "geom": line((-100, -80), (90, -80))}
    ],
    "utility_node": [{"node_id": "N1", "medium": "sewer", "depth": 3.0, "geom": point(-40, -90)}],
}
HIDDEN = {"tree": [{"tree_id": "X1", "geom": point(300, 300)}]}


def rows_of(layer, entries):
    schema = find("LAYER", layer).read_schema
    return pa.table([pa.array([e.get(n) for e in entries], schema.field(n).type) for n in schema.names], schema=schema)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("declared")
    (folder / "anger.gml").write_text(xplan(), "utf-8")
    (folder / "baumkataster.csv").write_text(TREES, "utf-8")
    with twin.init(folder / "home", "05974") as t:
        t.join(SOEST, "all", "open")
        t.join(ENSE, "all", "internal")
        for ags, content in ((SOEST, STAGED), (ENSE, HIDDEN)):
            with t.stage(twin.DeliveryHeader(file=f"{ags}.zip", format="made")) as staging:
                staging.file(0, f"{ags}.zip", crs="EPSG:25832")
                for layer, entries in content.items():
                    staging.add(ags, layer, rows_of(layer, entries), 0)
                staging.commit()
        for name in ("anger.gml", "baumkataster.csv"):
            (report,) = ingest(
                t, [str(folder / name)], Request(Options(ags=SOEST, crs="EPSG:25832"), workers=1)
            ).deliveries
            assert report.loaded, report
    return folder / "home"


@pytest.fixture
def show(page, serve_home, home):
    """``show(query)``: the page at an address, at rest."""

    def shown(query, east=0.0, north=0.0, distance=260, tilt=20):
        view = f"view={EAST + east:.0f},{NORTH + north:.0f},{HEIGHT:.0f},{distance},0,{tilt}"
        page.goto(f"{serve_home(home, 'public')}?{view}&{query}")
        # So small a scene may be there before the page about it: a click would go beside.
        until(page, "window.__twin !== undefined && Bokeh.documents.every(one => one.is_idle)")
        page.evaluate("window.__twin.idle()")
        return page

    return shown


def until(page, condition):
    """Wait for a condition; the page's policy forbids what Playwright's own waiting is made of (eval)."""
    for _ in range(PATIENCE // 250):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(250)
    pytest.fail(f"never came true: {condition}")


def at(page, east, north, height=HEIGHT):
    return page.evaluate("place => window.__twin.project(place)", [EAST + east, NORTH + north, height])


def colour(page, left, top):
    """Mean colour of a few pixels of the page."""
    clip = {"x": left - 4, "y": top - 4, "width": 8, "height": 8}
    picture = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
    return np.asarray(picture).reshape(-1, 3).mean(axis=0)


def seen(page, text):
    page.get_by_text(text).first.wait_for()


def test_a_tree_that_is_clicked_tells_its_species(show):
    page = show("", east=40, north=40, distance=120, tilt=50)
    page.mouse.click(*at(page, 40, 40, HEIGHT + 9))
    seen(page, "Tilia cordata")
    seen(page, "Kronendurchmesser")
    until(page, "location.search.includes('chosen=tree')")


def test_a_plan_lies_on_the_ground_when_it_is_switched_on(show):
    page = show("", east=150, north=50)
    place = at(page, 150, 50)
    before = colour(page, *place)
    page.get_by_label("Festsetzungen und Darstellungen", exact=True).first.click()
    until(page, "location.search.includes('shown=plan_area')")
    page.evaluate("window.__twin.idle()")
    page.wait_for_timeout(1500)
    after = colour(page, *place)
    # WA is red in the Planzeichenverordnung.
    assert after[0] - after[1] > before[0] - before[1] + 40
    # The legend has what there is, and no more.
    seen(page, "WA, W Allgemeines Wohngebiet, Wohnbaufläche")
    assert page.get_by_text("GI Industriegebiet").count() == 0
    page.mouse.click(*place)
    seen(page, "Am Anger")
    seen(page, "Was hier liegt")


def test_a_sign_has_a_name_and_a_card(show):
    page = show("shown=facility", east=-60, north=20)
    left, top = at(page, -60, 20)
    page.mouse.move(left, top - 20)
    seen(page, "Patrokli-Schule · Schule")
    page.mouse.click(left, top - 20)
    seen(page, "Kennung")
    until(page, "location.search.includes('chosen=facility')")


def test_pipes_are_seen_through_the_ground(show):
    page = show("shown=utility_line,utility_node,underground", east=0, north=-80, distance=90)
    left, top = at(page, -20, -80, HEIGHT - 1.5)
    red, _, blue = colour(page, left, top)
    assert blue > red + 20
    page.mouse.click(left, top)
    seen(page, "Nennweite")
    seen(page, "300 mm")
    page.get_by_label("Blick unter die Erde", exact=True).first.click()
    until(page, "!location.search.includes('underground')")
    page.evaluate("window.__twin.idle()")
    page.wait_for_timeout(500)
    # On the ground there is a thin trace of it instead.
    assert page.evaluate("window.__twin.engine.district.underground") is False


@pytest.mark.parametrize(
    ("typed", "chosen", "known"),
    [
        ("Patrokli", "facility", "Kennung"),
        ("Walburger", "street", "Straßenklasse"),
        ("Anger", "plan", "In Kraft getreten"),
    ],
)
def test_a_hit_of_any_layer_leads_to_its_card(show, typed, chosen, known):
    page = show("")
    page.get_by_label("Adresse, Flurstück, Name suchen").press_sequentially(typed, delay=20)
    hits = page.locator(".MuiListItemButton-root")
    hits.first.wait_for()
    hits.first.click()
    until(page, f"location.search.includes('chosen={chosen}')")
    page.locator("table.card").get_by_text(known, exact=True).first.wait_for()
    # The hits go with the choice: none is left behind for a screen reader.
    hits.first.wait_for(state="detached")
    page.evaluate("window.__twin.idle()")


def test_a_visitor_is_given_no_tree_of_a_municipality_that_keeps_them(serve_home, home):
    with urllib.request.urlopen(serve_home(home, "public") + "scene.json") as answer:
        scene = json.load(answer)
    assert {entry["ags"] for entry in scene["tilesets"] if entry["layer"] == "tree"} == {SOEST}
    assert next(entry["count"] for entry in scene["layers"] if entry["name"] == "tree") == 3
