"""Which municipality a row belongs to: by its attribute, else by the borders, else by what the user said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from ingest.workers import Part
from twin.discovery import discover, find
from twin.layer import Layer

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from twin import Twin

Places = NDArray[np.int32]
"""For each row the number of its municipality in `Placement.keys`, -1 for none."""

Stored: TypeAlias = Callable[[Layer, "list[str]"], "dict[str, str]"]
"""Municipality of rows that are stored already: layer and keys to key and municipality."""

Areas: TypeAlias = "dict[str, BaseGeometry]"
"""Municipality key to area."""

_SHAPES = 200_000
"""Geometries that are placed at once."""

_KEY = re.compile(r"\d{8}")
_REGIONAL_KEY = re.compile(r"\d{12}")


def municipality_key(value: str | None) -> str:
    """The 8-digit municipality key that `value` names, empty if it names none.

    Accepted are the key itself (AGS), the 12-digit regional key (ARS: the association of municipalities stands in
    places 6 to 9 and is left out), and a key that lost its leading zero in a spreadsheet.
    """
    digits = (value or "").strip().replace(" ", "")
    if _REGIONAL_KEY.fullmatch(digits):
        return digits[:5] + digits[9:]
    if len(digits) == 7 and digits.isdecimal():
        digits = "0" + digits
    return digits if _KEY.fullmatch(digits) else ""


class Borders:
    """Areas of municipalities.

    Parameters
    ----------
    areas : dict of str to shapely geometry, or callable that gives one
        Municipality key to area, in the store's CRS.
    """

    def __init__(self, areas: Areas | Callable[[], Areas]) -> None:
        self._areas = areas

    @classmethod
    def of(cls, twin: Twin) -> Borders:
        """Borders that the twin holds, of municipalities that have joined and of those that have not.

        They are looked at when the first row needs them: to open the tables takes longer than to place all buildings
        of a delivery by their attribute.
        """
        return cls(lambda: _areas(twin))

    @cached_property
    def areas(self) -> Areas:
        """Municipality key to area."""
        return self._areas() if callable(self._areas) else self._areas

    def at(self, points: NDArray[np.object_]) -> tuple[list[str], Places]:
        """Municipality of each point; of one on a border, the one with the smaller key."""
        keys = sorted(self.areas)
        found = np.full(len(points), -1, np.int32)
        if not keys or not len(points):
            return keys, found
        tree = shapely.STRtree([self.areas[key] for key in keys])
        point, area = tree.query(points, predicate="intersects")
        order = np.lexsort((area, point))[::-1]  # written last to first, the smallest stays
        found[point[order]] = area[order]
        return keys, found


def _areas(twin: Twin) -> Areas:
    frame = twin.read("municipality")
    return {ags: area for ags, area in zip(frame["ags"], frame.geometry, strict=True) if area is not None}


class Placement:
    """Finds the municipality of every row of a delivery.

    Parameters
    ----------
    borders : Borders
        Areas of the municipalities; may be empty.
    ags : str
        Municipality of rows that nothing else places; empty for none.
    stored : callable or None
        Finds where rows were put before: owners of rows that gather (`Layer.latest`), such as sensors.

    Attributes
    ----------
    keys : list of str
        Municipality keys in the order of their numbers.
    """

    def __init__(self, borders: Borders, ags: str, stored: Stored | None = None) -> None:
        self.borders, self.stored = borders, stored
        self.keys: list[str] = []
        self._numbers: dict[str, int] = {}
        self._given = self._number(ags) if ags else -1

    def places(self, parts: Sequence[Part]) -> dict[tuple[int, str], Places]:
        """Municipality of each row of every layer that is placed by feature, by (part, layer).

        Rows of a layer that is covered by another's consent (a building's surfaces) go where their owner goes,
        whichever file and batch it came in.
        """
        found: dict[tuple[int, str], Places] = {}
        layers = [find("LAYER", name) for name in sorted({name for part in parts for name in part.files})]
        placed = [layer for layer in layers if layer.placement == "feature"]
        for layer in sorted(placed, key=lambda layer: layer.consent != ""):
            owners = _Owners(layer, parts, found)
            for part in parts:
                if layer.name in part.files:
                    found[part.part, layer.name] = self._place(layer, part.table(layer.name), part, owners)
        return found

    def _place(self, layer: Layer, table: pa.Table, part: Part, owners: _Owners) -> Places:
        places = owners.of(table, part)
        if layer.latest:
            self._by_stored(layer.consent, table, places)
        _fill(places, self._by_attribute(table.column("ags")))
        if layer.geometry and (places < 0).any():
            places[places < 0] = self._by_border(table.column("geom"), places < 0)
        places[places < 0] = self._given
        if any(other.latest and other.consent == layer.name for other in discover("LAYER").values()):
            self._by_stored(layer.name, table, places)
        return places

    def _by_stored(self, owner_name: str, table: pa.Table, places: Places) -> None:
        """Rows that nothing has placed go where what they belong to, or they themselves, have been put before."""
        owner: Layer | None = discover("LAYER").get(owner_name)
        if self.stored is None or owner is None or not (places < 0).any():
            return
        ids = table.column(owner.key[0])
        missing = pc.unique(ids.filter(pa.array(places < 0))).drop_null().to_pylist()
        found = self.stored(owner, missing) if missing else {}
        if found:
            numbers = np.array([self._number(ags) for ags in found.values()], np.int32)
            _fill(places, _looked_up(ids, pa.array(list(found), pa.string()), numbers))

    def _by_attribute(self, column: pa.ChunkedArray) -> Places:
        encoded = column.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        keys = [municipality_key(value) for value in encoded.dictionary.to_pylist()]
        numbers = np.array([self._number(key) if key else -1 for key in keys] + [-1], np.int32)
        # The entry appended is that of rows without a value.
        indices: NDArray[np.int32] = encoded.indices.fill_null(len(keys)).to_numpy(zero_copy_only=False)
        return numbers[indices]

    def _by_border(self, column: pa.ChunkedArray, wanted: NDArray[np.bool_]) -> Places:
        rows = np.flatnonzero(wanted)
        keys, found = self.borders.at(np.empty(0, object))
        pieces = []
        # A census of all Germany has three million cells: as objects of their own all at once they would take 2 GB.
        for start in range(0, len(rows), _SHAPES):
            wkb = column.take(pa.array(rows[start : start + _SHAPES])).to_numpy()
            geometries = shapely.from_wkb(wkb, on_invalid="ignore")
            # Only areas need a point inside them; of a line, its middle is fair to both sides.
            pieces.append(self.borders.at(shapely.point_on_surface(geometries))[1])
        found = np.concatenate([found, *pieces])
        numbers = np.array([self._number(key) for key in keys] + [-1], np.int32)
        return numbers[found]

    def _number(self, key: str) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.keys)
            self.keys.append(key)
        return self._numbers[key]


class _Owners:
    """Places of the rows that own the rows of a dependent layer."""

    def __init__(self, layer: Layer, parts: Sequence[Part], places: dict[tuple[int, str], Places]) -> None:
        owner: Layer | None = discover("LAYER").get(layer.consent) if layer.consent else None
        self.key = owner.key[0] if owner is not None else ""
        self._ids: dict[int, pa.Array] = {}
        self._places: dict[int, Places] = {}
        if owner is None or not any(column.name == self.key for column in layer.columns):
            self.key = ""
            return
        for part in parts:
            if owner.name in part.files:
                self._ids[part.part] = part.table(owner.name).column(self.key).combine_chunks()
                self._places[part.part] = places[part.part, owner.name]

    def of(self, table: pa.Table, part: Part) -> Places:
        """Place of each row's owner; -1 where there is no owner or it has no place."""
        result = np.full(table.num_rows, -1, np.int32)
        if not self.key:
            return result
        ids = table.column(self.key)
        if part.part in self._ids:
            # Nearly always in the same file: the hash table stays as small as that.
            _fill(result, _looked_up(ids, self._ids[part.part], self._places[part.part]))
        if (result < 0).any() and len(self._ids) > (part.part in self._ids):
            every = pa.concat_arrays(list(self._ids.values()))
            _fill(result, _looked_up(ids, every, np.concatenate(list(self._places.values()))))
        return result


def _looked_up(ids: pa.ChunkedArray, owners: pa.Array, places: Places) -> Places:
    # Without its nulls, or a row without an owner would find an owner without an id.
    known = pc.is_valid(owners)
    with_none = np.append(places[known.to_numpy(zero_copy_only=False)], np.int32(-1))
    found = pc.index_in(ids, value_set=owners.filter(known))
    indices: NDArray[np.int32] = found.fill_null(len(with_none) - 1).to_numpy()
    return with_none[indices]


def _fill(places: Places, other: Places) -> None:
    empty = places < 0
    places[empty] = other[empty]


def slices(table: pa.Table, places: Places, number: int, size: int = 32 << 20) -> Iterator[pa.Table]:
    """Rows of one municipality, about `size` bytes at a time: a table is mapped from disk, what is filtered is not."""
    rows = max(1, table.num_rows * size // max(table.nbytes, 1))
    for start in range(0, table.num_rows, rows):
        mask = places[start : start + rows] == number
        if mask.all():
            yield table.slice(start, rows)
        elif mask.any():
            yield table.slice(start, rows).filter(pa.array(mask))
