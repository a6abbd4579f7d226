"""Gives readings to one principal, and keeps them for as long as nothing has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import pyarrow as pa

from twin.compaction import compactions
from twin.consent import Pair, Principal, layers, standstill, visible_in
from twin.discovery import discover
from twin.engine import LAKES, Connection, EngineError, connect, cursor, load, name
from twin.errors import QueryError
from twin.home import Home
from twin.lake import Lake
from twin.moment import Moment, heads_at, moment_number
from twin.provenance_tables import registry_tables
from twin.reading import Pin, Reading
from twin.registry import Registry, now, rows, scalar
from twin.revision import Revision
from twin.scratch import Scratch
from twin.table_files import TableFiles, table_files

_KEPT = 6  # states whose views stay


@dataclass(frozen=True, slots=True)
class _Latest:
    """Key of the present state, for as long as nothing has changed and no consent has begun or ended."""

    key: tuple[str, int, frozenset[Pair]]
    since: str
    until: str

    def is_now(self, revision: str) -> bool:
        return revision == self.key[0] and self.since <= now() < self.until


class Reader:
    """Gives readings to one principal, and keeps the last ones for as long as nothing has changed.

    Parameters
    ----------
    home : Home
        Where the lakes are.
    registry : Registry
        Its registry.
    principal : Principal
        Who asks.
    """

    def __init__(self, home: Home, registry: Registry, principal: Principal) -> None:
        self.home, self.registry, self.principal = home, registry, principal
        self._root: Connection | None = None
        self._number = count(1)
        self._revision = Revision(registry)
        self._latest: _Latest | None = None
        self._kept: OrderedDict[tuple[str, int, frozenset[Pair]], Reading] = OrderedDict()
        self._held: dict[Pin, dict[str, TableFiles]] = {}
        self._attached: dict[Pin, str] = {}
        self._generation: dict[str, int] = {}
        self._compactions = 0
        self.scratch = Scratch(home.temp)
        self.lock = threading.RLock()

    def reading(self, at: Moment = None) -> Reading:
        """The tables as of `at`, as far as the principal may see them now.

        Raises
        ------
        UnknownName
            If `at` is neither a moment nor a delivery.
        """
        try:
            return self._reading(at)
        except (EngineError, QueryError):
            # A lake was withdrawn between the look into the registry and the look into the lake: look again.
            return self._reading(at)

    def _reading(self, at: Moment) -> Reading:
        with self.lock:
            if at is None and (known := self._known()) is not None:
                return known
            with self.registry.read() as transaction:
                moment = now()
                pairs = visible_in(transaction, self.principal, moment)
                seq = moment_number(transaction, at)
                revision = str(scalar(transaction, "SELECT value FROM setting WHERE name = 'revision'"))
                key = (revision, seq, pairs)
                if at is None:
                    self._latest = _Latest(key, *standstill(transaction, moment))
                found = self._kept.get(key)
                if found is None:
                    self._generation = {
                        row["ags"]: row["seq"]
                        for row in rows(transaction, "SELECT ags, max(seq) AS seq FROM receipt GROUP BY ags")
                    }
                    self._compactions = compactions(transaction)
                    heads = heads_at(transaction, seq)
                    provenance = registry_tables(transaction, pairs, self.principal, seq)
            if found is None:
                found = self._make(pairs, seq, heads, provenance)
            self._kept[key] = found
            self._kept.move_to_end(key)
            self._forget()
            return found

    def _known(self) -> Reading | None:
        """The present state, if it is the one that was asked for last."""
        if self._latest is None or not self._latest.is_now(self._revision.read()):
            return None
        found = self._kept.get(self._latest.key)
        if found is not None:
            self._kept.move_to_end(self._latest.key)
        return found

    def close(self) -> None:
        """Let go of everything; relations that were given out end here."""
        with self.lock:
            self._revision.close()
            self._latest = None
            self._kept.clear()
            self._held.clear()
            self._attached.clear()
            if self._root is not None:
                self._root.close()
                self._root = None
            self.scratch.close()

    def pin(self, ags: str, snapshot: int) -> Pin:
        """A lake at a snapshot."""
        return ags, snapshot, self._generation.get(ags, 0), self._compactions

    def tables(self, pin: Pin) -> dict[str, TableFiles]:
        """Tables of a pinned lake."""
        if pin not in self._held:
            ags, snapshot, *_ = pin
            self._held[pin] = table_files(Lake(ags, self.home.lake(ags)), snapshot)
        return self._held[pin]

    def attached(self, pin: Pin) -> str:
        """Attach a pinned lake, once; gives the alias."""
        if pin not in self._attached:
            ags, snapshot, withdrawal, compaction = pin
            alias = f"lake_{ags}_{snapshot}_{withdrawal}_{compaction}"
            load(self._connection(), *LAKES)
            Lake(ags, self.home.lake(ags)).attach(self._connection(), alias, snapshot)
            self._attached[pin] = alias
        return self._attached[pin]

    def _connection(self) -> Connection:
        if self._root is None:
            self._root = connect(self.home.limits, extensions=())  # only what a file does not tell is asked of a lake
        return self._root

    def _make(
        self, pairs: frozenset[Pair], seq: int, heads: dict[str, int], provenance: dict[str, str | pa.Table]
    ) -> Reading:
        catalog = f"reading_{next(self._number)}"
        self._connection().execute(f"ATTACH ':memory:' AS {name(catalog)}")
        connection = cursor(self._connection())
        connection.execute(f"USE {name(catalog)}")
        reading = Reading(connection, catalog, self.registry, pairs, seq, self)
        for title, rows_of in provenance.items():
            table = f"{reading.base}.{name('_' + title)}"
            if isinstance(rows_of, str):
                connection.execute(f"CREATE TABLE {table} AS {rows_of}")
            else:
                connection.register("given", rows_of)
                connection.execute(f"CREATE TABLE {table} AS FROM given")
                connection.unregister("given")
            if title not in layers():
                connection.execute(f"CREATE VIEW {reading.base}.{title} AS FROM {table}")
        reading.make_views(reading.base, heads)
        for maker in discover("VIEWS").values():
            maker.make(reading)
        return reading

    def _forget(self) -> None:
        while len(self._kept) > _KEPT:
            _, old = self._kept.popitem(last=False)
            used = {pin for reading in self._kept.values() for pin in reading.pins}
            gone = old.pins - used
            self.scratch.keep(content for reading in self._kept.values() for content in reading.written)
            for pin in gone:
                self._held.pop(pin, None)
            for alias in [old.catalog, *(self._attached.pop(pin) for pin in gone & self._attached.keys())]:
                # Where a relation of that state is still being read, it stays until this reader closes.
                with suppress(EngineError):
                    self._connection().execute(f"DETACH {name(alias)}")
