"""Orthophotos by window, over all tenants that the asking principal may see."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from twin.geometry.picture import decode
from twin.geometry.tile_grid import TileGrid

Picture = NDArray[np.uint8]
"""Red, green, blue and alpha by row and column, shape (rows, columns, 4); the north-western pixel first."""

CACHE_BYTES = 96 << 20
"""What the decoded tiles of one `Imagery` may take. [B]"""

_MOST_PIXELS = 64_000_000
_MOSAIC = 16_000_000  # fine pixels at once


class Source(Protocol):
    """What `Imagery` needs of a `twin.Twin`."""

    def table(self, name: str, /) -> Any:
        """Relation of the visible rows of a layer."""


@dataclass(frozen=True, slots=True)
class _Tile:
    """One stored tile, and what finds its pixels."""

    ags: str
    tile_id: str
    cell_size: float
    west: float
    south: float
    east: float
    north: float


class Imagery:
    """Pictures in true colours as they stand when this is made.

    Tiles are found by their frames first; pixels are read only where they are needed. Where pictures overlap, the finer
    one lies above; of the same cell size the later flight, then the later delivery.

    Parameters
    ----------
    twin : Twin
        The twin that is asked, through ``table("orthophoto")``.
    cache_bytes : int
        Most memory for unpacked tiles. [B]
    """

    def __init__(self, twin: Source, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._relation = twin.table("orthophoto").filter("kind <> 'cir'")
        names = "ags, tile_id, cell_size, west, south, east, north"
        order = "cell_size DESC, coalesce(flight_date, make_date(year, 1, 1)) NULLS FIRST, delivery_id, ags, tile_id"
        self._tiles = [_Tile(*row) for row in self._relation.order(order).project(names).fetchall()]
        frames = [(tile.west, tile.south, tile.east, tile.north) for tile in self._tiles]
        self._frames = np.array(frames, np.float64).reshape(-1, 4)
        self._cache: OrderedDict[_Tile, Picture] = OrderedDict()
        self._cached, self._limit = 0, cache_bytes
        self._lock = threading.Lock()

    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north around all tiles; None if there are none. [m]"""
        if not self._tiles:
            return None
        west, south = self._frames[:, :2].min(axis=0)
        east, north = self._frames[:, 2:].max(axis=0)
        return float(west), float(south), float(east), float(north)

    def finest(self) -> float | None:
        """Smallest pixel there is; None if there is none. [m]"""
        return min((tile.cell_size for tile in self._tiles), default=None)

    def window(self, west: float, north: float, cell_size: float, rows: int, columns: int) -> Picture:
        """Picture of a rectangle.

        Parameters
        ----------
        west, north : float
            Outer corner of the first pixel. [m]
        cell_size : float
            Width of the pixels wanted; coarser ones average by area, finer ones interpolate. [m]
        rows, columns : int
            Size of the picture.

        Returns
        -------
        picture : array of uint8, shape (rows, columns, 4)
            Transparent where there is none.

        Raises
        ------
        ValueError
            If it holds more than 64 million pixels.
        """
        if not (0 < rows * columns <= _MOST_PIXELS and cell_size > 0):
            raise ValueError(f"a window holds 1 to {_MOST_PIXELS} pixels, not {rows} × {columns}")
        east, south = west + columns * cell_size, north - rows * cell_size
        frames = self._frames
        here = (frames[:, 0] < east) & (frames[:, 2] > west) & (frames[:, 1] < north) & (frames[:, 3] > south)
        found = [self._tiles[index] for index in np.flatnonzero(here)]
        picture = np.zeros((rows, columns, 4), np.uint8)
        # From below to above, all tiles of a lattice at once: what is resampled tile by tile would have seams.
        start = 0
        while start < len(found):
            end = start
            while end < len(found) and _lattice(found[end]) == _lattice(found[start]):
                end += 1
            sheet = self._sheet(found[start:end], (west, south, east, north), cell_size, (rows, columns))
            start = end
            _over(picture, sheet)
        return picture

    def _sheet(
        self, tiles: list[_Tile], box: tuple[float, float, float, float], cell_size: float, shape: tuple[int, int]
    ) -> Picture:
        """Tiles of one lattice over a rectangle, in pixels of the size wanted."""
        size = tiles[0].cell_size
        margin = 2 * max(size, cell_size)
        west = max(min(tile.west for tile in tiles), _snap(box[0] - margin, tiles[0].west, size))
        north = min(max(tile.north for tile in tiles), _snap(box[3] + margin, tiles[0].north, size))
        east = min(max(tile.east for tile in tiles), _snap(box[2] + margin, tiles[0].west, size))
        south = max(min(tile.south for tile in tiles), _snap(box[1] - margin, tiles[0].north, size))
        rows, columns = round((north - south) / size), round((east - west) / size)
        if rows <= 0 or columns <= 0:
            return np.zeros((*shape, 4), np.uint8)
        if rows * columns > _MOSAIC and max(shape) > 1:
            return self._halves(tiles, box, cell_size, shape)
        mosaic = np.zeros((rows, columns, 4), np.uint8)
        with self._lock:
            for tile, pixels in self._pixels(tiles):
                top, left = round((north - tile.north) / size), round((tile.west - west) / size)
                high, wide = pixels.shape[:2]
                target = mosaic[max(0, top) : max(0, top + high), max(0, left) : max(0, left + wide)]
                part = pixels[max(0, -top) :, max(0, -left) :][: target.shape[0], : target.shape[1]]
                np.copyto(target, part, where=part[..., 3:] > 0)
        across, down = (box[0] - west) / size, (north - box[3]) / size
        return _resampled(mosaic, across, down, cell_size / size, shape)

    def _halves(
        self, tiles: list[_Tile], box: tuple[float, float, float, float], cell_size: float, shape: tuple[int, int]
    ) -> Picture:
        """A sheet in two halves: a coarse one of a large area would take too many fine pixels at once."""
        axis = int(shape[1] >= shape[0])
        first = shape[axis] // 2
        west, south, east, north = box
        across, down = west + first * cell_size, north - first * cell_size
        boxes = ((west, south, across, north), (across, south, east, north))
        if axis == 0:
            boxes = ((west, down, east, north), (west, south, east, down))
        parts = []
        for half, count in zip(boxes, (first, shape[axis] - first), strict=True):
            inside = [
                tile
                for tile in tiles
                if tile.west < half[2] and tile.east > half[0] and tile.south < half[3] and tile.north > half[1]
            ]
            size = (shape[0], count) if axis else (count, shape[1])
            parts.append(self._sheet(inside, half, cell_size, size) if inside else np.zeros((*size, 4), np.uint8))
        return np.concatenate(parts, axis=axis)

    def _pixels(self, tiles: list[_Tile]) -> list[tuple[_Tile, Picture]]:
        absent = [tile for tile in tiles if tile not in self._cache]
        fresh: dict[_Tile, Picture] = {}
        if absent:
            names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted({t.tile_id for t in absent}))
            keys = ", ".join(f"'{ags}'" for ags in sorted({tile.ags for tile in absent}))
            chosen = self._relation.filter(f"ags IN ({keys}) AND tile_id IN ({names})")
            rows = chosen.project("ags, tile_id, pixels, mask").fetchall()
            packed = {(ags, name): (pixels, mask) for ags, name, pixels, mask in rows}
            for tile in absent:
                if (tile.ags, tile.tile_id) in packed:  # else withdrawn since
                    colours, known = decode(*packed[tile.ags, tile.tile_id])
                    alpha = np.where(known, np.uint8(255), np.uint8(0))
                    fresh[tile] = np.dstack([colours, alpha])
        for tile in tiles:
            if tile in self._cache:
                self._cache.move_to_end(tile)
        result = [
            (tile, fresh[tile] if tile in fresh else self._cache[tile])
            for tile in tiles
            if tile in fresh or tile in self._cache
        ]
        for tile, pixels in fresh.items():
            self._cache[tile] = pixels
            self._cached += pixels.nbytes
        while self._cached > self._limit and self._cache:
            _, gone = self._cache.popitem(last=False)
            self._cached -= gone.nbytes
        return result


def _lattice(tile: _Tile) -> TileGrid:
    return TileGrid.of(tile.cell_size, tile.west, tile.north)


def _snap(position: float, corner: float, size: float) -> float:
    """The cell border next to `position` on the lattice with a corner at `corner`."""
    return corner + math.floor((position - corner) / size + 0.5) * size


def _resampled(mosaic: Picture, left: float, top: float, ratio: float, shape: tuple[int, int]) -> Picture:
    """A part of a mosaic, in pixels `ratio` times as wide; transparent beyond its edges."""
    rows, columns = shape
    result = np.zeros((rows, columns, 4), np.uint8)
    high, wide = mosaic.shape[:2]
    if abs(ratio - 1) < 1e-6 and abs(left - round(left)) < 1e-4 and abs(top - round(top)) < 1e-4:
        left, top = round(left), round(top)
        target = result[max(0, -top) : max(0, high - top), max(0, -left) : max(0, wide - left)]
        part = mosaic[max(0, top) :, max(0, left) :][: target.shape[0], : target.shape[1]]
        target[: part.shape[0], : part.shape[1]] = part
        return result
    # Only the wanted pixels that the mosaic meets, and room around it, so that the box lies inside; edges are averaged
    # with nothing, which alpha weighs out.
    first, last = max(0, math.floor(-left / ratio)), min(columns, math.ceil((wide - left) / ratio))
    upper, lower = max(0, math.floor(-top / ratio)), min(rows, math.ceil((high - top) / ratio))
    if first >= last or upper >= lower:
        return result
    west, north, east, south = (left + first * ratio, top + upper * ratio, left + last * ratio, top + lower * ratio)
    before, above = max(0, math.ceil(-west)), max(0, math.ceil(-north))
    after, below = max(0, math.ceil(east - wide)), max(0, math.ceil(south - high))
    padded = np.pad(mosaic, ((above, below), (before, after), (0, 0)))
    box = (west + before, north + above, east + before, south + above)
    method = Image.Resampling.BOX if ratio > 1 else Image.Resampling.BILINEAR
    size = (last - first, lower - upper)
    image = Image.fromarray(padded, "RGBA").convert("RGBa").resize(size, method, box=box).convert("RGBA")
    result[upper:lower, first:last] = np.asarray(image)
    return result


def _over(below: Picture, above: Picture) -> None:
    """Lay a picture over another, in place."""
    alpha = above[..., 3]
    if not alpha.any():
        return
    if ((alpha == 0) | (alpha == 255)).all():
        np.copyto(below, above, where=alpha[..., None] > 0)
        return
    mixed = Image.alpha_composite(Image.fromarray(below, "RGBA"), Image.fromarray(above, "RGBA"))
    below[:] = np.asarray(mixed)
