"""The tables ``delivery``, ``consent`` and ``finding``: whence rows came, what is shared, what is odd."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from twin.consent import FINDINGS, Consent, Pair, Principal, consents, layers
from twin.findings import finding_table
from twin.registry import Transaction, rows

_DELIVERY = (
    "delivery_id", "delivery_part", "file", "archive", "sha256", "format", "version", "crs", "licence", "content_date",
    "author", "received_at", "committed_at",
)  # fmt: skip
_CONSENT = ("ags", "layer", "audience", "purpose", "valid_from", "valid_until", "granted_by", "granted_at")


def registry_tables(
    transaction: Transaction, pairs: frozenset[Pair], principal: Principal, seq: int
) -> dict[str, pa.Table]:
    """All tables that come from the registry, as far as `principal` may see them at moment `seq`."""
    return {
        "delivery": delivery_table(transaction, pairs, seq),
        "consent": consent_table(consents(transaction), pairs),
        FINDINGS: finding_table(transaction, pairs, principal, seq),
    }


def delivery_table(transaction: Transaction, pairs: frozenset[Pair], seq: int) -> pa.Table:
    """One row a file of a delivery that brought a visible row by moment `seq`."""
    classes = {layer.name: layer.consent_class for layer in layers().values()}
    brought = rows(
        transaction, "SELECT DISTINCT delivery_id, part, ags, layer FROM delivery_count WHERE kind = 'loaded'"
    )
    seen = {
        (row["delivery_id"], row["part"])
        for row in brought
        if (row["ags"], classes.get(row["layer"], row["layer"])) in pairs
    }
    found = rows(
        transaction,
        """SELECT f.delivery_id, f.part AS delivery_part, f.name AS file, d.file AS archive, f.sha256, d.format,
                  f.version, f.crs, f.licence, f.content_date, d.author, d.received_at, d.committed_at
           FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id
           WHERE d.state = 'committed' AND d.seq <= :seq ORDER BY d.seq, f.part""",
        seq=seq,
    )
    visible = [dict(row) for row in found if (row["delivery_id"], row["delivery_part"]) in seen]
    schema = [(name, pa.int32() if name == "delivery_part" else pa.string()) for name in _DELIVERY]
    return pa.Table.from_pylist(visible, schema=pa.schema(schema))


def consent_table(given: Iterable[Consent], pairs: frozenset[Pair]) -> pa.Table:
    """One row a consent that bears on something visible."""
    visible = {(ags, layer) for ags, layer in pairs} | {(ags, "all") for ags, _ in pairs}
    found = [{name: getattr(one, name) for name in _CONSENT} for one in given if (one.ags, one.layer) in visible]
    return pa.Table.from_pylist(found, schema=pa.schema([(name, pa.string()) for name in _CONSENT]))
