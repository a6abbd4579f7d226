"""A second reader of GLB, written after the specification and not after our writer; and made-up buildings."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

_TYPES = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class Parsed:
    """A GLB taken apart; every rule of the container is checked on the way."""

    def __init__(self, data: bytes) -> None:
        magic, version, length = struct.unpack_from("<4sII", data)
        assert (magic, version, length) == (b"glTF", 2, len(data))
        size, kind = struct.unpack_from("<I4s", data, 12)
        assert kind == b"JSON"
        assert size % 4 == 0
        self.json: dict[str, Any] = json.loads(data[20 : 20 + size])
        bin_size, kind = struct.unpack_from("<I4s", data, 20 + size)
        assert kind == b"BIN\0"
        assert bin_size % 4 == 0
        self.bin = data[28 + size :]
        assert len(self.bin) == bin_size == self.json["buffers"][0]["byteLength"]
        for view in self.json["bufferViews"]:
            assert view["byteOffset"] % 8 == 0
            assert view["byteOffset"] + view["byteLength"] <= bin_size
        assert set(self.json.get("extensionsRequired", [])) <= set(self.json.get("extensionsUsed", []))
        self.node = self.json["nodes"][self.json["scenes"][self.json["scene"]]["nodes"][0]]
        self.primitive = self.json["meshes"][self.node["mesh"]]["primitives"][0]

    def view(self, number: int) -> bytes:
        view = self.json["bufferViews"][number]
        return self.bin[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]

    def accessor(self, number: int) -> np.ndarray:
        entry = self.json["accessors"][number]
        view = self.json["bufferViews"][entry["bufferView"]]
        dtype, width = np.dtype("<" + _TYPES[entry["componentType"]]), _WIDTHS[entry["type"]]
        stride = view.get("byteStride", dtype.itemsize * width)
        if "byteStride" in view:
            assert stride % 4 == 0
        assert (entry["count"] - 1) * stride + dtype.itemsize * width <= view["byteLength"]
        raw = np.frombuffer(self.view(entry["bufferView"]), np.uint8)
        rows = np.lib.stride_tricks.as_strided(raw, (entry["count"], dtype.itemsize * width), (stride, 1))
        values = np.ascontiguousarray(rows).view(dtype).reshape(entry["count"], width)
        if "min" in entry:
            assert entry["min"] == values.min(axis=0).tolist()
            assert entry["max"] == values.max(axis=0).tolist()
        if entry.get("normalized"):
            values = np.maximum(values / np.iinfo(dtype).max, -1.0)
        return values[:, 0] if width == 1 else values

    def attribute(self, name: str) -> np.ndarray:
        return self.accessor(self.primitive["attributes"][name])

    @property
    def positions(self) -> np.ndarray:
        """East, north, height about the tile's centre."""
        steps = self.attribute("POSITION") * np.array(self.node.get("scale", [1, 1, 1]))
        return np.stack([steps[:, 0], -steps[:, 2], steps[:, 1]], axis=1)

    @property
    def normals(self) -> np.ndarray:
        turned = self.attribute("NORMAL")
        return np.stack([turned[:, 0], -turned[:, 2], turned[:, 1]], axis=1)

    @property
    def faces(self) -> np.ndarray:
        numbers = self.accessor(self.primitive["indices"]).astype(int)
        assert numbers.max() < len(self.attribute("POSITION"))
        return numbers

    def column(self, name: str) -> list[Any]:
        extension = self.json["extensions"]["EXT_structural_metadata"]
        table = extension["propertyTables"][0]
        declared = extension["schema"]["classes"][table["class"]]["properties"][name]
        entry = table["properties"][name]
        if declared["type"] == "STRING":
            offsets = np.frombuffer(self.view(entry["stringOffsets"]), "<u4")
            assert len(offsets) == table["count"] + 1
            values = self.view(entry["values"])
            return [values[a:b].decode() for a, b in pairwise(offsets)]
        dtype = {"UINT32": "<u4", "FLOAT32": "<f4"}[declared["componentType"]]
        values = np.frombuffer(self.view(entry["values"]), dtype)
        assert len(values) == table["count"]
        return values.tolist()


@pytest.fixture(scope="session")
def parse_glb() -> Callable[[bytes], Parsed]:
    return Parsed


def box_mesh(width: float, depth: float, height: float, ridge: float = 0.0) -> tuple[list[float], list[int], list[int]]:
    """Flat-roofed or (ridge > 0) gabled house: vertices, faces and kinds as ``building_mesh`` holds them."""
    a, b, c, d = (0.0, 0.0), (width, 0.0), (width, depth), (0.0, depth)
    low, top = 0.0, height
    west, east = (0.0, depth / 2, top + ridge), (width, depth / 2, top + ridge)
    at = lambda corner, z: (*corner, z)  # noqa: E731
    surfaces = [
        ([at(a, low), at(b, low), at(b, top), at(a, top)], 0),
        ([at(c, low), at(d, low), at(d, top), at(c, top)], 0),
    ]
    if ridge:
        surfaces += [([at(b, low), at(c, low), at(c, top), east, at(b, top)], 0)]
        surfaces += [([at(d, low), at(a, low), at(a, top), west, at(d, top)], 0)]
        surfaces += [([at(a, top), at(b, top), east, west], 1), ([at(c, top), at(d, top), west, east], 1)]
    else:
        surfaces += [
            ([at(b, low), at(c, low), at(c, top), at(b, top)], 0),
            ([at(d, low), at(a, low), at(a, top), at(d, top)], 0),
        ]
        surfaces += [([at(a, top), at(b, top), at(c, top), at(d, top)], 1)]
    surfaces += [([at(d, low), at(c, low), at(b, low), at(a, low)], 2)]
    vertices: list[float] = []
    faces: list[int] = []
    kinds: list[int] = []
    for ring, kind in surfaces:
        first = len(vertices) // 3
        for point in ring:
            vertices += point
        for k in range(1, len(ring) - 1):
            faces += [first, first + k, first + k + 1]
            kinds.append(kind)
    return vertices, faces, kinds


@pytest.fixture(scope="session")
def houses() -> Callable[..., pa.Table]:
    """``houses(origins, prefix)``: rows of ``building_mesh``, every second one with a gabled roof."""

    def made(origins: list[tuple[float, float, float]], prefix: str = "B", delivery: str = "d1") -> pa.Table:
        meshes = [box_mesh(10, 8, 5 + k % 3, 4.0 if k % 2 else 0.0) for k in range(len(origins))]
        east, north, height = zip(*origins, strict=True)
        return pa.table(
            {
                "building_id": pa.array([f"{prefix}{k}" for k in range(len(origins))]),
                "origin_x": pa.array(east, pa.float64()),
                "origin_y": pa.array(north, pa.float64()),
                "origin_z": pa.array(height, pa.float64()),
                "vertices": pa.array([mesh[0] for mesh in meshes], pa.list_(pa.float32())),
                "faces": pa.array([mesh[1] for mesh in meshes], pa.list_(pa.uint32())),
                "kinds": pa.array([mesh[2] for mesh in meshes], pa.list_(pa.uint8())),
                "surfaces": pa.array([mesh[2] for mesh in meshes], pa.list_(pa.uint32())),
                "measured_height": pa.array([5.0 + k % 3 for k in range(len(origins))]),
                "function_code": pa.array(["31001_1010" if k % 3 else None for k in range(len(origins))]),
                "delivery_id": pa.array([delivery] * len(origins)),
            }
        )

    return made
