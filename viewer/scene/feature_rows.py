"""Rows of a declared layer as its tiles need them: key, name and class of each feature."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from twin.layer import Layer
from twin.reference import codes
from twin.style import Ramp, Theme
from viewer.scene.colours import class_of

Array = npt.NDArray[Any]

LONGEST = 120
"""Characters of a name that a tile carries."""


def columns(layer: Layer, *further: str) -> str:
    """What has to be read for `titles` and `classes`, as SQL, and columns beside."""
    style = layer.style
    names = [*(style.label if style else ()), *(theme.column for theme in _themes(layer)[:1]), *further]
    return ", ".join(dict.fromkeys(f'"{name}"' for name in names if name))


def titles(layer: Layer, table: pa.Table) -> pa.Array:
    """Name of each row: the first of the style's labels that holds something, codes in words; else empty."""
    found = pd.Series([""] * table.num_rows, dtype=object)
    for name in layer.style.label if layer.style else ():
        column = layer.column(name)
        values = table.column(name).cast(pa.string()).to_pandas().fillna("").astype(str).str.strip()
        if column.codes:
            known = codes(column.codes)
            values = values.map({code: known.get(code, code) for code in values.unique()})
        found = found.where(found != "", values)
    return pa.array(found.str.slice(0, LONGEST), pa.string())


def classes(layer: Layer, table: pa.Table) -> Array:
    """Number of each row's class in the layer's first theme, uint8; 0 where it has no theme.

    Of a ramp that is the number of the last stop that the value reaches; what has no value comes after all stops.
    """
    theme = default_theme(layer)
    if theme is None or not table.num_rows:
        return np.zeros(table.num_rows, np.uint8)
    if isinstance(theme, Ramp):
        numbers = table.column(theme.column).cast(pa.float64()).to_pandas().to_numpy(float)
        reached = np.searchsorted([stop for stop, _ in theme.stops], numbers, side="right") - 1
        return np.where(np.isnan(numbers), len(theme.stops), np.maximum(reached, 0)).astype(np.uint8)
    values = table.column(theme.column).cast(pa.string()).to_pandas().fillna("")
    known = {value: class_of(theme, str(value)) for value in values.unique()}
    found: Array = values.map(known).to_numpy(np.uint8)
    return found


def default_theme(layer: Layer) -> Theme | None:
    """The theme that the layer is drawn by unless another is chosen."""
    return _themes(layer)[0] if _themes(layer) else None


def _themes(layer: Layer) -> tuple[Theme, ...]:
    return layer.style.themes if layer.style else ()
