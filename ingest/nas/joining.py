"""Joins rows at the end of a document: names of places, addresses of buildings, municipalities by parcel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from ingest.format import Batch
from ingest.nas.collector import BATCH, Collector
from ingest.nas.place_register import Location, PlaceRegister, Point
from layers.address import LAYER as ADDRESS

Current = Callable[[str, str, int], bool]


class Joining:
    """The second half of reading a document.

    Parameters
    ----------
    collectors : dict of str to Collector
        Rows by layer.
    places : PlaceRegister
        What the document says about places.
    current : callable
        ``(layer, identifier, turn) -> bool``: whether a row is what the document leaves behind.
    """

    def __init__(self, collectors: dict[str, Collector], places: PlaceRegister, current: Current) -> None:
        self.collectors = collectors
        self.places = places
        self.current = current

    def batches(self) -> Iterator[Batch]:
        """All rows, finished: parcels first, then what lies on them."""
        addresses = [(key, location) for key, location in self.places.locations.items() if location.address]
        points = {
            "building": self._points("building"),
            "land_use": self._points("land_use"),
            "address": _positions([self._position(key, location) for key, location in addresses]),
        }
        owners = {name: np.full(len(found), "", dtype="U8") for name, found in points.items()}
        for table in self.collectors["parcel"].tables():
            _own(table, points, owners)
            parcels = self._kept("parcel", table)
            if parcels.num_rows:
                yield self._parcels(parcels)
        for name in ("building", "land_use"):
            start = 0
            for table in self.collectors[name].tables():
                municipalities = owners[name][start : start + table.num_rows]
                start += table.num_rows
                placed = _replaced(table, "ags", [key or None for key in municipalities.tolist()])
                placed = self._kept(name, placed)
                if placed.num_rows:
                    yield self._buildings(placed) if name == "building" else self._land_use(placed)
        for begin in range(0, len(addresses), BATCH):
            part = slice(begin, begin + BATCH)
            yield self._addresses(addresses[part], points["address"][part], owners["address"][part])

    def _kept(self, layer: str, table: pa.Table) -> pa.Table:
        found = zip(table["_identifier"].to_pylist(), table["_turn"].to_pylist(), strict=True)
        return table.filter(pa.array([self.current(layer, *pair) for pair in found], pa.bool_()))

    def _parcels(self, table: pa.Table) -> Batch:
        names = self.places.gemarkungen
        table = _replaced(table, "gemarkung", [names.get(key, key) for key in table["gemarkungsnummer"].to_pylist()])
        return self._batch("parcel", _replaced(table, "location", self._texts(table)))

    def _buildings(self, table: pa.Table) -> Batch:
        # A building on no parcel of the file may still have an address, and that knows its municipality.
        located = self.places.locations
        ags = [
            own or next((located[link].ags for link in links or () if link in located and located[link].ags), None)
            for own, links in zip(table["ags"].to_pylist(), table["_links"].to_pylist(), strict=True)
        ]
        return self._batch("building", _replaced(_replaced(table, "ags", ags), "address", self._texts(table)))

    def _land_use(self, table: pa.Table) -> Batch:
        streets = self.places.streets
        keys = zip(table["name"].to_pylist(), table["_name_key"].to_pylist(), strict=True)
        return self._batch("land_use", _replaced(table, "name", [name or streets.get(key or "") for name, key in keys]))

    def _texts(self, table: pa.Table) -> list[str | None]:
        """Locations of each row, each once."""
        found = []
        for links in table["_links"].to_pylist():
            texts = dict.fromkeys(text for link in links or () if (text := self.places.text(link)))
            found.append("; ".join(texts) or None)
        return found

    def _addresses(
        self, found: list[tuple[str, Location]], points: NDArray[np.float64], owners: NDArray[np.str_]
    ) -> Batch:
        placed = np.isfinite(points).all(axis=1)
        geometry = np.full(len(found), None, dtype=object)
        geometry[placed] = shapely.to_wkb(shapely.points(points[placed]))
        columns: dict[str, list[Any]] = {
            "address_id": [key for key, _ in found],
            "street": [self.places.street(location) for _, location in found],
            "house_number": [location.house_number for _, location in found],
            "postcode": [location.postcode for _, location in found],
            "place": [location.place for _, location in found],
            "building_id": [location.building for _, location in found],
            "flurstueckskennzeichen": [location.parcel for _, location in found],
            "geom": geometry.tolist(),
            "ags": [location.ags or owner or None for (_, location), owner in zip(found, owners.tolist(), strict=True)],
        }
        return Batch("address", pa.table(columns, schema=ADDRESS.read_schema))

    def _position(self, key: str, location: Location) -> Point | None:
        """Where an address is: its own position, its number on the map, its building, its parcel."""
        return location.point or self.places.labels.get(key) or location.building_point or location.parcel_point

    def _points(self, name: str) -> NDArray[np.float64]:
        tables = [table.select(["_x", "_y"]) for table in self.collectors[name].tables()]
        if not tables:
            return np.empty((0, 2))
        joined = pa.concat_tables(tables)
        return np.column_stack([joined["_x"].to_numpy(), joined["_y"].to_numpy()])

    def _batch(self, name: str, table: pa.Table) -> Batch:
        schema = self.collectors[name].layer.read_schema
        return Batch(name, table.select(schema.names).cast(schema))


def _own(table: pa.Table, points: dict[str, NDArray[np.float64]], owners: dict[str, NDArray[np.str_]]) -> None:
    """What lies in these parcels and has no municipality yet takes theirs."""
    keys = table["ags"].to_pylist()
    if not any(keys):
        return
    tree = shapely.STRtree(shapely.from_wkb(table["geom"].to_numpy(zero_copy_only=False)))
    for name, found in points.items():
        open_ = np.flatnonzero((owners[name] == "") & np.isfinite(found).all(axis=1))
        if not len(open_):
            continue
        point, area = tree.query(shapely.points(found[open_]), predicate="intersects")
        owners[name][open_[point]] = np.array([keys[number] or "" for number in area], dtype="U8")


def _positions(found: list[Point | None]) -> NDArray[np.float64]:
    return np.array([point or (np.nan, np.nan) for point in found], dtype=np.float64).reshape(-1, 2)


def _replaced(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    number = table.schema.get_field_index(name)
    field = table.schema.field(number)
    return table.set_column(number, field, pc.cast(pa.array(values, field.type), field.type))
