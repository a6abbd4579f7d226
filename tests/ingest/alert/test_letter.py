"""What a message says: both languages, local time, units; and nothing in it steers a mail or a terminal."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.alert.letter import Event, Letter, link, one_line
from ingest.alert.mail import message
from ingest.alert.moment import Now
from ingest.alert.place import Place
from twin.alerts.alert import Alert
from twin.alerts.rule import AlertRule

RULE = AlertRule(
    "05974040", "Hochwasser", "above", "r1", sensor_id="pegel:1", threshold=3.5, severity="alarm",
    email="wache@example.org"
)  # fmt: skip
ALERT = Alert(
    "a1", "r1", "05974040", "05974040", "pegel:1", "Hochwasser", "above", "alarm", 3.5, None,
    "2026-07-01T10:00:30.000000+00:00", "", "2026-07-01T10:00:00.000000+00:00", "", 3.75, 1234.5,
)  # fmt: skip
PLACE = Place("Pegel Soestbach", "Soest", "Soestbach", "4711", "water_level", "m", 1.0, 2.0)
NOW = Now.of("2026-07-01T10:01:00.000000+00:00")


def test_one_alert_in_both_languages() -> None:
    letter = Letter(RULE, (Event("opened", ALERT, PLACE),))
    assert letter.subject() == "[Alarm] Hochwasser: Pegel Soestbach, Wasserstand über 3,5 m"
    assert letter.subject("en") == "[Alarm] Hochwasser: Pegel Soestbach, water level above 3.5 m"
    german, english = letter.text().split("English:")
    for line in (
        "Sensor:           Pegel Soestbach (pegel:1)",
        "Ort:              Soest, Soestbach, 4711",
        "Messwert:         3,75 m am 01.07.2026, 12:00 Uhr (CEST)",
        "Äußerster Wert:   1.234,5 m",
        "Schwelle:         Wasserstand über 3,5 m",
        "Kennung:          a1-opened",
    ):
        assert line in german.splitlines()
    assert "Reading:          3.75 m at 2026-07-01 12:00 CEST" in english.splitlines()
    assert "Furthest reading: 1,234.5 m" in english.splitlines()


def test_the_end_is_an_all_clear_and_silence_has_a_length() -> None:
    closed = Alert(
        "a1", "r1", "05974040", "05974040", "pegel:1", "Ausfall", "silent", "warning", None, 5400,
        "2026-01-01T10:00:30.000000+00:00", "2026-01-01T12:00:00.000000+00:00", "",
    )  # fmt: skip
    letter = Letter(RULE, (Event("closed", closed, PLACE),))
    assert letter.subject() == "[Entwarnung] Hochwasser: Pegel Soestbach, seit mehr als 90 Minuten nichts gemeldet"
    assert "Zuletzt gemeldet: noch nie" in letter.text()
    assert "Zu Ende:          01.01.2026, 13:00 Uhr (CET)" in letter.text()


def test_many_alerts_are_one_letter() -> None:
    letter = Letter(RULE, tuple(Event("opened", ALERT, PLACE) for _ in range(60)))
    assert letter.subject() == "[Alarm] Hochwasser: 60 Meldungen"
    assert letter.text().count("a1-opened") == 2 * 50
    assert "… und 10 weitere Meldungen dieser Regel." in letter.text()
    assert len(letter.content()["events"]) == 60


@pytest.mark.parametrize("base", ["", "javascript:alert(1)", "file:///x"])
def test_a_link_is_one_of_the_web_or_none(monkeypatch, base) -> None:
    monkeypatch.setenv("TWIN_URL", base)
    assert link(ALERT) == ""


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    ["a\r\nBcc: b@example.org", "\x1b[2J", "=?utf-8?q?x?=", "\u202eabc", "x" * 5000,
     "\r\n\r\n.\r\nQUIT", "a\x00b\x85c\u2028d"]
)  # fmt: skip


@given(name=HOSTILE, thing=HOSTILE, sensor=HOSTILE, rule=HOSTILE)
def test_nothing_in_a_name_steers_a_mail(name, thing, sensor, rule) -> None:
    alert = replace(ALERT, sensor_id=sensor, name=rule)
    letter = Letter(replace(RULE, name=rule), (Event("opened", alert, replace(PLACE, title=name, thing=thing)),))
    mail = message(letter, "zwilling@example.org", NOW)
    raw = mail.as_bytes(policy=policy.SMTP)
    read = message_from_bytes(raw, policy=policy.default)
    assert set(read.keys()) == set(mail.keys())
    assert read["To"] == "wache@example.org"
    assert read["Bcc"] is None
    assert len(letter.subject()) <= 200
    assert all(one.isprintable() for one in letter.subject())
    body = read.get_content()
    assert body.count("\nKennung:") == 1
    assert all(one.isprintable() or one == "\n" for one in body.replace("\r\n", "\n"))


@given(st.text())
def test_one_line_is_one_line(text) -> None:
    assert len(one_line(text, 40)) <= 40
    assert all(one.isprintable() for one in one_line(text))
