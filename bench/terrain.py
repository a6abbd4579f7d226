"""Terrain: a state tile to packed rows, its size, and windows out of the tiles, against rasterio and pandas."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import rasterio
from rasterio.enums import Resampling
from rasterio.windows import from_bounds

from bench.measuring import measure
from bench.row import Row
from ingest.format import Batch, Options
from ingest.formats import geotiff, xyz
from ingest.source_file import SourceFile
from twin.terrain import Terrain

_WEST, _NORTH, _EDGE = 430_000.0, 5_712_000.0, 1000


def rows(shared: Path | None, scale: float = 1.0) -> list[Row]:
    """Comparisons on the real tile where it is there, else on a made-up one."""
    with tempfile.TemporaryDirectory() as folder:
        tif = (
            shared / "terrain" / "dtm1m_32_360_5721_from-3dm-class2_DERIVED.tif"
            if shared
            else _made_up(Path(folder) / "made_up.tif")
        )
        text = _as_text(tif, Path(folder) / "tile.xyz")
        ours, peer = measure(_ours, geotiff.FORMAT.name, tif, runs=3), measure(_repacked, tif, runs=3)
        lines, frame = measure(_ours, xyz.FORMAT.name, text, runs=3), measure(_pandas, text, runs=3)
        return [
            Row("1 km² GeoTIFF to rows", ours.seconds, peer.seconds, "s", "rasterio to zstd GeoTIFF", peak=ours.peak),
            Row("1 km² of 1 m stored", ours.result / 1e6, peer.result / 1e6, "B/cell", "zstd GeoTIFF, predictor 3"),
            Row("1 km² XYZ to rows", lines.seconds, frame.seconds, "s", "pandas.read_csv alone", peak=lines.peak),
            *_windows(tif),
        ]


def _made_up(path: Path) -> Path:
    noise = np.random.default_rng(0).normal(0, 0.03, (_EDGE, _EDGE))
    steps = np.arange(_EDGE)
    heights = 100 + 20 * np.sin(steps / 150)[None] + 10 * np.cos(steps / 90)[:, None] + noise
    _write(path, heights.round(2).astype(np.float32), rasterio.Affine(1, 0, _WEST, 0, -1, _NORTH))
    return path


def _write(path: Path, heights: np.ndarray, transform: Any, **options: Any) -> None:
    rows_, columns = heights.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows_, count=1, dtype="float32", crs="EPSG:25832",
        transform=transform, nodata=-9999, tiled=True, blockxsize=256, blockysize=256, **options,
    ) as copy:  # fmt: skip
        copy.write(heights, 1)


def _as_text(tif: Path, path: Path) -> Path:
    with rasterio.open(tif) as source:
        heights, transform = source.read(1), source.transform
    row, column = np.nonzero(heights > -9999)
    east, north = transform.c + column + 0.5, transform.f - row - 0.5
    table = pa.table([east, north, heights[row, column].astype(float).round(2)], names=["x", "y", "z"])
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter=" ", quoting_style="none")
    pyarrow.csv.write_csv(table, path, options)
    return path


def _tables(name: str, path: Path) -> pa.Table:
    reading = {declared.name: declared for declared in (geotiff.FORMAT, xyz.FORMAT)}[name]
    items = reading.read(SourceFile(path), Options(crs="EPSG:25832"))
    return pa.concat_tables([item.table for item in items if isinstance(item, Batch)])


def _ours(name: str, path: Path) -> int:
    return sum(len(pixels) for pixels in _tables(name, path).column("pixels").to_pylist())


def _repacked(tif: Path) -> int:
    with rasterio.open(tif) as source, tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.tif"
        _write(copy, source.read(1), source.transform, compress="zstd", predictor=3)
        return copy.stat().st_size


def _pandas(text: Path) -> int:
    return len(pd.read_csv(text, sep=" ", header=None))


def _windows(tif: Path) -> list[Row]:
    tiles = _tables(geotiff.FORMAT.name, tif)
    tiles = tiles.append_column("delivery_id", pa.array(["bench"] * tiles.num_rows))
    connection = duckdb.connect()
    connection.from_arrow(tiles).create("terrain")

    class Source:
        def table(self, name: str) -> Any:
            return connection.table(name)

    found = []
    for edge, size in ((500, 1), (500, 5), (1000, 10)):
        # Both start cold: a new Terrain, and a file opened anew.
        land = Terrain(Source())
        with rasterio.open(tif) as raster:
            west, south, *_ = raster.bounds
            box = (west, south, west + edge, south + edge)
            options = {
                "window": from_bounds(*box, raster.transform),
                "out_shape": (edge // size, edge // size),
                "resampling": Resampling.average,
            }
            for when in ("first", "again"):
                ours = _milliseconds(partial(land.window, *box, size))
                peer = _milliseconds(partial(raster.read, 1, **options))
                found.append(Row(f"{edge} m window at {size} m, {when}", ours, peer, "ms", "rasterio, one open file"))
    return found


def _milliseconds(function: Any) -> float:
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1e3
