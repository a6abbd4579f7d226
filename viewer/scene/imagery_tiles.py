"""Tiles of orthophotos on disk: which there are, and when they are made again.

The name of a tile ends in the signature of the rows that it was made from, as that of a 3D tile does.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from viewer.scene.tileset import Cell, write_whole

Picture = npt.NDArray[np.uint8]
"""Red, green, blue and alpha, shape (rows, columns, 4)."""

PIXELS = 512
"""Edge of a tile. [px]"""

FINEST = 0.1
"""Pixel of level 0; a level's is twice the one below. [m]"""

TOP = 9
"""Coarsest level: pixels of 51.2 m."""

_QUALITY = 82
_INDEX = "index.json"


@dataclass(frozen=True)
class Index:
    """What a tenant has on disk.

    Attributes
    ----------
    head : str
        State of the lake that the tiles show.
    finest : int
        Level that the pictures in the lake are as fine as; tiles of it and below are cut from the lake.
    tiles : dict of Cell to str
        Signatures of the tiles above that level; files of those in `empty` are not there.
    empty : frozenset of Cell
    extent : tuple of float
        West, south, east, north; empty if there is no picture. [m]
    """

    head: str
    finest: int = 0
    tiles: dict[Cell, str] = field(default_factory=dict)
    empty: frozenset[Cell] = frozenset()
    extent: tuple[float, ...] = ()

    @property
    def revision(self) -> str:
        """Changes with any tile."""
        # The coarsest tiles' signatures sum up those of all rows.
        top = sorted(sign for cell, sign in self.tiles.items() if cell.level == TOP)
        return "".join(top)[:64]

    def covers(self, cell: Cell) -> bool:
        """Whether there may be a picture in `cell`."""
        while cell.level <= self.finest:
            cell = cell.parent
        return cell in self.tiles and cell not in self.empty


def pixel(level: int) -> float:
    """Width of a pixel of `level`. [m]"""
    return FINEST * 2.0**level


def edge(level: int) -> float:
    """Edge of a tile of `level`. [m]"""
    return PIXELS * pixel(level)


def corner(cell: Cell) -> tuple[float, float]:
    """West and north edge of `cell`. [m]"""
    size = edge(cell.level)
    return cell.column * size, (cell.row + 1) * size


def file_name(cell: Cell, signature: str) -> str:
    """Name of a tile's file."""
    return f"{cell}-{signature}.webp"


def packed(picture: Picture) -> bytes:
    """A picture as WebP; without alpha where it is opaque."""
    opaque = bool((picture[..., 3] == 255).all())
    image = Image.fromarray(picture, "RGBA")
    stream = io.BytesIO()
    (image.convert("RGB") if opaque else image).save(stream, "WEBP", quality=_QUALITY, method=1)
    return stream.getvalue()


def unpacked(data: bytes) -> Picture:
    """What `packed` packed.

    Raises
    ------
    ValueError
        If it is no tile.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=("WEBP",))
        if image.size != (PIXELS, PIXELS):
            raise ValueError(f"a tile has {PIXELS} pixels along its edge, not {image.size}")
        return np.asarray(image.convert("RGBA"))
    except OSError as damage:
        raise ValueError("a damaged tile") from damage


def halved(picture: Picture) -> Picture:
    """A picture with half the pixels along its edges: means of four, weighted by alpha."""
    rows, columns = picture.shape[:2]
    image = Image.fromarray(picture, "RGBA").convert("RGBa").reduce(2)
    return np.asarray(image.convert("RGBA")).reshape(rows // 2, columns // 2, 4)


def merged(pictures: Iterable[Picture]) -> Picture | None:
    """Pictures of neighbours in one: where a border runs through a pixel, their shares add up."""
    found = list(pictures)
    if len(found) < 2:
        return found[0] if found else None
    total = np.zeros((*found[0].shape[:2], 4), np.float32)
    for picture in found:
        share = picture[..., 3:].astype(np.float32)
        total[..., :3] += picture[..., :3] * share
        total[..., 3:] += share
    weight = total[..., 3:]
    total[..., :3] /= np.maximum(weight, 1e-6)
    total[..., 3:] = np.minimum(weight, 255)
    whole: Picture = np.rint(total).astype(np.uint8)
    return whole


def read_index(folder: Path) -> Index | None:
    """The index in `folder`; None if there is none or it is of another version."""
    try:
        document: dict[str, Any] = json.loads((folder / _INDEX).read_text("utf-8"))
        tiles = {_cell(name): str(sign) for name, sign in document["tiles"].items()}
        empty = frozenset(_cell(name) for name in document["empty"])
        extent = tuple(float(value) for value in document["extent"])
        return Index(str(document["head"]), int(document["finest"]), tiles, empty, extent)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_index(folder: Path, index: Index) -> None:
    """Write the index in one rename and drop tiles that neither it nor its predecessor names."""
    before = read_index(folder)
    document = {
        "head": index.head,
        "finest": index.finest,
        "extent": list(index.extent),
        "tiles": {str(cell): sign for cell, sign in index.tiles.items()},
        "empty": [str(cell) for cell in sorted(index.empty)],
    }
    write_whole(folder / _INDEX, json.dumps(document, separators=(",", ":")).encode())
    kept = {file_name(cell, sign) for cell, sign in index.tiles.items()}
    if before is not None:
        # A reader that has the index before this one may still be asking for its files.
        kept |= {file_name(cell, sign) for cell, sign in before.tiles.items()}
    for path in folder.iterdir():
        if path.name != _INDEX and path.name not in kept:
            path.unlink(missing_ok=True)


def _cell(name: str) -> Cell:
    level, column, row = (int(part) for part in name.split("_"))
    return Cell(level, column, row)
