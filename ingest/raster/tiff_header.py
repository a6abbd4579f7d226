"""The first directory of a TIFF file: enough to tell a terrain model from a picture."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO

from ingest.source_file import UNREADABLE, SourceFile
from twin.errors import UnsafeDelivery

_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_SIZES = {kind: struct.calcsize(letter) for kind, letter in _FORMATS.items()}
_BITS, _PHOTOMETRIC, _SAMPLES, _SAMPLE_FORMAT = 258, 262, 277, 339
_GEO_KEYS = 34735
_WANTED = {_BITS, _PHOTOMETRIC, _SAMPLES, _SAMPLE_FORMAT, _GEO_KEYS}
_MOST_ENTRIES = 1000
_PALETTE, _MASK = 3, 4


@dataclass(frozen=True, slots=True)
class TiffHeader:
    """What the first directory says.

    Attributes
    ----------
    version : str
        ``GeoTIFF 1.1`` where the file has geo keys, else ``TIFF``; ``Big`` before it for files beyond 4 GB.
    bands, bits : int
        Samples a pixel and bits a sample.
    photometric : int
        Tag 262: 1 grey, 2 RGB, 3 palette, 6 YCbCr.
    """

    version: str
    bands: int
    bits: int
    photometric: int

    @property
    def is_heights(self) -> bool:
        """Whether it can be a terrain model: one band of at least 16 bits that is neither palette nor mask."""
        return self.bands == 1 and self.bits in {16, 32, 64} and self.photometric not in {_PALETTE, _MASK}

    @property
    def is_picture(self) -> bool:
        """Whether it can be a photograph: grey or palette of 8 bits, or three bands and more of 8 or 16."""
        return self.photometric != _MASK and (self.bits == 8 or (self.bits == 16 and self.bands >= 3))

    @property
    def has_place(self) -> bool:
        """Whether it has geo keys."""
        return "GeoTIFF" in self.version


def read_header(source: SourceFile) -> TiffHeader | None:
    """Header of `source`; None if it is no TIFF or damaged.

    The directory often lies behind the pixels: then it is looked for there.
    """
    try:
        with source.open() as stream:
            return _parse(stream)
    except (*UNREADABLE, UnsafeDelivery, ValueError, KeyError, struct.error, OverflowError):
        return None


def _parse(stream: IO[bytes]) -> TiffHeader | None:
    start = stream.read(16)
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None:
        return None
    big = struct.unpack_from(order + "H", start, 2)[0] == 43
    offset = struct.unpack_from(order + ("Q" if big else "I"), start, 8 if big else 4)[0]
    stream.seek(offset)
    count = struct.unpack(order + ("Q" if big else "H"), stream.read(8 if big else 2))[0]
    if count > _MOST_ENTRIES:
        return None
    size, shape = (20, "HHQ") if big else (12, "HHI")
    entries = stream.read(count * size)
    values: dict[int, tuple[int, ...]] = {_SAMPLES: (1,), _BITS: (1,), _PHOTOMETRIC: (1,)}
    for place in range(0, count * size, size):
        tag, kind, length = struct.unpack_from(order + shape, entries, place)
        if tag in _WANTED and kind in _FORMATS:
            values[tag] = _values(stream, order, kind, length, entries[place + (12 if big else 8) : place + size])
    return TiffHeader(_version(values, big), values[_SAMPLES][0], values[_BITS][0], values[_PHOTOMETRIC][0])


def _values(stream: IO[bytes], order: str, kind: int, length: int, field: bytes) -> tuple[int, ...]:
    """First four values of an entry, from its own field or from where that points."""
    wanted = min(length, 4)
    if _SIZES[kind] * length > len(field):
        stream.seek(struct.unpack(order + ("Q" if len(field) == 8 else "I"), field)[0])
        field = stream.read(_SIZES[kind] * wanted)
    return struct.unpack_from(order + _FORMATS[kind] * wanted, field)


def _version(values: dict[int, tuple[int, ...]], big: bool) -> str:
    keys = values.get(_GEO_KEYS, ())
    # Key directory: version 1, revision 1, minor revision 0 or 1 (OGC 19-008r4, 7.1.2).
    name = f"GeoTIFF {keys[1]}.{keys[2]}" if len(keys) >= 3 else "TIFF"
    return f"Big{name}" if big else name
