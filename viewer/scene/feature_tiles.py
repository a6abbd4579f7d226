"""Tilesets that follow from a layer's declaration: its style says what a row is drawn as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from twin.consent import layers
from twin.layer import Layer
from twin.style import Pin, Shape, Sunk, Tree, shapes
from viewer.scene import feature_rows, pipe_tiles, tree_tiles
from viewer.scene.building_tiles import cells_of
from viewer.scene.ground import Ground
from viewer.scene.point_tile import point_tile
from viewer.scene.product import Plan, Product, Tile
from viewer.scene.signature import row_hashes, run_starts, signature, summed, text_hash
from viewer.scene.tenant import Tenant
from viewer.scene.tileset import Cell, Refinement
from viewer.scene.tree_tiles import Trees

Array = npt.NDArray[Any]

PIN_LEAF = 500.0
"""Edge of the squares of pins. [m]"""

_POINT = "ST_PointOnSurface(geom)"


@dataclass(frozen=True)
class Rows:
    """Rows of one layer, in no order.

    Attributes
    ----------
    layer : Layer
    shape : Tree, Pin or Sunk
    table : pyarrow.Table
        With ``key`` and what `feature_rows.columns` and the shape ask for.
    points : float array of shape (n, 3)
        A place in each, on the ground. [m]
    ground : Ground
        Heights anywhere.
    """

    layer: Layer
    shape: Any
    table: pa.Table
    points: Array
    ground: Ground

    def take(self, chosen: Array) -> Rows:
        """Some of the rows."""
        return Rows(self.layer, self.shape, self.table.take(pa.array(chosen)), self.points[chosen], self.ground)

    @property
    def texts(self) -> dict[str, pa.Array]:
        """Key and name of each row."""
        return {"key": self.table.column("key"), "title": feature_rows.titles(self.layer, self.table)}


Made = tuple[bytes, Array]
"""GLB about a centre, and all points that its bounds have to hold, absolute. [m]"""


def products() -> Iterator[Product]:
    """One product for each layer that is drawn as trees, pins or pipes."""
    for layer in layers().values():
        if layer.placement == "registry":
            continue  # no lake has its rows: `viewer.server.live` draws them as they are asked for
        for shape in shapes(layer.style, layer.geometry):
            drawn = drawing(shape)
            if drawn is not None:
                yield Product(
                    layer.name, layer.consent_class, drawn.refinement, partial(_plan, layer, shape, drawn), drawn.how
                )
                break


@dataclass(frozen=True)
class Drawing:
    """How rows become tiles.

    Attributes
    ----------
    how : str
        What the scene calls it.
    refinement : Refinement
    columns : tuple of str
        What is read beside what names and classes need.
    make : callable
        ``(rows, centre, copyright) -> Made``.
    """

    how: str
    refinement: Refinement
    columns: tuple[str, ...]
    make: Callable[[Rows, Array, str], Made]


def drawing(shape: Shape) -> Drawing | None:
    """How `shape` becomes tiles; None if it is laid over the terrain as a picture."""
    if isinstance(shape, Tree):
        return Drawing("tree", tree_tiles.REFINEMENT, (shape.height, shape.crown, *shape.species), _trees)
    if isinstance(shape, Pin):
        # An inner square of twice the leaf is opened where its error is seen larger than 12 of 900 lines at 38°.
        error = 12 / 1307 * shape.reach / (2 * PIN_LEAF)
        return Drawing("pin", Refinement(PIN_LEAF, error, "ADD"), (), _pins)
    if isinstance(shape, Sunk):
        return Drawing("pipe", pipe_tiles.REFINEMENT, (shape.depth, shape.diameter), _pipes)
    return None


def _trees(rows: Rows, centre: Array, copyright: str) -> Made:
    trees = Trees.of(rows.table, rows.shape)
    data = point_tile(rows.layer.name, rows.points - centre, trees.attributes(), rows.texts, copyright)
    reach = np.stack([trees.crowns / 2, trees.crowns / 2, trees.heights], axis=1)
    return data, np.concatenate([rows.points - reach * (1, 1, 0), rows.points + reach])


def _pins(rows: Rows, centre: Array, copyright: str) -> Made:
    attributes = {"_CLASS": feature_rows.classes(rows.layer, rows.table)}
    data = point_tile(rows.layer.name, rows.points - centre, attributes, rows.texts, copyright)
    return data, np.concatenate([rows.points, rows.points + np.array([0, 0, 10])])


def _pipes(rows: Rows, centre: Array, copyright: str) -> Made:
    shapes_ = geometries(rows)
    sample = rows.ground.sample
    return pipe_tiles.pipe_tile(rows.layer, rows.shape, rows.table, shapes_, sample, rows.texts, centre, copyright)


def _plan(layer: Layer, shape: Shape, drawn: Drawing, tenant: Tenant, _folder: Path) -> Plan:
    key = layer.key[0]
    place = f"ST_X({_POINT}) AS east, ST_Y({_POINT}) AS north"
    there = "geom IS NOT NULL AND NOT ST_IsEmpty(geom)"
    keys = tenant.rows(layer.name, f'"{key}" AS key, delivery_id, {place}', there)
    if not keys.num_rows:
        return Plan({}, lambda _: ())
    ground = Ground(tenant)
    copyright = tenant.copyright(layer.consent_class)
    leaf = drawn.refinement.leaf
    columns, rows = cells_of(keys.column("east").to_numpy(), keys.column("north").to_numpy(), leaf)
    order = np.lexsort((rows, columns))
    starts = run_starts(columns[order], rows[order])
    cells = [Cell(0, int(columns[n]), int(rows[n])) for n in order[starts]]
    # What the declaration says is drawn too: another style makes other tiles of the same rows.
    seed = text_hash(layer.name, repr(layer.style), copyright, ground.signature)
    sums = summed(row_hashes(keys.column("key"), keys.column("delivery_id"))[order], starts)
    wanted = {cell: signature(int(total), seed) for cell, total in zip(cells, sums, strict=True)}

    def make(fresh: set[Cell]) -> Iterator[Tile]:
        if not fresh:
            return
        west, east = min(c.column for c in fresh) * leaf, (max(c.column for c in fresh) + 1) * leaf
        read = ", ".join(filter(None, (feature_rows.columns(layer, *drawn.columns), "ST_AsWKB(geom) AS geom")))
        # A cell holds what has its point in it, wherever the rest reaches.
        near = f"{there} AND ST_XMax(geom) >= {west!r} AND ST_XMin(geom) <= {east!r}"
        found = tenant.rows(layer.name, f'"{key}" AS key, {place}, {read}', near)
        points = _standing(found, ground)
        every = Rows(layer, shape, found, points, ground)
        column, row = cells_of(points[:, 0], points[:, 1], leaf)
        for cell, chosen in _groups(column, row):
            if cell in fresh:
                part = every.take(chosen)
                centre = _centre(cell, leaf, part.points)
                data, bounds = drawn.make(part, centre, copyright)
                if not data:
                    continue
                box = (*bounds.min(axis=0).tolist(), *bounds.max(axis=0).tolist())
                yield cell, (float(centre[0]), float(centre[1]), float(centre[2])), box, data

    return Plan(wanted, make, {"features": keys.num_rows})


def _standing(table: pa.Table, ground: Ground) -> Array:
    """A place in each row, on the ground; where nothing tells of the ground, as high as the others. [m]"""
    east, north = table.column("east").to_numpy(), table.column("north").to_numpy()
    height = ground.sample(east, north)
    unknown = np.isnan(height)
    if unknown.any():
        height[unknown] = np.median(height[~unknown]) if not unknown.all() else 0.0
    return np.stack([east, north, height], axis=1)


def _groups(columns: Array, rows: Array) -> Iterator[tuple[Cell, Array]]:
    order = np.lexsort((rows, columns))
    cuts = np.flatnonzero((np.diff(columns[order]) != 0) | (np.diff(rows[order]) != 0)) + 1
    for chosen in np.split(order, cuts):
        yield Cell(0, int(columns[chosen[0]]), int(rows[chosen[0]])), chosen


def _centre(cell: Cell, leaf: float, points: Array) -> Array:
    low = float(np.round(points[:, 2].min(), 1))
    return np.array([(cell.column + 0.5) * leaf, (cell.row + 0.5) * leaf, low])


def geometries(rows: Rows) -> Array:
    """Shapes of the rows."""
    found: Array = shapely.from_wkb(rows.table.column("geom").to_pandas().to_numpy(object))
    return found
