"""The health page: for people and for machines, on this machine, with nothing in it that could run."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from ingest.feed.clock import Clock
from ingest.feed.health import STUCK, FeedHealth, Health, health_of
from ingest.feed.health_page import HealthPage, preferred
from ingest.feed.member import Member
from tests.ingest.feed.conftest import until
from twin.feeds.feed import Feed
from twin.feeds.state import FeedState
from twin.language import Text


class Still(Clock):
    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Still:
    return Still()


@pytest.fixture
def health(clock: Still) -> Health:
    found = Health(clock)
    state = FeedState("05974040", "<b>&", readings=1234, failures=2, problem=Text("<script>", "<script>!"))
    found.beat([Member(Feed("05974040", "<b>&", "x"), state, clock)])
    return found


@pytest.fixture
def asked(health: Health) -> Iterator[Callable[..., Any]]:
    page = HealthPage(health, "127.0.0.1:0")
    port = urlsplit(page.url).port

    def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request(method, path, headers={name.replace("_", "-"): word for name, word in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    ask.port = port  # type: ignore[attr-defined]
    yield ask
    page.close()


def test_the_page_is_escaped_and_in_both_languages(asked: Callable[..., Any]) -> None:
    status, headers, german = asked("/", Accept_Language="de-DE")
    _, _, english = asked("/", Accept_Language="en-GB,en;q=0.9,de;q=0.1")
    assert status == 200
    assert "script" not in headers["Content-Security-Policy"]
    assert "Datenströme" in german
    assert "gestört" in german
    assert "1.234" in german
    assert "Feeds" in english
    assert "1,234" in english
    for page in (german, english):
        assert "<script" not in page
        assert "&lt;b&gt;&amp;" in page


def test_machines_get_json(asked: Callable[..., Any]) -> None:
    status, headers, body = asked("/health.json?x=1")
    found = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert found["status"] == "failing"
    assert found["feeds"][0]["readings"] == 1234
    assert found["feeds"][0]["problem"] == {"de": "<script>", "en": "<script>!"}


def test_a_stuck_loop_is_503(asked: Callable[..., Any], clock: Still) -> None:
    clock.seconds += STUCK + 1
    for path in ("/", "/health.json"):
        assert asked(path)[0] == 503
    assert json.loads(asked("/health.json")[2])["status"] == "stuck"


def test_nothing_else_is_served(asked: Callable[..., Any]) -> None:
    assert asked("/etc/passwd")[0] == 404
    assert asked("/", "POST")[0] == 501
    status, headers, body = asked("/", "HEAD")
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) > 100


def test_idle_connections_only_keep_out_so_many(asked: Callable[..., Any]) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", asked.port))))  # type: ignore[attr-defined]

    def answers() -> bool:
        with suppress(http.client.HTTPException, OSError):
            return bool(asked("/health.json")[0] == 200)
        return False

    until(answers)


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "de"), ("en", "en"), ("de;q=0.5, en;q=0.9", "en"), ("fr, en;q=0.2", "en"), ("en;q=x", "de"), ("*", "de")],
)
def test_preferred_language(header: str, language: str) -> None:
    assert preferred(header) == language


def test_states(clock: Still) -> None:
    def status(enabled: bool = True, consented: bool = True, **state: Any) -> str:
        feed = Feed("05974040", "x", "x", every=60, enabled=enabled)
        member = Member(feed, FeedState("05974040", "x", **state), clock, consented=consented)
        found: FeedHealth = health_of(member, clock.monotonic())
        return found.status

    now = clock.text()
    assert status() == "new"
    assert status(tried_at=now, succeeded_at=now) == "ok"
    assert status(tried_at=now, succeeded_at="2020-01-01T00:00:00+00:00") == "late"
    assert status(tried_at=now, failures=1) == "failing"
    assert status(enabled=False, failures=1) == "paused"
    assert status(consented=False) == "no consent"
