"""The registry's revision: the number by which a reader knows that what it has made still holds."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress

from twin.registry import Registry

_SQL = "SELECT value FROM setting WHERE name = 'revision'"
_PATIENCE = 30.0  # [s] how long a locked registry is waited for


class Revision:
    """Asked before each answer, so the SQLite file stays open: to open it takes fifty times as long as to ask.

    Not for two threads at once.

    Parameters
    ----------
    registry : Registry
        Whose.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, ...] = ()

    def read(self) -> str:
        """The revision now: every change of what tables or consents are read by makes another of it."""
        if self._registry.is_sqlite:
            # What goes wrong here is said by the registry itself.
            with suppress(OSError, sqlite3.Error):
                return self._look()
            self.close()
        return self._registry.setting("revision")

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _look(self) -> str:
        file = self._registry.home.path / str(self._registry.engine.url.database)
        found = file.stat()
        # Another file is there where a backup came back, and SQLite's connections do not survive a fork.
        place = (os.getpid(), found.st_dev, found.st_ino, found.st_mtime_ns)
        if self._connection is None or self._opened != place:
            # Read-write, for write-ahead logs need it, but a registry that is gone is not made again.
            source = f"{file.absolute().as_uri()}?mode=rw"
            self._connection = sqlite3.connect(
                source, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            self._opened = place
        # To the last row: a statement that is not finished would hold the log.
        return str(self._connection.execute(_SQL).fetchall()[0][0])
