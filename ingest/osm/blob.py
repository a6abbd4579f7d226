"""The blobs of a PBF file, looked at before osmium unpacks them: how much each would take in memory.

A blob is at most 32 MiB unpacked, but its objects name strings of a table by number: two bytes can stand for two
strings of a kilobyte, and one block of an honest size for gigabytes. See the OpenStreetMap wiki, PBF Format.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ingest.damage import in_words
from twin.errors import InvalidDelivery, UnsafeDelivery
from twin.language import Text

HEADER_LIMIT, BLOB_LIMIT = 64 << 10, 32 << 20
"""Largest header of a blob and largest blob, packed or unpacked, by the specification. [B]"""

RATIO, FREE = 50, 256 << 20
"""How many times its packed size a file may become (extracts make 2 to 4), and from which unpacked size on. [B]"""

TEXTS, OBJECTS = 16 << 20, 96 << 20
"""What the tags, and what the objects of one block may take in memory; 8000 objects usually take 3 MB. [B]

Osmium keeps some blocks waiting, and its buffers double when they grow.
"""

_LONGEST = 1024
"""Longest string that osmium takes. [B]"""

_OBJECT, _REFERENCE = 100, 16
"""What an object takes in memory that is two bytes in the file, and what a node of a way that is one. [B]"""

_TYPE, _DATA_SIZE = 1, 3
_RAW, _RAW_SIZE, _ZLIB = 1, 2, 3
_STRINGS, _GROUP = 1, 2
_IDS, _DENSE, _KEYS, _VALUES, _KEYS_VALUES = 1, 2, 2, 3, 10

_FORMAT = "OSM PBF"
_BLOB = Text("ein Datenblock", "a data blob")
_HONEST = Text("{count:,} B je Block", "{count:,} B a block")


class Malformed(Exception):
    """Bytes that are no protocol buffer."""


def check(path: Path, name: str) -> None:
    """Refuse a file whose blobs would take more memory than is honest.

    Raises
    ------
    UnsafeDelivery
        If one would, or all of them are packed too well.
    InvalidDelivery
        If the file ends within a blob or is none.
    """
    total, limit = 0, max(FREE, RATIO * path.stat().st_size)
    place = 0
    try:
        with path.open("rb") as stream:
            for kind, blob in _blobs(stream):
                total += _size(blob)
                if total > limit:
                    raise UnsafeDelivery(file=name, found=f"> {limit:,} B", expected=f"{RATIO} : 1")
                if kind == b"OSMData":
                    _check_block(_unpacked(blob), name)
                place = stream.tell()
    except (Malformed, zlib.error) as damage:
        raise InvalidDelivery(
            file=name,
            format=_FORMAT,
            where=f"Byte {place}",
            expected=_BLOB,
            found=str(damage) if isinstance(damage, Malformed) else in_words(damage),
        ) from damage


def _blobs(stream: IO[bytes]) -> Iterator[tuple[bytes, dict[int, int | memoryview]]]:
    while head := stream.read(4):
        length = int.from_bytes(head, "big")
        if len(head) < 4 or length > HEADER_LIMIT:
            raise Malformed(f"{length} B")
        header = dict(_fields(_exactly(stream, length)))
        kind, size = header.get(_TYPE, b""), header.get(_DATA_SIZE, 0)
        if not isinstance(size, int) or size > BLOB_LIMIT or isinstance(kind, int):
            raise Malformed("BlobHeader")
        yield bytes(kind), dict(_fields(_exactly(stream, size)))


def _exactly(stream: IO[bytes], size: int) -> memoryview:
    data = stream.read(size)
    if len(data) < size:
        raise Malformed(f"{len(data)} B < {size} B")
    return memoryview(data)


def _size(blob: dict[int, int | memoryview]) -> int:
    size = blob.get(_RAW_SIZE, 0)
    raw = blob.get(_RAW)
    size = len(raw) if isinstance(raw, memoryview) else size
    if not isinstance(size, int) or size > BLOB_LIMIT:
        raise Malformed("raw_size")
    return size


def _unpacked(blob: dict[int, int | memoryview]) -> memoryview:
    raw, packed = blob.get(_RAW), blob.get(_ZLIB)
    if isinstance(raw, memoryview):
        return raw
    if not isinstance(packed, memoryview):
        # LZ4, LZMA and Zstandard may be in a file by the specification; nobody publishes such.
        raise Malformed("compression != zlib")
    return memoryview(zlib.decompressobj().decompress(packed, _size(blob) + 1))


def _check_block(block: memoryview, name: str) -> None:
    strings, groups = memoryview(b""), []
    for field, value in _fields(block):
        if isinstance(value, memoryview):
            if field == _STRINGS:
                strings = value
            elif field == _GROUP:
                groups.append(value)
    if _OBJECT * sum(map(len, groups)) > 2 * OBJECTS and sum(map(_objects, groups)) > OBJECTS:
        _refuse(name, OBJECTS)
    # Each reference takes a byte at least: cheap to see for nearly all blocks that they are harmless.
    references = sum(_references(group) for group in groups)
    if references * min(len(strings), _LONGEST) <= TEXTS:
        return
    lengths = np.array([len(value) for _, value in _fields(strings) if not isinstance(value, int)], np.int64)
    if references * lengths.max(initial=0) > TEXTS and _texts(lengths, groups) > TEXTS:
        _refuse(name, TEXTS)


def _refuse(name: str, limit: int) -> None:
    raise UnsafeDelivery(file=name, found=f"> {limit:,} B", expected=_HONEST.format(count=limit))


def _references(group: memoryview) -> int:
    """Upper bound of the tags' strings that a group names."""
    first = next(_fields(group), None)
    if first is not None and first[0] == _DENSE and isinstance(first[1], memoryview):
        dense = sum(
            len(value) for key, value in _fields(first[1]) if key == _KEYS_VALUES and not isinstance(value, int)
        )
        return dense + len(group) - len(first[1])
    return len(group)


def _objects(group: memoryview) -> int:
    """What the objects of a group take, but for their tags. [B]"""
    size = 0
    for kind, thing in _fields(group):
        if isinstance(thing, int):
            continue
        if kind == _DENSE:
            size += _OBJECT * sum(
                len(ids) for field, ids in _fields(thing) if field == _IDS and not isinstance(ids, int)
            )
        else:
            size += _OBJECT + _REFERENCE * len(thing)
    return size


def _texts(lengths: NDArray[np.int64], groups: list[memoryview]) -> int:
    """What the tags of all objects take, with strings of these lengths. [B]"""
    named = bytearray()
    for group in groups:
        for kind, thing in _fields(group):
            wanted = (_KEYS_VALUES,) if kind == _DENSE else (_KEYS, _VALUES)
            if not isinstance(thing, int):
                for field, value in _fields(thing):
                    if field in wanted and not isinstance(value, int):
                        named += value
    numbers = _varints(np.frombuffer(bytes(named), np.uint8))
    return int(lengths[numbers[numbers < len(lengths)]].sum()) + 2 * len(numbers)


def _varints(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Numbers packed one after another, of up to four bytes each: no table of strings is longer."""
    last = np.flatnonzero(data < 0x80)
    if not len(last):
        return np.empty(0, np.int64)
    first = np.concatenate([[0], last[:-1] + 1])
    found = np.zeros(len(last), np.int64)
    for byte in range(4):
        place = first + byte
        here = place <= last
        found[here] |= (data[place[here]] & 0x7F).astype(np.int64) << (7 * byte)
    return found


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a message."""
    place, end = 0, len(data)
    while place < end:
        tag = data[place]
        place += 1
        if tag >= 0x80:
            tag, place = _varint(data, place - 1)
        kind = tag & 7
        value: int | memoryview
        if kind == 2:
            # Nearly all lengths take one byte: worth not calling for.
            size = data[place] if place < end else 0x80
            place += 1
            if size >= 0x80:
                size, place = _varint(data, place - 1)
            value = data[place : place + size]
            place += size
        elif kind == 0:
            value, place = _varint(data, place)
        elif kind in {1, 5}:
            place += 8 if kind == 1 else 4
            value = 0
        else:
            raise Malformed(f"wire type {kind}")
        if place > end:
            raise Malformed("length")
        yield tag >> 3, value


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(data) and shift < 70:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
    raise Malformed("varint")
