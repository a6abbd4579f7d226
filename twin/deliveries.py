"""What is known of deliveries that have landed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.consent import Pair, accepted, layers
from twin.registry import Row, Transaction, execute, now, rows


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery that has landed.

    Attributes
    ----------
    delivery_id, file, format : str
        Its id, the name of what was handed in, and its format.
    committed_at : str
        When it became visible; ISO 8601, UTC.
    loaded, refused : dict
        layer → ags → rows.
    rejected : int
        Features that could not be read.
    """

    delivery_id: str
    file: str
    format: str
    committed_at: str
    loaded: dict[str, dict[str, int]]
    refused: dict[str, dict[str, int]]
    rejected: int


def known_delivery(
    transaction: Transaction, sha256: str, ags: str = "", crs: str = "", format_name: str = ""
) -> DeliveryRecord | None:
    """The delivery of the same bytes under the same options, if to load it again would change nothing."""
    if not sha256:
        return None
    found = rows(
        transaction,
        """SELECT * FROM delivery WHERE sha256 = :sha256 AND ags_option = :ags AND crs_option = :crs
           AND :format IN ('', format) AND state = 'committed' AND whole = 1 ORDER BY seq DESC""",
        sha256=sha256, ags=ags, crs=crs, format=format_name,
    )  # fmt: skip
    pairs = accepted(transaction, now())
    for delivery in found:
        counts = rows(transaction, "SELECT * FROM delivery_count WHERE delivery_id = :id", id=delivery["delivery_id"])
        if any(_is_stale(transaction, delivery, count, pairs) for count in counts):
            continue
        return _record(delivery, counts)
    return None


def last_deliveries(transaction: Transaction, pairs: frozenset[Pair], limit: int = 10) -> list[dict[str, Any]]:
    """The last deliveries that brought something visible, newest first."""
    found = []
    for delivery in rows(transaction, "SELECT * FROM delivery WHERE state = 'committed' ORDER BY seq DESC LIMIT 500"):
        counts = rows(transaction, "SELECT * FROM delivery_count WHERE delivery_id = :id", id=delivery["delivery_id"])
        seen = [
            count
            for count in counts
            if count["layer"] in layers() and (count["ags"], layers()[count["layer"]].consent_class) in pairs
        ]
        if seen:
            record = _record(delivery, seen)
            found.append(
                {name: getattr(record, name) for name in ("delivery_id", "file", "format", "committed_at", "loaded")}
            )
        if len(found) == limit:
            break
    return found


def _is_stale(transaction: Transaction, delivery: Row, count: Row, pairs: frozenset[Pair]) -> bool:
    if count["kind"] == "superseded":
        return True
    if count["kind"] == "refused":
        layer = layers().get(count["layer"])
        return layer is not None and (count["ags"], layer.consent_class) in pairs
    if count["kind"] == "kept_better":
        # What stood in its way may have gone since.
        sql = """SELECT 1 FROM delivery_count c JOIN delivery d ON d.delivery_id = c.delivery_id
                 WHERE d.seq > :seq AND c.kind = 'retired' AND c.ags = :ags AND c.layer = :layer"""
        return bool(rows(transaction, sql, seq=delivery["seq"], ags=count["ags"], layer=count["layer"]))
    return False


def _record(delivery: Row, counts: list[Row]) -> DeliveryRecord:
    totals: dict[str, dict[str, dict[str, int]]] = {"loaded": {}, "refused": {}}
    for count in counts:
        if count["kind"] in totals:
            own = totals[count["kind"]].setdefault(count["layer"], {})
            own[count["ags"]] = own.get(count["ags"], 0) + count["count"]
    return DeliveryRecord(
        delivery["delivery_id"],
        delivery["file"],
        delivery["format"],
        delivery["committed_at"],
        totals["loaded"],
        totals["refused"],
        delivery["rejected"],
    )


def add_counts(transaction: Transaction, delivery_id: str, kind: str, counts: list[tuple[int, str, str, int]]) -> None:
    """Add to the counts of a delivery."""
    sql = """INSERT INTO delivery_count (delivery_id, part, ags, layer, kind, count)
             VALUES (:delivery_id, :part, :ags, :layer, :kind, :count)
             ON CONFLICT (delivery_id, part, ags, layer, kind)
             DO UPDATE SET count = delivery_count.count + excluded.count"""
    for part, ags, layer, number in counts:
        execute(transaction, sql, delivery_id=delivery_id, part=part, ags=ags, layer=layer, kind=kind, count=number)
