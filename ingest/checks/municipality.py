"""Municipality: features that lie outside of the one they name."""

from __future__ import annotations

import numpy as np
import shapely

from ingest.check import Check, Problem
from ingest.plausibility import settings
from ingest.sheet import Sheet
from twin.language import Text
from twin.layer import Layer

PROBLEMS = {
    "nowhere": Problem(
        "warning",
        Text("In keiner Gemeinde des Kreises", "In no municipality of the district"),
        Text(
            "Das Objekt liegt in keiner Gemeinde, deren Grenze bekannt ist; es wird nicht gespeichert.",
            "The feature lies in no municipality whose border is known; it is not stored.",
        ),
        Text(
            "Koordinaten in der Quelle prüfen; liegt das Objekt richtig, die Grenzen des Kreises einlesen.",
            "Look at the coordinates in the source; if they are right, take in the borders of the district.",
        ),
    ),
    "outside": Problem(
        "warning",
        Text("Außerhalb der genannten Gemeinde", "Outside of the municipality named"),
        Text(
            "Genannt ist Gemeinde {ags}, das Objekt liegt aber {distance} m außerhalb ihrer Grenze.",
            "Municipality {ags} is named, but the feature lies {distance} m outside of its border.",
        ),
        Text(
            "Gemeindeschlüssel und Koordinaten in der Quelle vergleichen; bei vielen Objekten stimmt oft das "
            "Koordinatenreferenzsystem oder die Angabe --ags nicht.",
            "Compare municipality key and coordinates in the source; with many features the coordinate reference "
            "system or the --ags given is often wrong.",
        ),
    ),
}


def _run(sheet: Sheet) -> None:
    assert sheet.places is not None
    named = sheet.places.astype(str)
    lost = (named == "") & ~shapely.is_missing(sheet.geometry)
    # A file of a whole state is cut to the district; a few features astray are mistakes.
    if 0 < lost.sum() <= settings()["outside"]["few"] * len(sheet):
        sheet.find("nowhere", lost)
    wanted = sorted(set(named.tolist()) - {""})
    areas = sheet.areas() if wanted else {}
    allowed = float(settings()["outside"]["distance"])
    bounds = shapely.bounds(sheet.geometry)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    distance = np.zeros(len(sheet))
    for ags in wanted:
        area = areas.get(ags)
        if area is None:
            continue
        rows = np.flatnonzero((named == ags) & np.isfinite(x) & np.isfinite(y))
        near = area.buffer(allowed)
        shapely.prepare(near)
        far = rows[~shapely.contains_xy(near, x[rows], y[rows])]
        # The middle of a long feature may lie outside while it touches the municipality.
        distance[far] = shapely.distance(sheet.geometry[far], area)
    outside = distance > allowed
    if outside.any():
        sheet.find("outside", outside, ags=named.tolist(), distance=np.round(distance))


def _applies(layer: Layer) -> bool:
    return bool(layer.geometry) and layer.placement == "feature" and not layer.consent


CHECK = Check("municipality", Text("Gemeinde", "Municipality"), PROBLEMS, _run, _applies, scope="delivery")
