"""Moments of the history: which one is meant, and what each lake was at then."""

from __future__ import annotations

from datetime import datetime

from twin.errors import UnknownName
from twin.registry import Transaction, moment_text, rows, scalar

Moment = datetime | str | None
"""Datetime, ISO 8601 text or delivery id; None for now."""


def moment_number(transaction: Transaction, at: Moment) -> int:
    """Number of the last moment of the history at or before `at`; 0 for before all.

    Raises
    ------
    UnknownName
        If `at` is neither a moment nor a delivery.
    """
    if at is None:
        return int(scalar(transaction, "SELECT max(seq) FROM moment") or 0)
    if isinstance(at, str):
        found = scalar(transaction, "SELECT seq FROM delivery WHERE delivery_id = :at AND state = 'committed'", at=at)
        if found is not None:
            return int(found)
    try:
        moment = moment_text(at)
    except ValueError as problem:
        known = rows(
            transaction, "SELECT delivery_id FROM delivery WHERE state = 'committed' ORDER BY seq DESC LIMIT 5"
        )
        raise UnknownName(
            kind="delivery", name=at, known=", ".join(row["delivery_id"] for row in known) or "–"
        ) from problem
    return int(scalar(transaction, "SELECT max(seq) FROM moment WHERE at <= :at", at=moment) or 0)


def heads_at(transaction: Transaction, seq: int) -> dict[str, int]:
    """Snapshot of each lake as of a moment."""
    # One look into the index a tenant: heads are as many as landings.
    sql = """SELECT t.ags, (SELECT h.snapshot FROM head h WHERE h.ags = t.ags AND h.seq <= :seq
                            ORDER BY h.seq DESC LIMIT 1) AS snapshot
             FROM (SELECT ags FROM municipality UNION SELECT value FROM setting WHERE name = 'district') t"""
    found = rows(transaction, sql, seq=seq)
    return {str(row["ags"]): int(row["snapshot"]) for row in found if row["snapshot"] is not None}
