"""A small made-up district as the server would offer it: tiles, scene.json, colours, drapes, borders.

Written by hand from the contract in docs/architecture.md, and not with the writers of `viewer.scene`: what the engine
reads is tested against the contract and not against one writer's habits.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

WEST, SOUTH, SIZE = 430_000.0, 5_710_000.0, 4_000.0
ORIGIN = (WEST + SIZE / 2, SOUTH + SIZE / 2, 100.0)
JOINED = ("05999001", "05999002")
EMPTY = "05999003"


def ground(east, north):
    """Height of the made-up hills. [m]"""
    x, y = (np.asarray(east) - WEST) / 1000, (np.asarray(north) - SOUTH) / 1000
    valley = 22 * np.tanh((y - 1.9 - 0.25 * np.sin(x * 1.7)) ** 2 * 1.2)
    return 96 + valley + 9 * np.sin(x * 1.9 + 0.6) * np.cos(y * 1.4) + 3 * np.sin(x * 5.1) * np.sin(y * 4.3 + 1)


@dataclass
class Mesh:
    """Flat-shaded triangles about a centre, with a kind and a feature a vertex."""

    positions: list = field(default_factory=list)
    normals: list = field(default_factory=list)
    kinds: list = field(default_factory=list)
    features: list = field(default_factory=list)

    def face(self, corners, kind, feature):
        corners = np.asarray(corners, float)
        normal = np.cross(corners[1] - corners[0], corners[-1] - corners[0])
        normal /= np.linalg.norm(normal)
        for k in range(1, len(corners) - 1):
            for corner in (corners[0], corners[k], corners[k + 1]):
                self.positions.append(corner)
                self.normals.append(normal)
                self.kinds.append(kind)
                self.features.append(feature)


@dataclass
class House:
    """Where a house stands; all lengths in metres."""

    ags: str
    building_id: str
    slot: int
    centre: np.ndarray
    top: float


def house(mesh, feature, centre, base, length, width, eaves, ridge, turn, roof):
    """One house with a gable, hip or flat roof."""
    c, s = np.cos(turn), np.sin(turn)
    a, b = length / 2, width / 2

    def at(x, y, z):
        return (centre[0] + c * x - s * y, centre[1] + s * x + c * y, base + z)

    corners = [(-a, -b), (a, -b), (a, b), (-a, b)]
    inset = {"gable": 0.0, "hip": min(a * 0.55, b)}.get(roof, 0.0)
    for i in range(4):
        (x0, y0), (x1, y1) = corners[i], corners[(i + 1) % 4]
        points = [at(x0, y0, -1.0), at(x1, y1, -1.0), at(x1, y1, eaves)]
        if roof == "gable" and i % 2 == 1:
            points.append(at((x0 + x1) / 2, 0, ridge))
        mesh.face([*points, at(x0, y0, eaves)], 0, feature)
    if roof == "flat":
        mesh.face([at(x, y, eaves) for x, y in corners], 2, feature)
        return
    left, right = at(-a + inset, 0, ridge), at(a - inset, 0, ridge)
    e = [at(x, y, eaves) for x, y in corners]
    mesh.face([e[0], e[1], right, left], 1, feature)
    mesh.face([e[2], e[3], left, right], 1, feature)
    if roof == "hip":
        mesh.face([e[1], e[2], right], 1, feature)
        mesh.face([e[3], e[0], left], 1, feature)


def glb(primitive_arrays, *, mode, centre, extensions=None, used=(), extras=None, table=None, indices=None) -> bytes:
    """A GLB with one mesh; positions are east, north, height about the tile's centre, turned y-up here."""
    blob, views, accessors = b"", [], []

    def view(raw: bytes) -> int:
        nonlocal blob
        blob += b"\0" * (-len(blob) % 8)
        views.append({"buffer": 0, "byteOffset": len(blob), "byteLength": len(raw)})
        blob += raw
        return len(views) - 1

    attributes = {}
    for name, values in primitive_arrays.items():
        array = np.asarray(values, np.float32)
        if name in ("POSITION", "NORMAL"):
            array = np.stack([array[:, 0], array[:, 2], -array[:, 1]], axis=1)
        accessor: dict[str, Any] = {
            "bufferView": view(np.ascontiguousarray(array).tobytes()),
            "componentType": 5126,
            "count": len(array),
            "type": {1: "SCALAR", 2: "VEC2", 3: "VEC3"}[array.reshape(len(array), -1).shape[1]],
        }
        if name == "POSITION":
            accessor |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        accessors.append(accessor)
        attributes[name] = len(accessors) - 1
    primitive: dict[str, Any] = {"attributes": attributes, "mode": mode}
    if indices is not None:
        raw = np.asarray(indices, np.uint32)
        accessors.append(
            {"bufferView": view(raw.tobytes()), "componentType": 5125, "count": len(raw), "type": "SCALAR"}
        )
        primitive["indices"] = len(accessors) - 1
    document: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}]}
    if table is not None:
        identifiers, slots = table
        texts = [text.encode() for text in identifiers]
        offsets = np.cumsum([0, *map(len, texts)]).astype(np.uint32)
        document["extensions"] = {
            "EXT_structural_metadata": {
                "schema": {
                    "id": "test",
                    "classes": {
                        "building": {
                            "properties": {
                                "building_id": {"type": "STRING"},
                                "slot": {"type": "SCALAR", "componentType": "UINT32"},
                            }
                        }
                    },
                },
                "propertyTables": [
                    {
                        "class": "building",
                        "count": len(texts),
                        "properties": {
                            "building_id": {
                                "values": view(b"".join(texts)),
                                "stringOffsets": view(offsets.tobytes()),
                                "stringOffsetType": "UINT32",
                            },
                            "slot": {"values": view(np.asarray(slots, np.uint32).tobytes())},
                        },
                    }
                ],
            }
        }
        primitive["extensions"] = {
            "EXT_mesh_features": {"featureIds": [{"featureCount": len(texts), "attribute": 0, "propertyTable": 0}]}
        }
        document["extensionsUsed"] = ["EXT_mesh_features", "EXT_structural_metadata"]
    node: dict[str, Any] = {"mesh": 0}
    if extras:
        node["extras"] = extras
    if centre is not None:
        node["translation"] = [centre[0], centre[2], -centre[1]]
    document |= {
        "nodes": [node],
        "meshes": [{"primitives": [primitive]}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(blob)}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    blob += b"\0" * (-len(blob) % 4)
    length = 12 + 8 + len(text) + 8 + len(blob)
    return (
        struct.pack("<III", 0x46546C67, 2, length)
        + struct.pack("<II", len(text), 0x4E4F534A)
        + text
        + struct.pack("<II", len(blob), 0x004E4942)
        + blob
    )


def tileset(folder: Path, tiles: list[dict]) -> None:
    """Write tileset.json over finished tiles: `name`, `centre`, `low`, `high` (absolute), `error`."""
    folder.mkdir(parents=True, exist_ok=True)

    def box(low, high, centre):
        middle, half = (np.add(low, high) / 2) - centre, (np.subtract(high, low) / 2)
        return [*middle, half[0], 0, 0, 0, half[1], 0, 0, 0, half[2]]

    children = [
        {
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, *tile["centre"], 1],
            "boundingVolume": {"box": box(tile["low"], tile["high"], tile["centre"])},
            "geometricError": 0,
            "content": {"uri": tile["name"]},
        }
        for tile in tiles
    ]
    low = np.min([tile["low"] for tile in tiles], axis=0)
    high = np.max([tile["high"] for tile in tiles], axis=0)
    root = {
        "boundingVolume": {"box": box(low, high, (0, 0, 0))},
        "geometricError": 1e4,
        "refine": "ADD",
        "children": children,
    }
    (folder / "tileset.json").write_text(json.dumps({"asset": {"version": "1.1"}, "geometricError": 1e5, "root": root}))


def terrain(folder: Path, parts: int = 4, quads: int = 64) -> None:
    """Terrain as a grid of patches with skirts."""
    tiles, size = [], SIZE / parts
    for column in range(parts):
        for row in range(parts):
            west, south = WEST + column * size, SOUTH + row * size
            x, y = np.meshgrid(np.linspace(west, west + size, quads + 1), np.linspace(south, south + size, quads + 1))
            z = ground(x, y)
            dx, dy = (ground(x + 1, y) - ground(x - 1, y)) / 2, (ground(x, y + 1) - ground(x, y - 1)) / 2
            normals = np.stack([-dx, -dy, np.ones_like(dx)], axis=-1).reshape(-1, 3)
            normals /= np.linalg.norm(normals, axis=1)[:, None]
            centre = (west + size / 2, south + size / 2, float(np.round(z.mean(), 1)))
            numbers = np.arange((quads + 1) ** 2).reshape(quads + 1, quads + 1)
            a, b, c, d = (m.ravel() for m in (numbers[:-1, :-1], numbers[:-1, 1:], numbers[1:, 1:], numbers[1:, :-1]))
            faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).ravel()
            points = np.stack([x, y, z], axis=-1).reshape(-1, 3) - centre
            uv = np.stack([(x - west) / size, 1 - (y - south) / size], axis=-1).reshape(-1, 2)
            name = f"{column}-{row}.glb"
            folder.mkdir(parents=True, exist_ok=True)
            data = glb(
                {"POSITION": points, "NORMAL": normals, "TEXCOORD_0": uv},
                mode=4,
                centre=None,
                indices=faces,
                extras={"square": [west, south, west + size, south + size]},
            )
            (folder / name).write_bytes(data)
            low, high = points.min(axis=0) + centre, points.max(axis=0) + centre
            tiles.append({"name": name, "centre": centre, "low": low, "high": high})
    tileset(folder, tiles)


def sites(rng: np.random.Generator):
    """Where houses stand: villages of ring and radial streets; east, north, turn."""
    placed: list[tuple[float, float, float]] = []
    villages = [(0.75, 0.8, 11), (2.6, 0.75, 9), (0.9, 3.1, 9), (2.05, 2.75, 13), (3.3, 2.0, 7)]
    for vx, vy, rings in villages:
        for ring in range(1, rings):
            radius = 16 + ring * 31.0
            count = int(2 * np.pi * radius / (17 + ring * 0.9))
            for k in range(count):
                angle = 2 * np.pi * k / count + ring * 0.4
                if abs(np.sin(angle * 2.5 + vx)) < 0.10 or rng.random() < 0.08 + 0.02 * ring:
                    continue
                wobble = radius * (1 + 0.06 * np.sin(3 * angle + vy))
                x, y = vx * 1000 + np.cos(angle) * wobble * 1.25, vy * 1000 + np.sin(angle) * wobble * 0.8
                if 40 < x < SIZE - 40 and 40 < y < SIZE - 40:
                    placed.append((WEST + x, SOUTH + y, angle + np.pi / 2 + rng.normal(0, 0.05)))
    kept: list[tuple[float, float, float]] = []
    cells: dict[tuple[int, int], list[int]] = {}
    for site in placed:
        cell = int(site[0] // 20), int(site[1] // 20)
        near = [k for i in (-1, 0, 1) for j in (-1, 0, 1) for k in cells.get((cell[0] + i, cell[1] + j), [])]
        if all(np.hypot(site[0] - kept[k][0], site[1] - kept[k][1]) > 16.5 for k in near):
            cells.setdefault(cell, []).append(len(kept))
            kept.append(site)
    return kept


def buildings(folder: Path, seed: int = 7) -> list[House]:
    """Tiles of 500 m with houses, by tenant; the list of what was built."""
    rng = np.random.default_rng(seed)
    houses: list[House] = []
    slots = dict.fromkeys(JOINED, 0)
    meshes: dict[tuple[str, int, int], tuple[Mesh, list[House]]] = {}
    for east, north, turn in sites(rng):
        if east > WEST + 3000 and north > SOUTH + 1500:
            continue  # the municipality that has not joined
        ags = JOINED[0] if north < SOUTH + 1900 else JOINED[1]
        slot, slots[ags] = slots[ags], slots[ags] + 1
        base = float(ground(east, north))
        roof = rng.choice(["gable", "gable", "gable", "hip", "flat"])
        length, width = rng.uniform(9, 14), rng.uniform(8, 10.5)
        eaves = rng.choice([3.2, 5.6, 5.8, 6.2]) if roof != "flat" else rng.choice([3.0, 6.0, 9.0])
        ridge = eaves + width * rng.uniform(0.38, 0.55)
        made = House(ags, f"DENW{ags[-3:]}A{slot:05d}ÄB", slot, np.array([east, north]), base + eaves)
        key = (ags, int((east - WEST) // 500), int((north - SOUTH) // 500))
        mesh, inside = meshes.setdefault(key, (Mesh(), []))
        middle = (WEST + key[1] * 500 + 250, SOUTH + key[2] * 500 + 250)
        house(mesh, len(inside), made.centre - middle, base - 100.0, length, width, eaves, ridge, turn, roof)
        made.top = base + (ridge if roof != "flat" else eaves)
        inside.append(made)
        houses.append(made)
    by_tenant: dict[str, list[dict]] = {}
    for (ags, column, row), (mesh, inside) in meshes.items():
        centre = (WEST + column * 500 + 250, SOUTH + row * 500 + 250, 100.0)
        data = glb(
            {
                "POSITION": mesh.positions,
                "NORMAL": mesh.normals,
                "_KIND": mesh.kinds,
                "_FEATURE_ID_0": mesh.features,
            },
            mode=4,
            centre=None,
            table=([h.building_id for h in inside], [h.slot for h in inside]),
        )
        target = folder / ags / "building"
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{column}-{row}.glb").write_bytes(data)
        points = np.asarray(mesh.positions) + centre
        by_tenant.setdefault(ags, []).append(
            {"name": f"{column}-{row}.glb", "centre": centre, "low": points.min(axis=0), "high": points.max(axis=0)}
        )
    for ags, tiles in by_tenant.items():
        tileset(folder / ags / "building", tiles)
    return houses


def parcels(folder: Path) -> None:
    """Lines of 50 m fields about one village."""
    steps = np.arange(0, 800, 10.0)
    lines = []
    for k in range(0, 801, 50):
        for a, b in zip(steps, steps + 10, strict=True):
            for (x0, y0), (x1, y1) in (((a, k), (b, k)), ((k, a), (k, b))):
                for x, y in ((x0, y0), (x1, y1)):
                    east, north = WEST + 1700 + x, SOUTH + 2400 + y
                    lines.append((east, north, float(ground(east, north)) + 0.3))
    points, centre = np.array(lines), (WEST + 2100, SOUTH + 2800, 100.0)
    folder.mkdir(parents=True)
    (folder / "lines.glb").write_bytes(glb({"POSITION": points - centre}, mode=1, centre=None))
    tileset(folder, [{"name": "lines.glb", "centre": centre, "low": points.min(axis=0), "high": points.max(axis=0)}])


def scene(revision: int = 1) -> dict[str, Any]:
    """scene.json."""
    drawn = [("05999", "terrain"), (JOINED[1], "parcel"), *((ags, "building") for ags in JOINED)]
    return {
        "origin": list(ORIGIN),
        "extent": [WEST, SOUTH, WEST + SIZE, SOUTH + SIZE],
        "heights": [88.0, 130.0],
        "tilesets": [
            {"ags": ags, "layer": layer, "url": f"/tiles/{ags}/{layer}/tileset.json", "revision": revision}
            for ags, layer in drawn
        ],
        "municipalities": [
            {"ags": JOINED[0], "name": "Unterstadt", "centre": [WEST + 1500, SOUTH + 900], "empty": False},
            {"ags": JOINED[1], "name": "Oberberg", "centre": [WEST + 1400, SOUTH + 2900], "empty": False},
            {"ags": EMPTY, "name": "Leerhausen", "centre": [WEST + 3500, SOUTH + 2700], "empty": True},
        ],
        "attribution": ["Musterkreis 2026, erfunden"],
    }


def borders() -> list[dict[str, Any]]:
    """borders.json."""
    rings = {
        JOINED[0]: [(0, 0), (4, 0), (4, 1.5), (3, 1.5), (3, 1.9), (0, 1.9), (0, 0)],
        JOINED[1]: [(0, 1.9), (3, 1.9), (3, 4), (0, 4), (0, 1.9)],
        EMPTY: [(3, 1.5), (4, 1.5), (4, 4), (3, 4), (3, 1.5)],
    }

    def dense(ring):
        points = []
        for (x0, y0), (x1, y1) in pairwise(ring):
            for t in np.linspace(0, 1, 60, endpoint=False):
                east, north = WEST + 1000 * (x0 + (x1 - x0) * t), SOUTH + 1000 * (y0 + (y1 - y0) * t)
                points.append([east, north, float(ground(east, north))])
        return [*points, points[0]]

    return [{"ags": ags, "line": dense(ring)} for ags, ring in rings.items()]


def colours(count: int, scenario: str) -> bytes:
    """A ramp over the slots; in a scenario slot 0 is hidden and slot 1 a ghost."""
    t = np.linspace(0, 1, max(count, 1))
    rgba = np.stack([255 * t, 120 + 60 * t, 255 * (1 - t), np.full_like(t, 255)], axis=1).astype(np.uint8)
    if scenario and count > 1:
        rgba[0, 3], rgba[1, 3] = 0, 128
    return rgba.tobytes()


def drape(west: float, south: float, size: float, pixels: int = 256) -> bytes:
    """Fields in stripes and a river, with nothing between."""
    x, y = np.meshgrid(
        west + (np.arange(pixels) + 0.5) / pixels * size, south + (pixels - np.arange(pixels) - 0.5) / pixels * size
    )
    u, v = (x - WEST) / 1000, (y - SOUTH) / 1000
    field_number = (np.floor((x + 0.3 * y) / 140) * 7 + np.floor((y - 0.2 * x) / 190) * 13).astype(int) % 5
    palette = np.array([(201, 190, 126), (183, 190, 121), (168, 181, 111), (216, 206, 147), (169, 191, 122)], np.uint8)
    picture = np.dstack([palette[field_number], np.full(x.shape, 255, np.uint8)])
    river = np.abs(v - 1.9 - 0.25 * np.sin(u * 1.7)) < 0.02
    picture[river] = (120, 165, 196, 255)
    wood = np.hypot(u - 1.8, v - 1.55) + 0.05 * np.sin(9 * u) * np.sin(8 * v) < 0.3
    picture[wood] = (106, 140, 82, 255)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()


def added() -> bytes:
    """Three houses that a scenario adds, at absolute coordinates in the node's translation."""
    mesh = Mesh()
    for k in range(3):
        east, north = WEST + 1350 + 30 * k, SOUTH + 1500
        base = float(ground(east, north))
        house(mesh, k, (30.0 * k, 0.0), base - 100.0, 14, 10, 6, 10, 0.2, "gable")
    return glb(
        {"POSITION": mesh.positions, "NORMAL": mesh.normals, "_KIND": mesh.kinds, "_FEATURE_ID_0": mesh.features},
        mode=4,
        centre=(WEST + 1350, SOUTH + 1500, 100.0),
    )


def write(folder: Path) -> list[House]:
    """Write all tiles below `folder`; the houses."""
    terrain(folder / "05999" / "terrain")
    parcels(folder / JOINED[1] / "parcel")
    return buildings(folder)
