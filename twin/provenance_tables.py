"""The tables ``delivery``, ``consent`` and ``finding``: whence rows came, what is shared, what is odd."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from twin.consent import FINDINGS, Consent, Pair, Principal, consents, layers
from twin.engine import name as quoted
from twin.engine import text
from twin.findings import finding_table
from twin.layer import Layer
from twin.registry import Transaction, rows, scalar

_DELIVERY = (
    "delivery_id", "delivery_part", "file", "archive", "sha256", "format", "version", "crs", "licence", "content_date",
    "author", "received_at", "committed_at", "ags",
)  # fmt: skip
_CONSENT = ("ags", "layer", "audience", "purpose", "valid_from", "valid_until", "granted_by", "granted_at")


def registry_tables(
    transaction: Transaction, pairs: frozenset[Pair], principal: Principal, seq: int
) -> dict[str, str | pa.Table]:
    """All tables that come from the registry, as far as `principal` may see them at moment `seq`.

    Those of plain values are a SELECT: to hand Python values or Arrow tables to the engine imports pandas first, which
    takes longer than a fresh process needs for all the rest.
    """
    findings = finding_table(transaction, pairs, principal, seq)
    return {
        "delivery": delivery_rows(transaction, pairs, seq),
        "consent": consent_rows(consents(transaction), pairs),
        FINDINGS: findings if findings.num_rows else _no_rows(layers()[FINDINGS]),
    }


def delivery_rows(transaction: Transaction, pairs: frozenset[Pair], seq: int) -> str:
    """One row a file of a delivery that brought a visible row by moment `seq`.

    Its ``ags`` is the tenant that all visible rows of the file belong to; the district's key where they are several.
    """
    classes = {layer.name: layer.consent_class for layer in layers().values()}
    brought = rows(
        transaction, "SELECT DISTINCT delivery_id, part, ags, layer FROM delivery_count WHERE kind = 'loaded'"
    )
    owners: dict[tuple[str, int], set[str]] = {}
    for row in brought:
        if (row["ags"], classes.get(row["layer"], row["layer"])) in pairs:
            owners.setdefault((row["delivery_id"], row["part"]), set()).add(row["ags"])
    district = scalar(transaction, "SELECT value FROM setting WHERE name = 'district'")
    only = {file: ags.pop() if len(ags) == 1 else district for file, ags in owners.items()}
    found = rows(
        transaction,
        """SELECT f.delivery_id, f.part AS delivery_part, f.name AS file, d.file AS archive, f.sha256, d.format,
                  f.version, f.crs, f.licence, f.content_date, d.author, d.received_at, d.committed_at
           FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id
           WHERE d.state = 'committed' AND d.seq <= :seq ORDER BY d.seq, f.part""",
        seq=seq,
    )
    visible = [
        {**row, "ags": only[file]} for row in found if (file := (row["delivery_id"], row["delivery_part"])) in only
    ]
    return _select(visible, {name: "INTEGER" if name == "delivery_part" else "VARCHAR" for name in _DELIVERY})


def consent_rows(given: Iterable[Consent], pairs: frozenset[Pair]) -> str:
    """One row a consent that bears on something visible."""
    visible = {(ags, layer) for ags, layer in pairs} | {(ags, "all") for ags, _ in pairs}
    found = [{name: getattr(one, name) for name in _CONSENT} for one in given if (one.ags, one.layer) in visible]
    return _select(found, dict.fromkeys(_CONSENT, "VARCHAR"))


def _select(entries: list[dict[str, Any]], types: dict[str, str]) -> str:
    shape = text(json.dumps([types]))
    return f"SELECT unnest(from_json({text(json.dumps(entries))}, {shape}), recursive := true)"


def _no_rows(layer: Layer) -> str:
    types = {column.name: "BLOB" if column.type == "GEOMETRY" else column.type for column in layer.all_columns}
    return f"SELECT {', '.join(f'NULL::{kind} AS {quoted(title)}' for title, kind in types.items())} WHERE false"
