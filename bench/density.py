"""Density of every parcel, 200 000 buildings on 400 000 parcels, against geopandas and shapely in memory.

The peer computes the main share of the footprint alone (GRZ), from frames that it need not read; ours computes all
fourteen columns out of the lakes. Both must come to the same GRZ.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

import twin
from bench import district
from bench.measuring import Timed, take_turns
from bench.row import Row, rate
from twin.indicators.density import INDICATOR, OUTBUILDINGS


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Parcels a second."""
    count = int(district.BUILDINGS * scale)
    home, *_ = district.built(count)
    ours, peer = take_turns([(indicator, (home,)), (overlay, (home,))], runs=2)
    if not np.isclose(ours.result, peer.result, rtol=1e-9):
        raise RuntimeError(f"density and its peer differ: {ours.result} and {peer.result}")
    task = f"density, {count:,} buildings on {2 * count:,} parcels"
    return [rate(task, 2 * count, "parcels", (ours, peer), "geopandas.sjoin + shapely, GRZ only")]


def indicator(home: Path) -> tuple[Timed, float]:
    """Seconds of the indicator on the stock, and the sum of its GRZ."""
    with twin.open(home) as t:
        t.sql("SELECT 1").fetchall()
        start = time.perf_counter()
        table = t.sql(INDICATOR.sql()).to_arrow_table()
        return Timed(time.perf_counter() - start), float(np.sum(table.column("grz").to_numpy()))


def overlay(home: Path) -> tuple[Timed, float]:
    """Seconds of the same in memory, and the sum of its GRZ."""
    with twin.open(home) as t:
        parcels: Any = t.read("parcel")
        buildings: Any = t.read("building")
    start = time.perf_counter()
    main = buildings[~buildings["function_code"].isin(OUTBUILDINGS)]
    pairs = parcels.sjoin(main[["geom"]], predicate="intersects")
    covered = shapely.area(
        shapely.intersection(pairs.geometry.to_numpy(), main.geometry.loc[pairs["index_right"]].to_numpy())
    )
    # Slivers are no building on the neighbour's land.
    grz = np.where(covered >= 1.0, covered, 0.0) / pairs["amtliche_flaeche"].to_numpy()
    per_parcel = np.bincount(parcels.index.get_indexer(pairs.index), grz, len(parcels))
    return Timed(time.perf_counter() - start), float(per_parcel.sum())
