"""Proposals and previews for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.mapping.mapping import Mapping
from ingest.mapping.previewing import Preview
from ingest.mapping.proposal import Proposal
from twin.language import Text

Shown = tuple[Proposal, Mapping | None, Preview | None]
"""A proposal, the mapping that was made of it, and what that reads; None where no layer is likely."""

_NO_LAYER = Text("keine Ebene erkannt; bitte --layer angeben", "no layer recognised; please give --layer")
_HINT = Text(
    "Speichern: --save NAME; korrigieren: --set spalte=Quelle", "Keep it: --save NAME; correct: --set column=Source"
)
_SAVED = Text("Zuordnung „{name}“ gespeichert bei {ags}.", "Mapping “{name}” kept with {ags}.")
_PERSONAL = Text("personenbezogen, bleibt weg", "personal, left out")
_UNUSED = Text("ungenutzt", "unused")


def show(shown: Sequence[Shown], names: Sequence[str], ags: str, console: Console) -> None:
    """Print proposals with their reasons and previews, and the names that they were kept under with tenant `ags`."""
    for proposal, mapping, sight in shown:
        title = f"[bold]{escape(proposal.file)}[/]  {escape(proposal.table)}  [dim]{proposal.kind}[/]"
        console.print(title)
        if mapping is None:
            console.print(f"  [yellow]{_NO_LAYER}[/]")
            for guess in proposal.layers[:5]:
                console.print(f"    {guess.layer}  {guess.confidence:.0%}  [dim]{escape(str(guess.reason))}[/]")
            continue
        _print_mapping(proposal, mapping, console)
        if sight is not None:
            _print_preview(sight, console)
    for name in names:
        console.print(_SAVED.format(name=name, ags=ags), markup=False)
    if not names and any(mapping is not None for _, mapping, _ in shown):
        console.print(str(_HINT), style="dim", markup=False)


def _print_mapping(proposal: Proposal, mapping: Mapping, console: Console) -> None:
    reasons = {one.column: (one.confidence, str(one.reason)) for one in proposal.columns}
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    why = next((str(one.reason) for one in proposal.layers if one.layer == mapping.layer), "")
    table.add_row(f"[bold]{Text('Ebene', 'layer')}[/]", mapping.layer, f"{proposal.confidence:.0%}", escape(why))
    where = mapping.geometry.kind + (f" {', '.join(mapping.geometry.columns)}" if mapping.geometry.columns else "")
    place = f"{where} {mapping.crs}".strip()
    table.add_row(
        "[bold]geom[/]", escape(place), f"{proposal.place.confidence:.0%}", escape(str(proposal.place.reason))
    )
    key = f"{mapping.key.prefix}{'-'.join(mapping.key.columns) or str(Text('Inhalt', 'content'))}"
    table.add_row(
        f"[bold]{Text('Schlüssel', 'key')}[/]",
        escape(key),
        f"{proposal.key.confidence:.0%}",
        escape(str(proposal.key.reason)),
    )
    for column, rule in mapping.columns.items():
        source = rule.source if rule.constant is None else f"= {rule.constant}"
        source += f" + {rule.append}" if rule.append else ""
        source += f" - {rule.minus}" if rule.minus else ""
        source += f" * {rule.factor:g}" if rule.factor != 1 else ""
        confidence, reason = reasons.get(column, (1.0, ""))
        table.add_row(column, escape(source), f"{confidence:.0%}", escape(reason))
    for column in proposal.unused:
        if column not in mapping.needs:
            remark = _PERSONAL if column in proposal.personal else _UNUSED
            table.add_row("[dim]–[/]", f"[dim]{escape(column)}[/]", "", f"[dim]{remark}[/]")
    console.print(table)


def _print_preview(sight: Preview, console: Console) -> None:
    rows = sight.as_dict()
    filled = [name for name in sight.frame.columns if sight.frame[name].notna().any()]
    table = Table(*filled, box=None, padding=(0, 1))
    for row in rows["rows"]:
        table.add_row(*("" if row[name] is None else escape(str(row[name])[:40]) for name in filled))
    console.print(table)
    for problem in rows["problems"][:10]:
        console.print(f"  [yellow]–[/] {problem['number']} {escape(problem['column'])}: {escape(problem['sentence'])}")
