"""Times of a day of service: ``25:10:00`` is ten past one of the night after."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_PATTERN = r"^\s*(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)\s*$"


def seconds(column: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Seconds from noon minus 12 hours; -1 where there is no time that can be read."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    parts = pc.extract_regex(column, _PATTERN)
    found = np.zeros(len(column), np.int64)
    for name, size in (("hours", 3600), ("minutes", 60), ("seconds", 1)):
        numbers = pc.cast(pc.struct_field(parts, name), pa.int64()).fill_null(-1_000_000)
        found += numbers.to_numpy(zero_copy_only=False) * size
    found[pc.is_null(parts).to_numpy(zero_copy_only=False) | (found < 0)] = -1
    return found


def clock(times: NDArray[np.int64]) -> pa.Array:
    """``HH:MM:SS`` of seconds."""
    numbers = (times // 3600, times // 60 % 60, times % 60)
    parts = [pc.utf8_lpad(pa.array(part).cast(pa.string()), 2, "0") for part in numbers]
    return pc.binary_join_element_wise(*parts, ":")
