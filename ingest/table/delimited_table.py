"""Delimited text as a table: the delimiter, the encoding and the row of names are found by looking."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import numpy as np

from ingest.delimited import DELIMITERS, first_lines, invalid, rows, split
from ingest.line import at_line
from ingest.source_file import SourceFile
from ingest.table.heading import LOOKED_AT, heading
from ingest.table.table import AT_ONCE, MOST_COLUMNS, Rows, frame, unique_names
from twin.language import Text

TITLE = Text("Tabelle mit Trennzeichen", "delimited table")

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_TEXT = ("{", "[", "<", "%PDF")
_MANY_COLUMNS = Text(f"bis {MOST_COLUMNS} Spalten", f"up to {MOST_COLUMNS} columns")


def separator(head: bytes) -> str:
    """What separates the values of a text that begins so; empty if it is no table.

    It is the delimiter that most of the first lines hold equally often; of several, that which makes most columns.
    """
    lines = first_lines(_as_utf8(head), LOOKED_AT + 1)
    if not lines or lines[0].lstrip().startswith(_NOT_TEXT):
        return ""
    if len(lines) > 1:
        lines = lines[:-1] if len(head) >= 65_000 else lines
    best, most = "", 0.0
    for delimiter in DELIMITERS:
        widths = Counter(len(split(line, delimiter)) for line in lines)
        width, agreeing = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        if width > 1 and agreeing * 2 >= len(lines) and agreeing * width > most:
            best, most = delimiter, agreeing * width
    return best


class DelimitedTable:
    """A delimited text; the attributes are those of `ingest.table.table.Table`.

    Parameters
    ----------
    source : SourceFile
        The file.

    Raises
    ------
    InvalidDelivery
        If it is no table.
    """

    name, geometry, crs, count = "", "", "", -1

    def __init__(self, source: SourceFile) -> None:
        self._source = cast(SourceFile, _Transcoded(source)) if source.head.startswith(_UTF_16) else source
        self._separator = separator(source.head)
        if not self._separator:
            raise invalid(source, TITLE, at_line(1), Text("Werte mit Trennzeichen", "delimited values"), "–")
        first: list[list[str]] = []
        for _, values in rows(self._source, TITLE, self._separator):
            first.append(values)
            if len(first) == LOOKED_AT:
                break
        self.heading = heading(first)
        names = first[self.heading] if self.heading >= 0 else [""] * max(map(len, first), default=0)
        if len(names) > MOST_COLUMNS:
            raise invalid(source, TITLE, at_line(1), _MANY_COLUMNS, str(len(names)))
        self.columns = unique_names(names)

    def rows(self, most: int = -1) -> Iterator[Rows]:
        """Its rows from the first, at most `most`."""
        width, taken = len(self.columns), 0
        values: list[list[Any]] = []
        numbers: list[int] = []
        broken: dict[int, int] = {}
        for place, (line, cells) in enumerate(rows(self._source, TITLE, self._separator)):
            if place <= self.heading:
                continue
            if len(cells) != width:
                while len(cells) > width and not cells[-1]:
                    cells.pop()
                if len(cells) != width:
                    broken[len(values)] = len(cells)
            values.append((cells + [""] * width)[:width])
            numbers.append(line)
            taken += 1
            if len(values) == AT_ONCE or taken == most:
                yield Rows(frame(values, self.columns), np.array(numbers), None, broken)
                values, numbers, broken = [], [], {}
            if taken == most:
                return
        if values:
            yield Rows(frame(values, self.columns), np.array(numbers), None, broken)


class _Transcoded:
    """A file in UTF-16, as spreadsheets write “Unicode text”, read as UTF-8."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self.name = source.name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        with self._source.open() as stream:
            yield cast(IO[bytes], _Lines(io.TextIOWrapper(cast(Any, stream), "utf-16", errors="replace")))


class _Lines:
    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def readline(self, size: int = -1) -> bytes:
        return self._text.readline(size).encode()


def _as_utf8(head: bytes) -> bytes:
    if head.startswith(_UTF_16):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    return head
