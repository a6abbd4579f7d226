"""Terrain models as text: one point a line."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyproj

from ingest.format import Facts, Format, Item, Options, Reject
from ingest.raster.lattice import NoLattice, PointCells, PointStore, fill, find_lattice
from ingest.raster.notes import notes
from ingest.raster.points import Dialect, dialect, parse
from ingest.raster.reference import check_place, code, horizontal, is_store
from ingest.raster.tiling import Cells, Tally, claimed, extent, tile_batches
from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import InvalidDelivery
from twin.language import Text

_MOST_REJECTS = 1000
_ZONE = 32_000_000.0

_TRIPLES = Text("drei Zahlen je Zeile", "three numbers a line")
_POINTS = Text("Punkte", "points")
_LATTICE = Text("ein Raster", "a lattice")


def recognise(source: SourceFile) -> bool:
    """Whether the first lines, but for one of names, are three numbers each."""
    return b"\x00" not in source.head and dialect(source.head) is not None


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Tiles of layer ``terrain``. Each point is the centre of a cell, whose size is the points' distance.

    Parameters
    ----------
    source : SourceFile
        The file; lines in any order, blanks, tabs, semicolons or commas between the numbers, decimal commas where the
        comma does not separate.
    options : Options
        Its `crs` is needed: the format cannot name one.

    Yields
    ------
    item : Reject, Batch or Facts
        Rejects are lines that are no point or stand beside the lattice; facts at the end.

    Raises
    ------
    twin.errors.DeliveryError
        If no CRS was named, or the points stand on no lattice.
    """
    crs = horizontal(source.name, "", options)
    if not crs.is_projected:
        raise _invalid(source, Text("CRS", "CRS"), Text("ein CRS in Metern", "a CRS in metres"), crs.name)
    kind = dialect(source.head)
    if kind is None:
        raise _invalid(source, Text("Zeile 1", "line 1"), _TRIPLES, Text("anderer Text", "other text"))
    store, tally = PointStore(), Tally()
    try:
        wrong = yield from _collect(source, kind, store)
        cells = _cells(source, store)
        remarks = list(_remarks(cells, wrong))
        if is_store(crs) and _ZONE <= cells.west < _ZONE + 1_000_000:
            cells.lattice = replace(cells.lattice, west=cells.west - _ZONE)
            remarks.append(Text("Zonenkennzahl 32 abgetrennt", "zone prefix 32 taken off"))
        for line, east, north in cells.irregular:
            size = f"{cells.cell_size:g} m: {east} {north}"
            reason = Text(f"neben dem Raster von {size}", f"beside the lattice of {size}")
            yield Reject(f"line {line}", str(reason), "terrain")
        with _placed(source, cells, crs) as placed:
            check_place(source.name, FORMAT.title, extent(placed))
            yield from tile_batches(placed, tally)
            warped = "" if is_store(crs) else code(crs)
            yield Facts(
                version="XYZ", crs=code(crs), extent=claimed(placed, tally), notes=notes(tally, warped, *remarks)
            )
    finally:
        store.close()


def _collect(source: SourceFile, kind: Dialect, store: PointStore) -> Generator[Reject, None, int]:
    """Take all points in; returns the number of lines that are none."""
    wrong = 0
    try:
        with source.open() as stream:
            for points in parse(stream, kind):
                store.add(points)
                for line, reason in points.bad[: max(0, _MOST_REJECTS - wrong)]:
                    yield Reject(f"line {line}", reason, "terrain")
                wrong += len(points.bad)
                if wrong > _MOST_REJECTS and wrong > store.count:
                    line, reason = points.bad[0] if points.bad else (0, "")
                    raise _invalid(source, Text(f"Zeile {line}", f"line {line}"), _TRIPLES, reason)
    except NoLattice as finding:
        raise _invalid(source, _POINTS, _LATTICE, finding.reason) from finding
    except UNREADABLE as damage:
        where = Text(f"nach {store.count} Punkten", f"after {store.count} points")
        raise _invalid(source, where, Text("eine ganze Datei", "a whole file"), str(damage)[:200]) from damage
    return wrong


def _cells(source: SourceFile, store: PointStore) -> PointCells:
    try:
        return fill(store, find_lattice(store))
    except NoLattice as finding:
        raise _invalid(source, _POINTS, _LATTICE, finding.reason) from finding


def _remarks(cells: PointCells, wrong: int) -> Iterator[Text]:
    if wrong:
        yield Text(f"{wrong} Zeilen sind kein Punkt", f"{wrong} lines are no point")
    if cells.irregular_count:
        found = cells.irregular_count
        yield Text(f"{found} Punkte liegen neben dem Raster", f"{found} points lie beside the lattice")
    if cells.repeated:
        yield Text(
            f"{cells.repeated} Punkte kamen noch einmal; der letzte gilt",
            f"{cells.repeated} points came again; the last one counts",
        )


@contextmanager
def _placed(source: SourceFile, cells: PointCells, crs: pyproj.CRS) -> Iterator[Cells]:
    """The cells themselves where they are in the store's CRS, else resampled by way of a temporary GeoTIFF."""
    if is_store(crs):
        yield cells
        return
    import rasterio  # noqa: PLC0415 – as below: only other systems need it
    from rasterio.transform import Affine  # noqa: PLC0415

    from ingest.raster.dataset import GDAL_SETTINGS, open_cells  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="twin-") as folder:
        path = Path(folder) / "cells.tif"
        size = cells.cell_size
        with (
            rasterio.Env(**GDAL_SETTINGS),
            rasterio.open(
                path,
                "w",
                driver="GTiff",
                width=cells.width,
                height=cells.height,
                count=1,
                dtype="float32",
                nodata=float("nan"),
                crs=crs.to_wkt(),
                transform=Affine(size, 0.0, cells.west, 0.0, -size, cells.north),
                BIGTIFF="IF_SAFER",
            ) as copy,
        ):
            for row in range(0, cells.height, 256):
                rows = min(256, cells.height - row)
                stripe = np.ascontiguousarray(cells.heights[row : row + rows])
                copy.write(stripe, 1, window=((row, row + rows), (0, cells.width)))
        with open_cells(path, source.name, FORMAT.title, Options()) as warped:
            yield warped


def _invalid(source: SourceFile, where: Text, expected: Text, found: Text | str) -> InvalidDelivery:
    return InvalidDelivery(file=source.name, format=FORMAT.title, where=where, expected=expected, found=found)


FORMAT = Format(
    name="xyz",
    title=Text("Geländemodell als XYZ-Text", "Terrain model as XYZ text"),
    versions=("XYZ",),
    layers=("terrain",),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Punktwolken ohne Raster und Zeilen mit mehr als drei Zahlen.",
        "Point clouds without a lattice, and lines of more than three numbers.",
    ),
    example="twin ingest dgm1_32_438_5713_1_nw.xyz.gz --crs EPSG:25832",
    suffixes=(".xyz", ".txt", ".asc", ".csv"),
    crs=Text(
        "Nennt die Datei nie: --crs, in Metern.",
        "Never named by the file: --crs, in metres.",
    ),
    licence=Text(
        "DGM1 in Nordrhein-Westfalen: dl-de/zero-2-0; die Datei nennt keine: --licence.",
        "DGM1 in North Rhine-Westphalia: dl-de/zero-2-0; the file names none: --licence.",
    ),
)
