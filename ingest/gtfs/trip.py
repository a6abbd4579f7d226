"""Trips of a feed: what each call of one has in common with the others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ingest.gtfs.feed import Feed
from twin.reference import reference_path


@dataclass(frozen=True, slots=True)
class Trips:
    """Trips whose line and days are known.

    Attributes
    ----------
    ids : pandas.Index
        Their ids.
    route, mode, headsign : pyarrow.Array
        Of each.
    service : ndarray of int64
        Number of its service.
    unknown_route, unknown_service : int
        Trips left out, for the feed has no such line, or no days of such a service.
    """

    ids: pd.Index[str]
    route: pa.Array
    mode: pa.Array
    headsign: pa.Array
    service: NDArray[np.int64]
    unknown_route: int
    unknown_service: int


def trips(feed: Feed, services: pd.Index[str]) -> Trips:
    """Trips of a feed; of two with the same id, the first counts."""
    routes = feed.table("routes.txt", ["route_id", "route_short_name", "route_long_name", "route_type"], ["route_id"])
    lines = routes.to_pandas().dropna(subset=["route_id"]).drop_duplicates("route_id")
    name = lines["route_short_name"].fillna(lines["route_long_name"]).fillna(lines["route_id"])
    modes = lines["route_type"].map(mode)
    wanted = ["trip_id", "route_id", "service_id", "trip_headsign"]
    found = (
        feed.table("trips.txt", wanted, wanted[:3]).to_pandas().dropna(subset=["trip_id"]).drop_duplicates("trip_id")
    )
    line = pd.Index(lines["route_id"]).get_indexer(found["route_id"])
    service = services.get_indexer(found["service_id"])
    kept = (line >= 0) & (service >= 0)
    return Trips(
        pd.Index(found["trip_id"][kept]),
        pa.array(name.to_numpy()[line[kept]], pa.string()),
        pa.array(modes.to_numpy()[line[kept]], pa.string()),
        pa.array(found["trip_headsign"][kept], pa.string(), from_pandas=True),
        service[kept].astype(np.int64),
        int((line < 0).sum()),
        int(((line >= 0) & (service < 0)).sum()),
    )


@cache
def mode(route_type: str | None) -> str:
    """Mode that a ``route_type`` names, basic or extended; ``other`` if it names none."""
    text = str(route_type or "").strip()
    known = _table()
    if text in known["types"]:
        return str(known["types"][text])
    number = int(text) if text.isdecimal() and len(text) <= 6 else -1
    return next((str(name) for low, high, name in known["ranges"] if low <= number <= high), "other")


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path("gtfs/route_type.json").read_text("utf-8"))
    return found
