"""Topics: what is asked for, and which sensor a message is about."""

from __future__ import annotations

import pytest

from ingest.mqtt.topic import topics
from twin.errors import FeedError


@pytest.mark.parametrize(
    ("option", "asked", "topic", "sensor"),
    [
        ("a/{sensor}/t", "a/+/t", "a/x.1/t", "x.1"),
        ("a/{sensor}/t", "a/+/t", "a/x/y/t", None),
        ("a/lora-{sensor}/#", "a/+/#", "a/lora-7/up/1", "7"),
        ("a/lora-{sensor}/#", "a/+/#", "a/lora-7", "7"),
        ("a/lora-{sensor}/#", "a/+/#", "a/zigbee-7/up", None),
        ("a/+/t", "a/+/t", "a/x/t", "a/x/t"),
        ("#", "#", "x/y", "x/y"),
        ("a.b", "a.b", "axb", None),
    ],
)
def test_topics(option: str, asked: str, topic: str, sensor: str | None) -> None:
    found = topics(option, "f")[0]
    assert (found.asked, found.sensor(topic)) == (asked, sensor)


@pytest.mark.parametrize(
    "option", ["", "  ", "a/#/b", "a+/b", "{sensor}/{sensor}", "$SYS/#", "$share/g/a", "a" * 2000, "a " * 101]
)
def test_what_no_broker_understands(option: str) -> None:
    with pytest.raises(FeedError):
        topics(option, "f")
