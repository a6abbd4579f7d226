"""What has been fetched, from where, when and under which licence: a small database beside the files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from threading import Lock
from typing import Any, Self

FILE = "manifest.sqlite"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has been fetched whole and found right.

    Attributes
    ----------
    state, product, name : str
        Which it is.
    url : str
        Where it came from.
    size : int
        Of the file. [B]
    sha256 : str
        Of its bytes.
    etag, last_modified : str
        What the server said to tell versions apart; empty if nothing.
    version : str
        `ingest.fetch.index.Entry.version` of the list's line.
    timestamp : str
        When the portal put it there, in its own words.
    licence : str
        Key of `twin.provenance.LICENCES`.
    fetched_at : str
        ISO 8601, UTC.
    modified_ns : int
        Time of change of the file on disk: as long as it and the size stay, the bytes need not be read again. [ns]
    delivery_id : str
        Delivery that it was ingested as; empty before.
    gone_at : str
        When it was first missing in the portal's list, ISO 8601; empty while it is there.
    """

    state: str
    product: str
    name: str
    url: str
    size: int
    sha256: str
    etag: str
    last_modified: str
    version: str
    timestamp: str
    licence: str
    fetched_at: str
    modified_ns: int
    delivery_id: str = ""
    gone_at: str = ""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server tells versions of a resource apart by.

    Attributes
    ----------
    etag, last_modified : str
        Headers; empty if it sent none.
    version : str
        Of the list's line at that time.
    """

    etag: str = ""
    last_modified: str = ""
    version: str = ""

    @property
    def strong(self) -> str:
        """What may stand in ``If-Range`` (RFC 9110, 13.1.5): a weak ETag may not."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that let the server say "not modified"."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


_COLUMNS = [field.name for field in fields(Kept)]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    state TEXT, product TEXT, name TEXT, url TEXT, size INTEGER, sha256 TEXT, etag TEXT, last_modified TEXT,
    version TEXT, timestamp TEXT, licence TEXT, fetched_at TEXT, modified_ns INTEGER, delivery_id TEXT, gone_at TEXT,
    PRIMARY KEY (state, product, name));
CREATE TABLE IF NOT EXISTS begun (url TEXT PRIMARY KEY, etag TEXT, last_modified TEXT, version TEXT);
"""


class Manifest:
    """The database in a folder of fetched files; several threads may use it, and it survives a kill at any moment.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._base = sqlite3.connect(folder / FILE, check_same_thread=False, isolation_level=None)
        self._base.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def files(self, state: str, product: str) -> dict[str, Kept]:
        """Files of a product, by name."""
        found = self._ask("SELECT * FROM file WHERE state = ? AND product = ?", (state, product))
        return {row[2]: Kept(*row) for row in found}

    def keep(self, kept: Kept) -> None:
        """Remember a file, and that it is no longer on its way."""
        marks = ", ".join("?" * len(_COLUMNS))
        with self._lock, self._base:
            self._base.execute("BEGIN")
            self._base.execute(f"INSERT OR REPLACE INTO file VALUES ({marks})", astuple(kept))
            self._base.execute("DELETE FROM begun WHERE url = ?", (kept.url,))

    def ingested(self, kept: Iterable[Kept], delivery_id: str) -> None:
        """Remember which delivery files came into the twin by."""
        for one in kept:
            self.keep(replace(one, delivery_id=delivery_id))

    def forget(self, kept: Kept) -> None:
        """Remove a file's entry."""
        self._ask(
            "DELETE FROM file WHERE state = ? AND product = ? AND name = ?", (kept.state, kept.product, kept.name)
        )

    def begin(self, url: str, validators: Validators) -> None:
        """Remember what version of a file, or of a list of files, is on its way."""
        row = (url, validators.etag, validators.last_modified, validators.version)
        self._ask("INSERT OR REPLACE INTO begun VALUES (?, ?, ?, ?)", row)

    def begun(self, url: str) -> Validators | None:
        """What `begin` remembered; None if nothing."""
        rows = self._ask("SELECT etag, last_modified, version FROM begun WHERE url = ?", (url,))
        return Validators(*rows[0]) if rows else None

    def drop(self, url: str) -> None:
        """Forget what `begin` remembered."""
        self._ask("DELETE FROM begun WHERE url = ?", (url,))

    def _ask(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        with self._lock:
            return self._base.execute(statement, values).fetchall()
