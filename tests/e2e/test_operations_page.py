"""A steward in a real Chromium: sees what is open, answers for it, pauses a feed, makes a rule; nothing jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
import shapely

import twin
from twin.alerts.alert import visible_alerts
from twin.alerts.rule import AlertRule, rules, save_rule
from twin.feeds.feed import Feed, feeds, save_feed
from twin.feeds.state import FeedState, save_state
from twin.municipalities import Municipality
from twin.registry import insert, moment_text

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOEST = "05974040"


def ago(**back):
    return moment_text(datetime.now(UTC) - timedelta(**back))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operations") / "home"
    with twin.init(folder, "05974", "Kreis Soest") as t:
        t.register([Municipality(SOEST, "Soest")])
        t.join(SOEST, "all", "open")
        gauge = {"sensor_id": "g1", "thing": "Soestbach <b>", "observed_property": "water_level", "unit": "m"}
        place = {"geom": shapely.Point(440_100, 5_710_000).wkb, "ags": SOEST}
        with t.stage(twin.DeliveryHeader(file="gauge", format="test")) as staging:
            staging.file(0, "gauge")
            staging.add(SOEST, "sensor", pa.Table.from_pylist([gauge | place]))
            staging.commit()
        rule = AlertRule(SOEST, "Hochwasser", "above", sensor_id="g1", threshold=3.5, severity="alarm")
        kept = save_rule(t.registry, rule)
        entry = {
            "alert_id": "a1", "rule_id": kept.rule_id, "rule_ags": SOEST, "ags": SOEST, "sensor_id": "g1",
            "name": "Hochwasser", "kind": "above", "severity": "alarm", "threshold": 3.5, "silence": None,
            "opened_at": ago(minutes=42), "closed_at": "", "phenomenon_time": ago(minutes=42), "phenomenon_end": "",
            "result": 3.62, "extreme": 3.62, "seen_at": "", "seen_by": "",
        }  # fmt: skip
        with t.registry.write() as transaction:
            insert(transaction, "alert", [entry])
        save_feed(t.registry, Feed(SOEST, "pegel", "http_table", {"url": "https://pegel.example.org/a?key=geheim"}))
        fared = FeedState(SOEST, "pegel", tried_at=ago(), succeeded_at=ago(), landed_at=ago(), readings=4711)
        save_state(t.registry, fared)
    return folder


@pytest.fixture(scope="module")
def address(home, serve_home):
    return serve_home(home, "public", "--steward", SOEST)


@pytest.fixture
def desk(page, address):
    page.goto(address + "operations", wait_until="domcontentloaded")
    page.set_default_timeout(60_000)
    page.get_by_text("Offene Alarme").wait_for()
    return page


def test_what_changes_appears_and_whoever_reads_is_left_alone(desk, home):
    button = desk.get_by_role("button", name="Datenstrom pegel anhalten")
    desk.get_by_text("4.711").wait_for()
    button.focus()
    button.evaluate("button => { button.same = true }")
    with twin.open(home) as t:
        save_state(t.registry, FeedState(SOEST, "pegel", tried_at=ago(), succeeded_at=ago(), readings=4712))
    desk.get_by_text("4.712").wait_for()
    assert button.evaluate("button => button.same && button.getRootNode().activeElement === button")
    desk.keyboard.press("Enter")
    resume = desk.get_by_role("button", name="Datenstrom pegel fortsetzen")
    resume.wait_for()
    assert resume.evaluate("button => button.getRootNode().activeElement === button")
    with twin.open(home) as t, t.registry.read() as transaction:
        assert not feeds(transaction)[0].enabled
    resume.click()
    button.wait_for()
    assert "geheim" not in desk.content()


def test_an_alert_is_acknowledged(desk, home):
    desk.get_by_text("3,62 m").wait_for()
    desk.get_by_text("Soestbach <b> · Wasserstand").first.wait_for()
    desk.get_by_role("button", name="Als gesehen melden").click()
    desk.get_by_text("von Gemeinde Soest").wait_for()
    with twin.open(home) as t:
        assert visible_alerts(t)[0].seen_at


def test_a_rule_is_made_in_the_form_and_removed(desk, home):
    desk.get_by_label("Sensor suchen").press_sequentially("soestb")
    desk.get_by_text("Soestbach <b> · Wasserstand").last.wait_for()
    desk.wait_for_timeout(1500)  # the list is there before its first entry is the chosen one
    desk.keyboard.press("Enter")
    desk.get_by_role("textbox", name="Schwelle [m]").fill("hoch")
    desk.get_by_role("button", name="Regel anlegen").click()
    desk.get_by_text("erwartet eine Zahl, gefunden „hoch“").wait_for()
    desk.get_by_role("textbox", name="Schwelle [m]").fill("2,75")
    desk.get_by_role("textbox", name="Name", exact=True).fill("Vorwarnung")
    desk.get_by_role("button", name="Regel anlegen").click()
    desk.get_by_text("Regel „Vorwarnung“ gilt ab jetzt.").wait_for()
    with twin.open(home) as t, t.registry.read() as transaction:
        assert {one.name: one.threshold for one in rules(transaction)} == {"Hochwasser": 3.5, "Vorwarnung": 2.75}
    desk.get_by_role("button", name="Regel „Vorwarnung“ entfernen").click()
    desk.get_by_role("button", name="Regel „Vorwarnung“ entfernen").wait_for(state="detached")


def test_the_map_counts_open_alerts_and_links_there(page, address):
    page.goto(address + "?lang=en", wait_until="domcontentloaded")
    page.get_by_role("img", name="One open alert").wait_for()
    page.get_by_role("link", name="Operations").click()
    page.get_by_text("above the threshold of 3.50 m").wait_for()
