"""Place: coordinates that lie where the store's CRS has none of ours."""

from __future__ import annotations

import numpy as np
import shapely

from ingest.check import Check, Problem
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

EASTINGS, NORTHINGS = (-1_000_000.0, 2_000_000.0), (4_000_000.0, 8_000_000.0)
"""Where an easting and a northing of Central Europe lie, in UTM zone 32. [m]"""

_NULL = 0.5
"""About the origin: what lies within is no place but a zero. [m]"""

PROBLEMS = {
    "null": Problem(
        "error",
        Text("Lage am Nullpunkt", "Position at the origin"),
        Text(
            "Erwartet eine Lage im Kreis, gefunden den Nullpunkt (0, 0).",
            "Expected a position in the district, found (0, 0).",
        ),
        Text(
            "Koordinaten nachtragen; 0 steht meist für „unbekannt“.",
            "Add the coordinates; 0 mostly stands for “unknown”.",
        ),
    ),
    "swapped_axes": Problem(
        "error",
        Text("Ost- und Nordwert vertauscht", "Easting and northing swapped"),
        Text(
            "Erwartet Ostwert vor Nordwert, gefunden {east} vor {north}.",
            "Expected the easting before the northing, found {east} before {north}.",
        ),
        Text("Die beiden Spalten oder Achsen der Datei vertauschen.", "Swap the two columns or axes of the file."),
    ),
    "abroad": Problem(
        "warning",
        Text("Weit außerhalb Mitteleuropas", "Far outside Central Europe"),
        Text(
            "Erwartet eine Lage in Mitteleuropa, gefunden Ost {east}, Nord {north}.",
            "Expected a position in Central Europe, found east {east}, north {north}.",
        ),
        Text(
            "Das Koordinatenreferenzsystem der Datei prüfen und mit --crs nennen; fehlende Ziffern nachtragen.",
            "See which coordinate reference system the file is in and name it with --crs; add digits that are missing.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    west, south, east, north = shapely.bounds(sheet.geometry).T
    x, y = (west + east) / 2, (south + north) / 2
    there = np.isfinite(x) & np.isfinite(y)
    inside = _within(west, EASTINGS) & _within(east, EASTINGS) & _within(south, NORTHINGS) & _within(north, NORTHINGS)
    lost = there & ~inside
    if not lost.any():
        return
    null = lost & (np.abs([west, south, east, north]).max(axis=0) < _NULL)
    swapped = lost & ~null & _within(y, EASTINGS) & _within(x, NORTHINGS)
    sheet.find("null", null)
    sheet.find("swapped_axes", swapped, east=x, north=y)
    sheet.find("abroad", lost & ~null & ~swapped, east=x, north=y)


def _within(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    found: np.ndarray = (values > limits[0]) & (values < limits[1])
    return found


def _applies(layer: Layer) -> bool:
    return bool(layer.geometry) and layer.placement == "feature" and not layer.consent


CHECK = Check("place", Text("Lage", "Place"), PROBLEMS, _run, _applies, order=20)
