"""A raster file as cells of the store's CRS: windows read by GDAL, warped where the file lies otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio.errors
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform
from rasterio.windows import Window

from ingest.format import Options
from ingest.raster.reference import code, horizontal, is_store
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.geometry.raster import Heights
from twin.language import Text
from twin.layer import CRS

GDAL_SETTINGS = {"GDAL_PAM_ENABLED": "NO", "GDAL_CACHEMAX": 128 << 20, "GDAL_NUM_THREADS": "1"}
"""Nothing is written beside the file that is read, and memory is bounded whatever the machine has."""

MOST_CELLS = 100_000_000_000
"""Cells of a file: thrice a state at 1 m. More is a damaged header or an attack."""

_METRES = {"": 1.0, "m": 1.0, "metre": 1.0, "meter": 1.0, "metres": 1.0, "meters": 1.0, "cm": 0.01, "mm": 0.001}
_FEET = {"ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "us-ft": 1200 / 3937}
_NOTHING = -99_999.0


class RasterCells:
    """First band of a raster file, as `ingest.raster.tiling.Cells`.

    Attributes
    ----------
    crs : str
        CRS of the file as found, ``EPSG:…`` where it has a code.
    warped : bool
        Whether its cells were resampled, because of another CRS, a rotation or cells that are not square.
    """

    def __init__(self, file: str, form: Text, dataset: Any, view: Any, crs: str) -> None:
        self.file, self.form = file, form
        self._view = view
        self.crs = crs
        self.warped = view is not dataset
        self.width, self.height = view.width, view.height
        self.cell_size = round(float(view.transform.a), 6)
        self.west, self.north = round(float(view.transform.c), 6), round(float(view.transform.f), 6)
        unit = str(dataset.units[0] or "").strip().lower()
        self._scale, self._offset = dataset.scales[0], dataset.offsets[0]
        if unit not in _METRES and unit not in _FEET:
            raise self._invalid(Text("Einheit", "unit"), "m", unit)
        self._metres = (_METRES | _FEET)[unit]

    def read(self, row: int, column: int, rows: int, columns: int) -> Heights:
        """Heights of a window, NaN where there is no value. [m]

        Raises
        ------
        twin.errors.InvalidDelivery
            If the file is damaged there.
        """
        window = Window(column, row, columns, rows)
        try:
            band = self._view.read(1, window=window, masked=True)
        except (rasterio.errors.RasterioError, rasterio._err.CPLE_BaseError) as damage:
            lines, across = f"{row}–{row + rows - 1}", f"{column}–{column + columns - 1}"
            where = Text(f"Zeilen {lines}, Spalten {across}", f"rows {lines}, columns {across}")
            found = str(damage.__cause__ or damage)[:200]
            raise self._invalid(where, Text("Bildpunkte", "pixels"), found) from damage
        values = band.data.astype(np.float64)
        values = (values * self._scale + self._offset) * self._metres
        values[np.ma.getmaskarray(band)] = np.nan
        heights: Heights = values.astype(np.float32)
        return heights

    def _invalid(self, where: Text, expected: Text | str, found: str) -> InvalidDelivery:
        return InvalidDelivery(file=self.file, format=self.form, where=where, expected=expected, found=found)


@contextmanager
def open_cells(path: Path, file: str, form: Text, options: Options) -> Iterator[RasterCells]:
    """Open a GeoTIFF as cells of the store's CRS.

    Parameters
    ----------
    path : Path
        The file on disk; it is only read.
    file : str
        Its name, for errors.
    form : Text
        The format's, for errors.
    options : Options
        Names the CRS where the file does not.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, has no place on the ground or no known CRS, or is too large to be true.
    """
    with ExitStack() as stack:
        stack.enter_context(rasterio.Env(**GDAL_SETTINGS))
        try:
            dataset = stack.enter_context(rasterio.open(path, driver="GTiff"))
        except (rasterio.errors.RasterioError, rasterio._err.CPLE_BaseError) as damage:
            found = str(damage).replace(str(path), file)[:200]
            raise InvalidDelivery(
                file=file, format=form, where=Text("Kopf", "header"), expected=form, found=found
            ) from damage
        if dataset.width * dataset.height > MOST_CELLS:
            found = f"{dataset.width} × {dataset.height}"
            raise UnsafeDelivery(
                file=file, found=found, expected=Text(f"{MOST_CELLS:.0e} Zellen", f"{MOST_CELLS:.0e} cells")
            )
        if dataset.transform.is_identity or dataset.transform.determinant == 0:
            raise InvalidDelivery(
                file=file,
                format=form,
                where=Text("Lagebezug", "georeference"),
                expected="transform",
                found=str(tuple(dataset.transform)[:6]),
            )
        crs = horizontal(file, dataset.crs.to_wkt() if dataset.crs else "", options)
        view = dataset
        if not (is_store(crs) and _is_plain(dataset.transform)):
            view = stack.enter_context(_warped(dataset, crs.to_wkt(), crs.is_geographic))
        yield RasterCells(file, form, dataset, view, code(crs))


def _is_plain(transform: Affine) -> bool:
    """North up, not rotated, square cells."""
    size = transform.a
    flat = abs(transform.b) < 1e-9 and abs(transform.d) < 1e-9
    return flat and size > 0 and math.isclose(-transform.e, size, rel_tol=1e-6)


def _warped(dataset: Any, source: str, geographic: bool) -> WarpedVRT:
    """The raster resampled bilinearly to whole multiples of its own cell size in the store's CRS."""
    target = rasterio.crs.CRS.from_user_input(CRS)
    transform, width, height = calculate_default_transform(
        rasterio.crs.CRS.from_wkt(source), target, dataset.width, dataset.height, *_bounds(dataset)
    )
    size = _neat(transform.a) if geographic else _own(dataset.transform)
    west = math.floor(transform.c / size) * size
    north = math.ceil(transform.f / size) * size
    columns = math.ceil((transform.c + width * transform.a - west) / size - 1e-9)
    rows = math.ceil((north - transform.f - height * transform.e) / size - 1e-9)
    return WarpedVRT(
        dataset,
        src_crs=rasterio.crs.CRS.from_wkt(source),
        crs=target,
        transform=Affine(size, 0.0, west, 0.0, -size, north),
        width=columns,
        height=rows,
        resampling=Resampling.bilinear,
        nodata=_NOTHING,
        dtype="float32",
    )


def _bounds(dataset: Any) -> tuple[float, float, float, float]:
    """Bounds also of a rotated or south-up raster."""
    corners = [dataset.transform @ (x, y) for x in (0, dataset.width) for y in (0, dataset.height)]
    easts, norths = zip(*corners, strict=True)
    return min(easts), min(norths), max(easts), max(norths)


def _own(transform: Affine) -> float:
    """Width of the smaller side of a cell. [m]"""
    sides = (math.hypot(transform.a, transform.d), math.hypot(transform.b, transform.e))
    return round(min(sides), 3)


def _neat(size: float) -> float:
    """The next smaller 1, 2 or 5 of a power of ten: cells in degrees have no whole size in metres."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(step for step in (5.0, 2.0, 1.0) if step * power <= size * (1 + 1e-9)) * power
