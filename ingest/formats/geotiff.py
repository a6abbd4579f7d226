"""Terrain models as GeoTIFF."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.format import Facts, Format, Item, Options
from ingest.raster.notes import notes
from ingest.raster.reference import check_place
from ingest.raster.tiff_header import read_header
from ingest.raster.tiling import Tally, claimed, extent, tile_batches
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether this is a TIFF of one band of heights; pictures (several bands, 8 bits, palettes) are not terrain."""
    if source.head[:4] not in {b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"}:
        return False
    header = read_header(source)
    return header is not None and header.is_heights


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Tiles of layer ``terrain`` in the store's CRS, stripe by stripe.

    Parameters
    ----------
    source : SourceFile
        The file.
    options : Options
        Its `crs` is taken if the file names none.

    Yields
    ------
    item : Batch or Facts
        Facts at the end.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, not placed, or in no known CRS.
    """
    from ingest.raster.dataset import open_cells  # noqa: PLC0415 – rasterio: telling a GeoTIFF does not need it

    header = read_header(source)
    tally = Tally()
    with source.on_disk() as path, open_cells(path, source.name, FORMAT.title, options) as cells:
        check_place(source.name, FORMAT.title, extent(cells))
        yield from tile_batches(cells, tally)
        yield Facts(
            version=header.version if header else "",
            crs=cells.crs,
            extent=claimed(cells, tally),
            notes=notes(tally, cells.crs if cells.warped else ""),
        )


FORMAT = Format(
    name="geotiff",
    title=Text("Geländemodell als GeoTIFF", "Terrain model as GeoTIFF"),
    versions=("GeoTIFF 1.0", "GeoTIFF 1.1"),
    layers=("terrain",),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Weitere Bänder, Übersichten und Farbtabellen; Luftbilder sind kein Gelände.",
        "Further bands, overviews and colour tables; aerial pictures are not terrain.",
    ),
    example="twin ingest dgm1_32_438_5713_1_nw_2021.tif",
    suffixes=(".tif", ".tiff", ".tfw", ".tifw"),
    crs=Text(
        "GeoTIFF-Schlüssel, sonst --crs. Andere Systeme werden umgerechnet.",
        "GeoTIFF keys, else --crs. Other systems are resampled.",
    ),
    licence=Text(
        "DGM1 in Nordrhein-Westfalen: dl-de/zero-2-0; die Datei nennt keine: --licence.",
        "DGM1 in North Rhine-Westphalia: dl-de/zero-2-0; the file names none: --licence.",
    ),
)
