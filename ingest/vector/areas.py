"""Areas of a vector file in the store's CRS: moved, mended where harmless, refused by name where not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.point_rows import CENTRAL_EUROPE
from twin.geometry.crs import Reference
from twin.geometry.footprint import MENDABLE
from twin.language import Text

SMALLEST = 0.01
"""Area below which a polygon is none. [m²]"""

NO_AREA = Text("erwartet eine Fläche, gefunden {found}", "expected an area, found {found}")
ABROAD = Text(
    "erwartet eine Lage in Mitteleuropa, gefunden eine andere", "expected a place in Central Europe, found another"
)
EMPTY = Text(
    "erwartet eine Fläche, gefunden eine Umrandung ohne Inhalt", "expected an area, found a boundary without one"
)
TANGLED = Text(
    "erwartet eine Umrandung, die sich nicht schneidet, gefunden eine mit {found} Ecken, die es tut",
    "expected a boundary that does not cross itself, found one of {found} corners that does",
)


@dataclass(frozen=True, slots=True)
class Areas:
    """What became of shapes.

    Attributes
    ----------
    shapes : ndarray of shapely areas, shape (n,)
        In the store's CRS, valid; None for what is refused.
    refused : dict of int to str
        Number of a shape, and why it cannot be used.
    mended : ndarray of int64
        Numbers of those that crossed themselves.
    """

    shapes: NDArray[np.object_]
    refused: dict[int, str]
    mended: NDArray[np.int64]

    @property
    def usable(self) -> NDArray[np.int64]:
        """Numbers of those that can be used."""
        return np.flatnonzero(~shapely.is_missing(self.shapes))


def areas(given: NDArray[np.object_], crs: Reference) -> Areas:
    """Bring shapes into the store's CRS and make areas of them."""
    found = np.array(given, object)
    refused: dict[int, str] = {}

    def refuse(which: NDArray[np.bool_], reason: Text, values: NDArray[np.object_] | None = None) -> None:
        for number in np.flatnonzero(which & ~shapely.is_missing(found)).tolist():
            refused[number] = reason.format(found="–" if values is None else values[number])
            found[number] = None

    for number in np.flatnonzero(shapely.is_missing(found)).tolist():
        refused[number] = NO_AREA.format(found="–")
    kinds = np.array([None if shape is None else shape.geom_type for shape in found], object)
    refuse(~np.isin(shapely.get_type_id(found), (3, 6)) | shapely.is_empty(found), NO_AREA, kinds)
    found = np.asarray(shapely.transform(found, lambda xy: crs.to_store(xy[:, 0], xy[:, 1])), object)
    bounds = shapely.bounds(found)
    west, south, east, north = CENTRAL_EUROPE
    with np.errstate(invalid="ignore"):
        inside = (bounds[:, 0] > west) & (bounds[:, 1] > south) & (bounds[:, 2] < east) & (bounds[:, 3] < north)
    finite = np.isfinite(shapely.area(found))
    refuse(~(inside & finite), ABROAD)
    broken = ~shapely.is_valid(found) & ~shapely.is_missing(found)
    sizes = shapely.get_num_coordinates(found)
    refuse(broken & (sizes > MENDABLE), TANGLED, sizes.astype(object))
    mended = np.flatnonzero(broken & ~shapely.is_missing(found))
    if len(mended):
        found[mended] = shapely.make_valid(found[mended], method="structure", keep_collapsed=False)
        flat = np.isin(shapely.get_type_id(found[mended]), (3, 6))
        for number in mended[~flat].tolist():
            pieces = [part for part in shapely.get_parts(found[number]) if part.area > 0]
            found[number] = shapely.union_all(pieces) if pieces else shapely.Polygon()
    refuse(shapely.area(found) < SMALLEST, EMPTY)
    return Areas(found, refused, np.array([number for number in mended.tolist() if number not in refused], np.int64))
