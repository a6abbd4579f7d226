"""JSON documents of services, read whole, within limits; what stands where it should not is nothing."""

from __future__ import annotations

import json
from typing import Any

from ingest.damage import in_words
from ingest.delimited import invalid
from ingest.line import at_line
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import UnsafeDelivery
from twin.language import Text

LARGEST = 64 << 20
"""Size of a document that is parsed; a page of 100 000 readings takes about 40 MB. [B]"""

_DOCUMENT = Text("ein JSON-Dokument", "a JSON document")


def document(source: SourceFile, title: Text) -> Any:
    """The document; numbers that are none (``NaN``) are None.

    Raises
    ------
    InvalidDelivery
        If it is no JSON.
    UnsafeDelivery
        If it is larger than `LARGEST`.
    """
    try:
        with source.open() as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UnsafeDelivery(file=source.name, found=f"JSON > {LARGEST >> 20} MB", expected=f"{LARGEST >> 20} MB")
        return json.loads(data.decode("utf-8-sig"), parse_constant=lambda word: None)
    except (ValueError, RecursionError, *UNREADABLE) as damage:
        where = at_line(damage.lineno, damage.colno) if isinstance(damage, json.JSONDecodeError) else "–"
        raise invalid(source, title, where, _DOCUMENT, in_words(damage)) from None


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list; of one object, itself."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def word(value: object) -> str:
    """A text or a number as text; empty for anything else."""
    if isinstance(value, str):
        # Half a surrogate pair, as JSON may hold it, is nothing that can be stored.
        return " ".join(value.encode("utf-8", "replace").decode("utf-8").split())
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number(value: object) -> float | None:
    """A number, or the text of one; None for anything else and what is not finite."""
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and abs(found) < 1e18 else None
