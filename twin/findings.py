"""Findings in the registry: what checks said of deliveries, and what rejected features held (quarantine).

They lie beside the deliveries rather than in the lakes, so that a withdrawal of one layer takes exactly its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
import sqlalchemy as sa

from twin.consent import FINDINGS, Pair, Principal, layers, may_see_finding
from twin.registry import Transaction, execute, insert, rows

MOST = 5_000
"""Findings of a delivery that are kept; the rest is counted."""

LARGEST_QUARANTINE = 32 << 20
"""Content of rejected features that is kept of a delivery. [characters]"""

_COLUMNS = {
    "finding_id": "f.delivery_id || '/' || f.number",
    "delivery_id": "f.delivery_id",
    "delivery_part": "f.part",
    "sentence": "f.sentence_de",
    "sentence_english": "f.sentence_en",
    "advice": "f.advice_de",
    "advice_english": "f.advice_en",
    "quarantined": "CASE WHEN f.content <> '' THEN 1 ELSE 0 END",
    **{name: f"f.{name}" for name in ("ags", "layer", "code", "severity", "feature", "east", "north", "line")},
}
"""Columns of the layer, and what they are in the registry."""

_TABLE = f"""
    SELECT {", ".join(_COLUMNS.values())} FROM finding f JOIN delivery d ON d.delivery_id = f.delivery_id
    WHERE d.state = 'committed' AND d.seq <= :seq ORDER BY d.seq, f.number"""

_SUFFIX = ".findings.json"
_NOBODY, _NOTHING = "_", "_"

Count = tuple[str, str, str, int]
"""layer, code, severity, how many."""


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding as the registry keeps it; the fields are those of ``ingest.finding.Finding``.

    Attributes
    ----------
    part : int or None
        File of the delivery.
    content : str
        What a rejected feature held, as JSON; empty for others.
    """

    part: int | None
    ags: str
    layer: str
    code: str
    severity: str
    feature: str
    east: float | None
    north: float | None
    line: int | None
    sentence_de: str
    sentence_en: str
    advice_de: str
    advice_en: str
    content: str = ""


def stage_findings(folder: Path, records: Iterable[FindingRecord]) -> None:
    """Write findings beside the rows that are staged, by tenant and layer, where a withdrawal finds them."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    left, kept = MOST, LARGEST_QUARANTINE
    for record in records:
        if not left:
            break
        left -= 1
        entry = asdict(record)
        # Content is kept where its owner is known and has agreed, and nowhere else.
        if not record.ags or len(record.content) > kept:
            entry["content"] = ""
        kept -= len(entry["content"])
        found.setdefault((record.ags or _NOBODY, record.layer or _NOTHING), []).append(entry)
    for (ags, layer), entries in found.items():
        file = staged_findings(folder, ags, layer)
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(entries, ensure_ascii=False), "utf-8")


def staged_findings(folder: Path, ags: str, layer: str) -> Path:
    """Where the findings of a layer of a tenant are staged."""
    return folder / ags / f"{layer}{_SUFFIX}"


def insert_findings(
    transaction: Transaction, delivery_id: str, folder: Path, counts: Iterable[Count], pairs: frozenset[Pair]
) -> None:
    """Store what is staged, as far as consent covers it now."""
    entries: list[dict[str, Any]] = []
    for file in sorted(folder.glob(f"*/*{_SUFFIX}")):
        ags, layer = file.parent.name, file.name.removesuffix(_SUFFIX)
        declared = layers().get(layer)
        if ags == _NOBODY or declared is None or (ags, declared.consent_class) in pairs:
            entries += json.loads(file.read_text("utf-8"))
    numbered = [{"delivery_id": delivery_id, "number": number, **entry} for number, entry in enumerate(entries)]
    insert(transaction, "finding", numbered)
    total = [
        {"delivery_id": delivery_id, "layer": layer, "code": code, "severity": severity, "count": count}
        for layer, code, severity, count in counts
    ]
    insert(transaction, "finding_count", total)


def replace_findings(transaction: Transaction, older: Iterable[tuple[str, int]]) -> None:
    """Forget what was said of files that another delivery has taken the place of."""
    for delivery_id, part in older:
        at = {"id": delivery_id, "part": part}
        execute(transaction, "DELETE FROM finding WHERE delivery_id = :id AND (part = :part OR part IS NULL)", **at)
        execute(transaction, "DELETE FROM finding_count WHERE delivery_id = :id", id=delivery_id)


def forget_findings(transaction: Transaction, ags: str, names: Iterable[str], deliveries: Iterable[str]) -> None:
    """Remove all findings of some layers of a tenant, and of some deliveries those that nobody's name is on."""
    for name in names:
        execute(transaction, "DELETE FROM finding WHERE ags = :ags AND layer = :layer", ags=ags, layer=name)
    for delivery_id in deliveries:
        execute(transaction, "DELETE FROM finding WHERE delivery_id = :id AND (ags = '' OR layer = '')", id=delivery_id)
        execute(transaction, "DELETE FROM finding_count WHERE delivery_id = :id", id=delivery_id)


def deliveries_of(transaction: Transaction, ags: str, names: Iterable[str]) -> set[str]:
    """Deliveries with findings about some layers of a tenant."""
    found = rows(transaction, "SELECT DISTINCT delivery_id, layer FROM finding WHERE ags = :ags", ags=ags)
    wanted = set(names)
    return {row["delivery_id"] for row in found if row["layer"] in wanted}


def findings_of(transaction: Transaction, delivery_id: str) -> list[dict[str, Any]]:
    """All findings of a delivery, content included."""
    found = rows(transaction, "SELECT * FROM finding WHERE delivery_id = :id ORDER BY number", id=delivery_id)
    return [dict(row) for row in found]


def counts_of(transaction: Transaction, delivery_id: str) -> list[Count]:
    """How many findings of each kind a delivery had."""
    sql = (
        "SELECT layer, code, severity, count FROM finding_count WHERE delivery_id = :id ORDER BY layer, code, severity"
    )
    return [
        (row["layer"], row["code"], row["severity"], int(row["count"]))
        for row in rows(transaction, sql, id=delivery_id)
    ]


def finding_table(transaction: Transaction, pairs: frozenset[Pair], principal: Principal, seq: int) -> pa.Table:
    """Rows of layer ``finding`` by moment `seq`, as far as `principal` may see them; the point is WKB."""
    schema: pa.Schema = layers()[FINDINGS].schema
    seen = [
        (ags, layer)
        for ags, layer in transaction.execute(sa.text("SELECT DISTINCT ags, layer FROM finding")).fetchall()
        if may_see_finding(pairs, principal, ags, layer)
    ]
    if not seen:
        return pa.Table.from_batches([], schema)
    found = transaction.execute(sa.text(_TABLE), {"seq": seq}).fetchall()
    columns = dict(zip(_COLUMNS, zip(*found, strict=True), strict=True)) if found else dict.fromkeys(_COLUMNS, ())
    place = np.array([columns["east"], columns["north"]], np.float64).T.reshape(-1, 2)
    placed = ~np.isnan(place).any(axis=1)
    points = np.full(len(place), None, object)
    points[placed] = shapely.to_wkb(shapely.points(place[placed]))
    given = {**columns, "geom": points, "quarantined": [bool(one) for one in columns["quarantined"]]}
    table = pa.Table.from_arrays([pa.array(given[field.name], field.type) for field in schema], schema=schema)
    chosen = set(seen)
    shown = [pair in chosen for pair in zip(columns["ags"], columns["layer"], strict=True)]
    return table.filter(pa.array(shown, pa.bool_()))
