"""Zip archives: what is in them, once it is certain that unpacking does no harm."""

from __future__ import annotations

import shutil
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from ingest.damage import in_words
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_ENCRYPTED = 0x1

_FORMAT = Text("Zip-Archiv", "zip archive")
_WHOLE = Text("ein lesbares Zip-Archiv", "a readable zip archive")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold.

    Attributes
    ----------
    entries : int
        Files, those of archives within it included.
    total : int
        Unpacked size of all of them. A district's terrain as XYZ text takes about 40 GB. [B]
    ratio : int
        How many times its packed size a file may become; deflate's utmost is 1032 : 1.
    free : int
        Unpacked size below which the ratio does not count. [B]
    nesting : int
        How deep an archive may lie within another.
    """

    entries: int = 100_000
    total: int = 256 << 30
    ratio: int = 200
    free: int = 64 << 20
    nesting: int = 1


def is_archive(path: Path) -> bool:
    """Whether the first bytes are those of a zip archive."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) in _SIGNATURES
    except OSError:
        return False


def members(path: Path, folder: Path, limits: Limits | None = None) -> list[SourceFile]:
    """Files of the archive at `path`, sorted by name; nothing but archives within it is unpacked.

    Parameters
    ----------
    path : Path
        The archive.
    folder : Path
        Where archives that lie within it are put; it has to live as long as the files are read.
    limits : Limits, optional
        Those of the class where left out.

    Raises
    ------
    UnsafeDelivery
        If it breaks a limit, is encrypted, or holds links or names that lead out of it.
    InvalidDelivery
        If it is damaged.
    """
    return _Inventory(limits or Limits(), folder, path.name).files(path, 0)


class _Inventory:
    """Counts over an archive and those within it."""

    def __init__(self, limits: Limits, folder: Path, name: str) -> None:
        self.limits = limits
        self.folder = folder
        self.name = name
        self.entries = 0
        self.total = 0

    def files(self, path: Path, depth: int) -> list[SourceFile]:
        try:
            with zipfile.ZipFile(path) as archive:
                entries = [entry for entry in archive.infolist() if not entry.is_dir()]
                self._check(entries, path.stat().st_size)
                found: list[SourceFile] = []
                for entry in sorted(entries, key=lambda entry: entry.filename):
                    if entry.filename.lower().endswith(".zip"):
                        found += self._nested(archive, entry, depth + 1)
                    else:
                        found.append(SourceFile(path, entry.filename))
                return found
        except UNREADABLE as damage:
            where = path.name if depth == 0 else f"{self.name}/{path.name}"
            raise InvalidDelivery(
                file=self.name, format=_FORMAT, where=where, expected=_WHOLE, found=in_words(damage)
            ) from damage

    def _check(self, entries: list[zipfile.ZipInfo], packed_size: int) -> None:
        self.entries += len(entries)
        self.total += sum(entry.file_size for entry in entries)
        if self.entries > self.limits.entries:
            self._refuse(Text(f"{self.entries} Dateien", f"{self.entries} files"), self.limits.entries)
        if self.total > self.limits.total:
            self._refuse(Text(f"entpackt {self.total:,} B", f"{self.total:,} B unpacked"), f"{self.limits.total:,} B")
        if sum(entry.compress_size for entry in entries) > packed_size:
            # Entries that share bytes: a few kilobytes that unpack to terabytes.
            self._refuse(Text("überlappende Einträge", "overlapping entries"), 0)
        if len({entry.filename for entry in entries}) < len(entries):
            self._refuse(Text("doppelte Namen", "duplicate names"), 0)
        for entry in entries:
            self._check_entry(entry)

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if name.startswith(("/", "\\")) or ".." in parts or PureWindowsPath(name).drive or "\x00" in name:
            self._refuse(
                Text("Pfad, der aus dem Archiv führt", "a path that leads out of the archive"), Text("keiner", "none")
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            self._refuse(Text("eine Verknüpfung", "a link"), Text("keine", "none"))
        if entry.flag_bits & _ENCRYPTED:
            self._refuse(Text("verschlüsselt", "encrypted"), Text("unverschlüsselt", "not encrypted"))
        if entry.compress_type not in _METHODS:
            raise InvalidDelivery(
                file=self.name,
                format=_FORMAT,
                where=name,
                expected="store, deflate, bzip2, lzma",
                found=Text(f"Kompression {entry.compress_type}", f"compression {entry.compress_type}"),
            )
        if entry.file_size > max(self.limits.free, self.limits.ratio * entry.compress_size):
            found = f"{entry.file_size // max(entry.compress_size, 1)} : 1"
            self._refuse(found, f"{self.limits.ratio} : 1")

    def _nested(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> list[SourceFile]:
        if depth > self.limits.nesting:
            found = Text("Archiv im Archiv im Archiv", "an archive in an archive in an archive")
            self._refuse(found, Text("eine Stufe", "one level"))
        # A folder of its own: archives of the same name may lie in several folders.
        target = self.folder / f"{self.entries}-{len(list(self.folder.iterdir()))}" / PurePosixPath(entry.filename).name
        target.parent.mkdir(parents=True)
        with archive.open(entry) as packed, target.open("wb") as copy:
            shutil.copyfileobj(packed, copy, 1 << 20)
        return self.files(target, depth)

    def _refuse(self, found: object, allowed: object) -> None:
        raise UnsafeDelivery(file=self.name, found=found, expected=allowed)
