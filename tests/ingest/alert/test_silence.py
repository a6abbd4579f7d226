"""Silence: by the clock, whatever the clock does."""

from __future__ import annotations

from datetime import datetime, timedelta

from reporting import SOEST, WERL, report, sensor_id, series, table

import twin
from ingest.alert.watch import look
from twin.alerts.alert import alerts
from twin.alerts.rule import AlertRule, save_rule

HOUR = 3600


def _rule(t: twin.Twin, name: str = "", **said: object) -> AlertRule:
    about = {"sensor_id": name} if name else {"observed_property": "noise"}
    return save_rule(t.registry, AlertRule(SOEST, "Ausfall", "silent", silence=2 * HOUR, **about, **said))


def _look(t: twin.Twin, moment: datetime) -> list[tuple[str | None, str]]:
    return [(one.occasion, one.alert.sensor_id) for one in look(t, clock=lambda: moment)]


def test_a_sensor_that_falls_silent_is_told_of_until_it_speaks_again(t, start) -> None:
    name = sensor_id()
    rule = _rule(t, name)
    report(t, {name: series(start, [1])})
    assert _look(t, start + timedelta(hours=2)) == []
    assert _look(t, start + timedelta(hours=2, seconds=1)) == [("opened", name)]
    assert _look(t, start + timedelta(hours=3)) == []
    with t.registry.read() as transaction:
        (told,) = alerts(transaction)
    assert (told.rule_id, told.silence, told.threshold, told.result) == (rule.rule_id, 2 * HOUR, None, None)
    assert datetime.fromisoformat(told.phenomenon_time) == start
    # What comes late is no sign of life today.
    report(t, {name: series(start + timedelta(minutes=30), [1])})
    assert _look(t, start + timedelta(hours=4)) == []
    report(t, {name: series(start + timedelta(hours=4), [1])})
    assert _look(t, start + timedelta(hours=4, minutes=1)) == [("closed", name)]
    with t.registry.read() as transaction:
        (told,) = alerts(transaction)
    assert datetime.fromisoformat(told.phenomenon_end) == start + timedelta(hours=4)


def test_a_sensor_that_never_spoke_is_silent_since_the_rule(t, start) -> None:
    name = sensor_id()
    report(t, {name: []})
    saved = datetime.fromisoformat(_rule(t, name).saved_at)
    assert _look(t, saved + timedelta(hours=2)) == []
    assert _look(t, saved + timedelta(hours=2, seconds=1)) == [("opened", name)]
    with t.registry.read() as transaction:
        assert alerts(transaction)[0].phenomenon_time == ""


def test_a_clock_that_is_set_forward_and_back_leaves_no_alert(t, start) -> None:
    name = sensor_id()
    _rule(t, name)
    report(t, {name: series(start, [1])})
    assert _look(t, start + timedelta(minutes=1)) == []
    assert _look(t, start + timedelta(days=400)) == [("opened", name)]
    assert _look(t, start + timedelta(minutes=2)) == [("closed", name)]
    assert _look(t, start - timedelta(days=400)) == []


def test_missing_is_no_sign_of_life_and_bad_is_one(t, start) -> None:
    missing, bad = sensor_id(), sensor_id()
    _rule(t)
    for name, quality in ((missing, "missing"), (bad, "bad")):
        found = [(start, 1.0, None), (start + timedelta(hours=3), None, quality)]
        report(t, {name: found}, observed_property="noise")
    assert _look(t, start + timedelta(hours=3, minutes=1)) == [("opened", missing)]
    report(t, {missing: series(start + timedelta(hours=3, minutes=2), [1])}, observed_property="noise")
    report(t, {missing: [(start + timedelta(hours=4), None, "missing")]}, observed_property="noise")
    assert _look(t, start + timedelta(hours=4, minutes=1)) == [("closed", missing)]


def test_a_period_is_heard_of_until_its_end(t, start) -> None:
    name = sensor_id()
    _rule(t, name)
    plain = start.replace(tzinfo=None)
    row = {"sensor_id": name, "phenomenon_time": plain, "phenomenon_end": plain + timedelta(hours=1), "result": 1.0}
    report(t, {name: []})
    with t.stage(twin.DeliveryHeader(file="p", format="test", layers=("sensor", "observation"))) as staging:
        staging.file(0, "p", mode="update")
        staging.add(SOEST, "observation", table("observation", [row]))
        staging.commit()
    assert _look(t, start + timedelta(hours=2, minutes=59)) == []
    assert _look(t, start + timedelta(hours=3, minutes=1)) == [("opened", name)]


def test_silence_is_told_of_one_s_own_sensors(t, start) -> None:
    own, other, elsewhere = sensor_id(), sensor_id(), sensor_id()
    _rule(t)
    _look(t, start + timedelta(days=30))  # of sensors that other tests have left in this district
    report(t, {own: series(start, [1])}, observed_property="noise")
    report(t, {other: series(start, [1])}, observed_property="discharge")
    report(t, {elsewhere: series(start, [1])}, observed_property="noise", ags=WERL)
    assert _look(t, start + timedelta(days=31)) == [("opened", own)]
