"""``twin export``: write tables in an exchange format."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
from rich.markup import escape

from twin.command import Session, command, option
from twin.consent import Principal
from twin.discovery import discover, find
from twin.errors import Unreachable
from twin.export.declaration import Export, Parts, Selection
from twin.language import Text
from twin.number import grouped

if TYPE_CHECKING:
    from twin import Twin

_ABOUT = Text(
    "Sensoren und Messwerte in einem Austauschformat ausgeben. Es strömt: auch ein Jahr vieler Sensoren braucht kaum "
    "Speicher.",
    "Write sensors and readings in an exchange format. It streams: a year of many sensors takes hardly any memory.",
)
_EXAMPLES = (
    "twin export sensorthings --out sensors.json --ags 05974040",
    "twin export sensorthings --out year/ --since 2026-01-01 --until 2027-01-01 --as public",
)
_OUT = Text(
    "Datei, Ordner (dann in Teilen, die sich wieder einlesen lassen) oder - für die Standardausgabe.",
    "File, folder (in parts then, that can be read again) or - for standard output.",
)
_AGS = Text("Nur diese Gemeinde (oder der Kreis).", "Only this municipality (or the district).")
_SENSOR = Text("Nur dieser Sensor; mehrfach erlaubt.", "Only this sensor; may be repeated.")
_SINCE = Text("Messwerte ab dieser Zeit (ISO 8601, UTC).", "Readings from this time on (ISO 8601, UTC).")
_UNTIL = Text("Messwerte vor dieser Zeit (ISO 8601, UTC).", "Readings before this time (ISO 8601, UTC).")
_AS = Text(
    "Für wen: public (nur offene Daten), county (auch kreisweite) oder operator (alles).",
    "For whom: public (open data only), county (also what is shared within the district) or operator (all).",
)
_WRITTEN = Text(
    "{sensors} Sensoren und {readings} Messwerte geschrieben: {out}",
    "{sensors} sensors and {readings} readings written: {out}",
)
_NO_TIME = Text("„{found}“ ist keine Zeit nach ISO 8601", "“{found}” is no time of ISO 8601")
_UNKNOWN = Text("„{name}“ gibt es nicht; bekannt: {known}", "there is no “{name}”; known: {known}")
_PART = 200_000
"""Readings of a part: about 25 MB of JSON, which `twin ingest` reads again."""


@command("export", text=_ABOUT, examples=_EXAMPLES, reports=True)
@click.argument("kind", metavar="FORMAT")
@option("--out", "-o", required=True, metavar="FILE", text=_OUT)
@option("--ags", default="", metavar="KEY", text=_AGS)
@option("--sensor", "sensors", multiple=True, metavar="ID", text=_SENSOR)
@option("--since", metavar="TIME", text=_SINCE)
@option("--until", metavar="TIME", text=_UNTIL)
@option("--as", "whose", type=click.Choice(["public", "county", "operator"]), default="operator", text=_AS)
@click.pass_obj
def COMMAND(  # noqa: N802 – discovery's word
    session: Session,
    *,
    kind: str,
    out: str,
    ags: str,
    sensors: tuple[str, ...],
    since: str | None,
    until: str | None,
    whose: str,
) -> None:
    """Write tables in an exchange format."""
    export = _format(kind)
    folder = out != "-" and (out.endswith("/") or Path(out).is_dir())
    selection = Selection(ags, sensors, _moment(since), _moment(until), _PART if folder else 0)
    with session.open() as twin:
        if whose != "operator":
            with _seen_by(twin, whose) as seen:
                counts = export.write(seen, selection, _parts(out, folder, export))
        else:
            counts = export.write(twin, selection, _parts(out, folder, export))
    _report(session, export, out, counts)


def _report(session: Session, export: Export, out: str, counts: Counter[str]) -> None:
    if out == "-":
        return  # standard output is the export
    written = {layer: counts[layer] for layer in export.layers}
    sentence = _WRITTEN.format(
        sensors=grouped(counts["sensor"]), readings=grouped(counts["observation"]), out=escape(out)
    )
    session.report(
        {"format": export.name, "out": out, "written": written}, lambda console: console.print(sentence), remark=True
    )


def _format(kind: str) -> Export:
    names = {name.replace("_", ""): name for name in discover("EXPORT")}
    name = names.get(kind.lower().replace("_", ""))
    if name is None:
        raise click.UsageError(_UNKNOWN.format(name=kind[:60], known=", ".join(sorted(names.values()))))
    found: Export = find("EXPORT", name)
    return found


def _moment(words: str | None) -> datetime | None:
    if words is None:
        return None
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise click.UsageError(_NO_TIME.format(found=words[:60])) from None
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)


@contextmanager
def _seen_by(twin: Twin, whose: str) -> Iterator[Twin]:
    import twin as door  # noqa: PLC0415 – help and wrong usage answer without loading the database

    principal = Principal.public() if whose == "public" else Principal.county()
    with door.open(twin.home.path, principal=principal) as seen:
        yield seen


def _parts(out: str, folder: bool, export: Export) -> Parts:
    @contextmanager
    def part(number: int) -> Iterator[IO[bytes]]:
        if out == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        path = Path(out)
        if folder:
            path = path / f"{re.sub(r'[^a-z]', '', export.name)}-{number:05}{export.suffix}"
        draft = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb", buffering=1 << 20) as file:
                yield file
            draft.replace(path)
        except OSError as problem:
            raise Unreachable(file=str(path), found=problem.strerror or str(problem)) from problem
        finally:
            draft.unlink(missing_ok=True)

    return part
