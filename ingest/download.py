"""Fetches a delivery from a URL, from public addresses only."""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import socket
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from twin.errors import Unreachable, UnsafeDelivery
from twin.language import Text

LARGEST = 64 << 30
"""Most bytes that are fetched from one URL."""

_REDIRECTS = 5
_TIMEOUT = 60.0  # [s] without a byte
_PORTS = {"http": 80, "https": 443}
_UNNAMED = "delivery"


def is_url(word: str) -> bool:
    """Whether `word` is a URL that `download` fetches."""
    return word.lower().startswith(("http://", "https://"))


def download(url: str, folder: Path, largest: int = LARGEST) -> Path:
    """Fetch `url` into `folder`.

    A host's name is resolved once and the connection made to just that address, which has to be a public one: a URL
    from outside must not reach the services of the machine or of the town hall's network. Hosts that
    ``TWIN_ALLOW_HOSTS`` lists (comma separated) are exempt. Redirections are checked alike.

    Parameters
    ----------
    url : str
        ``http`` or ``https``.
    folder : Path
        Where the file is put.
    largest : int
        Most bytes taken.

    Returns
    -------
    path : Path
        The file, by the name that the URL gives it.

    Raises
    ------
    UnsafeDelivery
        If an address is not public, or the file is too large.
    Unreachable
        If it cannot be fetched.
    """
    shown = _without_secrets(url)
    try:
        for _ in range(_REDIRECTS + 1):
            connection = _connect(urlsplit(url), shown)
            try:
                response = _get(connection, urlsplit(url))
                if response.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, response.getheader("Location", ""))
                    continue
                if response.status != http.client.OK:
                    raise Unreachable(file=shown, found=f"HTTP {response.status} {response.reason}")
                return _store(response, folder / _file_name(url, response), shown, largest)
            finally:
                connection.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise Unreachable(file=shown, found=str(problem) or type(problem).__name__) from problem
    raise Unreachable(file=shown, found=Text("zu viele Umleitungen", "too many redirections"))


def _get(connection: http.client.HTTPConnection, parts: SplitResult) -> http.client.HTTPResponse:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", path, headers={"User-Agent": "district-twin", "Accept-Encoding": "identity"})
    return connection.getresponse()


def _connect(parts: SplitResult, shown: str) -> http.client.HTTPConnection:
    host, scheme = parts.hostname or "", parts.scheme.lower()
    if scheme not in _PORTS or not host or parts.username is not None:
        raise UnsafeDelivery(file=shown, found=f"{scheme}://…", expected="http, https")
    port = parts.port or _PORTS[scheme]
    address = _address(host, port, shown)
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=_TIMEOUT)
    # The name stays in the certificate check and the Host header; only the resolving is taken away.
    connection.sock = socket.create_connection((address, port), _TIMEOUT)
    if isinstance(connection, http.client.HTTPSConnection):
        connection.sock = connection._context.wrap_socket(connection.sock, server_hostname=host)  # type: ignore[attr-defined]
    return connection


def _address(host: str, port: int, shown: str) -> str:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = {name.strip().lower() for name in os.environ.get("TWIN_ALLOW_HOSTS", "").split(",")}
    if host.lower() not in allowed and not all(_is_public(address) for address in found):
        raise UnsafeDelivery(
            file=shown,
            found=Text(f"{host} liegt in keinem öffentlichen Netz", f"{host} is in no public network"),
            expected=Text(
                "öffentliche Adressen, oder in TWIN_ALLOW_HOSTS genannte", "public ones, or TWIN_ALLOW_HOSTS"
            ),
        )
    return found[0]


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None) or parsed
    return bool(inner.is_global) and not inner.is_multicast


def _store(response: http.client.HTTPResponse, path: Path, shown: str, largest: int) -> Path:
    left = largest
    with path.open("wb") as file:
        while chunk := response.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                raise UnsafeDelivery(file=shown, found=f"> {largest:,} B", expected=f"{largest:,} B")
            file.write(chunk)
    if response.length:
        raise Unreachable(file=shown, found=Text("Verbindung brach ab", "the connection broke"))
    return path


def _file_name(url: str, response: http.client.HTTPResponse) -> str:
    named = re.search(r'filename="?([^";]+)', response.getheader("Content-Disposition", "") or "")
    name = named.group(1) if named else unquote(urlsplit(url).path).rpartition("/")[2]
    name = re.sub(r"[^\w.\-+ ]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return name[:120] or _UNNAMED


def _without_secrets(url: str) -> str:
    # Query strings carry keys of access; error texts and reports do not.
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
