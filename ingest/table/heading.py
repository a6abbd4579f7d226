"""Where the names of a table's columns stand: not always in the first row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

LOOKED_AT = 20
"""Rows from the top in which names are looked for."""

_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*")


def heading(rows: Sequence[Sequence[Any]]) -> int:
    """Place of the row of names among the first rows of a table; -1 if there is none.

    Above it there may be titles, which fill fewer cells. Names are words, differ from each other, and below them
    something is no word; a table of words alone has its names in the first row.
    """
    rows = rows[:LOOKED_AT]
    filled = [sum(not _is_empty(cell) for cell in row) for row in rows]
    widest = max(filled, default=0)
    for place, row in enumerate(rows):
        if filled[place] * 3 < widest * 2:
            continue
        cells = [cell for cell in row if not _is_empty(cell)]
        words = sum(_is_word(cell) for cell in cells)
        different = len({str(cell).strip().lower() for cell in cells})
        if words == len(cells) and different * 10 >= len(cells) * 9:
            return place
        # A row of values: if the names are not above it, there are none.
        if words * 4 < len(cells) * 3 or place:
            return _years_as_names(row, rows[place + 1 :], place)
    return 0 if rows and _all_words(rows[0]) else -1


def _years_as_names(row: Sequence[Any], below: Sequence[Sequence[Any]], place: int) -> int:
    """`300_1`, `2023`: numbers may be names where the first one is a word and the first values below are none."""
    cells = [cell for cell in row if not _is_empty(cell)]
    if not cells or not below or not isinstance(cells[0], str) or not _is_word(cells[0]):
        return -1
    first_below = next((cell for cell in below[0] if not _is_empty(cell)), "")
    different = len({str(cell) for cell in cells}) == len(cells)
    return place if different and not _is_word(first_below) else -1


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_word(cell: Any) -> bool:
    return isinstance(cell, str) and not _NUMBER.fullmatch(cell.strip())


def _all_words(row: Sequence[Any]) -> bool:
    return all(_is_word(cell) for cell in row if not _is_empty(cell))
