"""Values of stored rows that turn out later: set in place, without a delivery, visible in all lakes at once.

The rows keep their provenance: who brought them has not changed. It is meant for what is derived from other tables,
such as the ground that a footprint stands on.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from twin.consent import layers
from twin.engine import Connection, name, patiently
from twin.lake import AUTHOR, Lake, tables
from twin.registry import insert, next_moment

if TYPE_CHECKING:
    from twin.store import Store

Changes = Mapping[str, pa.Table]
"""Layer to rows: its key, ``delivery_id``, and the columns to be set."""

_ALIAS = "amended"


def amend(store: Store, changes: Mapping[str, Changes], action: str) -> None:
    """Set values of stored rows.

    Parameters
    ----------
    store : Store
        Where.
    changes : mapping of str to Changes
        Tenant to its changes. A row that has been replaced or retired since is left alone.
    action : str
        What the history calls it.

    Notes
    -----
    A process that is killed over it leaves lakes with a snapshot that no head points to: the next delivery makes it
    visible, or the next call makes it again, to the same effect.
    """
    with store.registry.commit_lock():
        store.recover_held()
        heads = {ags: _amend(store.connection, store.lake(ags), own) for ags, own in changes.items() if own}
        if not heads:
            return
        with store.registry.write() as transaction:
            for ags, snapshot in heads.items():
                seq = next_moment(transaction, action, ags=ags)
                insert(transaction, "head", [{"ags": ags, "seq": seq, "snapshot": snapshot}])


def _amend(connection: Connection, lake: Lake, changes: Changes) -> int:
    with lake.attached(connection, _ALIAS):
        present = tables(connection, [_ALIAS])[_ALIAS]
        patiently(lambda: _transact(connection, changes, present))
        made = connection.execute(f"FROM ducklake_last_committed_snapshot('{_ALIAS}')").fetchall()[0][0]
        if made is not None:
            return int(made)
        return int(connection.execute(f"SELECT max(snapshot_id) FROM {_ALIAS}.snapshots()").fetchall()[0][0])


def _transact(connection: Connection, changes: Changes, present: Mapping[str, list[str]]) -> None:
    connection.execute("BEGIN")
    try:
        for layer_name, rows in changes.items():
            layer, columns = layers()[layer_name], present.get(layer_name, [])
            same = [*layer.key, "delivery_id"]
            values = [column for column in rows.column_names if column not in same and column in columns]
            connection.register("given", rows)
            connection.execute(
                f"""UPDATE {_ALIAS}.main.{name(layer_name)} AS o
                    SET {", ".join(f"{name(column)} = g.{name(column)}" for column in values)} FROM given g
                    WHERE {" AND ".join(f"o.{name(column)} = g.{name(column)}" for column in same)}"""
            )
            connection.unregister("given")
        # A message of its own: it must not be taken for a delivery's.
        connection.execute(
            f"CALL {_ALIAS}.set_commit_message(?, ?, extra_info => ?)", [AUTHOR, f"amend {secrets.token_hex(8)}", "{}"]
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
