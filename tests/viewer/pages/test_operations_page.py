"""The operations page as the server builds it: who sees what, what buttons do, and nothing that is secret."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
import shapely

import twin
from twin import Principal, Twin
from twin.alerts.alert import visible_alerts
from twin.alerts.rule import AlertRule, rules, save_rule
from twin.feeds.feed import Feed, feeds, save_feed
from twin.feeds.state import FeedState, save_state
from twin.language import Text
from twin.registry import execute, insert, moment_text
from viewer.pages.alert_badge import AlertBadge
from viewer.pages.operations_page import OperationsPage

SOEST, WERL, ENSE = "05974040", "05974052", "05974012"
TOKEN = "geheim-4711"
STAFF = Principal.staff(SOEST)


def ago(**span: float) -> str:
    return moment_text(datetime.now(UTC) - timedelta(**span))


def sensor(key: str, thing: str, quantity: str, unit: str) -> dict[str, object]:
    place = shapely.Point(440_100, 5_710_000).wkb
    return {"sensor_id": key, "thing": thing, "observed_property": quantity, "unit": unit, "geom": place}


def alert(rule: AlertRule, key: str, **more: object) -> dict[str, object]:
    entry = {
        "alert_id": key, "rule_id": rule.rule_id, "rule_ags": rule.ags, "ags": rule.ags, "sensor_id": rule.sensor_id,
        "name": rule.name, "kind": rule.kind, "severity": rule.severity, "threshold": rule.threshold,
        "silence": rule.silence, "opened_at": ago(minutes=42), "closed_at": "", "phenomenon_time": ago(minutes=42),
        "phenomenon_end": "", "result": 3.62, "extreme": 4.12, "seen_at": "", "seen_by": "",
    }  # fmt: skip
    return entry | more


@pytest.fixture(scope="module")
def made_home(tmp_path_factory, deliver):
    """Soest and Werl share openly, Ense with nobody; each has a sensor, a rule and an alert, and there are feeds."""
    path = tmp_path_factory.mktemp("operations") / "home"
    with Twin.init(path, "05974") as made:
        for ags, audience in ((SOEST, "open"), (WERL, "open"), (ENSE, "internal")):
            made.join(ags, "sensor", audience)
        deliver(made, SOEST, {"sensor": [sensor("g1", "Soestbach <i>", "water_level", "m")]})
        deliver(made, WERL, {"sensor": [sensor("t1", "Werl", "air_temperature", "Cel")]})
        deliver(made, ENSE, {"sensor": [sensor("e1", "Ense", "water_level", "m")]})
        registry = made.registry
        flood = AlertRule(
            SOEST, "Hochwasser", "above", sensor_id="g1", threshold=3.5, severity="alarm", email="lage@example.org"
        )
        flood = save_rule(registry, flood)
        frost = save_rule(registry, AlertRule(WERL, "Frost", "below", sensor_id="t1", threshold=0.0))
        hidden = save_rule(registry, AlertRule(ENSE, "Verborgen", "silent", sensor_id="e1", silence=3600))
        over = {"opened_at": ago(days=3), "closed_at": ago(days=2, hours=20)}
        with registry.write() as transaction:
            told = [alert(flood, "a1"), alert(frost, "a2", result=-1.5, extreme=-1.5), alert(hidden, "a3")]
            insert(transaction, "alert", [*told, alert(frost, "h1", **over)])
        url = f"https://user:{TOKEN}@pegel.example.org/api?key={TOKEN}"
        save_feed(registry, Feed(SOEST, "pegel", "http_table", {"url": url, "header": TOKEN}))
        save_feed(registry, Feed(WERL, "wetter", "http_table", {"url": url}))
        problem = Text(f"{url} antwortet nicht <b>.", f"{url} does not answer <b>.")
        failing = FeedState(SOEST, "pegel", tried_at=ago(minutes=1), failures=3, problem=problem, readings=1234)
        save_state(registry, failing)
    return path


@pytest.fixture
def home(made_home, tmp_path):
    return shutil.copytree(made_home, tmp_path / "home")


def opened(home, steward: Principal | None, query: str = "") -> OperationsPage:
    return OperationsPage(twin.open(home, steward or Principal.public()), steward, query)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def ask(board, what: str, of: str = "", value: str = "") -> None:
    board.asked = {"what": what, "of": of, "value": value, "count": board.heard + 1}


def test_visitors_see_alerts_of_visible_sensors_and_no_feeds(home):
    page = opened(home, None)
    said = text(page.board.html)
    assert "3,62 m über der Schwelle von 3,50 m" in said
    assert "Frost" in said
    assert "Verborgen" not in said
    assert "pegel" not in said
    assert "<button" not in page.board.html
    assert page.rules.html == ""
    assert page.form is None


def test_stewards_see_their_own_feeds_and_answer_for_their_own_alerts(home):
    page = opened(home, STAFF)
    said = text(page.board.html)
    assert "gestört" in said
    assert "3 Fehlversuche in Folge" in said
    assert "1.234" in said
    assert "wetter" not in said
    assert 'data-ask="acknowledge" data-of="a1"' in page.board.html
    assert 'data-of="a2"' not in page.board.html
    assert "wetter" in opened(home, Principal.operator()).board.html


def test_nothing_secret_and_no_markup_of_data_is_shown(home):
    for who in (STAFF, Principal.operator()):
        page = opened(home, who)
        everything = page.board.html + page.rules.html
        assert TOKEN not in everything
        assert "pegel.example.org" in everything
        assert "Soestbach &lt;i&gt;" in everything
        assert "<i>" not in everything.replace('<i aria-hidden="true">', "")
        assert "<b>." not in everything


def test_english_is_spoken(home):
    said = text(opened(home, STAFF, "?lang=en").board.html)
    assert "3.62 m above the threshold of 3.50 m" in said
    assert "3 failures in a row" in said
    assert "does not answer" in said


def test_an_alert_is_acknowledged_by_its_steward_alone(home):
    page = opened(home, STAFF)
    ask(page.board, "acknowledge", "a2")
    assert "nicht geklappt" in page.board.html
    ask(page.board, "acknowledge", "a1")
    assert 'data-of="a1"' not in page.board.html
    assert "gesehen" in page.board.html
    assert "nicht geklappt" not in page.board.html
    with twin.open(home) as operator:
        seen = {one.alert_id: one.seen_by for one in visible_alerts(operator)}
    assert seen == {"a1": str(STAFF), "a2": "", "a3": "", "h1": ""}


def test_a_visitor_who_forges_a_click_changes_nothing(home):
    page = opened(home, None)
    ask(page.board, "acknowledge", "a1")
    ask(page.board, "pause", f"{SOEST}/pegel")
    ask(page.board, "remove", f"{SOEST}/Hochwasser")
    with twin.open(home) as operator, operator.registry.read() as transaction:
        assert all(not one.seen_at for one in visible_alerts(operator))
        assert all(one.enabled for one in feeds(transaction))
        assert len(rules(transaction)) == 3


def test_a_feed_is_paused_and_resumed_by_its_steward(home):
    page = opened(home, STAFF)
    ask(page.board, "pause", f"{WERL}/wetter")
    ask(page.board, "pause", f"{SOEST}/pegel")
    assert "angehalten" in page.board.html
    with twin.open(home) as operator, operator.registry.read() as transaction:
        assert {one.name: one.enabled for one in feeds(transaction)} == {"pegel": False, "wetter": True}
    ask(page.board, "resume", f"{SOEST}/pegel")
    assert "angehalten" not in page.board.html


def test_a_rule_is_removed_by_its_steward(home):
    page = opened(home, STAFF)
    ask(page.rules, "remove", f"{WERL}/Frost")
    ask(page.rules, "remove", f"{SOEST}/Hochwasser")
    with twin.open(home) as operator, operator.registry.read() as transaction:
        assert [one.name for one in rules(transaction)] == ["Verborgen", "Frost"]
    assert "Hochwasser" not in page.rules.html


def test_the_history_is_filtered(home):
    page = opened(home, None)
    row = 'data-key="h1"'
    assert row in page.board.html
    ask(page.board, "period", value="1")
    assert row not in page.board.html
    ask(page.board, "period", value="30")
    assert row in page.board.html
    ask(page.board, "place", value=SOEST)
    assert row not in page.board.html
    ask(page.board, "place", value="<script>")
    assert row in page.board.html


def test_what_is_asked_is_heard_and_a_beat_looks_again(home):
    page = opened(home, STAFF)
    ask(page.board, "period", value="30")
    assert page.board.heard == 1
    with twin.open(home) as operator:
        save_state(operator.registry, FeedState(SOEST, "pegel", tried_at=ago(), succeeded_at=ago(), readings=99_999))
    assert "99.999" not in page.board.html
    page.board.beat += 1
    assert "99.999" in page.board.html


def test_empty_states_say_what_to_do(tmp_path):
    with Twin.init(tmp_path / "home", "05974") as made:
        made.join(SOEST, "sensor", "open")
    said = text(opened(tmp_path / "home", STAFF).board.html)
    assert "twin feed add" in said
    assert "twin alert add" in said
    assert "liegt kein Alarm vor" in text(opened(tmp_path / "home", None).board.html)


def test_a_runner_that_is_missed_is_called_for(home):
    with twin.open(home) as operator:
        overdue = FeedState(SOEST, "pegel", tried_at=ago(hours=3), succeeded_at=ago(hours=3), next_at=ago(hours=2))
        save_state(operator.registry, overdue)
        page = opened(home, STAFF)
        assert "twin feed run" in page.board.html
        with operator.home.lock("feed"):
            page.refresh()
            assert "twin feed run" not in page.board.html


def test_the_badge_counts_open_alerts_that_are_visible(home):
    badge = AlertBadge(twin.open(home, Principal.public()), "de")
    assert re.search(r'class="badge alarm"[^>]*>2<', badge.view.html)
    assert "2 offene Alarme" in badge.view.html
    with twin.open(home) as operator, operator.registry.write() as transaction:
        for key in ("a1", "a2"):
            execute(transaction, "UPDATE alert SET closed_at = :now WHERE alert_id = :id", now=ago(), id=key)
    badge.view.beat += 1
    assert "badge" not in badge.view.html
    assert "operations?lang=en" in AlertBadge(twin.open(home, Principal.public()), "en").view.html


def test_the_map_links_to_the_page(home):
    from viewer.pages.map_page import MapPage

    reader = twin.open(home, Principal.public())
    page = MapPage(reader, "", operations=reader)
    assert any("operations" in getattr(part, "html", "") for top in page._page.header for part in top)
    assert not any(
        "operations" in getattr(part, "html", "") for top in MapPage(reader, "")._page.header for part in top
    )


def test_a_rule_made_in_the_form_holds(home):
    page = opened(home, STAFF)
    form = page.form
    form._search.value_input = "soest wasserstand"
    assert [one.sensor_id for one in form._found] == ["g1"]
    form._choose(form._found[0])
    assert form._threshold.label == "Schwelle [m]"
    form._threshold.value_input, form._release.value_input, form._name.value_input = "2,75", "2,5", "Vorwarnung"
    form.save()
    with twin.open(home) as operator, operator.registry.read() as transaction:
        (kept,) = (one for one in rules(transaction) if one.name == "Vorwarnung")
    assert (kept.ags, kept.sensor_id, kept.unit, kept.threshold, kept.release) == (SOEST, "g1", "m", 2.75, 2.5)
    assert kept.saved_by == str(STAFF)
    assert "über 2,75 m" in text(page.rules.html)


def test_the_form_says_what_is_wrong_where_it_is_wrong(home):
    form = opened(home, STAFF).form
    form._threshold.value_input = "hoch"
    form.save()
    assert form._search.error_state
    form._search.value_input = "soest"
    form._choose(form._found[0])
    form.save()
    assert form._threshold.error_state
    assert "hoch" in form._threshold.helper_text
    form._threshold.value_input, form._release.value_input = "3", "4"
    form.save()
    assert form._release.error_state
    assert not form._threshold.error_state
    form._release.value_input, form._email.value_input = "", "keine Adresse"
    form.save()
    assert form._email.error_state
    assert not form._release.error_state
    form._email.value_input, form._name.value_input = "", "Hochwasser"
    form.save()
    assert "gibt es schon" in form._told.object
    with twin.open(home) as operator, operator.registry.read() as transaction:
        assert [one.threshold for one in rules(transaction, SOEST)] == [3.5]


def test_a_rule_is_about_own_sensors_or_a_quantity(home):
    assert [(one.ags, one.sensor_id) for one in _found(home, STAFF, "soest")] == [(SOEST, "g1")]
    assert _found(home, STAFF, "lufttemp") == []
    quantity, sensor = _found(home, STAFF, "wasserstand")
    assert (quantity.ags, quantity.sensor_id, sensor.sensor_id) == (SOEST, "", "g1")
    assert [(one.ags, one.sensor_id) for one in _found(home, Principal.county(), "temp")] == [("05974", "")]
    assert ("05974052", "t1") in [(one.ags, one.sensor_id) for one in _found(home, Principal.operator(), "temp")]


def test_the_district_is_told_of_a_quantity_wherever_it_is_measured(home):
    page = opened(home, Principal.county())
    form = page.form
    form._search.value_input = "lufttemperatur"
    form._choose(form._found[0])
    assert form._threshold.label == "Schwelle [°C]"
    form._threshold.value_input = "35"
    form.save()
    with twin.open(home) as operator, operator.registry.read() as transaction:
        (kept,) = rules(transaction, "05974")
    assert (kept.sensor_id, kept.observed_property, kept.unit, kept.threshold) == ("", "air_temperature", "Cel", 35.0)
    assert "alle: Lufttemperatur" in text(page.rules.html)


def _found(home, who, sought):
    form = opened(home, who).form
    form._search.value_input = sought
    return form._found
