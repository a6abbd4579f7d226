"""Orthophotos for the engine: tiles of what a principal may see, from the pyramids or from the lake."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.imagery import Imagery
from viewer.scene.imagery import LAYER, pyramid_folder
from viewer.scene.imagery_tiles import (
    FINEST,
    PIXELS,
    TOP,
    Index,
    Picture,
    corner,
    file_name,
    merged,
    packed,
    pixel,
    read_index,
    unpacked,
)
from viewer.scene.signature import text_hash
from viewer.scene.tenant import Tenant
from viewer.scene.tileset import Cell

if TYPE_CHECKING:
    from twin import Twin

_TENANTS = 16
_CACHE_BYTES = 24 << 20


def imagery(twin: Twin) -> dict[str, Any] | None:
    """What ``/scene.json`` says of the orthophotos that the twin's principal may see; None if there are none.

    Parameters
    ----------
    twin : Twin

    Returns
    -------
    description : dict
        ``url``, ``revision``, ``extent`` [west, south, east, north], ``pixels`` (edge of a tile), ``pixel`` (width of
        one of level 0) and ``levels`` [finest, coarsest]; lengths in metres.
    """
    found = [index for _, index in _indexes(twin) if index.extent]
    if not found:
        return None
    wests, souths, easts, norths = zip(*(index.extent for index in found), strict=True)
    return {
        "url": "imagery/",
        "revision": f"{text_hash(*(index.revision for index in found)):016x}",
        "extent": [min(wests), min(souths), max(easts), max(norths)],
        "pixels": PIXELS,
        "pixel": FINEST,
        "levels": [min(index.finest for index in found), TOP],
    }


class ImagerySource:
    """Gives tiles; what reads a tenant's pictures is kept until its lake has another state."""

    def __init__(self) -> None:
        self._readers: OrderedDict[tuple[str, str], Imagery] = OrderedDict()
        self._lock = threading.Lock()

    def prepare(self, twin: Twin, cell: Cell) -> Callable[[], bytes]:
        """Read what a tile is made of; the function that makes it needs no database.

        Parameters
        ----------
        twin : Twin
            Opened for whoever asks.
        cell : Cell
            Level, column and row.

        Returns
        -------
        make : callable
            Gives the tile as WebP; empty where there is no picture that the principal may see.
        """
        if not 0 <= cell.level <= TOP:
            return bytes
        files: list[Path] = []
        pictures: list[Picture] = []
        west, north = corner(cell)
        for tenant, index in _indexes(twin):
            if not index.covers(cell):
                continue
            if cell.level > index.finest:
                files.append(pyramid_folder(tenant) / file_name(cell, index.tiles[cell]))
            else:
                pictures.append(self._reader(tenant).window(west, north, pixel(cell.level), PIXELS, PIXELS))
        return lambda: _made(files, pictures)

    def _reader(self, tenant: Tenant) -> Imagery:
        key = (tenant.ags, tenant.head)
        with self._lock:
            if key not in self._readers:
                for old in [old for old in self._readers if old[0] == tenant.ags]:
                    del self._readers[old]
                self._readers[key] = Imagery(tenant, cache_bytes=_CACHE_BYTES)
                while len(self._readers) > _TENANTS:
                    self._readers.popitem(last=False)
            self._readers.move_to_end(key)
            return self._readers[key]


def _made(files: list[Path], pictures: list[Picture]) -> bytes:
    try:
        found = [file.read_bytes() for file in files]
    except OSError:  # withdrawn since
        found = []
    if len(found) == 1 and not pictures:
        return found[0]
    whole = merged([*pictures, *(unpacked(data) for data in found)])
    return b"" if whole is None or not whole[..., 3].any() else packed(whole)


def _indexes(twin: Twin) -> list[tuple[Tenant, Index]]:
    """Visible tenants with pictures, and their pyramids."""
    found = []
    for ags, consent_class in sorted(twin.visible()):
        if consent_class == LAYER:
            tenant = Tenant(twin, ags)
            folder = pyramid_folder(tenant)
            try:
                changed = (folder / "index.json").stat().st_mtime_ns
            except OSError:
                continue
            index = _cached(str(folder), changed)
            if index is not None and index.tiles:
                found.append((tenant, index))
    return found


@lru_cache(maxsize=64)
def _cached(folder: str, _changed: int) -> Index | None:
    return read_index(Path(folder))
