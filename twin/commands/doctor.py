"""``twin doctor``: what works on this machine, what does not, and what helps."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape

from twin.command import Session, command
from twin.health import Finding, examine
from twin.language import Text

_ABOUT = Text(
    "Prüfen, ob Programm, Maschine und Zwilling in Ordnung sind, und sagen, was hilft. Verändert nichts, außer "
    "dass es wie jedes Öffnen beendet oder wegräumt, was ein abgebrochener Lauf hinterließ.",
    "Check that program, machine and twin are in order, and say what helps. Changes nothing, but like every opening it "
    "finishes or clears away what a run that was killed left behind.",
)
_MARKS = {"ok": "[green]✓[/]", "hint": "[yellow]•[/]", "broken": "[red]✗[/]"}


@command("doctor", text=_ABOUT, examples=("twin doctor",), reports=True)
@click.pass_obj
def COMMAND(session: Session) -> int:  # noqa: N802 – discovery's word
    """Check everything; exit code 1 if something is broken."""
    findings = examine(session.home)
    session.report({"findings": [finding.as_dict() for finding in findings]}, lambda console: _show(findings, console))
    return 1 if any(finding.state == "broken" for finding in findings) else 0


def _show(findings: list[Finding], console: Console) -> None:
    for finding in findings:
        console.print(f"{_MARKS[finding.state]} {escape(str(finding.title))}: {escape(str(finding.found))}")
        if finding.remedy is not None and finding.state != "ok":
            console.print(f"    → {escape(str(finding.remedy))}")
