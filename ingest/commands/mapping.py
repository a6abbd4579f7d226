"""``twin mapping``: propose, keep, show and forget how tables are read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.mapping.display import Shown, show
from ingest.mapping.mapping import Mapping
from ingest.mapping.previewing import Preview, preview
from ingest.mapping.proposal import Proposal
from ingest.mapping.proposing import propose_all
from ingest.mapping.saved import load, save
from twin.command import Command, Session, command, option
from twin.command_group import Group
from twin.discovery import find
from twin.errors import UnknownName
from twin.language import Text

if TYPE_CHECKING:
    from ingest.mapping.crs_guess import Box
    from twin import Twin

_OWNER = Text(
    "Gemeinde, mit der die Zuordnung gespeichert ist [Vorgabe: der Kreis; sie gilt dann für alle].",
    "Municipality that the mapping is kept with [default: the district; it then serves all].",
)
_SET = Text(
    "Korrektur, mehrfach möglich: spalte=Quelle, spalte=Quelle*0.001, spalte='Quelle - Andere', spalte:=fester Wert, "
    "spalte= (weglassen), geom=X,Y, key=Quelle.",
    "Correction, may be repeated: column=Source, column=Source*0.001, column='Source - Other', column:=constant, "
    "column= (leave out), geom=X,Y, key=Source.",
)
_BAD_SET = Text("„{word}“: erwartet spalte=Quelle", "“{word}”: expected column=Source")
_FORGOTTEN = Text("Zuordnung „{name}“ von {ags} gelöscht.", "Mapping “{name}” of {ags} forgotten.")
_TABLE = Text("Tabelle oder Ebene der Datei, wo sie mehrere hat.", "Table or layer of the file, where it has several.")
_SEVERAL = Text(
    "Die Datei hat mehrere Tabellen: bitte eine nennen (--table {names}).",
    "The file has several tables: please name one (--table {names}).",
)
_NONE = Text("Keine Zuordnungen gespeichert.", "No mappings are kept.")
_DIFFERENCE = re.compile(r"(?P<source>.+?) - (?P<minus>.+)")
_FACTOR = re.compile(r"(?P<source>.+?)\s*\*\s*(?P<factor>[-+]?\d+(?:\.\d+)?(?:e-?\d+)?)")


@command(
    "propose",
    text=Text(
        "Eine Zuordnung vorschlagen: Ebene, Schlüssel, CRS, Spalten und Einheiten nach dem Inhalt der Datei.",
        "Propose a mapping: layer, key, CRS, columns and units, by the content of the file.",
    ),
    examples=(
        "twin mapping propose leitungen.gpkg",
        "twin mapping propose wasser.csv --layer utility_line --set depth=TIEFE*0.01 --set medium:=water --save wasser",
    ),
    reports=True,
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--layer", default="", metavar="LAYER", text=Text("Ebene, statt sie zu erkennen.", "Layer, instead of finding out.")
)
@option("--table", default="", metavar="NAME", text=_TABLE)
@option("--crs", default="", metavar="EPSG:…", text=Text("CRS der Koordinaten.", "CRS of the coordinates."))
@option("--set", "corrections", multiple=True, metavar="COLUMN=SOURCE", text=_SET)
@option(
    "--rows",
    default=5,
    type=click.IntRange(0, 1000),
    metavar="N",
    text=Text("Zeilen der Vorschau [5].", "Rows of the preview [5]."),
)
@option(
    "--save", "name", default="", metavar="NAME", text=Text("Unter diesem Namen speichern.", "Keep it under this name.")
)
@option("--ags", default="", metavar="KEY", text=_OWNER)
@click.pass_obj
def propose_command(
    session: Session,
    *,
    file: Path,
    layer: str,
    table: str,
    crs: str,
    corrections: tuple[str, ...],
    rows: int,
    name: str,
    ags: str,
) -> None:
    """Propose, correct, show and keep."""
    found = propose_all(file, layer=layer, table=table, near=_near(session))
    if len(found) > 1 and (name or corrections):
        found = [one for one in found if one.layer]
        if not found or (corrections and len(found) > 1):
            raise click.UsageError(_SEVERAL.format(names=" | ".join(one.table for one in found)))
    given = _corrections(corrections, crs)
    shown: list[Shown] = []
    for proposal in found:
        mapping = proposal.corrected(given, name) if proposal.layer else None
        sight = (
            preview(file, mapping, rows, crs=crs)
            if mapping is not None and rows and _can_place(proposal, mapping)
            else None
        )
        shown.append((proposal, mapping, sight))
    names = [name] if len(shown) == 1 else [f"{name} {one.table}" for one, _, _ in shown]
    if name:
        with session.open() as twin:
            for own, (proposal, mapping, _) in zip(names, shown, strict=True):
                save(twin, replace(mapping or proposal.mapping(own), name=own), ags)
            ags = ags or twin.district
    data = [_as_dict(*one) for one in shown]
    session.report(
        data[0] if len(data) == 1 else data, lambda console: show(shown, names if name else [], ags, console)
    )


@command("list", text=Text("Gespeicherte Zuordnungen nennen.", "List the mappings that are kept."), reports=True)
@option("--ags", default="", metavar="KEY", text=Text("Nur die einer Gemeinde.", "Only those of a municipality."))
@click.pass_obj
def list_command(session: Session, *, ags: str) -> None:
    """List mappings."""
    with session.open() as twin:
        found = twin.mappings(ags)
    data = [
        {"ags": one.ags, "name": one.name, "layer": one.layer, "saved_at": one.saved_at, "saved_by": one.saved_by}
        for one in found
    ]

    def show(console: Console) -> None:
        if not data:
            console.print(str(_NONE))
            return
        table = Table("AGS", "Name", str(Text("Ebene", "Layer")), str(Text("gespeichert", "kept")), box=None)
        for one in data:
            table.add_row(*(escape(one[word]) for word in ("ags", "name", "layer")), one["saved_at"][:16])
        console.print(table)

    session.report({"mappings": data}, show)


@command(
    "show",
    text=Text(
        "Eine Zuordnung als JSON zeigen; so nimmt sie 'twin ingest --mapping DATEI.json'.",
        "Show a mapping as JSON, as 'twin ingest --mapping FILE.json' takes it.",
    ),
    reports=True,
)
@click.argument("name", metavar="NAME")
@option("--ags", default="", metavar="KEY", text=_OWNER)
@click.pass_obj
def show_command(session: Session, *, name: str, ags: str) -> None:
    """Show one mapping."""
    with session.open() as twin:
        content = _one(twin, name, ags)[1].as_dict()
    session.report(content, lambda console: console.print_json(data=content))


@command(
    "forget", text=Text("Eine Zuordnung löschen; die Daten bleiben.", "Forget a mapping; the data stays."), reports=True
)
@click.argument("name", metavar="NAME")
@option("--ags", default="", metavar="KEY", text=_OWNER)
@click.pass_obj
def forget_command(session: Session, *, name: str, ags: str) -> None:
    """Forget one mapping."""
    with session.open() as twin:
        twin.forget_mapping(ags or twin.district, name)
        owner = ags or twin.district
    found = {"ags": owner, "name": name}
    session.report(found, lambda console: console.print(_FORGOTTEN.format(**found), markup=False), remark=True)


def _one(twin: Twin, name: str, ags: str) -> tuple[str, Mapping]:
    known = load(twin, ags)
    for owner, mapping in known:
        if mapping.name == name:
            return owner, mapping
    raise UnknownName(kind="mapping", name=name, known=", ".join(mapping.name for _, mapping in known) or "–")


def _near(session: Session) -> Box | None:
    """Where the district lies, if there is one here and its borders are known."""
    if not (session.home / "registry.sqlite").exists():
        return None
    with session.open() as twin:
        areas = [area for area in twin.read("municipality").geometry if area is not None]
    if not areas:
        return None
    boxes = [area.bounds for area in areas]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _corrections(words: tuple[str, ...], crs: str) -> dict[str, Any]:
    """What ``--set`` says, as `Proposal.corrected` takes it."""
    found: dict[str, Any] = {"columns": {}}
    if crs:
        found["crs"] = crs
    for word in words:
        column, sign, value = word.partition("=")
        column, value = column.strip(), value.strip()
        if not sign or not column:
            raise click.UsageError(_BAD_SET.format(word=word))
        if column.endswith(":"):
            found["columns"][column[:-1].strip()] = {"constant": _constant(value)}
        elif column == "geom":
            names = [name.strip() for name in value.split(",") if name.strip()]
            kind = {0: "none", 1: "wkt"}.get(len(names), "xy") if value != "own" else "own"
            found["geometry"] = {"kind": kind, "columns": [] if kind == "own" else names, "swapped": False}
        elif column == "key":
            found["key"] = {"columns": [name.strip() for name in value.split(",") if name.strip()]}
        else:
            found["columns"][column] = _rule(value)
    return found


def _rule(value: str) -> Any:
    if not value:
        return None
    difference = _DIFFERENCE.fullmatch(value)
    if difference:
        return {"source": difference["source"].strip(), "minus": difference["minus"].strip()}
    scaled = _FACTOR.fullmatch(value)
    return {"source": scaled["source"], "factor": float(scaled["factor"])} if scaled else value


def _constant(value: str) -> Any:
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        return int(value) if re.fullmatch(r"-?\d+", value) else float(value)
    except ValueError:
        return value


def _can_place(proposal: Proposal, mapping: Mapping) -> bool:
    layer = find("LAYER", mapping.layer)
    return not layer.geometry or mapping.geometry.kind == "none" or bool(mapping.crs) or proposal.place.known


def _as_dict(proposal: Proposal, mapping: Mapping | None, sight: Preview | None) -> dict[str, Any]:
    own = mapping.as_dict() if mapping is not None else None
    return {**proposal.as_dict(), "mapping": own, "preview": sight.as_dict() if sight is not None else None}


COMMAND: Command = Group(
    "mapping",
    text=Text(
        "Zuordnungen: wie Tabellen und Vektordateien ohne eigenes Format gelesen werden. Vorgeschlagen nach dem "
        "Inhalt, korrigiert, mit der Gemeinde gespeichert; die nächste Datei mit denselben Spalten liest 'twin ingest' "
        "von selbst.",
        "Mappings: how tables and vector files without a format of their own are read. Proposed by content, corrected, "
        "kept with the municipality; the next file with the same columns is read by 'twin ingest' by itself.",
    ),
    examples=("twin mapping propose leitungen.gpkg --save wasser --ags 05974040", "twin mapping list"),
    commands=(propose_command, list_command, show_command, forget_command),
)
