"""The map page as a planner uses it, on the demo district, in Chromium."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

import twin
from ingest.demo.scenario import NAME as SCENARIO

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 240_000
"""How long something may take on a machine without a graphics card. [ms]"""

FREE_STANDING = """
SELECT b.building_id, b.ags, ST_X(ST_Centroid(b.geom)) AS x, ST_Y(ST_Centroid(b.geom)) AS y, b.roof_height AS z
FROM building b WHERE b.function_code = '31001_2721' AND b.ags = '05099010' AND b.footprint_area > 200
  AND ST_Contains(b.geom, ST_Centroid(b.geom)) AND b.part_count = 0
ORDER BY b.footprint_area DESC LIMIT 1"""


def until(page, condition):
    """Wait for a condition; the page's policy forbids what Playwright's own waiting is made of (eval)."""
    for _ in range(PATIENCE // 250):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(250)
    pytest.fail(f"never came true: {condition}")


def opened(page, address):
    page.goto(address)
    until(page, "window.__twin !== undefined && Bokeh.documents.every(one => one.is_idle)")
    rested(page)


def rested(page):
    page.evaluate("window.__twin.idle()")


@pytest.fixture(scope="module")
def barn(demo_home):
    with twin.open(demo_home) as t:
        return t.sql(FREE_STANDING).fetchall()[0]


def view_of(x, y, z, distance=300, tilt=35):
    return f"view={x:.0f},{y:.0f},{z:.0f},{distance},0,{tilt}"


def test_clicking_a_building_shows_what_is_known_of_it(page, serve, barn):
    key, _, x, y, z = barn
    opened(page, serve("county") + "?" + view_of(x, y, z))
    left, top = page.evaluate("place => window.__twin.project(place)", [x, y, z - 1])
    page.mouse.click(left, top)
    page.get_by_text(key, exact=True).first.wait_for()
    for known in ("Scheune", "CityGML 1.0", "Datenlizenz Deutschland – Zero – Version 2.0"):
        page.get_by_text(known, exact=True).first.wait_for()


def test_clicking_the_ground_shows_the_parcel(page, serve, barn):
    _, _, x, y, z = barn
    opened(page, serve("county") + "?" + view_of(x, y, z) + "&hidden=building")
    left, top = page.evaluate("place => window.__twin.project(place)", [x, y, z - 8])
    page.mouse.click(left, top)
    page.get_by_text("Amtliche Fläche", exact=True).first.wait_for()


def test_the_address_restores_the_view(page, serve, barn):
    _, ags, x, y, z = barn
    chosen = f"building:{ags}:{barn[0]}"
    opened(page, f"{serve('county')}?lang=en&{view_of(x, y, z)}&theme=height&scenario={SCENARIO}&chosen={chosen}")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_text("Colour buildings by").first.wait_for()
    page.get_by_text("30 buildings added").first.wait_for()
    page.get_by_text(barn[0], exact=True).first.wait_for()
    page.evaluate("window.__twin.engine.changed()")
    assert "theme=height" in page.url
    assert f"scenario={SCENARIO}" in page.url


def test_search_finds_an_address_and_flies_there(page, serve, demo_home):
    with twin.open(demo_home) as t:
        street, number = t.sql(
            "SELECT street, house_number FROM address WHERE ags = '05099010' ORDER BY street, house_number LIMIT 1"
        ).fetchall()[0]
    opened(page, serve("county"))
    field = page.get_by_label("Adresse, Flurstück, Name suchen")
    field.click()
    field.press_sequentially(f"{street} {number}", delay=20)
    page.get_by_text(f"{street} {number}").first.wait_for()
    page.get_by_text(f"{street} {number}").first.click()
    until(page, "location.search.includes('view=')")
    rested(page)


def test_switching_a_layer_is_remembered_in_the_address(page, serve):
    opened(page, serve("county"))
    page.get_by_label("Gebäude", exact=True).first.click()
    until(page, "location.search.includes('hidden=building')")
    rested(page)


def test_a_visitor_is_not_given_what_they_may_not_see(serve):
    def tenants(who):
        with urllib.request.urlopen(serve(who) + "scene.json") as answer:
            scene = json.load(answer)
        return {entry["ags"] for entry in scene["tilesets"] if entry["layer"] == "building"}, scene

    county, _ = tenants("county")
    public, scene = tenants("public")
    assert county == {"05099010", "05099020", "05099030"}
    assert public == {"05099010", "05099030"}
    assert [m["name"] for m in scene["municipalities"] if m["ags"] == "05099040"] == ["Steinfelde"]
    for path in ("tiles/05099020/building/tileset.json", "colours/05099020.bin?theme=height"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(serve("public") + path)


def test_the_page_may_only_do_what_it_needs(serve):
    with urllib.request.urlopen(serve("public")) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = answer.read().decode()
    assert "unsafe-eval" not in policy
    assert '<html lang="de"' in html
    assert "http://" not in html.replace("http://127.0.0.1", "").replace("http://www.w3.org", "")
