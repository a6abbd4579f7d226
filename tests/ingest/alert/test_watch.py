"""Thresholds: alerts open and close with the readings that a delivery brings, whatever lies between two landings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from reporting import DISTRICT, SOEST, WERL, report, sensor_id, series

import twin
from ingest.alert.moment import Clock
from ingest.alert.watch import look
from twin.alerts.alert import Alert, alerts
from twin.alerts.rule import AlertRule, forget_rule, save_rule
from twin.registry import moment_text, rows


def _rule(t: twin.Twin, name: str, **said: object) -> AlertRule:
    rule = AlertRule(SOEST, "Hochwasser", "above", sensor_id=name, threshold=3.0, release=2.0, severity="alarm")
    return save_rule(t.registry, replace(rule, **said))


def _all(t: twin.Twin) -> list[Alert]:
    with t.registry.read() as transaction:
        return alerts(transaction)


def _at(moment: datetime) -> Clock:
    return lambda: moment


@pytest.fixture
def later(start: datetime) -> Clock:
    return _at(start + timedelta(hours=2))


def _minute(start: datetime, number: int) -> str:
    return moment_text(start + timedelta(minutes=number))


@pytest.mark.parametrize("flag", [1.0, -1.0], ids=["above", "below"])
def test_an_alert_opens_once_and_closes_at_the_release(t, start, later, flag) -> None:
    name = sensor_id()
    rule = _rule(t, name, kind="above" if flag > 0 else "below", threshold=flag * 3, release=flag * 2)

    def say(minute: int, *values: float) -> list[tuple[str | None, float | None]]:
        found = series(start + timedelta(minutes=minute), [flag * value for value in values])
        return [(one.occasion, one.alert.extreme) for one in look(t, report(t, {name: found}), later)]

    assert say(1, 1.0, 3.0) == []
    assert say(3, 3.5) == [("opened", flag * 3.5)]
    assert say(4, 4.5, 2.5) == []
    assert say(6, 2.5, 3.5, 2.5) == []
    assert say(9, 2.0) == [("closed", flag * 4.5)]
    assert say(10, 2.5) == []
    (told,) = _all(t)
    assert told == Alert(
        told.alert_id, rule.rule_id, SOEST, SOEST, name, "Hochwasser", rule.kind, "alarm", flag * 3, None,
        told.opened_at, told.closed_at, _minute(start, 3), _minute(start, 9), flag * 3.5, flag * 4.5,
    )  # fmt: skip


def test_a_peak_between_two_landings_is_told(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name, email="wache@example.org")
    (change,) = look(t, report(t, {name: series(start, [1, 4, 1, 5, 6, 1])}), later)
    assert (change.occasion, change.alert.result, change.alert.extreme) == ("passed", 4, 6)
    assert (change.alert.phenomenon_time, change.alert.phenomenon_end) == (_minute(start, 1), _minute(start, 5))
    assert not change.alert.is_open
    with t.registry.read() as transaction:
        assert [row["occasion"] for row in rows(transaction, "SELECT * FROM alert_message")] == ["passed"]


def test_what_ends_and_begins_again_in_one_delivery_is_told_so(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name, email="wache@example.org", webhook="https://example.org/")
    look(t, report(t, {name: series(start, [4])}), later)
    found = look(t, report(t, {name: series(start + timedelta(minutes=1), [1, 4, 1, 7])}), later)
    assert [(one.occasion, one.told) for one in found] == [("closed", True), ("passed", False), ("opened", True)]
    with t.registry.read() as transaction:
        told = [(row["occasion"], row["channel"]) for row in rows(transaction, "SELECT * FROM alert_message")]
    # The first alert opened and closed, and the last one opened; of the one between them nobody is told.
    ways = ("email", "webhook")
    assert sorted(told) == sorted((one, by) for one in ("closed", "opened", "opened") for by in ways)


def test_what_is_looked_at_twice_is_told_once(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name)
    delivery = report(t, {name: series(start, [4, 1, 4])})
    assert [one.occasion for one in look(t, delivery, later)] == ["passed", "opened"]
    assert look(t, delivery, later) == []
    assert look(t, clock=later) == []
    with t.registry.write() as transaction:  # as if the look had been forgotten
        transaction.exec_driver_sql("DELETE FROM setting WHERE name = 'alerts_looked'")
    assert look(t, delivery, later) == []
    assert len(_all(t)) == 2


def test_what_nobody_looked_at_when_it_landed_is_looked_at_later(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name)
    for minute, value in enumerate([1, 4, 1, 5]):
        report(t, {name: series(start + timedelta(minutes=minute), [value])})
    assert [one.occasion for one in look(t, clock=later)] == ["passed", "opened"]


def test_late_readings_tell_of_what_is_over_and_open_nothing(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name)
    look(t, report(t, {name: series(start + timedelta(minutes=10), [1, 1])}), later)
    (late,) = look(t, report(t, {name: series(start + timedelta(minutes=5), [1, 9, 1])}), later)
    assert (late.occasion, late.alert.extreme, late.alert.is_open) == ("passed", 9, False)
    assert look(t, report(t, {name: series(start + timedelta(minutes=1), [1, 1])}), later) == []
    # Late ones about what has been told already say nothing new.
    opened = look(t, report(t, {name: series(start + timedelta(minutes=20), [7])}), later)
    assert [one.occasion for one in opened] == ["opened"]
    assert look(t, report(t, {name: series(start + timedelta(minutes=19), [8])}), later) == []
    assert [one.is_open for one in _all(t)] == [True, False]


def test_a_correction_of_the_latest_reading_counts(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name)
    assert len(look(t, report(t, {name: series(start, [9])}), later)) == 1
    corrected = report(t, {name: series(start, [1])}, quality_time=(start + timedelta(hours=1)).replace(tzinfo=None))
    assert [one.occasion for one in look(t, corrected, later)] == ["closed"]


def test_bad_readings_alert_nobody(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name)
    bad = [(start + timedelta(minutes=n), value, quality) for n, (value, quality) in enumerate(
        [(9.0, "bad"), (9.0, "missing"), (None, "good"), (float("nan"), "good"), (float("inf"), "good")])]  # fmt: skip
    assert look(t, report(t, {name: bad}), later) == []
    assert [one.occasion for one in look(t, report(t, {name: series(start + timedelta(hours=1), [9])}), later)] == [
        "opened"
    ]


def test_history_that_is_loaded_alarms_nobody(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name)
    year = series(start - timedelta(days=300), [1, 9, 1, 9] * 20, 86_400)
    assert look(t, report(t, {name: year}), later) == []
    # What was over before anybody asked is no news either; what goes on is.
    assert look(t, report(t, {name: series(start - timedelta(days=2), [9, 1])}), later) == []
    assert [one.occasion for one in look(t, report(t, {name: series(start - timedelta(hours=3), [9])}), later)] == [
        "opened"
    ]


def test_the_first_readings_of_a_sensor_that_are_late_open_nothing(t, start, later) -> None:
    name = sensor_id()
    report(t, {name: series(start, [1])})
    _rule(t, name)
    assert look(t, report(t, {name: series(start - timedelta(hours=3), [9])}), later) == []


def test_a_rule_about_a_property_is_about_all_sensors_of_it_in_whatever_unit(t, start, later) -> None:
    centimetres, metres, degrees, other, elsewhere = (sensor_id() for _ in range(5))
    _rule(t, "", observed_property="water_level", unit="cm", threshold=350.0, release=None)
    report(t, {metres: series(start, [3.5, 3.6])}, unit="m")
    report(t, {degrees: series(start, [999])}, unit="Cel")
    report(t, {other: series(start, [999])}, observed_property="discharge")
    report(t, {elsewhere: series(start, [999])}, ags=WERL)
    report(t, {centimetres: series(start, [350, 351])})
    found = {one.alert.sensor_id: one.alert for one in look(t, clock=later)}
    assert found.keys() == {metres, centimetres}
    assert (found[metres].threshold, found[metres].result) == (3.5, 3.6)


def test_rules_of_the_district_are_about_what_the_county_may_see(t, start, later) -> None:
    soest, werl = sensor_id(), sensor_id()
    _rule(t, "", ags=DISTRICT, observed_property="water_level")
    report(t, {soest: series(start, [9])})
    report(t, {werl: series(start, [9])}, ags=WERL)
    (change,) = look(t, clock=later)
    assert (change.alert.ags, change.alert.rule_ags) == (WERL, DISTRICT)


def test_a_rule_that_is_removed_during_a_look_says_nothing(t, start, later, monkeypatch) -> None:
    name = sensor_id()
    _rule(t, name)
    delivery = report(t, {name: series(start, [9])})
    reading = t.reading

    def remove_first() -> object:
        forget_rule(t.registry, SOEST, "Hochwasser")
        return reading()

    monkeypatch.setattr(t, "reading", remove_first)
    assert look(t, delivery, later) == []
    assert _all(t) == []


def test_alerts_of_sensors_that_are_gone_end_and_nobody_is_told(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name, email="wache@example.org")
    look(t, report(t, {name: series(start, [9])}), later)
    with t.stage(twin.DeliveryHeader(file="x", format="test", layers=("sensor",))) as staging:
        staging.file(0, "x", mode="update")
        staging.retire("sensor", [name])
        staging.commit()
    assert [(one.occasion, one.told) for one in look(t, clock=later)] == [("closed", False)]
    assert look(t, clock=later) == []


def test_without_rules_there_is_nothing_to_do(t, start, later) -> None:
    assert look(t, report(t, {sensor_id(): series(start, [9])}), later) == []
    assert look(t, clock=later) == []


def test_two_who_look_at_once_open_one_alert(t, start, later) -> None:
    name = sensor_id()
    _rule(t, name, email="wache@example.org")
    delivery = report(t, {name: series(start, [9])})
    with ThreadPoolExecutor(4) as pool, twin.open(t.home.path) as other:
        found = list(pool.map(lambda one: look(one, delivery, later), [t, other, t, other]))
    assert sorted(len(one) for one in found) == [0, 0, 0, 1]
    assert len(_all(t)) == 1


def test_a_kill_before_the_registry_is_written_leaves_all_to_the_next_look(t, start, later, monkeypatch) -> None:
    name = sensor_id()
    _rule(t, name, email="wache@example.org")
    delivery = report(t, {name: series(start, [9])})

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("ingest.alert.watch.record", die)
        with pytest.raises(KeyboardInterrupt):
            look(t, delivery, later)
    assert _all(t) == []
    assert [one.occasion for one in look(t, clock=later)] == ["opened"]
    with t.registry.read() as transaction:
        assert len(rows(transaction, "SELECT * FROM alert_message")) == 1
