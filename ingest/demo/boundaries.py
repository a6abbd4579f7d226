"""Writes the municipalities' borders as a GeoPackage with the columns of the federal VG250."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo import geopackage
from ingest.demo.buildings import Building
from ingest.demo.cutting import polygons
from ingest.demo.parcels import Parcel
from ingest.demo.places import MUNICIPALITIES, ORIGIN

_PEOPLE_A_HOUSE = 2.4


def borders(parcels: list[Parcel]) -> dict[str, BaseGeometry]:
    """Area of each municipality by key: exactly that of its parcels."""
    return {
        own.ags: shapely.coverage_union_all([parcel.piece.shape for parcel in parcels if parcel.place.ags == own.ags])
        for own in MUNICIPALITIES
    }


def population(buildings: list[Building]) -> dict[str, int]:
    """Inhabitants by key, from houses and their storeys."""
    count = dict.fromkeys((own.ags for own in MUNICIPALITIES), 0.0)
    for building in buildings:
        if building.number and building.function.startswith(("31001_10", "31001_11", "31001_12")):
            area = sum(shapely.Polygon(part.corners).area for part in building.parts)
            count[building.parcel.place.ags] += _PEOPLE_A_HOUSE * max(1.0, area * building.storeys / 330)
    return {ags: round(people) for ags, people in count.items()}


def write(path: Path, parcels: list[Parcel], buildings: list[Building]) -> None:
    """Write the GeoPackage; the same land gives the same bytes."""
    areas, people = borders(parcels), population(buildings)
    frame = geopandas.GeoDataFrame(
        {
            "AGS": [own.ags for own in MUNICIPALITIES],
            "GEN": [own.name for own in MUNICIPALITIES],
            "BEZ": [own.kind for own in MUNICIPALITIES],
            "EWZ": [people[own.ags] for own in MUNICIPALITIES],
            "KFL": [round(areas[own.ags].area / 1e6, 2) for own in MUNICIPALITIES],
        },
        geometry=[shapely.MultiPolygon(polygons(_moved(areas[own.ags]))) for own in MUNICIPALITIES],
        crs="EPSG:25832",
    )
    geopackage.write(path, [("vg_gem", frame, "MultiPolygon")])


def _moved(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda points: (points + np.asarray(ORIGIN)).round(3))
