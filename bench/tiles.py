"""Tiles a second: 200 000 made-up buildings from flat Arrow columns to GLB files on disk.

Peer in the same run: the same bytes written to disk without making them, the limit of the machine.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.measuring import Timed, measure, take_turns
from bench.row import Row, rate
from viewer.scene.building_tiles import building_tiles

BUILDINGS = 200_000


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Tiles and buildings a second, on one core."""
    count = int(BUILDINGS * scale)
    sizes: list[int] = measure(write_tiles, count).result
    ours, peer = take_turns([(write_tiles, (count,)), (write_bytes, (sizes,))], runs=2)
    task = f"3D Tiles of {count:,} buildings, {sum(sizes) / 1e6:.0f} MB"
    against = "writing the same bytes"
    return [
        rate(task, len(sizes), "tiles", (ours, peer), against),
        rate(task, count, "buildings", (ours, peer), against),
    ]


def write_tiles(count: int) -> tuple[Timed, list[int]]:
    """Seconds to make and write the tiles of so many buildings, and the size of each."""
    table = made_up(count)
    slots = np.arange(table.num_rows)
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        start = time.perf_counter()
        sizes = []
        for tile in building_tiles(table, slots):
            (Path(folder) / f"{tile.cell}.glb").write_bytes(tile.data)
            sizes.append(len(tile.data))
        return Timed(time.perf_counter() - start), sizes


def write_bytes(sizes: list[int]) -> Timed:
    """Seconds to write files of these sizes."""
    content = np.random.default_rng(0).bytes(max(sizes))
    with tempfile.TemporaryDirectory(prefix="twin-bench-") as folder:
        start = time.perf_counter()
        for number, size in enumerate(sizes):
            (Path(folder) / f"{number}.raw").write_bytes(content[:size])
        return Timed(time.perf_counter() - start)


def made_up(count: int) -> pa.Table:
    """Gabled houses with the columns of ``building_mesh``, 150 a square kilometre, each surface with its own vertices.

    Parameters
    ----------
    count : int
        Number of buildings.
    """
    random = np.random.default_rng(1)
    a, b = np.array([0, 0, 0.0]), np.array([10, 0, 0.0])
    c, d = np.array([10, 8, 0.0]), np.array([0, 8, 0.0])
    up, ridge_w, ridge_e = np.array([0, 0, 5.0]), np.array([0, 4, 9.0]), np.array([10, 4, 9.0])
    surfaces = [
        ([a, b, b + up, a + up], 0),
        ([c, d, d + up, c + up], 0),
        ([b, c, c + up, ridge_e, b + up], 0),
        ([d, a, a + up, ridge_w, d + up], 0),
        ([a + up, b + up, ridge_e, ridge_w], 1),
        ([c + up, d + up, ridge_w, ridge_e], 1),
        ([d, c, b, a], 2),
    ]
    vertices: list[np.ndarray] = []
    faces: list[list[int]] = []
    kinds: list[int] = []
    for ring, kind in surfaces:
        first = len(vertices)
        vertices += ring
        faces += [[first, first + k, first + k + 1] for k in range(1, len(ring) - 1)]
        kinds += [kind] * (len(ring) - 2)
    size = np.sqrt(count / 150) * 1000
    flat_vertices = np.tile(np.ravel(vertices).astype(np.float32), count)
    flat_faces = np.tile(np.ravel(faces).astype(np.uint32), count)
    flat_kinds = np.tile(np.array(kinds, np.uint8), count)

    def lists(values: np.ndarray, each: int) -> pa.Array:
        return pa.ListArray.from_arrays(np.arange(count + 1, dtype=np.int32) * each, values)

    return pa.table(
        {
            "building_id": [f"DENW22AL{number:08d}" for number in range(count)],
            "origin_x": 400_000 + random.random(count) * size,
            "origin_y": 5_700_000 + random.random(count) * size,
            "origin_z": random.random(count) * 100,
            "vertices": lists(flat_vertices, 3 * len(vertices)),
            "faces": lists(flat_faces, 3 * len(faces)),
            "kinds": lists(flat_kinds, len(kinds)),
            "measured_height": random.random(count) * 10,
            "function_code": pa.array(["31001_1010"] * count),
        }
    )
