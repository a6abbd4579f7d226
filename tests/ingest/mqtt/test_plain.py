"""What plain messages say, whatever they hold."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mqtt.device import Device
from ingest.mqtt.message import LARGEST, REASONS, Message, Senseless
from ingest.mqtt.plain import Plain, plain
from ingest.mqtt.topic import topics
from ingest.sensor.moment import moment
from twin.errors import FeedError

NOW = datetime(2026, 6, 1, 10, 0, 0, 5)
BASE = {"sensor": "werk", "value_key": "value", "time_key": "time"}


def dialect(listed: tuple[Device, ...] = (), **options: str) -> Plain:
    given = {**BASE, **({} if listed else {"unit": "1"}), **options}
    return plain(given, topics("a/{sensor}", "f"), listed, "f")


def said(of: Plain, payload: bytes | str, topic: str = "a/x", *, retained: bool = False) -> list[tuple[str, object]]:
    data = payload.encode() if isinstance(payload, str) else payload
    lines = [json.loads(line) for line in of.read(Message(topic, data, retained, NOW)).lines]
    return [(line["phenomenonTime"], line["result"]) for line in lines]


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        ("5", 5), (" -1.5 ", -1.5), ("21,5", 21.5), ("true", True), ('"7"', None), ('{"value": "7,5"}', 7.5),
        ('{"value": "offen"}', "offen"), ('{"value": false}', False), ("\ufeff3", 3),
    ],
)  # fmt: skip
def test_values(payload: str, value: object) -> None:
    expected = 7.0 if value is None else value
    assert said(dialect(), payload) == [("2026-06-01T10:00:00.000005Z", expected)]


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        ('"2026-06-01T12:00:00+02:00"', "2026-06-01T10:00:00Z"), ("1780308000", "2026-06-01T10:00:00Z"),
        ("1780308000.25", "2026-06-01T10:00:00.250000Z"), ("1780308000000", "2026-06-01T10:00:00Z"),
        ("1780308000000000", "2026-06-01T10:00:00Z"), ("1780308000000000000", "2026-06-01T10:00:00Z"),
    ],
)  # fmt: skip
def test_times(stated: str, time: str) -> None:
    assert said(dialect(), f'{{"value": 1, "time": {stated}}}') == [(time, 1)]


def test_keys_lead_into_objects_and_lists() -> None:
    one = dialect(value_key="data.0.t", time_key="meta.at")
    assert said(one, '{"data": [{"t": 1}], "meta": {"at": 1780308000}}')[0][1] == 1
    assert said(dialect(value_key="a.b"), '{"a.b": 2}')[0][1] == 2


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "content"), (b"\xff", "content"), (b"offen", "content"), (b"{", "content"), (b"null", "content"),
        (b"NaN", "content"), (b"1e400", "content"), (b"[]", "content"), (b"[" * 30_000, "content"),
        (b"1" * 5000, "content"), (b'{"value": {"a": 1}}', "content"), (b'{"value": 1, "time": "gestern"}', "time"),
        (b'{"value": 1, "time": -5}', "time"), (b'{"value": 1, "time": true}', "time"),
        (b'{"value": 1, "time": []}', "time"),
        (b"1" * (LARGEST + 1), "large"),
    ],
)  # fmt: skip
def test_nonsense(payload: bytes, reason: str) -> None:
    with pytest.raises(Senseless) as kept_out:
        said(dialect(), payload)
    assert kept_out.value.reason == reason


def test_what_a_broker_had_kept_has_no_time_unless_it_says_it() -> None:
    with pytest.raises(Senseless):
        said(dialect(), "5", retained=True)
    assert said(dialect(), '{"value": 5, "time": 1780308000}', retained=True)


def test_units_of_messages_have_to_be_those_of_their_sensor() -> None:
    one = dialect(unit="", unit_key="unit")
    assert said(one, '{"value": 5, "unit": "°C"}')
    assert said(one, '{"value": 5, "unit": "Cel"}')
    for stated in ('"cm"', '"Fässer"', "null"):
        with pytest.raises(Senseless) as kept_out:
            said(one, f'{{"value": 5, "unit": {stated}}}', "a/y" if stated != '"cm"' else "a/x")
        assert kept_out.value.reason == "unit"
    assert one.described({"x"})["x"]["unitOfMeasurement"]["symbol"] == "°C"
    with pytest.raises(FeedError):
        dialect(unit="Fässer")


def test_only_listed_devices_are_taken_each_with_its_own_values() -> None:
    one = dialect((Device("x", unit="cm", property="water_level"), Device("x", "temp", unit="Cel")))
    assert [value for _, value in said(one, '{"value": 1e9, "temp": 8}')] == [1e9, 8]
    found = one.read(Message("a/x", b'{"value": 1e9, "temp": 8}', False, NOW))
    assert (found.streams, found.doubtful, found.timed) == (("x", "x:temp"), ("x",), False)
    assert set(one.described({"x", "x:temp", "y"})) == {"x", "x:temp"}
    for topic, reason in (("a/y", "sensor"), ("b/x", "topic")):
        with pytest.raises(Senseless) as kept_out:
            said(one, "5", topic)
        assert kept_out.value.reason == reason


@given(st.binary(max_size=200), st.text(max_size=60), st.booleans())
def test_whatever_comes_is_a_reading_or_kept_out(payload: bytes, sensor: str, retained: bool) -> None:
    try:
        found = dialect().read(Message(f"a/{sensor}", payload, retained, NOW))
    except Senseless as kept_out:
        assert kept_out.reason in REASONS
        return
    for line in found.lines:
        entity = json.loads(line)
        assert moment(entity["phenomenonTime"]) is not None
        line.encode("utf-8")


def test_topics_are_made_up_easily_and_sensors_are_not_without_end(monkeypatch) -> None:
    monkeypatch.setattr("ingest.mqtt.plain.MOST", 3)
    one = dialect()
    for name in "abc":
        said(one, "1", f"a/{name}")
    with pytest.raises(Senseless) as kept_out:
        said(one, "1", "a/d")
    assert kept_out.value.reason == "sensor"
    assert said(one, "2", "a/a")
