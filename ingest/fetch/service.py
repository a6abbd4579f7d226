"""A product that comes from a web feature service: all that lies in the box around each municipality."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.fetch.manifest import Kept, Manifest
from ingest.fetch.portal import Final, Portal
from ingest.fetch.soundness import digest
from ingest.fetch.state import Product, State
from ingest.fetch.transfer import Fate
from ingest.wfs import boxed, fetch
from twin.errors import Unreachable

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Service:
    """Asks a service.

    Attributes
    ----------
    state : State
        Whose portal.
    product : Product
        With a `Product.service`.
    folder : Path
        Where its files are kept.
    portal : Portal
        Who is asked.
    manifest : Manifest
        Where files are remembered.
    base_url : str
        Server that stands in for the state's; empty for the state's own.
    """

    state: State
    product: Product
    folder: Path
    portal: Portal
    manifest: Manifest
    base_url: str = ""

    @property
    def url(self) -> str:
        """Where the service is."""
        service = self.product.service
        return self.base_url + urlsplit(service).path.rpartition("/")[2] if self.base_url else service

    def get(self, areas: Mapping[str, BaseGeometry]) -> Iterator[tuple[Path, Fate, Kept]]:
        """Files of each area, one a feature type.

        A service knows no versions: it is asked anew each time, and what came is compared with what is here.

        Raises
        ------
        twin.errors.DeliveryError
            As `ingest.wfs.fetch`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        before = self.manifest.files(self.state.name, self.product.name)
        for ags, area in areas.items():
            with TemporaryDirectory(prefix=".coming-", dir=self.folder) as place:
                url = boxed(self.url, area.bounds)
                for path in sorted(self._tried(url, Path(place)).iterdir()):
                    yield self._keep(path, self.folder / f"{ags}-{path.name}", url, before)

    def _tried(self, url: str, place: Path) -> Path:
        """Ask until it is all here; what broke off begins anew."""
        attempt = 0
        while True:
            own = place / str(attempt)
            own.mkdir()
            try:
                return fetch(url, own)
            except Unreachable as broken:
                shutil.rmtree(own)
                try:
                    self.portal.wait(url, attempt, None)
                except Final:
                    raise broken from None
            attempt += 1

    def _keep(self, path: Path, final: Path, url: str, before: Mapping[str, Kept]) -> tuple[Path, Fate, Kept]:
        self.portal.count(path.stat().st_size)
        sha256, old = digest(path), before.get(final.name)
        if old is not None and old.sha256 == sha256 and final.is_file() and digest(final) == sha256:
            return final, "kept", old
        found, now = path.stat(), datetime.now(UTC).isoformat(timespec="seconds")
        kept = Kept(
            self.state.name, self.product.name, final.name, url, found.st_size, sha256, "", "", "", now,
            self.product.licence.key, now, found.st_mtime_ns,
        )  # fmt: skip
        self.manifest.keep(kept)
        path.replace(final)
        return final, "changed" if old is not None and old.sha256 != sha256 else "fetched", kept
