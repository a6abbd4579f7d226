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

EARTH = 2e7
"""No easting and no northing is larger, on whichever side of the Earth. [m]"""

LARGEST = 150_000.0
"""No feature of a municipality is wider. [m]"""

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
    "vast": Problem(
        "error",
        Text("Größer als ein Kreis", "Larger than a district"),
        Text(
            "Erwartet höchstens {most} km Ausdehnung, gefunden {found} km.",
            "Expected an extent of {most} km at most, found {found} km.",
        ),
        Text(
            "Verirrte Stützpunkte berichtigen; meist fehlt einer Koordinate eine Ziffer.",
            "Mend stray points; mostly a coordinate lacks a digit.",
        ),
    ),
    "nowhere": Problem(
        "error",
        Text("Nicht auf der Erde", "Not on the Earth"),
        Text(
            "Erwartet eine Lage im Kreis, gefunden Ost {east}, Nord {north}.",
            "Expected a position in the district, found east {east}, north {north}.",
        ),
        Text(
            "Koordinaten und Koordinatenreferenzsystem der Datei prüfen.",
            "See to the coordinates and to the coordinate reference system of the file.",
        ),
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
    x, y = west / 2 + east / 2, south / 2 + north / 2
    there = np.isfinite(x) & np.isfinite(y)
    inside = _within(west, EASTINGS) & _within(east, EASTINGS) & _within(south, NORTHINGS) & _within(north, NORTHINGS)
    lost = there & ~inside
    nowhere = there & (np.abs([west, south, east, north]).max(axis=0) > EARTH)
    sheet.find("nowhere", nowhere, east=x, north=y)
    extent = np.maximum(east - west, north - south)
    sheet.find("vast", there & ~nowhere & (extent > LARGEST), most=LARGEST / 1000, found=np.round(extent / 1000))
    lost &= ~nowhere
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
    return bool(layer.geometry) and layer.placement == "feature"


CHECK = Check("place", Text("Lage", "Place"), PROBLEMS, _run, _applies, order=20)
