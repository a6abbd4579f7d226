"""A picture as pixels of the store's CRS: windows read by GDAL, warped where the file lies otherwise."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio.errors
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform
from rasterio.windows import Window

from ingest.format import Options
from ingest.imagery.companions import named_crs
from ingest.raster.dataset import GDAL_SETTINGS
from ingest.raster.reference import code, horizontal, is_store
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.geometry.picture import Colours
from twin.language import Text
from twin.layer import CRS

SETTINGS = GDAL_SETTINGS | {
    # A truncated JPEG is filled with grey and a warning otherwise.
    "GDAL_ERROR_ON_LIBJPEG_WARNING": "YES",
    "GDAL_JPEG_TO_RGB": "YES",
    "GDAL_MAX_RAW_BLOCK_CACHE_SIZE": 10_000_000,
}

DRIVERS = {
    b"II*\x00": "GTiff",
    b"MM\x00*": "GTiff",
    b"II+\x00": "GTiff",
    b"MM\x00+": "GTiff",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"\x00\x00\x00\x0c": "JP2OpenJPEG",
    b"\xff\x4f\xff\x51": "JP2OpenJPEG",
}
"""First bytes of a file, and the one reader of GDAL that may open it."""

MOST_PIXELS = 10_000_000_000
"""Of a file: 400 km² at 20 cm."""

LARGEST_BLOCK = 32_000_000
"""Pixels that the file's layout makes a reader decode at once (a strip or tile, all of an interlaced PNG)."""

RATIO, FREE = 400, 1 << 29
"""How many times its size a file may unpack to, beyond the first half gigabyte."""

_DAMAGE = (rasterio.errors.RasterioError, rasterio._err.CPLE_BaseError)
_SIDES = Text("Farbkanäle mit 8 oder 16 Bit", "colour bands of 8 or 16 bits")


class PictureCells:
    """Colours of a picture file.

    Attributes
    ----------
    kind : str
        ``rgb`` or ``grey``.
    crs : str
        CRS of the file as found, ``EPSG:…`` where it has a code.
    warped : bool
        Whether pixels were resampled, because of another CRS, a rotation or pixels that are not square.
    metadata : dict of str to str
        What the file says about itself.
    depth : int
        Bits of a band that are used.
    """

    def __init__(self, file: str, form: Text, dataset: Any, view: Any, crs: str) -> None:
        self.file, self.form, self.crs = file, form, crs
        self._view, self.warped = view, view is not dataset
        self.width, self.height = view.width, view.height
        self.cell_size = round(float(view.transform.a), 6)
        self.west, self.north = round(float(view.transform.c), 6), round(float(view.transform.f), 6)
        self.metadata = {**dataset.tags(), **dataset.tags(ns="IMAGERY")}
        roles = list(dataset.colorinterp)
        colours = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        self._table = _palette(dataset) if roles[0] == ColorInterp.palette else None
        if dataset.count < 3:
            self._bands = [1]
        elif all(roles.count(colour) == 1 for colour in colours):
            self._bands = [roles.index(colour) + 1 for colour in colours]
        else:
            self._bands = [1, 2, 3]
        self.kind = "grey" if dataset.count < 3 and self._table is None else "rgb"
        flags = set().union(*dataset.mask_flag_enums)
        self.masked = flags != {MaskFlags.all_valid}
        self._alpha = view.count if self.warped else 0
        if {dataset.dtypes[band - 1] for band in self._bands} - {"uint8", "uint16"}:
            raise self._invalid(Text("Kopf", "header"), _SIDES, ", ".join(dict.fromkeys(dataset.dtypes)))
        self.depth = 8 if dataset.dtypes[0] == "uint8" else self._depth(dataset)

    def read(self, row: int, column: int, rows: int, columns: int) -> tuple[Colours, NDArray[np.bool_]]:
        """Colours of a window, and where the file has a picture.

        Raises
        ------
        twin.errors.InvalidDelivery
            If the file is damaged there.
        """
        window = Window(column, row, columns, rows)
        try:
            values = self._view.read(self._bands, window=window)
            if self.warped:
                known = self._view.read(self._alpha, window=window) > 0
            elif self.masked:
                known = self._view.read_masks(self._bands, window=window).any(axis=0)
            else:
                known = np.ones((rows, columns), bool)
        except _DAMAGE as damage:
            lines, across = f"{row}–{row + rows - 1}", f"{column}–{column + columns - 1}"
            where = Text(f"Zeilen {lines}, Spalten {across}", f"rows {lines}, columns {across}")
            raise self._invalid(where, Text("Bildpunkte", "pixels"), _said(damage)) from damage
        if self._table is not None:
            return self._table[values[0].clip(0, len(self._table) - 1)], known
        if self.depth > 8:
            values = (values >> (self.depth - 8)).clip(0, 255)
        colours: Colours = np.ascontiguousarray(np.moveaxis(values.astype(np.uint8), 0, -1))
        return colours.repeat(3, axis=2) if self.kind == "grey" else colours, known

    def _depth(self, dataset: Any) -> int:
        """Bits that 16-bit bands really use: cameras give 10 to 14."""
        stated = dataset.tags(1, ns="IMAGE_STRUCTURE").get("NBITS", "")
        if stated.isdecimal() and 8 <= int(stated) <= 16:
            return int(stated)
        highest = 0
        for row in np.linspace(0, dataset.height - 1, num=min(dataset.height, 16)).astype(int).tolist():
            try:
                found = dataset.read(self._bands, window=Window(0, row, dataset.width, 1))
            except _DAMAGE as damage:
                where = Text(f"Zeile {row}", f"row {row}")
                raise self._invalid(where, Text("Bildpunkte", "pixels"), _said(damage)) from damage
            highest = max(highest, int(found.max()))
        return min(16, max(8, highest.bit_length()))

    def _invalid(self, where: Text | str, expected: Text | str, found: str) -> InvalidDelivery:
        return InvalidDelivery(file=self.file, format=self.form, where=where, expected=expected, found=found)


@contextmanager
def open_picture(path: Path, file: str, form: Text, options: Options) -> Iterator[PictureCells]:
    """Open a picture as pixels of the store's CRS.

    Parameters
    ----------
    path : Path
        The file on disk, its companions beside it; it is only read.
    file : str
        Its name, for errors.
    form : Text
        The format's, for errors.
    options : Options
        Names the CRS where neither the file nor its companions do.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, has no place on the ground or no known CRS, or is too large to be true.
    """
    with ExitStack() as stack:
        stack.enter_context(rasterio.Env(**SETTINGS))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        header = Text("Kopf", "header")
        try:
            dataset = stack.enter_context(rasterio.open(path, driver=_driver(path)))
        except _DAMAGE as damage:
            found = _said(damage).replace(str(path), file)
            raise InvalidDelivery(file=file, format=form, where=header, expected=form, found=found) from damage
        _bounded(dataset, path, file, form)
        if dataset.transform.is_identity or dataset.transform.determinant == 0 or not _finite(dataset.transform):
            expected = Text(
                "Georeferenz oder Weltdatei (.tfw, .jgw, .j2w)", "georeference or world file (.tfw, .jgw, .j2w)"
            )
            found = str(tuple(dataset.transform)[:6])
            raise InvalidDelivery(file=file, format=form, where=header, expected=expected, found=found)
        named = dataset.crs.to_wkt() if dataset.crs else named_crs(path)
        crs = horizontal(file, named, options)
        view = dataset
        if not (is_store(crs) and _is_plain(dataset.transform)):
            view = stack.enter_context(_warped(dataset, crs.to_wkt(), crs.is_geographic))
        yield PictureCells(file, form, dataset, view, code(crs))


def _driver(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
    return next((driver for magic, driver in DRIVERS.items() if start.startswith(magic)), "GTiff")


def _bounded(dataset: Any, path: Path, file: str, form: Text) -> None:
    """Refuse what is larger than a picture can honestly be, or ends early in silence."""
    pixels = dataset.width * dataset.height
    size = pixels * dataset.count * np.dtype(dataset.dtypes[0]).itemsize
    if pixels > MOST_PIXELS:
        expected = Text(f"{MOST_PIXELS:.0e} Pixel", f"{MOST_PIXELS:.0e} pixels")
        raise UnsafeDelivery(file=file, found=f"{dataset.width} × {dataset.height}", expected=expected)
    block = max(high * wide for high, wide in dataset.block_shapes)
    if dataset.driver == "PNG" and _interlaced(path):
        block = pixels
    if block > LARGEST_BLOCK:
        expected = Text(f"Blöcke von {LARGEST_BLOCK:.0e} Pixeln", f"blocks of {LARGEST_BLOCK:.0e} pixels")
        raise UnsafeDelivery(file=file, found=f"{block:,}", expected=expected)
    if dataset.driver == "PNG" and not _ends(path):
        # The library reads on in silence.
        expected, found = Text("Dateiende (IEND)", "end of file (IEND)"), f"{path.stat().st_size:,} B"
        raise InvalidDelivery(
            file=file, format=form, where=Text("Dateiende", "end of file"), expected=expected, found=found
        )
    packed = path.stat().st_size
    if size > max(FREE, RATIO * packed):
        raise UnsafeDelivery(file=file, found=f"{size // max(packed, 1)} : 1", expected=f"{RATIO} : 1")


def _interlaced(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(29)[28:] == b"\x01"


def _ends(path: Path) -> bool:
    """Whether the chunks of a PNG go on to its last one."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        place = 8
        while place + 12 <= size:
            stream.seek(place)
            start = stream.read(8)
            place += 12 + int.from_bytes(start[:4])
            if start[4:] == b"IEND":
                return place <= size
    return False


def _palette(dataset: Any) -> Colours:
    table = np.zeros((256, 3), np.uint8)
    for index, colour in dataset.colormap(1).items():
        if 0 <= index < len(table):
            table[index] = colour[:3]
    return table


def _finite(transform: Affine) -> bool:
    return all(math.isfinite(value) and abs(value) < 1e9 for value in tuple(transform)[:6])


def _is_plain(transform: Affine) -> bool:
    """North up, not rotated, square pixels of at least a millimetre."""
    size = transform.a
    flat = abs(transform.b) < 1e-9 and abs(transform.d) < 1e-9
    return flat and size >= 0.001 and math.isclose(-transform.e, size, rel_tol=1e-6)


def _warped(dataset: Any, source: str, geographic: bool) -> WarpedVRT:
    """The picture resampled (cubic) to whole multiples of its own pixel size in the store's CRS."""
    target, own = rasterio.crs.CRS.from_user_input(CRS), rasterio.crs.CRS.from_wkt(source)
    corners = [dataset.transform @ (x, y) for x in (0, dataset.width) for y in (0, dataset.height)]
    easts, norths = zip(*corners, strict=True)
    bounds = min(easts), min(norths), max(easts), max(norths)
    transform, width, height = calculate_default_transform(own, target, dataset.width, dataset.height, *bounds)
    t = dataset.transform
    size = transform.a if geographic else min(math.hypot(t.a, t.d), math.hypot(t.b, t.e))
    size = max(round(size, 2), 0.01)
    west, north = math.floor(transform.c / size) * size, math.ceil(transform.f / size) * size
    return WarpedVRT(
        dataset,
        src_crs=own,
        crs=target,
        transform=Affine(size, 0.0, west, 0.0, -size, north),
        width=math.ceil((transform.c + width * transform.a - west) / size - 1e-9),
        height=math.ceil((north - transform.f - height * transform.e) / size - 1e-9),
        resampling=Resampling.nearest if dataset.colorinterp[0] == ColorInterp.palette else Resampling.cubic,
        add_alpha=ColorInterp.alpha not in dataset.colorinterp,
        warp_mem_limit=64,
    )


def _said(damage: BaseException) -> str:
    return str(damage.__cause__ or damage)[:200]
