"""Observations of SensorThings servers as their messages have them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from ingest.mqtt.message import Message, Senseless
from ingest.mqtt.things import Things
from ingest.mqtt.topic import topics
from twin.errors import FeedError

NOW = datetime(2026, 6, 1, 10)
SERVICE = "https://frost.example.org/FROST-Server"


def said(topic: str, entity: object, *, retained: bool = False) -> dict[str, object]:
    dialect = Things(topics("v1.1/# v1.0/#", "f"), SERVICE, "f")
    found = dialect.read(Message(topic, json.dumps(entity).encode(), retained, NOW))
    line: dict[str, object] = json.loads(found.lines[0])
    return line


def test_the_topic_says_whose_it_is_before_the_message_does() -> None:
    other = {"Datastream@iot.navigationLink": "https://elsewhere.example.org/v1.1/Datastreams(9)", "@iot.id": 5}
    entity = {"result": 1, "resultTime": "2026-06-01T10:00:00Z", "resultQuality": "ok", "parameters": {}, **other}
    assert said("v1.1/Datastreams(7)/Observations", entity) == {
        "Datastream@iot.navigationLink": f"{SERVICE}/v1.1/Datastreams(7)",
        "result": 1, "resultTime": "2026-06-01T10:00:00Z", "resultQuality": "ok",
    }  # fmt: skip
    assert said("v1.1/Observations", entity)["Datastream@iot.navigationLink"] == f"{SERVICE}/v1.1/Datastreams(9)"


def test_a_time_is_made_only_where_it_is_now() -> None:
    assert said("v1.1/Datastreams(7)/Observations", {"result": 1})["phenomenonTime"] == "2026-06-01T10:00:00Z"
    with pytest.raises(Senseless):
        said("v1.1/Datastreams(7)/Observations", {"result": 1}, retained=True)


@pytest.mark.parametrize(
    ("topic", "entity", "reason"),
    [
        ("v1.1/Observations", {"result": 1}, "sensor"), ("v2/Datastreams(7)/Observations", {"result": 1}, "topic"),
        ("v1.1/Datastreams(7)/Observations", {"phenomenonTime": "x"}, "content"),
        ("v1.1/Datastreams(7)/Observations", [1], "content"),
        ("v1.1/Datastreams(7)/Observations", {"result": "x" * 10_000}, "large"),
    ],
)  # fmt: skip
def test_nonsense(topic: str, entity: object, reason: str) -> None:
    with pytest.raises(Senseless) as kept_out:
        said(topic, entity)
    assert kept_out.value.reason == reason


@pytest.mark.parametrize(
    "service", ["", "frost.example.org", "file:///x", "https://user:pass@x.org/v1.1", "http://[", "https://x.org?q=1"]
)
def test_services_that_are_none(service: str) -> None:
    with pytest.raises(FeedError):
        Things(topics("a", "f"), service, "f")
