"""A building that several sources describe stands once: what stands less well gives way, and leaves its key.

It happens when a delivery lands, inside the lake's one transaction and under the commit lock: what is stored does not
depend on which source came first, and a delivery that is finished after a kill comes to the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from twin.consent import layers
from twin.engine import name, text
from twin.geometry.overlap import Pairs, same_places
from twin.staging import staged_file

if TYPE_CHECKING:
    from twin.landing import Landing
    from twin.layer import Layer, Overlap

_REACH = 1.0
"""By how much stored rows are looked for beyond the box of what comes. [m]"""

_PAIR = pa.schema([("origin", pa.string()), ("id", pa.int64()), ("better", pa.string()), ("overlap", pa.float64())])


def owner_of(layer_name: str) -> str:
    """Layer whose rows leave their keys in this one; empty if it is no such layer."""
    return next((layer.name for layer in layers().values() if layer.overlap and layer.overlap.layer == layer_name), "")


@dataclass(slots=True)
class _Rows:
    """Rows that may be compared: where each is found, its key, how well it stands, its source and area."""

    origin: str
    ids: NDArray[np.int64]
    keys: list[str]
    ranks: NDArray[np.float64]
    sources: list[str | None]
    areas: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass
class Matching:
    """Compares what lands with what is stored.

    Parameters
    ----------
    landing : Landing
        The landing, with ``inc_<layer>`` and ``gone_<layer>`` planned.
    layer : Layer
        A layer with an `overlap`.
    overlap : Overlap
        That.
    """

    landing: Landing
    layer: Layer
    overlap: Overlap
    _found: list[tuple[str, int, str, float]] = field(default_factory=list)

    def give_way(self) -> int:
        """Take from ``inc_<layer>`` what stands in a better row's place, add to ``gone_<layer>`` what stands in the
        place of a better one that comes, and stage what they leave. The number of incoming rows that gave way.
        """
        staged_file(self.landing.folder, self.landing.lake.ags, self.overlap.layer).unlink(missing_ok=True)
        if self.layer.name not in self.landing.present or not self._several_sources():
            return 0
        coming = self._coming()
        stored = self._stored(coming.areas, set(coming.sources))
        yielding = self._match(stored, coming)
        stored = self._left(stored, yielding)
        self._drop(
            "yielding",
            yielding,
            f"""INSERT INTO gone_{self.layer.name} SELECT rowid, delivery_id, delivery_part, {self._key}, 'replaced'
                FROM {self._table} WHERE rowid IN (FROM yielding)""",
        )
        lost = self._match(coming, stored)
        coming = self._left(coming, lost)
        self._drop("lost", lost, f"DELETE FROM inc_{self.layer.name} WHERE file_row_number IN (FROM lost)")
        # What had given way to a row that now gives way itself is among them.
        orphans = self._orphans()
        settled = self._match(orphans, coming)
        orphans = self._left(orphans, settled)
        self._match(orphans, self._stored(orphans.areas, set()))
        if self._found:
            self._stage()
        return len(lost)

    @property
    def _key(self) -> str:
        return name(self.layer.key[0])

    @property
    def _table(self) -> str:
        return self.landing.stored(self.layer)

    @property
    def _matches(self) -> str:
        return self.landing.stored(layers()[self.overlap.layer])

    def _match(self, weak: _Rows, strong: _Rows) -> NDArray[np.int64]:
        """Where the weak rows are found that a strong one stands for."""
        if not len(weak) or not len(strong):
            return np.zeros(0, np.int64)
        grades: dict[tuple[str | None, float], int] = {}
        kinds = [
            np.array([grades.setdefault(grade, len(grades)) for grade in zip(rows.sources, rows.ranks, strict=True)])
            for rows in (weak, strong)
        ]
        may = np.array([[a[0] != b[0] and self._order(*a) < self._order(*b) for b in grades] for a in grades])
        pairs: Pairs = same_places(weak.areas, strong.areas, may, (kinds[0], kinds[1]))
        for one, other, share in zip(pairs.one.tolist(), pairs.other.tolist(), pairs.share.tolist(), strict=True):
            self._found.append((weak.origin, int(weak.ids[one]), strong.keys[other], share))
        return weak.ids[np.unique(pairs.one)]

    @staticmethod
    def _left(rows: _Rows, gone: NDArray[np.int64]) -> _Rows:
        """Rows but those that are found at `gone`."""
        numbers = np.flatnonzero(~np.isin(rows.ids, gone))
        keys, sources = [rows.keys[n] for n in numbers.tolist()], [rows.sources[n] for n in numbers.tolist()]
        return _Rows(rows.origin, rows.ids[numbers], keys, rows.ranks[numbers], sources, rows.areas[numbers])

    def _order(self, source: str | None, rank: float) -> tuple[float, int]:
        order = self.overlap.order
        return rank, order.index(source) if source in order else len(order)

    def _several_sources(self) -> bool:
        """Whether there is anything to compare: most lakes have one source, and need not read its shapes."""
        if self.overlap.layer in self.landing.present:
            return True
        file = staged_file(self.landing.folder, self.landing.lake.ags, self.layer.name)
        sql = f"SELECT {self._source} FROM {self._table}"
        if file.is_file():
            sql += f" UNION ALL SELECT {self._source} FROM read_parquet({text(str(file))})"
        found = self.landing.connection.execute(f"SELECT count(DISTINCT coalesce({self._source}, '')) FROM ({sql})")
        return int(found.fetchall()[0][0]) > 1

    def _coming(self) -> _Rows:
        file = staged_file(self.landing.folder, self.landing.lake.ags, self.layer.name)
        if not file.is_file():
            return self._rows("coming", "SELECT 0::BIGINT, '', NULL::VARCHAR, 0.0, NULL::BLOB WHERE false")
        return self._rows(
            "coming",
            f"""SELECT file_row_number, {self._key}, {self._source}, {self._rank}, geom
                FROM read_parquet({text(str(file))}, file_row_number = true)
                SEMI JOIN inc_{self.layer.name} USING (file_row_number) WHERE geom IS NOT NULL""",
        )

    def _stored(self, areas: NDArray[np.object_], sources: set[str | None]) -> _Rows:
        """Rows that stay, near `areas`; if these are of one source, without those of the same."""
        bounds = shapely.bounds(areas)
        bounds = bounds[np.isfinite(bounds).all(axis=1)]
        near, others = "false", ""
        if len(bounds):
            west, south = (bounds[:, :2].min(axis=0) - _REACH).tolist()
            east, north = (bounds[:, 2:].max(axis=0) + _REACH).tolist()
            near = f"ST_Intersects_Extent(geom, ST_MakeEnvelope({west!r}, {south!r}, {east!r}, {north!r}))"
        if len(sources) == 1:
            (source,) = sources
            others = f"AND {self._source} IS DISTINCT FROM {text(source) if source is not None else 'NULL'}"
        return self._rows(
            "stored",
            f"""SELECT rowid, {self._key}, {self._source}, {self._rank}, ST_AsWKB(geom)::BLOB FROM {self._table}
                WHERE geom IS NOT NULL AND {near} {others}
                AND rowid NOT IN (SELECT id FROM gone_{self.layer.name})""",
        )

    def _orphans(self) -> _Rows:
        """What gave way to rows that go or come anew, and is neither delivered again nor retired itself."""
        if self.overlap.layer not in self.landing.present:
            return self._rows("match", "SELECT 0::BIGINT, '', NULL::VARCHAR, 0.0, NULL::BLOB WHERE false")
        return self._rows(
            "match",
            f"""SELECT rowid, matched_id, {self._source}, {self._rank}, ST_AsWKB(geom)::BLOB FROM {self._matches} o
                WHERE geom IS NOT NULL AND NOT ({self._dropped()})
                AND ({self._key} IN (SELECT k FROM gone_{self.layer.name})
                  OR {self._key} IN (SELECT k FROM inc_{self.layer.name}))""",
        )

    def _dropped(self) -> str:
        """Condition: what gave way is delivered anew, or retired by this delivery."""
        layer, area = text(self.layer.name), self.landing.retirement.area
        inside = f"ST_Intersects(ST_PointOnSurface(o.geom), ST_GeomFromHEXWKB({text(area.hex())}))" if area else "false"
        part = f"SELECT delivery_id, delivery_part FROM {{}} WHERE layer = {layer}"
        return f"""o.matched_id IN (SELECT k FROM staged_{self.layer.name})
            OR o.matched_id IN (SELECT k FROM retire_key WHERE layer = {layer})
            OR (o.delivery_id, o.delivery_part) IN ({part.format("retire_whole")})
            OR ((o.delivery_id, o.delivery_part) IN ({part.format("retire_within")}) AND {inside})"""

    def plan_gone(self) -> None:
        """Fill ``gone_<match layer>``: what lost its better row, is delivered anew, or is retired."""
        title, key = self.overlap.layer, self._key
        if title not in self.landing.present:
            columns = "id BIGINT, delivery_id VARCHAR, delivery_part INTEGER, k VARCHAR, why VARCHAR"
            self.landing.connection.execute(f"CREATE OR REPLACE TEMP TABLE gone_{title} ({columns})")
            return
        self.landing.connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE gone_{title} AS
                SELECT o.rowid AS id, o.delivery_id, o.delivery_part, o.{key} AS k,
                    CASE WHEN o.matched_id IN (SELECT k1 FROM inc_{title}) THEN 'replaced' ELSE 'retired' END AS why
                FROM {self._matches} o WHERE {self._dropped()}
                OR o.{key} IN (SELECT k FROM gone_{self.layer.name})
                OR o.{key} IN (SELECT k FROM inc_{self.layer.name})"""
        )

    @property
    def _source(self) -> str:
        return name(self.overlap.source)

    @property
    def _rank(self) -> str:
        return f"coalesce({name(self.layer.precedence)}, 0)::DOUBLE" if self.layer.precedence else "0.0"

    def _rows(self, origin: str, sql: str) -> _Rows:
        table: pa.Table = self.landing.connection.execute(sql).to_arrow_table()
        ids, keys, sources, ranks, areas = table.columns
        return _Rows(
            origin,
            ids.to_numpy(),
            keys.to_pylist(),
            ranks.to_numpy(),
            sources.to_pylist(),
            shapely.from_wkb(np.array(areas.to_pylist(), object), on_invalid="ignore"),
        )

    def _drop(self, title: str, ids: NDArray[np.int64], sql: str) -> None:
        if len(ids):
            connection = self.landing.connection
            connection.register(title, pa.table({"id": ids}))
            connection.execute(sql)
            connection.unregister(title)

    def _stage(self) -> None:
        """Write what was left, each with the provenance that it came with, where incoming rows are looked for."""
        connection, landing = self.landing.connection, self.landing
        table = layers()[self.overlap.layer]
        staged = staged_file(landing.folder, landing.lake.ags, self.layer.name)
        sources: dict[str, tuple[str, str, set[str], str]] = {
            "coming": (
                f"read_parquet({text(str(staged))}, file_row_number = true)",
                "file_row_number",
                {column.name for column in self.layer.all_columns},
                self.layer.key[0],
            ),
            "stored": (self._table, "rowid", set(landing.present[self.layer.name]), self.layer.key[0]),
            "match": (self._matches, "rowid", set(landing.present.get(self.overlap.layer, ())), "matched_id"),
        }
        columns: list[list[Any]] = [list(column) for column in zip(*self._found, strict=True)]
        connection.register("pair", pa.table(columns, schema=_PAIR))
        parts = []
        for origin in dict.fromkeys(columns[0]):
            source, identity, known, key = sources[origin]
            values = ", ".join(
                self._value(column.name, column.type, origin, known, key) for column in table.all_columns
            )
            parts.append(
                f"SELECT {values} FROM {source} r JOIN pair p ON p.id = r.{identity} AND p.origin = '{origin}'"
            )
        file = staged_file(landing.folder, landing.lake.ags, self.overlap.layer)
        file.parent.mkdir(exist_ok=True)
        connection.execute(f"COPY ({' UNION ALL '.join(parts)}) TO {text(str(file))} (FORMAT parquet)")
        connection.unregister("pair")

    def _value(self, column: str, kind: str, origin: str, known: set[str], key: str) -> str:
        if column == self.layer.key[0]:
            return f"p.better AS {name(column)}"
        if column == "matched_id":
            return f"r.{name(key)} AS matched_id"
        if column == "overlap":
            return "p.overlap AS overlap"
        if column not in known:
            return f"NULL::{'BLOB' if kind == 'GEOMETRY' else kind} AS {name(column)}"
        if kind == "GEOMETRY" and origin != "coming":
            return f"ST_AsWKB(r.{name(column)})::BLOB AS {name(column)}"
        return f"r.{name(column)} AS {name(column)}"
