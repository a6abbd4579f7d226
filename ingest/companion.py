"""Files that lie beside others and belong to them."""

from __future__ import annotations

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
