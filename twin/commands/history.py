"""``twin history``: what happened when."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from twin.command import Session, command, option
from twin.history import HistoryEntry
from twin.language import Text

_ABOUT = Text(
    "Zeigen, was wann geschah, das Älteste zuerst. Jede Zeit und jede Lieferung taugt für 'twin sql --as-of'.",
    "Show what happened when, oldest first. Every time and every delivery will do for 'twin sql --as-of'.",
)
_LAYER = Text("Nur was diese Ebene betrifft.", "Only what concerns this layer.")
_COLUMNS = (Text("Zeit (UTC)", "Time (UTC)"), Text("Was", "What"), Text("Lieferung", "Delivery"), Text("Wo", "Where"))
_ACTIONS = {
    "init": Text("angelegt", "made"),
    "join": Text("beigetreten", "joined"),
    "deliver": Text("geliefert", "delivered"),
    "feed": Text("fortgeführt", "went on"),
    "withdraw": Text("zurückgezogen", "withdrawn"),
    "settle": Text("auf das Gelände gesetzt", "set on the ground"),
}
_MANY = 3


@command("history", text=_ABOUT, examples=("twin history --layer building",), reports=True)
@option("--layer", text=_LAYER)
@click.pass_obj
def COMMAND(session: Session, *, layer: str | None) -> None:  # noqa: N802 – discovery's word
    """Show what happened when."""
    with session.open() as twin:
        entries = twin.history(layer)
    session.report({"history": [asdict(entry) for entry in entries]}, lambda console: _show(entries, console))


def _show(entries: list[HistoryEntry], console: Console) -> None:
    table = Table(show_edge=False, header_style="bold")
    for title in _COLUMNS:
        table.add_column(str(title))
    for entry in entries:
        counts = (
            f"{layer} +{kinds.get('loaded', 0):,} −{kinds.get('retired', 0):,}" for layer, kinds in entry.counts.items()
        )
        what = ", ".join([str(_ACTIONS.get(entry.action, entry.action)), *counts])
        where = ", ".join(entry.ags[:_MANY]) + (" …" if len(entry.ags) > _MANY else "")
        table.add_row(
            entry.at[:19].replace("T", " "), escape(what), escape(f"{entry.delivery_id} {entry.file}".strip()), where
        )
    console.print(table)
