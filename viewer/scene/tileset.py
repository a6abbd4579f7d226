"""A 3D Tiles tileset on disk: a quadtree over content files, replaced in one rename.

The name of a content file ends in the signature of the rows it was made from. So ``tileset.json`` alone says what is
up to date, an old tileset keeps finding its files while a new one is written, and a browser may keep a file for ever.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Box = tuple[float, float, float, float, float, float]
"""west, south, lowest, east, north, highest. [m]"""

CONTENT_NAME = re.compile(r"[0-9]{1,2}_-?[0-9]{1,9}_-?[0-9]{1,9}-[0-9a-f]{16}\.glb")


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A square of the quadtree: level 0 is the finest.

    Attributes
    ----------
    level, column, row : int
        The square's west edge is ``column * size``, its south edge ``row * size``, with size = leaf · 2^level.
    """

    level: int
    column: int
    row: int

    @property
    def parent(self) -> Cell:
        """The square of twice the size that holds this one."""
        return Cell(self.level + 1, self.column >> 1, self.row >> 1)

    def __str__(self) -> str:
        return f"{self.level}_{self.column}_{self.row}"


@dataclass(frozen=True, slots=True)
class Content:
    """A content file and where its geometry is.

    Attributes
    ----------
    signature : str
        16 hexadecimal digits that change with the rows it is made from.
    centre : tuple of float
        Easting, northing, height that its positions are relative to. [m]
    box : Box
        Bounds of the geometry, absolute. [m]
    """

    signature: str
    centre: tuple[float, float, float]
    box: Box

    def name(self, cell: Cell) -> str:
        """File name in `cell`."""
        return f"{cell}-{self.signature}.glb"


@dataclass(frozen=True)
class Tileset:
    """What a layer of a tenant has on disk.

    Attributes
    ----------
    head : str
        State of the lake that the tiles show.
    contents : dict of Cell to Content
        All content files.
    facts : dict
        What else the scene has to know of the tiles.
    """

    head: str
    contents: dict[Cell, Content] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def box(self) -> Box | None:
        """Bounds of all content; None if there is none."""
        return _union(content.box for content in self.contents.values()) if self.contents else None


@dataclass(frozen=True, slots=True)
class Refinement:
    """How a tileset refines.

    Attributes
    ----------
    leaf : float
        Edge of a square of level 0. [m]
    error : float
        Geometric error of a square, as part of its edge. An empty inner square is opened where that error is seen
        larger than the renderer's target, so this sets how far away leaves are drawn. [1]
    mode : {"ADD", "REPLACE"}
        Whether children are drawn beside or instead of their parent.
    """

    leaf: float
    error: float
    mode: Literal["ADD", "REPLACE"]


def read_tileset(folder: Path) -> Tileset | None:
    """The tileset in `folder`; None if there is none or it is of another version."""
    try:
        document = json.loads((folder / "tileset.json").read_text("utf-8"))
        contents: dict[Cell, Content] = {}
        for tile in _walk(document["root"]):
            if "content" in tile:
                name, signature = tile["content"]["uri"].removesuffix(".glb").rsplit("-", 1)
                east, north, height = tile["transform"][12:15]
                x, y, z, hx, _, _, _, hy, _, _, _, hz = tile["boundingVolume"]["box"]
                x, y, z = x + east, y + north, z + height
                box = (x - hx, y - hy, z - hz, x + hx, y + hy, z + hz)
                centre = (round(east, 3), round(north, 3), round(height, 3))
                contents[Cell(*map(int, name.split("_")))] = Content(signature, centre, box)
        extras = document["asset"]["extras"]
        return Tileset(extras["head"], contents, extras["facts"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_tileset(folder: Path, tileset: Tileset, refinement: Refinement, copyright: str = "") -> None:
    """Write ``tileset.json`` in one rename and drop content that neither it nor its predecessor names.

    Parameters
    ----------
    folder : Path
        Where the content files are.
    tileset : Tileset
    refinement : Refinement
    copyright : str
        Attribution and licence.
    """
    before = read_tileset(folder)
    root = _tree(tileset.contents, refinement)
    document = {
        "asset": {
            "version": "1.1",
            "copyright": copyright,
            "extras": {"head": tileset.head, "facts": tileset.facts, "crs": "EPSG:25832", "heights": "DHHN2016"},
        },
        "geometricError": root["geometricError"],
        "root": root,
    }
    write_whole(folder / "tileset.json", json.dumps(document, separators=(",", ":")).encode())
    kept = {content.name(cell) for cell, content in tileset.contents.items()}
    if before is not None:
        # A reader that has the tileset before this one may still be asking for its files.
        kept |= {content.name(cell) for cell, content in before.contents.items()}
    for path in folder.iterdir():
        if (path.suffix == ".glb" or path.name.startswith(".new-")) and path.name not in kept:
            path.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, then rename it: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _tree(contents: Mapping[Cell, Content], refinement: Refinement) -> dict[str, Any]:
    if not contents:
        return {"boundingVolume": {"box": [0.0] * 12}, "geometricError": 0.0, "refine": refinement.mode}
    nodes: dict[Cell, dict[str, Any]] = {}
    boxes: dict[Cell, Box] = {}
    level = 0
    top = max(cell.level for cell in contents)
    children: dict[Cell, list[Cell]] = {}
    while True:
        here = set(children) | {cell for cell in contents if cell.level == level}
        above: dict[Cell, list[Cell]] = {}
        for cell in sorted(here):
            own = contents.get(cell)
            below = children.get(cell, [])
            boxes[cell] = _union([boxes[child] for child in below] + ([own.box] if own else []))
            nodes[cell] = _node(cell, own, boxes[cell], [nodes[child] for child in below], refinement)
            above.setdefault(cell.parent, []).append(cell)
        if len(here) == 1 and level >= top:
            return nodes[next(iter(here))]
        if level > top and len(here) <= 4:
            # Squares on both sides of a power of two never meet in one parent.
            box = _union(boxes[cell] for cell in here)
            return _node(Cell(level + 1, 0, 0), None, box, [nodes[cell] for cell in sorted(here)], refinement)
        children, level = above, level + 1


def _node(
    cell: Cell, content: Content | None, box: Box, children: list[dict[str, Any]], refinement: Refinement
) -> dict[str, Any]:
    east, north, height = content.centre if content else (0.0, 0.0, 0.0)
    node: dict[str, Any] = {
        "boundingVolume": {"box": _volume(box, (east, north, height))},
        "geometricError": refinement.leaf * 2.0**cell.level * refinement.error if children else 0.0,
        "refine": refinement.mode,
    }
    if content:
        node["transform"] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, east, north, height, 1]
        node["content"] = {"uri": content.name(cell)}
    if children and content:
        # A child's transform is relative to its parent's.
        for child in children:
            _rebase(child, (-east, -north, -height))
    if children:
        node["children"] = children
    return node


def _rebase(node: dict[str, Any], shift: tuple[float, float, float]) -> None:
    matrix = node.setdefault("transform", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.0, 0.0, 0.0, 1])
    for place, value in zip((12, 13, 14), shift, strict=True):
        matrix[place] += value


def _walk(root: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """All tiles below and with `root`, with absolute transforms."""
    pending = [(root, (0.0, 0.0, 0.0))]
    while pending:
        tile, (east, north, height) = pending.pop()
        matrix = list(tile.get("transform", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.0, 0.0, 0.0, 1]))
        matrix[12] += east
        matrix[13] += north
        matrix[14] += height
        pending += [(child, (matrix[12], matrix[13], matrix[14])) for child in tile.get("children", ())]
        yield tile | {"transform": matrix}


def _volume(box: Box, centre: tuple[float, float, float]) -> list[float]:
    west, south, low, east, north, high = box
    middle = ((west + east) / 2 - centre[0], (south + north) / 2 - centre[1], (low + high) / 2 - centre[2])
    half = (max(east - west, 0.02) / 2, max(north - south, 0.02) / 2, max(high - low, 0.02) / 2)
    return [*(round(value, 3) for value in middle), half[0], 0, 0, 0, half[1], 0, 0, 0, half[2]]


def _union(boxes: Iterable[Box]) -> Box:
    lower, upper = zip(*((box[:3], box[3:]) for box in boxes), strict=True)
    west, south, low = (min(column) for column in zip(*lower, strict=True))
    east, north, high = (max(column) for column in zip(*upper, strict=True))
    return west, south, low, east, north, high
