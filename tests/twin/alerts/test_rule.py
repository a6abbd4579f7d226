"""Rules: which make sense, and what becomes of their alerts when they change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twin.alerts.alert import alerts
from twin.alerts.rule import AlertRule, demand_sense, forget_rule, rules, save_rule
from twin.errors import AlertError, NotJoined, UnknownMunicipality, UnknownName
from twin.registry import insert, now, rows

SOEST = "05974040"
RULE = AlertRule(SOEST, "Hochwasser Soestbach", "above", sensor_id="pegel:1", threshold=350.0, release=300.0)


def test_a_rule_is_kept_as_it_is_and_replaced_by_its_name(t) -> None:
    full = replace(
        RULE, unit="cm", severity="alarm", webhook="https://example.org:8443/a?b=c", email="wache@example.org",
        secret="env:WACHE", signed=True, saved_by="Erika",
    )  # fmt: skip
    kept = save_rule(t.registry, full)
    again = save_rule(t.registry, replace(full, threshold=400.0))
    with t.registry.read() as transaction:
        assert rules(transaction) == rules(transaction, SOEST) == [again]
        assert rules(transaction, "05974052") == []
    assert kept == replace(full, rule_id=kept.rule_id, saved_at=kept.saved_at)
    assert again.rule_id == kept.rule_id
    assert kept.released == 300.0
    assert kept.channels == ("webhook", "email")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\r\nBcc: x@example.org"},
        {"name": "x" * 81},
        {"kind": "sideways"},
        {"severity": "panic"},
        {"threshold": None},
        {"threshold": float("nan")},
        {"threshold": float("inf")},
        {"release": 351.0},
        {"kind": "below", "release": 349.0},
        {"sensor_id": ""},
        {"sensor_id": "x" * 301},
        {"sensor_id": "", "observed_property": "mood"},
        {"kind": "silent"},
        {"kind": "silent", "silence": 5},
        {"kind": "silent", "silence": 10**9},
        {"webhook": "file:///etc/passwd"},
        {"webhook": "https://user:word@example.org/"},
        {"webhook": "https://example.org/\r\nX: y"},
        {"webhook": "https://example.org:99999/"},
        {"webhook": "https://"},
        {"email": "a@b\nBcc: c@d"},
        {"email": "Wache <wache@example.org>"},
        {"email": "a@b, c@d"},
        {"secret": "geheim"},
        {"secret": "env:A B"},
        {"signed": True},
        {"signed": True, "secret": "env:A"},
    ],
)
def test_what_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(AlertError) as refused:
        demand_sense(replace(RULE, **wrong))
    assert str(refused.value)


def test_who_shares_no_sensors_has_no_rules(t) -> None:
    with pytest.raises(AlertError):
        save_rule(t.registry, replace(RULE, threshold=None))
    with pytest.raises(UnknownMunicipality):
        save_rule(t.registry, replace(RULE, ags="05974999"))
    with pytest.raises(NotJoined):
        save_rule(t.registry, replace(RULE, ags="05974028"))
    save_rule(t.registry, replace(RULE, ags="05974"))


def _open(t, rule: AlertRule) -> None:
    entry = {
        "alert_id": "a1", "rule_id": rule.rule_id, "rule_ags": rule.ags, "ags": SOEST, "sensor_id": "pegel:1",
        "name": rule.name, "kind": rule.kind, "severity": rule.severity, "threshold": 350.0, "silence": None,
        "opened_at": now(), "closed_at": "", "phenomenon_time": now(), "phenomenon_end": "", "result": 360.0,
        "extreme": 360.0, "seen_at": "", "seen_by": "",
    }  # fmt: skip
    message = {
        "alert_id": "a1", "channel": "email", "occasion": "opened", "ags": SOEST, "attempts": 0, "next_at": now(),
        "sent_at": "", "problem_de": "", "problem_en": "",
    }  # fmt: skip
    with t.registry.write() as transaction:
        insert(transaction, "alert", [entry])
        insert(transaction, "alert_message", [message])


def test_alerts_go_on_while_a_rule_is_about_the_same(t) -> None:
    _open(t, save_rule(t.registry, RULE))
    save_rule(t.registry, replace(RULE, threshold=340.0))
    with t.registry.read() as transaction:
        assert [one.is_open for one in alerts(transaction)] == [True]
    changed = save_rule(t.registry, replace(RULE, sensor_id="pegel:2"))
    with t.registry.read() as transaction:
        (former,) = alerts(transaction)
        assert not former.is_open
        assert former.rule_id != changed.rule_id
        assert rows(transaction, "SELECT * FROM alert_message") == []


def test_a_rule_that_is_removed_leaves_its_history(t) -> None:
    _open(t, save_rule(t.registry, RULE))
    forget_rule(t.registry, SOEST, RULE.name)
    with t.registry.read() as transaction:
        assert rules(transaction) == []
        assert [(one.name, one.is_open) for one in alerts(transaction)] == [(RULE.name, False)]
    with pytest.raises(UnknownName):
        forget_rule(t.registry, SOEST, RULE.name)
