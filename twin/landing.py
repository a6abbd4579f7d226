"""One delivery lands in one lake: planned in temporary tables, then one short transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from twin.consent import layers, parent_key
from twin.engine import Connection, name, patiently, text
from twin.gathering import drop_older, gone_rows, keep_former, keep_newest, look_near, newest_first, telling
from twin.lake import AUTHOR, Lake, prepare_table, tables
from twin.layer import Layer
from twin.matching import Matching, owner_of
from twin.retirement import Retirement
from twin.staging import staged_file

_ALIAS = "landing"
_HILBERT_BOX = "{'min_x': 200000.0, 'min_y': 5200000.0, 'max_x': 950000.0, 'max_y': 6150000.0}::BOX_2D"
"""Germany in UTM zone 32."""

Note = dict[str, Any]
"""What a landing did: ``loaded`` {layer: {part: n}}, ``retired`` and ``kept_better`` {layer: n},
``superseded`` [[layer, delivery id, part, n], …]."""


class Landing:
    """Brings a staged delivery into one lake.

    Parameters
    ----------
    connection : Connection
        Of the process that holds the commit lock.
    lake : Lake
        Where to.
    delivery_id, format_name : str
        What lands.
    folder : Path
        Where it is staged.
    retirement : Retirement
        What it retires.
    formats : dict of str to str
        Format of every earlier delivery.
    again : bool
        Whether a process that was killed may have brought it in already.
    continues : str
        Delivery that it goes on with: of that, what is stored just so is not written again.
    """

    def __init__(
        self,
        connection: Connection,
        lake: Lake,
        *,
        delivery_id: str,
        format_name: str,
        folder: Path,
        retirement: Retirement,
        formats: dict[str, str],
        again: bool,
        continues: str = "",
    ) -> None:
        self.connection, self.lake, self.folder = connection, lake, folder
        self.delivery_id, self.format_name = delivery_id, format_name
        self.retirement, self.formats, self.again, self.continues = retirement, formats, again, continues
        self.present: dict[str, list[str]] = {}
        self.planned: set[str] = set()

    def land(self) -> tuple[int | None, Note] | None:
        """Bring it in, once: a lake that has it already only says so. None if there is nothing to do here.

        There is no snapshot where all that came was better known already.
        """
        self.lake.create(self.connection)
        with self.lake.attached(self.connection, _ALIAS):
            done = self._before() if self.again else None
            if done is not None:
                return done
            self.present = tables(self.connection, [_ALIAS])[_ALIAS]
            self._register()
            planned = []
            note: Note = {"loaded": {}, "retired": {}, "kept_better": {}, "superseded": []}
            for layer in _parents_first():
                # Asked one by one: what gives way to a better row is staged meanwhile for a layer further down.
                if self._concerns(layer):
                    self._plan(layer, note)
                    planned.append(layer)
            if not note["loaded"] and not note["superseded"]:
                return (None, note) if note["kept_better"] else None
            patiently(lambda: self._transact(planned, note))
            # Known to this connection; to look through the list of all snapshots takes longer with each delivery.
            made = self.connection.execute(f"FROM ducklake_last_committed_snapshot({text(_ALIAS)})").fetchall()[0][0]
            return self._before() if made is None else (int(made), note)

    def _before(self) -> tuple[int, Note] | None:
        return self.lake.snapshot_of(self.connection, _ALIAS, self.delivery_id)

    def _register(self) -> None:
        for title, parts in (("whole", self.retirement.whole), ("within", self.retirement.within)):
            found = [
                (layer, *part) for (ags, layer), chosen in parts.items() if ags == self.lake.ags for part in chosen
            ]
            self._table(f"retire_{title}", ("layer", "delivery_id", "delivery_part"), found)
        self._table(
            "retire_key", ("layer", "k"), [(layer, key) for layer, keys in self.retirement.keys.items() for key in keys]
        )
        self._table("format_of", ("delivery_id", "format"), list(self.formats.items()))

    def _table(self, title: str, columns: tuple[str, ...], entries: list[tuple[Any, ...]]) -> None:
        types = [pa.int32() if column == "delivery_part" else pa.string() for column in columns]
        values = list(zip(*entries, strict=True)) or [()] * len(columns)
        arrow = pa.table(
            [pa.array(list(value), kind) for value, kind in zip(values, types, strict=True)], names=list(columns)
        )
        self.connection.register("given", arrow)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {title} AS FROM given")
        self.connection.unregister("given")

    def _concerns(self, layer: Layer) -> bool:
        staged = self.staged(layer).is_file()
        if staged or layer.name not in self.present:
            return staged
        leader = layer.name if parent_key(layer) is None else layer.consent
        return (
            (self.lake.ags, leader) in self.retirement.places
            or bool({layer.name, leader} & self.retirement.keys.keys())
            or staged_file(self.folder, self.lake.ags, leader).is_file()
        )

    def _plan(self, layer: Layer, note: Note) -> None:
        """Fill ``inc_<layer>`` (rows to insert) and ``gone_<layer>`` (rows to delete), and count them."""
        self._plan_incoming(layer)
        follows, owner = parent_key(layer), layers().get(owner_of(layer.name))
        if follows is not None and owner is None and not layer.latest:
            self._follow(layer)
        self._one_a_key(layer)
        kept = self._keep_better(layer) if layer.precedence else 0
        if layer.latest and layer.name in self.present:
            look_near(self.connection, layer, self.stored(layer))
            kept += drop_older(self.connection, layer)
        elif self.continues and layer.name in self.present:
            kept += self._drop_same(layer)
        if owner is not None and owner.overlap is not None:
            Matching(self, owner, owner.overlap).plan_gone()
        else:
            self._plan_gone(layer, follows)
        if layer.overlap is not None:
            kept += Matching(self, layer, layer.overlap).give_way()
        self.planned.add(layer.name)
        count = self.connection.execute
        loaded = dict(count(f"SELECT delivery_part::VARCHAR, count(*) FROM inc_{layer.name} GROUP BY ALL").fetchall())
        retired = count(f"SELECT count(*) FROM gone_{layer.name} WHERE why = 'retired'").fetchall()[0][0]
        superseded = count(
            f"SELECT delivery_id, delivery_part, count(*) FROM gone_{layer.name} GROUP BY ALL"
        ).fetchall()
        for kind, value in (("loaded", loaded), ("retired", retired), ("kept_better", kept)):
            if value:
                note[kind][layer.name] = value
        note["superseded"] += [[layer.name, *entry] for entry in superseded]

    def _plan_incoming(self, layer: Layer) -> None:
        file = self.staged(layer)
        wanted = [*layer.key]
        first = parent_key(layer) or layer.key[0]
        precedence = f"{name(layer.precedence)}::DOUBLE" if layer.precedence else "NULL::DOUBLE"
        columns = ", ".join(f"{name(column)} AS k{number}" for number, column in enumerate(wanted))
        select = f"SELECT {columns}, {name(first)} AS k, {precedence} AS precedence, delivery_part, file_row_number"
        select += telling(layer)
        if file.is_file():
            source = f"read_parquet({text(str(file))}, file_row_number = true)"
        else:
            empty = ", ".join(f"NULL::{column.type} AS {name(column.name)}" for column in layer.all_columns)
            source = f"(SELECT {empty}, 0::BIGINT AS file_row_number WHERE false)"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE inc_{layer.name} AS {select} FROM {source}")
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE staged_{layer.name} AS SELECT DISTINCT k FROM inc_{layer.name}"
        )

    def _follow(self, layer: Layer) -> None:
        """Of what depends on a parent, take only what came in the same file as the parent that is taken."""
        if layer.consent in self.planned:
            self.connection.execute(
                f"""DELETE FROM inc_{layer.name} WHERE file_row_number IN (
                    SELECT file_row_number FROM inc_{layer.name} SEMI JOIN staged_{layer.consent} USING (k)
                    ANTI JOIN inc_{layer.consent} USING (k, delivery_part))"""
            )

    def _one_a_key(self, layer: Layer) -> None:
        keys = ", ".join(f"k{number}" for number in range(len(layer.key)))
        table = f"inc_{layer.name}"
        twice = f"SELECT k0 FROM {table} WHERE k0 IS NOT NULL GROUP BY {keys} HAVING count(*) > 1"
        self.connection.execute(
            f"""DELETE FROM {table} WHERE file_row_number IN (SELECT file_row_number FROM (
                SELECT file_row_number, row_number() OVER (PARTITION BY {keys}
                    ORDER BY {newest_first(layer)} delivery_part DESC, file_row_number DESC) AS place
                FROM {table} SEMI JOIN ({twice}) USING (k0)) WHERE place > 1)"""
        )

    def _keep_better(self, layer: Layer) -> int:
        """Drop incoming rows that would replace a better one of another format."""
        if layer.name not in self.present:
            return 0
        before = self.count(f"inc_{layer.name}")
        self.connection.execute(
            f"""DELETE FROM inc_{layer.name} WHERE file_row_number IN (
                SELECT i.file_row_number FROM inc_{layer.name} i JOIN {self.stored(layer)} o ON {self._same_key(layer)}
                LEFT JOIN format_of f ON f.delivery_id = o.delivery_id
                WHERE f.format IS DISTINCT FROM {text(self.format_name)}
                AND o.{name(layer.precedence)} > coalesce(i.precedence, o.{name(layer.precedence)} - 1))"""
        )
        return before - self.count(f"inc_{layer.name}")

    def _drop_same(self, layer: Layer) -> int:
        """Drop incoming rows that are stored just so: a feed describes its sensors again and again."""
        if not (file := self.staged(layer)).is_file():
            return 0
        before = self.count(f"inc_{layer.name}")
        same = " AND ".join(
            f"r.{name(column.name)} IS NOT DISTINCT FROM "
            + (f"ST_AsWKB(o.{name(column.name)})" if column.type == "GEOMETRY" else f"o.{name(column.name)}")
            for column in layer.columns
        )
        self.connection.execute(
            f"""DELETE FROM inc_{layer.name} WHERE file_row_number IN (
                SELECT i.file_row_number FROM inc_{layer.name} i
                JOIN read_parquet({text(str(file))}, file_row_number = true) r USING (file_row_number)
                JOIN {self.stored(layer)} o ON {self._same_key(layer)} WHERE {same})"""
        )
        return before - self.count(f"inc_{layer.name}")

    def _plan_gone(self, layer: Layer, follows: str | None) -> None:
        row = "o.rowid AS id, o.delivery_id, o.delivery_part"
        if layer.name not in self.present:
            columns = "id BIGINT, delivery_id VARCHAR, delivery_part INTEGER, k VARCHAR, why VARCHAR"
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE gone_{layer.name} ({columns})")
            return
        stored = self.stored(layer)
        if layer.latest:
            sql = gone_rows(layer, stored, follows, layer.consent if layer.consent in self.planned else "")
        elif follows is None:
            first, named = name(layer.key[0]), name(layer.retired_by or layer.key[0])
            place = "false"
            if layer.geometry:
                area = (
                    f"ST_GeomFromHEXWKB({text(self.retirement.area.hex())})"
                    if self.retirement.area
                    else "NULL::GEOMETRY"
                )
                # A raster tile that reaches beyond the new extent holds cells that nothing replaces.
                inside = (
                    "ST_Within(o.geom" if layer.placement == "raster" else "ST_Intersects(ST_PointOnSurface(o.geom)"
                )
                place = f"w.delivery_id IS NOT NULL AND {inside}, {area})"
            sql = f"""
                SELECT {row}, o.{first} AS k, 'replaced' AS why FROM {stored} o
                WHERE EXISTS (SELECT 1 FROM inc_{layer.name} i WHERE {self._same_key(layer)})"""
            if self._retires(layer):
                sql += f"""
                UNION ALL
                SELECT {row}, o.{first} AS k, 'retired' AS why FROM {stored} o
                LEFT JOIN retire_whole h ON h.layer = {text(layer.name)}
                    AND h.delivery_id = o.delivery_id AND h.delivery_part = o.delivery_part
                LEFT JOIN retire_within w ON w.layer = {text(layer.name)}
                    AND w.delivery_id = o.delivery_id AND w.delivery_part = o.delivery_part
                WHERE (h.delivery_id IS NOT NULL OR ({place})
                    OR o.{named}::VARCHAR IN (SELECT k FROM retire_key WHERE layer = {text(layer.name)}))
                AND NOT EXISTS (SELECT 1 FROM inc_{layer.name} i WHERE {self._same_key(layer)})"""
        else:
            leader = layer.consent
            key = f"o.{name(follows)}"
            again = f"{key} IN (SELECT k FROM inc_{layer.name})"
            if leader in self.planned:
                again += f" OR {key} IN (SELECT k FROM inc_{leader})"
                again += f" OR {key} IN (SELECT k FROM gone_{leader} WHERE why = 'replaced')"
            gone = f"{key} IN (SELECT k FROM gone_{leader})" if leader in self.planned else "false"
            sql = f"""
                SELECT {row}, {key} AS k, CASE WHEN {again} THEN 'replaced' ELSE 'retired' END AS why FROM {stored} o
                WHERE {again} OR {gone}
                OR o.{name(layer.key[0])}::VARCHAR IN (SELECT k FROM retire_key WHERE layer = {text(layer.name)})"""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE gone_{layer.name} AS {sql}")

    def _retires(self, layer: Layer) -> bool:
        place = (self.lake.ags, layer.name)
        return place in self.retirement.places or layer.name in self.retirement.keys

    def _transact(self, planned: list[Layer], note: Note) -> None:
        self.connection.execute("BEGIN")
        try:
            for layer in planned:
                keep_former(self, layer)
                if self.count(f"gone_{layer.name}"):
                    self.connection.execute(
                        f"DELETE FROM {self.stored(layer)} WHERE rowid IN (SELECT id FROM gone_{layer.name})"
                    )
                if layer.name in note["loaded"]:
                    self.prepare(layer)
                    self._insert(layer)
            for layer in planned:
                keep_newest(self, layer)
            values = [AUTHOR, self.delivery_id, json.dumps(note)]
            self.connection.execute(f"CALL {_ALIAS}.set_commit_message(?, ?, extra_info => ?)", values)
            self.connection.execute("COMMIT")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise

    def _insert(self, layer: Layer) -> None:
        columns = ", ".join(name(column.name) for column in layer.all_columns)
        values = ", ".join(
            f"ST_GeomFromWKB({name(column.name)})" if column.type == "GEOMETRY" else name(column.name)
            for column in layer.all_columns
        )
        file = self.staged(layer)
        order = f" ORDER BY ST_Hilbert(ST_GeomFromWKB(geom), {_HILBERT_BOX})" if layer.geometry else ""
        if layer.latest and not layer.moment:  # what is cut by months the lake sorts itself
            order = f" ORDER BY {', '.join(name(column) for column in layer.key)}"
        source = f"read_parquet({text(str(file))}, file_row_number = true)"
        self.connection.execute(
            f"""INSERT INTO {self.stored(layer)} ({columns})
                SELECT {values} FROM {source} SEMI JOIN inc_{layer.name} USING (file_row_number){order}"""
        )

    def staged(self, layer: Layer) -> Path:
        """Where the coming rows of a layer are."""
        return staged_file(self.folder, self.lake.ags, layer.name)

    def stored(self, layer: Layer) -> str:
        """Name of the stored table of a layer."""
        return f"{_ALIAS}.main.{name(layer.name)}"

    def _same_key(self, layer: Layer) -> str:
        return " AND ".join(f"i.k{number} = o.{name(column)}" for number, column in enumerate(layer.key))

    def prepare(self, layer: Layer) -> None:
        """Create the stored table of a layer where it is not there."""
        prepare_table(self.connection, _ALIAS, layer, self.present.get(layer.name))

    def count(self, table: str) -> int:
        """Number of rows of a table, or of those that its name and a condition give."""
        return int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _parents_first() -> list[Layer]:
    found = defaultdict(list)
    for layer in layers().values():
        found[bool(layer.consent)].append(layer)
    return found[False] + found[True]
