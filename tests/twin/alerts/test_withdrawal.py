"""With its sensors, a municipality's rules and alerts go, to the byte, and whatever others' rules told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.alerts.alert import alerts
from twin.alerts.rule import AlertRule, rules, save_rule
from twin.alerts.withdrawal import alerts_left
from twin.registry import insert, now

DISTRICT, SOEST, WERL = "05974", "05974040", "05974052"
PLANTED = [
    b"webhook-xanthippe", b"quellenhof@", b"ZZTOP_SECRET", b"Luftschlossregel", b"pegel:fabelstadt", b"Erika-Planted",
    b"stumm-planted", b"prob-planted",
]  # fmt: skip


def _plant(t: twin.Twin) -> None:
    mine = AlertRule(
        SOEST, "Luftschlossregel", "above", sensor_id="pegel:fabelstadt", threshold=1.0, saved_by="Erika-Planted",
        webhook="https://example.org/webhook-xanthippe", email="quellenhof@example.org", secret="env:ZZTOP_SECRET",
    )  # fmt: skip
    theirs = AlertRule(DISTRICT, "Kreisregel", "above", observed_property="water_level", threshold=1.0)
    own = [save_rule(t.registry, rule) for rule in (mine, theirs)]
    kept = save_rule(t.registry, AlertRule(WERL, "Werler Regel", "silent", silence=3600, email="werl@example.org"))
    entries = [(rule, SOEST, "pegel:fabelstadt") for rule in own] + [(kept, WERL, "werl:1"), (own[1], WERL, "werl:1")]
    with t.registry.write() as transaction:
        for number, (rule, ags, sensor) in enumerate(entries):
            row = {
                "alert_id": f"a{number}", "rule_id": rule.rule_id, "rule_ags": rule.ags, "ags": ags,
                "sensor_id": sensor, "name": rule.name, "kind": rule.kind, "severity": "alarm", "threshold": 1.0,
                "silence": None, "opened_at": now(), "closed_at": "", "phenomenon_time": "", "phenomenon_end": "",
                "result": 2.0, "extreme": 2.0, "seen_at": "", "seen_by": "stumm-planted" if ags == SOEST else "",
            }  # fmt: skip
            insert(transaction, "alert", [row])
            message = {
                "alert_id": f"a{number}", "channel": "email", "occasion": "opened", "ags": ags, "attempts": 3,
                "next_at": now(), "sent_at": "", "problem_de": "prob-planted" if ags == SOEST else "", "problem_en": "",
            }  # fmt: skip
            insert(transaction, "alert_message", [message])
            mark = {"ags": ags, "sensor_id": f"{sensor}/{number}", "phenomenon_time": now()}
            insert(transaction, "alert_mark", [mark])


def _found(home: Path) -> set[bytes]:
    content = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    return {sign for sign in PLANTED if sign in content}


@pytest.mark.parametrize("layer", [None, "sensor"])
def test_nothing_is_left_of_what_was_told(t, home, layer) -> None:
    _plant(t)
    assert _found(home) == set(PLANTED)
    receipt = t.withdraw(SOEST, layer)
    assert receipt.remains == ()
    assert _found(home) == set()
    with t.registry.read() as transaction:
        assert alerts_left(transaction, SOEST) == []
        assert alerts_left(transaction, WERL) == ["alert_message", "alert", "alert_mark", "alert_rule"]
        assert {one.alert_id for one in alerts(transaction)} == {"a2", "a3"}
        assert {rule.name for rule in rules(transaction)} == {"Kreisregel", "Werler Regel"}


def test_what_is_left_is_said(t, monkeypatch) -> None:
    _plant(t)
    monkeypatch.setattr("twin.withdrawal.withdraw_alerts", lambda *_, **__: None)
    assert "registry: alert_rule" in t.withdraw(SOEST, "sensor").remains
