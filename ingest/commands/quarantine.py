"""``twin quarantine``: what was rejected, with what it held."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.stored_report import find_delivery, stored_report
from twin.command import Session, command
from twin.command_group import Group
from twin.language import Text
from twin.number import grouped
from twin.registry import rows

_ABOUT = Text(
    "Quarantäne: abgewiesene Objekte mit ihrem Inhalt, bis die Lieferung ersetzt oder zurückgezogen wird.",
    "Quarantine: rejected features with what they held, until the delivery is replaced or withdrawn.",
)
_LIST = Text("Lieferungen mit abgewiesenen Objekten zeigen.", "Show deliveries with rejected features.")
_SHOW = Text(
    "Die abgewiesenen Objekte einer Lieferung zeigen; mit --json samt Inhalt (Geometrie als WKB, hexadezimal).",
    "Show the rejected features of a delivery; with --json what they held too (geometry as WKB, hexadecimal).",
)
_COLUMNS = (
    Text("Lieferung", "Delivery"),
    Text("Datei", "File"),
    Text("Abgewiesen", "Rejected"),
    Text("Mit Inhalt", "With content"),
)
_NONE = Text("Nichts ist in Quarantäne.", "Nothing is in quarantine.")
_SAMPLES = 50


@command("list", text=_LIST, examples=("twin quarantine list",), reports=True)
@click.pass_obj
def LIST(session: Session) -> None:  # noqa: N802 – as the constant of a command is written
    """Show deliveries with rejected features."""
    sql = """SELECT f.delivery_id, d.file, d.format, count(*) AS rejected,
                sum(CASE WHEN f.content <> '' THEN 1 ELSE 0 END) AS quarantined
             FROM finding f JOIN delivery d ON d.delivery_id = f.delivery_id
             WHERE f.severity = 'error' AND d.state = 'committed'
             GROUP BY f.delivery_id, d.file, d.format, d.seq ORDER BY d.seq DESC"""
    with session.open() as twin, twin.registry.read() as transaction:
        found = [dict(row) for row in rows(transaction, sql)]
    session.report({"quarantine": found}, lambda console: _list(found, console))


@command("show", text=_SHOW, examples=("twin quarantine show baumkataster.csv --json",), reports=True)
@click.argument("delivery", metavar="DELIVERY")
@click.pass_obj
def SHOW(session: Session, *, delivery: str) -> None:  # noqa: N802 – as the constant of a command is written
    """Show the rejected features of a delivery."""
    with session.open() as twin:
        with twin.registry.read() as transaction:
            delivery_id = str(find_delivery(transaction, delivery)["delivery_id"])
        findings = stored_report(twin, delivery_id).findings.kept
    found = [
        {**one.as_dict(), "content": json.loads(one.content) if one.content else None}
        for one in findings
        if one.severity == "error"
    ]
    session.report({"delivery_id": delivery_id, "features": found}, lambda console: _show(found, console))


def _list(found: list[dict[str, Any]], console: Console) -> None:
    if not found:
        console.print(str(_NONE))
        return
    table = Table(show_edge=False, header_style="bold")
    for title in _COLUMNS:
        table.add_column(str(title))
    for row in found:
        counts = (grouped(int(row["rejected"])), grouped(int(row["quarantined"])))
        table.add_row(row["delivery_id"], escape(row["file"]), *counts)
    console.print(table)


def _show(found: list[dict[str, Any]], console: Console) -> None:
    if not found:
        console.print(str(_NONE))
    for one in found[:_SAMPLES]:
        console.print(
            f"[bold]{escape(one['feature'])}[/] {escape(one['layer'])} {one['ags']}  {escape(one['sentence'])}"
        )
        for name, value in (one["content"] or {}).items():
            console.print(f"    [dim]{escape(name)}:[/] {escape(str(value)[:100])}")


COMMAND = Group("quarantine", text=_ABOUT, commands=(LIST, SHOW), examples=("twin quarantine list",))
