"""Building meshes of many buildings as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array = npt.NDArray[Any]

WALL, ROOF, FLAT_ROOF, GROUND, OTHER = range(5)
"""Kinds of vertices in a tile."""

FLAT = float(np.cos(np.radians(5.0)))
"""A roof is flat where its normal is less than 5° from the zenith."""

_KINDS = np.array([WALL, ROOF, GROUND, OTHER, OTHER, GROUND], np.uint8)
"""Kind in a tile by the place of the kind in ``layers.building_surface.KINDS``."""


@dataclass(frozen=True)
class Meshes:
    """Triangle meshes of `count` buildings, one after the other.

    Attributes
    ----------
    ids : pyarrow.Array
        ``building_id``, shape (count,).
    origins : float64 array of shape (count, 3)
        Origin of each building. [m]
    vertices : float32 array of shape (v, 3)
        Relative to the building's origin. [m]
    faces : int64 array of shape (t, 3)
        Vertex numbers within the building.
    kinds : uint8 array of shape (t,)
        Kind of each triangle, as in ``building_mesh.kinds``.
    vertex_starts, face_starts : int64 arrays of shape (count + 1,)
        Where each building begins.
    """

    ids: pa.Array
    origins: Array
    vertices: Array
    faces: Array
    kinds: Array
    vertex_starts: Array
    face_starts: Array

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, table: pa.Table) -> Meshes:
        """Meshes of rows of layer ``building_mesh``; list columns are read as buffers, not row by row."""
        vertices, vertex_starts = _flat(table.column("vertices"))
        faces, face_starts = _flat(table.column("faces"))
        kinds, _ = _flat(table.column("kinds"))
        origins = np.stack([table.column(f"origin_{axis}").to_numpy() for axis in "xyz"], axis=1)
        return cls(
            ids=table.column("building_id").combine_chunks(),
            origins=origins.astype(np.float64, copy=False).reshape(-1, 3),
            vertices=vertices.reshape(-1, 3),
            faces=faces.reshape(-1, 3).astype(np.int64),
            kinds=kinds,
            vertex_starts=vertex_starts // 3,
            face_starts=face_starts // 3,
        )

    def take(self, order: Array) -> Meshes:
        """The buildings of numbers `order`, in that order."""
        vertex_places, vertex_starts = _gather(self.vertex_starts, order)
        face_places, face_starts = _gather(self.face_starts, order)
        return Meshes(
            self.ids.take(pa.array(order)),
            self.origins[order],
            self.vertices[vertex_places],
            self.faces[face_places],
            self.kinds[face_places],
            vertex_starts,
            face_starts,
        )

    def global_faces(self) -> Array:
        """Triangles with vertex numbers that count through all buildings, shape (t, 3)."""
        starts: Array = np.repeat(self.vertex_starts[:-1], np.diff(self.face_starts))
        return np.add(self.faces, starts[:, None])

    def normals(self, faces: Array) -> Array:
        """Unit normal of each vertex, float32 of shape (v, 3): its surface's, as no two surfaces share a vertex.

        Triangles of a surface count by their area, so slivers and triangles without area do not turn it.
        """
        corners = [self.vertices[faces[:, k]] for k in range(3)]
        weighted = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        flat, count = faces.ravel(), len(self.vertices)
        sums = np.stack([np.bincount(flat, np.repeat(weighted[:, k], 3), count) for k in range(3)], axis=1)
        length = np.sqrt((sums * sums).sum(axis=1))
        nowhere = length < 1e-12
        sums[nowhere] = (0.0, 0.0, 1.0)
        length[nowhere] = 1.0
        unit: Array = (sums / length[:, None]).astype(np.float32)
        return unit

    def vertex_kinds(self, faces: Array, normals: Array) -> Array:
        """Kind of each vertex: 0 wall, 1 pitched roof, 2 flat roof, 3 ground, 4 other; uint8 of shape (v,)."""
        kinds = np.full(len(self.vertices), OTHER, np.uint8)
        kinds[faces.ravel()] = np.repeat(_KINDS[np.minimum(self.kinds, len(_KINDS) - 1)], 3)
        kinds[(kinds == ROOF) & (normals[:, 2] > FLAT)] = FLAT_ROOF
        return kinds


def _flat(column: pa.ChunkedArray) -> tuple[Array, Array]:
    lists = column.combine_chunks()
    if isinstance(lists, pa.ChunkedArray):
        lists = lists.chunk(0) if lists.num_chunks else pa.array([], column.type)
    if lists.null_count:
        lists = lists.fill_null([])
    offsets = lists.offsets.to_numpy().astype(np.int64)
    values = lists.values.to_numpy(zero_copy_only=False)
    return values[offsets[0] : offsets[-1]], offsets - offsets[0]


def _gather(starts: Array, order: Array) -> tuple[Array, Array]:
    """Places of the elements of the runs `order`, and where each run begins in the result."""
    lengths = np.diff(starts)[order]
    fresh = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(fresh[-1]) + np.repeat(starts[order] - fresh[:-1], lengths)
    return places, fresh
