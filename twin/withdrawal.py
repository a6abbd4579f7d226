"""Withdrawing: a municipality, or one of its consent classes, goes with history, tiles and caches, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.alerts.withdrawal import alerts_left, withdraw_alerts
from twin.consent import ALL, MUNICIPALITIES, layers, revoke
from twin.errors import NotJoined
from twin.feeds.feed import CONSENT, feeds, withdraw_feeds
from twin.findings import deliveries_of, forget_findings, staged_findings
from twin.lake import remove_folder
from twin.mappings import mappings, withdraw_mappings
from twin.registry import Transaction, execute, insert, next_moment, now, rows, scalar
from twin.scratch import written_of
from twin.store import Store


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a withdrawal removed.

    Attributes
    ----------
    ags : str
        Whose data went.
    layer : str
        Consent class that went, or ``all``.
    at : str
        When; ISO 8601, UTC.
    tables : dict of str to int
        layer → rows of the last state that went.
    deliveries : int
        Deliveries of which nothing else was left, and which went too.
    files, bytes : int
        Files deleted and their size: Parquet, catalogs, tiles, staging.
    edits : int
        Scenario edits that went.
    remains : tuple of str
        What a look afterwards still found; empty if the withdrawal is complete.
    """

    ags: str
    layer: str
    at: str
    tables: dict[str, int]
    deliveries: int
    files: int
    bytes: int
    edits: int
    remains: tuple[str, ...] = ()


def withdraw(store: Store, ags: str, layer: str | None = None) -> Receipt:
    """Remove all that is stored of a municipality, or of one consent class of it.

    A file name of a delivery that also brought rows which stay is part of those rows' provenance and stays with them.
    The municipality's own row in the district's table ``municipality`` (official facts) stays.

    Raises
    ------
    NotJoined
        If it has given no such consent.
    """
    consent_class = ALL if layer in (None, ALL) else layers()[layer].consent_class if layer in layers() else str(layer)
    with store.registry.commit_lock():
        finish_withdrawals(store)
        store.recover_held()
        # Consent goes first: nothing is visible from here on, and whoever comes next finishes what a kill interrupts.
        with store.registry.write() as transaction:
            if not _is_joined(transaction, ags, consent_class):
                raise NotJoined(ags=ags, layer=layer or ALL)
            revoke(transaction, ags, consent_class)
            seq = next_moment(transaction, "withdraw", ags=ags, layer=consent_class)
            entry = {"seq": seq, "at": now(), "ags": ags, "layer": consent_class, "files": -1, "bytes": 0}
            insert(transaction, "receipt", [entry])
        return _finish(store, seq, ags, consent_class)


def finish_withdrawals(store: Store) -> None:
    """Finish withdrawals that a kill interrupted. Call it under the commit lock."""
    with store.registry.read() as transaction:
        pending = rows(transaction, "SELECT seq, ags, layer FROM receipt WHERE files < 0 ORDER BY seq")
    for row in pending:
        _finish(store, row["seq"], row["ags"], row["layer"])


def _finish(store: Store, seq: int, ags: str, consent_class: str) -> Receipt:
    names = [one.name for one in layers().values() if consent_class in (ALL, one.consent_class)]
    names = [name for name in names if layers()[name].consent_class != MUNICIPALITIES]
    with store.registry.read() as transaction:
        tables = _rows_of(transaction, ags, names)
        whole = consent_class == ALL and ags != store.district_in(transaction)
    gone = [remove_file(file) for name in names for file in store.home.staging.glob(f"*/{ags}/{name}.parquet")]
    gone += [remove_file(file) for name in names for file in written_of(store.home.temp, ags, name)]
    gone += [
        remove_file(file)
        for name in (*names, "_")
        for file in store.home.staging.glob(f"*/{ags}/{staged_findings(Path(), ags, name).name}")
    ]
    lake = store.lake(ags)
    if whole:
        gone.append(lake.remove())
    elif lake.exists:
        gone.append(lake.purge(names))
    for derivative in (store.home.path / "derived").iterdir():
        places = [derivative / ags] if whole else [derivative / ags / name for name in {consent_class, *names}]
        gone += [remove_folder(place) for place in places]
    files, size = sum(files for files, _ in gone), sum(size for _, size in gone)
    with store.registry.write() as transaction:
        deliveries, edits = _forget(transaction, ags, names, whole)
    store.registry.vacuum()
    remains = _remains(store, ags, names, whole)
    with store.registry.write() as transaction:
        sql = "UPDATE receipt SET files = :files, bytes = :bytes WHERE seq = :seq"
        execute(transaction, sql, files=files, bytes=size, seq=seq)
        at = str(scalar(transaction, "SELECT at FROM receipt WHERE seq = :seq", seq=seq))
    return Receipt(ags, consent_class, at, tables, deliveries, files, size, edits, remains)


def _is_joined(transaction: Transaction, ags: str, consent_class: str) -> bool:
    sql = "SELECT count(*) FROM consent WHERE ags = :ags AND (:layer = 'all' OR layer IN ('all', :layer))"
    return bool(scalar(transaction, sql, ags=ags, layer=consent_class))


def _rows_of(transaction: Transaction, ags: str, names: list[str]) -> dict[str, int]:
    sql = """SELECT layer, sum(CASE WHEN kind = 'loaded' THEN count ELSE -count END) AS count FROM delivery_count
             WHERE ags = :ags AND kind IN ('loaded', 'superseded') GROUP BY layer"""
    return {row["layer"]: int(row["count"]) for row in rows(transaction, sql, ags=ags) if row["layer"] in names}


def remove_file(file: Any) -> tuple[int, int]:
    """Delete a file if it is there; gives the number of files and bytes that went."""
    try:
        size = file.stat().st_size
        file.unlink()
    except OSError:
        return 0, 0
    return 1, size


def _forget(transaction: Transaction, ags: str, names: list[str], whole: bool) -> tuple[int, int]:
    """Remove from the registry what names, numbers or counts the withdrawn rows."""
    touched = rows(transaction, "SELECT DISTINCT delivery_id, layer FROM delivery_count WHERE ags = :ags", ags=ags)
    found = deliveries_of(transaction, ags, names)
    ids = sorted({row["delivery_id"] for row in touched if row["layer"] in names} | found)
    forget_findings(transaction, ags, names, ids)
    for name in names:
        execute(transaction, "DELETE FROM delivery_count WHERE ags = :ags AND layer = :layer", ags=ags, layer=name)
    gone = sum(_forget_delivery(transaction, delivery_id) for delivery_id in ids)
    edits = sum(
        execute(
            transaction, "DELETE FROM scenario_edit WHERE ags = :ags AND layer = :layer", ags=ags, layer=name
        ).rowcount
        for name in names
    )
    withdraw_mappings(transaction, ags, names, whole=whole)
    withdraw_feeds(transaction, ags, names, whole=whole)
    withdraw_alerts(transaction, ags, names, whole=whole)
    if whole:
        edits += execute(transaction, "DELETE FROM scenario_edit WHERE ags = :ags", ags=ags).rowcount
        execute(transaction, "DELETE FROM head WHERE ags = :ags", ags=ags)
        execute(transaction, "DELETE FROM moment WHERE ags = :ags AND action <> 'withdraw'", ags=ags)
    return gone, edits


def _forget_delivery(transaction: Transaction, delivery_id: str) -> bool:
    """Remove a delivery that nothing is left of; of another what might tell of the withdrawn. True for the former."""
    kept = rows(
        transaction,
        "SELECT DISTINCT part FROM delivery_count WHERE delivery_id = :id AND kind = 'loaded'",
        id=delivery_id,
    )
    # Rejects name features without their municipality, and totals tell of what is gone.
    execute(transaction, "DELETE FROM reject WHERE delivery_id = :id", id=delivery_id)
    if not kept:
        for table in ("delivery", "delivery_file", "delivery_count", "moment", "run"):
            execute(transaction, f"DELETE FROM {table} WHERE delivery_id = :id", id=delivery_id)
        return True
    clean = "UPDATE delivery SET whole = 0, read_counts = '{}', rejected = 0 WHERE delivery_id = :id"
    execute(transaction, clean, id=delivery_id)
    execute(
        transaction, "UPDATE delivery_file SET dropped = '{}', notes = '[]' WHERE delivery_id = :id", id=delivery_id
    )
    parts = {row["part"] for row in kept}
    for row in rows(transaction, "SELECT part FROM delivery_file WHERE delivery_id = :id", id=delivery_id):
        if row["part"] not in parts:
            drop = "DELETE FROM delivery_file WHERE delivery_id = :id AND part = :part"
            execute(transaction, drop, id=delivery_id, part=row["part"])
    return False


def _remains(store: Store, ags: str, names: list[str], whole: bool) -> tuple[str, ...]:
    """Look again for everything that should be gone."""
    found = []
    lake = store.lake(ags)
    if whole and lake.folder.exists():
        found.append(f"lakes/{ags}")
    if not whole:
        found += [f"lakes/{ags}/data/main/{name}" for name in names if (lake.data / "main" / name).exists()]
        if lake.exists:
            found += [f"lakes/{ags}/catalog.sqlite: {name}" for name in lake.names() if name in names]
    classes = {ags} if whole else {f"{ags}/{name}" for name in names}
    found += [
        f"derived/{derivative.name}/{place}"
        for derivative in (store.home.path / "derived").iterdir()
        for place in classes
        if (derivative / place).exists()
    ]
    with store.registry.read() as transaction:
        left = rows(transaction, "SELECT DISTINCT layer FROM delivery_count WHERE ags = :ags", ags=ags)
        found += [f"registry: {row['layer']}" for row in left if row["layer"] in names]
        found += [f"finding: {delivery_id}" for delivery_id in deliveries_of(transaction, ags, names)]
        kept = mappings(transaction, ags)
        found += [f"registry: mapping {one.name}" for one in kept if whole or one.layer in names]
        if whole or CONSENT in names:
            found += [f"registry: feed {one.name}" for one in feeds(transaction, ags)]
            found += [f"registry: {table}" for table in alerts_left(transaction, ags)]
    return tuple(found)
