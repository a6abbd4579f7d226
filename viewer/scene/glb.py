"""A binary glTF file (GLB), written from numpy arrays."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

ARRAY_BUFFER = 34962
ELEMENT_ARRAY_BUFFER = 34963
POINTS = 0
LINES = 1
TRIANGLES = 4

COARSEST = 0.015
"""Longest step of quantised positions: 491 m from the centre are in reach. [m]"""

_COMPONENTS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942


def y_up(points: Array) -> Array:
    """East, north, height as glTF's x, y, z. [m]

    Parameters
    ----------
    points : array of shape (n, 3)

    Returns
    -------
    turned : array of shape (n, 3), of the same type
    """
    turned = np.empty_like(points)
    turned[:, 0] = points[:, 0]
    turned[:, 1] = points[:, 2]
    np.negative(points[:, 1], out=turned[:, 2])
    return turned


class Glb:
    """Collects buffer views and accessors and writes them as one GLB.

    Parameters
    ----------
    copyright : str
        Attribution and licence of what is inside; travels in ``asset.copyright``.
    """

    def __init__(self, copyright: str = "") -> None:
        self.document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "district-twin"} | ({"copyright": copyright} if copyright else {}),
            "buffers": [{"byteLength": 0}],
            "bufferViews": [],
            "accessors": [],
        }
        self._chunks: list[bytes] = []
        self._length = 0

    def view(self, data: Array | bytes, target: int | None = None, stride: int | None = None) -> int:
        """Append bytes, aligned to 8 as EXT_structural_metadata wants; the number of the buffer view."""
        raw = data if isinstance(data, bytes) else np.ascontiguousarray(data).tobytes()
        entry: dict[str, Any] = {"buffer": 0, "byteOffset": self._length, "byteLength": len(raw)}
        if target is not None:
            entry["target"] = target
        if stride is not None:
            entry["byteStride"] = stride
        self.document["bufferViews"].append(entry)
        padding = -len(raw) % 8
        self._chunks += [raw, b"\0" * padding]
        self._length += len(raw) + padding
        return len(self.document["bufferViews"]) - 1

    def attribute(self, values: Array, normalized: bool = False, bounds: bool = False) -> int:
        """Append a vertex attribute, each vertex padded to four bytes; the number of the accessor.

        Parameters
        ----------
        values : array of shape (n,) or (n, k)
        normalized : bool
            Whether integers stand for fractions.
        bounds : bool
            Whether to write ``min`` and ``max``, as positions need.
        """
        columns = values.reshape(len(values), -1)
        width = columns.shape[1]
        padded_width = width + (-width * columns.itemsize % 4) // columns.itemsize
        if padded_width != width:
            padded = np.zeros((len(columns), padded_width), columns.dtype)
            padded[:, :width] = columns
        else:
            padded = columns
        entry: dict[str, Any] = {
            "bufferView": self.view(padded, ARRAY_BUFFER, padded_width * columns.itemsize),
            "componentType": _COMPONENTS[columns.dtype.str[1:]],
            "count": len(columns),
            "type": {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}[width],
        }
        if normalized:
            entry["normalized"] = True
        if bounds:
            entry["min"] = columns.min(axis=0).tolist()
            entry["max"] = columns.max(axis=0).tolist()
        return self._accessor(entry)

    def indices(self, numbers: Array, vertex_count: int) -> int:
        """Append vertex numbers, in two bytes each where that is enough; the number of the accessor."""
        # 65535 restarts a primitive, so it is no vertex.
        flat = np.ascontiguousarray(numbers.ravel(), np.uint16 if vertex_count < 65535 else np.uint32)
        return self._accessor(
            {
                "bufferView": self.view(flat, ELEMENT_ARRAY_BUFFER),
                "componentType": _COMPONENTS[flat.dtype.str[1:]],
                "count": len(flat),
                "type": "SCALAR",
            }
        )

    def strings(self, values: bytes, offsets: Array) -> dict[str, Any]:
        """Append texts as a property of a property table.

        Parameters
        ----------
        values : bytes
            All texts in UTF-8, one after the other.
        offsets : array of shape (n + 1,)
            Where each begins.
        """
        return {
            "values": self.view(values or b"\0"),
            "stringOffsets": self.view(offsets.astype(np.uint32)),
            "stringOffsetType": "UINT32",
        }

    def bytes(
        self,
        *,
        primitive: Mapping[str, Any],
        node: Mapping[str, Any],
        extensions: Mapping[str, Any] | None = None,
        used: Sequence[str] = (),
        required: Sequence[str] = (),
        extras: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The file with one mesh of one primitive.

        Parameters
        ----------
        primitive : mapping
            Attributes, indices, mode, material and extensions of the primitive.
        node : mapping
            Transform of the node.
        extensions : mapping or None
            Extensions at the top of the document.
        used, required : sequence of str
            Names of extensions.
        extras : mapping or None
            What scene, node and mesh carry beside the standard.
        """
        beside = {"extras": dict(extras)} if extras else {}
        document = self.document | {
            "scene": 0,
            "scenes": [{"nodes": [0]} | beside],
            "nodes": [{"mesh": 0} | dict(node) | beside],
            "meshes": [{"primitives": [dict(primitive)]} | beside],
        }
        if extensions:
            document["extensions"] = dict(extensions)
        if used:
            document["extensionsUsed"] = list(used)
        if required:
            document["extensionsRequired"] = list(required)
        document["buffers"] = [{"byteLength": self._length}]
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        size = 12 + 8 + len(text) + 8 + self._length
        return b"".join(
            [
                struct.pack("<III", _MAGIC, 2, size),
                struct.pack("<II", len(text), _JSON),
                text,
                struct.pack("<II", self._length, _BIN),
                *self._chunks,
            ]
        )

    def _accessor(self, entry: dict[str, Any]) -> int:
        self.document["accessors"].append(entry)
        return len(self.document["accessors"]) - 1


def quantised(points: Array) -> tuple[Array, float]:
    """Positions as 16-bit integers about 0, with the length of one step; as they are where a step would be too long.

    One scale for all axes keeps normals right; equal points stay equal, so no crack opens.

    Parameters
    ----------
    points : array of shape (n, 3)
        About the tile's centre. [m]

    Returns
    -------
    steps : int16 or float32 array of shape (n, 3)
    scale : float
        Length of one step, at most `COARSEST`; 1 for positions in metres. [m]
    """
    reach = float(np.abs(points).max(initial=0.0)) or 1.0
    if reach > 32767 * COARSEST:
        return points.astype(np.float32), 1.0
    scale = reach / 32767.0
    return np.rint(points / np.float32(scale)).astype(np.int16), scale


def normal_bytes(normals: Array) -> Array:
    """Unit vectors as normalised signed bytes."""
    return np.rint(normals * 127.0).astype(np.int8)
