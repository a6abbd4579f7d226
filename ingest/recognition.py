"""Which format a file is in, told by its content; and what it looks like if in none."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import cast

from ingest.format import Format
from ingest.source_file import SourceFile
from twin.discovery import discover, find
from twin.errors import UnknownFormat
from twin.language import Text

COMPANIONS = (
    *(".prj", ".shx", ".shp.xml", ".dbf", ".cpg", ".cst", ".qix", ".qmd", ".qml", ".qpj", ".sbn", ".sbx"),
    *(
        ".sld",
        ".fix",
        ".tfw",
        ".tifw",
        ".pgw",
        ".jgw",
        ".wld",
        ".aux.xml",
        ".ovr",
        ".gfs",
        ".xsd",
        ".meta",
        ".md5",
        ".sha256",
        ".ini",
        ".db",
    ),
    *(".txt", ".md", ".rtf", ".pdf", ".html", ".htm", ".url", ".jpg", ".jpeg", ".png", ".doc", ".docx"),
)
"""Endings of files that lie beside deliveries and are no delivery themselves, if no format recognises them."""

_MAGIC: tuple[tuple[bytes, Text], ...] = (
    (b"PK", Text("Zip-Archiv oder Office-Dokument", "zip archive or office document")),
    (b"%PDF", Text("PDF", "PDF")),
    (b"\x89PNG", Text("PNG-Bild", "PNG picture")),
    (b"\xff\xd8\xff", Text("JPEG-Bild", "JPEG picture")),
    (b"II*\x00", Text("TIFF ohne Georeferenz oder ohne ein Höhenband", "TIFF without georeference or height band")),
    (b"MM\x00*", Text("TIFF ohne Georeferenz oder ohne ein Höhenband", "TIFF without georeference or height band")),
    (b"SQLite format 3", Text("SQLite-Datenbank", "SQLite database")),
    (b"LASF", Text("LAS-Punktwolke", "LAS point cloud")),
    (b"7z\xbc\xaf", Text("7z-Archiv", "7z archive")),
    (b"Rar!", Text("RAR-Archiv", "RAR archive")),
    (b"PAR1", Text("Parquet", "Parquet")),
    (b"\x7fELF", Text("Programm", "program")),
    (b"MZ", Text("Programm", "program")),
)
_ROOT = re.compile(rb"<\s*([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")


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


def is_companion(source: SourceFile) -> bool:
    """Whether an unrecognised file may be passed over in silence: it goes with others, or is the file system's own."""
    path = PurePosixPath(source.member or source.path.name)
    if any(part.startswith((".", "__MACOSX", "~")) for part in path.parts):
        return True
    name = path.name.lower()
    return name.endswith(COMPANIONS) or "readme" in name


def unknown(name: str, head: bytes) -> UnknownFormat:
    """The error for a file of that name and first bytes."""
    expected = ", ".join(str(found.title) for found in discover("FORMAT").values()) or "–"
    return UnknownFormat(file=name, found=looks_like(head), expected=expected)


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
    without = re.sub(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>", b"", text, flags=re.DOTALL)
    root = _ROOT.search(without)
    if root is None:
        return Text("XML ohne Wurzelelement", "XML without a root element")
    name = root.group(2).decode("ascii", "replace")[:60]
    return Text(f"XML mit Wurzel „{name}“", f"XML with root “{name}”")
