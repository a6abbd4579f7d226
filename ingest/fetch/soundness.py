"""Whether what has come is what was wanted."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from pathlib import Path

from ingest.archive import Limits
from ingest.fetch.index import Entry
from ingest.fetch.state import Product
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text
from twin.number import grouped

_CHUNK = 1 << 20
_SIZE, _DIGEST, _BEGIN = Text("Größe", "size"), Text("Prüfsumme", "checksum"), Text("Anfang", "beginning")
_CRC = Text("Prüfsumme im Archiv", "checksum in the archive")
_WHOLE = Text("ein ganzes Zip-Archiv", "a whole zip archive")
_AS_LISTED = Text("{size} B laut Dateiliste", "{size} B by the list of files")


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def demand_sound(path: Path, product: Product, entry: Entry, sha256: str, *, companion: bool = False) -> None:
    """Raise unless a file is whole, by its size and its checksum, and begins as files of the product do.

    A `companion` may begin as it likes.

    Raises
    ------
    InvalidDelivery
        If it is not.
    UnsafeDelivery
        If it is an archive that grows out of bounds.
    """
    size = path.stat().st_size
    if entry.size is not None and size != entry.size:
        raise _unsound(product, entry, _SIZE, _AS_LISTED.filled(size=grouped(entry.size)), f"{grouped(size)} B")
    if entry.sha256 and sha256 != entry.sha256:
        raise _unsound(product, entry, _DIGEST, entry.sha256[:16] + "…", sha256[:16] + "…")
    with path.open("rb") as file:
        head = file.read(64)
    if product.begins and not companion and not head.startswith(product.begins):
        raise _unsound(product, entry, _BEGIN, repr(product.begins[0])[2:-1], repr(head[:16])[2:-1])
    if head.startswith(b"PK\x03\x04"):
        _demand_sound_archive(path, product, entry)


def _demand_sound_archive(path: Path, product: Product, entry: Entry) -> None:
    """Every file of an archive by its checksum; they are unpacked for that, and thrown away."""
    limits = Limits()
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(member.file_size for member in archive.infolist())
            if total > limits.total or len(archive.infolist()) > limits.entries:
                raise UnsafeDelivery(file=entry.name, found=f"{total:,} B", expected=f"{limits.total:,} B")
            for member in archive.infolist():
                with archive.open(member) as stream:
                    while stream.read(_CHUNK):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as damaged:
        raise _unsound(product, entry, _CRC, _WHOLE, str(damaged)[:200]) from None


def _unsound(product: Product, entry: Entry, where: Text, expected: Text | str, found: Text | str) -> InvalidDelivery:
    return InvalidDelivery(file=entry.name, format=product.title, where=where, expected=expected, found=found)
