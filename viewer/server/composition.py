"""What a principal's scene is made of: answers ``/scene.json``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from twin.consent import layers
from twin.registry import rows
from viewer.scene.attribution import attribution
from viewer.scene.looks import is_draped, look
from viewer.scene.products import PRODUCTS
from viewer.scene.tenant import Tenant
from viewer.scene.terrain_tiles import skirt
from viewer.scene.tileset import Box, Tileset, read_tileset
from viewer.sensors.stations import SENSOR, stations_by_tenant
from viewer.server.imagery import imagery
from viewer.server.layer_list import layer_list, row_count
from viewer.server.live import live_layers, revision

if TYPE_CHECKING:
    from twin import Twin

_FRAME = ("building", "terrain", "parcel")
_ROUND = 100.0  # [m] to which the origin is rounded, so that it seldom moves


def compose(twin: Twin) -> dict[str, Any]:
    """The scene as far as the twin's principal may see it.

    Parameters
    ----------
    twin : Twin

    Returns
    -------
    scene : dict
        ``name``, ``origin`` [east, north, height], ``extent`` [west, south, east, north],
        ``heights`` [lowest, highest], ``tilesets``, ``drapes``, ``imagery``, ``stations``, ``layers``, ``looks``,
        ``municipalities``, ``attribution``; lengths in metres.
    """
    visible = twin.visible()
    tilesets, boxes = [], []
    for ags, consent_class in sorted(visible):
        for product in PRODUCTS:
            if product.consent_class != consent_class:
                continue
            found = read_tileset_of(twin, ags, product.layer)
            if found is not None and found.contents:
                # Ground that is estimated from buildings is drawn as terrain.
                drawn = "terrain" if product.layer == "ground" else product.layer
                entry = {
                    "ags": ags,
                    "layer": drawn,
                    "url": f"tiles/{ags}/{product.layer}/tileset.json",
                    "how": product.how,
                }
                tilesets.append(entry | {"revision": found.facts["revision"], "estimated": product.layer == "ground"})
                boxes.append((drawn, _without_skirts(found) if drawn == "terrain" else found.box))
    for layer in live_layers():
        state = revision(twin, layer)
        if state:
            entry = {"ags": "", "layer": layer.name, "url": f"features/{layer.name}/tileset.json", "how": "pin"}
            tilesets.append(entry | {"revision": state, "estimated": False})
    draped = [layer.name for layer in layers().values() if is_draped(layer) and row_count(twin, layer.name)]
    pictures = imagery(twin)
    signed = {entry["layer"] for entry in tilesets if entry["how"] == "pin"}
    measured = stations_by_tenant(twin)
    municipalities = _municipalities(twin, {entry["ags"] for entry in tilesets} | set(measured))
    # A stop or a tree far out in the country does not widen the view.
    extent = _extent(
        [box for name, box in boxes if box and name in _FRAME] or [box for _, box in boxes if box],
        municipalities,
        measured.values(),
    )
    heights = _heights(boxes)
    origin = [round((extent[k] + extent[k + 2]) / 2 / _ROUND) * _ROUND for k in (0, 1)]
    return {
        "name": twin.registry.setting("district_name") or twin.registry.setting("district"),
        "origin": [*origin, float(round(heights[0]))],
        "extent": extent,
        "heights": heights,
        "tilesets": tilesets,
        "drapes": draped,
        "imagery": pictures,
        "stations": {"layer": SENSOR, "url": "sensors.json"} if measured else None,
        "layers": layer_list(
            twin,
            {entry["layer"] for entry in tilesets}
            | set(draped)
            | ({"orthophoto"} if pictures else set())
            | ({SENSOR} if measured else set()),
        ),
        "looks": {name: look(layers()[name]) for name in sorted(signed)},
        "municipalities": municipalities,
        "attribution": attribution(twin, visible),
    }


def read_tileset_of(twin: Twin, ags: str, layer: str) -> Tileset | None:
    """The tileset of a drawn layer, kept in memory until the file changes; None if there is none."""
    product = next((product for product in PRODUCTS if product.layer == layer), None)
    if product is None:
        return None
    folder = product.folder(Tenant(twin, ags))
    try:
        changed = (folder / "tileset.json").stat().st_mtime_ns
    except OSError:
        return None
    return _cached(str(folder), changed)


@lru_cache(maxsize=256)
def _cached(folder: str, _changed: int) -> Tileset | None:
    return read_tileset(Path(folder))


def _without_skirts(tileset: Tileset) -> Box:
    lowest = min(content.box[2] + skirt(cell) for cell, content in tileset.contents.items())
    assert tileset.box is not None
    west, south, _, east, north, highest = tileset.box
    return west, south, lowest, east, north, highest


def _municipalities(twin: Twin, drawn: set[str]) -> list[dict[str, Any]]:
    table = pa.table(twin.table("municipality").project("ags, name, ST_AsWKB(geom) AS geom").order("ags"))
    with twin.registry.read() as transaction:
        joined = {str(row["ags"]) for row in rows(transaction, "SELECT DISTINCT ags FROM consent")}
    found = []
    for row in table.to_pylist():
        shape = shapely.from_wkb(row["geom"]) if row["geom"] else None
        if shape is None or shape.is_empty:
            continue
        centre = shape.representative_point()
        found.append(
            {
                "ags": row["ags"],
                "name": row["name"],
                "centre": [round(centre.x, 1), round(centre.y, 1)],
                "box": [round(value, 1) for value in shape.bounds],
                "joined": row["ags"] in joined,
                "empty": row["ags"] not in drawn,
            }
        )
    return found


def _extent(
    boxes: list[Box], municipalities: list[dict[str, Any]], measured: Iterable[tuple[float, float, float, float]]
) -> list[float]:
    rectangles = [(box[0], box[1], box[3], box[4]) for box in boxes]
    # Without a single tile the borders are what there is to look at, and without those the sensors.
    rectangles = rectangles or [tuple(entry["box"]) for entry in municipalities]
    rectangles = rectangles or [
        (west - 500, south - 500, east + 500, north + 500) for west, south, east, north in measured
    ]
    rectangles = rectangles or [(0.0, 0.0, 1000.0, 1000.0)]
    west, south, east, north = zip(*rectangles, strict=True)
    return [min(west), min(south), max(east), max(north)]


def _heights(boxes: list[tuple[str, Box | None]]) -> list[float]:
    ground = [box for layer, box in boxes if layer == "terrain" and box] or [box for _, box in boxes if box]
    return [min(box[2] for box in ground), max(box[5] for box in ground)] if ground else [0.0, 100.0]
