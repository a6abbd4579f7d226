"""Trees as GLB tiles of points: where each stands, how tall and wide it is, and what shape its species has.

A tile holds no crowns: one tree is 20 bytes, and whoever draws it has one mesh a shape, drawn many times. A viewer
that knows nothing of trees shows points.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from twin.reference import reference_path
from twin.style import Tree
from viewer.scene.tileset import Refinement

Array = npt.NDArray[Any]

REFINEMENT = Refinement(leaf=250.0, error=0.08, mode="ADD")
"""Trees are drawn from about 4 km on; farther away they are smaller than two pixels."""

SMALLEST, TALLEST = 1.5, 70.0
"""Height that is drawn. [m]"""


@dataclass(frozen=True)
class Trees:
    """What trees look like.

    Attributes
    ----------
    heights, crowns : float arrays of shape (n,)
        Height, and diameter of the crown. [m]
    shapes : uint8 array of shape (n,)
        0 round, 1 conical, 2 columnar.
    tints : uint8 array of shape (n,)
        0 green, 1 light green, 2 red.
    estimated : bool array of shape (n,)
        Whether the height is not of the source.
    """

    heights: Array
    crowns: Array
    shapes: Array
    tints: Array
    estimated: Array

    @classmethod
    def of(cls, table: pa.Table, shape: Tree) -> Trees:
        """Trees of rows with the columns that `shape` names."""
        number = [
            np.array(table.column(name).cast(pa.float64()).to_pandas(), float) for name in (shape.height, shape.crown)
        ]
        shapes, tints, ratio = looks([table.column(name) for name in shape.species])
        heights, crowns = (np.where(values > 0, values, np.nan) for values in number)
        estimated = np.isnan(heights)
        heights = np.where(estimated, np.where(np.isnan(crowns), shape.usual, crowns / ratio), heights)
        heights = heights.clip(SMALLEST, TALLEST)
        crowns = np.where(np.isnan(crowns), heights * ratio, crowns).clip(0.5, 40.0)
        return cls(heights, crowns, shapes, tints, estimated)

    def attributes(self) -> dict[str, Array]:
        """Vertex attributes: ``_SIZE`` [dm], ``_LOOK`` (shape, tint, whether estimated)."""
        size = np.stack([self.heights, self.crowns], axis=1)
        look = np.stack([self.shapes, self.tints, self.estimated.astype(np.uint8)], axis=1)
        return {"_SIZE": np.rint(size * 10).astype(np.uint16), "_LOOK": look.astype(np.uint8)}


def looks(names: Sequence[pa.ChunkedArray]) -> tuple[Array, Array, Array]:
    """Shape, tint and ratio of crown to height of each row, by the first name that is known."""
    texts = [column.cast(pa.string()).to_pandas().fillna("") for column in names]
    joined = texts[0].str.cat(texts[1:], sep=" ") if len(texts) > 1 else texts[0]
    known = {text: _look(text.lower()) for text in pd.unique(joined)}
    found = np.array([known[text] for text in joined], float).reshape(-1, 3)
    return found[:, 0].astype(np.uint8), found[:, 1].astype(np.uint8), found[:, 2]


def _look(text: str) -> tuple[int, int, float]:
    declared = _declared()
    shapes = declared["shapes"]
    shape = next((entry for entry in shapes.values() if _has(entry, text)), shapes["broad"])
    tint = next((entry["number"] for entry in declared["tints"].values() if _has(entry, text)), 0)
    return shape["number"], tint, shape["ratio"]


def _has(entry: dict[str, Any], text: str) -> bool:
    return any(word in text for word in entry["words"])


@cache
def _declared() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(reference_path("tree_shapes.json").read_text("utf-8"))
    return found
