"""Station archives of the DWD's Climate Data Center, fetched when they have changed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.damage import in_words
from ingest.polling.peer import GONE, Fetched, Peer
from ingest.polling.words import Words
from ingest.source import Catch, Option, Setting
from ingest.source_file import UNREADABLE
from twin.errors import DeliveryError, FeedError, InvalidDelivery, UnsafeDelivery
from twin.language import Text
from twin.reference import reference_path

LARGEST, LARGEST_MEMBER = 64 << 20, 512 << 20
"""Most bytes of an archive, and of a file within. Ten years of ten minutes are about 8 MB and 30 MB. [B]"""

_MOST = 500
_LISTING = 16 << 20
_MEMBER = re.compile(r"(?:produkt|Metadaten)_[\w.-]{1,120}\.txt")
_PLACE = re.compile(r"Metadaten_Geographie_\d{1,6}\.txt")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ZIP = Text("ein Zip-Archiv des DWD", "a zip archive of the DWD")
_NO_STATION = Text("stations: erwartet Stationsnummern wie 15000.", "stations: expected numbers such as 15000.")


@dataclass(frozen=True, slots=True)
class _Archive:
    """An archive: where it is, and where what describes its station is, if that is not within."""

    url: str
    meta: str


class DwdArchives:
    """A gatherer; see `ingest.source.Gatherer`.

    An archive is asked for with the validators of the last time (ETag, Last-Modified): one that has not changed is not
    sent again. Archives of ten-minute values do not say where their station is; the archive that does is put together
    with them, so that their sensors have a place.

    Parameters
    ----------
    setting : Setting
        Options of ``ingest.sources.dwd``.
    declared : tuple of Option
        What there is.

    Raises
    ------
    FeedError
        If an option makes no sense.
    """

    def __init__(self, setting: Setting, declared: tuple[Option, ...]) -> None:
        self._setting = setting
        words = Words(setting.feed.name, declared, setting.feed.options)
        self._root = words.text("url").rstrip("/")
        self._peer = Peer(setting.feed.name, self._root, timeout=words.number("timeout", 1, 7200))
        self._stations = [one.zfill(5) for one in words.several("stations")]
        if not self._stations or not all(re.fullmatch(r"\d{5}", one) for one in self._stations):
            raise FeedError(feed=setting.feed.name, problem=_NO_STATION)
        self._resolution = "".join(words.known("resolution", _declared()["archives"])[:1]) or "10_minutes"
        self._parameters = words.known("parameters", _declared()["archives"][self._resolution])
        self._periods = words.known("periods", _declared()["periods"])
        kept = setting.cursor.get("archives")
        self._seen: dict[str, dict[str, str]] = dict(kept) if isinstance(kept, dict) else {}

    def gather(self) -> Iterator[Catch]:
        """Archives that have changed, one after the other; those that are not there are passed over."""
        problems: list[DeliveryError] = []
        for archive in self._archives(problems):
            try:
                found = self._fetched(archive)
            except DeliveryError as problem:
                if problem.fields.get("status") not in GONE:
                    problems.append(problem)
                continue
            if found is not None:
                yield found
        if problems:
            raise problems[0]

    def close(self) -> None:
        """Nothing is held between two polls."""

    def _archives(self, problems: list[DeliveryError]) -> Iterator[_Archive]:
        for parameter in self._parameters:
            entry = _declared()["archives"][self._resolution][parameter]
            folder = f"{self._root}/{self._resolution}/{parameter}"
            for period in self._periods:
                names: dict[str, list[str]] = {}
                if period == "historical":
                    try:
                        names = self._listed(f"{folder}/{period}/", entry["prefix"])
                    except DeliveryError as problem:
                        problems.append(problem)
                        continue
                for station in self._stations:
                    meta = (
                        f"{folder}/meta_data/Meta_Daten_zehn_min_{entry['meta']}_{station}.zip"
                        if "meta" in entry
                        else ""
                    )
                    plain = [f"{entry['prefix']}_{station}{_declared()['periods'][period]}"]
                    for name in names.get(station, []) if period == "historical" else plain:
                        yield _Archive(f"{folder}/{period}/{name}", meta)

    def _listed(self, url: str, prefix: str) -> dict[str, list[str]]:
        """Names of the archives of each station: those of the past have their years in them."""
        page = self._peer.body(url, _LISTING).decode("latin-1")
        found: dict[str, list[str]] = {}
        for name, station in re.findall(rf'href="({re.escape(prefix)}_(\d{{5}})_\d{{8}}_\d{{8}}_hist\.zip)"', page)[
            :100_000
        ]:
            if station in self._stations and len(found.setdefault(station, [])) < _MOST:
                found[station].append(name)
        return found

    def _fetched(self, archive: _Archive) -> Catch | None:
        path = self._setting.folder / PurePosixPath(archive.url).name
        known = self._seen.get(archive.url, {})
        validators: dict[str, str] = {name: known[name] for name in ("etag", "modified") if name in known}
        answer: Fetched = self._peer.fetch(archive.url, path, LARGEST, validators)
        if not answer.changed:
            return None
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        entry = {**answer.validators, "sha256": digest}
        if digest == known.get("sha256"):
            self._seen[archive.url] = entry
            path.unlink()
            return None
        if archive.meta:
            self._describe(path, archive.meta)
        moved = {**self._seen, archive.url: entry}

        def landed() -> None:
            self._seen = moved

        return Catch(path, cursor={"archives": moved}, landed=landed)

    def _describe(self, path: Path, url: str) -> None:
        """Put what describes the station into an archive that does not say it."""
        try:
            with zipfile.ZipFile(path) as product:
                if any(_PLACE.fullmatch(PurePosixPath(name).name) for name in product.namelist()):
                    return
            beside = path.with_name(PurePosixPath(url).name)
            try:
                self._peer.fetch(url, beside, LARGEST)
            except DeliveryError as problem:
                if problem.fields.get("status") in GONE:
                    return
                raise
            whole = path.with_name(path.name + ".whole")
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
                for source in (path, beside):
                    _copy(source, target)
            whole.replace(path)
            beside.unlink()
        except UNREADABLE as damage:
            shown = PurePosixPath(url).name
            raise InvalidDelivery(
                file=shown, format="Zip", where="–", expected=_ZIP, found=in_words(damage)
            ) from damage


def _copy(source: Path, target: zipfile.ZipFile) -> None:
    """Copy the texts of an archive; the same texts give the same bytes."""
    with zipfile.ZipFile(source) as archive:
        for entry in sorted(archive.infolist(), key=lambda one: one.filename)[:_MOST]:
            name = PurePosixPath(entry.filename).name
            if not _MEMBER.fullmatch(name) or name in target.namelist():
                continue
            if entry.file_size > LARGEST_MEMBER:
                raise UnsafeDelivery(file=source.name, found=f"{entry.file_size:,} B", expected=f"{LARGEST_MEMBER:,} B")
            # Reading stops at the size that the archive states.
            with archive.open(entry) as content, target.open(zipfile.ZipInfo(name, _EPOCH), "w") as copy:
                shutil.copyfileobj(content, copy, 1 << 20)


@cache
def _declared() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path("sensor/dwd_archives.json").read_text("utf-8"))
    return found
