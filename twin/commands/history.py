"""``twin history``: what happened when."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from twin.command import Session, command, option
from twin.history import HistoryEntry
from twin.language import Text
from twin.number import grouped

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
_DELIVERY_ID = 26


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
    time, what, delivery, where = map(str, _COLUMNS)
    table.add_column(time, no_wrap=True)
    table.add_column(what)
    # The id stands whole on the narrowest screen: it is what --as-of takes.
    table.add_column(delivery, overflow="fold", min_width=_DELIVERY_ID)
    table.add_column(where)
    for entry in entries:
        counts = (
            f"{layer} +{grouped(kinds.get('loaded', 0))} −{grouped(kinds.get('retired', 0))}"
            for layer, kinds in entry.counts.items()
        )
        done = ", ".join([f"{_ACTIONS.get(entry.action, entry.action)} {entry.layer}".strip(), *counts])
        places = ", ".join(entry.ags[:_MANY]) + (" …" if len(entry.ags) > _MANY else "")
        brought = f"{entry.delivery_id}\n{entry.file}".strip()
        table.add_row(_shown(entry.at), escape(done), escape(brought), places)
    console.print(table)


def _shown(at: str) -> str:
    """A time to the second, such as ``2026-01-31 09:15:00Z``.

    Rounded up, so that as ``--as-of`` it means what had happened then, not what was before; with its Z, since a time
    without a zone is read as the machine's own.
    """
    return (datetime.fromisoformat(at) + timedelta(microseconds=999_999)).strftime("%Y-%m-%d %H:%M:%SZ")
