"""How a lake lies on the disk."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
from delivering import SOEST, deliver, keys

import twin
from twin.engine import connect
from twin.lake import Lake


def _codecs(lake: Lake) -> set[str]:
    """Of the columns of all files with rows."""
    found = set()
    for file in lake.data.rglob("*.parquet"):
        group = pq.read_metadata(file).row_group(0)
        if not file.stem.endswith("-delete"):
            found |= {group.column(number).compression for number in range(group.num_columns)}
    return found


def test_rows_are_compressed_in_the_codec_that_is_read_fastest(t: twin.Twin) -> None:
    deliver(t, ["a", "b"])
    lake = Lake(SOEST, t.home.lake(SOEST))
    assert _codecs(lake) <= {"LZ4", "LZ4_RAW"}, "what pyarrow calls the one that is meant by the standard"
    deliver(t, ["a"])
    assert _codecs(lake) <= {"LZ4", "LZ4_RAW"}


def test_a_lake_of_another_codec_keeps_it_and_is_read(t: twin.Twin, home: Path) -> None:
    deliver(t, ["a"])
    lake = Lake(SOEST, t.home.lake(SOEST))
    with connect() as connection:
        with lake.attached(connection, "older") as alias:
            connection.execute(f"CALL {alias}.set_option('parquet_compression', 'snappy')")
        lake.create(connection)  # as every landing does
    deliver(t, ["b"], file="other.gml", extent=None)
    assert keys(t) == ["a", "b"]
    assert "SNAPPY" in _codecs(lake)
