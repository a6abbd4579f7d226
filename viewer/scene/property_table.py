"""Texts of features inside a GLB: a property table after EXT_structural_metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viewer.scene.glb import Glb

Array = npt.NDArray[Any]

EXTENSIONS = ("EXT_mesh_features", "EXT_structural_metadata")


@dataclass(frozen=True)
class Texts:
    """A text column as bytes and offsets.

    Attributes
    ----------
    values : bytes
        All texts in UTF-8, one after the other.
    offsets : int array of shape (n + 1,)
        Where each begins.
    """

    values: bytes
    offsets: Array

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> Texts:
        """Texts of a column; nothing is an empty text."""
        texts = pc.fill_null(column.cast(pa.large_string()), "")
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.chunk(0) if texts.num_chunks else pa.array([], pa.large_string())
        _, offsets, values = texts.buffers()
        starts = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        return cls(values.to_pybytes() if values else b"", starts)

    def part(self, first: int, last: int) -> Texts:
        """Those from `first` to before `last`."""
        begin, end = self.offsets[first], self.offsets[last]
        return Texts(self.values[begin:end], self.offsets[first : last + 1] - begin)


def feature_table(glb: Glb, layer: str, texts: Mapping[str, pa.ChunkedArray | pa.Array]) -> dict[str, Any]:
    """The extension with one property table of texts, one row a feature.

    Parameters
    ----------
    glb : Glb
        Takes the texts.
    layer : str
        Name of the table.
    texts : mapping of str to text columns
        All of one length, at least one.
    """
    columns = {name: Texts.of(column) for name, column in texts.items()}
    declared = {name: {"type": "STRING"} for name in columns}
    table = {
        "name": layer,
        "class": "feature",
        "count": len(next(iter(texts.values()))),
        "properties": {
            # A text's bytes begin at 0 in its own view.
            name: glb.strings(column.values[column.offsets[0] : column.offsets[-1]], column.offsets - column.offsets[0])
            for name, column in columns.items()
        },
    }
    schema = {"id": "district_twin", "classes": {"feature": {"properties": declared}}}
    return {"EXT_structural_metadata": {"schema": schema, "propertyTables": [table]}}
