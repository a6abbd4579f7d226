"""Parcel boundaries as GLB tiles of lines that lie on the terrain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from viewer.scene.building_tiles import cells_of
from viewer.scene.glb import LINES, Glb, quantised, y_up
from viewer.scene.tileset import Box, Cell, Refinement

Array = npt.NDArray[Any]

REFINEMENT = Refinement(leaf=500.0, error=0.1, mode="ADD")
"""Lines are drawn from about 6 km on."""

STEP = 10.0
"""Longest straight piece. [m]"""

LIFT = 0.3
"""Height of the lines above the terrain. [m]"""

MATERIAL = {
    "pbrMetallicRoughness": {"baseColorFactor": [0.72, 0.53, 0.04, 1.0], "metallicFactor": 0, "roughnessFactor": 1}
}


def boundary_segments(polygons: Array) -> Array:
    """Straight pieces of all rings, those that neighbours share once only.

    Parameters
    ----------
    polygons : array of shapely geometries

    Returns
    -------
    segments : float64 array of shape (s, 2, 2)
        Both ends; at most `STEP` long. [m]
    """
    rings = shapely.get_rings(polygons)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1], points[1:]], axis=1)[inside]
    # Neighbours run along a shared line in opposite directions; to the centimetre they are the same line.
    grid = np.rint(ends * 100).astype(np.int64)
    swap = (grid[:, 0, 0] > grid[:, 1, 0]) | ((grid[:, 0, 0] == grid[:, 1, 0]) & (grid[:, 0, 1] > grid[:, 1, 1]))
    grid[swap] = grid[swap][:, ::-1]
    ends[swap] = ends[swap][:, ::-1]
    _, first = np.unique(grid.reshape(-1, 4), axis=0, return_index=True)
    return densified(ends[np.sort(first)])


def densified(segments: Array) -> Array:
    """Segments cut into equal pieces of at most `STEP`."""
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    pieces = np.maximum(np.ceil(length / STEP), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(segments)), pieces)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    count = pieces[owner][:, None]
    begin, way = segments[owner, 0], (segments[:, 1] - segments[:, 0])[owner]
    return np.stack([begin + way * (number[:, None] / count), begin + way * ((number[:, None] + 1) / count)], axis=1)


def parcel_tiles(
    polygons: Array, ground: Callable[[Array, Array], Array], copyright: str = ""
) -> Iterator[tuple[Cell, tuple[float, float, float], Box, bytes]]:
    """Tiles of the boundaries of `polygons`.

    Parameters
    ----------
    polygons : array of shapely geometries
    ground : callable
        ``(east, north) -> height``; NaN where it knows none. [m]
    copyright : str
        Attribution and licence.

    Yields
    ------
    cell, centre, bounds, glb
        A piece of line lies in the square of its middle.
    """
    segments = boundary_segments(polygons)
    if not len(segments):
        return
    heights = ground(segments[:, :, 0].ravel(), segments[:, :, 1].ravel()).reshape(-1, 2)
    known = np.isfinite(heights).all(axis=1)
    lines = np.concatenate([segments, heights[:, :, None] + LIFT], axis=2)[known]
    if not len(lines):
        return
    middle = lines.mean(axis=1)
    columns, rows = cells_of(middle[:, 0], middle[:, 1], REFINEMENT.leaf)
    order = np.lexsort((rows, columns))
    lines, columns, rows = lines[order], columns[order], rows[order]
    edges = np.append(
        np.flatnonzero(np.diff(columns, prepend=columns[0] - 1) | np.diff(rows, prepend=rows[0])), len(order)
    )
    for first, last in pairwise(edges.tolist()):
        cell = Cell(0, int(columns[first]), int(rows[first]))
        part = lines[first:last]
        low, high = part.min(axis=(0, 1)), part.max(axis=(0, 1))
        centre = ((cell.column + 0.5) * REFINEMENT.leaf, (cell.row + 0.5) * REFINEMENT.leaf, float(np.round(low[2], 1)))
        yield cell, centre, (*low.tolist(), *high.tolist()), _glb(part.reshape(-1, 3) - centre, copyright)


def _glb(points: Array, copyright: str) -> bytes:
    glb = Glb(copyright)
    steps, scale = quantised(points)
    vertices, numbers = np.unique(steps, axis=0, return_inverse=True)
    attributes = {"POSITION": glb.attribute(y_up(vertices), bounds=True)}
    indices = glb.indices(numbers, len(vertices))
    glb.document["materials"] = [MATERIAL]
    return glb.bytes(
        primitive={"attributes": attributes, "indices": indices, "mode": LINES, "material": 0},
        node={"scale": [scale, scale, scale]},
        used=["KHR_mesh_quantization"],
        required=["KHR_mesh_quantization"],
    )
