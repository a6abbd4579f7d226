from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from twin.errors import InvalidDelivery, UnsafeDelivery

LON, LAT = 8.1, 51.57


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def _blob(kind: bytes, data: bytes, raw_size: int | None = None) -> bytes:
    packed = _varint(2 << 3) + _varint(len(data) if raw_size is None else raw_size) + _field(3, zlib.compress(data))
    header = _field(1, kind) + _varint(3 << 3) + _varint(len(packed))
    return struct.pack(">I", len(header)) + header + packed


_HEADER = _blob(b"OSMHeader", _field(4, b"OsmSchema-V0.6") + _field(4, b"DenseNodes"))


def test_a_block_of_gigabytes_is_refused_before_it_unfolds(items_of, tmp_path: Path) -> None:
    """A string of 1 kB, named four million times in 4 MB that pack to 4 kB."""
    strings = _field(1, _field(1, b"") + _field(1, b"k" * 1000) + _field(1, b"v" * 1000))
    ids = b"\x02" * 1000
    named = (b"\x01\x02" * 2000 + b"\x00") * 1000
    dense = _field(2, _field(1, ids) + _field(8, ids) + _field(9, ids) + _field(10, named))
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(_HEADER + _blob(b"OSMData", strings + _field(2, dense)))
    assert path.stat().st_size < 50_000
    with pytest.raises(UnsafeDelivery):
        items_of(path)
    way = _field(3, _varint(1 << 3) + _varint(1) + _field(2, b"\x01" * 50_000) + _field(3, b"\x02" * 50_000))
    path.write_bytes(_HEADER + _blob(b"OSMData", strings + _field(2, way * 40)))
    with pytest.raises(UnsafeDelivery):
        items_of(path)


def test_a_block_of_nothing_but_objects_is_refused(items_of, tmp_path: Path) -> None:
    """Two million empty ways in 4 MB, or as many nodes of three bytes."""
    path = tmp_path / "a.osm.pbf"
    empty = _field(1, _field(1, b"")) + _field(2, b"\x1a\x00" * 2_000_000)
    path.write_bytes(_HEADER + _blob(b"OSMData", empty))
    with pytest.raises(UnsafeDelivery):
        items_of(path)
    ids = b"\x02" * 2_000_000
    dense = _field(2, _field(1, ids) + _field(8, ids) + _field(9, ids))
    path.write_bytes(_HEADER + _blob(b"OSMData", _field(1, _field(1, b"")) + _field(2, dense)))
    with pytest.raises(UnsafeDelivery):
        items_of(path)


def test_many_blobs_that_pack_too_well_are_refused(items_of, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("ingest.osm.blob.FREE", 1 << 20)
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(_HEADER + _blob(b"Unknown", b"\0" * (1 << 20)) * 4)
    with pytest.raises(UnsafeDelivery):
        items_of(path)


@pytest.mark.parametrize("raw_size", [1 << 40, 33 << 20])
def test_a_blob_larger_than_the_format_allows_is_refused(items_of, tmp_path: Path, raw_size: int) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(_HEADER + _blob(b"OSMData", b"", raw_size))
    with pytest.raises(InvalidDelivery):
        items_of(path)


def test_a_large_honest_block_is_read(items_of, counts, new_extract, tmp_path: Path) -> None:
    extract = new_extract()
    for number in range(1, 8001):
        extract.node(number, LON + number * 1e-6, LAT, amenity="bench", note="ü" * 250, name=f"Bank {number}" * 10)
    extract.node(9000, LON, LAT, amenity="school")
    assert counts(items_of(extract.write(tmp_path / "a.osm.pbf"))) == {"facility": 1}
