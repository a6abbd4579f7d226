"""One colour a building, from the themes that layers declare."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from twin.style import Classes, Ramp, Theme

Array = npt.NDArray[np.uint8]

SHOWN, GHOST, HIDDEN = 255, 128, 0
"""Values of alpha: drawn, ghost of something that a scenario removes, not drawn."""

UNKNOWN = (217, 213, 204)
"""Colour of what has no value."""

UNKNOWN_COLOUR = "#{:02X}{:02X}{:02X}".format(*UNKNOWN)
"""The same as it is written in declarations."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#RRGGBB``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def colours(theme: Theme, values: pa.Array | pa.ChunkedArray) -> Array:
    """Colour of each value under `theme`.

    Parameters
    ----------
    theme : Classes or Ramp
    values : pyarrow.Array of shape (n,)

    Returns
    -------
    rgb : uint8 array of shape (n, 3)
    """
    return _classes(theme, values) if isinstance(theme, Classes) else ramp(theme, values)


def ramp(theme: Ramp, values: pa.Array | pa.ChunkedArray) -> Array:
    """Colours of numbers, interpolated between the stops; `UNKNOWN` where there is no number."""
    numbers = np.asarray(pc.fill_null(values.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False), np.float64)
    stops = np.array([stop for stop, _ in theme.stops])
    table = np.array([rgb(colour) for _, colour in theme.stops], np.float64)
    found = np.stack([np.interp(numbers, stops, table[:, k]) for k in range(3)], axis=1)
    found[np.isnan(numbers)] = UNKNOWN
    return np.rint(found).astype(np.uint8)


def _classes(theme: Classes, values: pa.Array | pa.ChunkedArray) -> Array:
    # Codes are few: each distinct one is classified once.
    texts = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    encoded = pc.fill_null(texts.cast(pa.string()), "").dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    table = np.array([rgb(theme.classes[class_of(theme, code)].colour) for code in encoded.dictionary.to_pylist()])
    if not len(table):
        return np.zeros((0, 3), np.uint8)
    found: Array = table.astype(np.uint8)[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def class_of(theme: Classes, value: str) -> int:
    """Number of the class that `value` belongs to: the longest prefix wins, the last class takes what is left."""
    best, length = len(theme.classes) - 1, 0
    for number, entry in enumerate(theme.classes):
        for candidate in entry.values:
            matches = value.startswith(candidate) if entry.prefix else value == candidate
            if matches and len(candidate) > length:
                best, length = number, len(candidate)
    return best


def distinct(count: int) -> list[str]:
    """`count` colours of one calm family that are easy to tell apart, ``#RRGGBB``.

    Hues step by the golden angle, so that neighbours in the list are never alike.
    """
    found = []
    for number in range(count):
        hue = (0.09 + number * 0.381966) % 1.0
        red, green, blue = colorsys.hls_to_rgb(hue, (0.62, 0.54, 0.70)[number % 3], 0.42)
        found.append(f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}")
    return found


def legend(theme: Theme, unit: str = "") -> dict[str, Any]:
    """Legend of a theme in both languages, as JSON-able values.

    Parameters
    ----------
    theme : Classes or Ramp
    unit : str
        UCUM code of the unit of a ramp's column.
    """
    head = {"name": theme.name, "title": {"de": theme.title.de, "en": theme.title.en}, "column": theme.column}
    if isinstance(theme, Classes):
        entries = [{"title": {"de": e.title.de, "en": e.title.en}, "colour": e.colour} for e in theme.classes]
        return head | {"kind": "classes", "classes": entries}
    stops = [{"value": value, "colour": colour} for value, colour in theme.stops]
    return head | {"kind": "ramp", "unit": unit, "stops": stops}


def by_slot(
    slots: Sequence[int] | npt.NDArray[np.int64], shades: Array, alpha: npt.NDArray[np.uint8], count: int
) -> bytes:
    """RGBA bytes, one colour a slot; slots that no row names are hidden.

    Parameters
    ----------
    slots : int array of shape (n,)
        Slot of each row; -1 for none.
    shades : uint8 array of shape (n, 3)
    alpha : uint8 array of shape (n,)
    count : int
        Number of slots.

    Returns
    -------
    rgba : bytes
        4 · `count` bytes.
    """
    table = np.zeros((count, 4), np.uint8)
    places = np.asarray(slots, np.int64)
    there = (places >= 0) & (places < count)
    table[places[there], :3] = shades[there]
    table[places[there], 3] = alpha[there]
    return table.tobytes()
