"""Which Parquet files a lake's tables consist of at a snapshot, read from its catalog.

A snapshot never changes, so its files may be read as they are, without DuckLake between: see
``docs/decisions/0002-store.md``. The catalog's tables are those of the public DuckLake 1.0 specification.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from twin.errors import QueryError
from twin.lake import Lake


@dataclass(frozen=True, slots=True)
class TableFile:
    """A Parquet file with rows of a table.

    Attributes
    ----------
    path : Path
        Where it is.
    columns : frozenset of str
        What it holds: a column that the table gained later is not in it.
    deletes : Path or None
        The Parquet file with the positions (column ``pos``) of the rows that are no longer valid; None if all are.
    """

    path: Path
    columns: frozenset[str]
    deletes: Path | None


@dataclass(slots=True)
class TableFiles:
    """A table at a snapshot.

    Attributes
    ----------
    columns : list of str
        Of the table.
    files : list of TableFile
        Its rows.
    plain : bool
        Whether the files alone say what the rows are. If not (encrypted, merged with later snapshots, adopted with
        other names, deletion vectors), only DuckLake may read them.
    """

    columns: list[str]
    files: list[TableFile] = field(default_factory=list)
    plain: bool = True


_TABLES = """
    SELECT t.table_id, t.table_name, s.path || t.path, s.path_is_relative AND t.path_is_relative
    FROM ducklake_table t JOIN ducklake_schema s USING (schema_id)
    WHERE s.schema_name = 'main' AND t.begin_snapshot <= :at AND coalesce(t.end_snapshot > :at, true)"""
_COLUMNS = """
    SELECT table_id, column_name, begin_snapshot FROM ducklake_column
    WHERE parent_column IS NULL AND begin_snapshot <= :at AND coalesce(end_snapshot > :at, true)
    ORDER BY table_id, column_order"""
_FILES = """
    SELECT f.table_id, f.path, d.path, f.begin_snapshot,
        f.path_is_relative AND f.file_format = 'parquet' AND f.mapping_id IS NULL
        AND f.encryption_key IS NULL AND coalesce(f.partial_max <= :at, true)
        AND (d.path IS NULL OR d.path_is_relative AND d.format = 'parquet'
            AND d.encryption_key IS NULL AND d.partial_max IS NULL)
    FROM ducklake_data_file f LEFT JOIN ducklake_delete_file d
        ON d.data_file_id = f.data_file_id AND d.begin_snapshot <= :at AND coalesce(d.end_snapshot > :at, true)
    WHERE f.begin_snapshot <= :at AND coalesce(f.end_snapshot > :at, true)
    ORDER BY f.table_id, f.data_file_id"""


def table_files(lake: Lake, snapshot: int) -> dict[str, TableFiles]:
    """Tables of a lake at a snapshot.

    Raises
    ------
    QueryError
        If the catalog cannot be read: the lake has just been removed, say.
    """
    # Read-write, for write-ahead logs need it, but a catalog that is gone is not made again.
    source = f"{lake.catalog.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(source, uri=True, timeout=30)) as catalog:
            catalog.execute("BEGIN")
            return _read(catalog, lake, snapshot)
    except sqlite3.Error as problem:
        raise QueryError(problem=f"{lake.ags}: {problem}") from problem


def _read(catalog: sqlite3.Connection, lake: Lake, snapshot: int) -> dict[str, TableFiles]:
    at = {"at": snapshot}
    inlined = set(_inlined(catalog))
    since: dict[int, dict[str, int]] = defaultdict(dict)
    for table_id, title, begin in catalog.execute(_COLUMNS, at):
        since[table_id][title] = begin
    found = {}
    for table_id, title, path, relative in catalog.execute(_TABLES, at):
        plain = bool(relative) and table_id not in inlined
        found[table_id] = (title, lake.data.absolute() / path, TableFiles(list(since[table_id]), plain=plain))
    for table_id, path, deletes, begin, plain in catalog.execute(_FILES, at):
        if table_id not in found:
            continue
        _, folder, table = found[table_id]
        held = frozenset(column for column, first in since[table_id].items() if first <= begin)
        table.files.append(TableFile(folder / path, held, folder / deletes if deletes else None))
        table.plain &= bool(plain)
    return {title: table for title, _, table in found.values()}


def _inlined(catalog: sqlite3.Connection) -> Iterator[int]:
    """Tables with rows or deletions in the catalog itself."""
    names = catalog.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'ducklake_inlined_d%'")
    for (title,) in names.fetchall():
        number = title.removeprefix("ducklake_inlined_data_").removeprefix("ducklake_inlined_delete_").split("_")[0]
        if number.isdigit() and catalog.execute(f'SELECT count(*) FROM "{title}"').fetchone()[0]:
            yield int(number)
