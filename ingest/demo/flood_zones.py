"""Writes what the river and heavy rain flood, by millimetres, hours and years: GeoPackage, German columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo import geopackage
from ingest.demo.cutting import polygons
from ingest.demo.district import District
from ingest.demo.places import ORIGIN
from ingest.demo.river import BROOK_NAMES, RIVER_NAME, brooks, river_line

TABLE = "ueberflutung"
COLUMNS = ("Kennung", "Gefahr", "Niederschlag_mm", "Dauer_h", "Jaehrlichkeit", "Tiefe_bis_m", "v_max", "Bezeichnung",
           "Gewaesser")  # fmt: skip

_RIVER = (
    (10, 34.0, 0.3, None),
    (100, 88.0, 1.0, "Überschwemmungsgebiet, festgesetzt nach § 76 WHG"),
    (None, 150.0, 2.0, None),
)
"""Return period [a], distance from the river's middle [m], depth [m] and designation: the valley floor rises evenly."""

_RAIN = ((42.0, 1.0, 100, 16.0, 0.5), (90.0, 1.0, None, 30.0, 1.0))
"""Rain [mm], duration [h], return period [a], distance from a brook's middle [m] and depth [m]."""


def write(path: Path, district: District) -> None:
    """Write the zones; the same district gives the same bytes."""
    rows: list[tuple[object, ...]] = []
    shapes = []

    def add(shape: BaseGeometry, *row: object) -> None:
        # A zone ends at the border: each municipality has the part that it is responsible for.
        for ags, border in district.borders.items():
            part = shape.intersection(border)
            if part.area > 1.0:
                rows.append((f"{row[0]}-{ags}", *row[1:]))
                shapes.append(part)

    for years, reach, depth, designation in _RIVER:
        zone = river_line().buffer(reach, quad_segs=4).simplify(0.5)
        add(zone, f"HW-{years or 'extrem'}", "Hochwasser", None, None, years, depth, 1.2, designation, RIVER_NAME)
    for rain, hours, again, reach, depth in _RAIN:
        for name, bed in zip(BROOK_NAMES, brooks(), strict=True):
            zone = bed.buffer(reach, quad_segs=4).simplify(0.5)
            add(zone, f"SR-{rain:.0f}-{name}", "Starkregen", rain, hours, again, depth, 0.8, None, name)
    moved = [shapely.transform(shape, lambda points: (points + np.asarray(ORIGIN)).round(3)) for shape in shapes]
    data = {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}
    whole = [shapely.MultiPolygon(polygons(shape)) for shape in moved]
    geopackage.write(path, [(TABLE, geopandas.GeoDataFrame(data, geometry=whole, crs="EPSG:25832"), "MultiPolygon")])


def mappings() -> list[dict[str, Any]]:
    """How the table becomes rows of ``flood_zone``."""
    columns: dict[str, dict[str, Any]] = {
        "kind": {"source": "Gefahr", "codes": {"Hochwasser": "flood", "Starkregen": "heavy_rain"}},
        "precipitation": {"source": "Niederschlag_mm"}, "duration": {"source": "Dauer_h"},
        "return_period": {"source": "Jaehrlichkeit"}, "depth": {"source": "Tiefe_bis_m"},
        "velocity": {"source": "v_max"}, "designation": {"source": "Bezeichnung"}, "water": {"source": "Gewaesser"},
    }  # fmt: skip
    return [{
        "name": "ueberflutung_musterkreis", "layer": "flood_zone", "table": "", "fits": list(COLUMNS),
        "columns": columns, "geometry": {"kind": "own"}, "crs": "", "key": {"columns": ["Kennung"]},
    }]  # fmt: skip
