"""Whoever is polled by HTTP: replies within limits, secrets for the asked host only, and what went wrong in words."""

from __future__ import annotations

import base64
import http.client
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.outside.address import allowed
from ingest.outside.request import Answer, Patience, ask, without_secrets
from ingest.recognition import looks_like
from ingest.sensor.document import LARGEST
from twin.errors import FeedError, InvalidDelivery, Unreachable, UnsafeDelivery
from twin.language import Text

GONE = (http.client.NOT_FOUND, http.client.GONE)

_JSON = Text("ein JSON-Dokument", "a JSON document")
_ENCODED = Text("gzip-Daten", "gzip data")
_NO_URL = Text("erwartet eine Adresse mit http:// oder https://.", "expected a URL with http:// or https://.")
_CLEAR = Text(
    "ein Geheimnis geht nur über https, oder an in TWIN_ALLOW_HOSTS genannte Rechner.",
    "a secret goes by https only, or to hosts that TWIN_ALLOW_HOSTS lists.",
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched, or has not changed.

    Attributes
    ----------
    changed : bool
        Whether there is a file; else what is known is still so.
    validators : dict of str to str
        ETag and Last-Modified, for the next time.
    """

    changed: bool
    validators: dict[str, str] = field(default_factory=dict)


class Peer:
    """The other side of a feed.

    Parameters
    ----------
    feed : str
        Name of the feed, for errors.
    url : str
        Where the service is.
    user, secret : str
        Basic authentication with a user, bearer token without one; nothing without a secret.
    timeout : float
        How long one request may take. [s]

    Raises
    ------
    FeedError
        If the URL is none, or the secret would go in clear.
    """

    def __init__(self, feed: str, url: str, *, user: str = "", secret: str = "", timeout: float = 120.0) -> None:
        try:
            parts = urlsplit(url)
            host, scheme = parts.hostname or "", parts.scheme.lower()
        except ValueError:
            host = scheme = ""
        if scheme not in ("http", "https") or not host or "@" in parts.netloc:
            raise FeedError(feed=feed, problem=_NO_URL)
        if secret and scheme != "https" and not allowed(host):
            raise FeedError(feed=feed, problem=_CLEAR)
        self.origin = (scheme, parts.netloc.lower())
        self._private = _authorization(user, secret)
        self._patience = Patience(idle=min(60.0, timeout), total=timeout)

    def json(self, url: str, largest: int = LARGEST) -> Any:
        """A JSON document; numbers that are none (``NaN``) are None.

        Raises
        ------
        Unreachable
            If it cannot be had; field ``status`` is there if an HTTP status is why.
        InvalidDelivery, UnsafeDelivery
            If it is no JSON, or too large.
        """
        body = self.body(url, largest, {"Accept": "application/json, */*;q=0.1"})
        try:
            return json.loads(body.decode("utf-8-sig"), parse_constant=lambda word: None)
        except (ValueError, RecursionError):
            shown = without_secrets(url)
            raise InvalidDelivery(
                file=shown, format="JSON", where="–", expected=_JSON, found=looks_like(body[:2000])
            ) from None

    def body(self, url: str, largest: int, headers: Mapping[str, str] | None = None) -> bytes:
        """A whole body; errors as of `json`."""
        with self._asked(url, headers or {}) as answer:
            _demand(answer, url, http.client.OK)
            return b"".join(_plain(answer, url, largest))

    def fetch(self, url: str, path: Path, largest: int, validators: Mapping[str, str] | None = None) -> Fetched:
        """Write a body into a file, unless it is as it was when it had these validators; errors as of `json`."""
        known = validators or {}
        conditions = {"If-None-Match": known.get("etag", ""), "If-Modified-Since": known.get("modified", "")}
        with self._asked(url, {name: value for name, value in conditions.items() if value}) as answer:
            if known and answer.status == http.client.NOT_MODIFIED:
                return Fetched(False, dict(known))
            _demand(answer, url, http.client.OK)
            draft = path.with_name(path.name + ".part")
            with draft.open("wb") as file:
                for chunk in _plain(answer, url, largest):
                    file.write(chunk)
            draft.replace(path)
            found = {"etag": answer.header("ETag"), "modified": answer.header("Last-Modified")}
            return Fetched(True, {name: value[:200] for name, value in found.items() if value})

    def _asked(self, url: str, headers: Mapping[str, str]) -> Any:
        parts = urlsplit(url)
        own = (parts.scheme.lower(), parts.netloc.lower()) == self.origin
        return ask(url, headers=headers, private=self._private if own else None, patience=self._patience)


def _authorization(user: str, secret: str) -> dict[str, str]:
    if not secret:
        return {}
    if user:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}
    return {"Authorization": f"Bearer {secret}"}


def _demand(answer: Answer, url: str, status: int) -> None:
    if answer.status != status:
        reason = "".join(letter for letter in answer.reason[:80] if letter.isprintable())
        shown = without_secrets(url)
        raise Unreachable(file=shown, found=f"HTTP {answer.status} {reason}".strip(), status=answer.status)


def _plain(answer: Answer, url: str, largest: int) -> Iterator[bytes]:
    """The body as it was before it was packed: some servers pack whatever they are asked for."""
    encoding = answer.header("Content-Encoding").strip().lower()
    if encoding in ("", "identity"):
        yield from answer.chunks(largest)
        return
    shown = without_secrets(url)
    if encoding not in ("gzip", "x-gzip"):
        raise InvalidDelivery(file=shown, format="HTTP", where="Content-Encoding", expected="gzip", found=encoding[:40])
    unpacking, left = zlib.decompressobj(31), largest
    try:
        for chunk in answer.chunks(largest):
            plain = unpacking.decompress(chunk, left + 1)
            left -= len(plain)
            if left < 0:
                raise UnsafeDelivery(file=shown, found=f"> {largest:,} B", expected=f"{largest:,} B")
            yield plain
    except zlib.error:
        raise InvalidDelivery(file=shown, format="HTTP", where="–", expected=_ENCODED, found="–") from None
    if not unpacking.eof:
        raise InvalidDelivery(file=shown, format="HTTP", where="–", expected=_ENCODED, found="–")
