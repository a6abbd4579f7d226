"""Plausibility: values beyond what there is in Germany, and areas that contradict the register."""

from __future__ import annotations

import numpy as np
import shapely

from ingest.check import Check, Problem
from ingest.plausibility import is_year, limits, settings, unit
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

PROBLEMS = {
    "value": Problem(
        "warning",
        Text("Unwahrscheinlicher Wert", "Implausible value"),
        Text(
            "{column}: erwartet {expected}, gefunden {value} {unit}.",
            "{column}: expected {expected}, found {value} {unit}.",
        ),
        Text(
            "Den Wert in der Quelle prüfen; oft fehlt ein Dezimalkomma, oder die Einheit ist eine andere.",
            "Look at the value in its source; often a decimal sign is missing, or the unit is another.",
        ),
    ),
    "year": Problem(
        "warning",
        Text("Unwahrscheinliches Jahr", "Implausible year"),
        Text("{column}: erwartet {expected}, gefunden {value}.", "{column}: expected {expected}, found {value}."),
        Text("Das Jahr in der Quelle prüfen.", "Look at the year in its source."),
    ),
    "register_area": Problem(
        "warning",
        Text("Fläche widerspricht dem Register", "Area contradicts the register"),
        Text(
            "Amtliche Fläche {official} m², gezeichnet sind {drawn} m²: {difference} m² mehr als Rundung und "
            "Vermessung erklären.",
            "Official area {official} m², drawn are {drawn} m²: {difference} m² more than rounding and surveying "
            "explain.",
        ),
        Text(
            "Umring und Buchfläche beim Katasteramt prüfen lassen; für Kennzahlen die amtliche Fläche verwenden.",
            "Let the cadastral office look at outline and registered area; use the official area for figures.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    for name, limit in limits(sheet.layer, sheet.today.year).items():
        column = sheet.layer.column(name)
        values = sheet.numbers(name)
        wrong = limit.beyond(values)
        if not wrong.any():
            continue
        said = {"column": column.title, "expected": limit.text(column)}
        if is_year(column):
            sheet.find("year", wrong, value=[f"{value:.0f}" for value in values], **said)
        else:
            sheet.find("value", wrong, value=values, unit=unit(column), **said)
    _register(sheet)


def _register(sheet: Sheet) -> None:
    rule = settings()["register"]
    if sheet.layer.geometry != "polygon" or not sheet.has(rule["column"]):
        return
    official, drawn = sheet.numbers(rule["column"]), shapely.area(sheet.geometry)
    allowed = rule["rounding"] + rule["by_root"] * np.sqrt(np.abs(official)) + rule["by_area"] * np.abs(official)
    difference = np.abs(drawn - official)
    with np.errstate(invalid="ignore"):
        wrong = (official > 0) & (drawn > 0) & (difference > allowed)
    if wrong.any():
        shown = {"official": np.round(official, 1), "drawn": np.round(drawn, 1)}
        sheet.find("register_area", wrong, difference=np.round(difference - allowed, 1), **shown)


def _applies(layer: Layer) -> bool:
    return bool(limits(layer, 2000)) or any(column.name == settings()["register"]["column"] for column in layer.columns)


CHECK = Check("plausibility", Text("Plausibilität", "Plausibility"), PROBLEMS, _run, _applies)
