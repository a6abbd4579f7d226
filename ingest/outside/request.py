"""Requests by HTTP to public addresses only, within limits of time and size."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from ingest.outside.address import address
from ingest.outside.trouble import trouble
from twin.errors import Unreachable, UnsafeDelivery
from twin.language import Text

_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_TOO_MANY = Text("zu viele Umleitungen", "too many redirections")
_BROKEN = Text("Verbindung brach ab", "the connection broke")
_SLOW = Text("nach {seconds:.0f} s nicht fertig", "not done after {seconds:.0f} s")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request may take.

    Attributes
    ----------
    idle : float
        Without a byte. [s]
    total : float
        Altogether, redirections and body included. [s]
    """

    idle: float = 60.0
    total: float = 24 * 3600.0


class Answer:
    """Reply to a request whose body is still to be read.

    Attributes
    ----------
    url : str
        Where it came from in the end.
    status : int
        HTTP status.
    reason : str
        In the server's words.
    """

    def __init__(self, response: http.client.HTTPResponse, url: str, shown: str, until: float, total: float) -> None:
        self.url, self.status, self.reason = url, response.status, response.reason
        self._response, self._shown, self._until, self._total = response, shown, until, total

    def header(self, name: str) -> str:
        """A header; empty if there is none."""
        return self._response.getheader(name) or ""

    def chunks(self, largest: int) -> Iterator[bytes]:
        """The body, piece by piece.

        Raises
        ------
        UnsafeDelivery
            If there are more bytes than `largest`.
        Unreachable
            If it breaks off, or takes too long.
        """
        left = largest
        with said(self._shown):
            # read1: what has come, so that a server that drips is noticed.
            while chunk := self._response.read1(1 << 20):
                left -= len(chunk)
                if left < 0:
                    raise UnsafeDelivery(file=self._shown, found=f"> {largest:,} B", expected=f"{largest:,} B")
                yield chunk
                if time.monotonic() > self._until:
                    raise Unreachable(file=self._shown, found=_SLOW.filled(seconds=self._total))
            if time.monotonic() > self._until:
                raise Unreachable(file=self._shown, found=_SLOW.filled(seconds=self._total))
            if self._response.length:
                raise Unreachable(file=self._shown, found=_BROKEN)

    def body(self, largest: int) -> bytes:
        """The whole body; see `chunks`."""
        return b"".join(self.chunks(largest))


@contextmanager
def ask(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    private: Mapping[str, str] | None = None,
    body: bytes | None = None,
    patience: Patience | None = None,
) -> Iterator[Answer]:
    """Send a request and follow where it leads; whatever status comes in the end is the caller's business.

    A host's name is resolved once and the connection made to just that address, which has to be a public one (see
    `ingest.outside.address`): a URL from outside must not reach the services of the machine or of the town hall's
    network. Redirections are checked alike, and never lead from https to http.

    Parameters
    ----------
    url : str
        ``http`` or ``https``.
    method : str
        Such as ``POST``; what is posted is not posted again elsewhere: a redirection is then an answer.
    headers : mapping of str to str
        Sent to whoever answers.
    private : mapping of str to str
        Headers with secrets: sent to the host that was asked, and to no other.
    body : bytes or None
        What is sent along.
    patience : Patience or None
        How long it may take.

    Raises
    ------
    UnsafeDelivery
        If an address is not public, or the URL none that may be asked.
    Unreachable
        If nobody answers.
    """
    patient, shown = patience or Patience(), without_secrets(url)
    with said(shown):
        origin = _origin(url)
    until = time.monotonic() + patient.total
    sent = {"User-Agent": "district-twin", "Accept-Encoding": "identity", **(headers or {})}
    for _ in range(_REDIRECTS + 1):
        with said(shown):
            parts = urlsplit(url)
            connection = _connect(parts, shown, min(patient.idle, max(until - time.monotonic(), 0.01)))
        alarm = _alarm(connection.sock, until)
        try:
            own = {**sent, **(private or {})} if _origin(url) == origin else sent
            with said(shown):
                connection.request(method, _target(parts), body=body, headers=own)
                response = connection.getresponse()
                # Headers that are cut off read like headers that end.
                if time.monotonic() > until:
                    raise Unreachable(file=shown, found=_SLOW.filled(seconds=patient.total))
                if response.status in _MOVED and body is None and method == "GET":
                    former, url = url, urljoin(url, response.getheader("Location", ""))
                    _demand_no_downgrade(former, url, shown)
                    continue
            yield Answer(response, url, shown, until, patient.total)
            return
        finally:
            alarm.cancel()
            connection.close()
    raise Unreachable(file=shown, found=_TOO_MANY)


def without_secrets(url: str) -> str:
    """A URL as it may be shown: query strings and user names carry keys of access."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    return "URL"


@contextmanager
def said(shown: str) -> Iterator[None]:
    """Whatever goes wrong with a connection is said as `Unreachable`."""
    try:
        yield
    except (OSError, http.client.HTTPException) as problem:
        raise Unreachable(file=shown, found=trouble(problem)) from problem
    except ValueError as problem:
        # A header or URL that is none is quoted in the error: it may be the secret.
        raise Unreachable(file=shown, found=trouble(problem)) from None


def _connect(parts: SplitResult, shown: str, timeout: float) -> http.client.HTTPConnection:
    host, scheme = parts.hostname or "", parts.scheme.lower()
    if scheme not in _PORTS or not host or parts.username is not None:
        raise UnsafeDelivery(file=shown, found=f"{scheme}://…", expected="http, https")
    port = parts.port or _PORTS[scheme]
    found = address(host, port, shown)
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=timeout)
    # The name stays in the certificate check and the Host header; only the resolving is taken away.
    connection.sock = socket.create_connection((found, port), timeout)
    if isinstance(connection, http.client.HTTPSConnection):
        connection.sock = connection._context.wrap_socket(connection.sock, server_hostname=host)  # type: ignore[attr-defined]
    return connection


def _alarm(connected: socket.socket, until: float) -> threading.Timer:
    """Hangs up when it is time: whoever sends a byte now and then, of a header or of a chunk's size, is never idle."""

    def hang_up() -> None:
        with suppress(OSError):
            # Of the socket beneath encryption, which another thread may be reading from.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(min(max(until - time.monotonic(), 0.01), threading.TIMEOUT_MAX), hang_up)
    timer.daemon = True
    timer.start()
    return timer


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.hostname, parts.port


def _demand_no_downgrade(former: str, url: str, shown: str) -> None:
    if urlsplit(former).scheme.lower() == "https" and urlsplit(url).scheme.lower() != "https":
        raise UnsafeDelivery(file=shown, found="http://…", expected="https")
