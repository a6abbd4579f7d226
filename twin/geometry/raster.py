"""Pixels of a raster tile: packed losslessly to one millimetre, unpacked, and cut along a border.

A packed tile is a header and one zstd frame. The frame holds the differences of neighbouring cells of a row in
steps of the tile's own resolution (1 mm, or 1 cm where the source gives no more), byte plane by byte plane; cells
without value repeat their predecessor there and are marked in a bit mask after the differences.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Heights = NDArray[np.float32]
"""Heights by row and column, the north-western cell first; NaN where there is no value. [m]"""

HIGHEST = 2_000_000.0
"""Largest magnitude that can be packed. [m]"""

LARGEST_EDGE = 4096
"""Most rows or columns of a packed tile: what unpacking may allocate has to be bounded."""

_MAGIC = b"TWR1"
_HEADER = struct.Struct("<4sHHHHiII")  # magic, rows, columns, bytes a difference, masked, first, step, unpacked size


def encode(heights: NDArray[np.floating]) -> bytes:
    """Pack a tile's heights.

    Parameters
    ----------
    heights : array of float, shape (rows, columns)
        NaN where there is no value. [m]

    Returns
    -------
    pixels : bytes
        What the column ``pixels`` of layer ``terrain`` holds; `decode` gives each height back to 0.5 mm.

    Raises
    ------
    ValueError
        If the array is not of two dimensions of 1 to `LARGEST_EDGE` cells, or holds a value beyond `HIGHEST`.
    """
    if heights.ndim != 2 or not all(0 < edge <= LARGEST_EDGE for edge in heights.shape):
        raise ValueError(f"a tile has 1 to {LARGEST_EDGE} rows and columns, not shape {heights.shape}")
    flat = np.asarray(heights, np.float64).ravel()
    missing = np.isnan(flat)
    known = np.where(missing, 0.0, flat)
    if not np.all(np.abs(known) <= HIGHEST):
        worst = known[np.argmax(np.abs(known))]
        raise ValueError(f"heights lie within ±{HIGHEST:.0f} m, found {worst}")
    millimetres = np.rint(known * 1000).astype(np.int64)
    if missing.any():
        # The last value before a hole goes on through it, so that its edge costs nothing.
        last = np.maximum.accumulate(np.where(missing, -1, np.arange(flat.size)))
        millimetres = np.where(last >= 0, millimetres[last], millimetres[~missing][0] if not missing.all() else 0)
    rows, columns = heights.shape
    first = int(millimetres[0])
    grid = (millimetres - first).reshape(rows, columns)
    step = max(1, int(np.gcd.reduce(grid, axis=None)))
    grid //= step
    differences = grid.copy()
    differences[:, 1:] -= grid[:, :-1]
    differences[1:, 0] -= grid[:-1, 0]
    folded = ((differences << 1) ^ (differences >> 63)).astype(np.uint64).ravel()  # zigzag: small either way
    width = max(1, (int(folded.max()).bit_length() + 7) // 8)
    planes = np.ascontiguousarray(folded.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width].T)
    payload = planes.tobytes() + (np.packbits(missing).tobytes() if missing.any() else b"")
    header = _HEADER.pack(_MAGIC, rows, columns, width, int(missing.any()), first, step, len(payload))
    return header + bytes(pa.Codec("zstd", compression_level=9).compress(payload, asbytes=True))


def decode(pixels: bytes) -> Heights:
    """Unpack a tile's heights.

    Parameters
    ----------
    pixels : bytes
        What `encode` gave.

    Returns
    -------
    heights : array of float32, shape (rows, columns)
        NaN where there is no value. [m]

    Raises
    ------
    ValueError
        If the bytes are no packed tile.
    """
    if len(pixels) < _HEADER.size or pixels[:4] != _MAGIC:
        raise ValueError(f"a packed tile starts with {_MAGIC!r}, found {bytes(pixels[:4])!r}")
    _, rows, columns, width, masked, first, step, size = _HEADER.unpack_from(pixels)
    cells = rows * columns
    expected = cells * width + (-(-cells // 8) if masked else 0)
    if not (0 < rows <= LARGEST_EDGE and 0 < columns <= LARGEST_EDGE and 0 < width <= 8 and size == expected):
        raise ValueError(f"a packed tile of {rows} × {columns} cells cannot hold {size} bytes")
    try:
        payload = pa.Codec("zstd").decompress(pixels[_HEADER.size :], decompressed_size=size, asbytes=True)
    except (OSError, pa.ArrowInvalid) as damage:
        raise ValueError(f"a packed tile of {rows} × {columns} cells is damaged") from damage
    planes = np.frombuffer(payload, np.uint8, cells * width).reshape(width, cells)
    folded = np.zeros((cells, 8), np.uint8)
    folded[:, :width] = planes.T
    unsigned = folded.view("<u8").ravel()
    grid = ((unsigned >> np.uint64(1)).astype(np.int64) ^ -(unsigned & np.uint64(1)).astype(np.int64)).reshape(
        rows, columns
    )
    grid[:, 0] = np.cumsum(grid[:, 0])
    np.cumsum(grid, axis=1, out=grid)
    heights: Heights = ((grid * step + first) / 1000.0).astype(np.float32)
    if masked:
        bits = np.frombuffer(payload, np.uint8, offset=cells * width)
        heights.ravel()[np.unpackbits(bits, count=cells).astype(bool)] = np.nan
    return heights


def cut(table: pa.Table, polygon: BaseGeometry) -> pa.Table:
    """Tiles of a raster layer, without the cells that do not touch `polygon`.

    A cell that touches the border stays with both neighbours, so that there is no gap between them.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of a raster layer such as ``terrain``; the frames and keys of its tiles stay as they are.
    polygon : shapely geometry
        Area to keep, in the store's CRS.

    Returns
    -------
    kept : pyarrow.Table
        With the schema of `table`; tiles that keep no value are gone, the others' ``pixels``, ``lowest``, ``highest``
        and ``missing`` are those of what they keep.
    """
    shapely.prepare(polygon)
    edges = [table.column(name).to_numpy() for name in ("west", "south", "east", "north")]
    frames = shapely.box(*edges)
    kept = np.flatnonzero(shapely.intersects(polygon, frames))
    whole = shapely.contains(polygon, frames[kept])
    if whole.all():
        return table.take(pa.array(kept))
    changed: dict[int, tuple[bytes, float, float, int] | None] = {}
    for index in kept[~whole]:
        changed[int(index)] = _masked(table.column("pixels")[int(index)].as_py(), frames[index], polygon)
    kept = np.array([index for index in kept if changed.get(int(index), ()) is not None], np.int64)
    result = table.take(pa.array(kept, pa.int64()))
    for place, name in enumerate(("pixels", "lowest", "highest", "missing")):
        values = result.column(name).to_pylist()
        for row, index in enumerate(kept):
            new = changed.get(int(index))
            if new is not None:
                values[row] = new[place]
        field = result.schema.field(name)
        result = result.set_column(result.schema.get_field_index(name), field, pa.array(values, field.type))
    return result


def _masked(pixels: bytes, frame: BaseGeometry, polygon: BaseGeometry) -> tuple[bytes, float, float, int] | None:
    from rasterio.features import geometry_mask  # noqa: PLC0415 - reading needs no GDAL, cutting does
    from rasterio.transform import Affine  # noqa: PLC0415

    heights = decode(pixels)
    rows, columns = heights.shape
    west, south, east, north = frame.bounds
    # Only the border's part at this tile is drawn: borders have thousands of vertices.
    near = polygon.intersection(frame.buffer((east - west) / columns, join_style="mitre"))
    if near.is_empty:
        return None
    transform = Affine((east - west) / columns, 0.0, west, 0.0, (south - north) / rows, north)
    outside = geometry_mask([near], (rows, columns), transform, all_touched=True)
    heights = np.where(outside, np.float32(np.nan), heights)
    if np.isnan(heights).all():
        return None
    return encode(heights), *summary(heights)


def summary(heights: Heights) -> tuple[float, float, int]:
    """Lowest and highest value [m] and number of cells without value; at least one cell has to have a value."""
    lowest, highest = round(float(np.nanmin(heights)), 3), round(float(np.nanmax(heights)), 3)
    return lowest, highest, int(np.isnan(heights).sum())
