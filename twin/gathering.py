"""Rows that gather, such as readings: of two of one key the latest stays, whichever came first, and none goes else.

What is equal to what is stored is not written again: a feed may repeat itself as often as it likes. Where a row does
not say how late it is (the first of `Layer.latest` is null), a later delivery corrects an earlier one. What is
corrected moves to `Layer.former`; the newest row of each owner is kept at hand in `Layer.newest`.

A landing looks at the stored rows of its own owners and times only: the table is cut by months, and a month that
nothing comes for is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.consent import layers
from twin.engine import Connection, name, text
from twin.layer import STORED_AT, Layer

if TYPE_CHECKING:
    from twin.landing import Landing

_MONTHS = 24
"""Up to so many months are looked at one by one; beyond, at all between the first and the last."""


def telling(layer: Layer) -> str:
    """More columns of ``inc_<layer>``: what tells the latest, as ``l0`` …; nothing for other layers."""
    return "".join(f", {name(column)} AS l{number}" for number, column in enumerate(layer.latest))


def newest_first(layer: Layer) -> str:
    """Beginning of an ORDER BY over ``inc_<layer>``, with a comma at its end."""
    columns = [f"l{number}" for number in range(len(layer.latest))] or ["precedence"]
    return " ".join(f"{column} DESC NULLS LAST," for column in columns)


def look_near(connection: Connection, layer: Layer, stored: str) -> None:
    """Fill ``near_<layer>`` with the stored rows that share a key with ``inc_<layer>``.

    Parameters
    ----------
    connection : Connection
        With ``inc_<layer>``.
    layer : Layer
        A layer with `Layer.latest`.
    stored : str
        Its stored table.
    """
    columns = "o.rowid AS id, o.delivery_id, o.delivery_part"
    columns += "".join(f", o.{name(column)} AS l{number}" for number, column in enumerate(layer.latest))
    columns += "".join(f", o.{name(column)} AS k{number}" for number, column in enumerate(layer.key))
    owners = f"o.{name(layer.key[0])} IN (SELECT DISTINCT k0 FROM inc_{layer.name})"
    parts = [
        f"SELECT {columns} FROM {stored} o WHERE {owners}{time}" for time in _times(connection, layer)
    ] or [f"SELECT {columns} FROM {stored} o WHERE false"]  # fmt: skip
    keys = ", ".join(f"k{number}" for number in range(len(layer.key)))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE near_{layer.name} AS "
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) SEMI JOIN inc_{layer.name} USING ({keys})"
    )


def _times(connection: Connection, layer: Layer) -> list[str]:
    """Conditions on the time of stored rows, one a month that something comes for."""
    if not layer.moment:
        return [""]
    key = f"k{layer.key.index(layer.moment)}"
    sql = f"SELECT min({key})::VARCHAR, max({key})::VARCHAR FROM inc_{layer.name} GROUP BY date_trunc('month', {key})"
    spans = sorted(connection.execute(sql).fetchall())
    if len(spans) > _MONTHS:
        spans = [(spans[0][0], max(last for _, last in spans))]
    moment = f"o.{name(layer.moment)}"
    # Literals: the lake leaves out the files of other months before it reads one.
    return [f" AND {moment} BETWEEN TIMESTAMP {text(a)} AND TIMESTAMP {text(b)}" for a, b in spans]


def drop_older(connection: Connection, layer: Layer) -> int:
    """Take out of ``inc_<layer>`` what is stored in a later version, or just so; gives how many.

    Parameters
    ----------
    connection : Connection
        With ``inc_<layer>`` and ``near_<layer>``.
    layer : Layer
        A layer with `Layer.latest`.
    """
    # NULL and NULL are equal within a row; that of a known value and NULL is decided before they are compared.
    old = ", ".join(f"o.l{number} IS NOT NULL, o.l{number}" for number in range(len(layer.latest)))
    new = ", ".join(f"i.l{number} IS NOT NULL, i.l{number}" for number in range(len(layer.latest)))
    dropped = connection.execute(
        f"""DELETE FROM inc_{layer.name} WHERE file_row_number IN (
            SELECT i.file_row_number FROM inc_{layer.name} i JOIN near_{layer.name} o ON {_same_key(layer)}
            WHERE ROW({old}) = ROW({new}) OR (o.l0 IS NOT NULL AND ROW({old}) > ROW({new})))"""
    ).fetchall()
    return int(dropped[0][0])


def gone_rows(layer: Layer, stored: str, follows: str | None, leader: str) -> str:
    """SELECT of the stored rows that go: later versions of them come, or their owner is retired.

    Parameters
    ----------
    layer : Layer
        A layer with `Layer.latest`, whose ``near_<layer>`` is filled.
    stored : str
        Its stored table.
    follows : str or None
        Column that names the owner.
    leader : str
        The owners' layer, where it is touched by the delivery; empty where it is not.
    """
    owner = f"k{layer.key.index(follows)}" if follows else "k0"
    sql = f"""SELECT o.id, o.delivery_id, o.delivery_part, o.{owner} AS k, 'replaced' AS why FROM near_{layer.name} o
        WHERE EXISTS (SELECT 1 FROM inc_{layer.name} i WHERE {_same_key(layer)})"""
    if leader and follows:
        key = f"o.{name(follows)}"
        sql += f"""
            UNION ALL
            SELECT o.rowid AS id, o.delivery_id, o.delivery_part, {key} AS k, 'retired' AS why FROM {stored} o
            WHERE {key} IN (SELECT k FROM gone_{leader} WHERE why = 'retired')
            AND o.rowid NOT IN (SELECT id FROM near_{layer.name})"""
    return sql


def keep_former(landing: Landing, layer: Layer) -> None:
    """Move what is about to be replaced to `Layer.former`: call it before the rows are deleted."""
    if not layer.former or not landing.count(f"gone_{layer.name} WHERE why = 'replaced'"):
        return
    former = layers()[layer.former]
    landing.prepare(former)
    columns = [name(column.name) for column in layer.all_columns]
    keys = " AND ".join(f"i.k{number} = o.{name(column)}" for number, column in enumerate(layer.key))
    landing.connection.execute(
        f"""INSERT INTO {landing.stored(former)} ({", ".join(columns)}, replaced_by, corrected_at)
            SELECT {", ".join(f"o.{column}" for column in columns)},
                {text(landing.continues or landing.delivery_id)}, r.{name(STORED_AT.name)}
            FROM {landing.stored(layer)} o JOIN inc_{layer.name} i ON {keys}
            JOIN read_parquet({text(str(landing.staged(layer)))}, file_row_number = true) r
                ON r.file_row_number = i.file_row_number
            WHERE o.rowid IN (SELECT id FROM gone_{layer.name} WHERE why = 'replaced')"""
    )


def keep_newest(landing: Landing, layer: Layer) -> None:
    """Bring `Layer.newest` up to date, whole: call it after the rows have been inserted and deleted."""
    if not layer.newest or not (landing.count(f"inc_{layer.name}") or landing.count(f"gone_{layer.name}")):
        return
    newest = layers()[layer.newest]
    landing.prepare(newest)
    columns = ", ".join(name(column.name) for column in newest.all_columns)
    owner, moment, table = name(layer.key[0]), name(layer.moment), landing.stored(newest)
    retired = f"(SELECT k FROM gone_{layer.name} WHERE why = 'retired')"
    parts = [
        f"SELECT {columns}, 0 AS fresh FROM {table} WHERE {owner} NOT IN {retired}",
        f"SELECT {columns}, 0 FROM {landing.stored(layer)} WHERE {owner} IN {retired}",
    ]
    if landing.staged(layer).is_file():
        source = f"read_parquet({text(str(landing.staged(layer)))}, file_row_number = true)"
        # Of what comes only the newest of each owner is read again.
        moment_key = f"k{layer.key.index(layer.moment)}"
        last = f"SELECT arg_max(file_row_number, {moment_key}) AS file_row_number FROM inc_{layer.name} GROUP BY k0"
        parts.append(f"SELECT {columns}, 1 FROM {source} SEMI JOIN ({last}) USING (file_row_number)")
    landing.connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE newest AS SELECT {columns} FROM ({" UNION ALL ".join(parts)})
            QUALIFY row_number() OVER (PARTITION BY {owner} ORDER BY {moment} DESC, fresh DESC) = 1"""
    )
    # All at once: one file each time, and no list of deletions that grows.
    landing.connection.execute(f"DELETE FROM {table}")
    landing.connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM newest ORDER BY {owner}")


def _same_key(layer: Layer) -> str:
    return " AND ".join(f"i.k{number} = o.k{number}" for number in range(len(layer.key)))
