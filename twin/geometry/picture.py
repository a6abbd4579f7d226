"""Pixels of a tile of a picture: packed as JPEG with a mask beside, unpacked, and cut along a border."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from PIL import Image

from twin.geometry.polygon_mask import edges, inside
from twin.geometry.tile_grid import TileGrid

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Colours = NDArray[np.uint8]
"""Red, green and blue by row and column, shape (rows, columns, 3); the north-western pixel first."""

LARGEST = 512
"""Most pixels along a tile's edge."""

QUALITY = 88
"""Of the JPEG: artefacts stay under the noise of the camera, at a sixth of a byte a pixel."""

_SMALLEST = 250
_BLOCK = 16


class PictureGrid(TileGrid):
    """Grid of picture tiles: twice as wide as those of heights, for JPEG costs little a pixel and much a file."""

    @property
    def edge(self) -> int:
        """Pixels along a tile's edge: the largest divisor of a kilometre's, up to `LARGEST`."""
        return picture_edge(self.cell_size)


def picture_edge(cell_size: float) -> int:
    """Pixels along a tile's edge: 500 at 10, 20, 40 and 50 cm, so that a file of whole kilometres fills its tiles."""
    for square in (1_000, 10_000, 100_000):
        cells = square / cell_size
        if abs(cells - round(cells)) <= 1e-9 * cells:
            edge = max(divisor for divisor in range(1, LARGEST + 1) if round(cells) % divisor == 0)
            if edge >= _SMALLEST:
                return edge
    return LARGEST


def encode(colours: Colours, known: NDArray[np.bool_]) -> tuple[bytes, bytes | None]:
    """Pack a tile.

    Parameters
    ----------
    colours : array of uint8, shape (rows, columns, 3)
    known : array of bool, shape (rows, columns)
        Where there is a picture. Nothing of the colours elsewhere is kept.

    Returns
    -------
    pixels, mask : bytes, bytes or None
        What the columns of layer ``orthophoto`` hold; no mask where all is known.
    """
    mask = None
    if not known.all():
        colours = _without(colours, known)
        mask = zlib.compress(np.packbits(known).tobytes(), 6)
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(colours), "RGB").save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue(), mask


def decode(pixels: bytes, mask: bytes | None) -> tuple[Colours, NDArray[np.bool_]]:
    """Unpack a tile: colours, and where they are known.

    Raises
    ------
    ValueError
        If the bytes are no packed tile.
    """
    try:
        picture = Image.open(io.BytesIO(pixels), formats=("JPEG",))
        columns, rows = picture.size
        if max(columns, rows) > LARGEST:
            raise ValueError(f"a tile has at most {LARGEST} pixels along its edge, not {columns} × {rows}")
        colours = np.asarray(picture.convert("RGB"))
        if mask is None:
            return colours, np.ones((rows, columns), bool)
        bits = zlib.decompressobj().decompress(mask, LARGEST * LARGEST)
        known = np.unpackbits(np.frombuffer(bits, np.uint8), count=rows * columns).astype(bool)
    except (OSError, zlib.error, SyntaxError) as damage:
        raise ValueError("a packed tile of a picture is damaged") from damage
    return colours, known.reshape(rows, columns)


def cut(table: pa.Table, polygon: BaseGeometry) -> pa.Table:
    """Tiles of layer ``orthophoto`` without the pixels whose centre lies outside of `polygon`.

    Parameters
    ----------
    table : pyarrow.Table
        Rows; frames and keys of the tiles stay as they are.
    polygon : shapely geometry
        Area to keep, in the store's CRS.

    Returns
    -------
    kept : pyarrow.Table
        With the schema of `table`. What lies outside is in none of its bytes.
    """
    wests, souths, easts, norths = (table.column(name).to_numpy() for name in ("west", "south", "east", "north"))
    frames = shapely.box(wests, souths, easts, norths)
    shapely.prepare(polygon)
    whole = shapely.contains_properly(polygon, frames)
    lines = edges(polygon)
    chosen: list[int] = []
    new: dict[int, tuple[bytes, bytes | None, int]] = {}
    for index in range(table.num_rows):
        if not whole[index]:
            packed = (table.column(name)[index].as_py() for name in ("pixels", "mask"))
            colours, known = decode(*packed)
            rows, columns = known.shape
            size = (easts[index] - wests[index]) / columns
            own = known & inside(
                lines, west=wests[index], north=norths[index], cell_size=size, rows=rows, columns=columns
            )
            if not own.any():
                continue
            if not np.array_equal(own, known):
                new[len(chosen)] = (*encode(colours, own), int((~own).sum()))
        chosen.append(index)
    result = table.take(pa.array(chosen, pa.int64()))
    for place, name in enumerate(("pixels", "mask", "missing")):
        values = result.column(name).to_pylist()
        for row, changed in new.items():
            values[row] = changed[place]
        field = result.schema.field(name)
        result = result.set_column(result.schema.get_field_index(name), field, pa.array(values, field.type))
    return result


def _without(colours: Colours, known: NDArray[np.bool_]) -> Colours:
    """Unknown pixels in the mean colour of the known ones of their block, so that they cost little and ring little."""
    rows, columns = known.shape
    high, wide = -(-rows // _BLOCK), -(-columns // _BLOCK)
    padded = np.zeros((high * _BLOCK, wide * _BLOCK, 4), np.float32)
    padded[:rows, :columns, :3] = colours * known[..., None]
    padded[:rows, :columns, 3] = known
    sums = padded.reshape(high, _BLOCK, wide, _BLOCK, 4).sum(axis=(1, 3))
    whole = sums.sum(axis=(0, 1))
    mean = np.where(sums[..., 3:] > 0, sums[..., :3] / np.maximum(sums[..., 3:], 1), whole[:3] / max(whole[3], 1))
    fill = mean.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)[:rows, :columns]
    filled: Colours = np.where(known[..., None], colours, fill.astype(np.uint8))
    return filled
