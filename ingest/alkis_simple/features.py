"""Features of the simplified schema on their way to rows, whatever file they came in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from ingest.alkis_simple import building, land_use, parcel
from ingest.alkis_simple.kinds import BUILDING, CUT_LAND_USE, LAYERS, PARCEL
from ingest.column_names import synonyms
from ingest.footprint.bodies import batches
from ingest.footprint.keys import Keys
from ingest.footprint.reader import AGAIN, Tally
from ingest.format import Batch, Item, Reject
from ingest.nas import reason
from ingest.nas.extract import ROUNDING, TOLERANCE
from twin.language import Text
from twin.number import grouped, percent

_DEVIATING = Text(
    "Flurstücke, die um mehr als 1 % von ihrer amtlichen Fläche abweichen, über deren Rundung auf Quadratmeter hinaus: "
    "{count}, am meisten {most} ({share}).",
    "Parcels that differ by more than 1 % from their official area, beyond its rounding to square metres: "
    "{count}, most of all {most} ({share}).",
)
_MENDED = Text(
    "Flächen, die sich selbst überschnitten und bereinigt wurden: {count}.",
    "Areas that crossed themselves and were made valid: {count}.",
)
_PATTERN = re.compile(r"(?:^|.*[:_#/])(DE[A-Z0-9]{14})(?:[^A-Za-z0-9].*)?$")


@dataclass
class Group:
    """Features of one type.

    Attributes
    ----------
    kind : str
        Feature type.
    said : dict of str to list
        Values by meaning; one for each feature.
    shapes : ndarray of shapely areas
        In the store's CRS; None for what is refused.
    refused : dict of int to str
        Number of a feature, and why its area cannot be used.
    places : list of str
        Where each stands, for those without an id.
    mended : set of int
        Numbers of areas that crossed themselves.
    """

    kind: str
    said: dict[str, list[str | None]]
    shapes: NDArray[np.object_]
    refused: dict[int, str]
    places: list[str]
    mended: set[int]

    def taken(self, rows: Sequence[int]) -> Group:
        """Those with these numbers."""
        return Group(
            self.kind,
            {meaning: [values[row] for row in rows] for meaning, values in self.said.items()},
            self.shapes[list(rows)],
            {},
            [self.places[row] for row in rows],
            set(),
        )


@dataclass
class Features:
    """Makes rows, and remembers what a steward should know.

    Attributes
    ----------
    dropped : Counter
        What was left out on purpose.
    """

    dropped: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    _keys: dict[str, Keys] = field(default_factory=dict)
    _parcels: set[str] = field(default_factory=set)
    _deviating: int = 0
    _most: tuple[str, float] = ("", 0.0)
    _mended: int = 0
    _date: str = ""

    def take(self, group: Group) -> Iterator[Item]:
        """Rows and rejects of some features."""
        layer = LAYERS[group.kind]
        self._date = max([self._date, *(value[:10] for value in group.said["date"] if value)])
        ids = _identifiers(group.said["oid"])
        group.said["oid"] = list(ids)
        for number, why in group.refused.items():
            yield Reject(ids[number] or group.places[number], why, layer)
        usable = [row for row in range(len(group.places)) if row not in group.refused]
        if group.kind == BUILDING:
            reasons = {row: why for row in usable if (why := building.left_out(group.said, row))}
            self.dropped.update(f"GebaeudeBauwerk ({why})" for why in reasons.values())
            usable = [row for row in usable if row not in reasons]
        self._mended += len(group.mended & set(usable))
        group = group.taken(usable)
        if group.kind == PARCEL:
            yield from self._of_parcels(group)
        elif group.places:
            yield from self._keyed(group)

    def notes(self) -> tuple[str, ...]:
        """For a steward."""
        most, share = self._most
        found = (
            [_DEVIATING.format(count=grouped(self._deviating), most=most, share=percent(share))]
            if self._deviating
            else []
        )
        found += [_MENDED.format(count=grouped(self._mended))] if self._mended else []
        return (*found, *self.tally.notes())

    @property
    def date(self) -> str:
        """ISO date of the youngest feature; empty if none names one."""
        return self._date

    def _of_parcels(self, group: Group) -> Iterator[Item]:
        keys = [parcel.key(group.said, row) for row in range(len(group.places))]
        rows = []
        for row, key in enumerate(keys):
            if key is None:
                yield Reject(group.said["oid"][row] or group.places[row], str(reason.KEY), "parcel")
            elif str(key) in self._parcels:
                yield Reject(str(key), str(AGAIN), "parcel")
            else:
                self._parcels.add(str(key))
                rows.append(row)
        if rows:
            chosen = group.taken(rows)
            table = parcel.table(chosen.said, [key for row in rows if (key := keys[row])], chosen.shapes)
            self._compare(table.column("flurstueckskennzeichen").to_pylist(), table)
            yield Batch("parcel", table)

    def _compare(self, keys: list[str], table: object) -> None:
        official = pc.fill_null(table.column("amtliche_flaeche"), 0.0).to_numpy()  # type: ignore[attr-defined]
        deviation = pc.fill_null(table.column("area_deviation"), 0.0).to_numpy()  # type: ignore[attr-defined]
        # Official areas are whole square metres: half of one is rounding.
        off = np.flatnonzero((np.abs(deviation) > TOLERANCE) & (np.abs(deviation) * official > ROUNDING))
        self._deviating += len(off)
        if len(off):
            most = int(off[np.argmax(np.abs(deviation[off]))])
            if abs(deviation[most]) > abs(self._most[1]):
                self._most = keys[most], float(deviation[most])

    def _keyed(self, group: Group) -> Iterator[Item]:
        layer = LAYERS[group.kind]
        given = group.said["oid"]
        if group.kind == CUT_LAND_USE:
            # One use on several parcels comes once for each, under one id.
            parcels = group.said["key"]
            given = [f"{own}_{of}" if own and of else own for own, of in zip(given, parcels, strict=True)]
        keys = self._keys.setdefault(layer, Keys()).of(given, group.shapes)
        for row, key in enumerate(keys):
            if key is None:
                yield Reject(given[row] or group.places[row], str(AGAIN), layer)
        rows = [row for row, key in enumerate(keys) if key is not None]
        named = [key for key in keys if key is not None]
        if not rows:
            return
        group = group.taken(rows)
        if group.kind == BUILDING:
            found = building.footprints(group.said, named, group.shapes)
            self.tally.count(found.heights)
            yield from batches(found)
        else:
            yield Batch(layer, land_use.table(group.said, named, group.shapes))


def empty() -> dict[str, list[str | None]]:
    """A list of values for every meaning."""
    return {meaning: [] for meaning in synonyms("alkis_simple")}


def no_shapes() -> NDArray[np.object_]:
    """No areas."""
    return np.asarray(shapely.empty(0), object)


def _identifiers(given: list[str | None]) -> list[str | None]:
    """The 16 characters of AAA identifiers, without urn, class or time stamp; others as they are."""
    found = []
    for text in given:
        match = _PATTERN.match(text) if text else None
        found.append(match[1] if match else (text or None))
    return found
