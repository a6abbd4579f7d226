"""Files that lie among deliveries and are none: indexes, registers, readings, lone companions, documents."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from ingest.column_names import plain
from ingest.delimited import delimiter, first_lines, split
from ingest.source_file import SourceFile
from twin.errors import NoDelivery
from twin.language import Text
from twin.reference import reference_path

_LOOKED_AT = 4_000
_FILES = 50


def bystander(name: str, *sources: SourceFile) -> NoDelivery | None:
    """Why what no format recognises is no delivery; None if that cannot be told.

    Parameters
    ----------
    name : str
        What the error calls it.
    *sources : SourceFile
        The file, or the files of an archive: their heads and the endings of their names are looked at, against
        ``data/bystanders.json``. Of several the first entry that fits any decides: a series of readings says more than
        the texts beside it.
    """
    fits = [found for source in sources[:_FILES] if (found := _entry(source)) is not None]
    if not fits:
        return None
    entry = _declared()[min(fits)]
    return NoDelivery(file=name, found=Text(**entry["title"]), advice=Text(**entry["advice"]))


def _entry(source: SourceFile) -> int | None:
    head = source.head
    text = head[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    own = PurePosixPath(source.member or source.path.name).name.lower()
    lines = first_lines(head, 1)
    columns = {plain(column) for column in split(lines[0], delimiter(lines[0]))} if lines else set()
    for number, entry in enumerate(_declared()):
        if (
            any(columns.issuperset(names) for names in entry.get("columns", ()))
            or any(re.search(pattern, text) for pattern in entry.get("text", ()))
            or any(head.startswith(bytes.fromhex(magic)) for magic in entry.get("bytes", ()))
            or any(own.endswith(ending) for ending in entry.get("endings", ()))
        ):
            return number
    return None


@cache
def _declared() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(reference_path("bystanders.json").read_text("utf-8"))["bystanders"]
    return found
