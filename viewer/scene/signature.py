"""Signatures of rows: what a tile was made from, in 16 hexadecimal digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Array = npt.NDArray[Any]

VERSION = 1
"""Counts up when tiles of the same rows come out differently."""


def row_hashes(*columns: pa.ChunkedArray | pa.Array) -> Array:
    """A number for each row that depends on all `columns`, uint64 of shape (n,).

    A row's key and its delivery suffice: a delivery never changes a row again.
    """
    mixed = np.full(len(columns[0]), VERSION, np.uint64)
    for column in columns:
        texts = column.cast(pa.string()).fill_null("").to_pandas().to_numpy(object)
        mixed = _mix(mixed * np.uint64(31) + pd.util.hash_array(texts))
    return mixed


def text_hash(*texts: str) -> int:
    """A number for some texts."""
    return int(row_hashes(*(pa.array([text]) for text in texts))[0])


def summed(hashes: Array, starts: Array) -> Array:
    """One number for each run of rows that begins at `starts`, whatever the rows' order; uint64."""
    return np.add.reduceat(hashes, starts) if len(starts) else np.zeros(0, np.uint64)


def run_starts(columns: Array, rows: Array) -> Array:
    """Where each run of equal squares begins."""
    if not len(columns):
        return np.zeros(0, np.int64)
    changed = (np.diff(columns) != 0) | (np.diff(rows) != 0)
    return np.concatenate([[0], np.flatnonzero(changed) + 1])


def signature(number: int, seed: int = 0) -> str:
    """`number` as a signature; `seed` is what all cells of a tileset have in common."""
    mixed = _mix(np.array([number & (2**64 - 1)], np.uint64) ^ np.uint64(seed))
    return f"{int(mixed[0]):016x}"


def _mix(values: Array) -> Array:
    # The finaliser of SplitMix64: every bit of the input moves about half of the output's.
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = values ^ (values >> np.uint64(31))
    return mixed
