"""Who sees which alerts, and who may acknowledge them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import twin
from twin.alerts.alert import Alert, acknowledge, alerts, visible_alerts, visible_rules
from twin.alerts.rule import AlertRule, save_rule
from twin.consent import Principal
from twin.errors import NotVisible, UnknownName
from twin.registry import insert

DISTRICT, SOEST, WERL = "05974", "05974040", "05974052"
CONTACT = {"webhook": "https://hook.example.org/geheim", "email": "erika@example.org", "secret": "env:WACHE"}


@pytest.fixture
def told(t) -> twin.Twin:
    """Soest, Werl and the district each have a rule; its alerts have been seen by somebody."""
    for number, (owner, tenant) in enumerate(((SOEST, SOEST), (WERL, WERL), (DISTRICT, WERL))):
        about = {"sensor_id": f"s-{tenant}"} if owner != DISTRICT else {"observed_property": "water_level"}
        name = f"Regel {owner}"
        rule = save_rule(
            t.registry, AlertRule(owner, name, "above", threshold=1.0, saved_by="Erika", **about, **CONTACT)
        )
        for part in ("old", "open"):
            entry = {
                "alert_id": f"{part}-{owner}", "rule_id": rule.rule_id, "rule_ags": owner, "ags": tenant,
                "sensor_id": f"s-{tenant}", "name": name, "kind": "above", "severity": "alarm", "threshold": 1.0,
                "silence": None, "opened_at": f"2026-11-0{number + 1}T00:00:00.000000+00:00",
                "closed_at": "2026-11-09T00:00:00.000000+00:00" if part == "old" else "", "phenomenon_time": "",
                "phenomenon_end": "", "result": 2.0, "extreme": 3.0, "seen_at": "x", "seen_by": "Erika Mustermann",
            }  # fmt: skip
            message = {
                "alert_id": entry["alert_id"], "channel": "webhook", "occasion": "opened", "ags": tenant,
                "attempts": 9, "next_at": "", "sent_at": "", "problem_de": "p", "problem_en": "p",
            }  # fmt: skip
            with t.registry.write() as transaction:
                insert(transaction, "alert", [entry])
                insert(transaction, "alert_message", [message])
    return t


@contextmanager
def _as(t: twin.Twin, principal: Principal) -> Iterator[twin.Twin]:
    with twin.open(t.home.path, principal=principal) as opened:
        yield opened


OPEN = {SOEST: "open-" + SOEST, WERL: "open-" + WERL, DISTRICT: "open-" + DISTRICT}


@pytest.mark.parametrize(
    ("principal", "seen", "whole"),
    [
        (Principal.operator(), (SOEST, WERL, DISTRICT), (SOEST, WERL, DISTRICT)),
        (Principal.staff(SOEST), (SOEST, WERL, DISTRICT), (SOEST,)),
        (Principal.staff(WERL), (SOEST, WERL, DISTRICT), (WERL, DISTRICT)),
        (Principal.county(), (SOEST, WERL, DISTRICT), (DISTRICT,)),
        (Principal.public(), (WERL, DISTRICT), ()),
    ],
    ids=str,
)
def test_everybody_sees_alerts_of_the_sensors_they_may_see(told, principal, seen, whole) -> None:
    with _as(told, principal) as asked:
        found = visible_alerts(asked, open_only=True)
        assert {one.alert_id for one in found} == {OPEN[owner] for owner in seen}
        assert {one.alert_id for one in found if one.seen_by} == {OPEN[owner] for owner in whole}
        assert {one.alert_id for one in found if one.undelivered} == {OPEN[owner] for owner in whole}
        assert len(visible_alerts(asked)) == 2 * len(seen)
        assert [one.is_open for one in visible_alerts(asked)] == [True] * len(seen) + [False] * len(seen)
        assert len(visible_alerts(asked, limit=1)) == 1


@pytest.mark.parametrize(
    ("principal", "own"),
    [
        (Principal.operator(), (SOEST, WERL, DISTRICT)),
        (Principal.staff(WERL), (WERL,)),
        (Principal.county(), (DISTRICT,)),
        (Principal.public(), ()),
    ],
    ids=str,
)
def test_contacts_in_rules_are_for_those_whose_rules_they_are(told, principal, own) -> None:
    with _as(told, principal) as asked:
        found = visible_rules(asked)
    assert {one.ags for one in found if one.email or one.webhook or one.secret or one.saved_by} == set(own)
    assert all(one.threshold == 1.0 for one in found)
    assert SOEST in {one.ags for one in found} or principal.role == "public"


def test_who_saw_an_alert_first_stays(t, told) -> None:
    with told.registry.write() as transaction:
        transaction.exec_driver_sql("UPDATE alert SET seen_at = '', seen_by = ''")
    with _as(told, Principal.staff(SOEST)) as asked:
        first = acknowledge(asked, OPEN[SOEST], "Erika")
        assert first.seen_by == "Erika"
        assert first.is_open
        assert acknowledge(asked, OPEN[SOEST], "Otto") == first
        with pytest.raises(NotVisible):
            acknowledge(asked, OPEN[WERL], "Erika")
        with pytest.raises(UnknownName):
            acknowledge(asked, "nonsense", "Erika")
        with pytest.raises(UnknownName):
            acknowledge(asked, "", "Erika")
    with _as(told, Principal.public()) as asked, pytest.raises(UnknownName):
        acknowledge(asked, OPEN[SOEST], "Niemand")
    with _as(told, Principal.county()) as asked:
        assert acknowledge(asked, OPEN[DISTRICT], "Kreis").seen_by == "Kreis"


def test_alerts_of_a_tenant_are_those_of_its_sensors_and_of_its_rules(told) -> None:
    with told.registry.read() as transaction:
        assert {one.alert_id for one in alerts(transaction, WERL, open_only=True)} == {OPEN[WERL], OPEN[DISTRICT]}
        assert {one.alert_id for one in alerts(transaction, DISTRICT, open_only=True)} == {OPEN[DISTRICT]}
        assert len(alerts(transaction, limit=2)) == 2


def test_the_furthest_reading_is_told_from_others() -> None:
    above = Alert("a", "r", "", "", "", "", "above", "alarm", 1.0, None, "now", result=2.0, extreme=3.0)
    below = Alert("a", "r", "", "", "", "", "below", "alarm", 1.0, None, "now", result=0.0, extreme=-1.0)
    assert above.further(3.5)
    assert not above.further(2.5)
    assert below.further(-2.0)
    assert not below.further(0.0)
    assert not above.further(float("nan"))
