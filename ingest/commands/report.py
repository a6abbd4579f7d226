"""``twin report``: what the checks said of a delivery."""

from __future__ import annotations

from pathlib import Path

import click

from ingest.report import Report
from ingest.report_page import write_page
from ingest.stored_report import stored_report
from twin.command import Session, command, option
from twin.language import Text

_ABOUT = Text(
    "Den Bericht zu einer Lieferung zeigen: was geladen, abgewiesen, berichtigt wurde, und was zu tun ist. "
    "LIEFERUNG ist ihre Kennung, deren Anfang oder der Dateiname; ohne sie die letzte.",
    "Show the report on a delivery: what was loaded, rejected, mended, and what to do. "
    "DELIVERY is its id, the beginning of it, or the file's name; without it the last one.",
)
_EXAMPLES = (
    "twin report",
    "twin report baumkataster.csv --html bericht.html",
    "twin report 20261122T080000-7a12012ab9 --json",
)
_HTML = Text(
    "Als HTML-Seite schreiben, die ohne Netz auskommt und sich weitergeben lässt.",
    "Write an HTML page that needs no network and can be sent on.",
)


@command("report", text=_ABOUT, examples=_EXAMPLES, reports=True)
@click.argument("delivery", metavar="[DELIVERY]", default="")
@option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), text=_HTML)
@click.pass_obj
def COMMAND(session: Session, *, delivery: str, html: Path | None) -> None:  # noqa: N802 – discovery's word
    """Show the report on a delivery."""
    with session.open() as twin:
        found = stored_report(twin, delivery)
        if html is not None:
            write_page(html, found, twin)
    session.report(found.as_dict(), Report([found]).print)
