"""JSON as services answer it: every list of objects in it is a table, what is nested in a row gets dotted names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ingest.delimited import invalid
from ingest.sensor.document import document
from ingest.source_file import SourceFile
from ingest.table.table import AT_ONCE, LONGEST_NAME, MOST_COLUMNS, Rows, frame
from twin.language import Text

TITLE = Text("JSON-Tabelle", "JSON table")

LARGEST = 64 << 20
"""Larger files are none: a document is read whole. [B]"""

MOST_TABLES, DEEPEST = 20, 4
"""Lists that are looked at, and how deep they or the values of a row may stand."""

_BEGINS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:\[\s*\{|\{)")
_LISTS = Text("eine Liste von Objekten", "a list of objects")


def is_json(source: SourceFile) -> bool:
    """Whether it begins like an object or a list of them, and is not too large to be read whole."""
    return _BEGINS.match(source.head) is not None and source.size <= LARGEST


def lists(source: SourceFile) -> list[JsonTable]:
    """The lists of objects in a document.

    Raises
    ------
    InvalidDelivery
        If it is no JSON, or holds none.
    UnsafeDelivery
        If it is too large.
    """
    found = list(_found(document(source, TITLE), "", 0))[:MOST_TABLES]
    if not found:
        raise invalid(source, str(TITLE), "–", _LISTS, "–")
    return [JsonTable(name, rows) for name, rows in found]


class JsonTable:
    """A list of objects; the attributes are those of `ingest.table.table.Table`."""

    geometry, crs = "", ""

    def __init__(self, name: str, objects: list[dict[str, Any]]) -> None:
        self.name = name
        self.count = len(objects)
        self._rows = [dict(_flat(one, "", 0)) for one in objects]
        names = dict.fromkeys(name for row in self._rows for name in row)
        self.columns = tuple(names)[:MOST_COLUMNS]

    def rows(self, most: int = -1) -> Iterator[Rows]:
        """Its rows from the first, at most `most`."""
        end = self.count if most < 0 else min(most, self.count)
        for start in range(0, end, AT_ONCE):
            part = self._rows[start : min(start + AT_ONCE, end)]
            values = frame([[row.get(name) for name in self.columns] for row in part], self.columns)
            yield Rows(values, np.arange(start + 1, start + 1 + len(part)))


def _found(value: Any, name: str, depth: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if isinstance(value, list):
        objects = [one for one in value if isinstance(one, dict)]
        if objects and len(objects) == len(value):
            yield name, objects
    elif isinstance(value, dict) and depth < DEEPEST:
        for key, inner in value.items():
            yield from _found(inner, f"{name}.{key}"[:LONGEST_NAME] if name else str(key)[:LONGEST_NAME], depth + 1)


def _flat(value: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Values of an object by their dotted names; lists and what lies too deep are left out."""
    for key, inner in value.items():
        name = " ".join(f"{before}{key}".split())[:LONGEST_NAME]
        if isinstance(inner, dict):
            if depth < DEEPEST:
                yield from _flat(inner, f"{name}.", depth + 1)
        elif not isinstance(inner, list):
            yield name, inner.encode("utf-8", "replace").decode() if isinstance(inner, str) else inner
