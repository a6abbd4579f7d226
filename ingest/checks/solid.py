"""Solids: shells that are open, and volumes that contradict footprint and height."""

from __future__ import annotations

import numpy as np

from ingest.check import Check, Problem
from ingest.plausibility import settings
from ingest.sheet import Mask, Sheet
from twin.language import Text
from twin.layer import Layer

_NEEDED = ("volume", "closed", "footprint_area", "measured_height", "lod")
_KINDS = {"wall": Text("Wand", "wall"), "roof": Text("Dach", "roof"), "ground": Text("Boden", "ground")}

PROBLEMS = {
    "open": Problem(
        "warning",
        Text("Hülle offen, kein Volumen", "Open shell, no volume"),
        Text(
            "Die Hülle ist offen ({missing}) und war nicht zu schließen; das Volumen bleibt leer.",
            "The shell is open ({missing}) and could not be closed; the volume stays empty.",
        ),
        Text(
            "Die fehlenden Flächen beim Hersteller des Modells ergänzen lassen.",
            "Let whoever makes the model add the surfaces that are missing.",
        ),
    ),
    "closed_by_us": Problem(
        "notice",
        Text("Offene Hülle eben geschlossen", "Open shell closed by flat faces"),
        Text(
            "Der Hülle fehlen Flächen ({missing}); für das Volumen eben geschlossen.",
            "The shell lacks surfaces ({missing}); closed by flat faces for its volume.",
        ),
        Text("Nichts zu tun; das Volumen ist eine Näherung.", "Nothing to do; the volume is an approximation."),
    ),
    "inverted": Problem(
        "notice",
        Text("Hülle nach innen gekehrt", "Shell facing inward"),
        Text(
            "Die Flächen der Hülle zeigten ganz oder in Teilen nach innen; sie wurden gewendet.",
            "Faces of the shell looked inward, wholly or in part; they were turned.",
        ),
        Text(
            "Nichts zu tun; der Hersteller des Modells kann die Reihenfolge der Eckpunkte berichtigen.",
            "Nothing to do; whoever makes the model can put the order of the corners right.",
        ),
    ),
    "volume_contradicts": Problem(
        "warning",
        Text("Volumen widerspricht Grundfläche und Höhe", "Volume contradicts footprint and height"),
        Text(
            "Volumen {volume} m³, erwartet {least} bis {most} m³ nach Grundfläche {area} m² und Höhe {height} m.",
            "Volume {volume} m³, expected {least} to {most} m³ from footprint {area} m² and height {height} m.",
        ),
        Text(
            "Hülle auf innere, doppelte oder verdrehte Flächen und die Höhe auf Ausreißer prüfen.",
            "See whether the shell has inner, doubled or turned surfaces, and whether the height is an outlier.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    volume, area, height = (sheet.numbers(name) for name in ("volume", "footprint_area", "measured_height"))
    # Footprints (LoD 0) have no shell.
    bodies = sheet.numbers("lod") >= 1
    if not bodies.any():
        return
    closed: Mask = sheet.column("closed").fill_null(True).to_numpy(zero_copy_only=False)
    if (bodies & ~closed).any():
        lacking = [_words(value) for value in sheet.column("missing_surfaces").to_pylist()]
        sheet.find("open", bodies & ~closed & np.isnan(volume), missing=lacking)
        sheet.find("closed_by_us", bodies & ~closed & ~np.isnan(volume), missing=lacking)
    rule = settings()["shell"]
    block = area * height
    with np.errstate(invalid="ignore"):
        wrong = bodies & (block > 0) & ((volume < rule["least"] * block) | (volume > rule["most"] * block))
    if wrong.any():
        sheet.find(
            "volume_contradicts",
            wrong,
            volume=np.round(volume, 1),
            least=np.round(rule["least"] * block),
            most=np.round(rule["most"] * block),
            area=np.round(area, 1),
            height=np.round(height, 1),
        )


def _words(missing: str | None) -> Text:
    kinds = [_KINDS[kind] for kind in (missing or "").split(",") if kind in _KINDS]
    return Text(", ".join(kind.de for kind in kinds) or "Lücke", ", ".join(kind.en for kind in kinds) or "a gap")


def _applies(layer: Layer) -> bool:
    return {*_NEEDED, "missing_surfaces"} <= {column.name for column in layer.columns}


CHECK = Check("solid", Text("Körper", "Solids"), PROBLEMS, _run, _applies)
