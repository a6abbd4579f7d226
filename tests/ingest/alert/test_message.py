"""Messages arrive at least once, under an id that stays; what does not arrive is tried again, and then given up."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from receiving import webhook
from reporting import DISTRICT, SOEST, WERL, report, sensor_id, series

import twin
from ingest.alert.change import tell
from ingest.alert.letter import Letter
from ingest.alert.message import ATTEMPTS, KEPT, deliver, try_out
from ingest.alert.moment import Clock, Now
from ingest.alert.watch import look
from twin.alerts.alert import Alert, alerts
from twin.alerts.rule import AlertRule, save_rule
from twin.language import Text
from twin.registry import insert, moment_text, rows

TOKEN = "hochgeheim-0815"


@pytest.fixture
def hook(near):
    with webhook() as found:
        yield found


def _clock(hours: float = 0) -> Clock:
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return lambda: moment


def _raise(
    t: twin.Twin, rule: AlertRule, *ids: str, ags: str = SOEST, occasion: str = "opened", closed: str = ""
) -> None:
    """Alerts of a rule with their messages, as a look leaves them."""
    moment = moment_text(datetime.now(UTC))
    with t.registry.write() as transaction:
        for alert_id in ids:
            entry = {
                "alert_id": alert_id, "rule_id": rule.rule_id, "rule_ags": rule.ags, "ags": ags,
                "sensor_id": f"s-{alert_id}",
                "name": rule.name, "kind": "above", "severity": "alarm", "threshold": 3.0, "silence": None,
                "opened_at": moment, "closed_at": closed, "phenomenon_time": moment, "phenomenon_end": closed,
                "result": 4.0, "extreme": 4.5, "seen_at": "", "seen_by": "",
            }  # fmt: skip
            insert(transaction, "alert", [entry])
            tell(transaction, [(Alert(**entry), occasion, rule.channels)], moment)


def _kept(t: twin.Twin) -> list[dict[str, object]]:
    with t.registry.read() as transaction:
        return [dict(row) for row in rows(transaction, "SELECT * FROM alert_message ORDER BY alert_id, occasion DESC")]


def _rule(t: twin.Twin, url: str, **said: object) -> AlertRule:
    rule = AlertRule(SOEST, "Hochwasser", "above", observed_property="water_level", threshold=3.0, webhook=url)
    return save_rule(t.registry, replace(rule, **said))


def test_from_reading_to_receiver(t, hook, start, monkeypatch) -> None:
    monkeypatch.setenv("TWIN_HOOK", TOKEN)
    monkeypatch.setenv("TWIN_URL", "https://zwilling.example.org/")
    name = sensor_id()
    _rule(t, hook.url, secret="env:TWIN_HOOK", severity="alarm")
    delivery = report(t, {name: series(start, [1, 4])}, thing="Soestbach")
    look(t, delivery, lambda: start + timedelta(minutes=5))
    (done,) = deliver(t, _clock(1))
    assert done.problem is None
    assert deliver(t, _clock(5)) == []
    ((headers, _),) = hook.requests
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    (content,) = hook.contents()
    (event,) = content["events"]
    assert headers["Idempotency-Key"] == event["id"] == f"{event['alert_id']}-opened"
    assert (event["result"], event["threshold"], event["unit"], event["open"]) == (4.0, 3.0, "cm", True)
    assert event["sensor"]["municipality"] == "Soest"
    assert event["sensor"]["thing"] == "Soestbach"
    assert event["link"] == f"https://zwilling.example.org/?chosen=sensor:{SOEST}:{name}&shown=sensor&sensor={name}"
    assert "4 cm" in event["text"]["de"]
    assert content["subject"]["de"].startswith("[Alarm] Hochwasser: Pegel")
    (message,) = _kept(t)
    assert message["sent_at"]
    assert message["attempts"] == 1


def test_a_signature_tells_who_sent_it(t, hook, monkeypatch) -> None:
    import hashlib
    import hmac

    monkeypatch.setenv("TWIN_HOOK", TOKEN)
    _raise(t, _rule(t, hook.url, secret="env:TWIN_HOOK", signed=True), "a")
    deliver(t, _clock())
    ((headers, body),) = hook.requests
    expected = hmac.new(TOKEN.encode(), headers["X-Twin-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["X-Twin-Signature"] == f"sha256={expected.hexdigest()}"
    assert "Authorization" not in headers
    assert TOKEN.encode() not in body


def test_a_flapping_receiver_gets_it_in_the_end_under_the_same_id(t, hook) -> None:
    hook.answers = [(503, {}), (0, {}), (429, {})]
    _raise(t, _rule(t, hook.url), "a")
    pauses = []
    for hours in range(4):
        deliver(t, _clock(hours))
        (message,) = _kept(t)
        pauses.append(message["next_at"])
    assert message["sent_at"]
    assert message["attempts"] == 4
    assert message["problem_de"] == ""
    assert len({headers["Idempotency-Key"] for headers, _ in hook.requests}) == 1
    assert len(set(pauses[:3])) == 3


def test_before_its_time_nothing_is_tried_again(t, hook) -> None:
    hook.answers = [(500, {})] * 3
    _raise(t, _rule(t, hook.url), "a")
    deliver(t, _clock())
    assert deliver(t, _clock(10 / 3600)) == []
    assert len(hook.requests) == 1
    # A clock that was years ahead when it failed does not hold it for years.
    deliver(t, _clock(24 * 700))
    deliver(t, _clock(0.5))
    assert len(hook.requests) == 3


def test_what_never_arrives_is_given_up_and_said(t, hook, caplog) -> None:
    hook.answers = [(500, {})] * 50
    _raise(t, _rule(t, hook.url), "a")
    with caplog.at_level(logging.INFO):
        for number in range(ATTEMPTS + 3):
            deliver(t, _clock(number * 10))
    assert len(hook.requests) == ATTEMPTS
    (message,) = _kept(t)
    assert (message["sent_at"], message["next_at"]) == ("", "")
    assert "500" in message["problem_de"]
    with t.registry.read() as transaction:
        assert [one.undelivered for one in alerts(transaction)] == [1]
    assert "given up" in caplog.text


def test_a_redirection_to_a_private_address_is_not_followed(t, hook, monkeypatch) -> None:
    with webhook() as other:
        hook.answers = [(307, {"Location": other.url})]
        _raise(t, _rule(t, hook.url), "a")
        (done,) = deliver(t, _clock())
        assert "307" in str(done.problem)
        assert other.requests == []
    monkeypatch.delenv("TWIN_ALLOW_HOSTS")
    (done,) = deliver(t, _clock(5))
    assert "Sicherheit" in done.problem.de
    assert len(hook.requests) == 1


@pytest.mark.parametrize(
    "secret", [TOKEN, TOKEN + "\r\nX-Injected: y", "Schlüssel-" + TOKEN], ids=["good", "newline", "umlaut"]
)
@pytest.mark.parametrize("status", [200, 401])
def test_neither_token_nor_path_is_in_log_or_registry(t, hook, caplog, monkeypatch, secret, status) -> None:
    monkeypatch.setenv("TWIN_HOOK", secret)
    hook.answers = [(status, {})]
    _raise(t, _rule(t, hook.url, secret="env:TWIN_HOOK"), "a")
    with caplog.at_level(logging.DEBUG):
        (done,) = deliver(t, _clock())
    (message,) = _kept(t)
    assert "X-Injected" not in str([headers for headers, _ in hook.requests])
    assert (done.problem is None) == (secret == TOKEN and status == 200)
    content = b"".join(file.read_bytes() for file in t.home.path.glob("registry*"))
    assert TOKEN.encode() not in content
    for said in (caplog.text, str(done.problem), message["problem_de"], message["problem_en"]):
        assert TOKEN not in said
        assert "geheimer-pfad" not in said
        assert "abfrage" not in said


def test_a_token_is_not_sent_in_clear_over_the_internet(monkeypatch) -> None:
    monkeypatch.setenv("TWIN_HOOK", TOKEN)
    monkeypatch.delenv("TWIN_ALLOW_HOSTS", raising=False)
    monkeypatch.setattr("ingest.alert.webhook.ask", None)
    rule = AlertRule(SOEST, "x", "silent", silence=60, webhook="http://hook.example.org/", secret="env:TWIN_HOOK")
    (done,) = try_out(rule)
    assert "https" in done.problem.de
    assert TOKEN not in done.problem.de


def test_messages_that_have_arrived_are_not_kept_for_ever(t, hook) -> None:
    rule = _rule(t, hook.url)
    _raise(t, rule, "old")
    deliver(t, _clock())
    _raise(t, rule, "new")
    deliver(t, _clock(24 * (KEPT + 1)))
    assert [message["alert_id"] for message in _kept(t)] == ["new"]
    with t.registry.read() as transaction:
        assert len(alerts(transaction)) == 2


def test_what_comes_together_is_told_together(t, hook) -> None:
    rule = _rule(t, hook.url)
    _raise(t, rule, *(f"a{number:03}" for number in range(250)))
    assert [len(one.letter.events) for one in deliver(t, _clock())] == [200, 50]
    told = [event["id"] for content in hook.contents() for event in content["events"]]
    assert sorted(told) == [f"a{number:03}-opened" for number in range(250)]
    assert all(message["sent_at"] for message in _kept(t))


def test_the_end_of_an_alert_waits_for_its_beginning(t, hook) -> None:
    rule = _rule(t, hook.url)
    hook.answers = [(500, {})]
    _raise(t, rule, "a")
    deliver(t, _clock())
    moment = moment_text(datetime.now(UTC))
    with t.registry.write() as transaction:
        (one,) = alerts(transaction)
        tell(transaction, [(one, "closed", rule.channels)], moment)
    assert deliver(t, _clock(10 / 3600)) == []
    for hours in (1, 2):
        deliver(t, _clock(hours))
    said = [event["occasion"] for content in hook.contents() for event in content["events"]]
    assert said == ["opened", "opened", "closed"]


def test_a_dead_receiver_holds_up_nobody_else(t, hook) -> None:
    dead = save_rule(t.registry, AlertRule(SOEST, "Tot", "silent", silence=60, webhook="http://127.0.0.1:9/"))
    _raise(t, dead, "dead")
    _raise(t, _rule(t, hook.url), "a")
    found = {one.letter.rule.name: one.problem for one in deliver(t, _clock())}
    assert found["Hochwasser"] is None
    assert found["Tot"] is not None


def test_while_somebody_else_sends_nothing_is_sent(t, hook) -> None:
    _raise(t, _rule(t, hook.url), "a")
    with t.home.lock("alert_messages"):
        assert deliver(t, _clock()) == []
    assert hook.requests == []


def test_of_what_is_no_longer_shared_nobody_is_told(t, hook) -> None:
    rule = save_rule(t.registry, AlertRule(DISTRICT, "Kreis", "silent", silence=60, webhook=hook.url))
    _raise(t, rule, "soest", ags=SOEST)  # Soest shares its sensors with nobody
    _raise(t, rule, "werl", ags=WERL)
    deliver(t, _clock())
    assert [event["alert_id"] for content in hook.contents() for event in content["events"]] == ["werl"]
    assert {message["alert_id"]: message["next_at"] == "" for message in _kept(t) if not message["sent_at"]} == {
        "soest": True
    }


def test_a_way_that_a_rule_no_longer_names_is_not_used(t, hook) -> None:
    rule = _rule(t, hook.url)
    _raise(t, rule, "a")
    _rule(t, "")
    assert deliver(t, _clock()) == []
    assert hook.requests == []
    assert deliver(t, _clock(24)) == []


def test_a_fault_in_one_message_is_one_message_s(t, hook, monkeypatch, caplog) -> None:
    def fail(_letter: Letter, _now: Now) -> None:
        raise KeyError(TOKEN)

    monkeypatch.setitem(__import__("ingest.alert.message", fromlist=["x"])._SENDERS, "email", fail)
    rule = _rule(t, hook.url, email="wache@example.org")
    _raise(t, rule, "a")
    found = {one.channel: one.problem for one in deliver(t, _clock())}
    assert found["webhook"] is None
    assert found["email"] == Text("unerwarteter Fehler (KeyError)", "unexpected fault (KeyError)")
    assert TOKEN not in caplog.text


def test_a_test_says_that_it_is_one(hook) -> None:
    rule = AlertRule(SOEST, "Hochwasser", "above", sensor_id="x", threshold=1.0, webhook=hook.url)
    (done,) = try_out(rule)
    assert done.problem is None
    (content,) = hook.contents()
    assert content["test"] is True
    assert content["events"] == []
    assert content["subject"]["en"] == "[Test] Hochwasser"
