"""From a NAS document to batches: reads it once, joins what belongs together, drops what leads to persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from ingest.format import Facts, Item, Options, Reject, Retire
from ingest.gml.reason import Unusable
from ingest.gml.shapes import Shapes
from ingest.nas import building, land_use, parcel
from ingest.nas.collector import Collector
from ingest.nas.joining import Joining
from ingest.nas.place_register import PlaceRegister
from ingest.nas.reader import CATALOGUES, LABELS, LOCATIONS, Object, Reader, Removal, Trouble
from ingest.source_file import SourceFile
from layers.building import LAYER as BUILDING
from layers.land_use import LAYER as LAND_USE
from layers.parcel import LAYER as PARCEL
from twin.errors import MissingCRS
from twin.geometry.crs import Reference, reference
from twin.language import Text
from twin.number import percent

PARCELS, BUILDINGS = "AX_Flurstueck", "AX_Gebaeude"
ADDRESSES = "AX_LagebezeichnungMitHausnummer"
TOLERANCE = 0.01
"""Share by which a parcel's geometry may differ from its official area before a steward is told."""
ROUNDING = 0.5
"""Rounding of official areas. [m²]"""

_DEVIATING = Text(
    "Flurstücke, die um mehr als 1 % von ihrer amtlichen Fläche abweichen, über deren Rundung auf Quadratmeter hinaus: "
    "{count}, am meisten {most} ({share}).",
    "Parcels that differ by more than 1 % from their official area, beyond its rounding to square metres: "
    "{count}, most of all {most} ({share}).",
)
_REPAIRED = Text(
    "Flächen, die sich selbst überschnitten und bereinigt wurden: {count}.",
    "Areas that crossed themselves and were made valid: {count}.",
)
_FOREIGN = Text(
    "Punkte in einem örtlichen oder unbekannten Bezugssystem, die nicht verwendet wurden: {count}.",
    "Points in a local or unknown reference system that were not used: {count}.",
)
_HISTORIC = Text(
    "Objekte, die nicht mehr bestehen und nicht übernommen wurden: {count}.",
    "Objects that no longer exist and were not taken: {count}.",
)
_PARTIAL = Text(
    "Fortführung: Straßennamen und Adressen, die sie nicht enthält, bleiben an ihren Objekten leer.",
    "Update: street names and addresses that it does not hold stay empty on its objects.",
)


class Extract:
    """A NAS document on its way to rows.

    Parameters
    ----------
    source : SourceFile
        The file.
    options : Options
        What the user said.
    """

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.source = source
        self.options = options
        self.uses = land_use.kinds()
        kinds = {PARCELS, BUILDINGS, *self.uses, *CATALOGUES, *LOCATIONS, *LABELS}
        self.reader = Reader(source, frozenset(kinds))
        self.places = PlaceRegister(self.resolve)
        self.collectors = {layer.name: Collector(layer, Shapes(self.resolve)) for layer in (PARCEL, BUILDING, LAND_USE)}
        self.historic = 0
        self.deviating: tuple[int, str, float] = (0, "", 0.0)
        self.met: Reference | None = None
        self._turn = 0
        self._gone: dict[tuple[str, str], int] = {}
        self._latest: dict[tuple[str, str], int] = {}

    def items(self) -> Iterator[Item]:
        """Everything the document yields: rejects as they are met, batches and facts at its end.

        Raises
        ------
        twin.errors.DeliveryError
            If the document as a whole cannot be taken.
        """
        try:
            for found in self.reader:
                self._turn += 1
                yield from self._take(found)
            for name in self.collectors:
                yield from self._flush(name)
            yield from self._retirements()
            yield from Joining(self.collectors, self.places, self._current).batches()
            yield self._facts()
        finally:
            for collector in self.collectors.values():
                collector.spool.close()

    def resolve(self, name: str) -> Reference | None:
        """CRS of an srsName; of the empty one the document's standard, or what the user named.

        Raises
        ------
        MissingCRS
            If neither the document nor the user names a standard that is known.
        """
        standard = self.reader.header.crs
        if name and name != standard:
            found = reference(name)
        else:
            found = reference(standard) or reference(self.options.crs)
            if found is None:
                raise MissingCRS(file=self.source.name, found=standard or "–")
        self.met = self.met or found
        return found

    def _take(self, found: Object | Removal | Trouble) -> Iterator[Reject]:
        if isinstance(found, Trouble):
            yield Reject(found.where, found.reason)
        elif isinstance(found, Removal):
            for identifier in found.identifiers:
                self._remove(found.kind, identifier)
        elif _ended(found):
            self.historic += 1
            if self.reader.header.changes:
                self._remove(found.kind, found.identifier)
        elif found.kind == PARCELS:
            yield from self._collect(found, "parcel", parcel.row)
        elif found.kind == BUILDINGS:
            yield from self._collect(found, "building", building.row)
        elif found.kind in self.uses and land_use.overlays(found):
            self.reader.dropped[f"{found.kind}.istWeitereNutzung"] += 1
        elif found.kind in self.uses:
            yield from self._collect(found, "land_use", land_use.row)
        else:
            self.places.take(found)

    def _collect(self, found: Object, layer: str, read: Callable[[Object], dict[str, Any]]) -> Iterator[Reject]:
        collector = self.collectors[layer]
        try:
            row = read(found) | {"_identifier": found.identifier, "_turn": self._turn}
            collector.add(row, next(found.element.iterchildren("{*}position"), None))
        except Unusable as wrong:
            yield Reject(found.identifier, str(wrong), layer)
            return
        if self.reader.header.changes:
            self._latest[layer, found.identifier] = self._turn
            if found.replaces and layer == "parcel":
                # Its Flurstückskennzeichen may have changed: the earlier row goes by the object's identifier.
                self._gone.setdefault((layer, found.identifier), 0)
        if collector.full:
            yield from self._flush(layer)

    def _flush(self, name: str) -> Iterator[Reject]:
        table, rejects = self.collectors[name].flush()
        yield from rejects
        if name == "parcel":
            self._compare(table)
        if name != "land_use":
            self._relate(name, table)

    def _compare(self, table: pa.Table) -> None:
        count, most, share = self.deviating
        columns = ("flurstueckskennzeichen", "amtliche_flaeche", "area_deviation")
        for key, official, deviation in zip(*(table[name].to_pylist() for name in columns), strict=True):
            # Official areas are whole square metres: half of one is rounding.
            if deviation is not None and abs(deviation) > TOLERANCE and abs(deviation) * official > ROUNDING:
                count += 1
                if abs(deviation) > abs(share):
                    most, share = key, deviation
        self.deviating = (count, most, share)

    def _relate(self, name: str, table: pa.Table) -> None:
        """Addresses learn which building and parcel they belong to, and where these are."""
        key = "building_id" if name == "building" else "flurstueckskennzeichen"
        for own, links, x, y in zip(
            *(table[column].to_pylist() for column in (key, "_links", "_x", "_y")), strict=True
        ):
            for link in links or ():
                location = self.places.location(link)
                if name == "building":
                    location.building = location.building or own
                    location.building_point = location.building_point or (x, y)
                else:
                    location.parcel = location.parcel or own
                    location.parcel_point = location.parcel_point or (x, y)

    def _remove(self, kind: str, identifier: str) -> None:
        if kind == ADDRESSES:
            self.places.forget(identifier)
            self._gone["address", identifier] = self._turn
        layer = {PARCELS: "parcel", BUILDINGS: "building"}.get(kind, "land_use" if kind in self.uses else "")
        if layer:
            self._gone[layer, identifier] = self._turn

    def _current(self, layer: str, identifier: str, turn: int) -> bool:
        """Whether a row is what the document leaves behind: not replaced or removed further down in it."""
        key = (layer, identifier)
        return self._latest.get(key, turn) == turn and self._gone.get(key, -1) < turn

    def _retirements(self) -> Iterator[Retire]:
        for name in ("parcel", "building", "land_use", "address"):
            keys = tuple(identifier for layer, identifier in self._gone if layer == name)
            if keys:
                yield Retire(name, keys)

    def _facts(self) -> Facts:
        header = self.reader.header
        standard = reference(header.crs) or self.met
        count, most, share = self.deviating
        repaired = sum(collector.repaired for collector in self.collectors.values())
        notes = [
            _DEVIATING.format(count=count, most=most, share=percent(share)) if count else "",
            _REPAIRED.format(count=repaired) if repaired else "",
            _FOREIGN.format(count=self.places.foreign) if self.places.foreign else "",
            _HISTORIC.format(count=self.historic) if self.historic else "",
            str(_PARTIAL) if header.changes else "",
        ]
        return Facts(
            version=f"GeoInfoDok {header.version}",
            crs=standard.name if standard else "",
            # An extract's envelope is that of its objects, not a claim: retiring by it would hit the neighbours.
            extent=None,
            mode="update" if header.changes else "replace",
            date=header.date,
            dropped=dict(sorted(Counter(self.reader.dropped).items())),
            notes=tuple(note for note in notes if note),
        )


def _ended(found: Object) -> bool:
    return next(found.element.iterfind("{*}lebenszeitintervall/{*}AA_Lebenszeitintervall/{*}endet"), None) is not None
