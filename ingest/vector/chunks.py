"""Features of a vector file, some thousands at a time: columns as they stand, shapes in the file's CRS."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from ingest.damage import of_library
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery
from twin.language import Text

SIZE = 20_000
"""Features that are in memory at once."""

OGR_UNREADABLE = (*UNREADABLE, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError)
"""What reading a damaged vector file may raise."""

_LONGEST = 2000
"""Characters of a text that are kept."""

_CONTENT = Text("Inhalt", "content")
_READABLE = Text("lesbare Objekte", "readable features")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some features.

    Attributes
    ----------
    first : int
        Number of the first of them in its layer, from 0.
    columns : dict of str to ndarray
        Values by the column's name.
    shapes : ndarray of shapely geometry, shape (n,)
        Flat, arcs as polylines; None where there is none or it cannot be read.
    """

    first: int
    columns: dict[str, NDArray[Any]]
    shapes: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.shapes)

    def texts(self, name: str) -> list[str | None]:
        """Values of a column as stripped text; None where there is none, or the file has no such column."""
        values = self.columns.get(name)
        return [None] * len(self) if values is None else [as_text(value) for value in values.tolist()]


def chunks(path: Path, layer: str, columns: Sequence[str], size: int = SIZE) -> Iterator[Chunk]:
    """Features of a layer, `size` at a time.

    Parameters
    ----------
    path : Path
        As `ingest.vector.container.readable` gives it.
    layer : str
        Name of the layer.
    columns : sequence of str
        Columns wanted, as the file writes them.
    """
    first = 0
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks about rings; what is wrong is rejected by name
            meta, _, geometry, values = pyogrio.raw.read(
                path, layer=layer, columns=list(columns), skip_features=first, max_features=size, force_2d=True
            )
        if geometry is None or not len(geometry):
            return
        names = [str(name) for name in meta["fields"]]
        yield Chunk(first, dict(zip(names, values, strict=True)), shapely.from_wkb(geometry, on_invalid="ignore"))
        if len(geometry) < size:
            return
        first += size


def as_text(value: object) -> str | None:
    """A value of a column as text: numbers without a fraction as whole ones, nothing and ``NaN`` as None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if "Ã" in text:
        # UTF-8 that a .dbf without .cpg made OGR read as Latin-1.
        with suppress(UnicodeError):
            text = text.encode("latin-1").decode("utf-8")
    return text[:_LONGEST].removesuffix("\ufffd") or None


def damaged(source: SourceFile, title: Text, damage: Exception) -> InvalidDelivery:
    """The error for a vector file that cannot be read; paths in OGR's words are left out."""
    reason = re.sub(r"'?(?:/[^/\s'\"]+){2,}'?", source.name, str(damage))[:200]
    found = of_library(damage, reason)
    return InvalidDelivery(file=source.name, format=title, where=_CONTENT, expected=_READABLE, found=found)
