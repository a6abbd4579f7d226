"""Writes what the river and heavy rain flood, by millimetres, hours and years: GeoPackage, German columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

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
    outline = shapely.union_all(list(district.borders.values()), grid_size=0.01)
    rows: list[tuple[object, ...]] = []
    shapes = []
    for years, reach, depth, designation in _RIVER:
        rows.append((f"HW-{years or 'extrem'}", "Hochwasser", None, None, years, depth, 1.2, designation, RIVER_NAME))
        shapes.append(river_line().buffer(reach, quad_segs=4).simplify(0.5).intersection(outline))
    for rain, hours, years, reach, depth in _RAIN:
        for name, bed in zip(BROOK_NAMES, brooks(), strict=True):
            rows.append((f"SR-{rain:.0f}-{name}", "Starkregen", rain, hours, years, depth, 0.8, None, name))
            shapes.append(bed.buffer(reach, quad_segs=4).simplify(0.5).intersection(outline))
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
