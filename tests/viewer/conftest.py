"""A second reader of GLB, written after the specification and not after our writer; and made-up buildings."""

from __future__ import annotations

import json
import secrets
import shutil
import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

import twin
from twin import DeliveryHeader, Principal, Twin
from twin.discovery import discover
from twin.geometry.raster import encode
from viewer.scene.tiles import DERIVATIVE

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


OPEN, CLOSED = "05974040", "05974012"
"""Soest shares everything with everyone, Bad Sassendorf's neighbour only with its own staff."""


def rows_of(layer: str, entries: list[dict[str, Any]]) -> pa.Table:
    """Rows of a layer from a few values; the rest is empty."""
    schema = discover("LAYER")[layer].read_schema
    return pa.table([pa.array([e.get(n) for e in entries], schema.field(n).type) for n in schema.names], schema=schema)


def house_rows(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """The houses as rows of ``building`` and ``building_mesh``."""
    buildings, meshes = [], []
    for row in table.to_pylist():
        east, north = row["origin_x"], row["origin_y"]
        buildings.append(
            {
                "building_id": row["building_id"],
                "function_code": row["function_code"] or "31001_2463",
                "function": "Wohngebäude",
                "roof_code": "1000",
                "measured_height": row["measured_height"],
                "ground_height": row["origin_z"],
                "footprint_area": 80.0,
                "year_of_construction": 1899,
                "closed": True,
                "lod": 2,
                "attributes": '{"Qualitaet": "1000"}',
                "geom": shapely.box(east, north, east + 10, north + 8).wkb,
            }
        )
        meshes.append(row)
    return {"building": buildings, "building_mesh": meshes}


@pytest.fixture(scope="session")
def deliver() -> Callable[..., str]:
    """``deliver(twin, ags, {layer: rows}, file=…)``: one delivery; the same file name again replaces it."""

    def delivered(home_twin: Twin, ags: str, layers: dict[str, list[dict[str, Any]]], file: str = "") -> str:
        name = file or f"{ags}.gml"
        header = DeliveryHeader(file=name, format="citygml", sha256=secrets.token_hex(32))
        with home_twin.stage(header) as staging:
            staging.file(
                0,
                name,
                header.sha256,
                version="CityGML 1.0",
                crs="EPSG:25832",
                licence="dl-de/by-2-0",
                date="2025-03-01",
            )
            for layer, entries in layers.items():
                staging.add(ags, layer, rows_of(layer, entries), 0)
            return staging.commit().delivery_id

    return delivered


def hill(west: float, south: float) -> dict[str, Any]:
    """A terrain tile of 1 km² in cells of 10 m that rises by 2 cm a metre to the east."""
    east = west + (np.arange(100) + 0.5) * 10
    heights = np.broadcast_to(50 + (east - 400_000) * 0.02, (100, 100))
    return {
        "tile_id": f"10_{west / 1000:.0f}_{south / 1000:.0f}",
        "cell_size": 10.0,
        "west": west,
        "south": south,
        "east": west + 1000,
        "north": south + 1000,
        "columns": 100,
        "rows": 100,
        "lowest": float(heights.min()),
        "highest": float(heights.max()),
        "missing": 0,
        "pixels": encode(heights),
        "geom": shapely.box(west, south, west + 1000, south + 1000).wkb,
    }


def parcel(number: int, shape: Any) -> dict[str, Any]:
    return {
        "flurstueckskennzeichen": f"055432012{number:05d}0007__",
        "gemarkung": "Müllingsen",
        "gemarkungsnummer": "055432",
        "flur": 12,
        "zaehler": number,
        "nenner": 7,
        "amtliche_flaeche": 1234.0,
        "area": shape.area,
        "area_deviation": 0.0123,
        "location": "Am Kützelbach",
        "geom": shape.wkb,
    }


HOUSES = [(400_010.0 + 120 * k, 5_700_020.0 + 90 * k, 50.2 + 2.4 * k) for k in range(8)]


@pytest.fixture(scope="session")
def district_home(
    tmp_path_factory: pytest.TempPathFactory, houses: Callable[..., pa.Table], deliver: Callable[..., str]
) -> Path:
    """Kreis Soest with two municipalities that have data, one of them for its own staff alone; tiles are made."""
    path = tmp_path_factory.mktemp("district") / "home"
    with Twin.init(path, "05974") as home_twin:
        home_twin.join(OPEN, "all", "open")
        home_twin.join(CLOSED, "all", "internal")
        borders = [
            {"ags": OPEN, "name": "Soest", "geom": shapely.box(400_000, 5_700_000, 402_000, 5_702_000).wkb},
            {"ags": CLOSED, "name": "Ense", "geom": shapely.box(402_000, 5_700_000, 404_000, 5_702_000).wkb},
            {"ags": "05974004", "name": "Anröchte", "geom": shapely.box(404_000, 5_700_000, 406_000, 5_702_000).wkb},
        ]
        deliver(home_twin, "05974", {"municipality": borders}, file="borders.gpkg")
        address = {"street": "Soester Straße", "postcode": "59494", "place": "Soest"}
        content = house_rows(houses(HOUSES, "S"))
        content["building"][4]["address"] = "Butenfeld 2, Soest"
        content |= {
            "terrain": [hill(400_000.0, 5_700_000.0)],
            "parcel": [
                parcel(345, shapely.box(400_000, 5_700_000, 400_060, 5_700_050)),
                parcel(346, shapely.box(400_060, 5_700_000, 400_120, 5_700_050)),
            ],
            "land_use": [
                {
                    "land_use_id": "N1",
                    "land_use_class": "AX_StehendesGewaesser",
                    "geom": shapely.box(400_000, 5_700_000, 400_128, 5_700_256).wkb,
                }
            ],
            "address": [
                address | {"address_id": f"A{n}", "house_number": n, "geom": shapely.Point(400_015 + k, 5_700_024).wkb}
                for k, n in enumerate(("5", "5a", "12", "50"))
            ],
        }
        deliver(home_twin, OPEN, content)
        secret = house_rows(houses([(e + 2000, n, h) for e, n, h in HOUSES], "E"))
        secret["address"] = [
            {
                "address_id": "G1",
                "street": "Geheime Gasse",
                "house_number": "1",
                "geom": shapely.Point(402_015, 5_700_024).wkb,
            }
        ]
        deliver(home_twin, CLOSED, secret)
        DERIVATIVE.update(home_twin, None)
    return path


@pytest.fixture
def district(tmp_path: Path, district_home: Path) -> Iterator[Twin]:
    """The twin of `district_home`, a copy for each test."""
    shutil.copytree(district_home, tmp_path / "home")
    with twin.open(tmp_path / "home") as home_twin:
        yield home_twin


@pytest.fixture(scope="session")
def open_district(district_home: Path) -> Iterator[Callable[[Principal], Twin]]:
    """``open_district(principal)``: the twin of `district_home`, to be read only."""
    opened: dict[Principal, Twin] = {}

    def opener(principal: Principal) -> Twin:
        if principal not in opened:
            opened[principal] = twin.open(district_home, principal)
        return opened[principal]

    yield opener
    for one in opened.values():
        one.close()
