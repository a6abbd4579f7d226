"""Areas and lines as a picture over a square, for the terrain's texture.

Areas are drawn in the colours of their theme, each field, wood and meadow a shade of its own, with a grain that is
anchored in the landscape, so that neighbouring squares and other scales meet without a seam.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageDraw

from viewer.scene.areas import Areas
from viewer.scene.grain import brightness

Array = npt.NDArray[Any]

Square = tuple[float, float, float]
"""West, south, edge. [m]"""

PIXELS = 512
"""Edge of a picture."""

SUPERSAMPLING = 2


Sheet = tuple[Areas, float] | Array
"""Areas with an opacity, or a ready picture of the square: uint8 of shape (pixels, pixels, 4)."""

STRIPE = 7.0
"""Distance of the stripes of what is hatched, where that is wide enough on the picture. [m]"""

BETWEEN = 0.3
"""What is left of the opacity between stripes. [1]"""


def drape(sheets: Sequence[Sheet], square: Square, pixels: int = PIXELS) -> bytes:
    """Picture of some sheets over a square, laid over each other; transparent where there is nothing.

    Parameters
    ----------
    sheets : sequence of Sheet
        From below to above; opacity in [0, 1].
    square : Square
    pixels : int
        Edge of the picture.

    Returns
    -------
    png : bytes
    """
    picture: Image.Image | None = None
    for sheet in sheets:
        if isinstance(sheet, tuple):
            if not len(sheet[0]):
                continue
            painted = _sheet(*sheet, square, pixels)
        else:
            painted = sheet
        image = Image.fromarray(painted, "RGBA")
        picture = image if picture is None else Image.alpha_composite(picture, image)
    stream = io.BytesIO()
    (picture or Image.new("RGBA", (1, 1))).save(stream, "PNG", compress_level=3)
    return stream.getvalue()


def _sheet(areas: Areas, opacity: float, square: Square, pixels: int) -> Array:
    fine = _labels(areas, square, pixels * SUPERSAMPLING)
    table = _table(areas)
    # What is not covered is black and weighs nothing, so a mean over pixels is premultiplied by itself.
    table[:, :3] *= table[:, 3:]
    picture: Array = np.zeros((pixels, pixels, 4), np.float32)
    for y in range(SUPERSAMPLING):
        for x in range(SUPERSAMPLING):
            picture += table[fine[y::SUPERSAMPLING, x::SUPERSAMPLING]]
    picture /= SUPERSAMPLING**2
    alpha = picture[..., 3:]
    picture[..., :3] /= np.maximum(alpha, 1e-6)
    label = fine[::SUPERSAMPLING, ::SUPERSAMPLING]
    inside = np.where(label > len(areas), 0, label)
    if areas.textures.any():
        picture[..., :3] *= brightness(areas, inside, square, pixels)[..., None]
    if areas.hatched is not None and areas.hatched.any():
        striped = np.concatenate([[False], areas.hatched])[inside]
        alpha[striped] *= _stripes(square, pixels)[striped][:, None]
    alpha *= np.float32(255.0 * opacity)
    rgba: Array = (picture.clip(0, 255) + np.float32(0.5)).astype(np.uint8)
    return rgba


def _table(areas: Areas) -> Array:
    """Colour and opacity of each label: nothing, the fills, the edges."""
    count = len(areas)
    table: Array = np.zeros((2 * count + 1, 4), np.float32)
    table[1 : count + 1, :3] = areas.colours
    table[1 : count + 1, 3] = 1.0 if areas.alphas is None else areas.alphas
    if areas.edges is not None:
        table[count + 1 :, :3], table[count + 1 :, 3] = areas.edges, 1.0
    return table


def _stripes(square: Square, pixels: int) -> Array:
    """Share of the opacity at each pixel of what is hatched; the stripes lie still in the landscape."""
    west, south, size = square
    cell = size / pixels
    wide = STRIPE * 2.0 ** max(0, np.ceil(np.log2(6 * cell / STRIPE)))
    east = west + (np.arange(pixels) + 0.5) * cell
    north = south + size - (np.arange(pixels) + 0.5) * cell
    way = np.abs(((east[None, :] + north[:, None]) / wide) % 1.0 - 0.5) * 2
    soft = ((way - 0.5) * wide / (2 * cell) + 0.5).clip(0.0, 1.0)
    shares: Array = (BETWEEN + (1 - BETWEEN) * soft).astype(np.float32)
    return shares


def _labels(areas: Areas, square: Square, pixels: int) -> Array:
    """Number of the area at each pixel, from 1; that of its edge is higher by their count; 0 for none."""
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
    last = np.concatenate([owner[1:] != owner[:-1], [True]])
    wide = max(SUPERSAMPLING, round(areas.edge * scale)) if areas.edges is not None else 0
    first = 0
    for number in range(len(rings)):
        corners = points[starts[number] : starts[number + 1]]
        if len(corners) > 2:
            draw.polygon(corners.ravel().tolist(), fill=0 if hole[number] else int(owner[number]) + 1)
        if last[number] and wide:
            # Edges after all holes: a hole would wipe out half of its own.
            for edge in range(first, number + 1):
                corners = points[starts[edge] : starts[edge + 1]]
                if len(corners) > 2:
                    draw.line(corners.ravel().tolist(), fill=len(areas) + int(owner[edge]) + 1, width=wide)
        if last[number]:
            first = number + 1
    return np.asarray(image)
