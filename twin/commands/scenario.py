"""``twin scenario``: begin, edit, compare and list scenarios."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import geopandas
import pandas as pd
from rich.console import Console
from rich.table import Table

from twin.command import Command, Session, command, option
from twin.command_group import Group
from twin.errors import ScenarioError
from twin.language import Text, language
from twin.layer import CRS
from twin.number import written
from twin.scenario import drafting
from twin.scenario.comparison import Comparison, compare
from twin.scenario.edit import ROOFS
from twin.scenario.scenario import delete, undo

SHOWN = 30
"""Rows of a comparison that people see; ``--json`` gives all."""

_KEY = 20

NAME = click.argument("name", metavar="NAME")

_NO_FILE = Text("{file} ist keine Vektordatei: {problem}", "{file} is no vector file: {problem}")
_NO_SHAPE = Text("{file}: Zeile {row} hat keine Geometrie.", "{file}: row {row} has no geometry.")
_NO_NUMBER = Text(
    "{file}: Zeile {row}, {column}: erwartet eine Zahl, gefunden {found}.",
    "{file}: row {row}, {column}: expected a number, found {found}.",
)
_NO_CRS = Text("{file} nennt kein Koordinatenreferenzsystem.", "{file} names no coordinate reference system.")


@command(
    "new",
    text=Text("Ein Szenario auf einem Stand der Tabellen beginnen.", "Begin a scenario on a moment."),
    reports=True,
)
@NAME
@option("--title", default="", text=Text("Name für Menschen.", "Name for people."))
@option(
    "--at", default=None, text=Text("Zeitpunkt oder Lieferung [Vorgabe: jetzt].", "Time or delivery [default: now].")
)
@click.pass_obj
def new(session: Session, name: str, title: str, at: str | None) -> None:
    """Begin a scenario."""
    with session.open() as twin:
        found = drafting.begin(twin, name, title, at)
    data = {"scenario": found.name, "title": found.title, "at": found.at, "schema": found.schema}
    text = Text(
        f"Szenario {name} begonnen; Tabellen: {found.schema}.building …",
        f"Scenario {name} begun; tables: {found.schema}.building …",
    )
    session.report(data, lambda console: console.print(str(text), markup=False))


@command(
    "add",
    text=Text(
        "Gebäude hinzufügen, eines als WKT oder viele aus einer Datei.",
        "Add buildings, one as WKT or many from a file.",
    ),
    examples=(
        'twin scenario add field --wkt "POLYGON ((…))" --storeys 2 --roof gable',
        "twin scenario add field --file houses.geojson",
    ),
    reports=True,
)
@NAME
@option("--wkt", default=None, text=Text("Grundriss als WKT in EPSG:25832.", "Footprint as WKT in EPSG:25832."))
@option(
    "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
    text=Text(
        "Vektordatei mit Grundrissen; Spalten storeys, height, roof, function_code gehen vor.",
        "Vector file of footprints; columns storeys, height, roof, function_code win over the options.",
    ),
)  # fmt: skip
@option("--storeys", type=int, default=None, text=Text("Geschosse.", "Storeys."))
@option(
    "--height", type=float, default=None, text=Text("Höhe bis zur Traufe in Metern.", "Height to the eaves in metres.")
)
@option("--roof", type=click.Choice(list(ROOFS)), default="gable", show_default=True, text=Text("Dachform.", "Roof."))
@option(
    "--function",
    "function_code",
    default="31001_1010",
    show_default=True,
    text=Text("Nutzungsschlüssel.", "Function code."),
)
@option("--ags", default="", text=Text("Gemeinde, wo Grenzen fehlen.", "Municipality, where borders are missing."))
@click.pass_obj
def add(session: Session, /, name: str, wkt: str | None, file: Path | None, **settings: Any) -> None:
    """Add buildings."""
    if (wkt is None) == (file is None):
        raise click.UsageError(str(Text("Bitte --wkt oder --file angeben.", "Please give --wkt or --file.")))
    news = [drafting.NewBuilding(wkt, **settings)] if wkt is not None else _from_file(name, file, settings)
    with session.open() as twin:
        ids = drafting.add(twin, name, news)
    text = Text(f"{len(ids)} Gebäude hinzugefügt.", f"{len(ids)} buildings added.")
    session.report({"scenario": name, "added": ids}, lambda console: console.print(str(text)))


@command("remove", text=Text("Gebäude abreißen.", "Tear buildings down."), reports=True)
@NAME
@click.argument("building_id", nargs=-1, required=True)
@click.pass_obj
def remove(session: Session, name: str, building_id: tuple[str, ...]) -> None:
    """Tear buildings down."""
    with session.open() as twin:
        drafting.remove(twin, name, building_id)
    text = Text(f"{len(building_id)} Gebäude entfallen.", f"{len(building_id)} buildings removed.")
    session.report({"scenario": name, "removed": list(building_id)}, lambda console: console.print(str(text)))


@command(
    "change",
    text=Text("Angaben eines Gebäudes ändern.", "Change attributes of a building."),
    examples=("twin scenario change field DENW… storeys_above_ground=3 function_code=31001_1010",),
    reports=True,
)
@NAME
@click.argument("building_id")
@click.argument("assignment", nargs=-1, required=True)
@click.pass_obj
def change(session: Session, name: str, building_id: str, assignment: tuple[str, ...]) -> None:
    """Set attributes of a building."""
    if wrong := [word for word in assignment if "=" not in word]:
        raise click.UsageError(
            str(Text(f"Erwartet SPALTE=WERT, gefunden {wrong[0]}.", f"Expected COLUMN=VALUE, found {wrong[0]}."))
        )
    values = dict(word.split("=", 1) for word in assignment)
    with session.open() as twin:
        drafting.change(twin, name, building_id, values)
    text = Text(f"{building_id}: {len(values)} Angaben geändert.", f"{building_id}: {len(values)} attributes changed.")
    session.report(
        {"scenario": name, "changed": {building_id: values}}, lambda console: console.print(str(text), markup=False)
    )


@command("undo", text=Text("Eine Bearbeitung zurücknehmen.", "Take one edit back."))
@NAME
@click.argument("place", type=int)
@click.pass_obj
def take_back(session: Session, name: str, place: int) -> None:
    """Take one edit back."""
    with session.open() as twin:
        drafting.scenario(twin, name)
        undo(twin.registry, name, place)


@command("delete", text=Text("Ein Szenario mit allen Bearbeitungen löschen.", "Delete a scenario with all its edits."))
@NAME
@click.pass_obj
def remove_scenario(session: Session, name: str) -> None:
    """Delete a scenario."""
    with session.open() as twin:
        delete(twin.registry, name)


@command("list", text=Text("Szenarien und ihre Bearbeitungen zeigen.", "Show scenarios and their edits."), reports=True)
@click.pass_obj
def listing(session: Session) -> None:
    """Show scenarios."""
    with session.open() as twin:
        found = drafting.scenarios(twin)
    data = [
        {
            "name": scenario.name, "title": scenario.title, "at": scenario.at,
            "edits": [{"place": entry.seq, "kind": entry.kind, "ags": entry.ags} for entry in scenario.edits],
        }
        for scenario in found
    ]  # fmt: skip

    def render(console: Console) -> None:
        titles = (Text("Name", "Name"), Text("Titel", "Title"), Text("Stand", "Moment"), Text("Bearbeitungen", "Edits"))
        table = Table(*map(str, titles))
        for scenario in found:
            table.add_row(scenario.name, scenario.title, scenario.at[:19], str(len(scenario.edits)))
        console.print(table)

    session.report({"scenarios": data}, render)


@command(
    "compare",
    text=Text("Einen Indikator im Szenario mit dem Bestand vergleichen.", "Compare an indicator with the stock."),
    examples=("twin scenario compare field --indicator density",),
    reports=True,
)
@NAME
@option("--indicator", default="density", show_default=True, text=Text("Indikator.", "Indicator."))
@click.pass_obj
def comparing(session: Session, name: str, indicator: str) -> None:
    """Compare an indicator."""
    with session.open() as twin:
        found = compare(twin, name, indicator)
    data = {"scenario": name, "indicator": indicator, "changed": len(found.rows), "rows": found.rows}
    session.report(data, lambda console: _print(console, found))


def _print(console: Console, found: Comparison) -> None:
    shown = [column for column in found.indicator.columns if column.type == "DOUBLE" and "_" not in column.name]
    columns = [column.name for column in shown]
    table = Table()
    table.add_column(str(found.indicator.title), overflow="fold", min_width=_KEY)
    for column in shown:
        table.add_column(str(column.title))
    for row in found.rows[:SHOWN]:
        table.add_row(str(next(iter(row.values()))), *(_change(row, column) for column in columns))
    console.print(table)
    text = Text(f"{len(found.rows)} Zeilen ändern sich.", f"{len(found.rows)} rows change.")
    console.print(f"{text} {found.indicator.description}", markup=False)


def _change(row: Mapping[str, Any], column: str) -> str:
    """A figure before and after; below it its band, where it has one."""
    change = " → ".join(_figure(row[f"{column}_{when}"]) for when in ("before", "after"))
    if f"{column}_low_before" not in row:
        return change
    bands = " → ".join(_band(row[f"{column}_low_{when}"], row[f"{column}_high_{when}"]) for when in ("before", "after"))
    return f"{change}\n[dim]{bands}[/]"


def _band(low: float | None, high: float | None) -> str:
    return _figure(None) if low is None or high is None else f"{_figure(low)}–{_figure(high)}"


def _figure(value: float | None) -> str:
    return "?" if value is None else written(float(value), language())


def _from_file(name: str, file: Path | None, settings: dict[str, Any]) -> list[drafting.NewBuilding]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on columns that are not ours
            frame = geopandas.read_file(file)
    except Exception as problem:
        raise ScenarioError(scenario=name, problem=_NO_FILE.filled(file=file, problem=problem)) from None
    if frame.crs is None:
        raise ScenarioError(scenario=name, problem=_NO_CRS.filled(file=file))
    frame = frame.to_crs(CRS)
    own = [column for column in ("storeys", "height", "roof", "function_code") if column in frame.columns]
    news = []
    for number, row in enumerate(frame.itertuples(), 1):
        if row.geometry is None:
            raise ScenarioError(scenario=name, problem=_NO_SHAPE.filled(file=file, row=number))
        values = {column: value for column in own if not pd.isna(value := getattr(row, column))}
        for column, kind in (("storeys", int), ("height", float)):
            try:
                values |= {column: kind(values[column])} if column in values else {}
            except ValueError:
                wrong = _NO_NUMBER.filled(file=file, row=number, column=column, found=values[column])
                raise ScenarioError(scenario=name, problem=wrong) from None
        news.append(drafting.NewBuilding(row.geometry.wkt, **{**settings, **values}))
    return news


COMMANDS: tuple[Command, ...] = (new, add, remove, change, take_back, remove_scenario, listing, comparing)

COMMAND = Group(
    "scenario",
    text=Text(
        "Szenarien: was wäre, wenn gebaut, abgerissen, geändert würde. "
        "Jede Abfrage läuft unverändert auf scenario_NAME.building.",
        "Scenarios: what if something were built, torn down, changed. "
        "Any query runs unchanged on scenario_NAME.building.",
    ),
    commands=COMMANDS,
    examples=("twin scenario new field --title 'Am Hellweg'", "twin scenario compare field"),
)
