"""Buildings as GLB tiles: squares of 500 m, every building whole in the square of its origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viewer.scene.glb import TRIANGLES, Glb, normal_bytes, quantised, y_up
from viewer.scene.meshes import Meshes
from viewer.scene.property_table import Texts
from viewer.scene.tileset import Box, Cell, Refinement

Array = npt.NDArray[Any]

REFINEMENT = Refinement(leaf=500.0, error=1.0, mode="ADD")
"""Leaves are drawn from 58 km on (16 pixels of error, 1080 lines, 60°): the overview of a district is complete."""

MATERIAL = {
    "pbrMetallicRoughness": {"baseColorFactor": [0.93, 0.91, 0.86, 1.0], "metallicFactor": 0, "roughnessFactor": 0.9}
}

NO_HEIGHT = -9999.0

_SCHEMA = {
    "id": "district_twin",
    "classes": {
        "building": {
            "name": "Building",
            "properties": {
                "building_id": {"name": "gml:id", "type": "STRING", "required": True},
                "slot": {
                    "name": "Number within the tenant",
                    "type": "SCALAR",
                    "componentType": "UINT32",
                    "required": True,
                },
                "measured_height": {
                    "name": "Height [m]",
                    "type": "SCALAR",
                    "componentType": "FLOAT32",
                    "noData": NO_HEIGHT,
                },
                "function_code": {"name": "Function code", "type": "STRING", "noData": ""},
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class BuildingTile:
    """One finished tile.

    Attributes
    ----------
    cell : Cell
    centre : tuple of float
        Easting, northing, height that the positions are relative to. [m]
    box : Box
        Bounds of its buildings. [m]
    data : bytes
        The GLB.
    """

    cell: Cell
    centre: tuple[float, float, float]
    box: Box
    data: bytes


def cells_of(east: Array, north: Array, leaf: float) -> tuple[Array, Array]:
    """Column and row of the leaf square of each position, int64."""
    return np.floor(east / leaf).astype(np.int64), np.floor(north / leaf).astype(np.int64)


def building_tiles(table: pa.Table, slots: Array, copyright: str = "") -> Iterator[BuildingTile]:
    """Tiles of buildings.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of ``building_mesh``, with ``measured_height`` and ``function_code`` of ``building`` beside.
    slots : integer array of shape (rows,)
        Number of each building within its tenant.
    copyright : str
        Attribution and licence.

    Yields
    ------
    tile : BuildingTile
        Sorted by column and row.
    """
    if not table.num_rows:
        return
    meshes = Meshes.of(table)
    columns, rows = cells_of(meshes.origins[:, 0], meshes.origins[:, 1], REFINEMENT.leaf)
    order = np.lexsort((slots, rows, columns))
    columns, rows = columns[order], rows[order]
    new_cell = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1) | np.diff(rows, prepend=rows[0]))
    edges = np.append(new_cell, len(order))
    lowest = np.minimum.reduceat(meshes.origins[order, 2], new_cell)
    centres = np.stack(
        [(columns[new_cell] + 0.5) * REFINEMENT.leaf, (rows[new_cell] + 0.5) * REFINEMENT.leaf, np.round(lowest, 1)],
        axis=1,
    )
    names = _Attributes.of(table.take(pa.array(order)), slots[order].astype(np.uint32))
    geometry = _Geometry.of(meshes.take(order), np.repeat(centres, np.diff(edges), axis=0))
    for number, (first, last) in enumerate(pairwise(edges.tolist())):
        cell = Cell(0, int(columns[first]), int(rows[first]))
        centre = (float(centres[number, 0]), float(centres[number, 1]), float(centres[number, 2]))
        part = geometry.part(first, last)
        if len(part.faces):
            low, high = part.positions.min(axis=0) + centre, part.positions.max(axis=0) + centre
            yield BuildingTile(
                cell, centre, (*low.tolist(), *high.tolist()), _glb(part, names.part(first, last), copyright)
            )


def building_glb(table: pa.Table, slots: Array, copyright: str = "") -> bytes:
    """All buildings of `table` in one GLB that stands by itself: its node carries easting, northing and height.

    Parameters
    ----------
    table, slots, copyright
        As in `building_tiles`; at least one row.

    Returns
    -------
    glb : bytes
        y up; after turning z up its coordinates are those of the store.
    """
    meshes = Meshes.of(table)
    centre = np.round(meshes.origins.mean(axis=0))
    geometry = _Geometry.of(meshes, np.broadcast_to(centre, meshes.origins.shape))
    east, north, height = centre.tolist()
    return _glb(geometry, _Attributes.of(table, slots.astype(np.uint32)), copyright, [east, height, -north])


@dataclass(frozen=True)
class _Geometry:
    """Vertices of many buildings about the centres of their tiles; ``faces`` count from the first vertex."""

    positions: Array
    normals: Array
    kinds: Array
    faces: Array
    features: Array
    vertex_starts: Array
    face_starts: Array

    @classmethod
    def of(cls, meshes: Meshes, centres: Array) -> _Geometry:
        faces = meshes.global_faces()
        normals = meshes.normals(faces)
        counts = np.diff(meshes.vertex_starts)
        shift = (meshes.origins - centres).astype(np.float32)
        return cls(
            positions=meshes.vertices + np.repeat(shift, counts, axis=0),
            normals=normals,
            kinds=meshes.vertex_kinds(faces, normals),
            faces=faces,
            features=np.repeat(np.arange(len(meshes)), counts),
            vertex_starts=meshes.vertex_starts,
            face_starts=meshes.face_starts,
        )

    def part(self, first: int, last: int) -> _Geometry:
        """Buildings from `first` to before `last`, counted from 0 again."""
        vertices = slice(self.vertex_starts[first], self.vertex_starts[last])
        faces = slice(self.face_starts[first], self.face_starts[last])
        return _Geometry(
            self.positions[vertices],
            self.normals[vertices],
            self.kinds[vertices],
            self.faces[faces] - self.vertex_starts[first],
            self.features[vertices] - first,
            self.vertex_starts[first : last + 1] - self.vertex_starts[first],
            self.face_starts[first : last + 1] - self.face_starts[first],
        )


@dataclass(frozen=True)
class _Attributes:
    """What third parties read of each building."""

    ids: Texts
    functions: Texts
    heights: Array
    slots: Array

    @classmethod
    def of(cls, table: pa.Table, slots: Array) -> _Attributes:
        heights = pc.fill_null(table.column("measured_height").cast(pa.float32()), NO_HEIGHT).to_numpy()
        return cls(Texts.of(table.column("building_id")), Texts.of(table.column("function_code")), heights, slots)

    def part(self, first: int, last: int) -> _Attributes:
        return _Attributes(
            self.ids.part(first, last),
            self.functions.part(first, last),
            self.heights[first:last],
            self.slots[first:last],
        )


def _glb(geometry: _Geometry, names: _Attributes, copyright: str, translation: list[float] | None = None) -> bytes:
    glb = Glb(copyright)
    steps, scale = quantised(geometry.positions)
    count = len(names.slots)
    features = geometry.features.astype(np.uint16 if count <= 65535 else np.float32)
    attributes = {
        "POSITION": glb.attribute(y_up(steps), bounds=True),
        "NORMAL": glb.attribute(y_up(normal_bytes(geometry.normals)), normalized=True),
        "_KIND": glb.attribute(geometry.kinds),
        "_FEATURE_ID_0": glb.attribute(features),
    }
    indices = glb.indices(geometry.faces, len(steps))
    glb.document["materials"] = [MATERIAL]
    table = {
        "name": "buildings",
        "class": "building",
        "count": count,
        "properties": {
            "building_id": glb.strings(names.ids.values, names.ids.offsets),
            "slot": {"values": glb.view(names.slots)},
            "measured_height": {"values": glb.view(names.heights.astype(np.float32))},
            "function_code": glb.strings(names.functions.values, names.functions.offsets),
        },
    }
    feature_ids = {"featureCount": count, "attribute": 0, "propertyTable": 0}
    return glb.bytes(
        primitive={
            "attributes": attributes,
            "indices": indices,
            "mode": TRIANGLES,
            "material": 0,
            "extensions": {"EXT_mesh_features": {"featureIds": [feature_ids]}},
        },
        node={"scale": [scale, scale, scale]} | ({"translation": translation} if translation else {}),
        extensions={"EXT_structural_metadata": {"schema": _SCHEMA, "propertyTables": [table]}},
        used=["KHR_mesh_quantization", "EXT_mesh_features", "EXT_structural_metadata"],
        required=["KHR_mesh_quantization"],
    )
