"""Writes the terrain: GeoTIFF tiles of a kilometre as the states publish them, and one tile as XYZ text."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import numpy as np
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from ingest.demo.landscape import Floats, height
from ingest.demo.places import ORIGIN, SIZE

CELL = 5.0
"""Cell size. [m]"""

XYZ_TILE = (4, 4)
"""Column and row of the tile that comes as XYZ: the town's."""


def tiles() -> Iterator[tuple[str, bytes]]:
    """Name and content of each GeoTIFF tile, but for the one that comes as XYZ."""
    for column in range(SIZE[0] // 1000):
        for row in range(SIZE[1] // 1000):
            if (column, row) != XYZ_TILE:
                yield f"{_name(column, row)}.tif", _geotiff(column, row)


def xyz() -> tuple[str, bytes]:
    """Name and gzipped content of the tile that comes as text: east, north and height of each cell's middle."""
    column, row = XYZ_TILE
    heights = _heights(column, row)
    grid_east, grid_north = np.meshgrid(*_middles(column, row))
    eastings, northings = (grid_east + ORIGIN[0]).ravel().tolist(), (grid_north + ORIGIN[1]).ravel().tolist()
    rows = zip(eastings, northings, heights.ravel().tolist(), strict=True)
    text = "".join(f"{east:.2f} {north:.2f} {high:.2f}\n" for east, north, high in rows)
    return f"{_name(column, row)}.xyz.gz", gzip.compress(text.encode(), 6, mtime=0)


def _name(column: int, row: int) -> str:
    return f"dgm5_32_{int(ORIGIN[0]) // 1000 + column}_{int(ORIGIN[1]) // 1000 + row}_1_mk"


def _middles(column: int, row: int) -> tuple[Floats, Floats]:
    """Middles of the cells' columns, from the west, and rows, from the north."""
    steps = np.arange(CELL / 2, 1000, CELL)
    return column * 1000 + steps, row * 1000 + steps[::-1]


def _heights(column: int, row: int) -> Floats:
    east, north = _middles(column, row)
    found: Floats = height(*np.meshgrid(east, north)).round(2)
    return found


def _geotiff(column: int, row: int) -> bytes:
    heights = _heights(column, row).astype("float32")
    profile = {
        "driver": "GTiff", "height": heights.shape[0], "width": heights.shape[1], "count": 1, "dtype": "float32",
        "crs": "EPSG:25832", "nodata": -9999.0, "compress": "deflate", "predictor": 3,
        "transform": from_origin(ORIGIN[0] + column * 1000, ORIGIN[1] + row * 1000 + 1000, CELL, CELL),
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(heights, 1)
        return bytes(memory.read())
