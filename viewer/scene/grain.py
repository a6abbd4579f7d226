"""Grain of areas: brightness that is anchored in the landscape, so that neighbouring squares and other scales meet."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from viewer.scene.areas import FIELD, GRASS, KINDS, PLAIN, SETTLED, WATER, WOOD, Areas

Array = npt.NDArray[Any]


def brightness(areas: Areas, label: Array, square: tuple[float, float, float], pixels: int) -> Array:
    """Brightness of each pixel, about 1; `label` is the number of the area there, from 1."""
    west, south, size = square
    cell = size / pixels
    east = west + (np.arange(pixels) + 0.5) * cell
    north = south + size - (np.arange(pixels) + 0.5) * cell
    kinds = np.concatenate([[PLAIN], areas.textures])[label]
    light = np.ones(label.shape, np.float32)
    for wavelength, strengths in _GRAIN:
        # Grain finer than two pixels would flicker.
        seen = min(max(wavelength / cell / 2.0 - 1.0, 0.0), 1.0)
        strength = np.array([strengths.get(kind, 0.0) * seen for kind in range(len(KINDS))], np.float32)[kinds]
        if strength.any():
            light += strength * _noise(east, north, wavelength)
    field = kinds == FIELD
    if field.any():
        across = np.concatenate([np.zeros((1, 2)), areas.directions])[label[field]]
        row, column = np.nonzero(field)
        way = east[column] * across[:, 0] + north[row] * across[:, 1]
        for period, strength_of_rows in _ROWS:
            seen = min(max(period / cell / 3.0 - 1.0, 0.0), 1.0)
            if seen:
                light[field] += (strength_of_rows * seen) * np.sin(way * (2 * np.pi / period)).astype(np.float32)
    return light


_GRAIN: tuple[tuple[float, dict[int, float]], ...] = (
    (90.0, {FIELD: 0.05, GRASS: 0.05, WOOD: 0.05, WATER: 0.05, SETTLED: 0.05}),
    (34.0, {WOOD: 0.12}),
    (17.0, {GRASS: 0.08}),
    (11.0, {SETTLED: 0.08}),
    (6.0, {WOOD: 0.16}),
)
"""Wavelength [m], and how strong the grain is on each kind of area."""

_ROWS = ((3.0, 0.030), (21.0, 0.022))
"""Distance of crop rows and of tramlines [m], and how strong they are."""


def _noise(east: Array, north: Array, wavelength: float) -> Array:
    """Smooth noise in [-0.5, 0.5] that depends on the place alone, float32 of shape (len(north), len(east)).

    Random numbers on a lattice that lies still in the landscape, interpolated first along rows, then along columns.
    """
    i, u = _places(east, wavelength)
    j, v = _places(north, wavelength)
    first, low = i.min(), j.min()
    lattice = _chance(np.arange(first, i.max() + 2)[None, :], np.arange(low, j.max() + 2)[:, None]) - np.float32(0.5)
    along = lattice[:, i - first] * (1 - u) + lattice[:, i - first + 1] * u
    mixed: Array = along[j - low] * (1 - v)[:, None] + along[j - low + 1] * v[:, None]
    return mixed


def _places(position: Array, wavelength: float) -> tuple[Array, Array]:
    scaled = position / wavelength
    whole = np.floor(scaled)
    part = (scaled - whole).astype(np.float32)
    return whole.astype(np.int64), part * part * (3 - 2 * part)


def _chance(column: Array, row: Array) -> Array:
    mixed = (column * 374761393 + row * 668265263).astype(np.uint32)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(1274126177)
    share: Array = ((mixed ^ (mixed >> np.uint32(16))) & np.uint32(0xFFFF)).astype(np.float32) / np.float32(65535)
    return share
