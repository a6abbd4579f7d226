"""Files that lie beside others and belong to them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ingest.source_file import SourceFile

ATTACHED = (
    *(".prj", ".shx", ".shp.xml", ".dbf", ".cpg", ".cst", ".qix", ".qmd", ".qml", ".qpj", ".sbn", ".sbx", ".fix"),
    *(".tfw", ".tifw", ".pgw", ".pngw", ".jgw", ".jpgw", ".jpegw", ".j2w", ".jp2w", ".wld", ".aux.xml", ".ovr"),
    *(".sld", ".gfs", ".xsd", ".meta", ".md5", ".sha256", ".ini", ".db"),
)
"""Endings of files that say more about another one: projection, place, attributes, style, digest."""

DOCUMENTS = (".txt", ".md", ".rtf", ".pdf", ".html", ".htm", ".url", ".jpg", ".jpeg", ".png", ".doc", ".docx")
"""Endings of texts and pictures for people, if no format recognises them."""

COMPANIONS = (*ATTACHED, *DOCUMENTS)
"""Endings of files that lie beside deliveries and are no delivery themselves, if no format recognises them."""


def is_companion(source: SourceFile) -> bool:
    """Whether an unrecognised file may be passed over in silence: it goes with others, or is the file system's own."""
    path = PurePosixPath(source.member or source.path.name)
    if any(part.startswith((".", "__MACOSX", "~")) for part in path.parts):
        return True
    name = path.name.lower()
    return name.endswith(COMPANIONS) or "readme" in name


def attached(files: Iterable[str]) -> set[str]:
    """Those of some paths that belong to another of them, such as ``a/b.shx`` to ``a/b.shp``.

    They are read with it and never on their own: a ``.shx`` begins with the same bytes as its ``.shp``.
    """
    paths = [PurePosixPath(file) for file in files]
    owners = {(path.parent, _stem(path)) for path in paths if not path.name.lower().endswith(ATTACHED)}
    return {
        str(path) for path in paths if path.name.lower().endswith(ATTACHED) and (path.parent, _stem(path)) in owners
    }


def accompanying(files: Iterable[str]) -> set[str]:
    """Those of some paths that are texts or pictures beside another of the same name, such as ``plan.pdf``."""
    paths = [PurePosixPath(file) for file in files]
    owners = {(path.parent, _stem(path)) for path in paths if not path.name.lower().endswith(COMPANIONS)}
    return {
        str(path) for path in paths if path.name.lower().endswith(DOCUMENTS) and (path.parent, _stem(path)) in owners
    }


def _stem(path: PurePosixPath) -> str:
    # dom.tif.aux.xml and dom.tfw both belong to dom.tif.
    return path.name.partition(".")[0]
