"""What happened when, and what changed between two moments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twin.consent import ALL, Pair, layers
from twin.engine import Relation, name
from twin.layer import PROVENANCE, Layer
from twin.moment import Moment
from twin.reading import Reading
from twin.registry import Transaction, rows


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One moment of the history.

    Attributes
    ----------
    at : str
        When; ISO 8601, UTC.
    action : {"init", "join", "deliver", "feed", "settle", "withdraw"}
        What happened.
    delivery_id, file : str
        Which delivery; empty for other actions.
    ags : tuple of str
        Whose tables it touched.
    counts : dict
        layer → {"loaded", "retired", "refused", "kept_better"} → rows.
    layer : str
        What was withdrawn, a consent class or ``all``; empty for other actions, and for all but the operator.
    """

    at: str
    action: str
    delivery_id: str = ""
    file: str = ""
    ags: tuple[str, ...] = ()
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    layer: str = ""


def history(
    transaction: Transaction, pairs: frozenset[Pair], layer: str | None = None, refused: bool = False
) -> list[HistoryEntry]:
    """All moments, oldest first, as far as they concern what is visible; one layer's, if it is named.

    What was refused belongs to nobody who shares it: it is told if `refused` is set, and so is what was withdrawn.
    """
    counted: dict[str, list[Any]] = {}
    for row in rows(transaction, "SELECT * FROM delivery_count WHERE kind <> 'superseded' ORDER BY layer, ags, part"):
        declaration = layers().get(row["layer"])
        seen = declaration is None or (row["ags"], declaration.consent_class) in pairs
        if (refused if row["kind"] == "refused" else seen) and layer in (None, row["layer"]):
            counted.setdefault(row["delivery_id"], []).append(row)
    files = {row["delivery_id"]: row["file"] for row in rows(transaction, "SELECT delivery_id, file FROM delivery")}
    found = []
    owners = {ags for ags, _ in pairs}
    for moment in rows(transaction, "SELECT * FROM moment ORDER BY seq"):
        own = counted.get(moment["delivery_id"], [])
        if moment["delivery_id"] is None:
            gone = moment["action"] == "withdraw"
            # What had been shared with few is not told to all when it goes.
            withdrawn = str(moment["layer"] or ALL) if gone and refused else ""
            asked = layer is None or withdrawn in (ALL, layers()[layer].consent_class)
            if asked and (moment["ags"] is None or moment["ags"] in owners or gone):
                ags = (moment["ags"],) if moment["ags"] else ()
                found.append(HistoryEntry(moment["at"], moment["action"], ags=ags, layer=withdrawn))
        elif own:
            touched = tuple(sorted({row["ags"] for row in own if row["kind"] != "refused"}))
            file = files.get(moment["delivery_id"], "") if touched else ""
            found.append(
                HistoryEntry(moment["at"], moment["action"], moment["delivery_id"], file, touched, _totals(own))
            )
    return found


def changes(reading: Reading, layer: Layer, since: Moment, until: Moment) -> Relation:
    """Rows of a layer that were added, removed or changed between two moments.

    A row has changed if any of its own columns has; one that a later delivery brought again as it was has not.

    Returns
    -------
    changes : Relation
        ``ags``, ``change`` (``added``, ``removed``, ``changed``), the key columns, ``old_delivery``, ``new_delivery``.
    """
    old, new = (f"{reading.as_of(at)}.{name(layer.name)}" for at in (since, until))
    keys = dict.fromkeys(("ags", *layer.key))
    same = " AND ".join(f"o.{name(key)} = n.{name(key)}" for key in keys)
    found = ", ".join(f"coalesce(n.{name(key)}, o.{name(key)}) AS {name(key)}" for key in layer.key if key != "ags")
    provenance = {column.name for column in PROVENANCE}
    differs = " OR ".join(
        f"{_plain('o', column.name, column.type)} IS DISTINCT FROM {_plain('n', column.name, column.type)}"
        for column in layer.columns
        if column.name not in provenance and column.name not in layer.key
    )
    sql = f"""
        SELECT coalesce(n.ags, o.ags) AS ags,
            CASE WHEN o.delivery_id IS NULL THEN 'added'
                 WHEN n.delivery_id IS NULL THEN 'removed' ELSE 'changed' END AS change,
            {found + "," if found else ""} o.delivery_id AS old_delivery, n.delivery_id AS new_delivery
        FROM {old} o FULL JOIN {new} n ON {same}
        WHERE o.delivery_id IS NULL OR n.delivery_id IS NULL
            OR ((o.delivery_id <> n.delivery_id OR o.delivery_part <> n.delivery_part) AND ({differs or "false"}))
        ORDER BY ALL"""
    return reading.query(sql)


def _plain(side: str, column: str, kind: str) -> str:
    value = f"{side}.{name(column)}"
    return f"ST_AsWKB({value})" if kind == "GEOMETRY" else value


def _totals(counted: list[Any]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for row in counted:
        kinds = totals.setdefault(row["layer"], {})
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["count"]
    return totals
