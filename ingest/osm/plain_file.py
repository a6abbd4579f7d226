"""A file that osmium may be let loose on: unpacked within limits, and neither a bomb nor a document type in it."""

from __future__ import annotations

import bz2
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ingest.damage import in_words
from ingest.gml.prologue import prologue
from ingest.osm.blob import check
from ingest.source_file import HEAD_SIZE, UNREADABLE, SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

if TYPE_CHECKING:
    import osmium

TITLE = "OpenStreetMap"

_MOMENT = re.compile(rb"\b(?:osm_base|timestamp)=[\"'](\d{4}-\d{2}-\d{2}T?[\d:]{0,8}Z?)[\"']")
_UTF8_SAID = re.compile(rb"encoding\s*=\s*[\"'](?:utf-8|us-ascii)[\"']")
_DECLARATION = 200
_TAIL = 4096
_REMARK = re.compile(rb"<remark>[^<]*\berror\b")
_BZ2 = b"BZh"
_PBF = b"OSMHeader"
_ROOT = "osm"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0", b"\0\0")
_BZ2_RATIO, _FREE = 100, 256 << 20
"""How many times its packed size a bzip2 file may become (OSM XML packs about 15 : 1), and from which size on. [B]"""

_UTF8 = Text("UTF-8 ohne Dokumenttyp", "UTF-8 without a document type")
_DOCTYPE = Text("Dokumenttyp (DOCTYPE) oder andere Zeichenkodierung", "a document type (DOCTYPE) or another encoding")
_OSM = Text("OSM-XML oder OSM-PBF", "OSM XML or OSM PBF")
_ANSWER = Text("eine vollständige Antwort", "a complete answer")
_BROKEN = Text("eine abgebrochene Anfrage an Overpass", "a query to Overpass that was broken off")
_OTHER = Text("etwas anderes", "something else")


@dataclass(frozen=True, slots=True)
class Plain:
    """A file to hand to osmium.

    Attributes
    ----------
    file : osmium.io.File
        The file, its encoding told.
    version : str
        What it is in.
    moment : str
        ISO 8601 moment of the content, if the document's beginning tells one that osmium does not look at.
    """

    file: osmium.io.File
    version: str
    moment: str = ""


def content(head: bytes) -> str:
    """``pbf`` or ``xml`` by the first bytes, bzip2 taken off; empty if it is neither."""
    return _kind(_unpacked_head(head))


def _unpacked_head(head: bytes) -> bytes:
    if not head.startswith(_BZ2):
        return head
    try:
        return bz2.BZ2Decompressor().decompress(head, HEAD_SIZE)
    except (OSError, ValueError):
        return b""


def _kind(head: bytes) -> str:
    # A PBF file begins with the length of the first blob's header, whose first field is its type.
    if head[4:6] == b"\x0a\x09" and head[6:15] == _PBF:
        return "pbf"
    if head.startswith(_WIDE):
        return ""
    return "xml" if b"<" in head[:64] and prologue(head).root == _ROOT and _after_root(head) else ""


def _after_root(head: bytes) -> bool:
    """Whether the root is OSM's own, which has no namespace but a version."""
    found = prologue(head)
    return "version" in found.attributes and "xmlns=" not in found.attributes


@contextmanager
def plain(source: SourceFile) -> Iterator[Plain]:
    """The file as osmium can read it, for as long as the context lasts.

    Raises
    ------
    UnsafeDelivery
        If it unpacks to more than is honest, or declares a document type.
    InvalidDelivery
        If it is no OpenStreetMap file.
    """
    import osmium  # noqa: PLC0415 – whoever only wants to know what a file is does not need it

    head = _unpacked_head(source.head)
    kind = _kind(head)
    if not kind:
        raise InvalidDelivery(file=source.name, format=TITLE, where="–", expected=_OSM, found=_OTHER)
    if kind == "xml":
        _no_document_type(head, source.name)
    with tempfile.TemporaryDirectory(prefix="twin-osm-") as folder:
        path = _unpacked(source, Path(folder) / f"plain.osm.{kind}")
        if kind == "pbf":
            check(path, source.name)
        elif _broken_off(path):
            raise InvalidDelivery(file=source.name, format=TITLE, where="remark", expected=_ANSWER, found=_BROKEN)
        moment = _MOMENT.search(head) if kind == "xml" else None
        version = "OSM PBF" if kind == "pbf" else "OSM XML 0.6"
        yield Plain(osmium.io.File(str(path), kind), version, moment[1].decode() if moment else "")


def _unpacked(source: SourceFile, target: Path) -> Path:
    packed = source.head.startswith(_BZ2)
    if not packed and not source.member and not _gzipped(source.path):
        return source.path
    with source.open() as stream, target.open("wb") as copy:
        if packed:
            _bunzip(stream, copy, source)
        else:
            shutil.copyfileobj(stream, copy, 1 << 20)
    return target


def _broken_off(path: Path) -> bool:
    """Whether Overpass says at the end that it ran out of time or memory: what it had by then looks whole."""
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - _TAIL, 0))
        return _REMARK.search(stream.read()) is not None


def _gzipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _bunzip(stream: IO[bytes], copy: IO[bytes], source: SourceFile) -> None:
    limit = max(_FREE, _BZ2_RATIO * source.size)
    written = 0
    try:
        with bz2.open(stream) as unpacked:
            while chunk := unpacked.read(1 << 20):
                written += len(chunk)
                if written > limit:
                    raise UnsafeDelivery(file=source.name, found=f"bzip2 > {limit:,} B", expected=f"{_BZ2_RATIO} : 1")
                copy.write(chunk)
    except UNREADABLE as damage:
        raise InvalidDelivery(
            file=source.name, format=TITLE, where="–", expected=_OSM, found=in_words(damage)
        ) from damage


def _no_document_type(head: bytes, name: str) -> None:
    """Refuse what XML's entities need. It can stand before the root only, and `_kind` saw the root in the head."""
    declaration = head[:_DECLARATION].lower().partition(b"?>")[0]
    foreign = b"encoding" in declaration and not _UTF8_SAID.search(declaration)
    if prologue(head).doctype or foreign:
        raise UnsafeDelivery(file=name, found=_DOCTYPE, expected=_UTF8)
