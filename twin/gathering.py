"""Rows that gather, such as readings: of two of one key the latest stays, whichever came first, and none goes else.

What is equal to what is stored is not written again: a feed may repeat itself as often as it likes. Where a row does
not say how late it is (the first of `Layer.latest` is null), a later delivery corrects an earlier one.
"""

from __future__ import annotations

from twin.engine import Connection, name
from twin.layer import Layer


def telling(layer: Layer) -> str:
    """More columns of ``inc_<layer>``: what tells the latest, as ``l0`` …; nothing for other layers."""
    return "".join(f", {name(column)} AS l{number}" for number, column in enumerate(layer.latest))


def newest_first(layer: Layer) -> str:
    """Beginning of an ORDER BY over ``inc_<layer>``, with a comma at its end."""
    columns = [f"l{number}" for number in range(len(layer.latest))] or ["precedence"]
    return " ".join(f"{column} DESC NULLS LAST," for column in columns)


def drop_older(connection: Connection, layer: Layer, stored: str) -> int:
    """Take out of ``inc_<layer>`` what is stored in a later version, or just so; gives how many.

    Parameters
    ----------
    connection : Connection
        With ``inc_<layer>``.
    layer : Layer
        A layer with `Layer.latest`.
    stored : str
        Its stored table.
    """
    # NULL and NULL are equal within a row; that of a known value and NULL is decided before they are compared.
    old = ", ".join(f"o.{name(column)} IS NOT NULL, o.{name(column)}" for column in layer.latest)
    new = ", ".join(f"i.l{number} IS NOT NULL, i.l{number}" for number in range(len(layer.latest)))
    dropped = connection.execute(
        f"""DELETE FROM inc_{layer.name} WHERE file_row_number IN (
            SELECT i.file_row_number FROM inc_{layer.name} i JOIN {stored} o ON {_same_key(layer)}
            WHERE ROW({old}) = ROW({new}) OR (o.{name(layer.latest[0])} IS NOT NULL AND ROW({old}) > ROW({new})))"""
    ).fetchall()
    return int(dropped[0][0])


def gone_rows(layer: Layer, stored: str, follows: str | None, leader: str) -> str:
    """SELECT of the stored rows that go: later versions of them come, or their owner is retired.

    Parameters
    ----------
    layer : Layer
        A layer with `Layer.latest`.
    stored : str
        Its stored table.
    follows : str or None
        Column that names the owner.
    leader : str
        The owners' layer, where it is touched by the delivery; empty where it is not.
    """
    key = f"o.{name(follows or layer.key[0])}"
    row = f"SELECT o.rowid AS id, o.delivery_id, o.delivery_part, {key} AS k"
    sql = f"{row}, 'replaced' AS why FROM {stored} o WHERE EXISTS (SELECT 1 FROM inc_{layer.name} i WHERE {_same_key(layer)})"  # noqa: E501
    if leader and follows:
        sql += f" UNION ALL {row}, 'retired' AS why FROM {stored} o WHERE {key} IN (SELECT k FROM gone_{leader} WHERE why = 'retired')"  # noqa: E501
        sql += f" AND NOT EXISTS (SELECT 1 FROM inc_{layer.name} i WHERE {_same_key(layer)})"
    return sql


def _same_key(layer: Layer) -> str:
    return " AND ".join(f"i.k{number} = o.{name(column)}" for number, column in enumerate(layer.key))
