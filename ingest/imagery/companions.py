"""Files that lie beside a picture and say where it lies: world files, ``.prj``, ``.aux.xml``."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from lxml import etree

from ingest.source_file import UNREADABLE, SourceFile

WORLD = (".tfw", ".tifw", ".jgw", ".jpgw", ".jpegw", ".pgw", ".pngw", ".j2w", ".jp2w", ".wld")
"""Endings of world files: origin and size of the pixels, but no CRS."""

_PLAN = (".gml", ".xml")
_LARGEST = 1 << 20


def has_world(source: SourceFile) -> bool:
    """Whether a world file lies beside."""
    return any(ending in WORLD for ending in _beside(source))


def belongs_to_plan(source: SourceFile) -> bool:
    """Whether the picture is a scan that goes with a plan: it shares a zip archive with a GML, or a name."""
    if not source.member:
        return any(ending in _PLAN for ending in _beside(source))
    return any(name.lower().endswith(".gml") for name in _members(source.path))


def named_crs(path: Path) -> str:
    """What ``.prj`` or ``.aux.xml`` beside a picture name as its CRS, as WKT; empty if nothing."""
    for candidate in (path.with_suffix(".prj"), path.with_suffix(".PRJ")):
        text = _text(candidate).decode("utf-8-sig", "replace").strip()
        if text:
            return text
    for candidate in (path.with_name(path.name + ".aux.xml"), path.with_suffix(".aux.xml")):
        text = _srs(_text(candidate))
        if text:
            return text
    return ""


def _srs(document: bytes) -> str:
    """The element ``SRS`` of GDAL's auxiliary file."""
    if not document or b"<!DOCTYPE" in document:
        return ""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return ""
    return (root.findtext("SRS") or "").strip()


def _text(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError:
        return b""


def _beside(source: SourceFile) -> list[str]:
    """Endings, lower case, of the files that share folder and name with `source`."""
    own = PurePosixPath(source.member) if source.member else PurePosixPath(source.path.name)
    try:
        if source.member:
            found = [PurePosixPath(name) for name in _members(source.path)]
            names = [name.name for name in found if name.parent == own.parent]
        else:
            names = [source.path.stem + ending for ending in (*WORLD, *_PLAN) if _exists(source.path, ending)]
    except UNREADABLE:
        return []
    return [name[len(own.stem) :].lower() for name in names if name.startswith(own.stem + ".")]


def _exists(path: Path, ending: str) -> bool:
    return path.with_suffix(ending).is_file() or path.with_suffix(ending.upper()).is_file()


def _members(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()
