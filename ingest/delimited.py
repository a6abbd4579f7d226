"""Delimited text (CSV) as authorities write it: any common delimiter, UTF-8 or Latin-1, with or without a BOM."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import IO

from ingest.damage import WHOLE, in_words
from ingest.line import at_line
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery
from twin.language import Text

DELIMITERS = ";\t,|"

_LONGEST = 1 << 20
"""Longest line that is read. [B]"""

_WIDEST = 1 << 16
"""Longest value that is read. [characters]"""

_BOM = b"\xef\xbb\xbf"
_SHORT_LINE = Text(f"Zeilen bis {_LONGEST:,} Zeichen", f"lines of up to {_LONGEST:,} characters")
_LONG_LINE = Text("eine längere", "a longer one")
_VALUES = Text("Werte mit Trennzeichen", "delimited values")


def decoded(line: bytes) -> str:
    """A line as text: UTF-8, or Latin-1 (as Windows extends it) where it is none."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def first_lines(head: bytes, count: int) -> list[str]:
    """The first whole lines of a file's head that are neither blank nor comments (``#``); none if it is binary."""
    if b"\x00" in head:
        return []
    found: list[str] = []
    start = len(_BOM) if head.startswith(_BOM) else 0
    while len(found) < count and start < len(head):
        end = head.find(b"\n", start)
        end = len(head) if end < 0 else end
        line = head[start : min(end, start + _LONGEST)].strip()
        start = end + 1
        if line and not line.startswith(b"#"):
            found.append(decoded(line))
    return found


def delimiter(line: str) -> str:
    """What separates the values of a line of names."""
    return max(DELIMITERS, key=line.count)


def split(line: str, separator: str) -> list[str]:
    """Values of one line; empty where its quotes are not closed or a value is too long."""
    try:
        return [value.strip() for value in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []


def rows(source: SourceFile, title: Text | str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the line that each row ends in, and its values; blank lines and comments (``#``) are left out.

    Raises
    ------
    InvalidDelivery
        If a line or value is far longer than any honest one, or the file is damaged.
    """
    number = 0
    try:
        with source.open() as stream:
            reader = csv.reader(_lines(stream, source, title), delimiter=separator)
            for values in reader:
                number = reader.line_num
                if values and any(value.strip() for value in values):
                    if any(len(value) > _WIDEST for value in values):
                        raise csv.Error("field larger than field limit")
                    yield number, [value.strip() for value in values]
    except csv.Error as error:
        raise invalid(source, title, at_line(number + 1), _VALUES, in_words(error)) from None
    except UNREADABLE as error:
        raise invalid(source, title, at_line(number + 1), WHOLE, in_words(error)) from None


def _lines(stream: IO[bytes], source: SourceFile, title: Text | str) -> Iterator[str]:
    number = 0
    while line := stream.readline(_LONGEST + 1):
        number += 1
        if len(line) > _LONGEST:
            raise invalid(source, title, at_line(number), _SHORT_LINE, _LONG_LINE)
        if number == 1:
            line = line.removeprefix(_BOM)
        # A comment still counts as a line.
        yield "\n" if line.startswith(b"#") else decoded(line)


def invalid(
    source: SourceFile, title: Text | str, where: Text | str, expected: Text | str, found: Text | str
) -> InvalidDelivery:
    """The error for a file that is not what it seems."""
    return InvalidDelivery(file=source.name, format=title, where=where, expected=expected, found=found)


def number(text: str) -> float:
    """The number that a cell holds, with decimal point or comma; NaN if it holds none."""
    text = text.strip()
    if "," in text:
        # 1.234,5 is German; 1,234.5 is not read, for 1,234 could be either.
        text = text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else "nan"
    if "_" in text:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        return float("nan")
