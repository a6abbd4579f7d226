"""What options say of a broker, and what they may not."""

from __future__ import annotations

import pytest

from ingest.mqtt.broker import Broker, broker
from ingest.mqtt.topic import topics
from twin.errors import FeedError

GOOD = {"host": "mqtt.example.org", "tls": "true"}


def made(password: str = "", **options: str) -> Broker:
    return broker({**GOOD, **options}, password, topics("a", "f"), "twin1", "f")


def test_ports_and_names() -> None:
    assert (made().port, made(tls="false").port, made(port="9").port) == (8883, 1883, 9)
    assert made().shown == "mqtts://mqtt.example.org:8883"
    assert made(tls="false", host="2001:db8::1").shown == "mqtt://[2001:db8::1]:1883"
    assert (made().client_id, made(client_id="own").client_id) == ("twin1", "own")


@pytest.mark.parametrize(
    "options",
    [
        {"host": ""}, {"host": "a b"}, {"host": "user@host"}, {"port": "0"}, {"port": "70000"}, {"port": "١"},
        {"tls": "vielleicht"}, {"version": "4"}, {"client_id": "a\n"}, {"ca": "/nowhere.pem"}, {"ca": "/etc/hostname"},
    ],
)  # fmt: skip
def test_nonsense(options: dict[str, str]) -> None:
    with pytest.raises(FeedError):
        made(**options)


def test_a_password_is_not_sent_where_others_can_read_it(monkeypatch) -> None:
    monkeypatch.delenv("TWIN_ALLOW_HOSTS", raising=False)
    with pytest.raises(FeedError) as said:
        made("geheim", tls="false")
    assert "geheim" not in str(said.value)
    assert "geheim" not in repr(made("geheim"))
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "mqtt.example.org")
    assert made("geheim", tls="false").password == "geheim"
