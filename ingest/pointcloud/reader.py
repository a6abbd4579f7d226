"""A point cloud as tiles of terrain and of what grows on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingest.format import Facts, Item, Options
from ingest.pointcloud.cloud import open_cloud
from ingest.pointcloud.grid import CELL, GAP, MOST_CELLS, PointGrid
from ingest.pointcloud.grid import Tally as PointTally
from ingest.raster.reference import check_place
from ingest.raster.tiling import Tally, claimed, tile_batches
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery
from twin.geometry.raster import Heights
from twin.language import Text
from twin.number import grouped

TITLE = Text("Punktwolke (LAS, LAZ)", "Point cloud (LAS, LAZ)")

_BEYOND = 0.01


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Tiles of layers ``terrain`` and ``vegetation_height``, with cells of 1 m.

    Parameters
    ----------
    source : SourceFile
        The file; its points are read in chunks.
    options : Options
        Its `crs` is taken if the file names none.

    Yields
    ------
    item : Batch or Facts
        Facts at the end.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, its header lies, it has no ground points, or it is in no known CRS.
    """
    with source.on_disk() as path, open_cloud(path, source.name, TITLE, options) as cloud:
        check_place(source.name, TITLE, cloud.box)
        west, south, east, north = cloud.box
        if (east - west + 2) * (north - south + 2) > MOST_CELLS * CELL**2:
            raise _invalid(
                source,
                Text("Ausdehnung", "extent"),
                Text(
                    f"höchstens {MOST_CELLS * CELL**2 / 1e6:g} km² je Datei",
                    f"{MOST_CELLS * CELL**2 / 1e6:g} km² a file",
                ),
                f"{(east - west) / 1000:.1f} × {(north - south) / 1000:.1f} km",
            )
        grid = PointGrid(cloud.box)
        for points in cloud.chunks():
            grid.add(points)
        tally = grid.tally
        if tally.beyond > _BEYOND * cloud.header.points:
            expected = Text("Punkte in der Ausdehnung des Kopfs", "points within the header's bounds")
            raise _invalid(source, Text("Punkte", "points"), expected, f"{tally.beyond:,}")
        if not tally.ground:
            expected = Text("Bodenpunkte (Klasse 2)", "ground points (class 2)")
            raise _invalid(source, Text("Klassen", "classes"), expected, f"0 / {cloud.header.points:,}")
        ground = grid.ground()
        tiles = Tally()
        terrain = _Cells(grid, ground)
        yield from tile_batches(terrain, tiles)
        yield from tile_batches(_Cells(grid, grid.vegetation(ground)), Tally(), "vegetation_height")
        yield Facts(
            version=cloud.header.version,
            crs=cloud.crs,
            extent=claimed(terrain, tiles),
            notes=tuple(str(note) for note in _notes(tally)),
        )


@dataclass
class _Cells:
    """A grid as `ingest.raster.tiling.Cells`."""

    grid: PointGrid
    heights: Heights
    cell_size: float = CELL

    @property
    def width(self) -> int:
        return self.grid.width

    @property
    def height(self) -> int:
        return self.grid.height

    @property
    def west(self) -> float:
        return self.grid.west

    @property
    def north(self) -> float:
        return self.grid.north

    def read(self, row: int, column: int, rows: int, columns: int) -> Heights:
        return np.array(self.heights[row : row + rows, column : column + columns])


def _notes(tally: PointTally) -> Iterator[Text]:
    ground, filled, missing = (grouped(count) for count in (tally.ground, tally.filled, tally.missing))
    noise, beyond = grouped(tally.noise), grouped(tally.beyond)
    yield Text(
        f"Gelände aus {ground} Bodenpunkten; {filled} Zellen bis {GAP} m weit aus Nachbarn ergänzt",
        f"terrain from {ground} ground points; {filled} cells filled from neighbours up to {GAP} m away",
    )
    if tally.missing:
        yield Text(f"{missing} Zellen ohne Boden", f"{missing} cells without ground")
    if not tally.sorted:
        yield Text(
            "Bewuchs ist nicht klassifiziert: geschätzt aus Mehrfachreflexionen, ohne ebene Flächen",
            "vegetation is not classified: estimated from multiple returns, without even surfaces",
        )
    if tally.noise:
        yield Text(f"{noise} Punkte sind als Störung markiert", f"{noise} points are marked as noise")
    if tally.beyond:
        yield Text(f"{beyond} Punkte außerhalb der Ausdehnung", f"{beyond} points beyond the bounds")


def _invalid(source: SourceFile, where: Text, expected: Text, found: str) -> InvalidDelivery:
    return InvalidDelivery(file=source.name, format=TITLE, where=where, expected=expected, found=found)
