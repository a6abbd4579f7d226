"""Layers whose rows lie in no lake: their pins are made when they are asked for, of what the asking principal sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from twin.consent import layers
from twin.layer import Layer
from twin.style import Pin, shapes
from twin.terrain import Terrain
from viewer.scene import feature_rows
from viewer.scene.point_tile import point_tile

if TYPE_CHECKING:
    from twin import Twin

MOST = 20_000
"""Pins of one layer; the gravest come first where the layer is sorted by its key."""

_ROUND = 1000.0  # [m] the tile's centre


def live_layers() -> Iterator[Layer]:
    """Layers that are drawn as pins and lie in no lake."""
    for layer in layers().values():
        every = shapes(layer.style, layer.geometry)
        if layer.placement == "registry" and any(isinstance(shape, Pin) for shape in every):
            yield layer


def revision(twin: Twin, layer: Layer) -> str:
    """What changes with the rows that the principal sees; empty where there are none."""
    rows = _placed(twin, layer).aggregate(f'count(*), bit_xor(hash("{layer.key[0]}"))').fetchall()
    count, mixed = rows[0]
    return f"{int(mixed or 0) & (2**64 - 1):016x}" if count else ""


def live_tileset(twin: Twin, layer: Layer) -> dict[str, Any] | None:
    """A tileset of one tile; None where there is nothing to see."""
    points = _points(twin, layer)[1]
    if not len(points):
        return None
    centre = _centre(points)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2 - centre, np.maximum((high - low) / 2, 1.0)
    box = [*middle.tolist(), half[0], 0, 0, 0, half[1], 0, 0, 0, half[2]]
    root = {
        "boundingVolume": {"box": [float(value) for value in box]},
        "geometricError": 0.0,
        "refine": "ADD",
        "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, *centre.tolist(), 1],
        "content": {"uri": f"content-{revision(twin, layer)}.glb"},
    }
    return {"asset": {"version": "1.1"}, "geometricError": 0.0, "root": root}


def live_tile(twin: Twin, layer: Layer) -> bytes:
    """The tile; empty where there is nothing to see."""
    table, points = _points(twin, layer)
    if not len(points):
        return b""
    texts = {
        "key": table.column("key"),
        "ags": table.column("ags"),
        "title": feature_rows.titles(layer, table),
    }
    attributes = {"_CLASS": feature_rows.classes(layer, table)}
    return point_tile(layer.name, points - _centre(points), attributes, texts)


def _placed(twin: Twin, layer: Layer) -> Any:
    return twin.table(layer.name).filter("geom IS NOT NULL")


def _points(twin: Twin, layer: Layer) -> tuple[pa.Table, Any]:
    key = f'"{layer.key[0]}"'
    place = "ST_X(ST_PointOnSurface(geom)) AS east, ST_Y(ST_PointOnSurface(geom)) AS north"
    columns = ", ".join(filter(None, (f"{key} AS key", "ags", place, feature_rows.columns(layer))))
    table = pa.table(_placed(twin, layer).order(key).limit(MOST).project(columns))
    east, north = table.column("east").to_numpy(), table.column("north").to_numpy()
    height = np.asarray(Terrain(twin).sample(east, north), float) if len(east) else np.zeros(0)
    unknown = np.isnan(height)
    height[unknown] = np.median(height[~unknown]) if (~unknown).any() else _usual(twin)
    return table, np.column_stack([east, north, height])


def _usual(twin: Twin) -> float:
    """Height of the ground where no terrain tells of it: the middle of what the houses stand on. [m]"""
    found = twin.table("building_mesh").aggregate("median(origin_z)").fetchall()[0][0]
    return float(found or 0.0)


def _centre(points: Any) -> Any:
    return np.round(points.mean(axis=0) / _ROUND) * np.array([_ROUND, _ROUND, 0.0]) + np.array(
        [0.0, 0.0, np.round(points[:, 2].min())]
    )
