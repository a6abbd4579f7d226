"""Stops of a feed, and what leaves there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.format import Batch, Item, Reject
from ingest.gtfs.feed import STOPS, Feed
from ingest.point_rows import within
from twin.discovery import find
from twin.geometry.crs import Reference
from twin.language import Text

LAYER = "transit_stop"
WGS84 = Reference("EPSG:4326")
"""What GTFS has positions in."""

DAYS = ("departures_weekday", "departures_saturday", "departures_sunday")

_COLUMNS = (
    *("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station", "platform_code"),
    "wheelchair_boarding",
)
_KINDS = {"0": "stop", "1": "station"}
_WHEELCHAIR = {"1": "yes", "2": "no"}
_NOWHERE = Text(
    "{stop}: erwartet eine Lage in Mitteleuropa, gefunden {lat} {lon}.",
    "{stop}: expected a position in Central Europe, found {lat} {lon}.",
)


class Stops:
    """Stops and stations; entrances, boarding areas and mere nodes of paths are left out.

    Parameters
    ----------
    feed : Feed
        Where they are.

    Attributes
    ----------
    ids : pandas.Index
        Their ids.
    left_out : Counter of str
        Places of other types, and stops whose id came before.
    """

    def __init__(self, feed: Feed) -> None:
        table = feed.table(STOPS, _COLUMNS, ("stop_id", "stop_lat", "stop_lon")).to_pandas()
        self.left_out: Counter[str] = Counter()
        kind = table["location_type"].fillna("0").str.strip().replace("", "0").map(_KINDS)
        named = table["stop_id"].notna() & (table["stop_id"] != "")
        again = named & table["stop_id"].duplicated()
        self.left_out["entrance_or_node"] = int((named & kind.isna()).sum())
        self.left_out["stop_without_id"] = int((~named).sum())
        self.left_out["stop_again"] = int((again & kind.notna()).sum())
        kept = named & kind.notna() & ~again
        self._table = table[kept].reset_index(drop=True)
        self._kind = kind[kept].to_numpy()
        self.ids: pd.Index[str] = pd.Index(self._table["stop_id"])
        parent = self.ids.get_indexer(self._table["parent_station"])
        self._parent = np.where(parent == np.arange(len(parent)), -1, parent)
        self._counts = np.zeros((len(self.ids), len(DAYS)), np.int64)
        self._modes: dict[int, set[str]] = {}

    def count(self, stops: NDArray[np.int64], day: int, times: NDArray[np.bool_]) -> None:
        """Note departures: the stop of each, and whether it is on the day that `day` numbers in `DAYS`."""
        self._counts[:, day] += np.bincount(stops[times], minlength=len(self.ids))

    def note_modes(self, stops: NDArray[np.int64], modes: pa.Array) -> None:
        """Note by what people leave there."""
        pairs = pd.DataFrame({"stop": stops, "mode": modes.to_pandas()}).drop_duplicates()
        for stop, mode in zip(pairs["stop"].tolist(), pairs["mode"], strict=True):
            self._modes.setdefault(stop, set()).add(mode)

    def items(self, *, timetable: bool) -> Iterator[Item]:
        """Rows, and rejects for those that are nowhere."""
        self._sum_up()
        points = self._points()
        inside = within(points)
        nowhere = self._table.loc[~inside, ["stop_id", "stop_lat", "stop_lon"]].fillna("–")
        for stop, lat, lon in nowhere.itertuples(index=False):
            yield Reject(str(stop), _NOWHERE.format(stop=stop, lat=lat, lon=lon), LAYER)
        if inside.any():
            yield Batch(LAYER, self._rows(points, inside, timetable=timetable))

    def _rows(self, points: NDArray[np.float64], inside: NDArray[np.bool_], *, timetable: bool) -> pa.Table:
        modes = [";".join(sorted(self._modes.get(place, ()))) or None for place in range(len(self.ids))]
        parent = np.full(len(self.ids), None, object)
        parent[self._parent >= 0] = self.ids.to_numpy()[self._parent[self._parent >= 0]]
        columns: dict[str, object] = {
            "stop_id": self._table["stop_id"],
            "kind": self._kind,
            "station_id": parent,
            "name": self._inherited("stop_name"),
            "platform": self._table["platform_code"],
            "wheelchair": self._inherited("wheelchair_boarding", nothing="0").map(_WHEELCHAIR),
            "modes": modes,
            "geom": shapely.to_wkb(shapely.points(points)),
        }
        if timetable:
            columns |= {name: self._counts[:, place] for place, name in enumerate(DAYS)}
        schema: pa.Schema = find("LAYER", LAYER).read_schema
        count = len(self.ids)
        arrays = [
            pa.array(columns[field.name], field.type, from_pandas=True)
            if field.name in columns
            else pa.nulls(count, field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(arrays, schema=schema).filter(pa.array(inside))

    def _inherited(self, name: str, nothing: str = "") -> pd.Series[str]:
        """A platform's own value, else that of its station."""
        own = self._table[name].where(self._table[name] != nothing)
        of_station = pd.Series(own.to_numpy()[self._parent], index=own.index).where(self._parent >= 0)
        found: pd.Series[str] = own.where(own.notna(), of_station)
        return found

    def _points(self) -> NDArray[np.float64]:
        lat, lon = (
            pd.to_numeric(self._table[name].str.strip(), errors="coerce").to_numpy(np.float64, copy=True)
            for name in ("stop_lat", "stop_lon")
        )
        # Zero and zero is off Africa: what feeds write where they do not know.
        unknown = ~(np.isfinite(lat) & np.isfinite(lon)) | ((lat == 0) & (lon == 0))
        borrowed = unknown & (self._parent >= 0)
        lat[borrowed], lon[borrowed] = lat[self._parent[borrowed]], lon[self._parent[borrowed]]
        points = np.full((len(lat), 2), np.nan)
        if len(lat):
            points = WGS84.to_store(lon, lat)
        return points

    def _sum_up(self) -> None:
        """A station has what its platforms have."""
        child = np.flatnonzero(self._parent >= 0)
        np.add.at(self._counts, self._parent[child], self._counts[child])
        for place in child.tolist():
            if place in self._modes:
                self._modes.setdefault(int(self._parent[place]), set()).update(self._modes[place])
