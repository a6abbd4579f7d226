"""Reports of deliveries that have landed, put together again from what the registry keeps of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from ingest.finding import Finding, Findings
from ingest.report import DeliveryReport
from twin.consent import may_see_finding
from twin.errors import UnknownName
from twin.findings import counts_of, findings_of
from twin.language import Text
from twin.registry import Row, Transaction, rows

if TYPE_CHECKING:
    from twin import Twin

_KNOWN = 5
_SEVERITIES: Any = {"error": "error", "warning": "warning", "notice": "notice"}


def find_delivery(transaction: Transaction, name: str) -> Row:
    """The delivery that somebody means: by its id, the beginning of it, its file's name, or the last one if empty.

    Raises
    ------
    UnknownName
        If there is none.
    """
    found = rows(transaction, "SELECT * FROM delivery WHERE state = 'committed' ORDER BY seq DESC")
    fitting = [
        *(row for row in found if name in (row["delivery_id"], row["file"])),
        *(row for row in found if str(row["delivery_id"]).startswith(name)),
    ]
    if fitting:
        return fitting[0]
    known = ", ".join(f"{row['delivery_id']} ({row['file']})" for row in found[:_KNOWN])
    raise UnknownName(kind="delivery", name=name, known=known or "–")


def stored_report(twin: Twin, name: str = "") -> DeliveryReport:
    """Report of a delivery, as far as the principal may see its findings.

    Parameters
    ----------
    twin : Twin
        Where it has landed.
    name : str
        As in `find_delivery`.

    Notes
    -----
    It says what is known now: findings that a withdrawal or a later delivery has removed are not in it.
    """
    pairs, principal = twin.visible(), twin.principal
    with twin.registry.read() as transaction:
        delivery = find_delivery(transaction, name)
        delivery_id = str(delivery["delivery_id"])
        files = rows(transaction, "SELECT * FROM delivery_file WHERE delivery_id = :id ORDER BY part", id=delivery_id)
        counts = rows(transaction, "SELECT * FROM delivery_count WHERE delivery_id = :id", id=delivery_id)
        kept = findings_of(transaction, delivery_id)
        kinds = counts_of(transaction, delivery_id)
    report = DeliveryReport(str(delivery["file"]), str(delivery["format"]), delivery_id=delivery_id, parts=len(files))
    report.version = ", ".join(sorted({file["version"] for file in files if file["version"]}))
    report.crs = ", ".join(sorted({file["crs"] for file in files if file["crs"]}))
    report.read = Counter({layer: int(count) for layer, count in json.loads(delivery["read_counts"]).items()})
    report.rejected_count = int(delivery["rejected"])
    report.notes = [note for file in files for note in json.loads(file["notes"])]
    for file in files:
        report.drop(json.loads(file["dropped"]))
    for row in counts:
        _count(report, row)
    names = {file["part"]: file["name"] for file in files}
    seen = [row for row in kept if may_see_finding(pairs, principal, row["ags"], row["layer"])]
    report.findings = _findings(seen, names, kinds if len(seen) == len(kept) else [])
    for finding in report.findings.kept:
        if finding.severity == "error":
            report.rejected.append({"feature": finding.feature, "reason": str(finding.sentence)})
    return report


def _count(report: DeliveryReport, row: Row) -> None:
    if row["kind"] == "loaded":
        report.load(row["layer"], row["ags"], int(row["count"]))
    elif row["kind"] == "refused":
        report.refused[f"no_consent:{row['layer']}:{row['ags']}"] += int(row["count"])
    elif row["kind"] == "kept_better":
        report.refused[f"kept_better:{row['layer']}"] += int(row["count"])
    elif row["kind"] == "retired":
        report.retired[row["layer"]] += int(row["count"])


def _findings(kept: list[dict[str, Any]], names: dict[int, str], kinds: list[tuple[str, str, str, int]]) -> Findings:
    found = Findings()
    for row in kept:
        advice = Text(row["advice_de"], row["advice_en"])
        found.kept.append(
            Finding(
                row["code"],
                _SEVERITIES[row["severity"]],
                row["layer"],
                row["feature"],
                Text(row["sentence_de"], row["sentence_en"]),
                row["east"],
                row["north"],
                row["line"],
                row["ags"],
                names.get(row["part"], ""),
                advice if advice.de else None,
                row["content"],
            )
        )
        found.counts[row["code"], _SEVERITIES[row["severity"]], row["layer"]] += 1
    for layer, code, severity, count in kinds:
        key = (code, _SEVERITIES[severity], layer)
        # What was refused for want of consent is counted, but not kept: a page would ask for what is not there.
        found.counts[key] = max(found.counts[key], count) if found.counts[key] else 0
    found.counts = Counter({key: count for key, count in found.counts.items() if count})
    return found
