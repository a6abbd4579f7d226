"""A portal's list of files, fetched again only when it has changed."""

from __future__ import annotations

import hashlib
import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.fetch.index import LARGEST, LIST, Entry, read_index
from ingest.fetch.manifest import Manifest, Validators
from ingest.fetch.portal import PASSING, Final, Portal
from ingest.fetch.state import Product
from ingest.outside.request import Answer, without_secrets
from twin.errors import InvalidDelivery, Unreachable
from twin.language import Text

_ATTEMPTS = 3
_NAMES = Text("Dateinamen", "names of files")
_ABSENT = frozenset({http.client.NOT_FOUND, http.client.GONE, http.client.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Listing:
    """Gets the list of a product's files.

    Attributes
    ----------
    base_url : str
        Of the portal, with a slash at the end.
    folder : Path
        Where lists are kept.
    portal : Portal
        Who is asked.
    manifest : Manifest
        Where it is remembered which version is kept.
    """

    base_url: str
    folder: Path
    portal: Portal
    manifest: Manifest

    def of(self, product: Product) -> dict[str, Entry]:
        """Files of a product, by name.

        Raises
        ------
        Unreachable
            If the portal does not answer, or has a list in none of the product's folders.
        InvalidDelivery
            If what it has is no list.
        UnsafeDelivery
            If the list is too large to be one.
        """
        missing: Unreachable | None = None
        for url in (f"{self.base_url}{place}{name}" for place in product.folders for name in product.indexes):
            try:
                found = {entry.name: entry for entry in read_index(self._content(url, product), url)}
            except _Absent as absent:
                missing = missing or absent
            else:
                self._demand_known(product, found, url)
                return found
        raise missing or Unreachable(file=self.base_url, found="–")

    def _demand_known(self, product: Product, found: Mapping[str, Entry], url: str) -> None:
        """A list of nothing but strange names is one of a portal that has changed, not of one with nothing to give."""
        if not any(re.fullmatch(product.pattern, name) for name in found):
            expected, sample = product.pattern, next(iter(found))
            raise InvalidDelivery(file=url, format=LIST, where=_NAMES, expected=expected, found=sample)

    def _content(self, url: str, product: Product) -> bytes:
        mark = hashlib.sha256(url.encode()).hexdigest()[:10]
        cached, begun = self.folder / f"{product.name}-{mark}", self.manifest.begun(url)
        conditions = begun.conditions if begun is not None and cached.is_file() else {}
        attempt = 0
        while True:
            answer: Answer | None = None
            try:
                with self.portal.asked(url, conditions) as answer:
                    if answer.status == http.client.NOT_MODIFIED and conditions:
                        return cached.read_bytes()
                    if answer.status == http.client.OK:
                        return self._kept(answer, url, cached)
                    if answer.status not in PASSING:
                        kind = _Absent if answer.status in _ABSENT else Final
                        raise kind(file=without_secrets(url), found=f"HTTP {answer.status} {answer.reason}")
            except Final:
                raise
            except Unreachable as broken:
                try:
                    # Without a list there is nothing yet that would be worth much patience.
                    self.portal.wait(url, attempt, None, _ATTEMPTS)
                except Final:
                    raise broken from None
            else:
                self.portal.wait(url, attempt, answer)
            attempt += 1

    def _kept(self, answer: Answer, url: str, cached: Path) -> bytes:
        content = answer.body(LARGEST)
        self.portal.count(len(content))
        # Only a list that can be read is kept: the next call must not be told that a damaged one has not changed.
        read_index(content, url)
        cached.parent.mkdir(parents=True, exist_ok=True)
        self.manifest.drop(url)
        coming = cached.with_name(cached.name + ".new")
        coming.write_bytes(content)
        coming.replace(cached)
        self.manifest.begin(url, Validators(answer.header("ETag"), answer.header("Last-Modified")))
        return content


class _Absent(Final):
    """The portal has nothing there."""
