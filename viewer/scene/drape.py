"""Land use as a picture over a square, for the terrain's texture.

Areas are drawn in the colours of their theme, each field, wood and meadow a shade of its own, with a texture that is
anchored in the landscape, so that neighbouring squares and other scales meet without a seam.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from PIL import Image, ImageDraw

from layers.land_use import LAYER
from twin.style import Classes
from viewer.scene.colours import class_of, rgb

Array = npt.NDArray[Any]

Square = tuple[float, float, float]
"""West, south, edge. [m]"""

PIXELS = 512
"""Edge of a picture."""

SUPERSAMPLING = 2

PLAIN, FIELD, GRASS, WOOD, WATER, SETTLED = range(6)

_TEXTURES = {
    "AX_Landwirtschaft": FIELD,
    "AX_Wald": WOOD,
    "AX_Gehoelz": WOOD,
    "AX_Fliessgewaesser": WATER,
    "AX_StehendesGewaesser": WATER,
    "AX_Hafenbecken": WATER,
    "AX_Meer": WATER,
    "AX_SportFreizeitUndErholungsflaeche": GRASS,
    "AX_Friedhof": GRASS,
    "AX_Heide": GRASS,
    "AX_Moor": GRASS,
    "AX_Sumpf": GRASS,
    "AX_Wohnbauflaeche": SETTLED,
    "AX_FlaecheGemischterNutzung": SETTLED,
    "AX_FlaecheBesondererFunktionalerPraegung": SETTLED,
}

_GRASSLAND = ("1020", "1030", "1050", "1100")
"""vegetationsmerkmal of AX_Landwirtschaft: Grünland, Gartenbauland, Obstplantage, Streuobst (GeoInfoDok 7.1)."""

_CROPS = np.array(
    [rgb(c) for c in ("#CFCB8E", "#BFBF7A", "#D6CC88", "#AFBD78", "#9FB26D", "#C0B180", "#C4C899", "#B1AB7A")]
)
_MEADOW = np.array(rgb("#A9BF7A"))


@dataclass(frozen=True)
class Areas:
    """Polygons to be drawn, in drawing order.

    Attributes
    ----------
    polygons : array of shapely polygons
    colours : float array of shape (n, 3)
    textures : int array of shape (n,)
    directions : float array of shape (n, 2)
        Unit vector across the crop rows.
    """

    polygons: Array
    colours: Array
    textures: Array
    directions: Array

    def __len__(self) -> int:
        return len(self.polygons)

    @classmethod
    def of_land_use(cls, ids: Array, classes: Array, codes: Array, geometries: Array, smallest: float = 0.0) -> Areas:
        """Areas of rows of layer ``land_use``; those under `smallest` [m²] are left out.

        Parameters
        ----------
        ids, classes, codes : object arrays of shape (n,)
            ``land_use_id``, ``land_use_class``, ``land_use_code``.
        geometries : object array of shape (n,)
            (Multi)polygons.
        smallest : float
            What is smaller than a pixel need not be drawn. [m²]
        """
        parts, row = shapely.get_parts(geometries, return_index=True)
        area = shapely.area(parts)
        order = np.argsort(-area, kind="stable")
        order = order[area[order] > smallest]
        parts, row = parts[order], row[order]
        seeds = pd.util.hash_array(np.asarray(ids, object)[row].astype(str))
        names, grass = np.asarray(classes, object)[row], np.isin(np.asarray(codes, object)[row].astype(str), _GRASSLAND)
        theme = LAYER.style.themes[0] if LAYER.style else None
        assert isinstance(theme, Classes)
        known = {name: rgb(theme.classes[class_of(theme, str(name))].colour) for name in set(names.tolist())}
        colours = np.array([known[name] for name in names], np.float64).reshape(-1, 3)
        textures = np.array([_TEXTURES.get(name, PLAIN) for name in names], np.int64)
        meadow = (textures == FIELD) & grass
        textures[meadow] = GRASS
        crop = textures == FIELD
        colours[crop] = 0.35 * colours[crop] + 0.65 * _CROPS[(seeds[crop] % np.uint64(len(_CROPS))).astype(int)]
        colours[meadow] = _MEADOW
        shade = ((seeds >> np.uint64(8)) % np.uint64(1000)).astype(np.float64) / 1000 - 0.5
        strength = np.select([crop, textures == GRASS, textures == WOOD], [0.10, 0.12, 0.10], 0.03)
        return cls(parts, colours * (1 + shade * strength)[:, None], textures, _directions(parts, crop))

    @classmethod
    def plain(cls, geometries: Array, colours: Array) -> Areas:
        """(Multi)polygons in one colour each, without texture.

        Parameters
        ----------
        geometries : object array of shape (n,)
        colours : array of shape (n, 3)
        """
        parts, row = shapely.get_parts(geometries, return_index=True)
        order = np.argsort(-shapely.area(parts), kind="stable")
        shades = np.asarray(colours, np.float64)[row[order]]
        return cls(parts[order], shades, np.full(len(order), PLAIN), np.tile([1.0, 0.0], (len(order), 1)))


def drape(sheets: Sequence[tuple[Areas, float]], square: Square, pixels: int = PIXELS) -> bytes:
    """Picture of some sheets over a square, laid over each other; transparent where there is nothing.

    Parameters
    ----------
    sheets : sequence of (Areas, opacity)
        From below to above; opacity in [0, 1].
    square : Square
    pixels : int
        Edge of the picture.

    Returns
    -------
    png : bytes
    """
    picture: Image.Image | None = None
    for areas, opacity in sheets:
        if len(areas):
            sheet = Image.fromarray(_sheet(areas, opacity, square, pixels), "RGBA")
            picture = sheet if picture is None else Image.alpha_composite(picture, sheet)
    stream = io.BytesIO()
    (picture or Image.new("RGBA", (1, 1))).save(stream, "PNG", compress_level=3)
    return stream.getvalue()


def _sheet(areas: Areas, opacity: float, square: Square, pixels: int) -> Array:
    fine = _labels(areas, square, pixels * SUPERSAMPLING)
    table = np.zeros((len(areas) + 1, 4), np.float32)
    table[1:, :3], table[1:, 3] = areas.colours, 1.0
    # What is not covered is black and weighs nothing, so a mean over pixels is premultiplied by itself.
    picture: Array = np.zeros((pixels, pixels, 4), np.float32)
    for y in range(SUPERSAMPLING):
        for x in range(SUPERSAMPLING):
            picture += table[fine[y::SUPERSAMPLING, x::SUPERSAMPLING]]
    picture /= SUPERSAMPLING**2
    alpha = picture[..., 3:]
    picture[..., :3] /= np.maximum(alpha, 1e-6)
    picture[..., :3] *= _texture(areas, fine[::SUPERSAMPLING, ::SUPERSAMPLING], square, pixels)[..., None]
    alpha *= np.float32(255.0 * opacity)
    rgba: Array = (picture.clip(0, 255) + np.float32(0.5)).astype(np.uint8)
    return rgba


def _labels(areas: Areas, square: Square, pixels: int) -> Array:
    """Number of the area at each pixel, from 1; 0 for none."""
    west, south, size = square
    image = Image.new("I", (pixels, pixels), 0)
    draw = ImageDraw.Draw(image)
    scale = pixels / size
    rings, owner = shapely.get_rings(areas.polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    # Pillow counts from the middle of a pixel.
    points = (points - (west, south)) * scale - 0.5
    points[:, 1] = pixels - 1 - points[:, 1]
    starts = np.searchsorted(ring, np.arange(len(rings) + 1))
    hole = np.concatenate([[False], owner[1:] == owner[:-1]])
    for number in range(len(rings)):
        corners = points[starts[number] : starts[number + 1]]
        if len(corners) > 2:
            draw.polygon(corners.ravel().tolist(), fill=0 if hole[number] else int(owner[number]) + 1)
    return np.asarray(image)


def _texture(areas: Areas, label: Array, square: Square, pixels: int) -> Array:
    """Brightness of each pixel, about 1."""
    west, south, size = square
    cell = size / pixels
    east = west + (np.arange(pixels) + 0.5) * cell
    north = south + size - (np.arange(pixels) + 0.5) * cell
    kinds = np.concatenate([[PLAIN], areas.textures])[label]
    light = np.ones(label.shape, np.float32)
    for wavelength, strengths in _GRAIN:
        # Grain finer than two pixels would flicker.
        seen = min(max(wavelength / cell / 2.0 - 1.0, 0.0), 1.0)
        strength = np.array([strengths.get(kind, 0.0) * seen for kind in range(6)], np.float32)[kinds]
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


def _directions(polygons: Array, wanted: Array) -> Array:
    """Unit vectors across the longest side of the smallest rectangle around each wanted polygon."""
    directions = np.tile([1.0, 0.0], (len(polygons), 1))
    for number in np.flatnonzero(wanted):
        corners = shapely.get_coordinates(shapely.oriented_envelope(polygons[number]))
        if len(corners) < 4:
            continue
        first, second = corners[1] - corners[0], corners[2] - corners[1]
        short = min(first, second, key=lambda side: float(np.hypot(*side)))
        directions[number] = short / max(float(np.hypot(*short)), 1e-9)
    return directions
