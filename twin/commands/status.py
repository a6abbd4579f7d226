"""``twin status``: who takes part, what is shared, what is there."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from twin.command import Session, command
from twin.discovery import discover
from twin.language import Text
from twin.number import grouped

_ABOUT = Text(
    "Zeigen, wer teilnimmt, was geteilt wird und was da ist. Nicht beigetretene Gemeinden stehen mit darin.",
    "Show who takes part, what is shared and what is there. Municipalities that have not joined are listed too.",
)
_KEY = Text("Schlüssel", "Key")
_NAME = Text("Gemeinde", "Municipality")
_SHARES = Text("Teilt", "Shares")
_ROWS = Text("Zeilen", "Rows")
_NOT_JOINED = Text("nicht beigetreten", "not joined")
_LAST = Text("Letzte Lieferungen", "Last deliveries")
_DETAILS = frozenset({"municipality", "building_part", "building_surface", "building_mesh"})


@command("status", text=_ABOUT, examples=("twin status", "twin status --json"), reports=True)
@click.pass_obj
def COMMAND(session: Session) -> None:  # noqa: N802 – discovery's word
    """Show who takes part, what is shared and what is there."""
    with session.open() as twin:
        status = twin.status()
    session.report(status, lambda console: _show(status, console))


def _show(status: dict[str, Any], console: Console) -> None:
    console.print(f"[bold]{escape(status['name'])}[/] ({status['district']})  [dim]{escape(status['home'])}[/]")
    # A building's parts, surfaces and mesh tell no more than the building does; the municipalities are the rows.
    layers = [name for name, rows in status["rows"].items() if rows and name not in _DETAILS]
    table = Table(show_edge=False, header_style="bold")
    table.add_column(str(_KEY), no_wrap=True)
    # Not a column a layer: with a dozen of them no screen is wide enough, and keys and names are cut.
    for title in (_NAME, _SHARES, _ROWS):
        table.add_column(str(title), overflow="fold")
    for one in status["municipalities"]:
        shares = ", ".join(f"{consent['layer']} ({consent['audience']})" for consent in one["consents"])
        counts = [
            f"{discover('LAYER')[name].title} {grouped(one['rows'][name])}" for name in layers if one["rows"].get(name)
        ]
        shown = escape(shares) if one["joined"] else f"[dim]{_NOT_JOINED}[/]"
        table.add_row(one["ags"], escape(one["name"]), shown, escape(", ".join(counts)))
    console.print(table)
    if status["deliveries"]:
        console.print(f"\n[bold]{_LAST}[/]")
    for delivery in status["deliveries"]:
        at = delivery["committed_at"][:16].replace("T", " ")
        console.print(f"  {at}  {escape(delivery['file'])}  [dim]{delivery['format']}  {delivery['delivery_id']}[/]")
