"""Rows with a position, gathered until there are enough of them to be transformed at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.format import Batch, Item, Reject
from ingest.line import spoken
from twin.discovery import find
from twin.geometry.crs import Reference
from twin.language import Text

_AT_ONCE = 50_000

CENTRAL_EUROPE = (-1_000_000.0, 4_000_000.0, 2_000_000.0, 8_000_000.0)
"""West, south, east, north: nothing that a German authority delivers lies beyond. [m]"""

_ABROAD = Text(
    "{where}: erwartet eine Lage in Mitteleuropa, gefunden {first} {second} ({crs}).",
    "{where}: expected a position in Central Europe, found {first} {second} ({crs}).",
)
_AGAIN = Text(
    "{where}: die Kennung {key} kam schon vor; die erste Zeile gilt.",
    "{where}: id {key} came before; the first row counts.",
)


@dataclass
class PointRows:
    """Gathers the rows of one layer whose geometry is a point.

    Parameters
    ----------
    layer : str
        Name of the layer.
    either_order : bool
        Whether the axes may stand the other way round than their CRS promises: the first rows tell.

    Attributes
    ----------
    swapped : bool
        Whether they did.
    """

    layer: str
    either_order: bool = False
    swapped: bool = False
    _rows: list[dict[str, object]] = field(default_factory=list)
    _positions: list[tuple[float, float]] = field(default_factory=list)
    _references: list[Reference] = field(default_factory=list)
    _wheres: list[str] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _settled: bool = False

    def add(self, row: dict[str, object], position: tuple[float, float], reference: Reference, where: str) -> bool:
        """Take in a row; whether it is time to `flush`.

        Parameters
        ----------
        row : dict of str to value
            Columns of the layer but ``geom``. A missing key is made of the position.
        position : (float, float)
            In the order of the reference. [m] or [deg]
        reference : Reference
            What the position is in.
        where : str
            For people: ``line 4711`` or the feature's id.
        """
        self._rows.append(row)
        self._positions.append(position)
        self._references.append(reference)
        self._wheres.append(where)
        return len(self._rows) >= _AT_ONCE

    def flush(self) -> Iterator[Item]:
        """What has been gathered: rejects, then a batch."""
        layer = find("LAYER", self.layer)
        key = layer.key[0]
        points = self._in_store()
        inside = within(points)
        kept: list[dict[str, object]] = []
        for number, row in enumerate(self._rows):
            where = self._wheres[number]
            if not inside[number]:
                first, second = self._positions[number]
                crs = self._references[number].name
                reason = _ABROAD.format(where=spoken(where), first=first, second=second, crs=crs)
                content = _content({**row, "position": [first, second], "crs": crs})
                yield Reject(where, reason, self.layer, f"place.{self._astray(number)}", content)
                continue
            identity = str(row.get(key) or f"E{points[number, 0]:.2f}N{points[number, 1]:.2f}")
            if identity in self._keys:
                content = _content({**row, "position": self._positions[number], "crs": self._references[number].name})
                yield Reject(
                    where, _AGAIN.format(where=spoken(where), key=identity), self.layer, "duplicates.key", content
                )
                inside[number] = False
                continue
            self._keys.add(identity)
            kept.append({**row, key: identity})
        if kept:
            yield Batch(self.layer, self._table(kept, points[inside]))
        self._rows, self._positions, self._references, self._wheres = [], [], [], []

    def _astray(self, number: int) -> str:
        """What is wrong with a position outside: zeros, the axes, or all of it."""
        first, second = self._positions[number]
        if first == 0 and second == 0:
            return "null"
        other = turned(self._references[number]).to_store(np.array([first]), np.array([second]))
        return "swapped_axes" if within(other).all() else "abroad"

    def _table(self, rows: list[dict[str, object]], points: NDArray[np.float64]) -> pa.Table:
        schema: pa.Schema = find("LAYER", self.layer).read_schema
        columns = [
            pa.array(shapely.to_wkb(shapely.points(points)), field.type)
            if field.name == "geom"
            else pa.array([row.get(field.name) for row in rows], field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(columns, schema=schema)

    def _in_store(self) -> NDArray[np.float64]:
        given = np.array(self._positions, np.float64).reshape(-1, 2)
        found = np.full_like(given, np.nan)
        for reference in set(self._references):
            mine = np.array([other == reference for other in self._references])
            first, second = given[mine].T
            if self.either_order and not self._settled:
                self.swapped = bool(within(turned(reference).to_store(first, second)).mean() > 0.5) and not bool(
                    within(reference.to_store(first, second)).mean() > 0.5
                )
                self._settled = True
            found[mine] = (turned(reference) if self.swapped else reference).to_store(first, second)
        return found


def _content(row: dict[str, object]) -> str:
    """A row as JSON, for the quarantine."""
    given = {name: value for name, value in row.items() if value is not None}
    return json.dumps(given, ensure_ascii=False, default=str)


def within(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which positions in the store's CRS lie in `CENTRAL_EUROPE`; none that is not finite does."""
    west, south, east, north = CENTRAL_EUROPE
    x, y = points[:, 0], points[:, 1]
    inside: NDArray[np.bool_] = (x > west) & (x < east) & (y > south) & (y < north)
    return inside


def turned(reference: Reference) -> Reference:
    """The same reference with its axes in the other order."""
    return replace(reference, northing_first=not reference.northing_first)
