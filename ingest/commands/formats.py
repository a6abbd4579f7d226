"""``twin formats``: what can be read."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from ingest.format import Format
from twin.command import Session, command
from twin.discovery import discover
from twin.language import Text

_ABOUT = Text(
    "Zeigen, was 'twin ingest' liest: Fassungen, Schichten, Dateinamen, Koordinatensystem, Lizenz und was es auslässt.",
    "Show what 'twin ingest' reads: versions, layers, file names, reference system, licence, and what it leaves out.",
)
_VERSIONS = Text("Fassungen", "Versions")
_LAYERS = Text("Schichten", "Layers")
_FILES = Text("Dateinamen", "File names")
_BESIDE = Text("daneben", "beside")
_CRS = Text("Koordinatensystem", "Reference system")
_LICENCE = Text("Lizenz", "Licence")
_LIMITS = Text("Grenzen", "Limits")
_IGNORED = Text("Nicht gelesen", "Not read")
_EXAMPLE = Text("Beispiel", "Example")


@command("formats", text=_ABOUT, examples=("twin formats", "twin formats citygml", "twin formats --json"), reports=True)
@click.argument("names", metavar="[NAME …]", nargs=-1)
@click.pass_obj
def COMMAND(session: Session, names: tuple[str, ...]) -> None:  # noqa: N802 – discovery's word
    """Show what can be read."""
    known = discover("FORMAT")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} ({', '.join(known)})", param_hint="NAME")
    chosen = [known[name] for name in names or known]
    session.report(
        {"formats": [described(one) for one in chosen]}, lambda console: _show(chosen, console, in_full=bool(names))
    )


def described(format_: Format) -> dict[str, Any]:
    """A format in words, in the language of the moment."""
    return {
        "name": format_.name,
        "title": str(format_.title),
        "versions": list(format_.versions),
        "layers": list(format_.layers),
        "suffixes": list(format_.endings),
        "companions": list(format_.companions),
        "crs": str(format_.crs),
        "licence": str(format_.licence),
        "limits": str(format_.limits),
        "ignored": str(format_.ignored),
        "example": format_.example,
    }


def _show(formats: list[Format], console: Console, *, in_full: bool) -> None:
    for one in formats:
        found = described(one)
        console.print(f"[bold]{one.name}[/]  {escape(found['title'])}  [dim]{escape(', '.join(one.versions))}[/]")
        if not in_full:
            console.print(f"  {', '.join(one.layers)}  [dim]{' '.join(found['suffixes'])}[/]")
            continue
        names = " ".join(found["suffixes"])
        names += f" ({_BESIDE}: {' '.join(found['companions'])})" if found["companions"] else ""
        for title, text in (
            (_VERSIONS, ", ".join(one.versions)),
            (_LAYERS, ", ".join(one.layers)),
            (_FILES, names),
            (_CRS, found["crs"]),
            (_LICENCE, found["licence"]),
            (_LIMITS, found["limits"]),
            (_IGNORED, found["ignored"]),
            (_EXAMPLE, one.example),
        ):
            console.print(f"  {title}: {escape(text)}")
