"""Small files become large ones: what lands often is merged, by months, with all its history.

Each landing of readings writes a file or two. DuckLake merges files of one partition, sorts their rows, and keeps for
each row since which snapshot it is there, so that every former state can still be read. What was merged is deleted
an hour later: somebody may be reading it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from functools import partial

from twin.consent import layers
from twin.engine import Connection, patiently, text
from twin.lake import Lake
from twin.registry import Transaction, execute, scalar

_ALIAS = "compacted"
_TIERS = ((1 << 20, 32), (32 << 20, 16))
"""So many files of a month smaller than so many bytes are merged: few enough are read, and each byte is written
twice at most."""
_KEPT = "1 hour"
_AT_ONCE = 1000


def compact(connection: Connection, lake: Lake, heads: Collection[int]) -> bool:
    """Merge the small files of tables that gather; True if there were enough. Call it under the commit lock.

    Parameters
    ----------
    connection : Connection
        One that may write.
    lake : Lake
        Of a tenant.
    heads : collection of int
        Snapshots of the lake that moments of the history point to. What nothing points to any more, since landings of
        a day have become one moment, is let go.
    """
    wanted = {layer.name for layer in layers().values() if layer.latest}
    due = [(table, size) for size, most in _TIERS for table in _crowded(lake, wanted, size, most)]
    if not due:
        return False
    with lake.attached(connection, _ALIAS):
        for table, size in due:
            merge = f"CALL ducklake_merge_adjacent_files({text(_ALIAS)}, {text(table)}, max_file_size => {size})"
            patiently(partial(connection.execute, merge))
        _expire(connection, heads)
        connection.execute(
            f"CALL ducklake_cleanup_old_files({text(_ALIAS)}, older_than => now() - INTERVAL {text(_KEPT)})"
        )
    return True


def _expire(connection: Connection, heads: Collection[int]) -> None:
    found = connection.execute(f"SELECT snapshot_id FROM ducklake_snapshots({text(_ALIAS)})").fetchall()
    past = sorted({int(row[0]) for row in found if 0 < row[0] < max(heads, default=0)} - set(heads))
    for first in range(0, len(past), _AT_ONCE):
        versions = ", ".join(str(version) for version in past[first : first + _AT_ONCE])
        connection.execute(f"CALL ducklake_expire_snapshots({text(_ALIAS)}, versions => [{versions}])")


def count_compaction(transaction: Transaction) -> None:
    """Note that files have been merged: what readers know of files is past."""
    sql = """INSERT INTO setting (name, value) VALUES ('compactions', '1') ON CONFLICT (name)
             DO UPDATE SET value = CAST(CAST(setting.value AS INTEGER) + 1 AS TEXT)"""
    execute(transaction, sql)


def compactions(transaction: Transaction) -> int:
    """How often files have been merged."""
    return int(scalar(transaction, "SELECT value FROM setting WHERE name = 'compactions'") or 0)


def _crowded(lake: Lake, wanted: set[str], size: int, most: int) -> list[str]:
    """Tables with a partition of more small files than `most`."""
    sql = """SELECT t.table_name FROM ducklake_data_file f JOIN ducklake_table t USING (table_id)
             LEFT JOIN ducklake_file_partition_value v
                 ON v.data_file_id = f.data_file_id AND v.table_id = f.table_id
             WHERE f.end_snapshot IS NULL AND t.end_snapshot IS NULL AND f.file_size_bytes < :size
             AND NOT EXISTS (SELECT 1 FROM ducklake_delete_file d
                             WHERE d.data_file_id = f.data_file_id AND d.end_snapshot IS NULL)
             GROUP BY t.table_name, f.partition_id, v.partition_value, v.partition_key_index HAVING count(*) > :most"""
    with closing(sqlite3.connect(lake.catalog, timeout=60)) as catalog:
        found = {row[0] for row in catalog.execute(sql, {"size": size, "most": most}).fetchall()}
    return sorted(found & wanted)
