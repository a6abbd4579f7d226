"""Text of three numbers a line: told apart from other text, and parsed in chunks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from twin.language import Text

CHUNK = 16 << 20
"""Bytes that are parsed at once."""

_NUMBER = rb"[+-]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:[eE][+-]?\d+)?|[+-]?[nN][aA][nN]"
_TRIPLE = re.compile(rb"\s*(?:%b)(?:\s+(?:%b)){2}\s*" % (_NUMBER, _NUMBER))
_LETTER = re.compile(rb"[A-Za-z]")
_LONGEST_HEADER = 200
_SHARE = 0.9  # of the first lines have to be points: a stray line is told, and does not hide the format
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the numbers stand in the text.

    Attributes
    ----------
    separator : bytes
        One of blank (blanks and tabs), semicolon, comma.
    decimal_comma : bool
        Whether the decimal mark is a comma; never together with the comma as separator.
    header : bool
        Whether the first line holds names.
    """

    separator: bytes
    decimal_comma: bool
    header: bool

    def plain(self, text: bytes) -> bytes:
        """The text with blanks between the numbers and points as decimal marks, line by line as before."""
        if self.separator != b" ":
            text = text.replace(self.separator, b" ")
        if self.decimal_comma:
            text = text.replace(b",", b".")
        text = text.replace(b"\r", b"").replace(b"\t", b" ")
        if b"  " in text or b" \n" in text or b"\n " in text or text[:1] == b" ":
            text = re.sub(rb" *\n *", b"\n", re.sub(rb" {2,}", b" ", text)).strip(b" ")
        return text


def dialect(head: bytes) -> Dialect | None:
    """How the numbers of a text stand; None if its lines are not three numbers each.

    Parameters
    ----------
    head : bytes
        First bytes of the file; its last line counts only if it ends.
    """
    lines = head.removeprefix(_MARK).replace(b"\r\n", b"\n").split(b"\n")
    lines = [line for line in (lines[:-1] if len(head) > 1 and lines[-1] else lines) if line.strip()][:200]
    if len(lines) < 2:
        return None
    numbers = any(_TRIPLE.fullmatch(kind.plain(lines[0])) for kind in _kinds(header=False))
    header = not numbers and len(lines[0]) < _LONGEST_HEADER and bool(_LETTER.search(lines[0]))
    body = lines[1:] if header else lines
    for kind in _kinds(header):
        if sum(bool(_TRIPLE.fullmatch(kind.plain(line))) for line in body) >= max(1, _SHARE * len(body)):
            return kind
    return None


def _kinds(header: bool) -> Iterator[Dialect]:
    # Beside blanks or semicolons a comma is decimal ("1,5 2,5 3,5"), alone it separates ("1,2,3").
    for separator, decimal_comma in ((b" ", False), (b";", False), (b",", False), (b" ", True), (b";", True)):
        yield Dialect(separator, decimal_comma, header)


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one chunk.

    Attributes
    ----------
    xyz : array of float64, shape (n, 3)
        Easting, northing, height; height NaN where there is none. [m]
    lines : array of int64, shape (n,)
        Line of the file that each stands in, from 1.
    bad : tuple of (int, str)
        Lines that are not three numbers, and what is wrong there.
    """

    xyz: NDArray[np.float64]
    lines: NDArray[np.int64]
    bad: tuple[tuple[int, str], ...]


def parse(stream: IO[bytes], kind: Dialect) -> Iterator[Points]:
    """Points of a text, chunk by chunk.

    Parameters
    ----------
    stream : binary stream
        The text from its start.
    kind : Dialect
        How the numbers stand.
    """
    line, rest, first = 1, b"", True
    while block := stream.read(CHUNK):
        end = block.rfind(b"\n") + 1
        if not end:
            rest += block
            if len(rest) > CHUNK:
                yield Points(
                    np.empty((0, 3)),
                    np.empty(0, np.int64),
                    ((line, str(Text("Zeile länger als 16 MB", "line longer than 16 MB"))),),
                )
                return
            continue
        text, rest = rest + block[:end], block[end:]
        yield _chunk(text, kind, line, skip=first and kind.header)
        line, first = line + text.count(b"\n"), False
    if rest.strip():
        yield _chunk(rest + b"\n", kind, line, skip=first and kind.header)


def _chunk(text: bytes, kind: Dialect, line: int, *, skip: bool) -> Points:
    if line == 1:
        text = text.removeprefix(_MARK)
    if skip:
        text = text[text.index(b"\n") + 1 :]
        line += 1
    text = kind.plain(text)
    xyz = _fast(text)
    if xyz is None:
        return _slow(text, line)
    if len(xyz) == text.count(b"\n"):
        return Points(xyz, np.arange(line, line + len(xyz)), ())
    filled = [number for number, content in enumerate(text.split(b"\n"), line) if content]
    return Points(xyz, np.array(filled, np.int64), ())


def _fast(text: bytes) -> NDArray[np.float64] | None:
    """All points of a faultless chunk; None if a line of it needs a closer look."""
    if not text.isascii():
        return None  # the engine would print its own trouble with such a line
    faults: list[object] = []

    def note(row: object) -> str:
        faults.append(row)
        return "skip"

    names = ["x", "y", "z"]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
            parse_options=pyarrow.csv.ParseOptions(delimiter=" ", quote_char=False, invalid_row_handler=note),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.float64()), null_values=["nan", "NaN", "NAN"]
            ),
        )
    except pa.ArrowInvalid:
        return None
    if faults:
        return None
    xyz: NDArray[np.float64] = np.column_stack([table.column(name).to_numpy() for name in names])
    return xyz if np.isfinite(xyz[:, :2]).all() else None


def _reason(content: bytes) -> Text:
    found = repr(content[:60].decode("latin-1"))
    return Text(f"erwartet drei Zahlen, gefunden {found}", f"expected three numbers, found {found}")


def _slow(text: bytes, line: int) -> Points:
    points: list[list[float]] = []
    lines: list[int] = []
    bad: list[tuple[int, str]] = []
    for number, content in enumerate(text.split(b"\n"), line):
        if not content:
            continue
        values = [float(found) for found in content.split(b" ")] if _TRIPLE.fullmatch(content) else [np.nan]
        if np.isfinite(values[:2]).all():
            points.append(values)
            lines.append(number)
        else:
            bad.append((number, str(_reason(content))))
    return Points(np.array(points, np.float64).reshape(-1, 3), np.array(lines, np.int64), tuple(bad))
