"""Spreadsheets (XLSX, XLS, ODS) as tables, one a sheet; what would not fit into memory is refused unopened."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import python_calamine
from lxml import etree

from ingest.damage import in_words
from ingest.source_file import UNREADABLE, SourceFile
from ingest.table.heading import LOOKED_AT, heading
from ingest.table.table import AT_ONCE, MOST_COLUMNS, Rows, frame, unique_names
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

TITLE = Text("Tabellenkalkulation", "spreadsheet")

MOST_CELLS = 6_000_000
"""Cells of a sheet that are read, empty ones within its bounds included; more should come as CSV."""

LARGEST = 400 << 20
"""Largest unpacked size of all its parts. [B]"""

LARGEST_OLD = 64 << 20
"""Largest file in the old binary format. [B]"""

RATIO = 300
"""How many times its packed size a part may become; honest sheets reach 30 : 1."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_XLSX = b"xl/"
_FREE = 16 << 20
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\b[^<>]{0,200}?\sr="([A-Z]{0,3})(\d{1,7})"')
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ERRORS = (python_calamine.CalamineError, *UNREADABLE, ValueError, etree.XMLSyntaxError)
_WHOLE = Text("eine lesbare Tabellenkalkulation ohne Kennwort", "a readable spreadsheet without a password")
_OVERLAP = 4096


def is_spreadsheet(source: SourceFile) -> bool:
    """Whether the first bytes are those of a spreadsheet."""
    head = source.head
    if head.startswith(_OLE):
        return b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k" in head or source.suffix == ".xls"
    if not head.startswith(b"PK\x03\x04"):
        return False
    return head[30:].startswith(_ODS) or _is_xlsx(head)


def _is_xlsx(head: bytes) -> bool:
    # Parts come in any order; the first ones tell, whichever program wrote them.
    return b"[Content_Types].xml" in head[:4096] and (_XLSX in head or b"xl\\" in head)


@contextmanager
def sheets(source: SourceFile) -> Iterator[list[SheetTable]]:
    """The sheets that hold a table.

    Raises
    ------
    UnsafeDelivery
        If it is far larger than an honest one.
    InvalidDelivery
        If it is damaged or locked.
    """
    try:
        with source.on_disk() as path:
            _check(path, source.name)
            with python_calamine.CalamineWorkbook.from_path(str(path)) as workbook:
                yield [
                    SheetTable(workbook, found.name)
                    for found in workbook.sheets_metadata
                    if found.typ == python_calamine.SheetTypeEnum.WorkSheet
                ]
    except _ERRORS as damage:
        raise InvalidDelivery(
            file=source.name, format=TITLE, where="–", expected=_WHOLE, found=in_words(damage)
        ) from None


class SheetTable:
    """A sheet; the attributes are those of `ingest.table.table.Table`."""

    geometry, crs = "", ""

    def __init__(self, workbook: Any, name: str) -> None:
        self.name = name
        self._sheet = workbook.get_sheet_by_name(name)
        first: list[list[Any]] = []
        for row in self._sheet.iter_rows():
            first.append(row[: MOST_COLUMNS + 1])
            if len(first) == LOOKED_AT:
                break
        self.heading = heading(first)
        names = first[self.heading] if self.heading >= 0 else [""] * max(map(len, first), default=0)
        while names and (names[-1] is None or not str(names[-1]).strip()):
            names = names[:-1]
        self.columns = unique_names(names[:MOST_COLUMNS])
        self.count = max(0, int(self._sheet.height) - self.heading - 1)

    def rows(self, most: int = -1) -> Iterator[Rows]:
        """Its rows from the first, at most `most`; blank ones are left out."""
        width, taken = len(self.columns), 0
        start = int(self._sheet.start[0]) + 1 if self._sheet.start else 1
        values: list[list[Any]] = []
        numbers: list[int] = []
        for place, row in enumerate(self._sheet.iter_rows()):
            if place <= self.heading or not any(cell not in ("", None) for cell in row):
                continue
            values.append([None if cell == "" else cell for cell in (row + [None] * width)[:width]])
            numbers.append(start + place)
            taken += 1
            if len(values) == AT_ONCE or taken == most:
                yield Rows(frame(values, self.columns), np.array(numbers))
                values, numbers = [], []
            if taken == most:
                return
        if values:
            yield Rows(frame(values, self.columns), np.array(numbers))


def _check(path: Path, name: str) -> None:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    if not packed:
        if path.stat().st_size > LARGEST_OLD:
            raise UnsafeDelivery(file=name, found=f"{path.stat().st_size:,} B", expected=f"{LARGEST_OLD:,} B")
        return
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        total = sum(entry.file_size for entry in entries)
        if total > LARGEST:
            raise UnsafeDelivery(file=name, found=f"{total:,} B", expected=f"{LARGEST:,} B")
        for entry in entries:
            if entry.file_size > max(_FREE, RATIO * entry.compress_size):
                found = f"{entry.file_size // max(entry.compress_size, 1)} : 1"
                raise UnsafeDelivery(file=name, found=found, expected=f"{RATIO} : 1")
        for entry in entries:
            if re.search(r"worksheets[/\\][^/\\]+\.xml$", entry.filename):
                _check_cells(_corner(archive, entry), name)
            elif entry.filename == "content.xml":
                _check_cells(_spread(archive, entry), name)


def _check_cells(cells: int, name: str) -> None:
    if cells > MOST_CELLS:
        found = Text(f"ein Blatt mit {cells:,} Zellen", f"a sheet of {cells:,} cells")
        raise UnsafeDelivery(file=name, found=found, expected=f"{MOST_CELLS:,} (CSV)")


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    left = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(1 << 20):
            yield left + chunk
            left = chunk[-_OVERLAP:]


def _corner(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Cells within the bounds of an XLSX sheet: two cells far apart make readers reserve all between them."""
    columns, rows = 1, 1
    for chunk in _chunks(archive, entry):
        for letters, digits in set(_CELL.findall(chunk)):
            rows = max(rows, int(digits))
            place = 0
            for letter in letters:
                place = place * 26 + letter - 64
            columns = max(columns, place)
    return columns * rows


def _spread(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Cells within the bounds of the largest ODS sheet: one filled cell may be repeated over rows and columns."""
    largest = rows = blank = widest = 0
    with archive.open(entry) as stream:
        events = etree.iterparse(
            stream, ("end",), tag=(f"{_TABLE}table-row", f"{_TABLE}table"), resolve_entities=False, no_network=True
        )
        for _, element in events:
            if element.tag == f"{_TABLE}table":
                largest = max(largest, rows * widest)
                rows = blank = widest = 0
            else:
                width, repeated = _width(element), _times(element, "rows")
                if width:
                    rows, blank, widest = rows + blank + repeated, 0, max(widest, width)
                else:
                    blank += repeated
            element.clear()
    return largest


def _width(row: Any) -> int:
    """Place of the last filled cell of a row."""
    place = filled = 0
    for cell in row:
        place += _times(cell, "columns")
        if cell.get(f"{_OFFICE}value-type") or len(cell):
            filled = place
    return filled


def _times(element: Any, what: str) -> int:
    number = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(number) if number.isdecimal() and len(number) < 10 else 1
