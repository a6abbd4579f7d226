"""Writes what land is worth (Bodenrichtwerte) as the committees of valuers publish it: GeoPackage, VBORIS columns."""

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

TABLE = "bodenrichtwerte"
COLUMNS = ("WNUM", "BRZNAM", "BRW", "STAG", "NUTA", "ENTW", "WGFZ", "GEZ", "FLAE")
VALID_ON = "2025-01-01"

_KINDS: dict[str, tuple[str, str, float, float | None, str, float | None]] = {
    "core": ("MK", "B", 260, 1.4, "III", None), "villa": ("WA", "B", 245, 0.8, "II", 700),
    "house": ("WA", "B", 195, 0.6, "I-II", 650), "new": ("WA", "B", 220, 0.7, "II", 500),
    "row": ("WA", "B", 205, 0.8, "II", 240), "slab": ("WA", "B", 170, 1.2, "IV", None),
    "village": ("MD", "B", 95, 0.5, "I-II", 1200), "industry": ("GE", "B", 42, None, "", 5000),
    "market": ("SO", "B", 110, None, "", None), "site": ("WA", "E", 55, None, "", None),
    "arable": ("A", "LF", 6.8, None, "", None), "meadow": ("GR", "LF", 3.6, None, "", None),
    "forest": ("F", "LF", 1.1, None, "", None),
}  # fmt: skip
"""Use, state of development, value in the town [EUR/m²], plot ratio, storeys and plot size of a kind of land."""

_SHARE = {
    "Musterstadt": 1.0,
    "Ostendorf": 0.72,
    "Auenrode": 0.66,
    "Hainberg": 0.7,
    "Birkhagen": 0.58,
    "Steinfelde": 0.55,
}
_REMOTE = 0.48


def write(path: Path, district: District) -> None:
    """Write the zones; the same district gives the same bytes."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for parcel in district.parcels:
        if parcel.piece.kind in _KINDS:
            groups.setdefault((parcel.place.gemarkung, parcel.piece.kind), []).append(parcel)
    rows, shapes = [], []
    for number, ((gemarkung, kind), members) in enumerate(sorted(groups.items())):
        use, state, value, ratio, storeys, plot = _KINDS[kind]
        place = members[0].place.name
        built = state != "LF"
        price = value * (_SHARE.get(place, _REMOTE) if built else 1.0)
        rows.append((f"{gemarkung}{number:04d}", f"{place}, {kind_name(kind)}", round(price, 0 if built else 1),
                     VALID_ON, use, state, ratio, storeys or None, plot))  # fmt: skip
        shape = shapely.coverage_union_all([parcel.piece.shape for parcel in members])
        moved = shapely.transform(shape, lambda points: (points + np.asarray(ORIGIN)).round(3))
        shapes.append(shapely.MultiPolygon(polygons(moved)))
    data = {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}
    geopackage.write(path, [(TABLE, geopandas.GeoDataFrame(data, geometry=shapes, crs="EPSG:25832"), "MultiPolygon")])


def kind_name(kind: str) -> str:
    """What a zone of a kind of land is called."""
    return {
        "core": "Altstadt", "villa": "Gründerzeit", "house": "Wohngebiet", "new": "Neubaugebiet", "row": "Reihenhäuser",
        "slab": "Geschosswohnungen", "village": "Dorflage", "industry": "Gewerbegebiet", "market": "Einzelhandel",
        "site": "Bauerwartungsland", "arable": "Ackerland", "meadow": "Grünland", "forest": "Wald",
    }[kind]  # fmt: skip


def mappings() -> list[dict[str, Any]]:
    """How the table becomes rows of ``land_value``."""
    columns = {
        "zone": "BRZNAM", "value": "BRW", "valid_on": "STAG", "use": "NUTA", "development_state": "ENTW",
        "plot_ratio": "WGFZ", "storeys": "GEZ", "plot_area": "FLAE",
    }  # fmt: skip
    return [{
        "name": "bodenrichtwerte_musterkreis", "layer": "land_value", "table": "", "fits": list(COLUMNS),
        "columns": {name: {"source": source} for name, source in columns.items()},
        "geometry": {"kind": "own"}, "crs": "", "key": {"columns": ["WNUM"]},
    }]  # fmt: skip
