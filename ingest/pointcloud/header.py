"""The header of a LAS or LAZ file, checked before any library believes it."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

MOST_POINTS = 4_000_000_000
"""Of a file: no survey tile has a tenth of them."""

_RECORDS = 4096
_DENSEST = 400  # times that LAZ may be smaller than LAS; honest ones are 5 to 15
_SMALLEST, _LARGEST = 1e-7, 100.0
_FARTHEST = 1e9
_LENGTHS = {0: 20, 1: 28, 2: 26, 3: 34, 4: 57, 5: 63, 6: 30, 7: 36, 8: 38, 9: 59, 10: 67}
"""Bytes of a point by its format (LAS 1.4 R15, section 2.6)."""

_HEADER = Text("Kopf", "header")

Corner = tuple[float, float, float]
Refusal = Callable[[Text | str, object], InvalidDelivery]


@dataclass(frozen=True, slots=True)
class LasHeader:
    """What the header claims.

    Attributes
    ----------
    version : str
        ``LAS 1.4`` or ``LAZ 1.4``.
    points : int
    packed : bool
    low, high : tuple of float
        Bounds: x, y, z. [unit of the file's CRS]
    """

    version: str
    points: int
    packed: bool
    low: tuple[float, float, float]
    high: tuple[float, float, float]


def check_header(path: Path, file: str, form: Text) -> LasHeader:
    """Read the header and refuse it if it lies.

    Parameters
    ----------
    path : Path
    file : str
        Name for errors.
    form : Text
        The format's, for errors.

    Raises
    ------
    twin.errors.InvalidDelivery
        If numbers contradict each other or the file's size.
    twin.errors.UnsafeDelivery
        If it claims more than there can honestly be.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        raw = stream.read(375)
        start = _unpack(raw, "<I", 96)

    def invalid(expected: Text | str, found: object) -> InvalidDelivery:
        return InvalidDelivery(file=file, format=form, where=_HEADER, expected=expected, found=str(found)[:120])

    if len(raw) < 227 or raw[:4] != b"LASF":
        raise invalid("LASF", f"{len(raw)} B")
    major, minor = raw[24], raw[25]
    if major != 1 or minor > 4:
        raise invalid("LAS 1.0 … 1.4", f"{major}.{minor}")
    length, records = _unpack(raw, "<H", 94), _unpack(raw, "<I", 100)
    kind, point_size = raw[104], _unpack(raw, "<H", 105)
    packed = bool(kind & 0x80)
    points = _points(raw, minor, size, invalid)
    if not 227 <= length <= start <= size:
        raise invalid(Text("Punkte in der Datei", "points within the file"), f"{start} / {size} B")
    if records > min(_RECORDS, (start - length) // 54):
        raise invalid(Text("Einträge vor den Punkten", "records before the points"), records)
    if kind & 0x3F not in _LENGTHS or point_size < _LENGTHS[kind & 0x3F]:
        raise invalid(Text("Punktformat 0 … 10", "point format 0 … 10"), f"{kind & 0x3F}, {point_size} B")
    if not points:
        raise invalid(Text("mindestens einen Punkt", "at least one point"), 0)
    if points > MOST_POINTS:
        raise UnsafeDelivery(file=file, found=f"{points:,}", expected=f"{MOST_POINTS:,}")
    room = size - start
    if points * point_size > room * (_DENSEST if packed else 1):
        raise invalid(Text(f"{points:,} Punkte", f"{points:,} points"), f"{room:,} B")
    if packed:
        # Each chunk begins with a whole point.
        _check_table(path, start, min(points, room // point_size), invalid)
    low, high = _numbers(raw, invalid)
    return LasHeader(f"{'LAZ' if packed else 'LAS'} {major}.{minor}", points, packed, low, high)


def _numbers(raw: bytes, invalid: Refusal) -> tuple[Corner, Corner]:
    """Bounds; scales, offsets and bounds have to be numbers that a survey can have."""
    scales, offsets = struct.unpack_from("<3d", raw, 131), struct.unpack_from("<3d", raw, 155)
    if not all(math.isfinite(scale) and _SMALLEST <= scale <= _LARGEST for scale in scales):
        raise invalid(Text("Maßstab 1e-7 … 100", "scale 1e-7 … 100"), scales)
    if not all(math.isfinite(offset) and abs(offset) <= _FARTHEST for offset in offsets):
        raise invalid(Text("Versatz bis 1e9", "offset up to 1e9"), offsets)
    bounds = struct.unpack_from("<6d", raw, 179)  # max x, min x, max y, min y, max z, min z
    low, high = (bounds[1], bounds[3], bounds[5]), (bounds[0], bounds[2], bounds[4])
    if not all(math.isfinite(a) and math.isfinite(b) and a <= b for a, b in zip(low, high, strict=True)):
        raise invalid(Text("Ausdehnung", "extent"), bounds)
    return low, high


def _points(raw: bytes, minor: int, size: int, invalid: Refusal) -> int:
    """Number of points; LAS 1.4 has a field of its own for it, and records behind the points."""
    points = _unpack(raw, "<I", 107)
    if minor < 4:
        return points
    if len(raw) < 375:
        raise invalid("375 B", len(raw))
    place, later = _unpack(raw, "<Q", 235), _unpack(raw, "<I", 243)
    if later and (later > _RECORDS or not 0 < place < size):
        raise invalid(Text("erweiterte Einträge in der Datei", "extended records within the file"), later)
    return _unpack(raw, "<Q", 247) or points


def _check_table(path: Path, start: int, most: int, invalid: Refusal) -> None:
    """The chunk table's place, and how many chunks it says there are: room for them is taken before they are read."""
    whole, size = Text("eine ganze Datei", "a whole file"), path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(start)
        place = _unpack(stream.read(8), "<q", 0)
        if place == -1:  # LASzip wrote it without going back: the place stands at the end
            stream.seek(size - 8)
            place = _unpack(stream.read(8), "<q", 0)
        if not start + 8 <= place <= size - 8:
            raise invalid(whole, f"{place} / {size} B")
        stream.seek(place)
        chunks = _unpack(stream.read(8), "<I", 4)
    if chunks > most:
        raise invalid(Text(f"höchstens {most:,} Blöcke", f"{most:,} chunks at most"), f"{chunks:,}")


def _unpack(raw: bytes, form: str, place: int) -> int:
    if len(raw) < place + struct.calcsize(form):
        return 0
    return int(struct.unpack_from(form, raw, place)[0])
