"""``twin withdraw``: remove what a municipality no longer shares."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.markup import escape

from twin.command import Session, command, option
from twin.language import Text
from twin.number import grouped
from twin.withdrawal import Receipt

_ABOUT = Text(
    "Eine Gemeinde oder eine ihrer Ebenen entfernen, mit Geschichte, Kacheln und Zwischenspeichern. Das ist endgültig. "
    "Die Quittung sagt, was ging.",
    "Remove a municipality or one of its layers, with history, tiles and caches. There is no way back. "
    "The receipt says what went.",
)
_LAYER = Text("Nur diese Ebene.", "This layer only.")
_YES = Text("Nicht nachfragen.", "Do not ask.")
_QUESTION = Text("{what} von {name} ({ags}) endgültig entfernen?", "Remove {what} of {name} ({ags}) for good?")
_EVERYTHING = Text("Alles", "everything")
_YES_OR_NO = Text("[j/N]", "[y/N]")
_NEEDS_YES = Text(
    "Ohne Terminal wird nur mit --yes entfernt; nichts ist geschehen.",
    "Without a terminal, only --yes removes; nothing has happened.",
)
_RECEIPT = Text("Quittung", "Receipt")
_WENT = Text("{files} Dateien, {bytes} Bytes gelöscht", "{files} files, {bytes} bytes deleted")
_CLEAN = Text("Nachgesehen: nichts ist übrig.", "Looked again: nothing is left.")
_REMAINS = Text("Nachgesehen: noch vorhanden", "Looked again: still there")


@command("withdraw", text=_ABOUT, examples=("twin withdraw 05974040 --layer parcel",), reports=True)
@click.argument("ags", metavar="KEY")
@option("--layer", text=_LAYER)
@option("--yes", is_flag=True, text=_YES)
@click.pass_obj
def COMMAND(session: Session, *, ags: str, layer: str | None, yes: bool) -> int:  # noqa: N802 – discovery's word
    """Remove what a municipality no longer shares; exit code 1 if something of it is still found afterwards."""
    with session.open() as twin:
        if not yes:
            _confirm(ags, {one.ags: one.name for one in twin.municipalities()}.get(ags, ""), layer)
        receipt = twin.withdraw(ags, layer)
    session.report(asdict(receipt), lambda console: _show(receipt, console))
    return 1 if receipt.remains else 0


def _confirm(ags: str, name: str, layer: str | None) -> None:
    if not sys.stdin.isatty():
        raise click.ClickException(str(_NEEDS_YES))
    question = _QUESTION.format(what=layer or _EVERYTHING, name=name, ags=ags)
    # Not click.confirm: it would refuse "ja".
    answer = str(click.prompt(f"{question} {_YES_OR_NO}", default="", show_default=False, prompt_suffix=" ", err=True))
    if answer.strip().lower() not in ("j", "ja", "y", "yes"):
        raise click.Abort


def _show(receipt: Receipt, console: Console) -> None:
    console.print(f"[bold]{_RECEIPT}[/]  {receipt.at}  {escape(receipt.ags)}  {escape(receipt.layer)}")
    for layer, rows in receipt.tables.items():
        console.print(f"  {layer}: {grouped(rows)}")
    console.print("  " + _WENT.format(files=grouped(receipt.files), bytes=grouped(receipt.bytes)), markup=False)
    if receipt.remains:
        console.print(f"  [red]{_REMAINS}: {escape(', '.join(receipt.remains))}[/]")
    else:
        console.print(f"  [green]{_CLEAN}[/]")
