"""One state of the tables that a principal may see: views over the files of the visible lakes at their heads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from twin.compaction import compactions
from twin.consent import Pair, Principal, layers, standstill, visible_in
from twin.discovery import discover
from twin.engine import LAKES, Connection, EngineError, Relation, connect, cursor, load, name, patiently, query, text
from twin.errors import QueryError
from twin.home import Home
from twin.lake import Lake
from twin.layer import Layer
from twin.layer_view import is_plain, layer_view, located, registry_view
from twin.moment import Moment, heads_at, moment_number
from twin.provenance_tables import registry_tables
from twin.registry import Registry, now, rows, scalar
from twin.revision import Revision
from twin.scratch import Scratch
from twin.table_files import TableFile, TableFiles, table_files

_KEPT = 6  # states whose views stay

_Pin = tuple[str, int, int, int]
"""Lake, snapshot, and which withdrawal and merge of files it has last seen: each changes what its snapshots hold."""


@dataclass(frozen=True, slots=True)
class ViewMaker:
    """Adds schemas with views to every state that is read; found by discovery as ``VIEWS``.

    Attributes
    ----------
    name : str
        Such as ``scenario``.
    make : callable
        ``(Reading) -> None``. It may create schemas and views in `Reading.catalog` on `Reading.connection`, over
        `Reading.base` and `Reading.as_of`, and must name tables in full: a view called ``building`` that reads
        ``building`` reads itself.
    """

    name: str
    make: Callable[[Reading], None]


@dataclass(slots=True)
class Reading:
    """A state of the tables.

    Attributes
    ----------
    connection : Connection
        A cursor whose default schema is `base`: ``building`` is the visible buildings of this state.
    catalog : str
        Name of the catalog that holds the views.
    registry : Registry
        The twin's registry.
    pairs : frozenset of (ags, consent class)
        What the principal may see.
    seq : int
        Number of the moment in the history.
    """

    connection: Connection
    catalog: str
    registry: Registry
    pairs: frozenset[Pair]
    seq: int
    _reader: Reader
    _pins: set[_Pin] = field(default_factory=set)
    _schemas: dict[int, str] = field(default_factory=dict)
    _files: dict[tuple[str, str], dict[str, TableFiles]] = field(default_factory=dict)
    _lakes: dict[str, dict[str, _Pin]] = field(default_factory=dict)
    _written: set[Hashable] = field(default_factory=set)
    _tables: frozenset[tuple[str, str]] | None = None

    @property
    def base(self) -> str:
        """Qualified schema of this state's views: ``{base}.building``."""
        return f"{name(self.catalog)}.main"

    def as_of(self, at: Moment) -> str:
        """Qualified schema of the same views as of another moment, made where it is not there yet."""
        with self.registry.read() as transaction:
            seq = moment_number(transaction, at)
            heads = heads_at(transaction, seq)
        if seq == self.seq:
            return self.base
        with self._reader.lock:
            if seq not in self._schemas:
                schema = f"{name(self.catalog)}.{name(f'moment_{seq}')}"
                self.connection.execute(f"CREATE SCHEMA {schema}")
                self.make_views(schema, heads)
                self._schemas[seq] = schema
                self._tables = None
            return self._schemas[seq]

    def query(self, sql: str, values: Any = None) -> Relation:
        """Relation of a SELECT on a connection of its own, so that threads may ask at the same time.

        Raises
        ------
        QueryError
            If it cannot run.
        """
        own = cursor(self.connection)
        own.execute(f"USE {name(self.catalog)}")
        found = query(own, sql, values)
        if found is None:  # a statement without an answer
            found = query(own, "SELECT NULL AS answer WHERE false")
        assert found is not None
        return found

    def fetch(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query of our own, on a connection of its own."""
        return patiently(lambda: cursor(self.connection).execute(sql, values or []).fetchall())

    def tables(self) -> frozenset[tuple[str, str]]:
        """(schema, table) of all that can be asked in this state."""
        if self._tables is None:
            sql = "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = ? AND NOT internal"
            self._tables = frozenset((str(schema), str(view)) for schema, view in self.fetch(sql, [self.catalog]))
        return self._tables

    def without(self, schema: str, layer: Layer, keys: str, places: str) -> str:
        """SELECT of the rows of `layer` in `schema` but those whose ``(ags, building_id)`` are in table `keys`.

        `places` is the name of a table that may be made for it: where the rows lie is looked up once.
        """
        tables = self._files[(schema, layer.name)]
        if not is_plain(tables):
            return f"SELECT * FROM {schema}.{name(layer.name)} ANTI JOIN {keys} USING (ags, building_id)"
        self.connection.execute(f"CREATE TABLE {places} AS {located(tables, keys)}")
        return layer_view(layer, tables, str, places)

    def rewritten(self, schema: str, layer: Layer, changed: Mapping[str, tuple[Hashable, str]]) -> str:
        """SELECT of the rows of `layer` in `schema`, with other rows in place of those of some municipalities.

        They are written as Parquet once, for as long as a reading uses them: a view over files answers as fast as
        the one that it stands for, whatever was changed.

        Parameters
        ----------
        schema : str
            Qualified, of this state or of `as_of`.
        layer : Layer
            Whose rows.
        changed : mapping of str to (hashable, str)
            Municipality → what the change consists of, and the SELECT of its rows.
        """
        tables, lakes = dict(self._files[(schema, layer.name)]), self._lakes[schema]
        columns = [column.name for column in layer.all_columns]
        for ags, (change, rows_) in changed.items():
            content = (layer.name, ags, lakes.get(ags), change)
            self._written.add(content)
            file = self._reader.scratch.file(content, ags, layer.name, partial(self._write, layer, rows_))
            tables[ags] = TableFiles(columns, [TableFile(file, frozenset(columns), None)])
        return layer_view(layer, tables, lambda ags: self._reader.attached(lakes[ags]))

    def _write(self, layer: Layer, rows_: str, file: Path) -> None:
        # As the lakes' files have them: the CRS is the layer's, and the boxes of geometries stand in the file's footer.
        plain = [f"{name(one.name)}::GEOMETRY AS {name(one.name)}" for one in layer.columns if one.type == "GEOMETRY"]
        columns = f"* REPLACE ({', '.join(plain)})" if plain else "*"
        target = f"{text(str(file))} (FORMAT parquet, GEOPARQUET_VERSION 'NONE')"
        self.connection.execute(f"COPY (SELECT {columns} FROM ({rows_})) TO {target}")

    def make_views(self, schema: str, heads: dict[str, int]) -> None:
        """One view a layer in `schema`: the rows of the visible lakes, empty where none has any."""
        owners = {ags for ags, _ in self.pairs}
        pins = {ags: self._reader.pin(ags, snapshot) for ags, snapshot in heads.items() if ags in owners}
        self._lakes[schema] = pins
        self._pins.update(pins.values())
        held = {ags: self._reader.tables(pin) for ags, pin in pins.items()}
        for layer in layers().values():
            visible = {
                ags: tables[layer.name]
                for ags, tables in held.items()
                if (ags, layer.consent_class) in self.pairs and layer.name in tables
            }
            self._files[(schema, layer.name)] = visible
            rows_ = registry_view(layer, f"{self.base}.{name('_' + layer.name)}")
            if layer.placement != "registry":
                rows_ = layer_view(layer, visible, lambda ags: self._reader.attached(pins[ags]))
            self.connection.execute(f"CREATE VIEW {schema}.{name(layer.name)} AS {rows_}")


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
        self._held: dict[_Pin, dict[str, TableFiles]] = {}
        self._attached: dict[_Pin, str] = {}
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

    def pin(self, ags: str, snapshot: int) -> _Pin:
        """A lake at a snapshot."""
        return ags, snapshot, self._generation.get(ags, 0), self._compactions

    def tables(self, pin: _Pin) -> dict[str, TableFiles]:
        """Tables of a pinned lake."""
        if pin not in self._held:
            ags, snapshot, *_ = pin
            self._held[pin] = table_files(Lake(ags, self.home.lake(ags)), snapshot)
        return self._held[pin]

    def attached(self, pin: _Pin) -> str:
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

    def _make(self, pairs: frozenset[Pair], seq: int, heads: dict[str, int], provenance: dict[str, object]) -> Reading:
        catalog = f"reading_{next(self._number)}"
        self._connection().execute(f"ATTACH ':memory:' AS {name(catalog)}")
        connection = cursor(self._connection())
        connection.execute(f"USE {name(catalog)}")
        reading = Reading(connection, catalog, self.registry, pairs, seq, self)
        for title, rows_of in provenance.items():
            source = rows_of if isinstance(rows_of, str) else "FROM given"
            if source is not rows_of:
                connection.register("given", rows_of)
            connection.execute(f"CREATE TABLE {reading.base}.{name('_' + title)} AS {source}")
            if source is not rows_of:
                connection.unregister("given")
            if title not in layers():
                connection.execute(f"CREATE VIEW {reading.base}.{title} AS FROM {reading.base}.{name('_' + title)}")
        reading.make_views(reading.base, heads)
        for maker in discover("VIEWS").values():
            maker.make(reading)
        return reading

    def _forget(self) -> None:
        while len(self._kept) > _KEPT:
            _, old = self._kept.popitem(last=False)
            used = {pin for reading in self._kept.values() for pin in reading._pins}
            gone = old._pins - used
            self.scratch.keep(content for reading in self._kept.values() for content in reading._written)
            for pin in gone:
                self._held.pop(pin, None)
            for alias in [old.catalog, *(self._attached.pop(pin) for pin in gone & self._attached.keys())]:
                # Where a relation of that state is still being read, it stays until this reader closes.
                with suppress(EngineError):
                    self._connection().execute(f"DETACH {name(alias)}")
