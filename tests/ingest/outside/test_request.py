"""Requests end in time, whatever the other side does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from ingest.outside.request import Patience, ask
from twin.errors import Unreachable

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def dripping() -> Iterator[object]:
    """Makes a server that sends a beginning at once and the rest byte by byte, for longer than anybody waits."""
    stop = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def start(at_once: bytes, slowly: bytes) -> str:
        def serve() -> None:
            connected = listening.accept()[0]
            with connected:
                connected.recv(10_000)
                connected.sendall(at_once)
                for byte in slowly * 1_000:
                    if stop.wait(0.05):
                        return
                    try:
                        connected.sendall(bytes([byte]))
                    except OSError:
                        return

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield start
    stop.set()
    listening.close()


@pytest.mark.parametrize(
    ("at_once", "slowly"),
    [
        (HEAD, b"X-Header: a"),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b"a"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"a"),
    ],
)
def test_who_drips_is_hung_up_on(dripping, monkeypatch: pytest.MonkeyPatch, at_once: bytes, slowly: bytes) -> None:
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1")
    url = dripping(at_once, slowly)
    began = time.monotonic()
    with pytest.raises(Unreachable), ask(url, patience=Patience(idle=1, total=1)) as answer:
        answer.body(1_000_000)
    assert time.monotonic() - began < 5
