"""Rows of facilities and land cover, gathered until there are enough of them to be made at once."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.finding import Finding, said
from ingest.format import Batch, Item, Reject
from ingest.osm.areas import Mending, of_rings
from ingest.osm.lines import WGS84, Line, Lines
from ingest.osm.place import described
from ingest.osm.tag_table import Tags, kinds
from ingest.point_rows import within
from twin.discovery import find
from twin.language import Text

FACILITY, LAND_COVER = "facility", "land_cover"

NOT_AN_AREA = Text(
    "{feature}: erwartet eine Fläche, gefunden Ringe, die sich nicht schließen oder nichts umfassen.",
    "{feature}: expected an area, found rings that do not close or hold nothing.",
)
_MENDED = Text(
    "{feature}: der Umriss schnitt sich selbst und wurde bereinigt.",
    "{feature}: the outline crossed itself and was mended.",
)
_LOOK = Text(
    "In OpenStreetMap nachsehen, ob die Fläche so gemeint ist.", "See in OpenStreetMap whether the area is meant so."
)
ABROAD = Text(
    "{feature}: erwartet eine Lage in Mitteleuropa, gefunden eine weit außerhalb.",
    "{feature}: expected a position in Central Europe, found one far outside.",
)


class Points:
    """Facilities that are a node."""

    def __init__(self) -> None:
        self._rows: list[dict[str, object]] = []
        self._degrees: list[tuple[float, float]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, node: int, tags: Tags, longitude: float, latitude: float) -> None:
        """Take in a node; what is no facility is passed over."""
        row = described(f"node/{node}", tags)
        if row is not None:
            self._rows.append(row)
            self._degrees.append((longitude, latitude))

    def flush(self) -> Iterator[Item]:
        """What has been gathered."""
        degrees = np.array(self._degrees, np.float64).reshape(-1, 2)
        points = WGS84.to_store(degrees[:, 0], degrees[:, 1])
        inside = within(points)
        yield from _abroad([str(row["facility_id"]) for row in self._rows], ~inside, FACILITY)
        geometries = np.full(len(points), None, object)
        geometries[inside] = shapely.points(points[inside])
        yield from _batch(FACILITY, self._rows, geometries)
        self._rows, self._degrees = [], []


class Areas:
    """Areas of either layer: a school's ground is a facility, a pond is land cover, a cemetery both."""

    def __init__(self) -> None:
        self._mending = Mending()
        self._clear()

    def _clear(self) -> None:
        self._rings = Lines()
        self._areas: list[shapely.Geometry | None] = []
        self._names: list[tuple[str, bool]] = []
        self._tags: list[dict[str, str]] = []

    @property
    def vertices(self) -> int:
        """How many wait."""
        return self._rings.vertices

    def add_ring(self, way: int, tags: dict[str, str], ring: Line) -> None:
        """Take in a closed way."""
        self._rings.add(ring)
        self._names.append((f"way/{way}", True))
        self._tags.append(tags)

    def add_area(self, relation: int, tags: dict[str, str], area: shapely.Geometry) -> None:
        """Take in a multipolygon."""
        self._areas.append(area)
        self._names.append((f"relation/{relation}", False))
        self._tags.append(tags)

    def flush(self) -> Iterator[Item]:
        """What has been gathered."""
        bundle = self._rings.bundle()
        is_ring = np.array([ring for _, ring in self._names], bool)
        geometries = np.full(len(is_ring), None, object)
        geometries[is_ring] = of_rings(bundle)
        geometries[~is_ring] = np.array(self._areas, object)
        abroad = np.zeros(len(is_ring), bool)
        abroad[is_ring] = ~bundle.inside
        geometries, mended = self._mending.valid(geometries)
        names = [name for name, _ in self._names]
        yield from _abroad(names, abroad, LAND_COVER)
        for place in np.flatnonzero(shapely.is_missing(geometries) & ~abroad).tolist():
            yield Reject(names[place], NOT_AN_AREA.format(feature=names[place]), LAND_COVER)
        for place in mended.tolist():
            at = shapely.point_on_surface(geometries[place])
            layer = LAND_COVER if kinds(LAND_COVER).of(self._tags[place]) else FACILITY
            sentence = said(_MENDED, feature=names[place])
            code = "geometry.self_intersection"
            yield Finding(code, "notice", layer, names[place], sentence, at.x, at.y, advice=_LOOK)
        yield from _batch(LAND_COVER, *self._covers(names, geometries))
        facilities = [described(name, tags) for name, tags in zip(names, self._tags, strict=True)]
        wanted = np.array([row is not None for row in facilities], bool)
        points = np.full(int(wanted.sum()), None, object)
        points[:] = shapely.point_on_surface(geometries[wanted])
        yield from _batch(FACILITY, [row for row in facilities if row is not None], points)
        self._clear()

    def _covers(
        self, names: list[str], geometries: NDArray[np.object_]
    ) -> tuple[list[dict[str, object]], NDArray[np.object_]]:
        found = [kinds("land_cover").of(tags) for tags in self._tags]
        rows: list[dict[str, object]] = [
            {"land_cover_id": name, "kind": kind[0], "name": tags.get("name"), "area": _area(geometry)}
            for name, kind, tags, geometry in zip(names, found, self._tags, geometries, strict=True)
            if kind is not None
        ]
        return rows, geometries[np.array([kind is not None for kind in found], bool)]


def _area(geometry: shapely.Geometry | None) -> float | None:
    area = float(shapely.area(geometry))
    return None if math.isnan(area) else round(area, 2)


def _abroad(names: list[str], abroad: NDArray[np.bool_], layer: str) -> Iterator[Item]:
    for place in np.flatnonzero(abroad).tolist():
        yield Reject(names[place], ABROAD.format(feature=names[place]), layer)


def _batch(layer: str, rows: list[dict[str, object]], geometries: NDArray[np.object_]) -> Iterator[Item]:
    """Rows with a geometry; those without have been rejected."""
    kept = ~shapely.is_missing(geometries)
    chosen = [row for row, keep in zip(rows, kept.tolist(), strict=True) if keep]
    if not chosen:
        return
    schema: pa.Schema = find("LAYER", layer).read_schema
    columns = [
        pa.array(shapely.to_wkb(geometries[kept]), field.type)
        if field.name == "geom"
        else pa.array([row.get(field.name) for row in chosen], field.type)
        for field in schema
    ]
    yield Batch(layer, pa.Table.from_arrays(columns, schema=schema))
