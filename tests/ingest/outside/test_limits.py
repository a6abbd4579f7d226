"""Requests: public addresses only, secrets for who was asked only, an end within time and size."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from ingest.outside import address as room
from ingest.outside.address import address, is_public
from ingest.outside.request import Patience, ask, without_secrets
from twin.errors import Unreachable, UnsafeDelivery


class _Handler(BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, str, str | None]]] = []

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, self.headers.get("Authorization")))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif self.path == "/drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(100):
                try:
                    self.wfile.write(b".")
                except OSError:
                    return
                time.sleep(0.05)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 1000)

    do_POST = do_GET  # noqa: N815 – the name that the server calls

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1,localhost")
    _Handler.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_secrets_go_to_who_was_asked_and_no_further(server: str) -> None:
    private = {"Authorization": "Bearer s3cret"}
    with ask(f"{server}/to//again", private=private) as answer:
        assert answer.status == 200
    assert [header for _, _, header in _Handler.seen] == ["Bearer s3cret", "Bearer s3cret"]
    _Handler.seen.clear()
    elsewhere = server.replace("127.0.0.1", "localhost")
    with ask(f"{server}/to/{elsewhere}/x", private=private):
        pass
    assert [header for _, _, header in _Handler.seen] == ["Bearer s3cret", None]


def test_what_is_posted_is_not_posted_elsewhere(server: str) -> None:
    with ask(f"{server}/to/{server}/x", method="POST", body=b"{}") as answer:
        assert answer.status == 302
    assert len(_Handler.seen) == 1


def test_a_server_that_drips_is_given_up(server: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable), ask(f"{server}/drip", patience=Patience(idle=5, total=0.5)) as answer:
        answer.body(10_000)
    assert time.monotonic() - began < 4


def test_more_than_expected_is_refused(server: str) -> None:
    with pytest.raises(UnsafeDelivery), ask(f"{server}/") as answer:
        answer.body(999)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "http://user:pw@example.org/", "http://"])
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises((UnsafeDelivery, Unreachable)) as refused, ask(url):
        pass
    assert "pw" not in str(refused.value)


def test_a_header_that_is_none_is_not_quoted(server: str) -> None:
    with pytest.raises(Unreachable) as refused, ask(f"{server}/", private={"Authorization": "Bearer s3\ncret"}):
        pass
    assert "cret" not in str(refused.value)


def test_a_name_is_resolved_once_and_all_its_addresses_have_to_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWIN_ALLOW_HOSTS", raising=False)
    asked = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", (one, port)) for one in ("93.184.216.34", "10.0.0.8")]

    monkeypatch.setattr(room.socket, "getaddrinfo", resolve)
    with pytest.raises(UnsafeDelivery):
        address("example.org", 80, "example.org")
    assert asked == ["example.org"]


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "0.0.0.0",
     "2002:0a00:0001::", "224.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_addresses_inside_are_not_public(inside: str) -> None:
    assert not is_public(inside)


def test_keys_of_access_are_not_shown() -> None:
    assert without_secrets("https://me:pw@example.org/data?token=s3cret#x") == "https://example.org/data"
