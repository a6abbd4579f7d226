"""Receivers on this machine: a webhook that answers as it is told, and a mail server that keeps what it is given."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """A webhook.

    Attributes
    ----------
    answers : list
        Status of the next answers, each (status, headers); 200 when none is left. Status 0 breaks the connection.
    requests : list
        (headers, body) of all requests.
    """

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def contents(self) -> list[dict[str, Any]]:
        """What was posted."""
        return [json.loads(body) for _, body in self.requests]


@contextmanager
def webhook() -> Iterator[Hook]:
    """A webhook at 127.0.0.1."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append((dict(self.headers), body))
            status, headers = hook.answers.pop(0) if hook.answers else (200, {})
            if not status:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook/geheimer-pfad?token=abfrage"
    with _serving(server):
        yield hook


@dataclass
class Post:
    """A mail server.

    Attributes
    ----------
    letters : list of bytes
        What it was given.
    said : list of str
        Commands that it heard, those inside the encryption with a star before them.
    refuses : list of str
        Answers to the next RCPT commands, instead of a friendly one.
    """

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)


@contextmanager
def mailbox(certificate: ssl.SSLContext | None = None, *, wrapped: bool = False) -> Iterator[Post]:
    """A mail server at 127.0.0.1; with a certificate it offers STARTTLS, or is encrypted from the first byte."""
    post = Post()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.secure = wrapped
            if wrapped:
                assert certificate
                try:
                    self.request = certificate.wrap_socket(self.request, server_side=True)
                except ssl.SSLError:
                    return
            self.stream = self.request.makefile("rwb")
            self._say("220 mail.test ESMTP")
            while line := self.stream.readline():
                command = line.decode("utf-8", "replace").rstrip("\r\n")
                post.said.append(("*" if self.secure else "") + command)
                if not self._answer(command.partition(" ")[0].upper()):
                    return

        def _answer(self, verb: str) -> bool:
            if verb == "EHLO":
                more = ["STARTTLS"] if certificate and not self.secure else ["AUTH PLAIN"]
                self._say(*(f"250-{word}" for word in ("mail.test", *more)), "250 8BITMIME")
            elif verb == "STARTTLS":
                self._say("220 go on")
                assert certificate
                try:
                    self.request = certificate.wrap_socket(self.request, server_side=True)
                except ssl.SSLError:
                    return False
                self.stream, self.secure = self.request.makefile("rwb"), True
            elif verb == "RCPT" and post.refuses:
                self._say(post.refuses.pop(0))
            elif verb == "DATA":
                self._say("354 go on")
                content = b""
                while (line := self.stream.readline()) not in (b".\r\n", b""):
                    content += line
                post.letters.append(content)
                self._say("250 kept")
            elif verb == "QUIT":
                self._say("221 bye")
                return False
            else:
                self._say("235 welcome" if verb == "AUTH" else "250 well")
            return True

        def _say(self, *lines: str) -> None:
            self.stream.write("".join(f"{line}\r\n" for line in lines).encode())
            self.stream.flush()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), Handler)
    post.port = server.server_address[1]
    with _serving(server):
        yield post


@contextmanager
def _serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
