"""The registry: who takes part, what is shared, what came. SQLite beside the lakes, or PostgreSQL by URL."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from filelock import Timeout
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from twin.errors import HomeTooNew, MissingComponent, NoRegistry, NotAHome
from twin.home import Home
from twin.language import Text
from twin.migrations import MIGRATIONS

Row = sa.RowMapping
Transaction = sa.Connection

_PATIENCE = 60.0  # [s] how long a locked registry is waited for
_ADVISORY_LOCK = 0x7477696E  # "twin"
_PURPOSE = Text("das Register auf einem Server", "the registry on a server")
_REMEDY = "pip install 'district-twin[server]'"


def now() -> str:
    """The present moment as the registry writes it: ISO 8601, UTC, microseconds."""
    return moment_text(datetime.now(UTC))


def moment_text(moment: datetime | date | str) -> str:
    """`moment` as the registry writes it; a date is its first instant, a naive time the machine's own.

    Raises
    ------
    ValueError
        If a text is not ISO 8601.
    """
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    elif not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Registry:
    """The registry of one home. Connections are opened for each transaction, so it may cross a fork.

    Parameters
    ----------
    home : Home
        Where it lies.
    create : bool
        Whether a registry that is not there may be made.

    Raises
    ------
    NotAHome
        If there is none and `create` is false.
    HomeTooNew
        If a newer version of this program wrote it.
    NoRegistry
        If its server does not answer, or its URL is none.
    """

    def __init__(self, home: Home, create: bool = False) -> None:
        self.home = home
        try:
            self.engine = sa.create_engine(home.registry_url, poolclass=sa.NullPool)
        except ArgumentError as problem:
            raise NoRegistry(path=home.path, found=problem) from None
        except ModuleNotFoundError as problem:
            raise MissingComponent(component=problem.name, purpose=_PURPOSE, remedy=_REMEDY) from None
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        if self.is_sqlite:
            file = self.engine.url.database
            if not create and not (file and (home.path / file).is_file()):
                raise NotAHome(path=home.path)
            sa.event.listen(self.engine, "connect", _set_up_sqlite)
        try:
            self._migrate(create)
        except OperationalError as problem:
            if self.is_sqlite:
                raise
            raise NoRegistry(path=home.path, found=str(problem.orig).partition("\n")[0]) from None

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that sees one state of the registry."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN" if self.is_sqlite else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection
            connection.rollback()

    @contextmanager
    def write(self, *, quiet: bool = False) -> Iterator[Transaction]:
        """A transaction that changes the registry: wholly, or not at all on an exception.

        Parameters
        ----------
        quiet : bool
            Whether it changes nothing that tables or consents are read by, as how a feed fares: readers then keep
            what they have made.
        """
        with self.engine.connect() as connection:
            if self.is_sqlite:
                _begin_immediately(connection)
            yield connection
            if not quiet:
                # Readers keep what they have made for as long as this number stays.
                connection.exec_driver_sql(
                    "UPDATE setting SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = 'revision'"
                )
            connection.commit()

    @contextmanager
    def commit_lock(self, timeout: float = -1) -> Iterator[None]:
        """Hold the lock that all changes of lakes and heads are made under: in this home and, on a server, beyond it.

        Parameters
        ----------
        timeout : float
            How long to wait for others of this home [s]; negative for ever. `filelock.Timeout` afterwards, and at once
            if the lock is held from beyond it.
        """
        with self.home.lock("commit", timeout):
            if self.is_sqlite:
                yield
                return
            with self.engine.connect() as connection:
                if timeout < 0:
                    execute(connection, "SELECT pg_advisory_lock(:key)", key=_ADVISORY_LOCK)
                elif not scalar(connection, "SELECT pg_try_advisory_lock(:key)", key=_ADVISORY_LOCK):
                    raise Timeout(str(self.home.path / "locks" / "commit.lock"))
                connection.commit()
                try:
                    yield
                finally:
                    connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
                    connection.commit()

    def setting(self, name: str) -> str:
        """Value of a setting, empty if there is none."""
        with self.read() as transaction:
            return str(scalar(transaction, "SELECT value FROM setting WHERE name = :name", name=name) or "")

    def vacuum(self) -> None:
        """Rewrite the database so that nothing deleted is left in its files."""
        if not self.is_sqlite:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM FULL")
            return
        file = self.engine.url.database
        assert file
        vacuum_sqlite(str(self.home.path / file))

    def _migrate(self, create: bool) -> None:
        found = self._version()
        if found > len(MIGRATIONS):
            raise HomeTooNew(path=self.home.path, found=found, expected=len(MIGRATIONS))
        if found == 0 and not create:
            raise NotAHome(path=self.home.path)
        if found == len(MIGRATIONS):
            return
        with self.home.lock("migration"), self.write() as transaction:
            if found == 0:
                transaction.execute(sa.text("CREATE TABLE IF NOT EXISTS schema_version (number INTEGER PRIMARY KEY)"))
            found = int(scalar(transaction, "SELECT max(number) FROM schema_version") or 0)
            for number, statements in enumerate(MIGRATIONS[found:], found + 1):
                for statement in statements:
                    transaction.execute(sa.text(statement))
                execute(transaction, "INSERT INTO schema_version VALUES (:number)", number=number)

    def _version(self) -> int:
        try:
            with self.read() as transaction:
                return int(scalar(transaction, "SELECT max(number) FROM schema_version") or 0)
        except (OperationalError, ProgrammingError):
            if sa.inspect(self.engine).has_table("schema_version"):
                raise
            return 0


def execute(transaction: Transaction, statement: str, **values: Any) -> sa.CursorResult[Any]:
    """Run one statement with named parameters (``:name``)."""
    return transaction.execute(sa.text(statement), values)


def rows(transaction: Transaction, statement: str, **values: Any) -> list[Row]:
    """All rows of a query."""
    return list(transaction.execute(sa.text(statement), values).mappings())


def scalar(transaction: Transaction, statement: str, **values: Any) -> Any:
    """First value of a query's first row, None if there is none."""
    return transaction.execute(sa.text(statement), values).scalar()


def insert(transaction: Transaction, table: str, entries: list[dict[str, Any]]) -> None:
    """Insert entries that all have the same columns."""
    if entries:
        names = list(entries[0])
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})"
        transaction.execute(sa.text(sql), entries)


def next_moment(
    transaction: Transaction,
    action: str,
    delivery_id: str | None = None,
    ags: str | None = None,
    layer: str | None = None,
) -> int:
    """Add a moment to the history and return its number. Call it under the commit lock."""
    # A receipt keeps its number when the moments around it are withdrawn, so numbers are never used twice.
    last = """SELECT max(seq) FROM
              (SELECT seq FROM moment UNION ALL SELECT seq FROM receipt UNION ALL SELECT seq FROM head) AS used"""
    seq = int(scalar(transaction, last) or 0) + 1
    moment = {"seq": seq, "at": now(), "action": action, "delivery_id": delivery_id, "ags": ags, "layer": layer}
    insert(transaction, "moment", [moment])
    return seq


def vacuum_sqlite(file: str) -> None:
    """Rewrite an SQLite file and empty its write-ahead log; waits for readers.

    Raises
    ------
    sqlite3.OperationalError
        If readers hold the file for longer than a minute.
    """
    deadline = time.monotonic() + _PATIENCE
    connection = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise sqlite3.OperationalError(f"{file} is held by readers")
            time.sleep(0.05)
    finally:
        connection.close()


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions are begun by hand: the driver's own begin too late to be consistent.
    connection.isolation_level = None
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "secure_delete = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Transaction) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > deadline:
                raise
            time.sleep(0.05 * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not cryptography
