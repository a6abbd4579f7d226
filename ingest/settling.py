"""Sets footprints on the ground: their formats know no heights, and know no database to ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from twin.terrain import Terrain

if TYPE_CHECKING:
    from ingest.run import Run
    from ingest.workers import Part
    from twin import Twin

TERRAIN, NEIGHBOURS, UNKNOWN = "terrain", "neighbours", "unknown"
"""Values of ``ground_source``."""

ACTION = "settle"
"""What the history calls it when stored footprints are set on ground that came later."""

_NEAR = 50.0
"""Distance within which buildings tell a footprint's ground, the nearer the more; else the nearest does. [m]"""

_MOVED = 0.05
"""Difference below which a stored building stays where it stands. [m]"""

_TABLES = ("building", "building_mesh")


@dataclass(frozen=True, slots=True)
class Grounds:
    """Ground heights of footprints.

    Attributes
    ----------
    ids : pyarrow.Array of str
        Which buildings.
    heights : ndarray of float64
        Height of the ground: the lowest under the outline, as LoD2 has it. 0 where nothing tells it. [m]
    sources : list of str
        `TERRAIN`, `NEIGHBOURS` or `UNKNOWN`.
    """

    ids: pa.Array
    heights: NDArray[np.float64]
    sources: list[str]


class Settling:
    """Sets the footprints of a delivery on the ground, before they are staged.

    Parameters
    ----------
    twin : Twin
        Whose terrain and buildings are asked, all that it sees.
    """

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._of_part: dict[int, Grounds | None] = {}

    def settled(self, layer: str, part: Part, table: pa.Table) -> pa.Table:
        """The rows of a layer, with footprints among them set on the ground; others as they are."""
        if layer not in _TABLES or not set(_TABLES) <= part.files.keys():
            return table
        if part.part not in self._of_part:
            self._of_part[part.part] = self._grounds(part.table("building"))
        grounds = self._of_part[part.part]
        if grounds is None:
            return table
        place = pc.index_in(table.column("building_id"), value_set=grounds.ids)
        chosen = place.is_valid()
        height = pa.array(grounds.heights).take(place.fill_null(0))
        if layer == "building_mesh":
            return _with(
                table,
                "origin_z",
                pc.if_else(chosen, pc.add(table.column("origin_z"), height), table.column("origin_z")),
            )
        source = pa.array(grounds.sources).take(place.fill_null(0))
        told = pc.and_(chosen, pc.not_equal(source, UNKNOWN))
        table = _with(table, "ground_source", pc.if_else(chosen, source, table.column("ground_source")))
        table = _with(table, "ground_height", pc.if_else(told, height, table.column("ground_height")))
        ridge = pc.add(height, table.column("measured_height"))
        return _with(table, "roof_height", pc.if_else(told, ridge, table.column("roof_height")))

    def _grounds(self, building: pa.Table) -> Grounds | None:
        wanted = pc.and_(pc.equal(building.column("lod"), 1), pc.is_null(building.column("ground_height")))
        rows = building.select(["building_id", "geom"]).filter(wanted.fill_null(False))
        return _found(self._twin, rows) if rows.num_rows else None


def settle_again(run: Run) -> None:
    """Set stored footprints on ground that came later: a terrain model, or buildings around them that know theirs."""
    told = {ags for ags, classes in run.touched.items() if {"terrain", "building"} & classes}
    if not told or "ground_source" not in _columns(run.twin):
        return
    rows = run.twin.sql(
        f"""SELECT ags, building_id, delivery_id, ground_height, ground_source, measured_height,
                ST_AsWKB(geom)::BLOB AS geom
            FROM building WHERE ground_source IN ('{NEIGHBOURS}', '{UNKNOWN}') AND geom IS NOT NULL"""
    ).to_arrow_table()
    if not rows.num_rows:
        return
    grounds = _found(run.twin, rows)
    sources = pa.array(grounds.sources)
    stands = pc.fill_null(rows.column("ground_height"), 0.0).to_numpy()
    differs = pc.not_equal(rows.column("ground_source"), sources).to_numpy() | (
        np.abs(grounds.heights - stands) > _MOVED
    )
    moves = pc.and_(pc.not_equal(sources, UNKNOWN), pa.array(differs))
    if not pc.any(moves).as_py():
        return
    rows = rows.append_column("height", pa.array(grounds.heights)).append_column("source", sources).filter(moves)
    changes = {}
    for ags in pc.unique(rows.column("ags")).to_pylist():
        own = rows.filter(pc.equal(rows.column("ags"), ags))
        meshes = run.twin.sql(
            f"SELECT building_id, delivery_id FROM building_mesh WHERE ags = '{ags}'"
        ).to_arrow_table()
        meshes = meshes.filter(pc.is_in(meshes.column("building_id"), own.column("building_id").combine_chunks()))
        place = pc.index_in(meshes.column("building_id"), own.column("building_id").combine_chunks())
        changes[ags] = {
            "building": pa.table(
                {
                    "building_id": own.column("building_id"),
                    "delivery_id": own.column("delivery_id"),
                    "ground_height": own.column("height"),
                    "roof_height": pc.add(own.column("height"), own.column("measured_height")),
                    "ground_source": own.column("source"),
                }
            ),
            "building_mesh": meshes.append_column("origin_z", own.column("height").take(place)),
        }
    run.twin.amend(changes, ACTION)
    for ags in changes:
        run.touch(ags, "building")


def _columns(twin: Twin) -> list[str]:
    return list(twin.table("building").columns)


def _found(twin: Twin, rows: pa.Table) -> Grounds:
    """Ground under the outlines: the terrain, else what the nearest buildings stand on, else 0."""
    shapes = shapely.from_wkb(np.array(rows.column("geom").to_pylist(), object))
    heights = _terrain(twin, shapes)
    sources = np.where(np.isnan(heights), UNKNOWN, TERRAIN).astype(object)
    open_ = np.flatnonzero(np.isnan(heights))
    if len(open_):
        near = _neighbours(twin, shapes[open_])
        heights[open_] = near
        sources[open_[np.isfinite(near)]] = NEIGHBOURS
    ids = rows.column("building_id").combine_chunks()
    return Grounds(ids, np.nan_to_num(heights), sources.tolist())


def _terrain(twin: Twin, shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Lowest terrain at the corners of each outline; NaN where there is none. [m]"""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    found = np.full(len(shapes), np.nan)
    if len(points):
        heights = np.asarray(Terrain(twin).sample(points[:, 0], points[:, 1]), np.float64)
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        found[owner[starts]] = np.fmin.reduceat(heights, starts)
    return found


def _neighbours(twin: Twin, shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Ground of the nearest buildings that know theirs, weighted by distance; NaN where there is none. [m]"""
    own = (
        ""
        if "ground_source" not in _columns(twin)
        else f"AND coalesce(ground_source, '') NOT IN ('{NEIGHBOURS}', '{UNKNOWN}')"
    )
    known: dict[str, Any] = twin.sql(
        f"""SELECT (ST_XMin(geom) + ST_XMax(geom)) / 2 AS x, (ST_YMin(geom) + ST_YMax(geom)) / 2 AS y,
                ground_height AS z
            FROM building WHERE ground_height IS NOT NULL AND geom IS NOT NULL {own}"""
    ).fetchnumpy()
    if not len(known["z"]):
        return np.full(len(shapes), np.nan)
    tree = shapely.STRtree(shapely.points(known["x"], known["y"]))
    heights = np.asarray(known["z"], np.float64)
    centres = shapely.centroid(shapes)
    own, other = tree.query(centres, predicate="dwithin", distance=_NEAR)
    between = shapely.distance(centres[own], tree.geometries[other])
    weight = 1.0 / np.maximum(between, 1.0)
    total = np.bincount(own, weight, minlength=len(shapes))
    with np.errstate(invalid="ignore"):
        found: NDArray[np.float64] = np.bincount(own, weight * heights[other], minlength=len(shapes)) / total
    alone = np.flatnonzero(total == 0)
    if len(alone):
        own, other = tree.query_nearest(centres[alone], all_matches=False)
        found[alone[own]] = heights[other]
    return found


def _with(table: pa.Table, name: str, values: Any) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), values.cast(table.schema.field(name).type))
