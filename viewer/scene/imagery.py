"""The derivative ``imagery``: coarser levels of the orthophotos, made again where a delivery has touched them.

The finest level is cut from the lake when it is asked for; what lies here is a third of its size.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twin.imagery import Imagery
from viewer.scene.imagery_tiles import (
    FINEST,
    PIXELS,
    TOP,
    Index,
    Picture,
    corner,
    edge,
    file_name,
    halved,
    packed,
    pixel,
    read_index,
    unpacked,
    write_index,
)
from viewer.scene.signature import row_hashes, signature, text_hash
from viewer.scene.tenant import Tenant, heads
from viewer.scene.tileset import Cell, write_whole

if TYPE_CHECKING:
    from twin import Twin

LAYER = "orthophoto"

_OFFSET = 1 << 30


class ImageryTiles:
    """Pyramids of orthophotos, by tenant.

    Attributes
    ----------
    name : str
        Name of the derivative and of its folder.
    """

    name = "imagery"

    def update(self, twin: Twin, touched: Mapping[str, Collection[str]] | None = None) -> dict[str, int]:
        """Bring the pyramids of some tenants up to date.

        Parameters
        ----------
        twin : Twin
            Opened for the operator: tiles hold all rows and are handed out by consent.
        touched : mapping of ags to consent classes, or None
            What a delivery has changed; None for whatever is behind its lake.

        Returns
        -------
        written : dict of str to int
            Tiles written.
        """
        written = 0
        known = heads(twin)
        for ags in sorted(known if touched is None else set(touched) & set(known)):
            tenant = Tenant(twin, ags)
            folder = pyramid_folder(tenant)
            if (ags, LAYER) in twin.visible() and _is_stale(tenant):
                with twin.home.lock(f"imagery-{ags}"):
                    written += _Pyramid(tenant, folder).update()
            # Asked at the end: a withdrawal takes the consent first and the tiles after it.
            if (ags, LAYER) not in twin.visible():
                shutil.rmtree(folder, ignore_errors=True)
        return {LAYER: written}

    def stale(self, twin: Twin) -> bool:
        """Whether some pyramids are behind their lake."""
        visible = twin.visible()
        return any((ags, LAYER) in visible and _is_stale(Tenant(twin, ags)) for ags in heads(twin))


def pyramid_folder(tenant: Tenant) -> Path:
    """Where the tiles of `tenant` are."""
    return Path(tenant.twin.home.derived("imagery", tenant.ags, LAYER))


def _is_stale(tenant: Tenant) -> bool:
    index = read_index(pyramid_folder(tenant))
    return index is None or index.head != tenant.head


class _Pyramid:
    """The coarser levels of one tenant's pictures, made from below: each tile from the four that it holds."""

    def __init__(self, tenant: Tenant, folder: Path) -> None:
        self._tenant, self._folder = tenant, folder
        self._before = read_index(folder) or Index("")
        self._wanted: dict[Cell, str] = {}
        self._fresh: set[Cell] = set()
        self._empty: set[Cell] = set()
        self._written = 0

    @cached_property
    def _imagery(self) -> Imagery:
        return Imagery(self._tenant)

    def update(self) -> int:
        """Make what has changed; the number of tiles written.

        A kill in between leaves the old index whole.
        """
        table = self._tenant.rows(LAYER, "tile_id, delivery_id, cell_size, west, south, east, north", "kind <> 'cir'")
        finest, extent = 0, ()
        if table.num_rows:
            smallest = float(table.column("cell_size").to_numpy().min())
            finest = min(max(math.floor(math.log2(smallest / FINEST) + 0.01), 0), TOP - 1)
            frames = np.stack([table.column(name).to_numpy() for name in ("west", "south", "east", "north")], axis=1)
            hashes = row_hashes(table.column("tile_id"), table.column("delivery_id"))
            self._base = finest + 1
            self._wanted = wanted_tiles(frames, hashes, self._base)
            extent = (*frames[:, :2].min(axis=0).tolist(), *frames[:, 2:].max(axis=0).tolist())
        before = self._before
        self._fresh = {cell for cell, sign in self._wanted.items() if before.tiles.get(cell) != sign}
        self._fresh |= {
            cell
            for cell, sign in self._wanted.items()
            if cell not in self._fresh
            and cell not in before.empty
            and not (self._folder / file_name(cell, sign)).is_file()
        }
        self._empty = {cell for cell in before.empty if cell in self._wanted and cell not in self._fresh}
        for cell in sorted(self._fresh, reverse=True):  # from above: making one makes those below
            if cell in self._fresh:
                self._make(cell)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_index(self._folder, Index(self._tenant.head, finest, self._wanted, frozenset(self._empty), extent))
        return self._written

    def _make(self, cell: Cell) -> Picture | None:
        """Make a tile, and those that it is made from where they are not up to date."""
        west, north = corner(cell)
        if cell.level == self._base:
            picture: Picture = self._imagery.window(west, north, pixel(cell.level), PIXELS, PIXELS)
        else:
            mosaic = np.zeros((2 * PIXELS, 2 * PIXELS, 4), np.uint8)
            for column in (0, 1):
                for row in (0, 1):
                    part = self._picture(Cell(cell.level - 1, 2 * cell.column + column, 2 * cell.row + row))
                    if part is not None:
                        top, left = (1 - row) * PIXELS, column * PIXELS
                        mosaic[top : top + PIXELS, left : left + PIXELS] = part
            picture = halved(mosaic)
        self._fresh.discard(cell)
        if not picture[..., 3].any():
            self._empty.add(cell)
            return None
        write_whole(self._folder / file_name(cell, self._wanted[cell]), packed(picture))
        self._written += 1
        return picture

    def _picture(self, cell: Cell) -> Picture | None:
        if cell not in self._wanted or cell in self._empty:
            return None
        if cell in self._fresh:
            return self._make(cell)
        return unpacked((self._folder / file_name(cell, self._wanted[cell])).read_bytes())


def wanted_tiles(frames: Picture, hashes: Picture, base: int) -> dict[Cell, str]:
    """All tiles from level `base` up that pictures lie in, with their signatures.

    Parameters
    ----------
    frames : float array of shape (n, 4)
        West, south, east, north of each picture. [m]
    hashes : uint64 array of shape (n,)
        Change with the pictures.
    base : int
        Finest level.
    """
    seed = text_hash(LAYER, str(PIXELS))
    found: dict[Cell, str] = {}
    for level in range(base, TOP + 1):
        size = edge(level)
        west, south = (np.floor(frames[:, side] / size + 1e-9).astype(np.int64) for side in (0, 1))
        east, north = (np.ceil(frames[:, side] / size - 1e-9).astype(np.int64) for side in (2, 3))
        wide = east - west
        count = wide * (north - south)
        owner = np.repeat(np.arange(len(frames)), count)
        number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        columns, rows = west[owner] + number % wide[owner], south[owner] + number // wide[owner]
        keys, place = np.unique((rows + _OFFSET) << 32 | (columns + _OFFSET), return_inverse=True)
        sums = np.zeros(len(keys), np.uint64)
        np.add.at(sums, place, hashes[owner])
        for key, total in zip(keys.tolist(), sums.tolist(), strict=True):
            cell = Cell(level, (key & 0xFFFFFFFF) - _OFFSET, (key >> 32) - _OFFSET)
            found[cell] = signature(total, seed)
    return found


DERIVATIVE = ImageryTiles()
