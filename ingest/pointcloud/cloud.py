"""A LAS or LAZ file as a stream of points in the store's CRS."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import laspy  # type: ignore[import-untyped]
import numpy as np
import pyproj
from laspy.errors import LaspyException  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ingest.damage import in_words
from ingest.format import Box, Options
from ingest.pointcloud.header import LasHeader, check_header
from ingest.raster.reference import code, horizontal, is_store
from twin.errors import InvalidDelivery
from twin.language import Text
from twin.layer import CRS

CHUNK = 500_000
"""Points that are unpacked at once: memory does not grow with the file."""

_ZONE = 32_000_000.0
_DAMAGE = (
    LaspyException,
    ValueError,
    RuntimeError,
    OSError,
    struct.error,
    IndexError,
    OverflowError,
    TypeError,
    KeyError,
)


@dataclass(frozen=True, slots=True)
class Points:
    """Some points.

    Attributes
    ----------
    east, north, height : array of float64, shape (n,)
        In the store's CRS; heights as they are. [m]
    classes : array of uint8
        Class of each (ASPRS).
    returns : array of uint8
        Number of returns of its pulse.
    """

    east: NDArray[np.float64]
    north: NDArray[np.float64]
    height: NDArray[np.float64]
    classes: NDArray[np.uint8]
    returns: NDArray[np.uint8]


class Cloud:
    """Points of a file.

    Attributes
    ----------
    header : LasHeader
    crs : str
        CRS of the file as found.
    box : tuple of float
        West, south, east, north that the header claims. [m]
    """

    def __init__(self, file: str, form: Text, header: LasHeader, reader: Any, crs: pyproj.CRS) -> None:
        self.file, self.form, self.header = file, form, header
        self._reader = reader
        self.crs = code(crs)
        self._shift = _ZONE if is_store(crs) and _ZONE <= header.low[0] < _ZONE + 1e6 else 0.0
        self._transformer = None if is_store(crs) else pyproj.Transformer.from_crs(crs, CRS, always_xy=True)
        self.box = self._box()

    def chunks(self) -> Iterator[Points]:
        """All points, some at a time, in the order of the file.

        Raises
        ------
        twin.errors.InvalidDelivery
            If the file ends early or is damaged.
        """
        count = 0
        iterator = self._reader.chunk_iterator(CHUNK)
        while True:
            try:
                found = next(iterator, None)
                if found is None:
                    break
                points = self._points(found)
            except BaseException as damage:
                # A panic of the decompressor, which is written in Rust, is no Exception.
                if not isinstance(damage, _DAMAGE) and type(damage).__name__ != "PanicException":
                    raise
                raise self._broken(count, str(damage)[:200] or in_words(damage)) from damage
            count += len(points.east)
            yield points
            if not len(points.east):
                break
        if count < self.header.points:
            raise self._broken(count, Text("Dateiende", "end of file"))

    def _points(self, found: Any) -> Points:
        east, north = np.asarray(found.x, np.float64) - self._shift, np.asarray(found.y, np.float64)
        if self._transformer is not None:
            east, north = self._transformer.transform(east, north)
        classes, returns = np.asarray(found.classification, np.uint8), np.asarray(found.number_of_returns, np.uint8)
        return Points(east, north, np.asarray(found.z, np.float64), classes, returns)

    def _box(self) -> Box:
        low, high = self.header.low, self.header.high
        if self._transformer is None:
            return low[0] - self._shift, low[1], high[0] - self._shift, high[1]
        west, south, east, north = self._transformer.transform_bounds(low[0], low[1], high[0], high[1], densify_pts=21)
        return float(west), float(south), float(east), float(north)

    def _broken(self, count: int, found: Text | str) -> InvalidDelivery:
        where = Text(f"nach {count:,} Punkten", f"after {count:,} points")
        expected = Text(f"{self.header.points:,} Punkte", f"{self.header.points:,} points")
        return InvalidDelivery(file=self.file, format=self.form, where=where, expected=expected, found=found)


@contextmanager
def open_cloud(path: Path, file: str, form: Text, options: Options) -> Iterator[Cloud]:
    """Open a point cloud.

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
        If the header lies, or no CRS is known.
    """
    header = check_header(path, file, form)
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        try:
            # One thread: several unpack whole chunks, whose size the file decides.
            reader = stack.enter_context(laspy.open(path, laz_backend=laspy.LazBackend.Lazrs))
        except BaseException as damage:
            if not isinstance(damage, _DAMAGE) and type(damage).__name__ != "PanicException":
                raise
            where = Text("Kopf", "header")
            found = str(damage).replace(str(path), file)[:200] or in_words(damage)
            raise InvalidDelivery(file=file, format=form, where=where, expected=form, found=found) from damage
        crs = horizontal(file, _named(reader.header), options)
        if not crs.is_projected:
            expected = Text("ein CRS in Metern", "a CRS in metres")
            raise InvalidDelivery(file=file, format=form, where="CRS", expected=expected, found=crs.name)
        yield Cloud(file, form, header, reader, crs)


def _named(header: Any) -> str:
    """CRS of the file as WKT, from its WKT or its geo keys; empty if it has none."""
    try:
        found = header.parse_crs()
    except Exception:  # whatever a damaged record makes of pyproj
        return ""
    if found is None:
        return ""
    parts = found.sub_crs_list if found.is_compound else [found]
    return str(parts[0].to_wkt())
