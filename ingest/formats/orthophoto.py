"""Aerial pictures as GeoTIFF, JPEG, PNG or JPEG 2000."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.format import Box, Facts, Format, Item, Options
from ingest.imagery.companions import WORLD, belongs_to_plan, has_world
from ingest.imagery.flight import flight, is_infrared
from ingest.raster.reference import check_place
from ingest.raster.tiff_header import read_header
from ingest.source_file import SourceFile
from twin.language import Text

if TYPE_CHECKING:
    from ingest.imagery.dataset import PictureCells
    from ingest.imagery.tiling import Tally

_TIFF = {b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"}
_JP2 = (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_TRUECOLOUR = {2, 6}
_GAPS = 0.05


def recognise(source: SourceFile) -> bool:
    """Whether this is a picture that lies somewhere: by geo keys or a world file; scans of plans are theirs."""
    head = source.head
    if head[:4] in _TIFF:
        header = read_header(source)
        found = header is not None and header.is_picture and (header.has_place or has_world(source))
    elif head.startswith(_JPEG):
        found = has_world(source)
    elif head.startswith(_PNG):
        # Maps and scans have palettes; photographs do not.
        found = head[25:26] != b"" and head[25] in _TRUECOLOUR and has_world(source)
    else:
        found = head.startswith(_JP2)
    return found and not belongs_to_plan(source)


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Tiles of layer ``orthophoto`` in the store's CRS, stripe by stripe.

    Parameters
    ----------
    source : SourceFile
        The file; world file, ``.prj`` and ``.aux.xml`` are looked for beside it.
    options : Options
        Its `crs` is taken if none of them names one.

    Yields
    ------
    item : Batch or Facts
        Facts at the end.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, not placed, in no known CRS, or too large to be true.
    """
    # rasterio and scipy: telling a picture needs neither.
    from ingest.imagery.dataset import open_picture  # noqa: PLC0415
    from ingest.imagery.tiling import Tally, tile_batches  # noqa: PLC0415

    tally = Tally()
    with source.on_disk() as path, open_picture(path, source.name, FORMAT.title, options) as cells:
        check_place(source.name, FORMAT.title, _extent(cells))
        taken = flight(path.name, cells.metadata)
        kind = "cir" if is_infrared(path.name) else cells.kind
        yield from tile_batches(cells, kind, taken, tally)
        gaps = tally.missing / (cells.width * cells.height)
        # What ends at some border inside its rectangle claims no area, and infrared pictures leave true colours alone.
        claims = gaps <= _GAPS and kind != "cir"
        yield Facts(
            version=_version(source),
            crs=cells.crs,
            extent=_extent(cells) if claims else None,
            date=str(taken),
            notes=tuple(str(note) for note in _notes(cells, kind, tally, gaps)),
        )


def _extent(cells: PictureCells) -> Box:
    south = round(cells.north - cells.height * cells.cell_size, 6)
    return cells.west, south, round(cells.west + cells.width * cells.cell_size, 6), cells.north


def _version(source: SourceFile) -> str:
    head = source.head
    if head[:4] in _TIFF:
        header = read_header(source)
        return header.version if header else "TIFF"
    return next((name for magic, name in ((_JPEG, "JPEG"), (_PNG, "PNG")) if head.startswith(magic)), "JPEG 2000")


def _notes(cells: PictureCells, kind: str, tally: Tally, gaps: float) -> Iterator[Text]:
    size = f"{cells.cell_size:g} m"
    if kind == "cir":
        yield Text(
            "Infrarotfalschfarben: gespeichert, aber auf der Karte nicht gezeigt",
            "false-colour infrared: stored, but not shown on the map",
        )
    if not tally.tiles:
        yield Text("kein Pixel hat ein Bild", "no pixel has a picture")
    elif tally.missing:
        yield Text(f"{gaps:.1%} der Pixel ohne Bild", f"{gaps:.1%} of the pixels without picture")
    if cells.depth > 8:
        yield Text(f"{cells.depth} Bit auf 8 verkürzt", f"{cells.depth} bits shortened to 8")
    if cells.warped:
        yield Text(
            f"aus {cells.crs} in Pixel von {size} umgerechnet", f"resampled from {cells.crs} to pixels of {size}"
        )


FORMAT = Format(
    name="orthophoto",
    title=Text("Luftbild (GeoTIFF, JPEG, PNG, JPEG 2000)", "Orthophoto (GeoTIFF, JPEG, PNG, JPEG 2000)"),
    versions=("GeoTIFF 1.0", "GeoTIFF 1.1", "TIFF", "JPEG", "PNG", "JPEG 2000"),
    layers=("orthophoto",),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Weitere Kanäle (Infrarot in RGBI), Übersichten; Bilder ohne Georeferenz und Weltdatei; Scans von Plänen.",
        "Further bands (infrared in RGBI), overviews; pictures without georeference or world file; scans of plans.",
    ),
    example="twin ingest dop10rgbi_32_438_5713_1_nw_2021.jp2",
    suffixes=(".tif", ".tiff", ".jpg", ".jpeg", ".png", ".jp2", ".j2k", *WORLD, ".prj", ".aux.xml"),
    crs=Text(
        "GeoTIFF-Schlüssel oder GML in JPEG 2000, sonst .prj, sonst --crs; die Lage auch aus der World-Datei.",
        "GeoTIFF keys or GML in JPEG 2000, else .prj, else --crs; the position also from the world file.",
    ),
    licence=Text(
        "DOP in Nordrhein-Westfalen: dl-de/zero-2-0; die Datei nennt keine: --licence.",
        "DOP in North Rhine-Westphalia: dl-de/zero-2-0; the file names none: --licence.",
    ),
)
