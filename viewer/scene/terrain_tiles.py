"""Terrain as GLB tiles: a quadtree of grid meshes with skirts."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from viewer.scene.glb import TRIANGLES, Glb, normal_bytes, quantised, y_up
from viewer.scene.tileset import Box, Cell, Refinement

Array = npt.NDArray[Any]

QUADS = 64
"""Quads along the edge of a tile."""

SPACING = 4.0
"""Distance of the vertices of the finest tiles. [m]"""

REFINEMENT = Refinement(leaf=QUADS * SPACING, error=1.0 / QUADS, mode="REPLACE")
"""A tile is refined when one of its quads is seen larger than the renderer's target."""

BLOCK_LEVELS = 4
"""Levels that are cut from one window of heights: 8 × 8 leaves, 4 × 4, 2 × 2 and one above."""

MATERIAL = {
    "pbrMetallicRoughness": {"baseColorFactor": [0.66, 0.71, 0.54, 1.0], "metallicFactor": 0, "roughnessFactor": 1}
}


def edge(cell: Cell) -> float:
    """Edge of the square of `cell`. [m]"""
    return REFINEMENT.leaf * 2.0**cell.level


def square(cell: Cell) -> tuple[float, float, float, float]:
    """West, south, east, north of `cell`. [m]"""
    size = edge(cell)
    return cell.column * size, cell.row * size, (cell.column + 1) * size, (cell.row + 1) * size


def skirt(cell: Cell) -> float:
    """How far the skirt of a tile hangs down, so that no gap opens beside a coarser or finer neighbour. [m]"""
    return edge(cell) / QUADS + 1.0


def terrain_tile(
    cell: Cell, heights: Array, copyright: str = ""
) -> tuple[tuple[float, float, float], Box, bytes] | None:
    """One tile of terrain.

    Parameters
    ----------
    cell : Cell
    heights : float array of shape (67, 67)
        Heights at the vertices of the tile and one vertex beyond each edge, first row north; NaN where
        there is none. [m]
    copyright : str
        Attribution and licence.

    Returns
    -------
    centre, bounds, glb
        None if no quad has a height at all four corners.
    """
    inner = heights[1:-1, 1:-1]
    known = np.isfinite(inner)
    drawn = known[:-1, :-1] & known[:-1, 1:] & known[1:, :-1] & known[1:, 1:]
    if not drawn.any():
        return None
    size = edge(cell)
    west, south, east, north = square(cell)
    low, high = float(inner[known].min()), float(inner[known].max())
    centre = ((west + east) / 2, (south + north) / 2, round((low + high) / 2, 1))
    ground = np.where(known, inner, low) - centre[2]
    depth = skirt(cell)
    steps = np.linspace(-size / 2, size / 2, QUADS + 1)
    grid = np.stack([*np.meshgrid(steps, -steps), ground], axis=-1).reshape(-1, 3)
    rim = _rim()
    positions = np.concatenate([grid, grid[rim] - (0.0, 0.0, depth)])
    normals = _normals(heights, size / QUADS).reshape(-1, 3)
    picture = np.stack([positions[:, 0] / size + 0.5, 0.5 - positions[:, 1] / size], axis=1)
    faces = _faces() if drawn.all() else _faces()[_shown(drawn)]

    glb = Glb(copyright)
    quanta, scale = quantised(positions)
    attributes = {
        "POSITION": glb.attribute(y_up(quanta), bounds=True),
        "NORMAL": glb.attribute(y_up(normal_bytes(np.concatenate([normals, normals[rim]]))), normalized=True),
        "TEXCOORD_0": glb.attribute(np.rint(picture.clip(0, 1) * 65535).astype(np.uint16), normalized=True),
    }
    indices = glb.indices(faces, len(positions))
    glb.document["materials"] = [MATERIAL]
    data = glb.bytes(
        primitive={"attributes": attributes, "indices": indices, "mode": TRIANGLES, "material": 0},
        node={"scale": [scale, scale, scale]},
        used=["KHR_mesh_quantization"],
        required=["KHR_mesh_quantization"],
        extras={"square": [west, south, east, north]},
    )
    across, down = np.flatnonzero(drawn.any(axis=0)), np.flatnonzero(drawn.any(axis=1))
    step = size / QUADS
    sides = (
        west + across[0] * step,
        north - (down[-1] + 1) * step,
        west + (across[-1] + 1) * step,
        north - down[0] * step,
    )
    return centre, (sides[0], sides[1], low - depth, sides[2], sides[3], high), data


def _normals(heights: Array, spacing: float) -> Array:
    """Normals at the inner vertices, shape (65, 65, 3); a missing neighbour counts as level with the vertex."""
    inner = heights[1:-1, 1:-1]

    def beside(rows: slice, columns: slice) -> Array:
        difference: Array = np.nan_to_num(heights[rows, columns] - inner, nan=0.0)
        return difference

    middle = slice(1, -1)
    east = beside(middle, slice(2, None)) - beside(middle, slice(0, -2))
    north = beside(slice(0, -2), middle) - beside(slice(2, None), middle)
    normals = np.stack([-east, -north, np.full_like(east, 2.0 * spacing)], axis=-1)
    unit: Array = normals / np.linalg.norm(normals, axis=-1, keepdims=True)
    return unit


@cache
def _rim() -> Array:
    """Vertices around the edge, each once: north edge eastwards, then on clockwise."""
    numbers = np.arange((QUADS + 1) ** 2).reshape(QUADS + 1, QUADS + 1)
    around: Array = np.concatenate([numbers[0, :-1], numbers[:-1, -1], numbers[-1, :0:-1], numbers[:0:-1, 0]])
    return around


@cache
def _faces() -> Array:
    """Triangles of a tile without gaps: two a quad, row by row, then two a quad of the rim for the skirt."""
    numbers = np.arange((QUADS + 1) ** 2).reshape(QUADS + 1, QUADS + 1)
    nw, ne, sw, se = (part.ravel() for part in (numbers[:-1, :-1], numbers[:-1, 1:], numbers[1:, :-1], numbers[1:, 1:]))
    quads = np.stack([nw, sw, se, nw, se, ne], axis=1).reshape(-1, 3)
    rim = _rim()
    after, first = np.roll(rim, -1), (QUADS + 1) ** 2
    below = first + np.arange(len(rim))
    below_after = np.roll(below, -1)
    skirt = np.stack([rim, after, below_after, rim, below_after, below], axis=1).reshape(-1, 3)
    return np.concatenate([quads, skirt])


def _shown(drawn: Array) -> Array:
    """Which triangles of `_faces` are drawn, given which quads are."""
    rim = np.concatenate([drawn[0, :], drawn[:, -1], drawn[-1, ::-1], drawn[::-1, 0]])
    return np.repeat(np.concatenate([drawn.ravel(), rim]), 2)
