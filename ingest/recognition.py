"""Which format a file is in, told by its content; and what it looks like if in none."""

from __future__ import annotations

from typing import cast

from ingest.companion import is_companion
from ingest.format import Format
from ingest.gml.prologue import prologue
from ingest.source_file import SourceFile
from twin.discovery import discover, find
from twin.errors import UnknownFormat
from twin.language import Text

__all__ = ["chosen", "is_companion", "looks_like", "recognise", "unknown"]

_MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"PK", Text("Zip-Archiv oder Office-Dokument", "zip archive or office document")),
    (b"%PDF", Text("PDF", "PDF")),
    (b"\x89PNG", Text("PNG-Bild", "PNG picture")),
    (b"\xff\xd8\xff", Text("JPEG-Bild", "JPEG picture")),
    (b"II*\x00", Text("TIFF ohne Georeferenz", "TIFF without georeference")),
    (b"MM\x00*", Text("TIFF ohne Georeferenz", "TIFF without georeference")),
    (b"SQLite format 3", Text("SQLite-Datenbank", "SQLite database")),
    (b"LASF", Text("LAS-Punktwolke", "LAS point cloud")),
    (b"7z\xbc\xaf", Text("7z-Archiv", "7z archive")),
    (b"Rar!", Text("RAR-Archiv", "RAR archive")),
    (b"PAR1", Text("Parquet", "Parquet")),
    (b"\x7fELF", Text("Programm", "program")),
    (b"MZ", Text("Programm", "program")),
)
_LISTED = Text("was 'twin formats' nennt", "what 'twin formats' lists")


def recognise(source: SourceFile) -> Format | None:
    """Format of `source` by its first bytes; None if it is in none that we know."""
    for found in discover("FORMAT").values():
        if found.recognise(source):
            return cast(Format, found)
    return None


def chosen(name: str) -> Format:
    """Format called `name`.

    Raises
    ------
    twin.errors.UnknownName
        If there is none.
    """
    return cast(Format, find("FORMAT", name))


def unknown(name: str, head: bytes) -> UnknownFormat:
    """The error for a file of that name and first bytes."""
    return UnknownFormat(file=name, found=looks_like(head), expected=_LISTED)


def looks_like(head: bytes) -> Text:
    """What `head` looks like; never any of its content but the name of an XML root element."""
    if not head:
        return Text("leer oder nicht lesbar", "empty or not readable")
    magic = next((title for magic, title in _MAGIC if head.startswith(magic)), None)
    return magic or _text(head)


def _text(head: bytes) -> Text:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:200].lower().startswith((b"<!doctype html", b"<html")):
        return Text("eine HTML-Seite", "an HTML page")
    if text.startswith(b"<"):
        return _xml(text)
    if text.startswith((b"{", b"[")):
        return Text("JSON", "JSON")
    binary = any(byte < 9 for byte in head)
    return Text("Binärdaten", "binary data") if binary else Text("Text", "text")


def _xml(text: bytes) -> Text:
    name = prologue(text).root[:60]
    if not name:
        return Text("XML ohne Wurzelelement", "XML without a root element")
    return Text(f"XML mit Wurzel „{name}“", f"XML with root “{name}”")
