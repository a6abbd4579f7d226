"""Keys: malformed ones, row by row."""

from __future__ import annotations

import numpy as np

from ingest.check import Check, Problem
from ingest.sheet import Sheet
from twin.flurstueckskennzeichen import Flurstueckskennzeichen
from twin.language import Text
from twin.layer import Layer

_PARCEL = "flurstueckskennzeichen"
_AGS = r"^\s*(\d{7,8}|\d{12}|\d{2}\s?\d\s?\d{2}\s?\d{3})\s*$"
_UNFIT = r"[\x00-\x1f\x7f<>\"]|^\s|\s$"
_FORM = r"^[0-9]{6}(?:[0-9]{3}|_{3})[0-9]{5}(?:[0-9]{4}|_{4})(?:[0-9A-Z]{2}|_{2})$"
"""The 20 characters as nearly all deliveries write them: what fits needs no closer look."""

PROBLEMS = {
    "flurstueckskennzeichen": Problem(
        "warning",
        Text("Flurstückskennzeichen fehlerhaft", "Malformed Flurstückskennzeichen"),
        Text(
            "Erwartet 20 Stellen (Land, Gemarkung, Flur, Zähler, Nenner, Folge), gefunden „{value}“.",
            "Expected 20 characters (state, Gemarkung, Flur, Zähler, Nenner, Folge), found “{value}”.",
        ),
        Text(
            "Das Kennzeichen nach GeoInfoDok berichtigen; führende Nullen gehen in Tabellenprogrammen verloren.",
            "Put the key right as GeoInfoDok has it; spreadsheets lose leading zeros.",
        ),
    ),
    "ags": Problem(
        "warning",
        Text("Gemeindeschlüssel fehlerhaft", "Malformed municipality key"),
        Text(
            "Erwartet einen Gemeindeschlüssel (AGS, 8 Stellen), gefunden „{value}“; nach der Lage zugeordnet.",
            "Expected a municipality key (AGS, 8 digits), found “{value}”; placed by its position.",
        ),
        Text("Den Gemeindeschlüssel in der Quelle berichtigen.", "Put the municipality key right in its source."),
    ),
    "identifier": Problem(
        "warning",
        Text("Kennung mit unzulässigen Zeichen", "Identifier with characters it may not have"),
        Text(
            "Erwartet eine Kennung ohne Steuerzeichen und Leerraum am Rand, gefunden „{value}“.",
            "Expected an identifier without control characters and outer blanks, found “{value}”.",
        ),
        Text(
            "Die Kennung in der Quelle berichtigen, sonst wird eine neue Fassung nicht als dieselbe erkannt.",
            "Put the identifier right in its source, or a new version is not recognised as the same.",
        ),
    ),
    "missing": Problem(
        "warning",
        Text("Kennung fehlt", "Identifier missing"),
        Text("Erwartet eine Kennung ({column}), gefunden keine.", "Expected an identifier ({column}), found none."),
        Text(
            "Jedem Objekt in der Quelle eine dauerhafte Kennung geben.",
            "Give every feature a lasting identifier in its source.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    for name in sheet.layer.key:
        column = sheet.layer.column(name)
        if name == "ags" or column.type != "VARCHAR":
            continue
        values = sheet.column(name)
        gone = values.is_null().to_numpy(zero_copy_only=False)
        sheet.find("missing", gone, column=column.title)
        if name != _PARCEL:
            unfit = sheet.matching(name, _UNFIT)
            if unfit.any():
                sheet.find("identifier", unfit, value=_shown(values))
    if sheet.has(_PARCEL):
        _parcels(sheet)
    if sheet.has("ags"):
        given = sheet.column("ags").is_valid().to_numpy(zero_copy_only=False)
        wrong = given & ~sheet.matching("ags", _AGS) & ~sheet.matching("ags", r"^\s*$")
        if wrong.any():
            sheet.find("ags", wrong, value=_shown(sheet.column("ags")))


def _parcels(sheet: Sheet) -> None:
    values = sheet.column(_PARCEL)
    odd = np.flatnonzero(~sheet.matching(_PARCEL, _FORM) & values.is_valid().to_numpy(zero_copy_only=False))
    wrong = odd[[not Flurstueckskennzeichen.check(values[row].as_py()) for row in odd.tolist()]] if len(odd) else odd
    if len(wrong):
        sheet.find("flurstueckskennzeichen", wrong, value=_shown(values))


def _shown(values: object) -> list[str]:
    return [repr(str(value or ""))[1:-1][:40] for value in values.to_pylist()]  # type: ignore[attr-defined]


def _applies(layer: Layer) -> bool:
    return layer.placement == "feature" and not layer.consent


CHECK = Check("keys", Text("Kennungen", "Keys"), PROBLEMS, _run, _applies)
