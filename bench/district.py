"""A made-up district, through the real staging and commit into one lake a municipality, and beside it as one file.

Buildings with meshes and two parcels each; no surfaces and no terrain, which the comparisons do not ask for.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import shapely

import twin
from bench.measuring import Measured, Timed, take_turns
from bench.tiles import made_up
from twin.discovery import find
from twin.engine import connect, text
from twin.engine import name as quoted
from twin.layer import CRS

DISTRICT = "97000"
MUNICIPALITIES = 14
BUILDINGS = 200_000
WEST, SOUTH = 400_000.0, 5_700_000.0
EDGE = 10_000.0
"""Edge of a municipality; they lie in a row from west to east. [m]"""

FUNCTIONS = ("31001_1010", "31001_1010", "31001_2463", "31001_2721", "31001_2111", "31001_3020")

_kept: list[tempfile.TemporaryDirectory[str]] = []


@cache
def built(buildings: int = BUILDINGS, municipalities: int = MUNICIPALITIES) -> tuple[Path, Path, Measured, Measured]:
    """Home and native file of a district, made once a run and removed at its end, and what making each cost."""
    _kept.append(tempfile.TemporaryDirectory(prefix="twin-bench-"))
    folder = Path(_kept[-1].name)
    home, native = folder / "home", folder / "native.duckdb"
    ours, peer = take_turns(
        [(build_home, (home, buildings, municipalities)), (build_native, (native, buildings, municipalities))], 1
    )
    return home, native, ours, peer


def clear() -> None:
    """Remove all districts; what is not cleared goes when the process ends."""
    built.cache_clear()
    while _kept:
        _kept.pop().cleanup()


def build_home(home: Path, buildings: int, municipalities: int) -> Timed:
    """Make the home; gives the seconds of staging and commit, without making up the rows."""
    made = list(deliveries(buildings, municipalities))
    with twin.init(home, DISTRICT, "Musterkreis") as t:
        for ags, _ in made:
            t.join(ags, "all", "open", name=ags)
        start = time.perf_counter()
        with t.stage(twin.DeliveryHeader(file="district", format="bench")) as staging:
            for part, (ags, tables) in enumerate(made):
                staging.file(part, ags)
                for layer, table in tables.items():
                    staging.add(ags, layer, table, part)
            staging.commit()
        return Timed(time.perf_counter() - start)


def build_native(file: Path, buildings: int, municipalities: int) -> Timed:
    """Make one native DuckDB file of the same rows, in the same order; gives the seconds."""
    made = list(deliveries(buildings, municipalities))
    start = time.perf_counter()
    connection = open_native(file, create=True)
    for layer in made[0][1]:
        declared = find("LAYER", layer)
        rows = pa.concat_tables(
            [tables[layer].append_column("ags", pa.array([ags] * tables[layer].num_rows)) for ags, tables in made]
        )
        connection.register("given", rows)
        columns = []
        for column in declared.all_columns:
            value = quoted(column.name) if column.name in rows.column_names else f"NULL::{column.type}"
            if column.type == "GEOMETRY":
                value = f"ST_SetCRS(ST_GeomFromWKB({value}), {text(CRS)})"
            columns.append(f"{value} AS {quoted(column.name)}")
        box = f"{{'min_x': {WEST}, 'min_y': {SOUTH}, 'max_x': {WEST + 2e5}, 'max_y': {SOUTH + 2e5}}}::BOX_2D"
        order = f" ORDER BY ags, ST_Hilbert(ST_GeomFromWKB(geom), {box})" if declared.geometry else ""
        connection.execute(f"CREATE TABLE {quoted(layer)} AS SELECT {', '.join(columns)} FROM given{order}")
        connection.unregister("given")
    connection.execute("CHECKPOINT native")
    connection.close()
    return Timed(time.perf_counter() - start)


def open_native(file: Path, create: bool = False) -> duckdb.DuckDBPyConnection:
    """The same engine with the same settings as the twin's, on the native file."""
    connection = connect(extensions=())
    # Without the storage version the file would lose the CRS.
    connection.execute(
        f"ATTACH {text(str(file))} AS native ({'STORAGE_VERSION $$v1.5.0$$' if create else 'READ_ONLY'})"
    )
    connection.execute("USE native")
    return connection


def deliveries(buildings: int, municipalities: int) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """Key and tables of each municipality: the same for the same sizes."""
    meshes = made_up(buildings)
    bounds = np.linspace(0, buildings, municipalities + 1).astype(int)
    random = np.random.default_rng(2)
    for number, (first, last) in enumerate(pairwise(bounds)):
        count = int(last - first)
        east, north = _places(count, WEST + number * EDGE)
        mesh = meshes.slice(first, count)
        for column, values in (("origin_x", east), ("origin_y", north)):
            mesh = mesh.set_column(mesh.schema.get_field_index(column), column, pa.array(values))
        key = mesh.column("building_id")
        chosen = random.integers(0, len(FUNCTIONS), count)
        height = 3 + random.random(count) * 12
        building = pa.table(
            {
                "building_id": key,
                "function_code": pa.array(FUNCTIONS).take(pa.array(chosen)),
                "roof_code": pa.array(["1000", "3100", "3200"]).take(pa.array(chosen % 3)),
                "measured_height": height,
                "eaves_height": height * 0.65,
                "ground_height": mesh.column("origin_z"),
                "volume": 80 * height * 0.8,
                "footprint_area": [80.0] * count,
                "part_count": pa.array([0] * count, pa.int32()),
                "address": [f"Musterstraße {house}, {97000 + number} Musterort" for house in range(count)],
                "lod": pa.array([2] * count, pa.int32()),
                "source_object": ["citygml"] * count,
                "geom": shapely.to_wkb(shapely.box(east, north, east + 10, north + 8)),
            }
        )
        yield (
            f"97000{number + 1:03d}",
            {
                "building": building,
                "building_mesh": mesh.drop_columns(["measured_height", "function_code"]).append_column(
                    "surfaces", pa.ListArray.from_arrays(mesh.column("kinds").combine_chunks().offsets, _zeros(mesh))
                ),
                "parcel": _parcels(number, east, north),
            },
        )


def _places(count: int, west: float) -> tuple[np.ndarray, np.ndarray]:
    """South-west corners of houses on a grid of plots that fills the municipality."""
    columns = int(np.ceil(np.sqrt(count)))
    pitch = min(EDGE / columns, 60.0)
    place = np.arange(count)
    return west + (place % columns) * pitch + 8.0, SOUTH + (place // columns) * pitch + 6.0


def _parcels(number: int, east: np.ndarray, north: np.ndarray) -> pa.Table:
    """Two a house: every fifth house stands astride their common border, the others within the first."""
    first = np.where(np.arange(len(east)) % 5 == 0, 15.0, 22.0)
    west, south = np.concatenate([east - 8, east - 8 + first]), np.concatenate([north - 6, north - 6])
    width = np.concatenate([first, 28.0 - first])
    place = np.arange(2 * len(east))
    return pa.table(
        {
            "flurstueckskennzeichen": [f"059{number:03d}{p // 10_000:03d}{p % 10_000 + 1:05d}______" for p in place],
            "gemarkung": [f"Gemarkung {number}"] * len(place),
            "flur": pa.array(place // 10_000, pa.int32()),
            "amtliche_flaeche": width * 30.0,
            "geom": shapely.to_wkb(shapely.box(west, south, west + width, south + 30.0)),
        }
    )


def _zeros(mesh: pa.Table) -> pa.Array:
    return pa.array(np.zeros(len(mesh.column("kinds").combine_chunks().values), np.uint32))
