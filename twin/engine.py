"""The database engine: the only module that imports duckdb. Extensions come from wheels, so no network is needed."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import duckdb

from twin.errors import MissingComponent, QueryError

VERSION = "v1.5.5"
"""Version that engine and extensions must share; an extension of another version crashes the process."""

Connection: TypeAlias = duckdb.DuckDBPyConnection
EngineError: TypeAlias = duckdb.Error

LAKES = ("ducklake", "sqlite_scanner")
"""Extensions that attach a lake."""

_PATIENCE = 60.0  # [s] how long a locked catalog is waited for
_LOCKED = ("database is locked", "database table is locked", "SQLITE_BUSY", "could not obtain lock")

_number = count()

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may use.

    Attributes
    ----------
    memory : str
        Such as ``4GB``; empty for the engine's own choice (80 % of the machine's).
    threads : int
        0 for as many as there are cores.
    temp : Path or None
        Folder under which each connection gets one for what does not fit into memory; None for the engine's own choice.
    """

    memory: str = ""
    threads: int = 0
    temp: Path | None = None


@cache
def extension_file(name: str) -> Path:
    """File of extension `name` in its wheel.

    Raises
    ------
    MissingComponent
        If the wheel is not installed.
    """
    wheel = "duckdb-extension-" + name.replace("_", "-")
    try:
        found = files("duckdb_extension_" + name) / "extensions" / VERSION / f"{name}.duckdb_extension"
    except ModuleNotFoundError:
        found = None
    if found is None or not found.is_file():
        raise MissingComponent(component=wheel, purpose="twin.engine", remedy=f"pip install {wheel}=={VERSION[1:]}")
    return Path(str(found))


def connect(limits: Limits = Limits(), extensions: tuple[str, ...] = LAKES) -> Connection:
    """A database in memory with ``spatial`` and further extensions, to which lakes can be attached.

    Parameters
    ----------
    limits : Limits
        Memory, threads and temporary folder.
    extensions : tuple of str
        The further ones. Each costs 0.15 s, for its signature is checked.
    """
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    if limits.memory:
        config["memory_limit"] = limits.memory
    if limits.threads:
        config["threads"] = limits.threads
    if limits.temp:
        # A folder of its own for each connection: two that share one overwrite each other's files.
        config["temp_directory"] = str(limits.temp / f"{os.getpid()}-{next(_number)}")
    connection = duckdb.connect(":memory:", config=config)
    load(connection, "spatial", *extensions)
    # Without it ST_Transform gives latitude before longitude.
    connection.execute("SET GLOBAL geometry_always_xy = true")
    _draw_no_bar(connection)
    # Footers of Parquet files are parsed once, not at every query; a file that has changed is parsed again.
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    # What a query needs of a row group is read at once, not page by page.
    connection.execute("SET GLOBAL prefetch_all_parquet_files = true")
    return connection


def load(connection: Connection, *extensions: str) -> None:
    """Load extensions, those that are not loaded yet."""
    for name in extensions:
        connection.execute(f"LOAD {text(str(extension_file(name)))}")


def cursor(connection: Connection) -> Connection:
    """A connection of its own to the same database, for another thread or another default schema."""
    own = connection.cursor()
    _draw_no_bar(own)
    return own


def _draw_no_bar(connection: Connection) -> None:
    # The one setting that the engine keeps a connection, not a database. It is on where Python is used by hand, which
    # the engine tells by the same sign; elsewhere a statement less is a tenth of a small query.
    if not hasattr(sys.modules["__main__"], "__file__"):
        connection.execute("SET enable_progress_bar = false")


def text(value: str) -> str:
    """`value` as an SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """`value` as an SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def patiently(work: Callable[[], Given]) -> Given:
    """Run `work`, again after a short random pause for as long as another process holds a catalog's lock.

    `work` must leave nothing behind when it fails: a whole transaction, or a read.
    """
    deadline = time.monotonic() + _PATIENCE
    pause = 0.02
    while True:
        try:
            return work()
        except duckdb.Error as problem:
            if not is_locked(problem) or time.monotonic() > deadline:
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not cryptography
        pause = min(pause * 1.6, 1.0)


def is_locked(problem: Exception) -> bool:
    """Whether `problem` means that another process holds the lock just now."""
    message = str(problem)
    return any(sign in message for sign in _LOCKED)


class Relation:
    """What a query gives: a `duckdb.DuckDBPyRelation` whose errors are ours.

    Every attribute is the relation's own (``df``, ``arrow``, ``fetchall``, ``filter`` …); what goes wrong is a
    `QueryError`, and relations made from it are wrapped again.
    """

    __slots__ = ("_owner", "_relation")

    def __init__(self, relation: duckdb.DuckDBPyRelation, owner: Connection) -> None:
        self._relation = relation
        # A relation does not keep the connection alive that it runs on.
        self._owner = owner

    def __getattr__(self, attribute: str) -> Any:
        value = _translated(lambda: getattr(self._relation, attribute))
        if not callable(value) or isinstance(value, duckdb.DuckDBPyRelation):
            return self._wrapped(value)

        def call(*values: Any, **named: Any) -> Any:
            plain = [value._relation if isinstance(value, Relation) else value for value in values]
            return _translated(lambda: self._wrapped(value(*plain, **named)))

        return call

    def _wrapped(self, value: Any) -> Any:
        return Relation(value, self._owner) if isinstance(value, duckdb.DuckDBPyRelation) else value

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows as an Arrow stream, so that pyarrow, polars and geopandas take the relation as it is."""
        return _translated(lambda: self._relation.__arrow_c_stream__(requested_schema))

    def __len__(self) -> int:
        return int(_translated(lambda: len(self._relation)))

    def __repr__(self) -> str:
        return str(_translated(lambda: repr(self._relation)))


def query(connection: Connection, sql: str, values: Any = None) -> Relation | None:
    """Relation of one SELECT; other statements run at once and give None or their result.

    Raises
    ------
    QueryError
        If it cannot run.
    """
    found = _translated(lambda: patiently(lambda: connection.sql(sql, params=values)))
    return None if found is None else Relation(found, connection)


def _translated(work: Callable[[], Given]) -> Given:
    try:
        return work()
    except duckdb.Error as problem:
        raise QueryError(problem=str(problem).splitlines()[0]) from problem
