from __future__ import annotations

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest

from ingest.archive import Limits, is_archive, members
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery, UnsafeDelivery


def _zip(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def _bytes(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "unpacked"
    made.mkdir()
    return made


def test_members_are_sorted_and_readable(tmp_path: Path, folder: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"b.gml": b"B", "a/a.gml": b"A", "c.xml.gz": gzip.compress(b"C")})
    found = members(path, folder)
    assert [source.member for source in found] == ["a/a.gml", "b.gml", "c.xml.gz"]
    assert [source.head for source in found] == [b"A", b"B", b"C"]
    assert found[2].suffix == ".xml"
    assert found[0].name == "a.zip/a/a.gml"


def test_an_archive_within_an_archive_is_read_but_no_deeper(tmp_path: Path, folder: Path) -> None:
    inner = _bytes({"x.gml": b"X"})
    path = _zip(tmp_path / "a.zip", {"one.zip": inner, "sub/one.zip": _bytes({"y.gml": b"Y"}), "z.gml": b"Z"})
    assert [source.head for source in members(path, folder)] == [b"X", b"Y", b"Z"]
    deep = _zip(tmp_path / "deep.zip", {"two.zip": _bytes({"one.zip": inner})})
    with pytest.raises(UnsafeDelivery):
        members(deep, folder)


@pytest.mark.parametrize("name", ["../evil.gml", "/etc/evil.gml", "a/../../evil.gml", "C:/evil.gml", "..\\evil.gml"])
def test_names_that_lead_out_are_refused(tmp_path: Path, folder: Path, name: str) -> None:
    with pytest.raises(UnsafeDelivery):
        members(_zip(tmp_path / "a.zip", {name: b"x"}), folder)


def test_links_are_refused(tmp_path: Path, folder: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link.gml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafeDelivery):
        members(tmp_path / "a.zip", folder)


def test_encrypted_archives_are_refused(tmp_path: Path, folder: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.gml": b"x"}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(UnsafeDelivery):
        members(path, folder)


@pytest.mark.parametrize(
    "limits",
    [Limits(entries=2), Limits(total=1000), Limits(ratio=10, free=100)],
    ids=["entries", "total", "ratio"],
)
def test_bombs_are_refused(tmp_path: Path, folder: Path, limits: Limits) -> None:
    path = _zip(tmp_path / "a.zip", {f"{number}.gml": b"\0" * 5000 for number in range(3)})
    assert len(members(path, folder)) == 3
    with pytest.raises(UnsafeDelivery):
        members(path, folder, limits)


def test_a_limit_counts_over_nested_archives(tmp_path: Path, folder: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"one.zip": _bytes({"a": b"", "b": b""}), "c": b""})
    with pytest.raises(UnsafeDelivery):
        members(path, folder, Limits(entries=3))


def test_entries_that_share_bytes_are_refused(tmp_path: Path, folder: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.gml": bytes(range(256)) * 40}, zipfile.ZIP_STORED)
    content = path.read_bytes()
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry = content[start:end]
    twice = entry + entry.replace(b"a.gml", b"b.gml")
    tail = bytearray(content[end:])
    tail[8:12] = b"\x02\x00\x02\x00"
    tail[12:16] = len(twice).to_bytes(4, "little")
    path.write_bytes(content[:start] + twice + tail)
    with pytest.raises(UnsafeDelivery):
        members(path, folder)


def test_a_damaged_archive_is_invalid_not_unknown(tmp_path: Path, folder: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"a.gml": b"x" * 1000})
    path.write_bytes(path.read_bytes()[:60])
    assert is_archive(path)
    with pytest.raises(InvalidDelivery):
        members(path, folder)


def test_a_gzip_bomb_stops_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(b"\0" * 3_000_000))
    monkeypatch.setattr("ingest.source_file.GZIP_FREE", 1_000_000)
    with pytest.raises(UnsafeDelivery), SourceFile(path).open() as stream:
        while stream.read(1 << 16):
            pass


def test_on_disk_brings_the_files_beside(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", {"x/a.shp": b"1", "x/a.shx": b"2", "x/b.shx": b"3", "a.shx": b"4"})
    with SourceFile(path, "x/a.shp").on_disk() as unpacked:
        assert unpacked.read_bytes() == b"1"
        assert sorted(file.name for file in unpacked.parent.iterdir()) == ["a.shp", "a.shx"]
        assert (unpacked.parent / "a.shx").read_bytes() == b"2"
