"""What a table is to whoever reads it: named columns, rows by the thousand, shapes beside where it has any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd
from numpy.typing import NDArray

AT_ONCE = 20_000
"""Rows that are handled at once."""

MOST_COLUMNS = 1_000
"""Columns of a table that are read."""

LONGEST_NAME = 200
"""Longest name of a column. [characters]"""


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table.

    Attributes
    ----------
    values : pandas.DataFrame
        One column of objects (text, numbers, dates, None) a column of the table, by its name.
    numbers : ndarray of int, shape (n,)
        For people: line of the text, row of the sheet, number of the feature, from 1.
    shapes : ndarray of shapely geometry or None, shape (n,), or None
        What the vector file draws; None if it is a mere table.
    broken : dict of int to int
        Rows of another width than the names': place in `values` to number of values found.
    """

    values: pd.DataFrame
    numbers: NDArray[Any]
    shapes: NDArray[Any] | None = None
    broken: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)


class Table(Protocol):
    """A table of a file.

    Attributes
    ----------
    name : str
        Name of the sheet or layer; empty where the file has but one table without a name.
    columns : tuple of str
        Names of its columns, each one once.
    geometry : {"", "point", "line", "polygon", "any"}
        What its shapes are; empty if it has none.
    crs : str
        CRS that the file names; empty for none.
    count : int
        Number of rows, -1 if it cannot be told.
    """

    name: str
    columns: tuple[str, ...]
    geometry: str
    crs: str
    count: int

    def rows(self, most: int = -1) -> Iterator[Rows]:
        """Its rows from the first, at most `most`, `AT_ONCE` at a time."""
        ...


def unique_names(names: Sequence[object]) -> tuple[str, ...]:
    """Names of columns, each one once: an empty one is called by its place, a repeated one is numbered."""
    found: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        text = " ".join(str(name if name is not None else "").split())[:LONGEST_NAME] or f"column {place}"
        own, number = text, 2
        while own in seen:
            own, number = f"{text} ({number})", number + 1
        seen.add(own)
        found.append(own)
    return tuple(found)


def frame(rows: Sequence[Sequence[Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Rows of equal width as a frame of objects."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pd.DataFrame(
        {name: pd.Series(list(own), dtype=object) for name, own in zip(columns, values, strict=True)},
        columns=list(columns),
    )
