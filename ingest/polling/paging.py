"""Pages of a SensorThings service: links to the next are followed on its own origin, and never in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from ingest.outside.request import without_secrets
from ingest.polling.peer import Peer
from ingest.sensor.document import objects
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

MOST = 20_000
"""Pages of one question; more than a year of readings a second has in pages of 1 000 is read in the next polls."""

_VERSION = re.compile(r"^.*?/v\d+(?:\.\d+)?(?=/)")
_SAFE = "%/:=&?~#+!$,;'@()*[]"
_VALUE = Text("eine Liste „value“", "a list “value”")
_CIRCLE = Text("ein Verweis (nextLink), der schon einmal kam", "a link (nextLink) that came before")
_ONWARD = Text("ein Verweis auf die nächste Seite", "a link to the next page")
_ELSEWHERE = Text("ein Verweis auf einen anderen Dienst", "a link to another service")


class Paging:
    """Pages of one service.

    Parameters
    ----------
    peer : Peer
        Who is asked.
    root : str
        The service's root, with its version and without a slash at its end.
    """

    def __init__(self, peer: Peer, root: str) -> None:
        self._peer, self.root = peer, root

    def entities(self, url: str) -> Iterator[list[dict[str, Any]]]:
        """Entities of all pages from `url` on, page by page.

        Raises
        ------
        TwinError
            As of `Peer.json`; or if links lead in a circle, or away.
        """
        seen: set[str] = set()
        for _ in range(MOST):
            if url in seen:
                raise self._wrong(url, _ONWARD, _CIRCLE)
            seen.add(url)
            page = self._peer.json(url)
            if not isinstance(page, dict) or not isinstance(page.get("value"), list):
                raise self._wrong(url, _VALUE, Text("–", "–"))
            yield objects(page["value"])
            link = page.get("@iot.nextLink")
            if not isinstance(link, str) or not link:
                return
            url = self.onward(url, link)
        raise UnsafeDelivery(file=without_secrets(url), found=f"> {MOST:,} nextLink", expected=f"{MOST:,}")

    def nested(self, entity: dict[str, Any], name: str) -> list[dict[str, Any]]:
        """Entities that one is expanded by, those of further pages too."""
        found = objects(entity.get(name))
        link = entity.get(f"{name}@iot.nextLink")
        if isinstance(link, str) and link:
            for page in self.entities(self.onward(self.root, link)):
                found += page
        return found

    def onward(self, url: str, link: str) -> str:
        """Where a link leads: to the service that was asked, also if that takes itself for another host.

        Behind a gateway many services write links to the name that they have inside. The way behind the version is
        asked of the service that is known; whatever else lies elsewhere is refused.

        Raises
        ------
        UnsafeDelivery
            If it leads away.
        """
        try:
            whole = urljoin(url, quote(link, safe=_SAFE))
            parts, own = urlsplit(whole), urlsplit(self.root)
            if (parts.scheme.lower(), parts.netloc.lower()) == (own.scheme.lower(), own.netloc.lower()):
                return whole
            behind = _VERSION.sub("", parts.path)
        except ValueError:
            behind, parts, own = "", urlsplit(""), urlsplit("")
        if not behind or behind == parts.path:
            raise UnsafeDelivery(file=without_secrets(self.root), found=_ELSEWHERE, expected=without_secrets(self.root))
        return urlunsplit((own.scheme, own.netloc, own.path + behind, parts.query, ""))

    @staticmethod
    def _wrong(url: str, expected: Text, found: Text) -> InvalidDelivery:
        return InvalidDelivery(
            file=without_secrets(url), format="SensorThings", where="@iot.nextLink", expected=expected, found=found
        )
