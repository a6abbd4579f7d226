from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ingest.download import download, is_url
from twin.errors import Unreachable, UnsafeDelivery


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/files/tile.gml?key=secret")
            self.end_headers()
        elif self.path.startswith("/inside"):
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.2:1/x")
            self.end_headers()
        elif self.path.startswith("/loop"):
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif self.path.startswith("/short"):
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"x")
        elif self.path.startswith("/files"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"content" * 10)
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_file_is_fetched_under_its_name(server: str, tmp_path: Path) -> None:
    path = download(f"{server}/moved", tmp_path)
    assert path.name == "tile.gml"
    assert path.read_bytes() == b"content" * 10


@pytest.mark.parametrize("path", ["/nothing", "/loop", "/short"])
def test_what_cannot_be_fetched_is_said(server: str, tmp_path: Path, path: str) -> None:
    with pytest.raises(Unreachable):
        download(f"{server}{path}?key=secret", tmp_path)


def test_a_limit_holds(server: str, tmp_path: Path) -> None:
    with pytest.raises(UnsafeDelivery):
        download(f"{server}/files/a", tmp_path, largest=20)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://localhost/x",
        "http://[::1]/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://10.1.2.3/x",
        "http://192.168.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/x",
        "https://user:password@example.org/x",
    ],
)
def test_only_public_addresses_are_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(UnsafeDelivery) as caught:
        download(url, tmp_path)
    assert "password" not in str(caught.value)


def test_a_redirection_does_not_lead_inside(server: str, tmp_path: Path) -> None:
    with pytest.raises(UnsafeDelivery):
        download(f"{server}/inside", tmp_path)


def test_errors_do_not_tell_keys(server: str, tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as caught:
        download(f"{server}/nothing?key=secret", tmp_path)
    assert "secret" not in str(caught.value)


def test_urls_are_told_from_paths() -> None:
    assert is_url("https://example.org/a.zip")
    assert not is_url("deliveries/http.zip")
