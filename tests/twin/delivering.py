"""Makes deliveries of a few buildings for the tests of the store; run as a script, it is the process that is killed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

import twin

DISTRICT = "05974"
SOEST = "05974040"
WERL = "05974052"
TILE = (440_000.0, 5_700_000.0, 441_000.0, 5_701_000.0)
"""Extent of a tile of 1 km; the next one lies east of it."""


def buildings(keys: Sequence[str], west: float = TILE[0], lod: int = 2, height: float = 8.0) -> pa.Table:
    """Squares of 10 m in a row from `west`, 20 m apart."""
    south = TILE[1] + 100
    squares = [shapely.box(west + 20 * n + 5, south, west + 20 * n + 15, south + 10) for n in range(len(keys))]
    return pa.table(
        {
            "building_id": list(keys),
            "measured_height": [height] * len(keys),
            "lod": pa.array([lod] * len(keys), pa.int32()),
            "geom": [shapely.to_wkb(square) for square in squares],
        }
    )


def surfaces(keys: Sequence[str], count: int = 2) -> pa.Table:
    """`count` surfaces a building."""
    return pa.table(
        {
            "surface_id": [f"{key}-{n}" for key in keys for n in range(count)],
            "building_id": [key for key in keys for _ in range(count)],
            "surface_index": pa.array([n for _ in keys for n in range(count)], pa.int32()),
            "kind": ["wall"] * count * len(keys),
        }
    )


def deliver(
    t: twin.Twin,
    keys: Sequence[str],
    *,
    ags: str = SOEST,
    file: str = "tile.gml",
    extent: tuple[float, float, float, float] | None = TILE,
    format: str = "citygml",
    lod: int = 2,
    height: float = 8.0,
    west: float = TILE[0],
    count: int = 2,
    retire: Sequence[str] = (),
    sha256: str = "",
    **facts: Any,
) -> twin.Outcome:
    """One file of buildings with their surfaces."""
    header = twin.DeliveryHeader(file=file, format=format, sha256=sha256, layers=("building", "building_surface"))
    with t.stage(header) as staging:
        staging.file(0, file, sha256, extent=extent, **facts)
        staging.add(ags, "building", buildings(keys, west, lod, height))
        staging.add(ags, "building_surface", surfaces(keys, count))
        staging.retire("building", retire)
        return staging.commit()


def keys(t: twin.Twin, at: Any = None, layer: str = "building") -> list[str]:
    """Ids of the visible buildings, or of another layer's, sorted."""
    return sorted(row[0] for row in t.sql(f'SELECT building_id FROM "{layer}"', at=at).fetchall())


def replace_everywhere(home: Path, round_: int, size: int) -> None:
    """One delivery that replaces all buildings of two municipalities."""
    with twin.open(home) as t, t.stage(twin.DeliveryHeader(file="all.zip", format="citygml")) as staging:
        for part, ags in enumerate((SOEST, WERL)):
            ids = [f"{ags}-{round_}-{n}" for n in range(size)]
            staging.file(part, f"{ags}.gml", extent=TILE)
            staging.add(ags, "building", buildings(ids, height=float(round_)), part)
            staging.add(ags, "building_surface", surfaces(ids), part)
        staging.commit()


if __name__ == "__main__":
    sys.stdout.write("started\n")
    sys.stdout.flush()
    replace_everywhere(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write("done\n")
