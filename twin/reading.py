"""One state of the tables that a principal may see: views over the files of the visible lakes at their heads."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.consent import Pair, layers
from twin.engine import Connection, Relation, cursor, name, patiently, query, text
from twin.lake import CODEC
from twin.layer import Layer
from twin.layer_view import is_plain, layer_view, located, registry_view
from twin.moment import Moment, heads_at, moment_number
from twin.registry import Registry
from twin.table_files import TableFile, TableFiles

if TYPE_CHECKING:
    from twin.reader import Reader

Pin = tuple[str, int, int, int]
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
    pins : set of Pin
        The lakes that it reads.
    written : set of hashable
        What its reader has written for it, see `rewritten`.
    """

    connection: Connection
    catalog: str
    registry: Registry
    pairs: frozenset[Pair]
    seq: int
    _reader: Reader
    pins: set[Pin] = field(default_factory=set)
    written: set[Hashable] = field(default_factory=set)
    _schemas: dict[int, str] = field(default_factory=dict)
    _files: dict[tuple[str, str], dict[str, TableFiles]] = field(default_factory=dict)
    _lakes: dict[str, dict[str, Pin]] = field(default_factory=dict)
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
            self.written.add(content)
            file = self._reader.scratch.file(content, ags, layer.name, partial(self._write, layer, rows_))
            tables[ags] = TableFiles(columns, [TableFile(file, frozenset(columns), None)])
        return layer_view(layer, tables, lambda ags: self._reader.attached(lakes[ags]))

    def _write(self, layer: Layer, rows_: str, file: Path) -> None:
        # As the lakes' files have them: the CRS is the layer's, and the boxes of geometries stand in the file's footer.
        plain = [f"{name(one.name)}::GEOMETRY AS {name(one.name)}" for one in layer.columns if one.type == "GEOMETRY"]
        columns = f"* REPLACE ({', '.join(plain)})" if plain else "*"
        target = f"{text(str(file))} (FORMAT parquet, COMPRESSION {CODEC}, GEOPARQUET_VERSION 'NONE')"
        self.connection.execute(f"COPY (SELECT {columns} FROM ({rows_})) TO {target}")

    def make_views(self, schema: str, heads: dict[str, int]) -> None:
        """One view a layer in `schema`: the rows of the visible lakes, empty where none has any."""
        owners = {ags for ags, _ in self.pairs}
        pins = {ags: self._reader.pin(ags, snapshot) for ags, snapshot in heads.items() if ags in owners}
        self._lakes[schema] = pins
        self.pins.update(pins.values())
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
