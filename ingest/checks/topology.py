"""Topology: areas that shall cover the land once, without lying over each other and without gaps between."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.check import Check, Problem
from ingest.finding import KEPT
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

COVERAGES = ("parcel",)
"""Layers whose areas cover the land once."""

TOLERANCE = 0.02
"""Mean width up to which an overlap or gap is rounding: coordinates are held to the millimetre, older ones to the
centimetre. [m]"""

NEGLIGIBLE = 0.05
"""Area below which an overlap or gap is not spoken of. [m²]"""

WIDEST = 1.0
"""Mean width up to which a hole between areas is a gap rather than land that the delivery does not hold. [m]"""

MANY_VERTICES = 20_000_000
"""Vertices up to which a delivery is looked at as a whole."""

PROBLEMS = {
    "overlap": Problem(
        "warning",
        Text("Flächen überlappen", "Areas overlap"),
        Text(
            "Erwartet Flächen nebeneinander; diese und {other} liegen auf {area} m² übereinander.",
            "Expected areas side by side; this one and {other} lie over each other on {area} m².",
        ),
        Text(
            "Gemeinsame Grenze in der Quelle prüfen: beide Umringe müssen dieselben Punkte haben.",
            "Look at the border that they share in its source: both rings must have the same points.",
        ),
    ),
    "gap": Problem(
        "warning",
        Text("Lücke zwischen Flächen", "Gap between areas"),
        Text(
            "Neben dieser Fläche bleibt eine Lücke von {area} m², im Mittel {width} m breit.",
            "A gap of {area} m² is left beside this area, {width} m wide on average.",
        ),
        Text(
            "Gemeinsame Grenze in der Quelle prüfen: beide Umringe müssen dieselben Punkte haben.",
            "Look at the border that they share in its source: both rings must have the same points.",
        ),
    ),
    "too_large": Problem(
        "notice",
        Text("Überlappungen nicht geprüft", "Overlaps not looked for"),
        Text(
            "Die Lieferung hat {count} Stützpunkte; Überlappungen und Lücken werden nur bis {most} gesucht.",
            "The delivery has {count} points; overlaps and gaps are looked for up to {most} only.",
        ),
        Text("Die Lieferung in Teilen einlesen.", "Take the delivery in by parts."),
    ),
}


def _run(sheet: Sheet) -> None:
    geometry = sheet.geometry
    count = int(shapely.get_num_coordinates(geometry).sum())
    if count > MANY_VERTICES:
        sheet.find("too_large", np.array([0]), count=count, most=MANY_VERTICES)
        return
    rows = np.flatnonzero((shapely.get_dimensions(geometry) == 2) & shapely.is_valid(geometry))
    areas = geometry[rows]
    if len(areas) < 2:
        return
    # Edges that no neighbour repeats: next to none in a sound cadastre, and only they need a closer look.
    edges = shapely.coverage_invalid_edges(areas, gap_width=WIDEST)
    suspects = np.flatnonzero(~shapely.is_empty(edges) & ~shapely.is_missing(edges))
    if not len(suspects):
        return
    tree = shapely.STRtree(areas)
    one, other = tree.query(areas[suspects], predicate="intersects")
    one = suspects[one]
    _overlaps(sheet, rows, areas, one, other)
    _gaps(sheet, rows, areas, tree, np.unique(np.concatenate([suspects, other])))


def _overlaps(
    sheet: Sheet,
    rows: NDArray[np.int64],
    areas: NDArray[np.object_],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
) -> None:
    pairs = np.unique(np.sort(np.column_stack([one, other])[one != other], axis=1), axis=0)
    if not len(pairs):
        return
    common = shapely.intersection(areas[pairs[:, 0]], areas[pairs[:, 1]])
    wide, size, _ = _counted(common)
    pairs, size = pairs[wide], size[wide]
    for (first, second), area in zip(pairs[:KEPT].tolist(), size[:KEPT].tolist(), strict=True):
        row = np.array([rows[first]])
        sheet.find("overlap", row, other=sheet.feature(int(rows[second])), area=round(area, 2))
    if len(pairs) > KEPT:
        sheet.findings.beyond("topology.overlap", "warning", sheet.layer.name, len(pairs) - KEPT)


def _gaps(
    sheet: Sheet, rows: NDArray[np.int64], areas: NDArray[np.object_], tree: shapely.STRtree, about: NDArray[np.int64]
) -> None:
    united = shapely.union_all(areas[about])
    parts = shapely.get_parts(united)
    holes = [shapely.Polygon(ring) for part in parts if part.geom_type == "Polygon" for ring in part.interiors]
    if not holes:
        return
    found = np.array(holes, object)
    wide, size, width = _counted(found)
    wide &= width <= WIDEST
    for number in np.flatnonzero(wide).tolist():
        near = tree.query(found[number], predicate="intersects")
        # Another area may lie in the hole: then nothing is missing.
        left = shapely.difference(found[number], shapely.union_all(areas[near]))
        if shapely.area(left) >= NEGLIGIBLE and len(near):
            values = {"area": round(float(size[number]), 2), "width": round(float(width[number]), 2)}
            sheet.find("gap", np.array([rows[near[0]]]), **values)


def _counted(shapes: NDArray[np.object_]) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Which shapes are worth a word, their areas and mean widths."""
    size, around = shapely.area(shapes), shapely.length(shapes)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.nan_to_num(2 * size / around)
    return (size >= NEGLIGIBLE) & (width > TOLERANCE), size, width


def _applies(layer: Layer) -> bool:
    return layer.name in COVERAGES


CHECK = Check("topology", Text("Topologie", "Topology"), PROBLEMS, _run, _applies, scope="delivery")
