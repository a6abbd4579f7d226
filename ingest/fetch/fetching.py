"""Fetches what lies over municipalities: says what that is, gets what is missing, hands it to the ingest job."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import filelock

from ingest.fetch.listing import Listing
from ingest.fetch.manifest import Kept, Manifest
from ingest.fetch.portal import Final, Portal
from ingest.fetch.report import FetchReport, ProductReport, sized
from ingest.fetch.selection import over, select
from ingest.fetch.service import Service
from ingest.fetch.state import Product, State
from ingest.fetch.transfer import PART, Fate, Transfer, Wanted
from ingest.wfs import SIMPLE
from twin.errors import DeliveryError, FetchError, NoRoom, TwinError, Unreachable
from twin.language import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

FOLDER = "fetched"
"""Folder in the home of a twin."""

SIDE_BY_SIDE = 3
"""Files that are fetched at the same time: more is not polite."""

MOST_BYTES = 50 * 10**9
"""Fetched in one call if the user does not say. [B]"""

SPARE = 10**9
"""What is left free on the disk: the ingest needs some too. [B]"""

_GIVEN_UP = 5
"""Files in a row that the portal does not answer for, after which it is left alone."""

_TOO_MUCH = Text(
    "{coming} kämen zusammen, erlaubt sind {most}; mehr erlaubt --max-size",
    "{coming} would come, {most} are allowed; --max-size allows more",
)
_BUSY = Text("ein anderer Abruf läuft schon", "another fetch is running")


class Progress(Protocol):
    """Is told how far it is."""

    def begin(self, files: int, size: int) -> None:
        """So many files of this size are to come."""

    def file_done(self, name: str, received: int) -> None:
        """A file has come, or will not; so many bytes have been received altogether."""


@dataclass
class Fetching:
    """One call.

    Attributes
    ----------
    state : State
        Whose portal.
    products : sequence of Product
        What is wanted.
    areas : mapping of str to shapely geometry
        Municipality key to area, in the store's CRS.
    home : Path
        Folder of the twin.
    base_url : str
        What the products' folders lie below; empty for the state's own.
    most : int
        Bytes that may come. [B]
    thorough : bool
        Whether the checksums of files that are here are looked at.
    portal : Portal
        Who is asked.
    """

    state: State
    products: Sequence[Product]
    areas: Mapping[str, BaseGeometry]
    home: Path
    base_url: str = ""
    most: int = MOST_BYTES
    thorough: bool = False
    portal: Portal = field(default_factory=Portal)

    def __post_init__(self) -> None:
        self.folder = self.home / FOLDER / self.state.name
        self.base_url = self.base_url.rstrip("/") + "/" if self.base_url else self.state.base_url
        self.report = FetchReport(self.state.name, tuple(self.areas), str(self.folder))

    def run(self, progress: Progress, *, dry_run: bool = False) -> dict[Path, Kept]:
        """Fetch what is missing.

        Parameters
        ----------
        progress : Progress
            Who is told how far it is.
        dry_run : bool
            Whether only to say what would come.

        Returns
        -------
        kept : dict of Path to Kept
            Files over the areas that are here and sound, in the order of ingesting, without their companions.
            `report` tells the rest.

        Raises
        ------
        Unreachable
            If the portal does not answer.
        InvalidDelivery
            If its list of files cannot be understood.
        FetchError
            If it is more than `most`, or another fetch runs.
        NoRoom
            If the disk has too little room.
        """
        self.report.dry_run = dry_run
        with self._alone(), Manifest(self.home / FOLDER) as manifest:
            listed = [product for product in self.products if not product.service]
            wanted = self._all_wanted(listed, manifest)
            standings = {one.path: one.standing(manifest, thorough=self.thorough) for one in wanted}
            coming = [one for one in wanted if standings[one.path] != "kept"]
            here = {one.path: one.kept for one in wanted if standings[one.path] == "kept" and one.kept is not None}
            for kept in here.values():
                self._count(kept.product, "kept", kept.size)
            self._announce(coming)
            if not dry_run and coming:
                self._demand_room(coming)
                self.portal.most = self.most
                here |= self._fetch(coming, manifest, progress)
            found = {one.path: here[one.path] for one in wanted if one.path in here and not one.companion}
            for product in self.products:
                if product.service:
                    found |= self._served(product, manifest, dry_run=dry_run)
            self.report.received = self.portal.received
            return found

    def remember(self, deliveries: Mapping[Path, str], kept: Mapping[Path, Kept]) -> None:
        """Note in the manifest by which deliveries files came into the twin."""
        with self._alone(), Manifest(self.home / FOLDER) as manifest:
            for path, delivery_id in deliveries.items():
                if path in kept:
                    manifest.ingested([kept[path]], delivery_id)

    def purge(self) -> None:
        """Remove the files of the products over the areas, or all of them if there are no areas."""
        with self._alone(), Manifest(self.home / FOLDER) as manifest:
            for product in self.products:
                report = self._report(product)
                kept = manifest.files(self.state.name, product.name)
                names = over(product, kept, self.areas) if self.areas else list(kept)
                for name in names:
                    path = self.folder / product.name / name
                    path.unlink(missing_ok=True)
                    path.with_name(name + PART).unlink(missing_ok=True)
                    manifest.forget(kept[name])
                    report.fates["purged"] += 1
                if not self.areas:
                    shutil.rmtree(self.folder / product.name, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two that fetch into the same files would spoil them."""
        place = self.home / FOLDER
        place.mkdir(parents=True, exist_ok=True)
        try:
            with filelock.FileLock(place / ".lock", timeout=1):
                yield
        except filelock.Timeout:
            raise FetchError(portal=self.state.name, problem=_BUSY) from None

    def _report(self, product: Product) -> ProductReport:
        for report in self.report.products:
            if report.name == product.name:
                return report
        self.report.products.append(ProductReport(product.name, product.title))
        return self.report.products[-1]

    def _all_wanted(self, products: Sequence[Product], manifest: Manifest) -> list[Wanted]:
        """Files of all products; one whose list cannot be had does not keep the others from coming."""
        found: list[Wanted] = []
        errors: list[DeliveryError] = []
        for product in products:
            try:
                found += self._wanted(product, manifest)
            except DeliveryError as error:
                if isinstance(error, Unreachable) and not isinstance(error, Final):
                    # Nobody is there: the other lists are not to be had either.
                    raise
                self._report(product).failed[product.indexes[0]] = str(error)
                errors.append(error)
        if errors and len(errors) == len(self.products):
            raise errors[0]
        return found

    def _wanted(self, product: Product, manifest: Manifest) -> list[Wanted]:
        """Files of a product that lie over the areas; those that the portal lists no more are reported."""
        listing = Listing(self.base_url, self.folder / ".lists", self.portal, manifest)
        listed, kept = listing.of(product), manifest.files(self.state.name, product.name)
        report = self._report(product)
        for name in over(product, kept.keys() - listed.keys(), self.areas):
            report.gone.append(name)
            if not kept[name].gone_at:
                manifest.keep(replace(kept[name], gone_at=datetime.now(UTC).isoformat(timespec="seconds")))
        place = self.folder / product.name
        found = []
        for entry in select(product, listed, self.areas):
            found.append(Wanted(self.state, product, entry, place / entry.name, kept.get(entry.name)))
            stem = entry.name.rpartition(".")[0]
            found += [
                Wanted(self.state, product, listed[name], place / name, kept.get(name), companion=True)
                for name in (stem + ending for ending in product.companions)
                if name in listed
            ]
        return found

    def _served(self, product: Product, manifest: Manifest, *, dry_run: bool) -> dict[Path, Kept]:
        """What a service has of the areas."""
        report = self._report(product)
        if dry_run:
            report.coming = len(self.areas) * len(SIMPLE)
            return {}
        base = self.base_url if self.base_url != self.state.base_url else ""
        service = Service(self.state, product, self.folder / product.name, self.portal, manifest, base)
        found: dict[Path, Kept] = {}
        try:
            for path, fate, kept in service.get(self.areas):
                found[path] = kept
                self._count(product.name, fate, kept.size)
        except DeliveryError as error:
            report.failed[service.url] = str(error)
        return found

    def _announce(self, coming: Sequence[Wanted]) -> None:
        for one in coming:
            report = self._report(one.product)
            report.coming += 1
            report.coming_bytes += one.entry.size or 0

    def _demand_room(self, coming: Sequence[Wanted]) -> None:
        size = sum(one.entry.size or 0 for one in coming)
        if size > self.most:
            problem = _TOO_MUCH.filled(coming=sized(size), most=sized(self.most))
            raise FetchError(portal=self.state.name, problem=problem)
        begun = sum(one.part.stat().st_size for one in coming if one.part.is_file())
        free = shutil.disk_usage(self.home).free
        if free < size - begun + SPARE:
            raise NoRoom(path=self.home / FOLDER, found=sized(free), expected=sized(size - begun + SPARE))

    def _fetch(self, coming: Sequence[Wanted], manifest: Manifest, progress: Progress) -> dict[Path, Kept]:
        progress.begin(len(coming), sum(one.entry.size or 0 for one in coming))
        found: dict[Path, Kept] = {}
        pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="fetch")
        try:
            running: dict[Future[tuple[Fate, Kept]], Wanted] = {
                pool.submit(Transfer(one, self.portal, manifest).run): one for one in coming
            }
            silent = 0
            for future in as_completed(running):
                one = running[future]
                try:
                    fate, kept = future.result()
                except NoRoom:
                    raise
                except TwinError as error:
                    self._report(one.product).failed[one.entry.name] = str(error)
                    silent = silent + 1 if isinstance(error, Unreachable) else 0
                    if silent >= _GIVEN_UP and not found:
                        raise
                else:
                    silent = 0
                    found[one.path] = kept
                    self._count(one.product.name, fate, kept.size)
                progress.file_done(one.entry.name, self.portal.received)
                if self.portal.received > self.most:
                    problem = _TOO_MUCH.filled(coming=sized(self.portal.received), most=sized(self.most))
                    raise FetchError(portal=self.state.name, problem=problem)
        except BaseException:
            self.portal.stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return found

    def _count(self, product: str, fate: Fate, size: int) -> None:
        report = self._report(self.state.product(product))
        report.fates[fate] += 1
        report.size += size
