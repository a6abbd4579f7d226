"""One DuckLake a tenant: a catalog and a folder of Parquet files, which joining creates and withdrawing deletes."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.engine import Connection, EngineError, name, patiently, text
from twin.layer import Layer
from twin.registry import vacuum_sqlite

AUTHOR = "twin"

CODEC = "lz4_raw"
"""Of all Parquet files: what is read from them is there a tenth sooner than with Snappy, which they are as large as."""


@dataclass(frozen=True, slots=True)
class Lake:
    """The lake of one tenant.

    Attributes
    ----------
    ags : str
        Key of the municipality (8 digits) or the district (5 digits).
    folder : Path
        ``lakes/<ags>`` in the home.
    """

    ags: str
    folder: Path

    @property
    def catalog(self) -> Path:
        """The SQLite file that says which rows lie in which Parquet file since when."""
        return self.folder / "catalog.sqlite"

    @property
    def data(self) -> Path:
        """Folder of the Parquet files, one folder a table."""
        return self.folder / "data"

    @property
    def exists(self) -> bool:
        """Whether the lake has been created."""
        return self.catalog.is_file()

    def create(self, connection: Connection) -> None:
        """Make the lake if it is not there; repeatable after a kill."""
        new = not self.exists
        self.data.mkdir(parents=True, exist_ok=True)
        catalog = sqlite3.connect(self.catalog, timeout=60)
        # Readers then go on while one writes; the mode stays with the file.
        catalog.execute("PRAGMA journal_mode = wal")
        catalog.close()
        with self.attached(connection, "created") as alias:
            if new:
                connection.execute(f"CALL {name(alias)}.set_option('parquet_compression', {text(CODEC)})")

    def attach(self, connection: Connection, alias: str, snapshot: int | None = None) -> None:
        """Attach for reading at `snapshot`, or for writing if it is None."""
        # Inlining would put small inserts into the catalog, where a withdrawal could not remove them by file.
        options = (
            f"DATA_PATH {text(str(self.data) + '/')}, OVERRIDE_DATA_PATH true, "
            "DATA_INLINING_ROW_LIMIT 0, META_BUSY_TIMEOUT 30000"
        )
        if snapshot is not None:
            options += f", READ_ONLY, SNAPSHOT_VERSION {snapshot:d}"
        source = text(f"ducklake:sqlite:{self.catalog}")
        patiently(lambda: connection.execute(f"ATTACH {source} AS {name(alias)} ({options})"))

    @contextmanager
    def attached(self, connection: Connection, alias: str, snapshot: int | None = None) -> Iterator[str]:
        """`attach`, and detach at the end; gives the alias."""
        self.attach(connection, alias, snapshot)
        try:
            yield alias
        finally:
            connection.execute(f"DETACH {name(alias)}")

    def snapshot_of(self, connection: Connection, alias: str, delivery_id: str) -> tuple[int, dict[str, Any]] | None:
        """Snapshot that a delivery made here and what it noted, None if it has made none."""
        sql = f"SELECT snapshot_id, commit_extra_info FROM {name(alias)}.snapshots() WHERE commit_message = ?"
        found = patiently(lambda: connection.execute(sql, [delivery_id]).fetchone())
        return None if found is None else (int(found[0]), json.loads(found[1] or "{}"))

    def remove(self) -> tuple[int, int]:
        """Delete the whole lake; gives the number of files and bytes that went."""
        return remove_folder(self.folder)

    def purge(self, tables: list[str]) -> tuple[int, int]:
        """Delete tables with all their history, so that neither a file nor the catalog holds a byte of them.

        The history of the other tables stays. DuckLake itself keeps the statistics of dropped tables, hence by hand.

        Returns
        -------
        files, bytes : int
            What went.
        """
        catalog = sqlite3.connect(self.catalog, timeout=60, isolation_level=None)
        try:
            catalog.execute("PRAGMA secure_delete = ON")
            catalog.execute("BEGIN IMMEDIATE")
            found = catalog.execute("SELECT table_id, table_name FROM ducklake_table").fetchall()
            for table_id in {number for number, title in found if title in tables}:
                _purge_table(catalog, table_id)
            # The notes of commits hold counts of rows; they are needed until a commit is published, which all are.
            catalog.execute("UPDATE ducklake_snapshot_changes SET commit_extra_info = NULL")
            catalog.execute("COMMIT")
        finally:
            catalog.close()
        vacuum_sqlite(str(self.catalog))
        gone = [remove_folder(self.data / "main" / title) for title in tables]
        return sum(files for files, _ in gone), sum(size for _, size in gone)

    def names(self) -> list[str]:
        """Names of all tables that the catalog knows or remembers."""
        catalog = sqlite3.connect(self.catalog, timeout=60)
        try:
            return [row[0] for row in catalog.execute("SELECT DISTINCT table_name FROM ducklake_table").fetchall()]
        finally:
            catalog.close()

    def sweep(self, connection: Connection) -> None:
        """Delete Parquet files that a killed transaction left behind. Call it under the commit lock."""
        with self.attached(connection, "swept") as alias, suppress(EngineError):
            connection.execute(f"CALL ducklake_delete_orphaned_files({text(alias)}, cleanup_all => true)")


def tables(connection: Connection, aliases: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Tables and their columns of each attached lake, as of the snapshot it is attached at."""
    sql = f"""SELECT database_name, table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
              WHERE database_name IN ({", ".join(text(alias) for alias in aliases)}) GROUP BY ALL"""
    found: dict[str, dict[str, list[str]]] = {alias: {} for alias in aliases}
    for alias, table, columns in patiently(lambda: connection.execute(sql).fetchall()):
        found[alias][table] = columns
    return found


def prepare_table(connection: Connection, alias: str, layer: Layer, columns: list[str] | None) -> None:
    """Create the table of a layer, or add columns that its declaration has gained."""
    wanted = {column.name: column.type for column in layer.all_columns}
    table = f"{name(alias)}.main.{name(layer.name)}"
    if columns is None:
        connection.execute(
            f"CREATE TABLE {table} ({', '.join(f'{name(title)} {kind}' for title, kind in wanted.items())})"
        )
        if layer.moment:
            moment, keys = name(layer.moment), ", ".join(f"{name(key)} ASC" for key in layer.key)
            connection.execute(f"ALTER TABLE {table} SET PARTITIONED BY (year({moment}), month({moment}))")
            connection.execute(f"ALTER TABLE {table} SET SORTED BY ({keys})")
        return
    for title in wanted.keys() - set(columns):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {name(title)} {wanted[title]}")


def remove_folder(folder: Path) -> tuple[int, int]:
    """Delete a folder; gives the number of files and bytes that went."""
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    if folder.exists():
        shutil.rmtree(folder)
    return len(sizes), sum(sizes)


def _purge_table(catalog: sqlite3.Connection, table_id: int) -> None:
    names = [row[0] for row in catalog.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    for title in names:
        if title.startswith(f"ducklake_inlined_data_{table_id}_") or title == f"ducklake_inlined_delete_{table_id}":
            catalog.execute(f"DROP TABLE {name(title)}")
            continue
        if any(column[1] == "table_id" for column in catalog.execute(f"PRAGMA table_info({name(title)})")):
            catalog.execute(f"DELETE FROM {name(title)} WHERE table_id = ?", (table_id,))
