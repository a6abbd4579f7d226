"""Files that are read with another one of their folder, and are no delivery of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from ingest.format import Format
from ingest.source_file import SourceFile
from twin.discovery import discover


def read_together(files: Sequence[Path]) -> set[Path]:
    """Those of `files` that a recognised file beside them is read with, such as ``trips.txt`` with ``stops.txt``."""
    found: set[Path] = set()
    for format_ in cast("list[Format]", [one for one in discover("FORMAT").values() if one.beside]):
        for folder in {file.parent for file in files if file.name in format_.beside}:
            here = [file for file in files if file.parent == folder]
            leaders = [file for file in here if file.name not in format_.beside and file.suffix in format_.suffixes]
            if any(format_.recognise(SourceFile(leader)) for leader in leaders):
                found.update(file for file in here if file.name in format_.beside)
    return found
