"""Point clouds of laser surveys as LAS or LAZ."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.format import Format, Item, Options
from ingest.source_file import SourceFile
from twin.language import Text


def recognise(source: SourceFile) -> bool:
    """Whether this is a LAS or LAZ file."""
    return source.head.startswith(b"LASF")


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Tiles of layers ``terrain`` and ``vegetation_height``; see `ingest.pointcloud.reader`."""
    from ingest.pointcloud.reader import read as read_cloud  # noqa: PLC0415 – laspy and scipy: telling a LAS needs neither

    yield from read_cloud(source, options)


FORMAT = Format(
    name="laz",
    title=Text("Punktwolke (LAS, LAZ)", "Point cloud (LAS, LAZ)"),
    versions=("LAS 1.0 … 1.4", "LAZ 1.0 … 1.4"),
    layers=("terrain", "vegetation_height"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Farbe, Intensität, Wellenform; einzelne Punkte werden nicht gespeichert.",
        "Colour, intensity, waveform; single points are not stored.",
    ),
    example="twin ingest 3dm_32_438_5713_1_nw.laz",
    suffixes=(".laz", ".las"),
    licence=Text(
        "3D-Messdaten in Nordrhein-Westfalen: dl-de/zero-2-0; die Datei nennt keine: --licence.",
        "3D measurement data in North Rhine-Westphalia: dl-de/zero-2-0; the file names none: --licence.",
    ),
)
