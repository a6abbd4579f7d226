"""Rows of one layer under examination: what checks read from, mend, and report to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from ingest.finding import KEPT, Finding, Findings, Severity, said
from twin.layer import Layer

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ingest.check import Check

Mask = NDArray[np.bool_]

_EARTH = 1e8  # [m] beyond, a coordinate is no place that a map could show

LARGEST_CONTENT = 64 << 10
"""Content of a rejected row that is kept, as JSON. [characters]"""

_LONGEST_NAME = 120


class Sheet:
    """Rows of one layer.

    Parameters
    ----------
    layer : Layer
        Their layer.
    table : pyarrow.Table
        With the columns of the layer's `read_schema`.
    today : datetime.date or None
        Against which dates are held; the day of the call if None.
    areas : callable or None
        Gives municipality key to area; only checks of whole deliveries are given it, and what follows.
    places : ndarray of str or None
        Municipality of each row, empty where it has none.
    files : sequence of (int, str)
        First row and name of each file.

    Attributes
    ----------
    findings : Findings
        What has been found so far.
    rejected : ndarray of bool
        Rows with an error.
    """

    def __init__(
        self,
        layer: Layer,
        table: pa.Table,
        today: date | None = None,
        areas: Callable[[], dict[str, BaseGeometry]] | None = None,
        places: NDArray[np.object_] | None = None,
        files: Sequence[tuple[int, str]] = (),
    ) -> None:
        self.layer, self.table = layer, table
        self.today = today or date.today()
        self.areas: Callable[[], dict[str, BaseGeometry]] = areas or dict
        self.places, self.files = places, files
        self.findings = Findings()
        self.rejected = np.zeros(table.num_rows, bool)
        self.check: Check | None = None
        self._columns: dict[str, pa.Array] = {}
        self._mended = False

    def __len__(self) -> int:
        return int(self.table.num_rows)

    # Reading

    def has(self, *names: str) -> bool:
        """Whether the layer has all these columns."""
        return set(names) <= set(self.table.column_names)

    def column(self, name: str) -> pa.Array:
        """A column in one piece."""
        if name not in self._columns:
            found = self.table.column(name)
            self._columns[name] = found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()
        return self._columns[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column of numbers; NaN where it is null."""
        found: NDArray[np.float64] = pc.cast(self.column(name), pa.float64()).to_numpy(zero_copy_only=False)
        return found

    def holds(self, name: str, signs: tuple[bytes, ...]) -> bool:
        """Whether the texts of a column may hold one of some signs: to search their bytes costs next to nothing."""
        column = self.column(name)
        if column.null_count == len(column):
            return False
        texts = memoryview(column.buffers()[2] or b"").tobytes()
        return any(sign in texts for sign in signs)

    def matching(self, name: str, pattern: str) -> Mask:
        """Rows whose text fits a regular expression (RE2) somewhere."""
        if self.column(name).null_count == len(self):
            return np.zeros(len(self), bool)
        found = pc.match_substring_regex(self.column(name), pattern).fill_null(False)
        mask: Mask = found.to_numpy(zero_copy_only=False).astype(bool)
        return mask

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """Geometries, None where there is none or the bytes are not WKB."""
        column = self.column("geom").to_numpy(zero_copy_only=False)
        with np.errstate(invalid="ignore"):
            found: NDArray[np.object_] = shapely.from_wkb(column, on_invalid="ignore")
        return found

    # Reporting

    def find(
        self, problem: str, where: Mask | NDArray[np.int64], severity: Severity | None = None, /, **values: Any
    ) -> int:
        """Report rows.

        Parameters
        ----------
        problem : str
            One of the check's problems.
        where : ndarray of bool or of int64
            The rows.
        severity : {"error", "warning", "notice"} or None
            Other than the problem's own.
        **values : array or object
            For the braces of the sentence: arrays have one value a row of the sheet.

        Returns
        -------
        count : int
            How many rows it were.
        """
        assert self.check is not None
        numbers = (np.flatnonzero(where) if where.dtype == bool else np.asarray(where)).astype(np.int64)
        if not len(numbers):
            return 0
        what, code = self.check.problems[problem], f"{self.check.name}.{problem}"
        grade = severity or what.severity
        before = self.findings.counts[code, grade, self.layer.name]
        shown = numbers[: max(0, KEPT - before)]
        east, north = self.position(shown)
        for number, x, y in zip(shown.tolist(), east.tolist(), north.tolist(), strict=True):
            filled = {
                name: _plain(value[number]) if isinstance(value, np.ndarray | pa.Array | list) else _plain(value)
                for name, value in values.items()
            }
            self.findings.add(
                Finding(
                    code,
                    grade,
                    self.layer.name,
                    self.feature(number),
                    said(what.sentence, **filled),
                    None if np.isnan(x) else round(x, 3),
                    None if np.isnan(y) else round(y, 3),
                    ags=self._ags(number),
                    file=next((name for first, name in reversed(self.files) if first <= number), ""),
                    advice=what.advice,
                    content=self.content(number) if grade == "error" else "",
                )
            )
        if len(numbers) > len(shown):
            self.findings.beyond(code, grade, self.layer.name, len(numbers) - len(shown))
        if grade == "error":
            self.rejected[numbers] = True
        return len(numbers)

    def feature(self, number: int) -> str:
        """Identifier of a row: its key."""
        values = [self.table.column(name)[number].as_py() for name in self.layer.key if name != "ags"]
        return " / ".join(str(value) for value in values if value is not None)[:_LONGEST_NAME]

    def position(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A point of each row, NaN where it has none."""
        nothing = np.full(len(numbers), np.nan)
        if not self.layer.geometry or not self.has("geom") or not len(numbers):
            return nothing, nothing
        bounds = shapely.bounds(self.geometry[numbers])
        east, north = bounds[:, 0] / 2 + bounds[:, 2] / 2, bounds[:, 1] / 2 + bounds[:, 3] / 2
        whole = (np.abs(east) < _EARTH) & (np.abs(north) < _EARTH)
        return np.where(whole, east, np.nan), np.where(whole, north, np.nan)

    def content(self, number: int) -> str:
        """What a row holds, as JSON: all that is not null, geometry as WKB in hexadecimal digits."""
        row = {name: _said(self.table.column(name)[number].as_py()) for name in self.table.column_names}
        text = json.dumps({name: value for name, value in row.items() if value is not None}, ensure_ascii=False)
        if len(text) > LARGEST_CONTENT:
            short = {name: value for name, value in row.items() if value is not None and len(str(value)) < 1_000}
            text = json.dumps(short, ensure_ascii=False)
        return text if len(text) <= LARGEST_CONTENT else ""

    # Mending

    def mend(self, where: Mask, geometries: NDArray[np.object_]) -> None:
        """Put other geometries (one for each row that `where` marks) in place of those that came."""
        self.geometry[where] = geometries
        self._mended = True

    def put(self, name: str, values: pa.Array) -> None:
        """Put other values in place of a column."""
        place = self.table.schema.get_field_index(name)
        self.table = self.table.set_column(place, self.table.schema.field(place), values)
        self._columns.pop(name, None)

    def kept(self) -> pa.Table:
        """The rows that are not rejected, as mended."""
        table = self.table
        if self._mended:
            wkb = pa.array(shapely.to_wkb(self.geometry), pa.binary())
            table = table.set_column(table.schema.get_field_index("geom"), "geom", wkb)
        return table.filter(pa.array(~self.rejected)) if self.rejected.any() else table

    def _ags(self, number: int) -> str:
        if self.places is not None:
            return str(self.places[number] or "")
        return str(self.table.column("ags")[number].as_py() or "") if self.has("ags") else ""


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return value.as_py() if isinstance(value, pa.Scalar) else value


def _said(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date | datetime) else value
