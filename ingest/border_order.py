"""Borders before everything else: by them the features of the other deliveries find their municipality."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from ingest.archive import is_archive
from ingest.format import Format
from ingest.source_file import UNREADABLE, SourceFile
from twin.consent import MUNICIPALITIES
from twin.discovery import discover

_SUFFIXES = (".gpkg", ".shp", ".fgb", ".geojson")
"""Endings by which an archive is told that may hold borders, without looking into its files."""


def borders_first(files: Sequence[Path]) -> list[Path]:
    """The files in their order, but those with borders of municipalities before all others.

    Only the formats of borders are asked: the others recognise their files when their turn comes, while the readers are
    at work already.
    """
    formats = [found for found in discover("FORMAT").values() if MUNICIPALITIES in found.layers]
    return sorted(files, key=lambda file: not _holds_borders(file, cast("list[Format]", formats)))


def _holds_borders(file: Path, formats: Sequence[Format]) -> bool:
    if is_archive(file):
        try:
            with zipfile.ZipFile(file) as archive:
                return any(name.lower().endswith(_SUFFIXES) for name in archive.namelist())
        except UNREADABLE:
            return False
    source = SourceFile(file)
    return any(source.suffix in found.suffixes and found.recognise(source) for found in formats)
