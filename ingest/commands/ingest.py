"""``twin ingest``: take in deliveries."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import click

from ingest.delivery import MAPPED
from ingest.format import Options
from ingest.job import Request, ingest
from ingest.mapping.saved import named
from ingest.report_page import page_name, write_page
from ingest.watch import Nobody, ProgressBar
from twin.command import Session, command, demand_key, option
from twin.discovery import discover
from twin.geometry.crs import reference
from twin.language import Text
from twin.provenance import LICENCES

_ABOUT = Text(
    "Lieferungen einlesen: Dateien, Ordner, Zip-Archive, URLs. Das Format wird am Inhalt erkannt. "
    "Was ohne Zustimmung ist, wird nicht gespeichert, nur gezählt. Eine Lieferung landet ganz oder gar nicht. "
    "In einem Ordner ist jede Datei eine Lieferung; Dateien in unbekanntem Format werden genannt und schaden nur, "
    "wenn gar nichts lesbar war.",
    "Take in deliveries: files, folders, zip archives, URLs. The format is recognised by content. "
    "What has no consent is not stored, only counted. A delivery lands whole or not at all. "
    "In a folder, each file is a delivery; files in unknown formats are named, and fail the run only "
    "if nothing could be read.",
)
_EXAMPLES = (
    "twin ingest lod2.zip",
    "twin ingest bestand.xml --ags 05974040",
    "twin ingest deliveries/ --dry-run --json",
    "twin ingest baeume.csv --dry-run --report berichte/",
)
_AGS = Text(
    "Gemeinde der Objekte, die weder Attribut noch Grenze zuordnet.",
    "Municipality of features that neither an attribute nor a boundary places.",
)
_CRS = Text(
    "Koordinatenreferenzsystem von Dateien, die keines nennen, etwa EPSG:25832.",
    "Coordinate reference system of files that name none, such as EPSG:25832.",
)
_FORMAT = Text("Format, statt es zu erkennen.", "Format, instead of recognising it.")
_MAPPING = Text(
    "Zuordnung, nach der Tabellen gelesen werden, statt der gespeicherten, die passt; siehe 'twin mapping'.",
    "Mapping that tables are read by, instead of the kept one that fits; see 'twin mapping'.",
)
_LICENCE = Text("Lizenz von Dateien, die keine nennen.", "Licence of files that name none.")
_WORKERS = Text("Leseprozesse [Vorgabe: einer je Kern].", "Reading processes [default: one a core].")
_REPORT = Text(
    "Je Lieferung eine HTML-Seite mit allen Befunden in diesen Ordner schreiben.",
    "Write an HTML page with all findings of each delivery into this folder.",
)
_NO_CRS = Text("kein bekanntes Koordinatenreferenzsystem", "no coordinate reference system that is known")
_NO_FORMAT = Text("bekannt sind {known}", "known are {known}")
_DRY_RUN = Text("Alles lesen und prüfen, nichts speichern.", "Read and check everything, store nothing.")


@command("ingest", text=_ABOUT, examples=_EXAMPLES, reports=True)
@click.argument("words", metavar="FILE|FOLDER|ZIP|URL …", nargs=-1, required=True)
@option("--ags", default="", metavar="KEY", text=_AGS)
@option("--crs", default="", metavar="EPSG:…", text=_CRS)
@option("--format", "format_name", default="", metavar="NAME", text=_FORMAT)
@option("--mapping", default="", metavar="NAME|FILE.json", text=_MAPPING)
@option("--licence", type=click.Choice(list(LICENCES)), metavar="KEY", text=_LICENCE)
@option("--workers", default=0, type=click.IntRange(0, 256), metavar="N", text=_WORKERS)
@option("--dry-run", is_flag=True, text=_DRY_RUN)
@option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", text=_REPORT)
@click.pass_obj
def COMMAND(  # noqa: N802 – the constant that discovery looks for
    session: Session,
    *,
    words: tuple[str, ...],
    ags: str,
    crs: str,
    format_name: str,
    mapping: str,
    licence: str | None,
    workers: int,
    dry_run: bool,
    folder: Path | None,
) -> int:
    """Take in deliveries; exit code 1 if one failed."""
    _check(ags, crs, format_name)
    request = Request(Options(crs=crs, ags=ags), format_name, licence or "", workers, dry_run)
    watched = ProgressBar(session.err) if session.shows_progress else nullcontext(Nobody())
    with session.open() as twin, watched as watch:
        if mapping:
            options = replace(request.options, mappings=(named(twin, mapping, ags),))
            request = replace(request, options=options, format=format_name or MAPPED)
        report = ingest(twin, words, request, watch)
        if folder is not None:
            for number, delivery in enumerate(report.deliveries, 1):
                write_page(folder / page_name(delivery, number), delivery, twin)
    session.report(report.as_dict(), report.print, remark=True)
    if session.quiet and not session.as_json:
        for delivery in report.deliveries:
            if delivery.error:
                click.echo(delivery.error, err=True)
    return 0 if report.succeeded else 1


def _check(ags: str, crs: str, format_name: str) -> None:
    """What can be told to be wrong before anything is read is wrong usage."""
    if ags:
        demand_key(ags, "--ags")
    if crs and reference(crs) is None:
        raise click.BadParameter(f"{_NO_CRS} ({crs})", param_hint="--crs")
    if format_name and format_name not in discover("FORMAT"):
        raise click.BadParameter(_NO_FORMAT.format(known=", ".join(discover("FORMAT"))), param_hint="--format")
