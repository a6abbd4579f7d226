"""Sensors on the map and their chart, in Chromium, on a small home of the test's own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pyproj
import pytest

import twin
from ingest.format import Options
from ingest.job import Request, ingest
from twin.alerts.rule import AlertRule, save_rule

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOEST = "05974040"
EAST, NORTH = 440_500.0, 5_710_500.0
SERVICE = "https://frost.example.org/v1.1"
KEY = "sensorthings:frost.example.org:{}"
PATIENCE = 120_000
"""How long something may take on a machine without a graphics card. [ms]"""

VIEW = f"view={EAST:.0f},{NORTH:.0f},95,500,0,25&shown=sensor"


def until(page, condition, argument=None):
    """Wait for a condition; the page's policy forbids what Playwright's own waiting is made of (eval)."""
    for _ in range(PATIENCE // 250):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(250)
    pytest.fail(f"never came true: {condition}")


def datastream(number, thing, name, unit, east):
    to_degrees = pyproj.Transformer.from_crs(25832, 4326, always_xy=True)
    longitude, latitude = to_degrees.transform(EAST + east, NORTH)
    return {
        "@iot.id": number,
        "@iot.selfLink": f"{SERVICE}/Datastreams({number})",
        "name": name,
        "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": f"ucum:{unit}"},
        "observedArea": {"type": "Point", "coordinates": [longitude, latitude]},
        "Thing": {"@iot.id": number, "name": thing},
    }


def reading(number, time, result):
    link = f"{SERVICE}/Datastreams({number})"
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"Datastream@iot.navigationLink": link, "phenomenonTime": stamp, "result": result}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensors")
    streams = [
        datastream(1, "Pegel Nord", "Wasserstand", "m", -60),
        datastream(2, "Wetterhaus", "Lufttemperatur", "Cel", 60),
    ]
    now = datetime.now(UTC) - timedelta(minutes=3)
    times = [now - timedelta(hours=hour) for hour in range(72)]
    readings = [reading(1, time, 2.42) for time in times] + [reading(2, time, 7.5) for time in times]
    with twin.init(folder / "home", "05974") as made:
        made.join(SOEST, "all", "open")
        land(made, folder / "streams.json", streams)
        land(made, folder / "readings.json", readings)
        save_rule(made.registry, AlertRule(SOEST, "Meldestufe", "above", sensor_id=KEY.format(1), threshold=3.0))
    return folder / "home"


def land(opened, path, entities):
    path.write_text(json.dumps({"value": entities}), "utf-8")
    (report,) = ingest(opened, [str(path)], Request(Options(ags=SOEST), workers=1)).deliveries
    assert report.loaded, report


def shown(page, address):
    page.goto(address)
    until(page, "window.__twin !== undefined && Bokeh.documents.every(one => one.is_idle)")
    page.evaluate("window.__twin.idle()")


def labels(page):
    return "\n".join(page.evaluate("window.__twin.engine.district.stations.texts"))


def click_on(page, key):
    left, top = page.evaluate(
        """key => {
            const { engine } = window.__twin;
            const box = engine.district.stations.canvas.getBoundingClientRect();
            const [x, y] = engine.district.stations.find(key);
            return [box.left + x, box.top + y];
        }""",
        key,
    )
    page.mouse.click(left, top)


def charted(page, count):
    """Wait until the drawing has so many lines."""
    lines = """count => Bokeh.documents.some(one => [...one._all_models.values()].some(model =>
        model.type === "Figure" && model.renderers.filter(({ glyph }) => glyph?.type === "Line").length === count))"""
    until(page, lines, count)
    page.evaluate("window.__twin.idle()")


def test_a_station_tells_its_value_is_charted_compared_and_kept_up(page, serve_home, home):
    shown(page, f"{serve_home(home, 'public')}?{VIEW}")
    said = labels(page)
    assert "Pegel Nord\nWasserstand: 2,42 m · vor " in said
    assert "Lufttemperatur: 7,5 °C" in said
    page.get_by_text("Warnschwelle überschritten").first.wait_for()

    click_on(page, KEY.format(1))
    page.get_by_text("Einzelwerte. Letzter Messwert", exact=False).first.wait_for()
    charted(page, 1)
    page.get_by_label("Klick vergleicht").first.click()
    page.wait_for_timeout(500)
    click_on(page, KEY.format(2))
    until(page, "location.search.split('sensor=').length > 2")
    charted(page, 2)
    page.get_by_text("Wetterhaus · Lufttemperatur").first.wait_for()

    with twin.open(home) as opened:
        land(opened, home.parent / "later.json", [reading(1, datetime.now(UTC) - timedelta(seconds=20), 3.21)])
    until(page, "window.__twin.engine.district.stations.texts.join().includes('3,21 m · gerade eben')")
    assert page.evaluate("window.__twin.engine.district.stations.find('x')") is None
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").or_(page.get_by_text("CSV", exact=True)).first.click()
    assert download.value.suggested_filename == "messwerte.csv"


def test_a_link_restores_the_chart_in_english(page, serve_home, home):
    keys = "".join(f"&sensor={KEY.format(number)}" for number in (1, 2))
    shown(page, f"{serve_home(home, 'public')}?{VIEW}&lang=en&period=day{keys}")
    assert "Water level: " in labels(page)
    assert " ago" in labels(page) or "just now" in labels(page)
    page.get_by_text("Single readings. Last reading", exact=False).first.wait_for()
    page.get_by_text("beyond a warning threshold").first.wait_for()
    charted(page, 2)
