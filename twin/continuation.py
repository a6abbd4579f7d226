"""Deliveries that go on: what a feed brings in a month is one delivery, and its landings of a day one moment.

A feed that lands every minute for years would otherwise leave half a million deliveries a year, which everybody who
asks where rows come from would have to look through. Each landing is staged, prepared and committed like any other,
under an id of its own; when it is published it is folded into the delivery that its rows name.
"""

from __future__ import annotations

import json

from twin.deliveries import add_counts
from twin.delivery import DeliveryHeader
from twin.registry import Transaction, execute, now, rows, scalar

ACTION = "feed"
"""What the history calls a landing that goes on with a delivery."""

_TABLES = ("delivery", "delivery_file", "delivery_count", "reject", "finding", "finding_count")
_MOST_REJECTS = 10_000


def continued(transaction: Transaction, header: DeliveryHeader) -> str:
    """Delivery of this month that another of the same author, format and municipality goes on with; empty for none."""
    found = scalar(
        transaction,
        """SELECT max(delivery_id) FROM delivery WHERE author = :author AND format = :format AND ags_option = :ags
           AND state = 'committed' AND received_at >= :month""",
        author=header.author,
        format=header.format,
        ags=header.ags,
        month=now()[:7],
    )
    return str(found or "")


def fold(transaction: Transaction, landing: str, into: str, seq: int | None = None) -> None:
    """Make what landed under one id part of a delivery.

    Parameters
    ----------
    landing : str
        What has landed.
    into : str
        The delivery that its rows name. If that has been withdrawn meanwhile, the landing takes its place, or
        goes if it has brought nothing.
    seq : int
        Moment of the landing, in the history as `ACTION`; None if it has brought nothing new.
    """
    place = {"landing": landing, "delivery": into}
    if not scalar(transaction, "SELECT 1 FROM delivery WHERE delivery_id = :delivery", delivery=into):
        for table in _TABLES:
            if seq is None:
                execute(transaction, f"DELETE FROM {table} WHERE delivery_id = :landing", **place)
            else:
                execute(
                    transaction, f"UPDATE {table} SET delivery_id = :delivery WHERE delivery_id = :landing", **place
                )
        return
    _fold_numbers(transaction, landing, into)
    _fold_counts(transaction, landing, into)
    execute(
        transaction,
        """UPDATE delivery_file SET delivery_id = :delivery WHERE delivery_id = :landing AND part NOT IN
           (SELECT part FROM delivery_file WHERE delivery_id = :delivery)""",
        **place,
    )
    both = rows(
        transaction, "SELECT * FROM delivery WHERE delivery_id IN (:landing, :delivery) ORDER BY received_at", **place
    )
    read: dict[str, int] = {}
    for row in both:
        for layer, count in json.loads(row["read_counts"]).items():
            read[layer] = read.get(layer, 0) + count
    execute(
        transaction,
        "UPDATE delivery SET read_counts = :read, rejected = :rejected WHERE delivery_id = :delivery",
        read=json.dumps(read),
        rejected=sum(row["rejected"] for row in both),
        delivery=into,
    )
    for table in _TABLES:
        execute(transaction, f"DELETE FROM {table} WHERE delivery_id = :landing", **place)
    if seq is not None:
        sql = "UPDATE delivery SET committed_at = :at, seq = :seq WHERE delivery_id = :delivery"
        execute(transaction, sql, at=now(), seq=seq, delivery=into)
        _fold_moments(transaction, into, seq)


def _fold_numbers(transaction: Transaction, landing: str, into: str) -> None:
    """Rejects and findings, counted on."""
    for table in ("reject", "finding"):
        sql = f"SELECT coalesce(max(number), -1) + 1 FROM {table} WHERE delivery_id = :id"
        first = int(scalar(transaction, sql, id=into))
        if first > _MOST_REJECTS:
            continue  # the counts go on
        sql = f"UPDATE {table} SET delivery_id = :into, number = number + :first WHERE delivery_id = :landing"
        execute(transaction, sql, into=into, first=first, landing=landing)


def _fold_counts(transaction: Transaction, landing: str, into: str) -> None:
    for row in rows(transaction, "SELECT * FROM delivery_count WHERE delivery_id = :id", id=landing):
        add_counts(transaction, into, row["kind"], [(row["part"], row["ags"], row["layer"], row["count"])])
    sql = """INSERT INTO finding_count (delivery_id, layer, code, severity, count)
             VALUES (:into, :layer, :code, :severity, :count) ON CONFLICT (delivery_id, layer, code, severity)
             DO UPDATE SET count = finding_count.count + excluded.count"""
    for row in rows(transaction, "SELECT * FROM finding_count WHERE delivery_id = :id", id=landing):
        found = {name: row[name] for name in ("layer", "code", "severity", "count")}
        execute(transaction, sql, into=into, **found)


def _fold_moments(transaction: Transaction, into: str, seq: int) -> None:
    """Of the moments of one day that only feeds have made since, the last stays: the state of that day."""
    day = str(scalar(transaction, "SELECT at FROM moment WHERE seq = :seq", seq=seq))[:10]
    place = {"into": into, "seq": seq, "action": ACTION, "day": day}
    past = rows(
        transaction,
        """SELECT seq FROM moment m WHERE delivery_id = :into AND action = :action AND seq < :seq
           AND substr(at, 1, 10) = :day AND NOT EXISTS
           (SELECT 1 FROM moment o WHERE o.seq > m.seq AND o.seq < :seq AND o.action <> :action)""",
        **place,
    )
    for row in past:
        execute(
            transaction,
            "DELETE FROM head WHERE seq = :old AND ags IN (SELECT ags FROM head WHERE seq = :seq)",
            old=row["seq"],
            seq=seq,
        )
        execute(transaction, "DELETE FROM moment WHERE seq = :old", old=row["seq"])
