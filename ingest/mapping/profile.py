"""What stands in a column, told from a sample."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ingest.column_names import plain, unit
from ingest.mapping import cell
from ingest.table.table import Rows

LOOKED_AT = 2_000
"""Rows of a table that a proposal looks at."""

MOST_VALUES = 200
"""Different values of a column that are kept."""

_COMMA = r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+"
_DOT = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+"
_GROUPED = r"[-+]?\d{1,3}(?:[.,]\d{3})+"
_AMERICAN = r"\d{1,2}/(?:1[3-9]|2\d|3[01])/\d{4}.*"
_GLOBAL = re.compile(
    r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?|DE[A-Z0-9]{14,}.*|.*[A-Za-z]+.*\d{6,}.*"
)


@dataclass(frozen=True)
class Profile:
    """A column of a table.

    Attributes
    ----------
    name : str
        As the table writes it.
    cells : pandas.Series of object
        The sample.
    texts : ndarray of str or None
        The same as text.
    decimal : {",", "."}
        What the table's numbers suggest.
    """

    name: str
    cells: pd.Series
    texts: NDArray[np.object_]
    decimal: str = ","

    @property
    def plain(self) -> str:
        """The name in small letters and digits alone."""
        return plain(self.name)

    @property
    def unit(self) -> str:
        """Unit of length that the name ends in; empty for none."""
        return unit(self.name)

    @cached_property
    def filled(self) -> float:
        """Share of the rows that say something. [1]"""
        return float(np.mean([one is not None for one in self.texts])) if len(self.texts) else 0.0

    @cached_property
    def known(self) -> list[str]:
        """What is said, in the order of the rows."""
        return [str(one) for one in self.texts if one is not None]

    @cached_property
    def distinct(self) -> dict[str, int]:
        """Different values with their counts, the commonest first, at most `MOST_VALUES`."""
        counts = pd.Series(self.known, dtype=object).value_counts()
        return {str(value): int(count) for value, count in counts.head(MOST_VALUES).items()}

    @cached_property
    def words(self) -> list[str]:
        """Those of `distinct` that are words of more than three letters."""
        return [value for value in self.distinct if len(value) > 3 and not value[0].isdigit()]

    @cached_property
    def unique(self) -> float:
        """Number of different values by the number of values. [1]"""
        return len(set(self.known)) / len(self.known) if self.known else 0.0

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers among the values."""
        found: NDArray[np.float64] = self.values[np.isfinite(self.values)]
        return found

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """One number a row, NaN where there is none."""
        return cell.number(self.cells, self.decimal)[0]

    @cached_property
    def numeric(self) -> float:
        """Share of the values that are numbers. [1]"""
        return len(self.numbers) / len(self.known) if self.known else 0.0

    @cached_property
    def whole(self) -> bool:
        """Whether all numbers are whole."""
        return bool(len(self.numbers)) and bool(np.all(self.numbers == np.round(self.numbers)))

    @cached_property
    def years(self) -> float:
        """Share of the values that are years or hold one. [1]"""
        values, _ = cell.year(self.cells)
        return float(np.isfinite(values).sum()) / len(self.known) if self.known else 0.0

    @cached_property
    def dates(self) -> float:
        """Share of the values that are dates; numbers that could be a spreadsheet's do not count. [1]"""
        if not self.known or (self.numeric > 0.9 and not all(len(one) == 8 for one in self.known[:50])):
            return 0.0
        values, _ = cell.day(self.cells)
        return sum(value is not None for value in values) / len(self.known)

    @cached_property
    def yes(self) -> float:
        """Share of the values that mean yes or no. [1]"""
        values, _ = cell.yes(self.cells)
        return sum(value is not None for value in values) / len(self.known) if self.known else 0.0

    @property
    def is_global(self) -> bool:
        """Whether the values are identifiers that nobody else gives, such as UUIDs, rather than counted numbers."""
        return bool(self.known) and all(_GLOBAL.fullmatch(one) for one in self.known[:50])


@dataclass(frozen=True)
class Sample:
    """The first rows of a table and what stands in its columns.

    Attributes
    ----------
    rows : Rows
        They.
    profiles : dict of str to Profile
        By the column's name.
    decimal : {",", "."}
        Decimal sign of its numbers.
    dates : {"dmy", "mdy"}
        Order of its dates.
    """

    rows: Rows
    profiles: dict[str, Profile] = field(default_factory=dict)
    decimal: str = ","
    dates: str = "dmy"


def sample(rows: Rows) -> Sample:
    """Look at some rows."""
    texts = {name: cell.text(rows.values[name]) for name in rows.values.columns}
    written = [value for name in texts for value in _strings(rows.values[name])]
    cells = pd.Series(written, dtype=object).astype("string")
    commas, dots = int(cells.str.fullmatch(_COMMA).sum()), int(cells.str.fullmatch(_DOT).sum())
    grouped = cells.str.fullmatch(_GROUPED)
    # 1.234 could be either; it counts only where nothing else tells.
    sure_dots = dots - int((grouped & cells.str.contains(".", regex=False)).sum())
    sure_commas = commas - int((grouped & cells.str.contains(",", regex=False)).sum())
    decimal = ("," if sure_commas >= sure_dots else ".") if sure_commas or sure_dots else "," if commas > dots else "."
    dates = "mdy" if int(cells.str.fullmatch(_AMERICAN).sum()) else "dmy"
    profiles = {name: Profile(name, rows.values[name], texts[name], decimal) for name in texts}
    return Sample(rows, profiles, decimal, dates)


def _strings(column: pd.Series) -> list[str]:
    return [value.strip() for value in column.to_numpy(object)[:1000] if isinstance(value, str) and len(value) < 40]
