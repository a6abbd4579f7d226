"""Land use objects of CityJSON: rows of layer ``land_use``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ingest.cityjson.description import word
from ingest.cityjson.geometry import chosen, corners, surfaces
from ingest.format import Reject
from twin.discovery import find
from twin.geometry.crs import Reference
from twin.language import Text
from twin.reference import codes, reference_path

_NO_AREA = Text(
    "erwartet Flächen mit Ausdehnung im Koordinatensystem, gefunden keine.",
    "expected surfaces with extent within the coordinate reference system, found none.",
)


_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass
class LandUses:
    """Gathers land use objects that say which use it is.

    Attributes
    ----------
    rows : list of dict
        Columns of each.
    polygons : list of list
        Of each, the rings of its surfaces as coordinates in the file's CRS.
    """

    rows: list[dict[str, object]] = field(default_factory=list)
    polygons: list[list[list[NDArray[np.float64]]]] = field(default_factory=list)

    def add(self, identity: str, said: dict[str, Any], vertices: NDArray[np.float64]) -> bool:
        """Take in an object; whether it says its use: an area without one tells nothing."""
        attributes = said.get("attributes")
        attributes = attributes if isinstance(attributes, dict) else {}
        use = next((found for name in ("function", "class", "usage") if (found := word(attributes.get(name)))), None)
        if use is None:
            return False
        known = use if use in codes("land_use") else _classes().get(use)
        self.rows.append(
            {
                "land_use_id": identity,
                "land_use_class": _names().get(known.partition("_")[0]) if known else None,
                "land_use_code": known or use,
                "land_use": codes("land_use").get(known, use) if known else use,
                "name": word(attributes.get("name")),
            }
        )
        self.polygons.append(_rings(said, vertices))
        return True

    def table(self, reference: Reference) -> tuple[pa.Table, list[Reject]]:
        """Rows with geometry in the store's CRS, and what has no area."""
        schema: pa.Schema = find("LAYER", "land_use").read_schema
        rows, rejects = [], []
        for row, polygons in zip(self.rows, self.polygons, strict=True):
            area = _area(polygons, reference)
            if area is None:
                rejects.append(Reject(str(row["land_use_id"]), str(_NO_AREA), "land_use"))
            else:
                rows.append({**row, "area": area.area, "geom": shapely.to_wkb(area)})
        return pa.Table.from_pylist(rows, schema), rejects


def _rings(said: dict[str, Any], vertices: NDArray[np.float64]) -> list[list[NDArray[np.float64]]]:
    found: list[list[NDArray[np.float64]]] = []
    try:
        for geometry in chosen(said.get("geometry")):
            for surface in surfaces(geometry):
                numbers, lengths = corners(surface.rings)
                if len(numbers) and numbers.min() >= 0 and numbers.max() < len(vertices):
                    found.append(np.split(vertices[numbers], np.cumsum(lengths)[:-1]))
    except (ValueError, RecursionError):
        return []
    return found


def _area(polygons: list[list[NDArray[np.float64]]], reference: Reference) -> BaseGeometry | None:
    flat = []
    for rings in polygons:
        placed = [reference.to_store(ring[:, 0], ring[:, 1]) for ring in rings if len(ring) > 2]
        if placed and all(np.isfinite(ring).all() for ring in placed):
            flat.append(shapely.Polygon(placed[0], placed[1:]))
    if not flat:
        return None
    mended = shapely.make_valid(np.array(flat, object), method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.union_all(mended))
    area = shapely.union_all(parts[np.isin(shapely.get_type_id(parts), _POLYGONAL)])
    return None if area.is_empty else shapely.orient_polygons(area)


@cache
def _classes() -> dict[str, str]:
    """``AX_Wald`` to 43002."""
    found: dict[str, str] = json.loads(reference_path("codes/land_use.json").read_text("utf-8"))["classes"]
    return found


@cache
def _names() -> dict[str, str]:
    """43002 to ``AX_Wald``."""
    return {code: name for name, code in _classes().items()}
