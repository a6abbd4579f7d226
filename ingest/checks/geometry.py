"""Geometry: finite, readable, with extent, and not crossing itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.check import Check, Problem
from ingest.sheet import Mask, Sheet
from twin.geometry.footprint import MENDABLE
from twin.language import Text
from twin.layer import Layer

NARROWEST = 0.01
"""Mean width below which an area is a sliver. [m]"""

SAME = 0.001
"""Share of its area that mending may change without changing what is meant. [1]"""

_SELF = "Self-intersection"

PROBLEMS = {
    "unreadable": Problem(
        "error",
        Text("Geometrie nicht lesbar", "Geometry that cannot be read"),
        Text(
            "Erwartet lesbare Geometrie (WKB), gefunden etwas anderes.",
            "Expected geometry (WKB), found something else.",
        ),
        Text("Die Datei aus der Quelle neu ausgeben.", "Export the file from its source again."),
    ),
    "not_finite": Problem(
        "error",
        Text("Koordinaten ohne Wert", "Coordinates without a value"),
        Text(
            "Erwartet endliche Koordinaten, gefunden leere oder unendliche (NaN, Inf).",
            "Expected finite coordinates, found empty or infinite ones (NaN, Inf).",
        ),
        Text(
            "Das Objekt in der Quelle neu digitalisieren oder die Datei neu ausgeben.",
            "Digitise the feature again in its source, or export the file again.",
        ),
    ),
    "empty": Problem(
        "error",
        Text("Geometrie ohne Ausdehnung", "Geometry without extent"),
        Text(
            "Erwartet eine Fläche oder Linie mit Ausdehnung, gefunden eine ohne.",
            "Expected an area or line with extent, found one without.",
        ),
        Text(
            "Das Objekt in der Quelle neu digitalisieren oder löschen.",
            "Digitise the feature again in its source, or delete it.",
        ),
    ),
    "self_intersection": Problem(
        "warning",
        Text("Umring schneidet sich selbst", "Ring that crosses itself"),
        Text(
            "Der Umring schneidet sich selbst; berichtigt, die Fläche wurde dabei von {before} m² zu {after} m².",
            "The ring crosses itself; mended, which turned the area from {before} m² to {after} m².",
        ),
        Text(
            "Den Umring an der genannten Stelle in der Quelle berichtigen.",
            "Put the ring right in its source at the place named.",
        ),
    ),
    "invalid": Problem(
        "warning",
        Text("Ungültige Fläche", "Area that is not valid"),
        Text(
            "Die Fläche ist nicht gültig ({reason}); berichtigt, sie wurde dabei von {before} m² zu {after} m².",
            "The area is not valid ({reason}); mended, which turned it from {before} m² to {after} m².",
        ),
        Text("Die Fläche in der Quelle berichtigen.", "Put the area right in its source."),
    ),
    "tangled": Problem(
        "warning",
        Text("Umring zu verworren zum Berichtigen", "Ring too tangled to be mended"),
        Text(
            "Der Umring aus {corners} Punkten ist nicht gültig und wurde nicht berichtigt.",
            "The ring of {corners} points is not valid and was not mended.",
        ),
        Text(
            "Die Fläche in der Quelle vereinfachen und berichtigen.",
            "Simplify the area and put it right in its source.",
        ),
    ),
    "sliver": Problem(
        "warning",
        Text("Splitterfläche", "Sliver"),
        Text(
            "Die Fläche von {area} m² ist im Mittel nur {width} m breit.",
            "The area of {area} m² is only {width} m wide on average.",
        ),
        Text(
            "Prüfen, ob die Fläche beim Verschneiden entstanden ist, und sie dann der Nachbarfläche zuschlagen.",
            "See whether an overlay has made the area, and join it to its neighbour if so.",
        ),
    ),
    "repeated_points": Problem(
        "notice",
        Text("Punkte doppelt hintereinander", "Points repeated one after the other"),
        Text("Doppelte Stützpunkte entfernt: {count}.", "Repeated points removed: {count}."),
        Text("Nichts zu tun; die Form bleibt gleich.", "Nothing to do; the shape stays the same."),
    ),
}


def _run(sheet: Sheet) -> None:
    geometry = sheet.geometry
    present = ~sheet.column("geom").is_null().to_numpy(zero_copy_only=False)
    lost = present & shapely.is_missing(geometry)
    sheet.find("unreadable", lost)
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    wild = np.zeros(len(sheet), bool)
    wild[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    sheet.find("not_finite", wild)
    geometry[wild] = None
    dimension = shapely.get_dimensions(geometry)
    counts = shapely.get_num_coordinates(geometry)
    extended = (dimension >= 1) & (counts > 0)
    _repeated(sheet, extended, coordinates, owner)
    areas = dimension == 2
    if areas.any():
        _valid(sheet, areas & (counts > 0))
    _extent(sheet, present & ~lost & ~wild, dimension)


def _repeated(sheet: Sheet, extended: Mask, coordinates: NDArray[np.float64], owner: NDArray[np.int64]) -> None:
    """Mend points that stand twice; looked for in the flat list of all coordinates first, for few have any."""
    twice = (coordinates[1:] == coordinates[:-1]).all(axis=1) & (owner[1:] == owner[:-1])
    suspect = np.zeros(len(sheet), bool)
    suspect[owner[1:][twice]] = True
    suspect &= extended
    if not suspect.any():
        return
    # What has no extent would become a ring of too few points.
    suspect[suspect] = _sound(sheet.geometry[suspect])
    before = sheet.geometry[suspect]
    after = shapely.remove_repeated_points(before)
    fewer = shapely.get_num_coordinates(before) - shapely.get_num_coordinates(after)
    # What would vanish is not mended but has no extent.
    good = (fewer > 0) & ~shapely.is_empty(after) & (shapely.get_dimensions(after) == shapely.get_dimensions(before))
    mended, count = suspect.copy(), np.zeros(len(sheet), np.int64)
    mended[suspect] = good
    count[suspect] = fewer
    if mended.any():
        sheet.mend(mended, after[good])
        sheet.find("repeated_points", mended, count=count)


def _sound(geometries: NDArray[np.object_]) -> Mask:
    """Whether every part of a geometry has an extent."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    flat = np.zeros(len(geometries), bool)
    flat[owner[of_part[~(shapely.area(shapely.polygons(rings)) > 0)]]] = True
    lines = shapely.get_dimensions(parts) == 1
    flat[owner[lines & ~(shapely.length(parts) > 0)]] = True
    return ~flat


def _valid(sheet: Sheet, areas: Mask) -> None:
    bad = areas.copy()
    bad[areas] = ~shapely.is_valid(sheet.geometry[areas])
    if not bad.any():
        return
    corners = shapely.get_num_coordinates(sheet.geometry)
    sheet.find("tangled", bad & (corners > MENDABLE), corners=corners)
    bad &= corners <= MENDABLE
    before = sheet.geometry[bad]
    reasons = np.array([reason.partition("[")[0].strip() for reason in shapely.is_valid_reason(before)], object)
    after = shapely.make_valid(before, method="structure", keep_collapsed=False)
    old, new = shapely.area(before), shapely.area(after)
    whole = (shapely.get_dimensions(after) == 2) & (new > 0)
    harmless = whole & (np.abs(new - old) <= SAME * np.maximum(new, old))
    rows = np.flatnonzero(bad)
    values = {"before": _spread(sheet, rows, old), "after": _spread(sheet, rows, new)}
    texts = np.full(len(sheet), "", object)
    texts[rows] = reasons
    crossing = np.array([_SELF.lower() in reason.lower() for reason in reasons], bool)
    good = np.zeros(len(sheet), bool)
    good[rows[whole]] = True
    for problem, kind in (("self_intersection", crossing), ("invalid", ~crossing)):
        extra = {"reason": texts} if problem == "invalid" else {}
        sheet.find(problem, rows[whole & harmless & kind], "notice", **values, **extra)
        sheet.find(problem, rows[whole & ~harmless & kind], **values, **extra)
    if good.any():
        sheet.mend(good, after[whole])
    # What nothing is left of is caught as having no extent.
    nothing = np.zeros(len(sheet), bool)
    nothing[rows[~whole]] = True
    sheet.find("empty", nothing)
    sheet.geometry[nothing] = None


def _extent(sheet: Sheet, present: Mask, dimension: NDArray[np.signedinteger[Any]]) -> None:
    geometry = sheet.geometry
    present = present & ~sheet.rejected
    area, around = shapely.area(geometry), shapely.length(geometry)
    flat = present & (dimension == 2) & ~(area > 0)
    flat |= present & (dimension == 1) & ~(around > 0)
    flat |= present & shapely.is_empty(geometry)
    sheet.find("empty", flat)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = 2 * area / around
    thin = present & (dimension == 2) & (area > 0) & (width < NARROWEST)
    sheet.find("sliver", thin, area=area, width=width)


def _spread(sheet: Sheet, rows: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.zeros(len(sheet))
    found[rows] = values
    return found


def _applies(layer: Layer) -> bool:
    return bool(layer.geometry) and layer.placement != "raster"


CHECK = Check("geometry", Text("Geometrie", "Geometry"), PROBLEMS, _run, _applies, order=10)
